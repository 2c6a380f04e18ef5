//! What the window is shown of an image, and what becomes durable of what it changes there.

use super::super::messages::{Commit, Event, ImageAnnotations, NoticeLevel, SizeKnown};
use super::super::open;
use super::super::trouble::Mark;
use super::standing::mark_of;
use super::{Message, Session};
use crate::geometry::Size;
use crate::model::{Change, InputId, LoadedImage};
use crate::runtime::clock::{fresh_id, now_ms};
use crate::store::{self, DesiredChange, InputSource, LocalCommit};
use crate::sync::{self, Record};
use std::sync::Arc;

/// The size that stands in for one that is not known.
const NOMINAL: Size = store::NOMINAL_SIZE;

impl Session {
    pub(super) fn learn_inputs(&mut self, rows: &[store::InputRow]) {
        for row in rows {
            let source = match &row.source {
                InputSource::Path(path) if path.is_relative() => {
                    InputSource::Path(self.project.images_dir().join(path))
                }
                other => other.clone(),
            };
            self.sources.insert(row.id.0.clone(), source);
            if let Some(size) = row.size {
                let size = Size::new(f64::from(size.width_px), f64::from(size.height_px));
                self.sizes.insert(row.id.clone(), (size, SizeKnown::Yes));
            }
        }
        self.origins.fill(self.sources.clone(), self.project.images_dir().join("cache"));
    }

    pub(super) fn commit(&mut self, commit: Commit) {
        self.last_step = commit.seq;
        let desired = commit.changes.iter().map(|change| self.desired(change)).collect();
        self.to_store(store::Request::Commit(LocalCommit {
            seq: commit.seq,
            at_ms: now_ms(),
            kind: commit.kind,
            title: commit.title,
            input: commit.input,
            changes: commit.changes,
            desired,
        }));
    }

    pub(super) fn desired(&self, change: &Change) -> DesiredChange {
        let size = change.input().map_or(NOMINAL, |input| self.size_of(input).0);
        DesiredChange::of(change, size, Some(fresh_id()))
    }

    pub(super) fn size_of(&self, input: &InputId) -> (Size, SizeKnown) {
        self.sizes.get(input).copied().unwrap_or((NOMINAL, SizeKnown::No))
    }

    pub(super) fn load_image(&mut self, input: &InputId) {
        self.asked_for.insert(input.clone());
        if !self.sizes.contains_key(input) {
            self.find_size(input);
            return;
        }
        let (size, size_known) = self.size_of(input);
        let make = |record: Record| {
            if record.desired.as_ref().is_some_and(open::is_empty_input_level) {
                return (None, None);
            }
            // A mark also stands for what is deleted here and changed there.
            let mark = Some(mark_of(&record, size)).filter(|mark| *mark != Mark::Synced);
            let shown = sync::shown(&record, size);
            // In boxes, because a hundred thousand of them go through several lists.
            (shown.map(Box::new), mark.map(|mark| Box::new((record.lid, mark))))
        };
        let (mut annotations, mut marks) = (Vec::new(), Vec::new());
        let take = |(annotation, mark): (Option<Box<_>>, Option<Box<_>>)| {
            annotations.extend(annotation);
            marks.extend(mark.map(|mark| *mark));
        };
        let damaged = match self.reader.made_of_each(input, make, take) {
            Ok(damaged) => damaged,
            Err(error) => {
                self.out.notice(NoticeLevel::Error, format!("The annotations cannot be read: {error}"));
                return;
            }
        };
        if !damaged.is_empty() {
            let text = format!("{} annotations of this image are damaged on disk and are not shown", damaged.len());
            self.out.notice(NoticeLevel::Error, text);
        }
        let (input, annotations) = (input.clone(), LoadedImage::of_boxes(annotations));
        self.out.tell(Event::Annotations(Box::new(ImageAnnotations { input, size, size_known, annotations, marks })));
    }

    /// Finds the size of an image out, off this thread; the image is loaded when it is known (or cannot be).
    pub(super) fn find_size(&mut self, input: &InputId) {
        if !self.waiting_for_size.insert(input.clone()) {
            return;
        }
        let (origins, back, id) = (Arc::clone(&self.origins), self.back.clone(), input.clone());
        let started = std::thread::Builder::new().name("probe".to_owned()).spawn(move || {
            use crate::runtime::pictures::PictureSource as _;
            let found = origins.bytes(id.as_str()).ok().and_then(|bytes| crate::images::probe(&bytes).ok());
            back.send(Message::Sized(id, found.map(|p| (p.width_px, p.height_px)))).ok();
        });
        if started.is_err() {
            self.sized(&input.clone(), None);
        }
    }

    pub(super) fn sized(&mut self, input: &InputId, size: Option<(u32, u32)>) {
        self.waiting_for_size.remove(input);
        let known = match size {
            None => (NOMINAL, SizeKnown::No),
            Some((width, height)) => (Size::new(f64::from(width), f64::from(height)), SizeKnown::Yes),
        };
        self.sizes.insert(input.clone(), known);
        if let (Some((width_px, height_px)), Ok(Some(mut row))) = (size, self.reader.input(input)) {
            row.size = Some(store::PixelSize { width_px, height_px });
            let token = self.token();
            self.to_store(store::Request::PutInputs { token, inputs: vec![row] });
        }
        self.load_image(input);
    }

    /// The change that makes an open document show this record.
    pub(super) fn change_to(&self, record: &Record) -> Option<Change> {
        record.desired.as_ref().filter(|wire| !open::is_empty_input_level(wire))?;
        let after = sync::shown(record, self.size_of(&InputId(record.input_id.clone())).0)?;
        Some(Change { lid: record.lid, before: None, after: Some(after) })
    }
}
