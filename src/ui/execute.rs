//! Carrying out commands.

use super::app::App;
use super::command::Command;
use super::concept_list::Turn;
use super::concept_popup::{ConceptPopup, Target};
use super::dialogs::{BrowseWindow, BulkDialog, ConnectDialog, Deed, Palette, PlanWindow, SettingsDialog};
use super::editor::fresh;
use super::settings::Theme;
use super::sync::KeyDialog;
use crate::model::{LocalId, StepBack};
use crate::runtime::{NoticeLevel, PathPurpose, Request};
use crate::tools::{BoxTool, Input, Key as ToolKey, PanTool, PolygonTool, SelectTool, Tool};
use egui::Ui;

const ZOOM_STEP: f64 = 1.25;

impl App {
    /// Carries a command out.
    pub(super) fn execute(&mut self, ui: &Ui, command: Command) {
        tracing::debug!(command = %command.id(), "carried out");
        match command {
            Command::OpenFolder => self.ask_for_path(ui, PathPurpose::ImageFolder),
            Command::OpenProject => self.ask_for_path(ui, PathPurpose::Project),
            Command::AddImages => self.ask_for_path(ui, PathPurpose::Images),
            Command::ImportAnnotations => self.ask_for_path(ui, PathPurpose::Annotations),
            Command::ImportFolder => self.ask_for_path(ui, PathPurpose::AnnotationFolder),
            Command::ExportAnnotations => self.start_export(),
            Command::SaveCopy => self.ask_for_path(ui, PathPurpose::CopyFolder),
            Command::Connect => self.connect = Some(ConnectDialog::default()),
            Command::Quit => ui.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Palette => self.palette = Some(Palette::default()),
            Command::Keys => self.shows_keys = true,
            Command::Settings => self.settings = Some(SettingsDialog::default()),
            Command::ToggleImages => {
                let places = &mut self.personal.settings;
                let reviews = self.editor.as_ref().is_some_and(|editor| editor.review.is_some());
                let place = if reviews { &mut places.queue_panel } else { &mut places.images_panel };
                place.shown = place.shown.other();
            }
            Command::ToggleSide => {
                let shown = &mut self.personal.settings.side_panel.shown;
                *shown = shown.other();
            }
            Command::FirstSteps => {
                let shown = &mut self.personal.settings.first_steps.shown;
                *shown = shown.other();
            }
            // What has the focus then says so to a screen reader; Esc gives the keys back to the canvas.
            Command::FocusPanels => ui.memory_mut(|m| m.move_focus(egui::FocusDirection::Next)),
            Command::ToggleTheme => {
                self.personal.settings.theme = if ui.visuals().dark_mode { Theme::Light } else { Theme::Dark };
            }
            _ => self.execute_on_editor(ui, command),
        }
    }

    fn execute_on_editor(&mut self, ui: &Ui, command: Command) {
        if self.execute_on_shapes(ui, command) {
            return;
        }
        let Some(editor) = &mut self.editor else { return };
        match command {
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Delete => self.delete(),
            Command::Escape => self.escape(),
            Command::SelectAll => {
                let Some(input) = editor.current().cloned() else { return };
                let all: Vec<LocalId> =
                    editor.document.of_input(&input).filter(|a| a.bounds().is_some()).map(|a| a.lid).collect();
                editor.selection.set(all);
                editor.let_vertices_go();
                let hidden = &editor.seen.hidden;
                editor.selection.keep_only(|lid| !hidden.contains(&lid));
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
            Command::PreviousImage => editor.step_image(-1),
            Command::NextImage => editor.step_image(1),
            Command::NextUnlabelled => editor.next_unlabelled(),
            Command::EditConcept => editor.wants_concept = editor.selection.iter().next(),
            Command::LabelImage => {
                let middle = self.canvas_rect.center_top() + egui::vec2(-120.0, 40.0);
                self.popup = Some(ConceptPopup::new(Target::Image, middle));
            }
            Command::LabelRegion => editor.label_region(),
            Command::NextDigits => editor.turn_digits(Turn::On),
            Command::PreviousDigits => editor.turn_digits(Turn::Back),
            Command::FilterImages => editor.picker.wants_focus = true,
            Command::SelectPreviousImage => editor.extend_images(-1),
            Command::SelectNextImage => editor.extend_images(1),
            Command::SelectListedImages => editor.select_listed(),
            Command::Assign => self.bulk = Some(BulkDialog::new(Deed::Assign, editor)),
            Command::DeleteAll => self.bulk = Some(BulkDialog::new(Deed::DeleteAnnotations, editor)),
            Command::RemoveImage => self.bulk = Some(BulkDialog::new(Deed::RemoveImages, editor)),
            Command::Plan => self.plan = Some(PlanWindow::default()),
            Command::NextTrouble => editor.next_trouble(),
            Command::NewKey => self.new_key = Some(KeyDialog::default()),
            Command::CheckProject => {
                editor.tell(NoticeLevel::Info, "The project is being looked through for damage".to_owned());
                editor.outbox.push(Request::CheckProject);
            }
            Command::Browse => self.browse = Some(BrowseWindow::default()),
            Command::SyncNow => editor.outbox.push(Request::SyncNow),
            _ if self.execute_view(ui, command) => {}
            _ => self.execute_with_amount(command),
        }
    }

    /// The review, digits and arrows.
    fn execute_with_amount(&mut self, command: Command) {
        let Some(editor) = &mut self.editor else { return };
        if self.review_ui.execute(editor, command) {
            return;
        }
        if let Some(id) = command.concept_index().and_then(|i| editor.concepts.of_digit(i)).cloned() {
            editor.choose_concept(&id);
        }
        if let Some(by) = command.nudge() {
            editor.nudge(by);
        }
    }

    pub(super) fn take_tool(&mut self, tool: Tool) {
        if let Some(editor) = &mut self.editor {
            self.canvas.step_tool(editor, Input::Cancel);
            editor.tool = tool;
        }
    }

    /// Esc: the gesture under way, then the selection, then the selected images, then the drawing tool.
    fn escape(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        let busy = editor.tool.is_busy() || !editor.tool.vertices().is_empty();
        if !busy && (editor.review_let_go() || self.review_ui.close_window()) {
            return;
        }
        if busy {
            self.canvas.step_tool(editor, Input::Cancel);
        } else if editor.shaping.cursor.is_some() {
            editor.shaping.cursor = None;
        } else if !editor.selection.is_empty() {
            editor.selection.clear();
            editor.tool = fresh(&editor.tool);
        } else if editor.picker.selected_count() > 0 {
            let shown = editor.current().cloned();
            editor.picker.select_none(shown.as_ref());
        } else {
            editor.tool = Tool::default();
        }
    }

    /// Delete: the last vertex of a polygon being drawn, the chosen vertex, or the selection.
    fn delete(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if editor.tool.places_points() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Backspace));
        } else if !editor.tool.vertices().is_empty() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Delete));
        } else if !editor.tool.is_busy() {
            editor.delete_selection();
        }
    }

    /// Undo, also of the last vertex while a polygon is drawn.
    fn undo(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if editor.tool.places_points() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Backspace));
        } else {
            self.canvas.step_tool(editor, Input::Cancel);
            editor.step_back(StepBack::Undo);
        }
    }

    fn redo(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if editor.tool.places_points() {
            self.canvas.step_tool(editor, Input::Key(ToolKey::Redo));
        } else {
            editor.step_back(StepBack::Redo);
        }
    }
}
