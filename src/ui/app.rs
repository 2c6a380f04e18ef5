//! The window: panels round the canvas, dialogs over it, and the channel to everything slow.

use super::canvas::Canvas;
use super::command::Command;
use super::concept_popup::{ConceptPopup, PopupState, Target};
use super::dialogs::{
    BrowseWindow, ConnectDialog, Palette, PathDialog, PathState, PlanWindow, Question, SettingsDialog, Stay, keys_ui,
};
use super::editor::Editor;
use super::gallery::Gallery;
use super::input_order::InputOrder;
use super::panels::{self, concepts::ConceptsPanel, images::ImagesPanel};
use super::settings::Personal;
use super::theme;
use crate::runtime::{self, Event, FoundSettings, Link, Opening, PathPurpose, Request};
use egui::{Panel, RichText, Ui};
use poll_promise::Promise;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

/// A dialog of the desktop that answers sooner than a person could was none: there is no portal.
const DIALOG_TOO_QUICK: Duration = Duration::from_millis(400);

/// A dialog of the desktop, since when (egui's seconds; negative: not known yet), and its answer.
type FileDialog = (PathPurpose, f64, Promise<Option<Vec<PathBuf>>>);

/// How long a notice stands in the hint line.
const NOTICE_SECS: f64 = 6.0;

/// Since when the newest notice is shown.
#[derive(Debug, Default)]
struct NoticeTimer {
    told: u64,
    since: f64,
}

impl NoticeTimer {
    /// The newest notice, while it is fresh.
    fn fresh<'a>(&mut self, ui: &Ui, editor: &'a Editor) -> Option<&'a runtime::Notice> {
        let now = ui.input(|i| i.time);
        if editor.notices_told != self.told {
            (self.told, self.since) = (editor.notices_told, now);
        }
        let left = self.since + NOTICE_SECS - now;
        if self.told == 0 || left <= 0.0 {
            return None;
        }
        ui.request_repaint_after(Duration::from_secs_f64(left));
        editor.notices.back()
    }
}

/// Wakes the window; what the runtime holds of it.
struct Repaint(egui::Context);

impl Wake for Repaint {
    fn wake(self: Arc<Self>) {
        self.0.request_repaint();
    }
}

/// The program's window.
pub struct App {
    pub(super) editor: Option<Editor>,
    pub(super) canvas: Canvas,
    pub(super) canvas_rect: egui::Rect,
    pub(super) popup: Option<ConceptPopup>,
    pub(super) palette: Option<Palette>,
    pub(super) connect: Option<ConnectDialog>,
    pub(super) shows_keys: bool,
    pub(super) question: Option<Question>,
    pub(super) browse: Option<BrowseWindow>,
    pub(super) plan: Option<PlanWindow>,
    pub(super) settings: Option<SettingsDialog>,
    pub(super) personal: Personal,
    images: Gallery,
    link: Option<Link>,
    waker: Waker,
    images_panel: ImagesPanel,
    concepts_panel: ConceptsPanel,
    path_dialog: Option<PathDialog>,
    file_dialog: Option<FileDialog>,
    context_menu_at: Option<egui::Pos2>,
    notice: NoticeTimer,
    open_failure: Option<String>,
    early: Vec<Event>,
    frames: u64,
}

impl App {
    /// A window that opens a project.
    #[must_use]
    pub fn new(cc: &eframe::CreationContext<'_>, opening: Opening) -> Self {
        theme::install(&cc.egui_ctx);
        cc.egui_ctx.add_plugin(InputOrder::default());
        let waker = Waker::from(Arc::new(Repaint(cc.egui_ctx.clone())));
        let mut app = Self::empty(cc, waker);
        app.open(opening);
        app
    }

    /// The same, with the settings of the person at it.
    #[must_use]
    pub fn with_settings(cc: &eframe::CreationContext<'_>, opening: Opening, found: FoundSettings) -> Self {
        let mut app = Self::new(cc, opening);
        app.personal = Personal::new(found, &cc.egui_ctx, app.waker.clone());
        app
    }

    fn empty(cc: &eframe::CreationContext<'_>, waker: Waker) -> Self {
        Self {
            editor: None,
            canvas: Canvas::new(cc.wgpu_render_state.as_ref()),
            canvas_rect: egui::Rect::NOTHING,
            popup: None,
            palette: None,
            connect: None,
            shows_keys: false,
            question: None,
            browse: None,
            plan: None,
            settings: None,
            personal: Personal::forgotten(&cc.egui_ctx),
            images: Gallery::new(cc.wgpu_render_state.as_ref()),
            link: None,
            waker,
            images_panel: ImagesPanel::default(),
            concepts_panel: ConceptsPanel::default(),
            path_dialog: None,
            file_dialog: None,
            context_menu_at: None,
            notice: NoticeTimer::default(),
            open_failure: None,
            early: Vec::new(),
            frames: 0,
        }
    }

    /// The open project, for tests.
    #[must_use]
    pub const fn editor(&self) -> Option<&Editor> {
        self.editor.as_ref()
    }

    /// Frames drawn so far.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    pub(super) const fn has_dialog(&self) -> bool {
        self.popup.is_some()
            || self.palette.is_some()
            || self.connect.is_some()
            || self.shows_keys
            || self.path_dialog.is_some()
            || self.question.is_some()
            || self.settings.is_some()
    }

    /// Takes in what the runtime told since the last frame. Never waits.
    fn drain(&mut self) {
        while let Some(event) = self.link.as_ref().and_then(|link| link.events.try_recv().ok()) {
            match event {
                Event::Opened(opened) => {
                    let mut editor = Editor::new(*opened.clone());
                    self.restore_view(&opened.settings);
                    let last = opened.settings.get("current_input").and_then(|v| v.as_str());
                    let first = opened
                        .inputs
                        .iter()
                        .find(|row| Some(row.id.as_str()) == last)
                        .or_else(|| opened.inputs.first())
                        .map(|row| row.id.clone());
                    if let Some(first) = first {
                        editor.show(&first);
                    }
                    for event in std::mem::take(&mut self.early) {
                        editor.take(event);
                    }
                    self.editor = Some(editor);
                    self.open_failure = None;
                }
                Event::OpenFailed(reason) => {
                    tracing::error!("{reason}");
                    self.open_failure = Some(reason);
                }
                event => match &mut self.editor {
                    Some(editor) => editor.take(event),
                    None => self.early.push(event), // told while the project was being opened
                },
            }
        }
        self.flush();
    }

    /// Sends what the editor wants to leave.
    fn flush(&mut self) {
        let (Some(editor), Some(link)) = (&mut self.editor, &self.link) else { return };
        for request in editor.outbox.drain(..) {
            if link.requests.send(request).is_err() {
                self.open_failure = Some(
                    "The background work has ended; close the window and start again. What was saved is saved"
                        .to_owned(),
                );
            }
        }
    }

    fn restore_view(&mut self, settings: &serde_json::Map<String, serde_json::Value>) {
        if let Some(views) = settings.get("views").cloned()
            && let Ok(views) = serde_json::from_value(views)
        {
            self.canvas.view.restore(views);
        }
    }

    fn keep_view(&mut self) {
        if let Some(editor) = &mut self.editor
            && let Ok(views) = serde_json::to_value(self.canvas.view.remembered())
        {
            editor.outbox.push(Request::PutSetting("views".to_owned(), views));
        }
    }

    /// Asks for a path: by the desktop's dialog, off the frame.
    pub(super) fn ask_for_path(&mut self, purpose: PathPurpose) {
        let pick = move || {
            let dialog = rfd::FileDialog::new();
            match purpose {
                PathPurpose::ImageFolder | PathPurpose::Project => dialog.pick_folder().map(|p| vec![p]),
                PathPurpose::Images => dialog
                    .add_filter("Images", &["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif"])
                    .pick_files(),
            }
        };
        self.file_dialog = Some((purpose, -1.0, Promise::spawn_thread("file dialog", pick)));
    }

    fn poll_file_dialog(&mut self, ui: &Ui) {
        let now = ui.input(|i| i.time);
        let Some((purpose, asked_at, promise)) = &mut self.file_dialog else { return };
        if *asked_at < 0.0 {
            *asked_at = now;
        }
        let (purpose, waited) = (*purpose, now - *asked_at);
        match promise.ready() {
            None => ui.request_repaint_after(Duration::from_millis(100)),
            Some(Some(paths)) => {
                let paths = paths.clone();
                self.file_dialog = None;
                self.take_paths(purpose, paths);
            }
            Some(None) => {
                self.file_dialog = None;
                if waited < DIALOG_TOO_QUICK.as_secs_f64() {
                    self.path_dialog = Some(PathDialog::new(purpose));
                }
            }
        }
    }

    fn take_paths(&mut self, purpose: PathPurpose, paths: Vec<PathBuf>) {
        match (purpose, paths.into_iter().collect::<Vec<_>>()) {
            (PathPurpose::Images, paths) => {
                if let Some(editor) = &mut self.editor {
                    editor.outbox.push(Request::AddImages(paths));
                }
            }
            (PathPurpose::Project, mut paths) if !paths.is_empty() => self.open(Opening::Project(paths.remove(0))),
            (PathPurpose::ImageFolder, mut paths) if !paths.is_empty() => {
                self.open(Opening::ImageFolder(paths.remove(0)));
            }
            _ => {}
        }
    }

    fn open(&mut self, opening: Opening) {
        self.keep_view();
        self.flush();
        self.editor = None;
        self.early.clear();
        self.images.clear();
        if let Some(old) = self.link.take() {
            // Closing waits for the network a little; not on the frame.
            std::thread::Builder::new().name("closing".to_owned()).spawn(move || drop(old)).ok();
        }
        match runtime::start(opening, &self.waker) {
            Ok(link) => self.link = Some(link),
            Err(error) => self.open_failure = Some(format!("The system gives no more threads: {error}")),
        }
    }

    fn panels_ui(&mut self, ui: &mut Ui, chosen: &mut Vec<Command>) {
        Panel::top("menu").show(ui, |ui| panels::menu::menu_ui(ui, self.editor.as_ref(), chosen));
        let Some(editor) = &mut self.editor else {
            self.welcome_ui(ui, chosen);
            return;
        };
        Panel::bottom("status").show(ui, |ui| {
            let notice = self.notice.fresh(ui, editor);
            panels::status_bar::status_bar_ui(ui, editor, &self.canvas, notice, chosen);
        });
        Panel::left("images").default_size(230.0).size_range(140.0..=420.0).show(ui, |ui| {
            self.images_panel.ui(ui, editor, &mut self.images);
        });
        Panel::right("side").default_size(280.0).size_range(200.0..=480.0).show(ui, |ui| {
            ui.add_space(4.0);
            self.concepts_panel.ui(ui, editor);
            ui.separator();
            panels::annotations::annotations_ui(ui, editor);
            ui.separator();
            panels::properties::properties_ui(ui, editor, chosen);
        });
        Panel::left("tools").exact_size(48.0).resizable(false).show(ui, |ui| {
            panels::tool_rail::tool_rail_ui(ui, editor, chosen);
        });
        if editor.review.is_some() {
            Panel::top("review").show(ui, |ui| panels::review_bar::review_bar_ui(ui, editor, chosen));
        }
        egui::CentralPanel::no_frame().show(ui, |ui| {
            self.canvas_rect = ui.available_rect_before_wrap();
            let asked = self.canvas.ui(ui, editor, &mut self.images);
            chips_ui(ui, editor, self.canvas_rect, chosen);
            if let Some(at) = asked.context_menu {
                self.context_menu_at = Some(at);
            }
        });
        self.context_menu_ui(ui, chosen);
    }

    fn context_menu_ui(&mut self, ui: &Ui, chosen: &mut Vec<Command>) {
        let Some(at) = self.context_menu_at else { return };
        let before = chosen.len();
        let area = egui::Area::new(egui::Id::unique("context")).order(egui::Order::Foreground).fixed_pos(at);
        let shown = area.show(ui, |ui| {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(220.0);
                for command in [
                    Command::EditConcept,
                    Command::Copy,
                    Command::Paste,
                    Command::Duplicate,
                    Command::Delete,
                    Command::Hide,
                    Command::FitSelection,
                    Command::Fit,
                    Command::Undo,
                ] {
                    panels::menu::item_ui(ui, command, self.editor.as_ref(), chosen);
                }
            });
        });
        let escape = ui.input(|i| i.key_pressed(egui::Key::Escape));
        let held = ui.input(|i| i.pointer.button_down(egui::PointerButton::Secondary));
        let released = ui.input(|i| i.pointer.button_released(egui::PointerButton::Secondary));
        // The release of the click that opened it is not a click elsewhere.
        let elsewhere = shown.response.clicked_elsewhere() && !held && !released;
        if chosen.len() > before || escape || elsewhere {
            self.context_menu_at = None;
        }
    }

    fn welcome_ui(&self, ui: &mut Ui, chosen: &mut Vec<Command>) {
        egui::CentralPanel::default().show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.add_space(ui.available_height() * 0.3);
                match &self.open_failure {
                    Some(reason) => {
                        ui.heading("This project could not be opened");
                        ui.label(RichText::new(reason).color(theme::ERROR));
                    }
                    None => {
                        ui.heading("labelwright");
                        ui.weak("Opening the project…");
                    }
                }
                ui.add_space(16.0);
                for command in [Command::OpenFolder, Command::OpenProject] {
                    panels::menu::item_ui(ui, command, None, chosen);
                }
            });
        });
    }

    fn dialogs_ui(&mut self, ui: &Ui, chosen: &mut Vec<Command>) {
        if let (Some(palette), editor) = (&mut self.palette, self.editor.as_ref())
            && palette.ui(ui, editor, chosen) == Stay::Close
        {
            self.palette = None;
        }
        if let Some(dialog) = &mut self.settings
            && dialog.ui(ui, &mut self.personal) == Stay::Close
        {
            self.settings = None;
        }
        if self.shows_keys && keys_ui(ui, self.editor.as_ref()) == Stay::Close {
            self.shows_keys = false;
        }
        if let Some(dialog) = &mut self.connect {
            let (stay, taken) =
                dialog.ui(ui, &|app| Promise::spawn_thread("connect test", move || runtime::test_connection(&app)));
            if stay == Stay::Close {
                self.connect = None;
            }
            if let Some(form) = taken {
                self.open(Opening::Remote(form));
            }
        }
        if let Some(dialog) = &mut self.path_dialog {
            match dialog.ui(ui) {
                PathState::Open => {}
                PathState::Cancelled => self.path_dialog = None,
                PathState::Given(paths) => {
                    let purpose = dialog.purpose;
                    self.path_dialog = None;
                    self.take_paths(purpose, paths);
                }
            }
        }
        if let (Some(question), Some(editor)) = (&mut self.question, &mut self.editor) {
            let (stay, yes) = question.ui(ui);
            if yes {
                match question {
                    Question::DeleteAll(_) => editor.delete_all(),
                    Question::RemoveImage(..) => editor.remove_image(),
                    Question::Assign(user) => editor.assign_image(user.trim()),
                }
            }
            if stay == Stay::Close {
                self.question = None;
            }
        }
        if let (Some(browse), Some(editor)) = (&mut self.browse, &mut self.editor)
            && browse.ui(ui, editor) == Stay::Close
        {
            self.browse = None;
        }
        if let (Some(plan), Some(editor)) = (&mut self.plan, &mut self.editor)
            && plan.ui(ui, editor, chosen) == Stay::Close
        {
            self.plan = None;
        }
        self.popup_ui(ui);
    }

    fn popup_ui(&mut self, ui: &Ui) {
        let Some(editor) = &mut self.editor else { return };
        if let Some(lid) = editor.wants_concept.take() {
            let bounds = editor.document.get(lid).and_then(crate::model::Annotation::bounds);
            let right = bounds.map(|b| {
                let shown = super::canvas::feed::ui_rect(self.canvas.view.ui_from_image().apply_rect(b));
                egui::pos2(shown.right() + 10.0, shown.top())
            });
            let at = right.unwrap_or_else(|| self.canvas_rect.center()).clamp(
                self.canvas_rect.min,
                (self.canvas_rect.max - egui::vec2(260.0, 240.0)).max(self.canvas_rect.min),
            );
            self.popup = Some(ConceptPopup::new(Target::Selection(lid), at));
        }
        if let Some(popup) = &mut self.popup
            && popup.ui(ui, editor) == PopupState::Closed
        {
            self.popup = None;
        }
    }
}

/// The labels of the whole image, as chips over it.
fn chips_ui(ui: &Ui, editor: &mut Editor, canvas: egui::Rect, chosen: &mut Vec<Command>) {
    let Some(input) = editor.current().cloned() else { return };
    let chips: Vec<(crate::model::LocalId, String, egui::Color32)> = editor
        .document
        .of_input(&input)
        .filter(|a| a.region.is_none())
        .map(|a| {
            let open = if a.status.is_open() { " ?" } else { "" };
            (a.lid, format!("{}{open}", editor.label_text(a)), super::canvas::color_of(editor, a))
        })
        .collect();
    let area = egui::Area::new(egui::Id::unique("chips")).fixed_pos(canvas.min + egui::vec2(8.0, 8.0));
    area.show(ui, |ui| {
        ui.set_max_width((canvas.width() - 16.0).max(100.0));
        ui.horizontal_wrapped(|ui| {
            for (lid, text, color) in chips {
                let ink = super::canvas::overlay::ink_on(color);
                let selected = editor.selection.contains(lid);
                let stroke = if selected { egui::Stroke::new(2.0, egui::Color32::WHITE) } else { egui::Stroke::NONE };
                let chip =
                    egui::Button::new(RichText::new(&text).color(ink)).fill(color).stroke(stroke).corner_radius(12);
                if ui.add(chip).accessible_name(format!("Image label {text}")).clicked() {
                    editor.selection.set([lid]);
                }
            }
            if editor.is_ready() && ui.small_button("+ label image").accessible_name("Label the image").clicked() {
                chosen.push(Command::LabelImage);
            }
        });
    });
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.drain();
        if let Some(link) = &self.link {
            self.images.take(ctx, &link.pictures);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frames += 1;
        tracing::debug!(frame = self.frames, "frame");
        self.take_keys(ui);
        let mut chosen = Vec::new();
        self.panels_ui(ui, &mut chosen);
        self.dialogs_ui(ui, &mut chosen);
        self.poll_file_dialog(ui);
        for command in chosen {
            self.execute(ui, command);
        }
        self.personal.follow(ui);
        if let Some(link) = &self.link {
            self.images.ask(&link.pictures, self.editor.as_ref());
        }
        self.flush();
    }

    fn on_exit(&mut self) {
        self.keep_view();
        self.flush();
    }
}
