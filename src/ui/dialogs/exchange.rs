//! Importing and exporting annotations: a look before, then the deed, each on a thread of its own.

use super::Stay;
use crate::model::Edit;
use crate::runtime::exchange::{
    ExportFormat, ExportOptions, ImportOptions, ImportReport, Mode, OnProblems, Step, Task, Tense, Told, Writing,
};
use crate::runtime::{NoticeLevel, Request};
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, Modal, ProgressBar, ScrollArea, TextEdit, Ui};
use std::path::PathBuf;
use std::task::Waker;

/// The dialog while it is open.
pub struct ExchangeDialog {
    waker: Waker,
    what: What,
    task: Option<Task>,
    state: State,
}

/// What is exchanged.
enum What {
    Import(ImportOptions),
    Export { format: ExportFormat, path: String },
}

/// How far it is.
enum State {
    /// It looks at what would happen.
    Looking,
    /// What would happen.
    Looked { lines: Vec<String>, report: Option<Box<ImportReport>> },
    /// It is under way. Of an import: the step that the parts belong to, and the part that is on its way to the disk.
    Running { step: Step, first: Option<u64>, part: Option<u64> },
    /// It did not work.
    Failed(String),
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
        let mut dialog = Self { waker: waker.clone(), what: What::Import(options), task: None, state: State::Looking };
        dialog.look(editor);
        dialog
    }

    /// A look at an export.
    #[must_use]
    pub fn export(editor: &Editor, waker: &Waker) -> Self {
        let format = ExportFormat::Coco;
        let what = What::Export { format, path: default_path(editor, format) };
        let mut dialog = Self { waker: waker.clone(), what, task: None, state: State::Looking };
        dialog.look(editor);
        dialog
    }

    fn look(&mut self, editor: &Editor) {
        let (dir, waker) = (editor.dir.clone(), self.waker.clone());
        let task = match &self.what {
            What::Import(options) => Task::look(dir, options.clone(), waker),
            What::Export { format, path } => Task::export(dir, export_options(*format, path, Writing::Look), waker),
        };
        self.begin(task, State::Looking);
    }

    fn run(&mut self, editor: &Editor) {
        let (dir, waker) = (editor.dir.clone(), self.waker.clone());
        let task = match &self.what {
            What::Import(options) => Task::import(dir, options.clone(), waker),
            What::Export { format, path } => Task::export(dir, export_options(*format, path, Writing::Write), waker),
        };
        self.begin(task, State::Running { step: Step::default(), first: None, part: None });
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
        let (mut yes, mut no, mut again) = (false, false, false);
        let running = matches!(self.state, State::Running { .. });
        let modal = Modal::new(egui::Id::unique("exchange")).show(ui, |ui| {
            ui.set_width(620.0_f32.min(ui.content_rect().width() - 60.0));
            again = ui.add_enabled_ui(!running, |ui| self.choices_ui(ui, editor)).inner;
            ui.separator();
            self.state_ui(ui);
            ui.horizontal(|ui| {
                let (verb, can) = self.verb();
                yes = ui.add_enabled(can, Button::new(verb)).clicked();
                no = ui.button(if running { "Stop" } else { "Cancel" }).clicked();
            });
        });
        if again {
            self.look(editor);
        }
        if yes {
            self.run(editor);
        }
        match (running, no || modal.should_close()) {
            (true, true) => {
                // What is imported so far is there and is one step of undo; an export leaves the old file whole.
                if let Some(task) = &self.task {
                    task.stop();
                }
                Stay::Open
            }
            (false, true) => Stay::Close,
            (_, false) => Stay::Open,
        }
    }

    /// Whether something was chosen that asks for another look.
    fn choices_ui(&mut self, ui: &mut Ui, editor: &Editor) -> bool {
        let mut changed = false;
        match &mut self.what {
            What::Import(options) => {
                ui.heading(format!("Import {}", name_of(&options.path)));
                changed |=
                    ui.radio_value(&mut options.mode, Mode::Append, "Add what is new; what is here stays").changed();
                let update = "Also change what came from the same objects to what the file says now";
                changed |= ui.radio_value(&mut options.mode, Mode::Update, update).changed();
                let replace = "Replace: the images of the file get what it says, and nothing else";
                changed |= ui.radio_value(&mut options.mode, Mode::Replace, replace).changed();
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
                ui.add(TextEdit::singleline(path).desired_width(f32::INFINITY)).labelled_by(label.id);
            }
        }
        changed
    }

    fn state_ui(&self, ui: &mut Ui) {
        match &self.state {
            State::Looking => {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label("Looking at what would happen…");
                });
            }
            State::Looked { lines, .. } => {
                ScrollArea::vertical().max_height(280.0).auto_shrink([false, true]).show(ui, |ui| {
                    for line in lines {
                        ui.label(line);
                    }
                });
            }
            State::Running { step, .. } => {
                let text = step.of.map_or_else(|| format!("{}", step.done), |of| format!("{} of {of}", step.done));
                #[expect(clippy::cast_precision_loss, reason = "a bar of some hundred points")]
                let part = step.of.map_or(0.0, |of| step.done as f32 / (of.max(1)) as f32);
                ui.add(ProgressBar::new(part).text(text));
            }
            State::Failed(reason) => {
                ui.colored_label(theme::error(ui), reason);
            }
        }
    }

    fn verb(&self) -> (&'static str, bool) {
        match (&self.what, &self.state) {
            (What::Import(_), State::Looked { report: Some(report), .. }) => {
                let something = report.new + report.changed + report.removed > 0;
                (if report.has_problems() { "Import the good rest" } else { "Import" }, something)
            }
            (What::Import(_), _) => ("Import", false),
            (What::Export { .. }, State::Looked { .. }) => ("Export", true),
            (What::Export { .. }, _) => ("Export", false),
        }
    }

    /// Takes what the thread told.
    fn take(&mut self, editor: &mut Editor) -> Stay {
        if let State::Running { part, .. } = &mut self.state
            && part.is_some_and(|seq| !editor.is_under_way(seq))
        {
            *part = None;
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
            Told::Step(now) => {
                if let State::Running { step, .. } = &mut self.state {
                    *step = now;
                }
            }
            Told::Looked(Ok(report)) => {
                let lines = report.lines(Tense::Before);
                self.state = State::Looked { lines, report: Some(Box::new(report)) };
            }
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
                let stopped = if report.stopped { "Stopped. " } else { "" };
                let text = format!("{stopped}{} annotations imported; Ctrl+Z takes all of it back", report.new);
                editor.tell(NoticeLevel::Info, text);
                return Stay::Close;
            }
            Told::Exported(Ok(report)) => {
                if matches!(self.state, State::Looking) {
                    self.state = State::Looked { lines: report.lines(), report: None };
                    return Stay::Open;
                }
                let text = if report.stopped {
                    "Stopped; the old files are as they were".to_owned()
                } else {
                    format!("{} objects exported in {} files", report.objects, report.files)
                };
                editor.tell(NoticeLevel::Info, text);
                return Stay::Close;
            }
            Told::Looked(Err(reason)) | Told::Imported(Err(reason)) | Told::Exported(Err(reason)) => {
                self.state = State::Failed(reason);
            }
        }
        Stay::Open
    }

    fn part(&mut self, edits: Vec<Edit>, editor: &mut Editor) {
        let What::Import(options) = &self.what else { return };
        let State::Running { first, part, .. } = &mut self.state else { return };
        match editor.import_part(Edit::Batch(edits), &format!("import {}", name_of(&options.path)), *first) {
            Some(seq) => {
                first.get_or_insert(seq);
                *part = Some(seq);
            }
            // The editor said why; the thread is stopped by dropping it.
            None => {
                self.task = None;
                self.state = State::Failed("The project cannot be changed; nothing was imported".to_owned());
            }
        }
    }
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
    ExportOptions { format, to: PathBuf::from(path.trim()), only: Vec::new(), writing }
}
