//! Colours and spacing. Concept colours are stable between runs and can be told apart by colour-blind people.

use super::concept_list::ConceptList;
use crate::model::{ConceptId, Status};
use egui::Color32;

/// The accent of the program.
pub const ACCENT: Color32 = Color32::from_rgb(0x3d, 0x8b, 0xfd);
/// Things in trouble.
pub const WARNING: Color32 = Color32::from_rgb(0xe6, 0x9f, 0x00);
/// Things refused.
pub const ERROR: Color32 = Color32::from_rgb(0xd5, 0x5e, 0x00);
/// Things that are well.
pub const GOOD: Color32 = Color32::from_rgb(0x00, 0x9e, 0x73);

/// A colour of a state as ink for text: on a light ground darkened until it can be read.
#[must_use]
pub fn ink(ui: &egui::Ui, color: Color32) -> Color32 {
    if ui.visuals().dark_mode { color } else { readable_on_light(color) }
}

/// The ink of things in trouble.
#[must_use]
pub fn warning(ui: &egui::Ui) -> Color32 {
    ink(ui, WARNING)
}

/// The ink of things refused.
#[must_use]
pub fn error(ui: &egui::Ui) -> Color32 {
    ink(ui, ERROR)
}

/// The ink of things that are well.
#[must_use]
pub fn good(ui: &egui::Ui) -> Color32 {
    ink(ui, GOOD)
}

fn readable_on_light(color: Color32) -> Color32 {
    let mut ink = color;
    while contrast(ink, Color32::from_gray(0xf8)) < 4.5 {
        ink = Color32::from_rgb(darker(ink.r()), darker(ink.g()), darker(ink.b()));
    }
    ink
}

const fn darker(channel: u8) -> u8 {
    channel - channel.div_ceil(16)
}

/// How well one colour is read on another, as the WCAG reckons it: 1 to 21.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

fn luminance(color: Color32) -> f32 {
    let [r, g, b, _] = egui::Rgba::from(color).to_array();
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Selected shapes.
pub const SELECTED: Color32 = Color32::from_rgb(0xff, 0xff, 0xff);
/// Shapes without a concept.
pub const UNLABELLED: Color32 = Color32::from_rgb(0xc0, 0xc0, 0xc0);

/// Okabe and Ito's palette without black, and lighter and darker kin of it.
const PALETTE: [[u8; 3]; 14] = [
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x00, 0x9e, 0x73],
    [0xf0, 0xe4, 0x42],
    [0x2f, 0x7f, 0xd0],
    [0xd5, 0x5e, 0x00],
    [0xcc, 0x79, 0xa7],
    [0xff, 0xc2, 0x66],
    [0x9a, 0xd8, 0xff],
    [0x5f, 0xd8, 0xb4],
    [0x8a, 0x6f, 0xe8],
    [0xff, 0x8f, 0x5a],
    [0xff, 0xb3, 0xdb],
    [0xa8, 0xc9, 0x3c],
];

/// The colour of a concept: the person's own, or a derived one.
#[must_use]
pub fn concept_color(id: &ConceptId, concepts: &ConceptList) -> Color32 {
    concepts.color(id)
}

/// The colour at a place of the palette. Past its end its colours come back lighter and darker in turn.
#[must_use]
pub fn palette_color(place: usize) -> Color32 {
    let [r, g, b] = PALETTE[place % PALETTE.len()];
    let color = Color32::from_rgb(r, g, b);
    match (place / PALETTE.len()) % 3 {
        0 => color,
        1 => color.lerp_to_gamma(Color32::WHITE, 0.35),
        _ => color.lerp_to_gamma(Color32::BLACK, 0.3),
    }
}

/// A colour of the palette that belongs to this text in every run.
#[must_use]
pub fn color_of_text(text: &str) -> Color32 {
    palette_color(hash(text) % PALETTE.len())
}

/// The colour of a status in lists.
#[must_use]
pub const fn status_color(status: Status) -> Color32 {
    match status {
        Status::Success => GOOD,
        Status::Pending | Status::AwaitingReview | Status::AwaitingConsensusReview => WARNING,
        Status::ReviewDenied => ERROR,
        Status::Other(_) => UNLABELLED,
    }
}

/// A small square in a concept's colour.
#[must_use]
pub fn swatch(color: Color32) -> egui::RichText {
    egui_material_icons::icons::ICON_SQUARE.rich_text().size(14.0).color(color)
}

/// A small dot in the colour of a state.
#[must_use]
pub fn dot(color: Color32) -> egui::RichText {
    egui_material_icons::icons::ICON_CIRCLE.rich_text().size(12.0).color(color)
}

/// A number that belongs to this text in every run.
#[must_use]
pub(super) fn hash(text: &str) -> usize {
    text.bytes().fold(17_usize, |h, b| h.wrapping_mul(31).wrapping_add(usize::from(b)))
}

/// Sets fonts, spacing and both themes up.
pub fn install(ctx: &egui::Context) {
    egui_material_icons::initialize(ctx);
    ctx.options_mut(|options| {
        options.zoom_with_keyboard = false; // Ctrl +/- belong to the canvas
        options.quit_shortcuts.clear(); // quitting is a command like any other
    });
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(8.0, 4.0);
        style.spacing.interact_size.y = 24.0;
        style.visuals.selection.bg_fill = ACCENT.gamma_multiply(0.55);
    });
}
