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

/// How many colours the palette has.
pub const PALETTE_COLORS: usize = 14;

/// Okabe and Ito's palette without black, and seven more, each as far as possible from all before it in the eyes of people
/// with and without red-green blindness (the test below says how far).
const PALETTE: [[u8; 3]; PALETTE_COLORS] = [
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x00, 0x9e, 0x73],
    [0xf0, 0xe4, 0x42],
    [0x2f, 0x7f, 0xd0],
    [0xd5, 0x5e, 0x00],
    [0xcc, 0x79, 0xa7],
    [0x44, 0x44, 0xff],
    [0x99, 0xff, 0xaa],
    [0x77, 0xff, 0xff],
    [0xdd, 0x00, 0x44],
    [0xee, 0xaa, 0x66],
    [0x44, 0x77, 0xff],
    [0x99, 0xdd, 0xbb],
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
        style.visuals.text_cursor.blink = false; // nothing does, and a window at rest draws nothing
        make_readable(&mut style.visuals);
    });
}

/// The colour behind the panels.
#[must_use]
pub fn ground(visuals: &egui::Visuals) -> Color32 {
    if visuals.dark_mode { egui::Visuals::dark().panel_fill } else { egui::Visuals::light().panel_fill }
}

/// The window is cleared in the colour of the ground, so panels need not be filled: without a graphics card each pixel that is
/// drawn twice costs twice.
pub fn leave_ground_to_window(ctx: &egui::Context) {
    ctx.all_styles_mut(|style| style.visuals.panel_fill = Color32::TRANSPARENT);
}

/// Texts, and those that matter less, stand out from the ground so far that they can be read.
fn make_readable(visuals: &mut egui::Visuals) {
    let text = if visuals.dark_mode { Color32::from_gray(185) } else { Color32::from_gray(60) };
    visuals.widgets.noninteractive.fg_stroke.color = text;
    visuals.weak_text_alpha = 0.8;
}

#[cfg(test)]
mod tests {
    use super::*;

    type Matrix = [[f32; 3]; 3];
    /// What is seen of linear red, green and blue, after Machado, Oliveira and Fernandes (2009), at full severity.
    const EYES: [(&str, Matrix); 3] = [
        ("normal sight", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_82, 0.042_94, 0.968_881]],
        ),
    ];

    /// A colour in CIE L*a*b*, as these eyes see it.
    fn lab(color: Color32, eyes: &Matrix) -> [f32; 3] {
        let [r, g, b, _] = egui::Rgba::from(color).to_array();
        let seen = eyes.map(|row| (row[0] * r + row[1] * g + row[2] * b).clamp(0.0, 1.0));
        let xyz = [
            (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.950_47,
            0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2],
            (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.088_83,
        ];
        let [x, y, z] = xyz.map(|t: f32| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    }

    #[test]
    fn concept_colours_differ_also_for_colour_blind_people() {
        // A difference of 2 is just noticed beside one another; these have to be told apart on a photo.
        for (name, eyes) in EYES {
            for a in 0..PALETTE.len() {
                for b in 0..a {
                    let far = distance(lab(palette_color(a), &eyes), lab(palette_color(b), &eyes));
                    assert!(far >= 16.0, "colours {a} and {b} are {far:.1} apart with {name}");
                }
            }
        }
    }

    #[test]
    fn words_in_the_colour_of_a_state_can_be_read_on_light_and_on_dark() {
        for color in [WARNING, ERROR, GOOD, ACCENT] {
            let light = contrast(readable_on_light(color), Color32::from_gray(0xf8));
            let dark = contrast(color, Color32::from_gray(0x1b));
            assert!(light >= 4.5 && dark >= 4.0, "{color:?}: {light:.1} on light, {dark:.1} on dark");
        }
    }

    #[test]
    fn weak_text_can_be_read_on_light_and_on_dark() {
        for mut visuals in [egui::Visuals::light(), egui::Visuals::dark()] {
            make_readable(&mut visuals);
            let ground = visuals.panel_fill;
            let weak = ground.blend(visuals.weak_text_color());
            let found = contrast(weak, ground);
            assert!(found >= 4.5, "{weak:?} on {ground:?}: {found:.1}");
        }
    }

    /// Words in the bare colour of a state cannot be read on light.
    #[test]
    fn no_text_has_the_bare_colour_of_a_state() {
        let mut found = Vec::new();
        look_through(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut found);
        assert_eq!(
            found,
            Vec::<String>::new(),
            "use theme::warning(ui), theme::error(ui), theme::good(ui), theme::ink(ui, …)"
        );
    }

    fn look_through(dir: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                look_through(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            for (i, line) in text.lines().enumerate() {
                let inked = ["colored_label(theme::", ".color(theme::"].iter().any(|way| {
                    line.split(way).skip(1).any(|rest| {
                        rest.starts_with(|c: char| c.is_ascii_uppercase()) || rest.starts_with("status_color")
                    })
                });
                if inked && !line.contains("BarChart") && !path.ends_with("theme.rs") {
                    found.push(format!("{}:{}", path.display(), i + 1));
                }
            }
        }
    }

    #[test]
    fn a_colour_is_the_same_in_every_run_and_the_palette_does_not_end() {
        assert_eq!(
            color_of_text("model a"),
            palette_color(hash("model a") % PALETTE.len()),
            "derived from the text alone"
        );
        assert_eq!(hash("model a"), 567_725_642_745, "by a sum that does not change");
        let first: Vec<Color32> = (0..3 * PALETTE.len()).map(palette_color).collect();
        for (i, color) in first.iter().enumerate() {
            assert!(!first[..i].contains(color), "colour {i} is one of its own");
        }
    }
}
