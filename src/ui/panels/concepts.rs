//! The concepts of the project: a click (or a digit) chooses one for the selection, or for what is drawn next. The field
//! filters, makes new ones and searches on the server.

use super::concept_row::{ConceptRow, Done};
use super::menu::shortcut_text;
use crate::model::{Concept, ConceptId};
use crate::runtime::{NoticeLevel, Request};
use crate::ui::command::Command;
use crate::ui::concept_list::{ConceptList, Turn};
use crate::ui::editor::Editor;
use egui::{Button, Key, Label, RichText, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons;

pub use crate::ui::names::{concept_id_from, shown};

/// Concepts of the server that are shown.
const FOUND_ROWS: usize = 50;

/// What the panel keeps.
#[derive(Debug, Default)]
pub struct ConceptsPanel {
    typed: String,
    listed: Listed,
    renaming: Option<Renaming>,
    /// Recoloured, and not kept yet because the colour is still being dragged.
    recoloured: Option<ConceptId>,
    /// What the server was asked for.
    asked: Option<String>,
    /// The page of digits that the list has scrolled to.
    page: usize,
}

/// A concept that is being renamed in its row.
#[derive(Debug)]
pub struct Renaming {
    /// Which one.
    pub id: ConceptId,
    /// What stands in the field.
    pub name: String,
    /// Whether the field has had the focus.
    pub focused: bool,
}

/// The rows for what is typed, found once for each text and each state of the list.
#[derive(Debug, Default)]
struct Listed {
    for_what: Option<(String, u64)>,
    places: Vec<usize>,
}

impl Listed {
    fn update(&mut self, concepts: &ConceptList, typed: &str) {
        let now = (typed.to_owned(), concepts.generation());
        if self.for_what.as_ref() != Some(&now) {
            self.places =
                if typed.trim().is_empty() { (0..concepts.len()).collect() } else { concepts.search(typed, &[]) };
            self.for_what = Some(now);
        }
    }
}

impl ConceptsPanel {
    /// Shows the list.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        active_ui(ui, editor);
        digits_ui(ui, editor);
        self.field_ui(ui, editor);
        self.listed.update(&editor.concepts, &self.typed);
        let row_height = ui.spacing().interact_size.y;
        let mut done: Option<(ConceptId, Done)> = None;
        let can_drag = self.typed.trim().is_empty();
        let height = (ui.available_height() * 0.35).clamp(72.0, 220.0);
        let mut area = ScrollArea::vertical().id_salt("concepts").max_height(height).auto_shrink([false, true]);
        if self.page != editor.concepts.page() && can_drag {
            self.page = editor.concepts.page();
            #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
            let rows = editor.concepts.places_of_page().start as f32;
            area = area.vertical_scroll_offset(rows * (row_height + ui.spacing().item_spacing.y));
        }
        area.show_rows(ui, row_height, self.listed.places.len(), |ui, rows| {
            for place in self.listed.places[rows].iter().copied() {
                let row = ConceptRow { editor, place, height: row_height, can_drag };
                let id = editor.concepts[place].id.clone();
                if let Some(what) = row.ui(ui, &mut self.renaming) {
                    done = Some((id, what));
                }
            }
        });
        if let Some((id, what)) = done {
            self.carry_out(editor, &id, what);
        }
        self.keep_colour(ui, editor);
        self.server_ui(ui, editor);
    }

    /// Filters; Enter takes the first that fits, or makes a new one where none does.
    fn field_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let field =
            TextEdit::singleline(&mut self.typed).hint_text("Filter, or a new concept").desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("New concept");
        if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
            self.typed.clear();
        }
        let typed = self.typed.trim().to_owned();
        if typed.is_empty() {
            self.asked = None;
            return;
        }
        if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
            match editor.concepts.search(&typed, &[]).first() {
                Some(first) => {
                    let id = editor.concepts[*first].id.clone();
                    editor.choose_concept(&id);
                    self.typed.clear();
                }
                None => self.make(editor, &typed),
            }
            return;
        }
        ui.horizontal(|ui| {
            let exists = editor.concepts.has(&typed);
            if !exists
                && ui
                    .add(Button::new(format!("+ “{}”", shown(&typed))).small())
                    .accessible_name("Make the concept")
                    .clicked()
            {
                self.make(editor, &typed);
            }
            let search = ui.small_button("search the server").accessible_name("Search the server");
            if search.on_hover_text("Concepts of the app that this project does not list").clicked() {
                editor.found_concepts = None;
                editor.outbox.push(Request::SearchConcepts(typed.clone()));
                self.asked = Some(typed);
            }
        });
    }

    fn make(&mut self, editor: &mut Editor, typed: &str) {
        match concept_id_from(typed) {
            Ok(id) => {
                editor.use_concept(&id);
                editor.active_concept = Some(id);
                self.typed.clear();
            }
            Err(reason) => editor.tell(NoticeLevel::Warning, reason),
        }
    }

    fn carry_out(&mut self, editor: &mut Editor, id: &ConceptId, what: Done) {
        match what {
            Done::Chosen => editor.choose_concept(id),
            Done::SelectAll => editor.select_concept(id),
            Done::Sight(change) => editor.change_sight(change),
            Done::Renaming => {
                let name = editor.concept_name(id).to_owned();
                self.renaming = Some(Renaming { id: id.clone(), name, focused: false });
            }
            Done::Renamed => {
                if let Some(renaming) = self.renaming.take() {
                    rename(editor, &renaming);
                }
            }
            Done::NotRenamed => self.renaming = None,
            Done::Recoloured(color) => {
                editor.show_concept_color(id, color);
                self.recoloured = Some(id.clone());
            }
            Done::ColourDerived => editor.recolor_concept(id, None),
            Done::MovedTo(place) => editor.move_concept(id, place),
            Done::Took(from) => {
                if let (Some(dragged), Some(to)) = (editor.concepts.get(from), editor.concepts.place(id)) {
                    let dragged = dragged.id.clone();
                    editor.move_concept(&dragged, to);
                }
            }
            Done::Digit(digit) => editor.set_concept_digit(id, digit),
        }
    }

    /// A dragged colour is kept when the button goes up, not in every frame.
    fn keep_colour(&mut self, ui: &Ui, editor: &mut Editor) {
        if !ui.input(|i| i.pointer.any_down())
            && let Some(concept) = self.recoloured.take().and_then(|id| editor.concepts.find(&id)).cloned()
        {
            editor.outbox.push(Request::PutConcept(concept));
        }
    }

    /// What the server has that the project does not list.
    fn server_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let Some(asked) = &self.asked else { return };
        let mut added: Option<Concept> = None;
        match &editor.found_concepts {
            None => {
                ui.weak(format!("Asking the server for “{}”…", shown(asked)));
            }
            Some(Err(reason)) => {
                ui.colored_label(crate::ui::theme::warning(ui), reason);
            }
            Some(Ok(found)) => {
                let new: Vec<&Concept> =
                    found.iter().filter(|c| editor.concepts.place(&c.id).is_none()).take(FOUND_ROWS).collect();
                if new.is_empty() {
                    ui.weak(format!("The server has no other concept like “{}”", shown(asked)));
                }
                ScrollArea::vertical().id_salt("found concepts").max_height(120.0).show(ui, |ui| {
                    for concept in new {
                        let name = shown(&concept.name);
                        if ui.small_button(format!("+ {name}")).accessible_name(format!("Add {name}")).clicked() {
                            added = Some(concept.clone());
                        }
                    }
                });
            }
        }
        if let Some(concept) = added {
            let id = concept.id.clone();
            editor.adopt_concept(concept);
            editor.choose_concept(&id);
            self.typed.clear();
        }
    }
}

fn rename(editor: &mut Editor, renaming: &Renaming) {
    if renaming.name.trim() == editor.concept_name(&renaming.id) {
        return;
    }
    match concept_id_from(&renaming.name) {
        Ok(name) => editor.rename_concept(&renaming.id, name.as_str()),
        Err(reason) => editor.tell(NoticeLevel::Warning, reason.replace("nothing was made", "the name stays")),
    }
}

/// Which ten concepts the digits choose, where there are more.
fn digits_ui(ui: &mut Ui, editor: &mut Editor) {
    if editor.concepts.pages() == 1 {
        return;
    }
    ui.horizontal(|ui| {
        let ways = [
            (icons::ICON_CHEVRON_LEFT, Command::PreviousDigits, Turn::Back),
            (icons::ICON_CHEVRON_RIGHT, Command::NextDigits, Turn::On),
        ];
        for (icon, command, turn) in ways {
            let keys = shortcut_text(ui, command);
            let button = ui.add(Button::new(icon.rich_text().size(14.0)).small()).accessible_name(command.text());
            if button.on_hover_text(format!("{} ({keys})", command.text_and_tooltip().1)).clicked() {
                editor.turn_digits(turn);
            }
        }
        let places = editor.concepts.places_of_page();
        let text = RichText::new(format!("digits: {} to {}", places.start + 1, places.end)).weak();
        ui.add(Label::new(text).truncate());
    });
}

fn active_ui(ui: &mut Ui, editor: &mut Editor) {
    ui.horizontal(|ui| {
        ui.strong("Concepts");
        ui.weak(editor.concepts.len().to_string());
        if let Some(active) = editor.active_concept.clone() {
            let text = format!("drawing: {} ×", shown(editor.concept_name(&active)));
            let button = ui.add(Button::new(text).small().truncate());
            if button.on_hover_text("Ask for a concept after each shape").clicked() {
                editor.active_concept = None;
            }
        } else {
            ui.add(Label::new(RichText::new("asked after drawing").weak()).truncate());
        }
    });
}
