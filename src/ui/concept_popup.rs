//! The popup at a shape: type to search, Enter takes the first, Tab says "not", Shift+Enter adds one more and stays, a
//! new name makes a new concept.

use super::concept_list::DIGIT_KEYS;
use super::editor::Editor;
use super::names::{concept_id_from, shown};
use super::theme;
use crate::model::{Annotation, ConceptId, ConceptLabel, LocalId};
use crate::runtime::NoticeLevel;
use egui::{Button, Key, Modifiers, Pos2, RichText, ScrollArea, TextEdit, Ui};

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

/// What a choice does to the concepts that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It takes their place.
    #[default]
    Replace,
    /// It comes beside them.
    Add,
}

/// The popup while it is open.
#[derive(Debug)]
pub struct ConceptPopup {
    target: Target,
    mode: Mode,
    at: Pos2,
    search: String,
    found: Found,
    negative: bool,
    row: usize,
    fresh: bool,
    /// How many concepts were added while it stayed open.
    added: usize,
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

/// What fits the text: looked for once for each text and each state of the list, not in every frame.
#[derive(Debug, Default)]
struct Found {
    for_what: Option<(String, u64)>,
    places: Vec<usize>,
    searches: usize,
}

impl Found {
    fn update(&mut self, editor: &Editor, search: &str) {
        let now = (search.to_owned(), editor.concepts.generation());
        if self.for_what.as_ref() != Some(&now) {
            self.places = editor.concepts.search(search, &editor.recent_concepts);
            self.for_what = Some(now);
            self.searches += 1;
        }
    }
}

/// What was chosen.
enum Choice {
    /// A concept of the list.
    Of(ConceptId),
    /// What is typed, as a new concept.
    New,
}

/// Whether the popup closes after a choice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Close,
    Stay,
}

impl ConceptPopup {
    /// A popup near `at` for `target`.
    #[must_use]
    pub fn new(target: Target, at: Pos2) -> Self {
        let opened = super::editor::new_lid().0;
        Self {
            target,
            mode: Mode::Replace,
            at,
            search: String::new(),
            found: Found::default(),
            negative: false,
            row: 0,
            fresh: true,
            added: 0,
            opened,
        }
    }

    /// The same, adding to the concepts that are there.
    #[must_use]
    pub fn adding(self) -> Self {
        Self { mode: Mode::Add, ..self }
    }

    /// How often the list was searched since it opened.
    #[must_use]
    pub const fn searches(&self) -> usize {
        self.found.searches
    }

    /// Shows it and carries out what was chosen.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> PopupState {
        if let Target::Selection(lid) = self.target
            && editor.document.get(lid).is_none()
        {
            return PopupState::Closed;
        }
        let keys = PopupKeys::take(ui, self.search.is_empty());
        if keys.escape {
            return PopupState::Closed;
        }
        self.negative ^= keys.tab;
        self.take_early_letters(ui);
        self.found.update(editor, &self.search);
        self.move_row(&keys, editor);
        let mut taken: Option<Choice> = None;
        let area = egui::Area::new(egui::Id::unique(("concept_popup", self.opened)))
            .order(egui::Order::Foreground)
            .constrain(true)
            .fixed_pos(self.at);
        let shown = area.show(ui, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(260.0);
                self.content_ui(ui, editor, &keys, &mut taken);
            });
        });
        // A choice by key counts what stands in the field now: letters and Enter may come in one frame.
        self.found.update(editor, &self.search);
        if let Some(id) =
            keys.digit.and_then(|digit| editor.concepts.of_digit(digit)).filter(|_| self.search.is_empty())
        {
            taken = Some(Choice::Of(id.clone()));
        }
        if keys.enters() && taken.is_none() {
            if self.added > 0 && self.search.trim().is_empty() && self.row == 0 && keys.enter {
                return PopupState::Closed; // done adding
            }
            taken = Some(self.choice(editor, &keys));
        }
        let after = if keys.enter_and_stay { After::Stay } else { After::Close };
        let clicked_elsewhere = !self.fresh && shown.response.clicked_elsewhere();
        self.fresh = false;
        match taken {
            Some(choice) => self.take(editor, choice, after),
            None if clicked_elsewhere => PopupState::Closed,
            None => PopupState::Open,
        }
    }

    /// How many rows there are: what was found, and the one that makes a new concept.
    fn rows(&self, editor: &Editor) -> usize {
        self.found.places.len() + usize::from(self.offers_new(editor))
    }

    fn offers_new(&self, editor: &Editor) -> bool {
        !self.search.trim().is_empty() && !editor.concepts.has(&self.search)
    }

    fn move_row(&mut self, keys: &PopupKeys, editor: &Editor) {
        let last = self.rows(editor).saturating_sub(1);
        self.row = if keys.down { (self.row + 1).min(last) } else { self.row.min(last) };
        self.row = if keys.up { self.row.saturating_sub(1) } else { self.row };
    }

    fn choice(&self, editor: &Editor, keys: &PopupKeys) -> Choice {
        match self.found.places.get(self.row) {
            Some(place) if !keys.make => Choice::Of(editor.concepts[*place].id.clone()),
            _ => Choice::New,
        }
    }

    fn take(&mut self, editor: &mut Editor, choice: Choice, after: After) -> PopupState {
        let id = match choice {
            Choice::Of(id) => id,
            Choice::New => match concept_id_from(&self.search) {
                Ok(id) => id,
                Err(reason) => {
                    editor.tell(NoticeLevel::Warning, reason);
                    return PopupState::Open;
                }
            },
        };
        if after == After::Stay && !matches!(self.target, Target::Image) {
            self.mode = Mode::Add;
        }
        self.apply(editor, id);
        if after == After::Close {
            return PopupState::Closed;
        }
        self.search.clear();
        self.row = 0;
        self.negative = false;
        self.added += 1;
        PopupState::Open
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

    fn content_ui(&mut self, ui: &mut Ui, editor: &Editor, keys: &PopupKeys, taken: &mut Option<Choice>) {
        self.there_ui(ui, editor);
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
            self.found.update(editor, &self.search);
        }
        let not = RichText::new(if self.negative { "not · Tab for present" } else { "present · Tab for not" });
        ui.label(if self.negative { not.color(theme::warning(ui)) } else { not.weak() });
        self.list_ui(ui, editor, keys, taken);
        if let Err(reason) = concept_id_from(&self.search)
            && self.offers_new(editor)
        {
            ui.colored_label(theme::warning(ui), reason);
        }
        ui.weak(match self.target {
            Target::Image => "Enter takes it",
            Target::Selection(_) => "Enter takes it · Shift+Enter adds it and stays",
        });
    }

    /// What the annotation has already, where a choice comes beside it.
    fn there_ui(&self, ui: &mut Ui, editor: &Editor) {
        let Target::Selection(lid) = self.target else { return };
        if self.mode == Mode::Add
            && let Some(annotation) = editor.document.get(lid).filter(|a| !a.concepts.is_empty())
        {
            ui.weak(format!("beside {}", editor.label_text(annotation)));
        }
    }

    fn list_ui(&self, ui: &mut Ui, editor: &Editor, keys: &PopupKeys, taken: &mut Option<Choice>) {
        let height = ui.spacing().interact_size.y;
        let row_height = height + ui.spacing().item_spacing.y;
        let rows = self.rows(editor);
        let mut area = ScrollArea::vertical().max_height(230.0);
        if keys.up || keys.down {
            #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
            let offset = (self.row as f32 * row_height - 100.0).max(0.0);
            area = area.vertical_scroll_offset(offset);
        }
        area.show_rows(ui, height, rows, |ui, shown_rows| {
            for i in shown_rows {
                let width = egui::vec2(ui.available_width(), height);
                let Some(place) = self.found.places.get(i) else {
                    let text = format!("+ new concept “{}”", shown(self.search.trim()));
                    let row = Button::selectable(i == self.row, text).truncate().min_size(width);
                    let row = ui.add(row).accessible_name("Make a new concept");
                    if row.on_hover_text("Ctrl+Enter").clicked() {
                        *taken = Some(Choice::New);
                    }
                    continue;
                };
                let concept = &editor.concepts[*place];
                let name = shown(&concept.name);
                let digit = editor.concepts.digit_of(&concept.id).filter(|_| self.search.is_empty());
                let digit = digit.map(|d| ((d + 1) % 10).to_string()).unwrap_or_default();
                let text = (theme::swatch(editor.concepts.color(&concept.id)), name.as_str());
                let row = Button::selectable(i == self.row, text).truncate().min_size(width);
                let row = ui.add(row.right_text(RichText::new(digit).weak()));
                if row.accessible_name(format!("Choose {name}")).clicked() {
                    *taken = Some(Choice::Of(concept.id.clone()));
                }
            }
        });
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
                let label = ConceptLabel { id, value };
                match self.mode {
                    Mode::Replace => editor.set_concepts(&lids, &[label]),
                    Mode::Add => editor.add_concept(&lids, &label),
                }
            }
        }
    }

    /// The popup that the editor wants now, at the shape that it is about.
    #[must_use]
    pub fn wanted(editor: &mut Editor, view: &super::canvas::View, canvas: egui::Rect) -> Option<Self> {
        let added = editor.adds_concept.take();
        let lid = added.or_else(|| editor.wants_concept.take())?;
        let bounds = editor.document.get(lid).and_then(Annotation::bounds);
        let right = bounds.map(|b| {
            let shown = super::canvas::feed::ui_rect(view.ui_from_image().apply_rect(b));
            egui::pos2(shown.right() + 10.0, shown.top())
        });
        let low = (canvas.max - egui::vec2(290.0, 340.0)).max(canvas.min);
        let at = right.unwrap_or_else(|| canvas.center()).clamp(canvas.min, low);
        let popup = Self::new(Target::Selection(lid), at);
        Some(if added.is_some() { popup.adding() } else { popup })
    }
}

/// The popup's keys, read once in a frame.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each key")]
struct PopupKeys {
    escape: bool,
    enter: bool,
    /// Shift+Enter.
    enter_and_stay: bool,
    /// Ctrl+Enter: a new concept, whatever was found.
    make: bool,
    tab: bool,
    down: bool,
    up: bool,
    digit: Option<usize>,
}

impl PopupKeys {
    /// Digits choose only while nothing is typed: a name may have digits too.
    fn take(ui: &Ui, nothing_typed: bool) -> Self {
        ui.input_mut(|i| {
            let mut keys = Self {
                escape: i.consume_key(Modifiers::NONE, Key::Escape),
                enter_and_stay: i.consume_key(Modifiers::SHIFT, Key::Enter),
                make: i.consume_key(Modifiers::COMMAND, Key::Enter),
                enter: i.consume_key(Modifiers::NONE, Key::Enter),
                tab: i.consume_key(Modifiers::NONE, Key::Tab),
                down: i.consume_key(Modifiers::NONE, Key::ArrowDown),
                up: i.consume_key(Modifiers::NONE, Key::ArrowUp),
                digit: None,
            };
            let letters =
                i.events.iter().any(|e| matches!(e, egui::Event::Text(t) if t.chars().any(|c| !c.is_ascii_digit())));
            if nothing_typed && !letters {
                keys.digit = DIGIT_KEYS.iter().position(|key| i.consume_key(Modifiers::NONE, *key));
            }
            if keys.digit.is_some() {
                i.events.retain(|e| !matches!(e, egui::Event::Text(_)));
            }
            keys
        })
    }

    const fn enters(&self) -> bool {
        self.enter || self.enter_and_stay || self.make
    }
}
