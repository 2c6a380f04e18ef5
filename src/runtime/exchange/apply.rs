//! Edits into a project that no window has open.

use super::super::clock::{fresh_id, now_ms};
use super::super::looking::looked_at;
use super::import::{ImportOptions, OnProblems, Target, run};
use super::{ImportReport, Progress};
use crate::model::{Edit, EntryKind};
use crate::store::{Access, ConceptRow, FarCommit, FarWhat, Project, Request, StoreEvent, StoreHandle};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::task::Waker;

/// A look at an import: what it would do. Changes nothing; works while a window has the project open.
///
/// # Errors
/// A sentence, where the files or the project cannot be read.
pub fn look_into(dir: &Path, options: &ImportOptions, progress: &Progress) -> Result<ImportReport, String> {
    let (project, reader) = looked_at(dir)?;
    run(&reader, &project.images_dir(), options, &mut Nothing, progress)
}

/// Imports into a project: one step of undo, in parts that are each durable as a whole. Where the files have mistakes and
/// the options say so, nothing is changed.
///
/// # Errors
/// A sentence, where nothing (or, when the disk fails on the way, a part) was imported.
pub fn import_into(dir: &Path, options: &ImportOptions, progress: &Progress) -> Result<ImportReport, String> {
    if options.on_problems == OnProblems::Stop {
        let report = look_into(dir, options, progress)?;
        if report.problem_count > 0 || report.stopped {
            return Ok(report);
        }
    }
    let opened = Project::open(dir, now_ms()).map_err(|error| error.to_string())?;
    let project = opened.project;
    if let Access::ReadOnly { reason } = project.access() {
        return Err(reason.to_string());
    }
    let reader = project.reader().map_err(|error| error.to_string())?;
    let (events, told) = channel();
    let store = project.start(events, Waker::noop().clone()).map_err(|error| error.to_string())?;
    let next_seq = reader.next_numbers().map_err(|error| error.to_string())?.seq;
    let title = format!("import {}", super::gather::file_name(&options.path));
    let mut writing = Writing { store, told, next_seq, first_seq: None, title, next_token: 1 };
    let report = run(&reader, &project.images_dir(), options, &mut writing, progress);
    drop(reader);
    writing.store.shutdown();
    report
}

/// Only looks.
pub struct Nothing;

impl Target for Nothing {
    fn edits(&mut self, _edits: Vec<Edit>) -> Result<(), String> {
        Ok(())
    }

    fn remember(&mut self, _: &[ConceptRow], _: Vec<(String, serde_json::Value)>) -> Result<(), String> {
        Ok(())
    }
}

struct Writing {
    store: StoreHandle,
    told: Receiver<StoreEvent>,
    next_seq: u64,
    first_seq: Option<u64>,
    title: String,
    next_token: u64,
}

impl Writing {
    fn send(&self, request: Request) -> Result<(), String> {
        self.store.send(request).map_err(|_unsent| "the store ended early".to_owned())
    }

    /// Waits until so many requests are on the disk.
    fn wait(&self, mut requests: usize) -> Result<(), String> {
        while requests > 0 {
            match self.told.recv() {
                Ok(StoreEvent::FarDurable { .. } | StoreEvent::Done { .. }) => requests -= 1,
                Ok(StoreEvent::Refused { reason, .. } | StoreEvent::Failed { reason, .. }) => return Err(reason),
                Ok(_) => {}
                Err(_) => return Err("the store ended early".to_owned()),
            }
        }
        Ok(())
    }
}

impl Target for Writing {
    fn edits(&mut self, edits: Vec<Edit>) -> Result<(), String> {
        let seq = self.next_seq;
        self.next_seq += 1;
        let kind = self.first_seq.map_or(EntryKind::Do, EntryKind::Part);
        self.first_seq.get_or_insert(seq);
        let spare_sids = (0..edits.len()).map(|_| fresh_id()).collect();
        let (title, what) = (self.title.clone(), FarWhat::Edit(Edit::Batch(edits)));
        self.send(Request::FarCommit(Box::new(FarCommit { seq, at_ms: now_ms(), kind, title, what, spare_sids })))?;
        self.wait(1)
    }

    fn remember(&mut self, concepts: &[ConceptRow], settings: Vec<(String, serde_json::Value)>) -> Result<(), String> {
        let mut sent = 0;
        let mut token = || {
            sent += 1;
            self.next_token += 1;
            self.next_token
        };
        let mut requests = Vec::with_capacity(settings.len() + 1);
        if !concepts.is_empty() {
            requests.push(Request::PutConcepts { token: token(), concepts: concepts.to_vec() });
        }
        for (key, value) in settings {
            requests.push(Request::PutSetting { token: token(), key, value });
        }
        for request in requests {
            self.send(request)?;
        }
        self.wait(sent)
    }
}
