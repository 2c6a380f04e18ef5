//! Carrying out commands, and the keys that stand for them.

use super::app::App;
use super::command::Command;
use super::concept_popup::{ConceptPopup, Target};
use super::dialogs::{BrowseWindow, ConnectDialog, Palette, PlanWindow, Question};
use super::editor::fresh;
use super::panels::concepts::DIGITS;
use super::review::Decision;
use crate::geometry::Vector;
use crate::model::{LocalId, StepBack};
use crate::runtime::{PathPurpose, Request};
use crate::tools::{BoxTool, Input, Key as ToolKey, PanTool, PolygonTool, SelectTool, Tool};
use egui::{Key, Modifiers, Ui};

const ZOOM_STEP: f64 = 1.25;

impl App {
    /// Carries out this frame's keys in the order in which they were pressed, each in the state that the one before it
    /// left. A focused text field keeps its letters and its own undo.
    pub(super) fn take_keys(&mut self, ui: &Ui) {
        let pressed: Vec<Pressed> = ui.input(|i| i.events.iter().filter_map(Pressed::from_event).collect());
        for key in pressed {
            if self.has_dialog() {
                return; // it opened just now, and the rest was typed for it
            }
            if let Some(command) = self.command_for(key, ui.text_edit_focused()) {
                ui.input_mut(|i| i.events.retain(|event| Pressed::from_event(event) != Some(key)));
                self.execute(ui, command);
            }
        }
        if !self.has_dialog() && !ui.text_edit_focused() {
            for command in clipboard_commands(ui) {
                self.execute(ui, command);
            }
            self.direct_keys(ui);
        }
    }

    /// The command that a key means now; of several keys with the same letter the one with the most modifiers.
    fn command_for(&self, pressed: Pressed, typing: bool) -> Option<Command> {
        let editor = self.editor.as_ref();
        let fits = |command: Command| {
            let passes_text = matches!(command, Command::SyncNow | Command::Palette | Command::Keys | Command::Quit);
            let repeats = matches!(
                command,
                Command::Undo
                    | Command::Redo
                    | Command::ZoomIn
                    | Command::ZoomOut
                    | Command::PreviousImage
                    | Command::NextImage
            );
            // Held keys do not run away with decisions: only the first press of a key counts for them.
            (!typing || passes_text)
                && (!pressed.repeat || repeats)
                && command.is_enabled(editor)
                && command.shortcuts().iter().any(|s| s.logical_key == pressed.key && pressed.has_exactly(s.modifiers))
        };
        Command::ALL.iter().copied().find(|command| fits(*command))
    }

    /// Keys that are not commands because they take an amount: digits, arrows, Tab.
    fn direct_keys(&mut self, ui: &Ui) {
        let Some(editor) = &mut self.editor else { return };
        for (i, key) in DIGITS.into_iter().enumerate() {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key))
                && let Some(id) = editor.concepts.get(i).map(|c| c.id.clone())
            {
                editor.choose_concept(&id);
            }
        }
        if !editor.selection.is_empty() {
            let arrows = [
                (Key::ArrowLeft, Vector::new(-1.0, 0.0)),
                (Key::ArrowRight, Vector::new(1.0, 0.0)),
                (Key::ArrowUp, Vector::new(0.0, -1.0)),
                (Key::ArrowDown, Vector::new(0.0, 1.0)),
            ];
            for (key, by) in arrows {
                if ui.input_mut(|i| i.consume_key(Modifiers::SHIFT, key)) {
                    editor.nudge(by * 10.0);
                } else if ui.input_mut(|i| i.consume_key(Modifiers::NONE, key)) {
                    editor.nudge(by);
                }
            }
        }
        // Before egui moves the focus with it: on the canvas Tab goes through the shapes.
        if ui.input_mut(|i| i.consume_key(Modifiers::SHIFT, Key::Tab)) {
            self.select_neighbour(-1);
        } else if ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Tab)) {
            self.select_neighbour(1);
        }
    }

    /// Selects the next shape in reading order.
    fn select_neighbour(&mut self, by: isize) {
        let Some(editor) = &mut self.editor else { return };
        let Some(input) = editor.current().cloned() else { return };
        let mut shapes: Vec<(f64, f64, LocalId)> =
            editor.document.of_input(&input).filter_map(|a| a.bounds().map(|b| (b.min.y, b.min.x, a.lid))).collect();
        shapes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        if shapes.is_empty() {
            return;
        }
        let n = shapes.len();
        let at = editor.selection.single().and_then(|lid| shapes.iter().position(|s| s.2 == lid));
        let next = match at {
            Some(at) => (at + n).saturating_add_signed(by) % n,
            None if by > 0 => 0,
            None => n - 1,
        };
        editor.selection.set([shapes[next].2]);
    }

    /// Carries a command out.
    pub(super) fn execute(&mut self, ui: &Ui, command: Command) {
        match command {
            Command::OpenFolder => self.ask_for_path(PathPurpose::ImageFolder),
            Command::OpenProject => self.ask_for_path(PathPurpose::Project),
            Command::AddImages => self.ask_for_path(PathPurpose::Images),
            Command::Connect => self.connect = Some(ConnectDialog::default()),
            Command::Quit => ui.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Palette => self.palette = Some(Palette::default()),
            Command::Keys => self.shows_keys = true,
            Command::ToggleTheme => {
                let dark = ui.visuals().dark_mode;
                ui.set_theme(if dark { egui::ThemePreference::Light } else { egui::ThemePreference::Dark });
            }
            _ => self.execute_on_editor(command),
        }
    }

    fn execute_on_editor(&mut self, command: Command) {
        let Some(editor) = &mut self.editor else { return };
        match command {
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Delete => self.delete(),
            Command::Escape => self.escape(),
            Command::Copy => editor.copy(),
            Command::Paste => editor.paste(0.0),
            Command::Duplicate => editor.duplicate(),
            Command::SelectAll => {
                let Some(input) = editor.current().cloned() else { return };
                let all: Vec<LocalId> =
                    editor.document.of_input(&input).filter(|a| a.bounds().is_some()).map(|a| a.lid).collect();
                editor.selection.set(all);
            }
            Command::ToolSelect => self.take_tool(Tool::Select(SelectTool::default())),
            Command::ToolBox => self.take_tool(Tool::Box(BoxTool::default())),
            Command::ToolPolygon => self.take_tool(Tool::Polygon(PolygonTool::default())),
            Command::ToolPan => self.take_tool(Tool::Pan(PanTool::default())),
            Command::Fit => self.canvas.view.fit(),
            Command::ActualSize => self.canvas.view.actual_size(),
            Command::FitSelection => self.canvas.fit_selection(editor),
            Command::ZoomIn => self.canvas.view.zoom_about_middle(ZOOM_STEP),
            Command::ZoomOut => self.canvas.view.zoom_about_middle(1.0 / ZOOM_STEP),
            Command::Hide => {
                let selected: Vec<LocalId> = editor.selection.iter().collect();
                editor.hidden.extend(&selected);
                editor.selection.clear();
                editor.scene_generation += 1;
            }
            Command::ShowAll => {
                editor.hidden.clear();
                editor.scene_generation += 1;
            }
            Command::PreviousImage => editor.step_image(-1),
            Command::NextImage => editor.step_image(1),
            Command::NextUnlabelled => editor.next_unlabelled(),
            Command::EditConcept => editor.wants_concept = editor.selection.iter().next(),
            Command::LabelImage => {
                let middle = self.canvas_rect.center_top() + egui::vec2(-120.0, 40.0);
                self.popup = Some(ConceptPopup::new(Target::Image, middle));
            }
            Command::LabelRegion => editor.label_region(),
            Command::Assign => self.question = Some(Question::Assign(String::new())),
            Command::DeleteAll => {
                let n = editor.current().map_or(0, |input| editor.document.count_of(input));
                self.question = (n > 0).then_some(Question::DeleteAll(n));
            }
            Command::RemoveImage => {
                let row = editor.current_index().map(|i| &editor.inputs[i]);
                self.question = row.map(|row| Question::RemoveImage(row.name.clone(), row.annotations));
            }
            Command::Plan => self.plan = Some(PlanWindow::default()),
            Command::Browse => self.browse = Some(BrowseWindow::default()),
            Command::ToggleReview => editor.toggle_review(),
            Command::Accept => editor.decide(Decision::Accept),
            Command::Reject => editor.decide(Decision::Reject),
            Command::RequestChanges => editor.decide(Decision::RequestChanges),
            Command::Skip => editor.review_skip(),
            Command::ReviewNext => editor.review_step(1),
            Command::ReviewPrevious => editor.review_step(-1),
            Command::ReviewUndo => editor.review_undo(),
            Command::SyncNow => editor.outbox.push(Request::SyncNow),
            _ => {}
        }
    }

    fn take_tool(&mut self, tool: Tool) {
        if let Some(editor) = &mut self.editor {
            self.canvas.step_tool(editor, Input::Cancel);
            editor.tool = tool;
        }
    }

    /// Esc: the gesture under way, then the selection, then the drawing tool.
    fn escape(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if editor.tool.is_busy() {
            self.canvas.step_tool(editor, Input::Cancel);
        } else if !editor.selection.is_empty() {
            editor.selection.clear();
            editor.tool = fresh(&editor.tool);
        } else {
            editor.tool = Tool::default();
        }
    }

    /// Delete: the last vertex of a polygon being drawn, the chosen vertex, or the selection.
    fn delete(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        let single = editor.selection.single();
        let vertex = matches!(&editor.tool, Tool::Select(select)
            if select.active_vertex().is_some_and(|(lid, _)| Some(lid) == single));
        if matches!(editor.tool, Tool::Polygon(_)) && editor.tool.is_busy() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Backspace));
        } else if vertex {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Delete));
        } else if !editor.tool.is_busy() {
            editor.delete_selection();
        }
    }

    /// Undo, also of the last vertex while a polygon is drawn.
    fn undo(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if matches!(editor.tool, Tool::Polygon(_)) && editor.tool.is_busy() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Backspace));
        } else {
            self.canvas.step_tool(editor, Input::Cancel);
            editor.step_back(StepBack::Undo);
        }
    }

    fn redo(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if matches!(editor.tool, Tool::Polygon(_)) && editor.tool.is_busy() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Redo));
        } else {
            editor.step_back(StepBack::Redo);
        }
    }
}

/// A key that went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pressed {
    key: Key,
    modifiers: Modifiers,
    repeat: bool,
}

impl Pressed {
    const fn from_event(event: &egui::Event) -> Option<Self> {
        match event {
            egui::Event::Key { key, pressed: true, repeat, modifiers, .. } => {
                Some(Self { key: *key, modifiers: *modifiers, repeat: *repeat })
            }
            _ => None,
        }
    }

    /// Whether these modifiers and no others were down. Some keyboards need Shift for a plus.
    const fn has_exactly(self, modifiers: Modifiers) -> bool {
        let shift = matches!(self.key, Key::Plus) || self.modifiers.shift == modifiers.shift;
        shift && self.modifiers.alt == modifiers.alt && self.modifiers.command == modifiers.command
    }
}

/// Ctrl+C and Ctrl+V reach egui as events of their own.
fn clipboard_commands(ui: &Ui) -> Vec<Command> {
    ui.input(|i| {
        i.events
            .iter()
            .filter_map(|event| match event {
                egui::Event::Copy => Some(Command::Copy),
                egui::Event::Paste(_) => Some(Command::Paste),
                _ => None,
            })
            .collect()
    })
}
