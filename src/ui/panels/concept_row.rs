//! One concept in the list: its colour, name, count and digit, an eye, a lock, and everything else in its menu.

use super::colour::colour_ui;
use super::concepts::Renaming;
use super::row::{RowEnd, RowIcon, icon_button};
use crate::model::Concept;
use crate::ui::concept_list::DIGIT_KEYS;
use crate::ui::editor::Editor;
use crate::ui::names::shown;
use crate::ui::sight::SightChange;
use egui::{Button, Key, Modifiers, Response, RichText, Sense, Stroke, TextEdit, Ui, vec2};
use egui_material_icons::icons;

/// The width of the colour before the name, ui points.
const SWATCH_WIDTH: f32 = 20.0;

/// What was done to a concept.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// Chosen for the selection, or for what is drawn next.
    Chosen,
    /// Every shape of it is to be selected.
    SelectAll,
    /// Hidden, locked, shown alone, or no longer.
    Sight(SightChange),
    /// It is to be renamed.
    Renaming,
    /// Its new name stands.
    Renamed,
    /// It keeps its name.
    NotRenamed,
    /// It has this colour now.
    Recoloured([u8; 3]),
    /// It has the derived colour again.
    ColourDerived,
    /// It is to stand at this place.
    MovedTo(usize),
    /// The concept at this place was dropped on it.
    Took(usize),
    /// This digit chooses it; `None`: the one of its place.
    Digit(Option<usize>),
}

/// A row.
pub struct ConceptRow<'a> {
    /// The project.
    pub editor: &'a Editor,
    /// Its place in the list.
    pub place: usize,
    /// The height of a row.
    pub height: f32,
    /// Whether it can be dragged to another place: not while the list is filtered.
    pub can_drag: bool,
}

/// What is dragged: the place of a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dragged(usize);

impl ConceptRow<'_> {
    fn concept(&self) -> &Concept {
        &self.editor.concepts[self.place]
    }

    /// Shows it; says what was done.
    pub fn ui(&self, ui: &mut Ui, renaming: &mut Option<Renaming>) -> Option<Done> {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let recoloured = self.colour_ui(ui);
            let done = match renaming {
                Some(renaming) if renaming.id == self.concept().id => self.rename_ui(ui, renaming),
                _ => self.name_ui(ui),
            };
            recoloured.or(done)
        })
        .inner
    }

    fn colour_ui(&self, ui: &mut Ui) -> Option<Done> {
        let color = self.editor.concepts.color(&self.concept().id);
        colour_ui(ui, &format!("Colour of {}", shown(&self.concept().name)), color).map(Done::Recoloured)
    }

    fn rename_ui(&self, ui: &mut Ui, renaming: &mut Renaming) -> Option<Done> {
        let field = ui.add(TextEdit::singleline(&mut renaming.name).desired_width(f32::INFINITY));
        let field = field.accessible_name(format!("New name of {}", shown(&self.concept().name)));
        if !renaming.focused {
            field.request_focus();
            renaming.focused = true;
            return None;
        }
        if !field.lost_focus() {
            return None;
        }
        Some(if ui.input(|i| i.key_pressed(Key::Escape)) { Done::NotRenamed } else { Done::Renamed })
    }

    fn name_ui(&self, ui: &mut Ui) -> Option<Done> {
        let (editor, concept) = (self.editor, self.concept());
        let name = shown(&concept.name);
        let (hidden, locked) = (editor.sight.hides_concept(&concept.id), editor.sight.locks_concept(&concept.id));
        let digit = editor.concepts.digit_of(&concept.id).map(|d| ((d + 1) % 10).to_string());
        let digit = digit.map_or_else(|| RichText::new("  "), |digit| RichText::new(digit).code().strong());
        let count = editor.concepts.count(&concept.id);
        let count = if count == 0 { String::new() } else { count.to_string() };
        let text = if hidden { RichText::new(&name).weak().italics() } else { RichText::new(&name) };
        let active = editor.active_concept.as_ref() == Some(&concept.id);
        let lock = RowIcon { on: icons::ICON_LOCK, off: icons::ICON_LOCK_OPEN, is_on: locked };
        let end = lock.at_the_end(ui.available_width() + SWATCH_WIDTH);
        let width = ui.available_width() - end.width();
        let button = Button::selectable(active, text)
            .right_text((RichText::new(count).weak(), digit))
            .truncate()
            .sense(Sense::click_and_drag())
            .min_size(vec2(width, self.height));
        let row = ui.allocate_ui(vec2(width, self.height), |ui| ui.add(button)).inner;
        let row = row.accessible_name(format!("Concept {name}"));
        let mut done = row.clicked().then_some(Done::Chosen);
        done = self.drag_ui(ui, &row).or(done);
        if row.has_focus() {
            done = self.keys(ui).or(done);
        }
        row.context_menu(|ui| done = self.menu_ui(ui).or(done.take()));
        if name != concept.id.0 {
            row.on_hover_text(format!("id {}", shown(&concept.id.0)));
        }
        if end == RowEnd::LockAndEye
            && icon_button(ui, lock, &format!("{} concept {name}", if locked { "Unlock" } else { "Lock" }))
        {
            done = Some(Done::Sight(SightChange::ToggleLockedConcept(concept.id.clone())));
        }
        let eye = RowIcon { on: icons::ICON_VISIBILITY_OFF, off: icons::ICON_VISIBILITY, is_on: hidden };
        if icon_button(ui, eye, &format!("{} concept {name}", if hidden { "Show" } else { "Hide" })) {
            done = Some(Done::Sight(SightChange::ToggleConcept(concept.id.clone())));
        }
        done
    }

    /// What the keyboard can do to the row that it stands on.
    fn keys(&self, ui: &Ui) -> Option<Done> {
        let (place, last) = (self.place, self.editor.concepts.len().saturating_sub(1));
        ui.input_mut(|i| {
            if i.consume_key(Modifiers::NONE, Key::F2) {
                return Some(Done::Renaming);
            }
            if place > 0 && i.consume_key(Modifiers::COMMAND, Key::PageUp) {
                return Some(Done::MovedTo(place - 1));
            }
            if place < last && i.consume_key(Modifiers::COMMAND, Key::PageDown) {
                return Some(Done::MovedTo(place + 1));
            }
            let digit = DIGIT_KEYS.iter().position(|key| i.consume_key(Modifiers::COMMAND, *key));
            digit.map(|digit| Done::Digit(Some(digit)))
        })
    }

    /// A row that is dragged onto another takes its place.
    fn drag_ui(&self, ui: &Ui, row: &Response) -> Option<Done> {
        if !self.can_drag {
            return None;
        }
        row.dnd_set_drag_payload(Dragged(self.place));
        let over = row.dnd_hover_payload::<Dragged>()?;
        if over.0 != self.place {
            let y = if over.0 < self.place { row.rect.bottom() } else { row.rect.top() };
            ui.painter().hline(row.rect.x_range(), y, Stroke::new(2.0, crate::ui::theme::ACCENT));
        }
        row.dnd_release_payload::<Dragged>().map(|dragged| Done::Took(dragged.0))
    }

    fn menu_ui(&self, ui: &mut Ui) -> Option<Done> {
        let (editor, concept) = (self.editor, self.concept());
        let id = || concept.id.clone();
        let mut done = None;
        let mut item = |ui: &mut Ui, text: &str, what: Done| {
            if ui.button(text).clicked() {
                done = Some(what);
            }
        };
        item(ui, "Select all of this image", Done::SelectAll);
        let hidden = editor.sight.hides_concept(&concept.id);
        item(ui, if hidden { "Show" } else { "Hide" }, Done::Sight(SightChange::ToggleConcept(id())));
        let locked = editor.sight.locks_concept(&concept.id);
        item(ui, if locked { "Unlock" } else { "Lock" }, Done::Sight(SightChange::ToggleLockedConcept(id())));
        item(ui, "Solo", Done::Sight(SightChange::ToggleSoloConcept(id())));
        ui.separator();
        item(ui, "Rename here…", Done::Renaming);
        if concept.color.is_some() {
            item(ui, "Derived colour", Done::ColourDerived);
        }
        if self.place > 0 {
            item(ui, "Move up", Done::MovedTo(self.place - 1));
            item(ui, "Move to the top", Done::MovedTo(0));
        }
        if self.place + 1 < editor.concepts.len() {
            item(ui, "Move down", Done::MovedTo(self.place + 1));
        }
        ui.menu_button("Key", |ui| {
            for digit in 0..crate::ui::concept_list::DIGITS {
                let now =
                    editor.concepts.of_own_digit(digit).map(|id| shown(editor.concept_name(id))).unwrap_or_default();
                let button = Button::new(((digit + 1) % 10).to_string()).right_text(RichText::new(now).weak());
                if ui.add(button).clicked() {
                    item_of_digit(&mut done, Some(digit));
                }
            }
            if ui.button("As its place").clicked() {
                item_of_digit(&mut done, None);
            }
        });
        done
    }
}

fn item_of_digit(done: &mut Option<Done>, digit: Option<usize>) {
    *done = Some(Done::Digit(digit));
}
