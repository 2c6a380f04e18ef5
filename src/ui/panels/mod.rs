//! The panels round the canvas. Each shows the editor and changes it only through its methods, or returns commands.

pub mod annotations;
pub mod colour;
pub mod concept_row;
pub mod concepts;
pub mod images;
pub mod labels;
pub mod menu;
pub mod picture;
pub mod properties;
pub mod row;
pub mod status_bar;
pub mod tool_rail;

use crate::ui::settings::{PanelPlace, PanelShown};
use egui::{Panel, Ui, UiBuilder};

/// Shows contents that never make what they stand in wider, whatever is selected: what has no room is cut off.
pub fn bounded_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let rect = ui.available_rect_before_wrap();
    let mut inside = ui.new_child(UiBuilder::new().max_rect(rect));
    inside.shrink_clip_rect(rect.expand2(egui::vec2(2.0, 0.0)));
    let result = contents(&mut inside);
    ui.advance_cursor_after_rect(rect);
    result
}

/// The same for contents that take the height that they need, and the width that there is.
pub fn bounded_bar_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_rect_before_wrap();
    let mut inside = ui.new_child(UiBuilder::new().max_rect(room));
    inside.shrink_clip_rect(room.expand2(egui::vec2(2.0, room.height())));
    let result = contents(&mut inside);
    let height = inside.min_rect().height();
    ui.advance_cursor_after_rect(egui::Rect::from_min_size(room.min, egui::vec2(room.width(), height)));
    result
}

/// At most this part of the window belongs to one panel, so that on a small window, or at a large scale, the picture has
/// the most of it.
const MOST_OF_WINDOW: f32 = 0.27;
/// The panels at the sides and the tools together leave the picture this part of the window.
const OF_THE_PICTURE: f32 = 0.5;
/// The width of the tool rail, ui points.
pub const TOOLS_UI: f32 = 48.0;

/// At which side a panel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At the left.
    Left,
    /// At the right.
    Right,
}

/// A panel at a side.
#[derive(Clone, Debug)]
pub struct SidePanel {
    /// At which.
    pub side: Side,
    /// Its name, for egui.
    pub name: &'static str,
    /// How narrow and how wide it can be pulled, ui points.
    pub widths: std::ops::RangeInclusive<f32>,
    /// The panel at the other side.
    pub other: PanelPlace,
}

impl SidePanel {
    /// As much as it may have of a window of this width: what the other one does not need, and half of what there is for
    /// both at least.
    fn room(&self, window: f32) -> f32 {
        let both = window * (1.0 - OF_THE_PICTURE) - TOOLS_UI;
        let other = if self.other.shown == PanelShown::Open { self.other.width } else { 0.0 };
        (both - other).max(both / 2.0).min(window * MOST_OF_WINDOW).max(*self.widths.start()).floor()
    }
}

/// A panel at a side that can be pulled wider and be closed; both are remembered in `place`. Where the window has no room
/// for its width it is narrower meanwhile, and that is not remembered.
pub fn remembered_panel_ui(ui: &mut Ui, of: &SidePanel, place: &mut PanelPlace, contents: impl FnOnce(&mut Ui)) {
    let SidePanel { side, name, widths, .. } = of;
    let mut open = place.shown == PanelShown::Open;
    let room = of.room(ui.content_rect().width());
    let is_narrowed = place.width > room;
    let id = (*name, is_narrowed); // egui remembers the width of a panel too
    let panel = match side {
        Side::Left => Panel::left(id),
        Side::Right => Panel::right(id),
    };
    let panel = if is_narrowed {
        panel.default_size(room).size_range(*widths.start()..=room)
    } else {
        panel.default_size(place.width).size_range(widths.clone())
    };
    let shown = panel.show_collapsible(ui, &mut open, |ui| bounded_ui(ui, contents));
    place.shown = if open { PanelShown::Open } else { PanelShown::Closed };
    // On its way in or out it is narrower than it may be.
    if let Some(shown) = shown.filter(|_| open && !is_narrowed) {
        let width = shown.response.rect.width().round();
        if widths.contains(&width) {
            place.width = width;
        }
    }
}
