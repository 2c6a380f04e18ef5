//! Small buttons at the end of a row of a list: an eye, a lock.

use egui::{Button, Sense, Ui, vec2};
use egui_material_icons::MaterialIcon;

/// A picture for each of two states.
#[derive(Clone, Copy, Debug)]
pub struct RowIcon {
    /// While it is on: drawn strongly.
    pub on: MaterialIcon,
    /// While it is off: drawn faintly.
    pub off: MaterialIcon,
    /// Whether it is on.
    pub is_on: bool,
}

impl RowIcon {
    /// Its width and height.
    pub const SIDE: f32 = 22.0;
    /// Rows narrower than this have no open lock: a key and the menu lock what is selected.
    const ROOM_FOR_TWO: f32 = 170.0;

    /// What a row of this width has at its end.
    #[must_use]
    pub fn at_the_end(&self, width: f32) -> RowEnd {
        if self.is_on || width >= Self::ROOM_FOR_TWO { RowEnd::LockAndEye } else { RowEnd::Eye }
    }
}

/// What stands at the end of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowEnd {
    /// A lock and an eye.
    LockAndEye,
    /// An eye.
    Eye,
}

impl RowEnd {
    /// Its width.
    #[must_use]
    pub const fn width(self) -> f32 {
        match self {
            Self::LockAndEye => 2.0 * RowIcon::SIDE + 4.0,
            Self::Eye => RowIcon::SIDE + 4.0,
        }
    }
}

/// Shows it; says whether it was clicked. It is no stop of Tab: a key does the same to the selection.
pub fn icon_button(ui: &mut Ui, icon: RowIcon, name: &str) -> bool {
    let text = if icon.is_on {
        icon.on.rich_text().size(16.0).strong()
    } else {
        icon.off.rich_text().size(16.0).color(ui.visuals().weak_text_color().gamma_multiply(0.6))
    };
    let button = Button::new(text).frame(false).sense(Sense::CLICK).min_size(vec2(RowIcon::SIDE, RowIcon::SIDE));
    ui.add(button).accessible_name(name).on_hover_text(name).clicked()
}
