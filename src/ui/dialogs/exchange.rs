//! Importing and exporting annotations: a look before, then the deed, each on a thread of its own.

use super::Stay;
use super::looked::Looked;
use crate::model::Edit;
use crate::runtime::exchange::{
    ExportFormat, ExportOptions, ImportOptions, ImportReport, Mode, OnProblems, Step, Task, Told, Writing,
};
use crate::runtime::{NoticeLevel, Request, typed_path};
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, Modal, ProgressBar, TextEdit, Ui};
use std::path::PathBuf;
use std::task::Waker;

/// The dialog while it is open.
pub struct ExchangeDialog {
    waker: Waker,
    what: What,
    task: Option<Task>,
    state: State,
    /// The folder of the file's images, as it is typed.
    images: String,
    /// A path was typed since the last look.
    path_changed: bool,
}

/// What is exchanged.
enum What {
    Import(ImportOptions),
    Export { format: ExportFormat, path: String },
}

/// How far it is.
enum State {
    /// It looks at what would happen.
    Looking(Step),
    /// What would happen.
    Looked(Looked),
    /// It is under way.
    Running(Running),
    /// It did not work.
    Failed(String),
}

/// It is under way.
#[derive(Default)]
struct Running {
    step: Step,
    /// Of an import: the step of undo that its parts belong to.
    first: Option<u64>,
    /// The part that is on its way to the disk, and how many edits it has.
    part: Option<(u64, usize)>,
    /// Edits that are on the disk.
    saved: usize,
    going: Going,
}

/// Whether it was asked to stop.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Going {
    #[default]
    On,
    Stopping,
}

/// What was done to the dialog in a frame.
#[derive(Default)]
struct Done {
    look_again: bool,
    yes: bool,
    no: bool,
}

impl ExchangeDialog {
    /// A look at an import of these files.
    #[must_use]
    pub fn import(path: PathBuf, editor: &Editor, waker: &Waker) -> Self {
        let options = ImportOptions {
            path,
            format: None,
            mode: Mode::Append,
            images: None,
            on_problems: OnProblems::TakeTheRest,
        };
        Self::new(What::Import(options), editor, waker)
    }

    /// A look at an export.
    #[must_use]
    pub fn export(editor: &Editor, waker: &Waker) -> Self {
        let format = ExportFormat::Coco;
        Self::new(What::Export { format, path: default_path(editor, format) }, editor, waker)
    }

    fn new(what: What, editor: &Editor, waker: &Waker) -> Self {
        let state = State::Looking(Step::default());
        let mut dialog =
            Self { waker: waker.clone(), what, task: None, state, images: String::new(), path_changed: false };
        dialog.look(editor);
        dialog
    }

    fn look(&mut self, editor: &Editor) {
        let (dir, waker) = (editor.dir.clone(), self.waker.clone());
        let task = match &self.what {
            What::Import(options) => Task::look(dir, options.clone(), waker),
            What::Export { format, path } => Task::export(dir, export_options(*format, path, Writing::Look), waker),
        };
        self.begin(task, State::Looking(Step::default()));
    }

    fn run(&mut self, editor: &Editor) {
        let (dir, waker) = (editor.dir.clone(), self.waker.clone());
        let mut running = Running::default();
        if let State::Looked(Looked::Import(report)) = &self.state {
            running.step.of = u64::try_from(report.new + report.same + report.differ).ok();
        }
        let task = match &self.what {
            What::Import(options) => Task::import(dir, options.clone(), waker),
            What::Export { format, path } => Task::export(dir, export_options(*format, path, Writing::Write), waker),
        };
        self.begin(task, State::Running(running));
    }

    fn begin(&mut self, task: std::io::Result<Task>, state: State) {
        match task {
            Ok(task) => (self.task, self.state) = (Some(task), state),
            Err(error) => self.state = State::Failed(format!("The system gives no more threads: {error}")),
        }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> Stay {
        if self.take(editor) == Stay::Close {
            return Stay::Close;
        }
        let mut done = Done::default();
        let running = matches!(self.state, State::Running(_));
        let modal = Modal::new(egui::Id::unique("exchange")).show(ui, |ui| {
            ui.set_width(620.0_f32.min(ui.content_rect().width() - 60.0));
            done.look_again = ui.add_enabled_ui(!running, |ui| self.choices_ui(ui, editor)).inner;
            ui.separator();
            self.state_ui(ui);
            ui.add_space(6.0);
            ui.horizontal(|ui| self.buttons_ui(ui, &mut done));
        });
        if done.look_again {
            self.look(editor);
        } else if done.yes {
            self.run(editor);
        }
        let no = done.no || modal.should_close();
        let State::Running(running) = &mut self.state else {
            return if no { Stay::Close } else { Stay::Open };
        };
        match (running.going, no) {
            (Going::On, true) => {
                // What is imported so far is there and is one step of undo; an export leaves the old file whole.
                running.going = Going::Stopping;
                if let Some(task) = &self.task {
                    task.stop();
                }
                Stay::Open
            }
            // The disk takes nothing just now: nobody has to sit before a window that waits for it.
            (Going::Stopping, true) => {
                editor.tell(NoticeLevel::Info, stopped_text(running));
                Stay::Close
            }
            (_, false) => Stay::Open,
        }
    }

    fn buttons_ui(&self, ui: &mut Ui, done: &mut Done) {
        let (verb, can) = self.verb();
        let button = ui.add_enabled(can, Button::new(verb));
        done.yes = button.clicked();
        if can && ui.memory(|m| m.focused().is_none()) {
            button.request_focus(); // Enter answers
        }
        let no = match &self.state {
            State::Running(Running { going: Going::On, .. }) => "Stop",
            State::Running(_) => "Close",
            State::Looking(_) | State::Looked(_) | State::Failed(_) => "Cancel",
        };
        done.no = ui.button(no).clicked();
    }

    /// Whether something was chosen that asks for another look.
    fn choices_ui(&mut self, ui: &mut Ui, editor: &Editor) -> bool {
        let mut changed = false;
        match &mut self.what {
            What::Import(options) => {
                ui.heading(format!("Import {}", name_of(&options.path)));
                for (mode, text) in [
                    (Mode::Append, "Add what is new; what is here stays"),
                    (Mode::Update, "Also change what came from the same objects to what the file says now"),
                    (Mode::Replace, "Replace: the images of the file get what it says, and nothing else"),
                ] {
                    changed |= ui.radio_value(&mut options.mode, mode, text).changed();
                }
                let lacks = matches!(&self.state, State::Looked(Looked::Import(report)) if report.no_image > 0);
                if lacks || options.images.is_some() {
                    changed |= self.images_ui(ui);
                }
            }
            What::Export { format, path } => {
                ui.heading("Export annotations");
                ui.horizontal_wrapped(|ui| {
                    for one in ExportFormat::WRITTEN {
                        if ui.radio_value(format, one, one.title()).changed() {
                            *path = default_path(editor, one);
                            changed = true;
                        }
                    }
                });
                let what = if format.is_one_file() { "Into the file" } else { "Into the folder" };
                let label = ui.label(what);
                let field = ui.add(TextEdit::singleline(path).desired_width(f32::INFINITY)).labelled_by(label.id);
                // Its classes keep their numbers: what is there has to be looked at.
                self.path_changed |= field.changed();
                if field.lost_focus() {
                    changed |= std::mem::take(&mut self.path_changed);
                }
            }
        }
        changed
    }

    /// Asks where the images of the file are; says whether they are to be looked for.
    fn images_ui(&mut self, ui: &mut Ui) -> bool {
        let label =
            ui.label("Renamed images are found by their bytes, where you name the folder of the file's images:");
        let field = TextEdit::singleline(&mut self.images).hint_text("folder").desired_width(f32::INFINITY);
        let field = ui.add(field).labelled_by(label.id);
        self.path_changed |= field.changed();
        if !field.lost_focus() || !std::mem::take(&mut self.path_changed) {
            return false;
        }
        if let What::Import(options) = &mut self.what {
            let text = self.images.trim();
            options.images = (!text.is_empty()).then(|| typed_path(text));
        }
        true
    }

    fn state_ui(&self, ui: &mut Ui) {
        match &self.state {
            State::Looking(step) => {
                ui.horizontal(|ui| {
                    ui.spinner();
                    let so_far =
                        if step.done > 0 { format!(" {} annotations so far", step.done) } else { String::new() };
                    ui.label(format!("Looking at what would happen…{so_far}"));
                });
            }
            State::Looked(looked) => looked.ui(ui),
            State::Running(Running { step, going, .. }) => {
                let text = step.of.map_or_else(|| format!("{}", step.done), |of| format!("{} of {of}", step.done));
                #[expect(clippy::cast_precision_loss, reason = "a bar of some hundred points")]
                let part = step.of.map_or(0.0, |of| step.done as f32 / (of.max(1)) as f32);
                ui.add(ProgressBar::new(part).text(format!("{text} annotations")));
                if *going == Going::Stopping {
                    ui.weak("Stopping…");
                }
            }
            State::Failed(reason) => {
                ui.colored_label(theme::error(ui), reason);
            }
        }
    }

    fn verb(&self) -> (&'static str, bool) {
        match (&self.what, &self.state) {
            (What::Import(options), State::Looked(Looked::Import(report))) => {
                let something = report.new + report.changed + report.removed > 0;
                let verb = match options.mode {
                    _ if report.has_problems() => "Import the good rest",
                    Mode::Replace => "Replace",
                    Mode::Append | Mode::Update => "Import",
                };
                (verb, something)
            }
            (What::Import(_), _) => ("Import", false),
            (What::Export { .. }, State::Looked(_)) => ("Export", true),
            (What::Export { .. }, _) => ("Export", false),
        }
    }

    /// Takes what the thread told.
    fn take(&mut self, editor: &mut Editor) -> Stay {
        if let State::Running(running) = &mut self.state
            && let Some((seq, edits)) = running.part
            && !editor.is_under_way(seq)
        {
            running.part = None;
            running.saved += edits;
            if let Some(task) = &self.task {
                task.part_is_durable();
            }
        }
        let told = self.task.as_ref().map(Task::told).unwrap_or_default();
        let mut stay = Stay::Open;
        for told in told {
            if self.take_one(told, editor) == Stay::Close {
                stay = Stay::Close;
            }
        }
        stay
    }

    fn take_one(&mut self, told: Told, editor: &mut Editor) -> Stay {
        match told {
            Told::Step(now) => match &mut self.state {
                State::Looking(step) => *step = now,
                State::Running(running) => running.step = Step { of: now.of.or(running.step.of), ..now },
                State::Looked(_) | State::Failed(_) => {}
            },
            Told::Looked(Ok(report)) => self.state = State::Looked(Looked::Import(Box::new(report))),
            Told::Part(edits) => self.part(edits, editor),
            Told::Remember(concepts, settings) => {
                for concept in concepts {
                    if editor.concepts.find(&concept.id).is_none() {
                        editor.concepts.push(concept.clone());
                        editor.outbox.push(Request::PutConcept(concept));
                    }
                }
                let settings = settings.into_iter().map(|(key, value)| Request::PutSetting(key, value));
                editor.outbox.extend(settings);
            }
            Told::Imported(Ok(report)) => {
                let text = match &self.state {
                    State::Running(running) if report.stopped => stopped_text(running),
                    _ => imported_text(&report),
                };
                editor.tell(NoticeLevel::Info, text);
                return Stay::Close;
            }
            Told::Exported(Ok(report)) => {
                if matches!(self.state, State::Looking(_)) {
                    self.state = State::Looked(Looked::Export(Box::new(report)));
                    return Stay::Open;
                }
                let text = match &self.what {
                    _ if report.stopped => "Stopped; the old files are as they were".to_owned(),
                    What::Export { path, .. } => format!("{}, in {}", report.heading(), path.trim()),
                    What::Import(_) => report.heading(),
                };
                editor.tell(NoticeLevel::Info, text);
                return Stay::Close;
            }
            Told::Looked(Err(reason)) | Told::Exported(Err(reason)) => self.state = State::Failed(reason),
            Told::Imported(Err(reason)) => {
                self.state = State::Failed(match &self.state {
                    State::Running(running) if running.saved > 0 => format!("{reason}. {}", stopped_text(running)),
                    _ => reason,
                });
            }
        }
        Stay::Open
    }

    fn part(&mut self, edits: Vec<Edit>, editor: &mut Editor) {
        let What::Import(options) = &self.what else { return };
        let State::Running(running) = &mut self.state else { return };
        let count = edits.len();
        match editor.import_part(Edit::Batch(edits), &name_of(&options.path), running.first) {
            Some(seq) => {
                running.first.get_or_insert(seq);
                running.part = Some((seq, count));
            }
            // The editor said why; the thread is stopped by dropping it.
            None => {
                self.task = None;
                let reason = if running.saved == 0 {
                    "The project cannot be changed; nothing was imported".to_owned()
                } else {
                    format!("The project cannot be changed any more. {}", stopped_text(running))
                };
                self.state = State::Failed(reason);
            }
        }
    }
}

/// What is told of an import that was stopped.
fn stopped_text(running: &Running) -> String {
    match (running.first, running.saved) {
        (None, _) => "Stopped; what was there is as it was".to_owned(),
        (_, saved) => format!("Stopped after {saved} annotations, which stay; Ctrl+Z takes all of them back"),
    }
}

/// What is told of an import.
fn imported_text(report: &ImportReport) -> String {
    let counted = [(report.new, "added"), (report.changed, "changed"), (report.removed, "removed")];
    let said: Vec<String> =
        counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if said.is_empty() {
        return "Nothing was imported: all of it is here already".to_owned();
    }
    format!("Annotations imported: {}; Ctrl+Z takes all of it back", said.join(", "))
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn default_path(editor: &Editor, format: ExportFormat) -> String {
    let folder = editor.dir.join("export");
    let name = if format.is_one_file() {
        format!("{}.{}", format.name(), format.extension())
    } else {
        format.name().to_owned()
    };
    folder.join(name).display().to_string()
}

fn export_options(format: ExportFormat, path: &str, writing: Writing) -> ExportOptions {
    ExportOptions { format, to: typed_path(path.trim()), only: Vec::new(), writing }
}
