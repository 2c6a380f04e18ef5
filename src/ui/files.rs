//! Paths from the person: by the desktop's dialog, by the program's own where there is none, by dropping them on the
//! window. Nothing here waits for a dialog or a disk: both are asked on threads that wake the window.

use super::app::App;
use super::dialogs::{ExchangeDialog, PathDialog, PathState};
use super::editor::Editor;
use crate::runtime::{Dropped, NoticeLevel, Opening, PathPurpose, Request, sort_dropped};
use egui::{Align2, Color32, Event, FontId, Id, Key, LayerId, Order, Ui};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A dialog of the desktop that answers sooner than a person could was none: there is no portal. Nor was one that never
/// took the focus from the window, however slow the machine is.
const DIALOG_TOO_QUICK: Duration = Duration::from_millis(400);

/// Whether the window had the focus all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Kept,
    Lost,
}

/// What the desktop's dialog was asked for.
#[derive(Debug)]
struct Asked {
    purpose: PathPurpose,
    focus: Focus,
    answer: Receiver<(Option<Vec<PathBuf>>, Duration)>,
    /// The frame in which it was asked.
    pass: u64,
    /// What was typed since then: it is meant for the program's own dialog, should that come.
    typed: Vec<Event>,
}

/// Paths that are being asked for.
#[derive(Debug, Default)]
pub struct Files {
    asked: Option<Asked>,
    dropped: Option<Receiver<Dropped>>,
    own: Option<PathDialog>,
    /// What is written to the file that is asked for.
    export: Option<String>,
}

impl Files {
    /// Whether a dialog is open, or on its way: what is typed before it is there was meant for it, and is no command.
    #[must_use]
    pub const fn has_dialog(&self) -> bool {
        let is_coming = matches!(&self.asked, Some(asked) if matches!(asked.focus, Focus::Kept));
        self.own.is_some() || is_coming
    }
}

impl App {
    /// Asks for a path: by the desktop's dialog, off the frame.
    pub(super) fn ask_for_path(&mut self, ui: &Ui, purpose: PathPurpose) {
        let (sender, answer) = channel();
        let ctx = ui.ctx().clone();
        let pick = move || {
            let begun = Instant::now();
            let dialog = rfd::FileDialog::new();
            let picked = match purpose {
                PathPurpose::ImageFolder
                | PathPurpose::Project
                | PathPurpose::AnnotationFolder
                | PathPurpose::CopyFolder => dialog.pick_folder().map(|p| vec![p]),
                PathPurpose::Statistics => dialog.set_file_name("statistics.csv").save_file().map(|p| vec![p]),
                PathPurpose::Annotations => dialog
                    .add_filter("Annotations", &["json", "xml", "csv", "txt", "yaml"])
                    .pick_file()
                    .map(|p| vec![p]),
                PathPurpose::ExportProblem => {
                    dialog.set_file_name("problem.json").add_filter("JSON", &["json"]).save_file().map(|p| vec![p])
                }
                PathPurpose::Images => dialog
                    .add_filter("Images", &["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif"])
                    .pick_files(),
            };
            sender.send((picked, begun.elapsed())).ok();
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("file dialog".to_owned()).spawn(pick) {
            Ok(_detached) => {
                let pass = ui.cumulative_pass_nr();
                self.files.asked = Some(Asked { purpose, focus: Focus::Kept, answer, pass, typed: Vec::new() });
            }
            Err(_) => self.files.own = Some(PathDialog::new(purpose)),
        }
    }

    /// Takes what was picked, typed or dropped since the last frame.
    pub(super) fn take_files(&mut self, ui: &Ui) {
        self.take_picked(ui);
        self.own_dialog_ui(ui);
        self.take_dropped(ui);
        drop_hint_ui(ui);
    }

    fn take_picked(&mut self, ui: &Ui) {
        let Some(asked) = &mut self.files.asked else { return };
        if ui.input(|i| !i.focused) {
            asked.focus = Focus::Lost;
        }
        // One that never comes keeps nobody's keys.
        if asked.focus == Focus::Kept && ui.input(|i| i.key_pressed(Key::Escape)) {
            self.files.asked = None;
            return;
        }
        let (purpose, focus) = (asked.purpose, asked.focus);
        let (picked, took) = match asked.answer.try_recv() {
            Ok(answer) => answer,
            Err(std::sync::mpsc::TryRecvError::Empty) => {
                if asked.focus == Focus::Kept && asked.pass < ui.cumulative_pass_nr() {
                    asked
                        .typed
                        .extend(ui.input(|i| i.events.iter().filter(|e| is_typed(e)).cloned().collect::<Vec<_>>()));
                }
                return;
            }
            Err(std::sync::mpsc::TryRecvError::Disconnected) => (None, Duration::ZERO), // it ended in a panic
        };
        let typed = std::mem::take(&mut asked.typed);
        self.files.asked = None;
        match picked {
            Some(paths) => self.take_paths(purpose, paths),
            None if took < DIALOG_TOO_QUICK || focus == Focus::Kept => {
                ui.input_mut(|i| drop(i.events.splice(0..0, typed)));
                self.files.own = Some(PathDialog::new(purpose));
            }
            None => {}
        }
    }

    fn own_dialog_ui(&mut self, ui: &Ui) {
        let Some(dialog) = &mut self.files.own else { return };
        match dialog.ui(ui) {
            PathState::Open => {}
            PathState::Cancelled => self.files.own = None,
            PathState::Given(paths) => {
                let purpose = dialog.purpose;
                self.files.own = None;
                self.take_paths(purpose, paths);
            }
        }
    }

    fn take_paths(&mut self, purpose: PathPurpose, mut paths: Vec<PathBuf>) {
        match purpose {
            PathPurpose::Images => {
                if let Some(editor) = &mut self.editor {
                    editor.outbox.push(Request::AddImages(paths));
                }
            }
            PathPurpose::Project if !paths.is_empty() => self.open(Opening::Project(paths.remove(0))),
            PathPurpose::ImageFolder if !paths.is_empty() => self.open(Opening::ImageFolder(paths.remove(0))),
            PathPurpose::Statistics => {
                if let (Some(editor), Some(path)) = (&mut self.editor, paths.pop()) {
                    super::review_ui::export_statistics(editor, path);
                }
            }
            PathPurpose::Annotations | PathPurpose::AnnotationFolder => {
                if let Some(path) = paths.pop() {
                    self.start_import(path);
                }
            }
            PathPurpose::ExportProblem if !paths.is_empty() => {
                self.ask(|text| text.map(|text| Request::Export(paths.remove(0), text)));
            }
            PathPurpose::CopyFolder if !paths.is_empty() => self.ask(|_| Some(Request::SaveCopy(paths.remove(0)))),
            PathPurpose::Project | PathPurpose::ImageFolder | PathPurpose::ExportProblem | PathPurpose::CopyFolder => {}
        }
    }

    fn ask(&mut self, request: impl FnOnce(Option<String>) -> Option<Request>) {
        let asked = request(self.files.export.take());
        if let Some(editor) = &mut self.editor {
            editor.outbox.extend(asked);
        }
    }

    /// Writes a text to a file that the person names.
    pub(super) fn export(&mut self, ui: &Ui, text: String) {
        self.files.export = Some(text);
        self.ask_for_path(ui, PathPurpose::ExportProblem);
    }

    fn take_dropped(&mut self, ui: &Ui) {
        let paths: Vec<PathBuf> = ui.input(|i| i.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        if !paths.is_empty() {
            let (sender, sorted) = channel();
            let ctx = ui.ctx().clone();
            let sort = move || {
                sender.send(sort_dropped(paths)).ok();
                ctx.request_repaint();
            };
            if std::thread::Builder::new().name("dropped".to_owned()).spawn(sort).is_ok() {
                self.files.dropped = Some(sorted);
            }
        }
        if let Some(dropped) = self.files.dropped.as_ref().and_then(|sorted| sorted.try_recv().ok()) {
            self.files.dropped = None;
            self.take_sorted(dropped);
        }
    }

    /// A project is opened, else a folder; images are added to the open project.
    fn take_sorted(&mut self, dropped: Dropped) {
        if let Some(dir) = dropped.project {
            self.open(Opening::Project(dir));
            return;
        }
        if let Some(folder) = dropped.folder {
            self.open(Opening::ImageFolder(folder));
            return;
        }
        match &mut self.editor {
            Some(editor) => {
                if !dropped.images.is_empty() {
                    editor.outbox.push(Request::AddImages(dropped.images));
                }
                let (annotations, others): (Vec<_>, Vec<_>) =
                    dropped.others.into_iter().partition(|path| is_annotations(path));
                tell_left_out(editor, &others);
                let mut annotations = annotations.into_iter();
                let first = annotations.next();
                if annotations.len() > 0 {
                    let n = annotations.len();
                    let text = format!(
                        "One file at a time is imported; {n} more were left out. Images, Import a folder of annotations… takes many"
                    );
                    editor.tell(NoticeLevel::Warning, text);
                }
                if let Some(path) = first {
                    self.start_import(path);
                }
            }
            None => {
                self.personal
                    .notes
                    .push("Open a project first; a folder of images can be dropped at any time".to_owned());
            }
        }
    }
}

impl App {
    /// A look at an import of these files, then the import.
    pub fn start_import(&mut self, path: PathBuf) {
        if let Some(editor) = &self.editor {
            self.exchange = Some(ExchangeDialog::import(path, editor, &self.waker));
        }
    }

    /// A look at an export, then the export.
    pub(super) fn start_export(&mut self) {
        if let Some(editor) = &self.editor {
            self.exchange = Some(ExchangeDialog::export(editor, &self.waker));
        }
    }
}

/// Whether it came from the keyboard.
const fn is_typed(event: &Event) -> bool {
    matches!(event, Event::Text(_) | Event::Key { .. } | Event::Paste(_) | Event::Copy | Event::Cut)
}

/// Whether a file may be annotations of another program, by its name.
fn is_annotations(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|e| ["json", "xml", "csv", "yaml", "yml"].contains(&e.as_str()))
}

/// Says which of the dropped files are no images.
fn tell_left_out(editor: &mut Editor, others: &[PathBuf]) {
    let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let text = match others {
        [] => return,
        [one] => format!("{} is not an image, a folder or a project; it was left out", name(one)),
        [first, rest @ ..] => {
            format!("{} and {} more are not images, folders or projects; they were left out", name(first), rest.len())
        }
    };
    editor.tell(NoticeLevel::Warning, text);
}

/// What will happen, while files hover over the window.
fn drop_hint_ui(ui: &Ui) {
    let n = ui.input(|i| i.raw.hovered_files.len());
    if n == 0 {
        return;
    }
    let painter = ui.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop")));
    let rect = ui.content_rect();
    painter.rect_filled(rect, 0.0, Color32::from_black_alpha(160));
    let text = "Drop images to add them, annotations to import them, a folder or a project to open it";
    painter.text(rect.center(), Align2::CENTER_CENTER, text, FontId::proportional(24.0), Color32::WHITE);
}
