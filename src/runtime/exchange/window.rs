//! Imports and exports for the window: each on a thread of its own, which never touches the project's writer. Edits go to the
//! window in parts and from there the way of every edit; the next part comes when the last one is on disk.

use super::apply::Nothing;
use super::import::{ImportOptions, Target, run};
use super::{ExportOptions, ExportReport, ImportReport, Progress, Step, export};
use crate::model::{Concept, Edit};
use crate::store::ConceptRow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Waker;

/// What the thread tells.
#[derive(Debug)]
pub enum Told {
    /// How far it is.
    Step(Step),
    /// What an import would do, or in a sentence why it cannot be told.
    Looked(Result<ImportReport, String>),
    /// A part of an import's edits; [`Task::part_is_durable`] asks for the next.
    Part(Vec<Edit>),
    /// New concepts, and settings to be remembered.
    Remember(Vec<Concept>, Vec<(String, serde_json::Value)>),
    /// An import is over.
    Imported(Result<ImportReport, String>),
    /// An export is over.
    Exported(Result<ExportReport, String>),
}

/// A thread at work. Dropping it stops the thread at the next step.
#[derive(Debug)]
pub struct Task {
    told: Receiver<Told>,
    durable: Sender<()>,
    progress: Progress,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.progress.stop();
    }
}

impl Task {
    /// What was told since the last time; never waits.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        self.told.try_iter().collect()
    }

    /// The last part is on disk.
    pub fn part_is_durable(&self) {
        // A thread that has ended needs no more.
        self.durable.send(()).ok();
    }

    /// Stops it at the next step.
    pub fn stop(&self) {
        self.progress.stop();
    }

    /// A look at an import.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn look(dir: PathBuf, options: ImportOptions, waker: Waker) -> std::io::Result<Self> {
        Self::start(waker, move |out, _| {
            let report = read(&dir, &options, &mut Nothing, &out.progress);
            out.tell(Told::Looked(report));
        })
    }

    /// An import.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn import(dir: PathBuf, options: ImportOptions, waker: Waker) -> std::io::Result<Self> {
        Self::start(waker, move |out, durable| {
            let progress = out.progress.clone();
            let mut target = ToWindow { out: out.clone(), durable };
            out.tell(Told::Imported(read(&dir, &options, &mut target, &progress)));
        })
    }

    /// An export, or a look at one.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn export(dir: PathBuf, options: ExportOptions, waker: Waker) -> std::io::Result<Self> {
        Self::start(waker, move |out, _| {
            let report = export(&dir, &options, &out.progress);
            out.tell(Told::Exported(report));
        })
    }

    fn start(waker: Waker, work: impl FnOnce(Out, Receiver<()>) + Send + 'static) -> std::io::Result<Self> {
        let (events, told) = channel();
        let (durable, asked) = channel();
        let (steps, step_waker) = (events.clone(), waker.clone());
        let progress = Progress::new(move |step| {
            if steps.send(Told::Step(step)).is_ok() {
                step_waker.wake_by_ref();
            }
        });
        let out = Out { events, waker, progress: progress.clone() };
        std::thread::Builder::new().name("exchange".to_owned()).spawn(move || work(out, asked))?;
        Ok(Self { told, durable, progress })
    }
}

fn read(
    dir: &Path,
    options: &ImportOptions,
    target: &mut dyn Target,
    progress: &Progress,
) -> Result<ImportReport, String> {
    let (project, reader) = super::super::looking::looked_at(dir)?;
    run(&reader, &project.images_dir(), options, target, progress)
}

#[derive(Clone)]
struct Out {
    events: Sender<Told>,
    waker: Waker,
    progress: Progress,
}

impl Out {
    fn tell(&self, told: Told) {
        if self.events.send(told).is_ok() {
            self.waker.wake_by_ref();
        }
    }
}

struct ToWindow {
    out: Out,
    durable: Receiver<()>,
}

impl Target for ToWindow {
    fn edits(&mut self, edits: Vec<Edit>) -> Result<(), String> {
        self.out.tell(Told::Part(edits));
        self.durable.recv().map_err(|_closed| "the window was closed; what was imported so far is saved".to_owned())
    }

    fn remember(&mut self, concepts: &[ConceptRow], settings: Vec<(String, serde_json::Value)>) -> Result<(), String> {
        self.out.tell(Told::Remember(concepts.iter().map(|row| row.concept.clone()).collect(), settings));
        Ok(())
    }
}
