//! Undo and redo without end: a log that only grows, and two stacks of places in it.

use super::{Change, InputId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A step of more changes than these keeps them in the journal alone: memory does not grow with an import or a decision
/// about everything.
const CHANGES_HELD_MAX: usize = 1_000;

/// One step in the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the journal; grows by one.
    pub seq: u64,
    /// A new step, or one that took back or repeated another.
    pub kind: EntryKind,
    /// What it did, in a few words.
    pub title: String,
    /// The image on which it happened (the first, where it touched several).
    pub input: Option<InputId>,
    /// What it changed; nothing where that stands in the journal alone.
    pub changes: Vec<Change>,
    /// How many changes (at most) stand in the journal alone, because they are many; 0: all of them are in `changes`.
    #[serde(default)]
    pub elsewhere: usize,
}

impl Entry {
    /// How many changes it made (at most).
    #[must_use]
    pub fn change_count(&self) -> usize {
        self.changes.len().max(self.elsewhere)
    }
}

/// How a step came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A person did it.
    Do,
    /// A further part of the step with that number, which was too large for one; both are taken back together.
    Part(u64),
    /// It took back the step with that number.
    Undo(u64),
    /// It repeated what the undo with that number took back.
    Redo(u64),
}

/// Which entry to invert next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepBack {
    /// Take the newest step back.
    Undo,
    /// Repeat what was taken back last.
    Redo,
}

/// The journal in memory. Undo of a step appends its inverse; the stacks are derived from the log, so that a restart
/// with the same log gives the same stacks.
#[derive(Clone, Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
    /// The number of the step that each of them belongs to. Known when it is pushed: a step that went to and fro a thousand
    /// times would be followed back through all of that at every undo.
    steps: Vec<u64>,
    /// The steps that were made in several parts.
    in_parts: HashSet<u64>,
    /// Indices into `entries` of what an undo would invert, the next one last.
    undoable: Vec<usize>,
    /// Indices of undo entries that a redo would invert, the next one last.
    redoable: Vec<usize>,
}

impl History {
    /// A history from a journal read back, oldest first.
    #[must_use]
    pub fn from_entries(entries: Vec<Entry>) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.push(entry);
        }
        history
    }

    /// Appends a step and updates what can be undone and redone.
    pub fn push(&mut self, entry: Entry) {
        let at = self.entries.len();
        let step = self.step_of(&entry);
        let take = |stack: &mut Vec<usize>, of: u64| {
            // The last one, as a rule.
            if let Some(place) = stack.iter().rposition(|&i| self.entries[i].seq == of) {
                stack.remove(place);
            }
        };
        match entry.kind {
            EntryKind::Do | EntryKind::Part(_) => {
                self.undoable.push(at);
                self.redoable.clear();
            }
            EntryKind::Undo(of) => {
                take(&mut self.undoable, of);
                self.redoable.push(at);
            }
            EntryKind::Redo(of) => {
                take(&mut self.redoable, of);
                self.undoable.push(at);
            }
        }
        if matches!(entry.kind, EntryKind::Part(_)) {
            self.in_parts.insert(step);
        }
        self.steps.push(step);
        self.entries.push(entry);
    }

    /// The entry that `step` would invert, if there is one.
    #[must_use]
    pub fn next(&self, step: StepBack) -> Option<&Entry> {
        let stack = match step {
            StepBack::Undo => &self.undoable,
            StepBack::Redo => &self.redoable,
        };
        stack.last().map(|&i| &self.entries[i])
    }

    /// The number of the step that the next one to invert belongs to: its own, or of the step of which it is a part.
    #[must_use]
    pub fn next_step_of(&self, step: StepBack) -> Option<u64> {
        self.next(step).map(|entry| self.step_of(entry))
    }

    /// The number of the step that the entry `seq` belongs to (or took back, or repeated).
    #[must_use]
    pub fn step_number(&self, seq: u64) -> Option<u64> {
        self.entries.iter().rev().find(|entry| entry.seq == seq).map(|entry| self.step_of(entry))
    }

    /// Whether the step that this entry belongs to was made in several parts.
    #[must_use]
    pub fn is_in_parts(&self, entry: &Entry) -> bool {
        self.in_parts.contains(&self.step_of(entry))
    }

    fn step_of(&self, entry: &Entry) -> u64 {
        let of = match entry.kind {
            EntryKind::Do => return entry.seq,
            EntryKind::Part(of) => return of,
            EntryKind::Undo(of) | EntryKind::Redo(of) => of,
        };
        // Numbers only grow; what is not loaded any more stands for itself.
        match self.entries.binary_search_by_key(&of, |e| e.seq) {
            Ok(at) if of < entry.seq => self.steps[at],
            _ => of,
        }
    }

    /// The step with this number.
    #[must_use]
    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.seq == seq)
    }

    /// Fills in what a step changed that was still being made when it was pushed. A step that changed nothing is no step:
    /// it can be neither taken back nor repeated.
    pub fn fill(&mut self, seq: u64, changes: Vec<Change>) {
        let Some(at) = self.entries.iter().rposition(|entry| entry.seq == seq) else { return };
        if changes.is_empty() {
            self.undoable.retain(|&i| i != at);
            self.redoable.retain(|&i| i != at);
        }
        let entry = &mut self.entries[at];
        entry.input = changes.first().and_then(Change::input).cloned();
        if changes.len() > CHANGES_HELD_MAX {
            entry.elsewhere = changes.len();
        } else {
            entry.changes = changes;
        }
    }

    /// The newest step that changed this annotation and was not taken back, of those whose changes are not in the journal
    /// alone.
    #[must_use]
    pub fn last_change_of(&self, lid: super::LocalId) -> Option<&Change> {
        self.undoable.iter().rev().find_map(|&i| self.entries[i].changes.iter().find(|change| change.lid == lid))
    }

    /// How many steps can be taken back.
    #[must_use]
    pub fn undo_depth(&self) -> usize {
        self.undoable.len()
    }

    /// How many can be repeated.
    #[must_use]
    pub fn redo_depth(&self) -> usize {
        self.redoable.len()
    }

    /// The number that the next entry gets.
    #[must_use]
    pub fn next_seq(&self) -> u64 {
        self.entries.last().map_or(1, |entry| entry.seq + 1)
    }

    /// Sets a step aside that cannot be inverted (what it changed is gone), so that the one before it can be.
    pub fn skip(&mut self, step: StepBack) {
        match step {
            StepBack::Undo => self.undoable.pop(),
            StepBack::Redo => self.redoable.pop(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64, kind: EntryKind) -> Entry {
        Entry { seq, kind, title: String::new(), input: None, changes: Vec::new(), elsewhere: 0 }
    }

    #[test]
    fn a_step_stays_the_same_however_often_it_goes_to_and_fro() {
        let mut history = History::from_entries(vec![
            entry(5, EntryKind::Do),
            entry(6, EntryKind::Part(5)),
            entry(7, EntryKind::Do),
            entry(8, EntryKind::Undo(3)), // what it took back is not loaded
        ]);
        for round in 0..100 {
            let seq = 9 + round * 2;
            let undone = history.next(StepBack::Undo).expect("something").seq;
            history.push(entry(seq, EntryKind::Undo(undone)));
            assert_eq!((history.step_number(seq), history.undo_depth()), (Some(7), 2), "round {round}");
            history.push(entry(seq + 1, EntryKind::Redo(seq)));
            assert_eq!((history.next_step_of(StepBack::Undo), history.undo_depth()), (Some(7), 3), "round {round}");
        }
        assert_eq!(history.step_number(8), Some(3));
        let in_parts = |seq| history.is_in_parts(history.entry(seq).expect("it"));
        assert_eq!([in_parts(5), in_parts(6), in_parts(7), in_parts(208)], [true, true, false, false]);
        assert_eq!(history.redo_depth(), 1, "the one that is not loaded");
    }
}
