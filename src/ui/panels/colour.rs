//! The colour of something: a button in it that opens a picker. A palette of colours that are told apart, three sliders, and
//! the number for who has one; every control has a name and works with the keyboard.

use crate::ui::theme;
use egui::{Button, Color32, Grid, Popup, PopupCloseBehavior, Slider, TextEdit, Ui, ecolor::Hsva, vec2};

/// The side of the button and of the palette's squares, ui points.
const SIDE: f32 = 18.0;
/// Squares in a row of the palette.
const ROW: usize = 7;

/// Shows the button, and the picker while it is open; the colour that was chosen in this frame.
pub fn colour_ui(ui: &mut Ui, name: &str, color: Color32) -> Option<[u8; 3]> {
    let button = ui.add(square(color)).accessible_name(name).on_hover_text("Click to choose another colour");
    let menu = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let chosen = menu.show(|ui| picker_ui(ui, color)).and_then(|shown| shown.inner);
    chosen.filter(|chosen| *chosen != color).map(|c| [c.r(), c.g(), c.b()])
}

fn square(color: Color32) -> Button<'static> {
    Button::new("").fill(color).min_size(vec2(SIDE, SIDE)).corner_radius(3)
}

fn picker_ui(ui: &mut Ui, color: Color32) -> Option<Color32> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
    ui.spacing_mut().button_padding = vec2(0.0, 0.0);
    for row in 0..theme::PALETTE_COLORS / ROW {
        ui.horizontal(|ui| {
            for place in row * ROW..(row + 1) * ROW {
                let offered = theme::palette_color(place);
                let name = format!("Palette colour {}", place + 1);
                if ui.add(square(offered)).accessible_name(name).clicked() {
                    chosen = Some(offered);
                }
            }
        });
    }
    ui.add_space(4.0);
    let mixed = sliders_ui(ui, color);
    let written = number_ui(ui, color);
    chosen.or(mixed).or(written)
}

/// Hue, saturation and brightness. They are remembered while the picker is open: a grey has no hue of its own.
fn sliders_ui(ui: &mut Ui, color: Color32) -> Option<Color32> {
    let id = ui.scope_id().with("hsva");
    let kept = ui.data(|data| data.get_temp::<Hsva>(id)).filter(|hsva| Color32::from(*hsva) == color);
    let mut hsva = kept.unwrap_or_else(|| Hsva::from(color));
    let mut parts =
        [("Hue", hsva.h, 360.0, "°"), ("Saturation", hsva.s, 100.0, " %"), ("Brightness", hsva.v, 100.0, " %")];
    let mut changed = false;
    Grid::new("hsva").num_columns(2).show(ui, |ui| {
        for (name, part, full, unit) in &mut parts {
            ui.label(*name);
            let mut shown = *part * *full;
            // Written without decimals, but not rounded: that would change a colour that nobody touched.
            let slider = Slider::new(&mut shown, 0.0..=*full)
                .custom_formatter(|part, _| format!("{part:.0}{unit}"))
                .custom_parser(|text| text.trim_end_matches(|c: char| !c.is_ascii_digit()).trim().parse().ok());
            if ui.add(slider).accessible_name(*name).changed() {
                (*part, changed) = (shown / *full, true);
            }
            ui.end_row();
        }
    });
    (hsva.h, hsva.s, hsva.v) = (parts[0].1, parts[1].1, parts[2].1);
    if !changed {
        return None;
    }
    ui.data_mut(|data| data.insert_temp(id, hsva));
    Some(Color32::from(hsva))
}

/// The colour as `#rrggbb`, to be typed or pasted; in force as soon as it is one.
fn number_ui(ui: &mut Ui, color: Color32) -> Option<Color32> {
    let id = ui.scope_id().with("number");
    let typed = ui.data(|data| data.get_temp::<String>(id));
    let mut text = typed.unwrap_or_else(|| written(color));
    let response = ui
        .horizontal(|ui| {
            ui.label("Number");
            ui.add(TextEdit::singleline(&mut text).desired_width(80.0).char_limit(7)).accessible_name("Number")
        })
        .inner;
    let read = read(&text);
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else {
        ui.data_mut(|data| data.remove::<String>(id));
    }
    read.filter(|_| response.changed())
}

fn written(color: Color32) -> String {
    format!("#{:02x}{:02x}{:02x}", color.r(), color.g(), color.b())
}

fn read(text: &str) -> Option<Color32> {
    let digits = text.trim().trim_start_matches('#');
    let is_whole = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_whole)?;
    let [_, r, g, b] = number.to_be_bytes();
    Some(Color32::from_rgb(r, g, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_nothing_else_is_one() {
        let color = Color32::from_rgb(0, 159, 255);
        assert_eq!(read(&written(color)), Some(color), "there and back");
        assert_eq!(read("e69F00"), Some(Color32::from_rgb(0xe6, 0x9f, 0)), "without the sign, in capitals");
        for none in ["", "#", "#12345", "#1234567", "#12345g", "+12345", "é2345"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
