//! The window: panels round the canvas, dialogs over it, and the channel to everything slow.

mod access;

use super::canvas::Canvas;
use super::command::Command;
use super::concept_popup::{ConceptPopup, PopupState};
use super::dialogs::{
    BrowseWindow, BulkDialog, ConnectDialog, ExchangeDialog, KeysWish, Palette, PlanWindow, SettingsDialog,
    ShapingDialogs, Stay, keys_ui,
};
use super::editor::Editor;
use super::files::Files;
use super::gallery::Gallery;
use super::input_order::InputOrder;
use super::jobs::Jobs;
use super::milestones::Milestones;
use super::panels::annotations::AnnotationsPanel;
use super::panels::picture::{Kept, PictureWindow};
use super::panels::{concepts::ConceptsPanel, images::ImagesPanel};
use super::review_ui::ReviewUi;
use super::settings::{FirstStep, Personal};
use super::sync::KeyDialog;
use super::theme;
use crate::runtime::{self, Event, FoundSettings, Link, Opened, Opening, RecentProject, Request};
use egui::Ui;
use poll_promise::Promise;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

/// How long a notice stands in the hint line.
const NOTICE_SECS: f64 = 6.0;

/// Since when the newest notice is shown.
#[derive(Debug, Default)]
pub(super) struct NoticeTimer {
    told: u64,
    since: f64,
}

impl NoticeTimer {
    /// The newest notice, while it is fresh.
    pub(super) fn fresh<'a>(&mut self, ui: &Ui, editor: &'a Editor) -> Option<&'a runtime::Notice> {
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
    pub(super) bulk: Option<BulkDialog>,
    pub(super) exchange: Option<ExchangeDialog>,
    pub(super) shaping: ShapingDialogs,
    /// The key that began a sequence of two.
    pub(super) begun: Option<egui::Key>,
    /// What the desktop's clipboard held when it was pasted in this frame.
    pub(super) pasted: Option<String>,
    pub(super) browse: Option<BrowseWindow>,
    pub(super) plan: Option<PlanWindow>,
    pub(super) review_ui: ReviewUi,
    pub(super) settings: Option<SettingsDialog>,
    pub(super) personal: Personal,
    pub(super) picture: Option<PictureWindow>,
    pub(super) jobs: Jobs,
    pub(super) recent: Vec<RecentProject>,
    pub(super) images: Gallery,
    link: Option<Link>,
    pub(super) waker: Waker,
    pub(super) images_panel: ImagesPanel,
    pub(super) annotations_panel: AnnotationsPanel,
    pub(super) concepts_panel: ConceptsPanel,
    pub(super) files: Files,
    pub(super) context_menu_at: Option<egui::Pos2>,
    pub(super) notice: NoticeTimer,
    pub(super) open_failure: Option<String>,
    /// A project that could not be opened because it is damaged.
    pub(super) damaged: Option<runtime::DamagedProject>,
    /// The project whose rescue was asked for in this frame.
    pub(super) rescue: Option<PathBuf>,
    pub(super) new_key: Option<KeyDialog>,
    early: Vec<Event>,
    frames: u64,
    requests: u64,
    milestones: Milestones,
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
        theme::leave_ground_to_window(&cc.egui_ctx);
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
            bulk: None,
            exchange: None,
            shaping: ShapingDialogs::default(),
            begun: None,
            pasted: None,
            browse: None,
            plan: None,
            review_ui: ReviewUi::default(),
            settings: None,
            personal: Personal::forgotten(&cc.egui_ctx),
            picture: None,
            jobs: Jobs::default(),
            recent: Vec::new(),
            images: Gallery::new(cc.wgpu_render_state.as_ref()),
            link: None,
            waker,
            images_panel: ImagesPanel::default(),
            annotations_panel: AnnotationsPanel::default(),
            concepts_panel: ConceptsPanel::default(),
            files: Files::default(),
            context_menu_at: None,
            notice: NoticeTimer::default(),
            open_failure: None,
            damaged: None,
            rescue: None,
            new_key: None,
            early: Vec::new(),
            frames: 0,
            requests: 0,
            milestones: Milestones::default(),
        }
    }

    pub(super) const fn has_dialog(&self) -> bool {
        self.popup.is_some()
            || self.palette.is_some()
            || self.connect.is_some()
            || self.plan.is_some()
            || self.new_key.is_some()
            || self.shows_keys
            || self.files.has_dialog()
            || self.bulk.is_some()
            || self.exchange.is_some()
            || self.settings.is_some()
            || self.review_ui.takes_keys()
            || self.shaping.is_open(self.editor.as_ref())
    }

    /// Takes in what the runtime told since the last frame. Never waits.
    fn drain(&mut self, now_secs: f64) {
        while let Some(event) = self.link.as_ref().and_then(|link| link.events.try_recv().ok()) {
            match event {
                Event::Foreseen(input) => {
                    if let Some(link) = &self.link {
                        self.images.expect(input, &link.pictures);
                    }
                }
                Event::Opened(opened) => self.opened(*opened),
                Event::OpenFailed(reason) => {
                    tracing::error!("{reason}");
                    self.open_failure = Some(reason);
                }
                Event::OpenDamaged(damaged) => {
                    tracing::error!("{}", damaged.reason);
                    self.open_failure = Some(damaged.reason.clone());
                    self.damaged = Some(*damaged);
                }
                Event::Progress(progress) => self.jobs.take(progress, now_secs),
                Event::ProgressEnded(job) => self.jobs.ended(job),
                Event::Recent(recent) => self.recent = recent,
                Event::BoundTo(app, blocked) => {
                    self.connected(blocked);
                    self.tell_editor(Event::BoundTo(app, None));
                }
                event => self.tell_editor(event),
            }
        }
        self.flush();
    }

    fn opened(&mut self, opened: Opened) {
        self.restore_view(&opened.settings);
        let first = opened.first_shown.clone();
        let mut editor = Editor::new(opened);
        if let Some(first) = first {
            editor.show(&first);
        }
        for event in std::mem::take(&mut self.early) {
            editor.take(event);
        }
        self.editor = Some(editor);
        self.open_failure = None;
        self.damaged = None;
    }

    /// A project of an app on another server is open: that is the fifth step; without a key it is asked for.
    fn connected(&mut self, blocked: Option<String>) {
        match blocked {
            None => self.personal.settings.first_steps.did(FirstStep::Connect),
            Some(why) => self.new_key = Some(KeyDialog::because(why)),
        }
    }

    fn tell_editor(&mut self, event: Event) {
        if let Event::Durable(seq) = &event {
            tracing::debug!(seq, "durable");
        }
        match &mut self.editor {
            Some(editor) => editor.take(event),
            None => self.early.push(event), // told while the project was being opened
        }
    }

    /// Sends what the editor wants to leave.
    fn flush(&mut self) {
        let (Some(editor), Some(link)) = (&mut self.editor, &self.link) else { return };
        self.personal.settings.first_steps.see(&editor.outbox);
        for request in editor.outbox.drain(..) {
            self.requests += 1;
            if let Request::Commit(commit) = &request {
                tracing::debug!(seq = commit.seq, "edit");
            }
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

    pub(super) fn open(&mut self, opening: Opening) {
        self.keep_view();
        self.flush();
        self.editor = None;
        self.early.clear();
        self.jobs.clear();
        (self.open_failure, self.damaged) = (None, None);
        // What the panels and windows keep is about the project that is left.
        self.images_panel = ImagesPanel::default();
        self.annotations_panel = AnnotationsPanel::default();
        self.concepts_panel = ConceptsPanel::default();
        (self.popup, self.browse, self.plan) = (None, None, None);
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

    fn dialogs_ui(&mut self, ui: &Ui, chosen: &mut Vec<Command>) {
        if let (Some(palette), editor) = (&mut self.palette, self.editor.as_ref())
            && palette.ui(ui, editor, &self.personal.settings.recent_commands, chosen) == Stay::Close
        {
            for command in &*chosen {
                self.personal.settings.used(*command);
            }
            self.palette = None;
        }
        if let Some(dialog) = &mut self.settings
            && dialog.ui(ui, &mut self.personal) == Stay::Close
        {
            self.settings = None;
        }
        if self.shows_keys {
            let (stay, wish) = keys_ui(ui, self.editor.as_ref());
            self.shows_keys = stay == Stay::Open;
            if wish == KeysWish::SetKeys {
                self.settings = Some(SettingsDialog::at_keys());
            }
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
        if let (Some(picture), Some(editor)) = (self.picture, &mut self.editor)
            && picture.ui(ui, self.canvas_rect, editor) == Kept::Closed
        {
            self.picture = None;
        }
        if let (Some(exchange), Some(editor)) = (&mut self.exchange, &mut self.editor)
            && exchange.ui(ui, editor) == Stay::Close
        {
            self.exchange = None;
        }
        if let (Some(bulk), Some(editor)) = (&mut self.bulk, &mut self.editor)
            && bulk.ui(ui, editor) == Stay::Close
        {
            self.bulk = None;
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
        if let Some(editor) = &mut self.editor {
            self.shaping.ui(ui, editor, self.canvas_rect);
            self.review_ui.windows_ui(ui, editor, &mut self.images);
        }
        if let Some(purpose) = self.review_ui.take_export() {
            self.ask_for_path(ui, purpose);
        }
        if let (Some(dialog), Some(editor)) = (&mut self.new_key, &mut self.editor)
            && dialog.ui(ui, editor) == Stay::Close
        {
            self.new_key = None;
        }
        if let Some(text) = self.editor.as_mut().and_then(|editor| editor.settling.export.take()) {
            self.export(ui, text);
        }
        if let Some(dir) = self.rescue.take() {
            self.damaged = None;
            self.open(Opening::Rescue(dir));
        }
        self.popup_ui(ui);
    }

    fn popup_ui(&mut self, ui: &Ui) {
        let Some(editor) = &mut self.editor else { return };
        if let Some(wanted) = ConceptPopup::wanted(editor, &self.canvas.view, self.canvas_rect) {
            self.popup = Some(wanted);
        }
        if let Some(popup) = &mut self.popup
            && popup.ui(ui, editor) == PopupState::Closed
        {
            self.popup = None;
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.drain(ctx.input(|i| i.time));
        if let Some(link) = &self.link {
            self.images.take(ctx, &link.pictures);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frames += 1;
        tracing::debug!(frame = self.frames, "frame");
        self.milestones.tell();
        if let Some(editor) = &mut self.editor {
            editor.review_clock(ui.input(|i| i.time));
        }
        self.take_keys(ui);
        let field = self.has_dialog().then(|| ui.memory(egui::Memory::focused)).flatten();
        let mut chosen = Vec::new();
        self.panels_ui(ui, &mut chosen);
        self.dialogs_ui(ui, &mut chosen);
        self.take_files(ui);
        for command in chosen {
            self.execute(ui, command);
        }
        self.free_keys(ui, field);
        self.personal.remember_window(ui);
        self.personal.follow(ui);
        if self.canvas.view.is_to_be_kept(ui) {
            self.keep_view();
        }
        if let Some(link) = &self.link {
            self.images.ask(&link.pictures, self.editor.as_ref());
        }
        if let Some(editor) = &mut self.editor {
            self.milestones.note(ui, editor, &self.images, (self.canvas_rect, &self.canvas));
            if self.canvas.is_complete() && self.images.is_sharp() {
                editor.read_neighbours_ahead();
            }
        }
        self.flush();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::ground(visuals).to_normalized_gamma_f32()
    }

    fn on_exit(&mut self) {
        self.keep_view();
        self.flush();
    }
}
