//! The concepts of the project: a click (or a digit) chooses one for the selection, or for what is drawn next.

use crate::model::ConceptId;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, Key, RichText, ScrollArea, Ui};

/// The digit keys in the order of the list.
pub const DIGITS: [Key; 10] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9, Key::Num0];

/// What the panel keeps.
#[derive(Debug, Default)]
pub struct ConceptsPanel {
    new_name: String,
}

impl ConceptsPanel {
    /// Shows the list.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        ui.horizontal(|ui| {
            ui.strong("Concepts");
            if let Some(active) = editor.active_concept.clone() {
                let text = format!("drawing: {}", editor.concept_name(&active));
                if ui.small_button(format!("{text} ×")).on_hover_text("Ask for a concept after each shape").clicked() {
                    editor.active_concept = None;
                }
            } else {
                ui.weak("asked after drawing");
            }
        });
        let mut chosen: Option<ConceptId> = None;
        let row_height = ui.spacing().interact_size.y;
        ScrollArea::vertical().id_salt("concepts").max_height(220.0).auto_shrink([false, true]).show_rows(
            ui,
            row_height,
            editor.concepts.len(),
            |ui, rows| {
                for i in rows {
                    let concept = &editor.concepts[i];
                    let active = editor.active_concept.as_ref() == Some(&concept.id);
                    let color = theme::concept_color(&concept.id, &editor.concepts);
                    let digit = if i < DIGITS.len() { ((i + 1) % 10).to_string() } else { String::new() };
                    let text = (theme::swatch(color), shown(&concept.name));
                    let button = Button::selectable(active, text)
                        .right_text(RichText::new(digit).weak())
                        .min_size(egui::vec2(ui.available_width(), row_height));
                    if ui.add(button).accessible_name(format!("Concept {}", concept.name)).clicked() {
                        chosen = Some(concept.id.clone());
                    }
                }
            },
        );
        if let Some(id) = chosen {
            editor.choose_concept(&id);
        }
        let field =
            egui::TextEdit::singleline(&mut self.new_name).hint_text("+ new concept").desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("New concept");
        if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
            match concept_id_from(&self.new_name) {
                Ok(id) => {
                    editor.use_concept(&id);
                    editor.active_concept = Some(id);
                    self.new_name.clear();
                }
                Err(reason) => editor.tell(crate::runtime::NoticeLevel::Warning, reason),
            }
        }
    }
}

/// A new concept's id from what a person typed.
///
/// # Errors
/// In a sentence, where it cannot be one.
pub fn concept_id_from(text: &str) -> Result<ConceptId, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("A concept needs a name".to_owned());
    }
    if text.chars().count() > 128 {
        return Err(format!("That name has {} characters; at most 128 are possible", text.chars().count()));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control() || is_bidi_control(*c)) {
        return Err(format!(
            "The name has a character that cannot be seen (U+{:04X}); nothing was made",
            u32::from(odd)
        ));
    }
    Ok(ConceptId(text.to_owned()))
}

const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A name as it is shown: what cannot be seen, made visible; long ones cut.
#[must_use]
pub fn shown(name: &str) -> String {
    let visible = name.chars().map(|c| if c.is_control() || is_bidi_control(c) { '\u{FFFD}' } else { c });
    let mut text: String = visible.take(61).collect();
    if text.chars().count() > 60 {
        text.pop();
        text.push('…');
    }
    text
}
