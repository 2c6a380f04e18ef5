//! The program's own dialog for a path, for desktops without a portal or zenity. It completes what is typed: the disk is
//! looked at on a thread that wakes the window.

use super::Stay;
use crate::runtime::{Completer, Completion, PathMatch, PathPurpose, typed_path};
use egui::{Button, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui};
use std::path::PathBuf;

/// Asks for a path by name.
#[derive(Debug)]
pub struct PathDialog {
    /// What it is wanted for.
    pub purpose: PathPurpose,
    text: String,
    /// Images that were chosen already.
    chosen: Vec<PathBuf>,
    completer: Option<Completer>,
    completion: Completion,
    is_new: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathState {
    /// It stays.
    Open,
    /// It was cancelled.
    Cancelled,
    /// These were given.
    Given(Vec<PathBuf>),
}

/// What was done to the dialog in a frame.
#[derive(Default)]
struct Done {
    add: bool,
    open: bool,
    cancel: bool,
}

impl PathDialog {
    /// A dialog for this purpose.
    #[must_use]
    pub fn new(purpose: PathPurpose) -> Self {
        let home = std::env::var("HOME").unwrap_or_default();
        let text = if home.is_empty() { "/".to_owned() } else { format!("{home}/") };
        Self { purpose, text, chosen: Vec::new(), completer: None, completion: Completion::default(), is_new: true }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &Ui) -> PathState {
        self.look(ui);
        let mut done = Done::default();
        let modal = Modal::new(egui::Id::unique("path")).show(ui, |ui| {
            ui.set_width(560.0_f32.min(ui.content_rect().width() - 60.0));
            ui.heading(match self.purpose {
                PathPurpose::ImageFolder => "Which folder of images?",
                PathPurpose::Project => "Which project directory?",
                PathPurpose::Images => "Which image files?",
                PathPurpose::Statistics => "The statistics as CSV into which new file?",
                PathPurpose::Annotations => "Which file of annotations?",
                PathPurpose::AnnotationFolder => "Which folder of annotations?",
                PathPurpose::ExportProblem => "Which file is it written to?",
                PathPurpose::CopyFolder => "Which folder does the copy go to?",
            });
            self.field_ui(ui, &mut done);
            self.matches_ui(ui, &mut done);
            self.chosen_ui(ui);
            ui.horizontal(|ui| {
                let verb = match self.purpose {
                    PathPurpose::Images => "Add",
                    PathPurpose::Statistics | PathPurpose::ExportProblem | PathPurpose::CopyFolder => "Write",
                    PathPurpose::Annotations | PathPurpose::AnnotationFolder => "Look",
                    PathPurpose::ImageFolder | PathPurpose::Project => "Open",
                };
                done.open |= ui.button(verb).clicked();
                done.cancel |= ui.button("Cancel").clicked();
                ui.weak("Tab completes; no dialog of the desktop was found");
            });
        });
        if done.add {
            self.chosen.push(typed_path(&self.text));
            let folder = self.text.rfind('/').map_or(0, |at| at + 1);
            self.text.truncate(folder);
            return PathState::Open;
        }
        let stay = if done.cancel || modal.should_close() { Stay::Close } else { Stay::Open };
        match self.given() {
            Some(paths) if done.open => PathState::Given(paths),
            _ if stay == Stay::Close => PathState::Cancelled,
            _ => PathState::Open,
        }
    }

    /// Asks for completions of what is typed, and takes what was found.
    fn look(&mut self, ui: &Ui) {
        if self.completer.is_none() {
            let ctx = ui.ctx().clone();
            self.completer = Completer::start(self.purpose, move || ctx.request_repaint());
        }
        let Some(completer) = &mut self.completer else { return };
        completer.ask(&self.text);
        if let Some(found) = completer.found() {
            self.completion = found;
        }
    }

    fn field_ui(&mut self, ui: &mut Ui, done: &mut Done) {
        // Before the field gives its focus away with it.
        let tab = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Tab));
        if tab {
            ui.memory_mut(|m| m.move_focus(egui::FocusDirection::None));
        }
        // It has the focus before it is shown for the first time: what is typed in this very frame is for it.
        let id = egui::Id::unique("path field");
        if std::mem::take(&mut self.is_new) {
            let mut state = egui::text_edit::TextEditState::default();
            let end = egui::text::CCursor::new(self.text.chars().count());
            state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
            state.store(ui.ctx(), id);
            ui.memory_mut(|m| m.request_focus(id));
        }
        let field = TextEdit::singleline(&mut self.text).id(id).desired_width(f32::INFINITY).lock_focus(true);
        let output = field.show(ui);
        let response = output.response.response.clone().accessible_name("Path");
        // Before the focus is asked for again: Enter gave it away.
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if ui.memory(|m| m.focused().is_none()) {
            response.request_focus();
        }
        if tab
            && self.completion.of == self.text
            && let Some(common) = self.completion.common()
        {
            self.text = common.to_owned();
            to_the_end(ui, &response, output.state, &self.text);
        }
        if entered {
            let is_image = self.completion.matches.iter().any(|m| m.text == self.text && m.kind == "image");
            let more = self.purpose == PathPurpose::Images && is_image;
            (done.add, done.open) = (more, !more);
            response.request_focus();
        }
    }

    fn matches_ui(&mut self, ui: &mut Ui, done: &mut Done) {
        let mut taken: Option<PathMatch> = None;
        let row = ui.spacing().interact_size.y;
        let area = ScrollArea::vertical().auto_shrink([false, false]).max_height(row * 8.0);
        area.show_rows(ui, row, self.completion.matches.len(), |ui, rows| {
            for found in &self.completion.matches[rows] {
                let button = Button::selectable(false, found.name.as_str())
                    .right_text(RichText::new(found.kind).weak())
                    .min_size(egui::vec2(ui.available_width(), row));
                if ui.add(button).accessible_name(format!("{}, {}", found.name, found.kind)).clicked() {
                    taken = Some(found.clone());
                }
            }
        });
        if let Some(problem) = &self.completion.problem {
            ui.colored_label(crate::ui::theme::error(ui), problem);
        }
        if let Some(taken) = taken {
            done.add = taken.kind == "image";
            self.text = taken.text;
        }
    }

    fn chosen_ui(&mut self, ui: &mut Ui) {
        if self.chosen.is_empty() {
            return;
        }
        ui.horizontal(|ui| {
            let n = self.chosen.len();
            ui.label(if n == 1 { "1 image chosen".to_owned() } else { format!("{n} images chosen") });
            if ui.small_button("Take the last one back").clicked() {
                self.chosen.pop();
            }
        });
    }

    /// What was chosen and typed.
    fn given(&self) -> Option<Vec<PathBuf>> {
        let mut paths = self.chosen.clone();
        let typed = self.text.trim();
        let only_a_folder = self.purpose == PathPurpose::Images && typed.ends_with('/');
        if !typed.is_empty() && !only_a_folder {
            paths.push(typed_path(typed));
        }
        (!paths.is_empty()).then_some(paths)
    }
}

/// Puts the cursor behind the last letter.
fn to_the_end(ui: &Ui, response: &egui::Response, mut state: egui::text_edit::TextEditState, text: &str) {
    let end = egui::text::CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
    state.store(ui.ctx(), response.id);
    response.request_focus();
}
