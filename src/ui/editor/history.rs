//! Edits on their way: into the document, into the history, to the disk; and steps back.

use super::{Editor, capitalised};
use crate::model::{Annotation, Change, Edit, EditError, Entry, EntryKind, StepBack};
use crate::runtime::{Access, Commit, Mark, NoticeLevel, Request};

/// Who changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The person at this desk: the server does not have it yet.
    Mine,
    /// Somebody else, by way of the server.
    Theirs,
}

impl Editor {
    pub(super) fn commit(&mut self, edit: &Edit, kind: EntryKind) -> Result<(), Option<EditError>> {
        if let Access::ReadOnly(reason) = &self.access {
            let text = format!("Nothing was changed: the project is open for reading only. {reason}");
            self.tell(NoticeLevel::Warning, text);
            return Err(None);
        }
        if self.is_locked() {
            return Err(None);
        }
        let changes = match self.document.apply(edit) {
            Ok(changes) => changes,
            Err(error) => {
                self.tell(NoticeLevel::Warning, capitalised(&error.to_string()));
                return Err(Some(error));
            }
        };
        if changes.is_empty() {
            return Ok(());
        }
        self.last_seq += 1;
        let input = changes.iter().find_map(|c| c.after.as_ref().or(c.before.as_ref())).map(|a| a.input.clone());
        let title = match kind {
            EntryKind::Do | EntryKind::Part(_) => edit.title(),
            EntryKind::Undo(_) => format!("undo: {}", edit.title()),
            EntryKind::Redo(_) => format!("redo: {}", edit.title()),
        };
        let entry = Entry { seq: self.last_seq, kind, title, input, changes, elsewhere: 0 };
        self.after_changes(&entry.changes, Whose::Mine);
        if let Some(review) = &mut self.review {
            review.follow(&entry.changes, kind);
        }
        self.outbox.push(Request::Commit(Commit {
            seq: entry.seq,
            kind,
            title: entry.title.clone(),
            input: entry.input.clone(),
            changes: entry.changes.clone(),
        }));
        self.history.push(entry);
        Ok(())
    }

    /// Whether the disk takes nothing now; says so. The gesture before is kept in memory, another one is not begun.
    pub(super) fn is_locked(&mut self) -> bool {
        if self.store_failure.is_some() {
            let text = "Nothing was changed: your last edit is not on disk yet. Editing goes on as soon as it is";
            self.tell(NoticeLevel::Warning, text.to_owned());
        }
        self.store_failure.is_some()
    }

    /// What has to follow whenever annotations changed, by whomever.
    pub(super) fn after_changes(&mut self, changes: &[Change], whose: Whose) {
        self.changes_made += 1;
        self.see_changes(changes, whose == Whose::Mine);
        for change in changes {
            self.concepts.count_change(change.before.as_ref(), change.after.as_ref());
            self.touched.push(change.lid);
            self.shaping.forget(change.lid);
            if change.after.is_none() {
                self.marks.remove(&change.lid);
            } else if whose == Whose::Mine {
                self.marks.entry(change.lid).or_insert(Mark::Unsent);
            }
            let input = change.after.as_ref().or(change.before.as_ref()).map(|a| a.input.clone());
            let open = |a: &Option<Annotation>| usize::from(a.as_ref().is_some_and(|a| a.status.is_open()));
            let there = |a: &Option<Annotation>| usize::from(a.is_some());
            if let Some(row) = input.and_then(|id| self.picker.place_of(&id)).and_then(|at| self.inputs.get_mut(at)) {
                row.annotations = (row.annotations + there(&change.after)).saturating_sub(there(&change.before));
                row.open = (row.open + open(&change.after)).saturating_sub(open(&change.before));
            }
        }
        self.picker.forget_progress();
        let document = &self.document;
        self.selection.keep_only(|lid| document.get(lid).is_some());
        if self.wants_concept.is_some_and(|lid| document.get(lid).is_none()) {
            self.wants_concept = None;
        }
    }

    /// Takes a step back (or forward again), on the image on which it happened.
    pub fn step_back(&mut self, step: StepBack) {
        if self.history.next(step).is_none() {
            let text = match step {
                StepBack::Undo => "There is nothing to undo",
                StepBack::Redo => "There is nothing to redo",
            };
            self.tell(NoticeLevel::Info, text.to_owned());
            return;
        }
        if self.step_back_far(step) {
            return;
        }
        let Some(entry) = self.history.next(step).cloned() else { return };
        if let Some(input) = &entry.input {
            self.show(input);
            if !self.document.is_loaded(input) {
                self.waiting_step = Some(step);
                return;
            }
        }
        let inverse = Edit::Batch(entry.changes.iter().rev().map(Change::inverse).collect());
        let kind = match step {
            StepBack::Undo => EntryKind::Undo(entry.seq),
            StepBack::Redo => EntryKind::Redo(entry.seq),
        };
        let before = self.last_seq;
        match self.commit(&inverse, kind) {
            Ok(()) if self.last_seq > before => {
                self.selection.set(entry.changes.iter().map(|c| c.lid).filter(|l| self.document.get(*l).is_some()));
            }
            // Somebody else already changed it back, or it is gone: the step before it can still be taken.
            Ok(()) | Err(Some(_)) => self.history.skip(step),
            Err(None) => {}
        }
    }
}
