//! The popup at a shape: type to search, Enter takes the first, Tab says "not", a new name makes a new concept.

use super::editor::Editor;
use super::panels::concepts::{concept_id_from, shown};
use super::theme;
use crate::model::{ConceptId, ConceptLabel, LocalId};
use crate::runtime::NoticeLevel;
use egui::{Button, Key, Modifiers, Pos2, RichText, ScrollArea, TextEdit, Ui};

/// Rows that are looked for and shown.
const ROWS: usize = 200;

/// The id of the field.
const FIELD: &str = "concept_search";

/// What the popup labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The selected annotations, of which this one is where the popup stands.
    Selection(LocalId),
    /// The whole image.
    Image,
}

/// The popup while it is open.
#[derive(Debug)]
pub struct ConceptPopup {
    target: Target,
    at: Pos2,
    search: String,
    negative: bool,
    row: usize,
    fresh: bool,
    /// Which opening it is: egui remembers the size of an area by its id, and the last popup was another one.
    opened: u128,
}

/// What became of the popup in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PopupState {
    /// It stays.
    Open,
    /// It is done or was cancelled.
    Closed,
}

impl ConceptPopup {
    /// A popup near `at` for `target`.
    #[must_use]
    pub fn new(target: Target, at: Pos2) -> Self {
        let opened = super::editor::new_lid().0;
        Self { target, at, search: String::new(), negative: false, row: 0, fresh: true, opened }
    }

    /// Shows it and carries out what was chosen.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> PopupState {
        if let Target::Selection(lid) = self.target
            && editor.document.get(lid).is_none()
        {
            return PopupState::Closed;
        }
        let keys = ui.input_mut(|i| PopupKeys {
            escape: i.consume_key(Modifiers::NONE, Key::Escape),
            enter: i.consume_key(Modifiers::NONE, Key::Enter),
            tab: i.consume_key(Modifiers::NONE, Key::Tab),
            down: i.consume_key(Modifiers::NONE, Key::ArrowDown),
            up: i.consume_key(Modifiers::NONE, Key::ArrowUp),
        });
        if keys.escape {
            return PopupState::Closed;
        }
        self.negative ^= keys.tab;
        self.take_early_letters(ui);
        let found = find(editor, &self.search);
        let last = found.len().saturating_sub(1);
        self.row = if keys.down { (self.row + 1).min(last) } else { self.row.min(last) };
        self.row = if keys.up { self.row.saturating_sub(1) } else { self.row };
        let mut taken: Option<ConceptId> = None;
        let area = egui::Area::new(egui::Id::unique(("concept_popup", self.opened)))
            .order(egui::Order::Foreground)
            .constrain(true)
            .fixed_pos(self.at);
        let shown = area.show(ui, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(240.0);
                self.content_ui(ui, editor, &found, &mut taken);
            });
        });
        if keys.enter {
            // Letters and Enter may come in one frame: what counts is what stands in the field now.
            taken = taken.or_else(|| find(editor, &self.search).get(self.row).cloned());
            if taken.is_none() {
                match concept_id_from(&self.search) {
                    Ok(id) => taken = Some(id),
                    Err(reason) => editor.tell(NoticeLevel::Warning, reason),
                }
            }
        }
        let clicked_elsewhere = !self.fresh && shown.response.clicked_elsewhere();
        self.fresh = false;
        match taken {
            Some(id) => {
                self.apply(editor, id);
                PopupState::Closed
            }
            None if clicked_elsewhere => PopupState::Closed,
            None => PopupState::Open,
        }
    }

    /// Letters that came before the field had the focus.
    fn take_early_letters(&mut self, ui: &Ui) {
        if ui.memory(|m| m.has_focus(egui::Id::unique(FIELD))) {
            return;
        }
        ui.input_mut(|i| {
            i.events.retain(|event| match event {
                egui::Event::Text(letters) => {
                    self.search.push_str(letters);
                    false
                }
                _ => true,
            });
        });
    }

    fn content_ui(&mut self, ui: &mut Ui, editor: &Editor, found: &[ConceptId], taken: &mut Option<ConceptId>) {
        let what = if self.negative { "Not this concept" } else { "Concept" };
        let field = TextEdit::singleline(&mut self.search)
            .id(egui::Id::unique(FIELD))
            .hint_text("Type to search, or a new name")
            .lock_focus(true)
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name(what);
        if !response.has_focus() {
            response.request_focus();
        }
        if response.changed() {
            self.row = 0;
        }
        let not = RichText::new(if self.negative { "not · Tab for present" } else { "present · Tab for not" });
        ui.label(if self.negative { not.color(theme::WARNING) } else { not.weak() });
        let height = ui.spacing().interact_size.y;
        ScrollArea::vertical().max_height(230.0).show_rows(ui, height, found.len(), |ui, rows| {
            for i in rows {
                let id = &found[i];
                let color = theme::concept_color(id, &editor.concepts);
                let name = shown(editor.concept_name(id));
                let text = (theme::swatch(color), name.as_str());
                let row = Button::selectable(i == self.row, text).min_size(egui::vec2(ui.available_width(), height));
                if ui.add(row).accessible_name(format!("Choose {name}")).clicked() {
                    *taken = Some(id.clone());
                }
            }
        });
        let typed = self.search.trim();
        if found.is_empty() && !typed.is_empty() {
            ui.label(format!("Enter makes the new concept “{}”", shown(typed)));
        }
    }

    fn apply(&self, editor: &mut Editor, id: ConceptId) {
        let value = if self.negative { 0.0 } else { 1.0 };
        match self.target {
            Target::Image => editor.label_image(id, value),
            Target::Selection(lid) => {
                editor.use_concept(&id);
                let mut lids: Vec<LocalId> = editor.selection.iter().collect();
                if !lids.contains(&lid) {
                    lids = vec![lid];
                }
                editor.set_concepts(&lids, &[ConceptLabel { id, value }]);
            }
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "one for each key, read once")]
struct PopupKeys {
    escape: bool,
    enter: bool,
    tab: bool,
    down: bool,
    up: bool,
}

/// The concepts whose name or id contains what was typed: names that begin with it first, then the recent ones.
fn find(editor: &Editor, search: &str) -> Vec<ConceptId> {
    let wanted = search.trim().to_lowercase();
    let mut found: Vec<(bool, usize, usize)> = Vec::new();
    for (i, concept) in editor.concepts.iter().enumerate() {
        let name = concept.name.to_lowercase();
        if wanted.is_empty() || name.contains(&wanted) || concept.id.0.to_lowercase().contains(&wanted) {
            let recent = editor.recent_concepts.iter().position(|c| *c == concept.id).unwrap_or(usize::MAX);
            found.push((!name.starts_with(&wanted), recent, i));
        }
    }
    found.sort_unstable();
    found.into_iter().take(ROWS).map(|(_, _, i)| editor.concepts[i].id.clone()).collect()
}
