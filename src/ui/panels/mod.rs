//! The panels round the canvas. Each shows the editor and changes it only through its methods, or returns commands.

pub mod annotations;
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
use egui::{Panel, Ui};

/// A panel at a side that can be pulled wider and be closed; both are remembered in `place`.
pub fn remembered_panel_ui(
    ui: &mut Ui,
    panel: Panel,
    place: &mut PanelPlace,
    widths: std::ops::RangeInclusive<f32>,
    contents: impl FnOnce(&mut Ui),
) {
    let mut open = place.shown == PanelShown::Open;
    let panel = panel.default_size(place.width).size_range(widths.clone());
    let shown = panel.show_collapsible(ui, &mut open, contents);
    place.shown = if open { PanelShown::Open } else { PanelShown::Closed };
    // On its way in or out it is narrower than it may be.
    if let Some(shown) = shown.filter(|_| open) {
        let width = shown.response.rect.width().round();
        if widths.contains(&width) {
            place.width = width;
        }
    }
}
