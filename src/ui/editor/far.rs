//! Edits of annotations on images that are not loaded. They are made in the store; the undo list holds their place from
//! the moment in which they were asked for.

use super::history::Whose;
use super::{Editor, capitalised};
use crate::model::{Change, Edit, Entry, EntryKind, InputId, StepBack};
use crate::runtime::{Access, FarEdit, FarEdited, FarWhat, NoticeLevel, Request};
use std::collections::HashSet;

/// How the titles of imports begin.
const IMPORT: &str = "import ";

impl Editor {
    /// Makes an edit of annotations wherever they are, as one step of undo. Says whether it is made or on its way.
    pub fn edit_anywhere(&mut self, edit: Edit) -> bool {
        let mut all_here = true;
        edit.each_lid(&mut |lid| all_here &= self.document.get(lid).is_some());
        if all_here {
            return self.edit(&edit);
        }
        self.ask_far(FarWhat::Edit(edit), EntryKind::Do)
    }

    /// Whether this step is still being made in the store.
    #[must_use]
    pub fn is_under_way(&self, seq: u64) -> bool {
        self.far_under_way.contains_key(&seq)
    }

    /// The number of the newest step.
    #[must_use]
    pub const fn last_step(&self) -> u64 {
        self.last_seq
    }

    fn ask_far(&mut self, what: FarWhat, kind: EntryKind) -> bool {
        if let Access::ReadOnly(reason) = &self.access {
            let text = format!("Nothing was changed: the project is open for reading only. {reason}");
            self.tell(NoticeLevel::Warning, text);
            return false;
        }
        if self.is_locked() {
            return false;
        }
        let of = match &what {
            FarWhat::Inverse(of) => self.history.entry(*of),
            FarWhat::Edit(_) => None,
        };
        let mut many = of.map_or(0, Entry::change_count);
        let said = match &what {
            FarWhat::Edit(edit) => {
                edit.each_lid(&mut |_| many += 1);
                edit.title()
            }
            FarWhat::Inverse(_) => of.map(|entry| entry.title.clone()).unwrap_or_default(),
        };
        let title = match kind {
            EntryKind::Do | EntryKind::Part(_) => said,
            EntryKind::Undo(_) => format!("undo: {said}"),
            EntryKind::Redo(_) => format!("redo: {}", said.trim_start_matches("undo: ")),
        };
        let seq = self.hold_place(kind, title.clone());
        self.outbox.push(Request::FarEdit(FarEdit { seq, kind, title, what, many }));
        true
    }

    /// A part of an import of `file`: the first begins a step of undo, the others (`of` is its number) belong to it. Its
    /// number, where the project can be changed.
    pub fn import_part(&mut self, edit: Edit, file: &str, of: Option<u64>) -> Option<u64> {
        if let Access::ReadOnly(reason) = &self.access {
            let text = format!("Nothing was imported: the project is open for reading only. {reason}");
            self.tell(NoticeLevel::Warning, text);
            return None;
        }
        let kind = of.map_or(EntryKind::Do, EntryKind::Part);
        let title = format!("{IMPORT}{file}");
        let seq = self.hold_place(kind, title.clone());
        let mut many = 0;
        edit.each_lid(&mut |_| many += 1);
        let what = FarWhat::Edit(edit);
        self.outbox.push(Request::FarEdit(FarEdit { seq, kind, title, what, many }));
        Some(seq)
    }

    /// A place in the undo list for a step that is being made in the store; its number.
    pub(in crate::ui) fn hold_place(&mut self, kind: EntryKind, title: String) -> u64 {
        self.last_seq += 1;
        let seq = self.last_seq;
        self.far_under_way.insert(seq, kind);
        self.history.push(Entry { seq, kind, title, input: None, changes: Vec::new(), elsewhere: 0 });
        seq
    }

    /// Takes back (or repeats) a step of several images, wherever they are; `false`: it is none, and the step is to be
    /// taken back on its image.
    pub(super) fn step_back_far(&mut self, step: StepBack) -> bool {
        let Some(entry) = self.history.next(step) else { return false };
        if self.far_under_way.contains_key(&entry.seq) {
            let text = format!("{} is still being made; try again in a moment", capitalised(&entry.title));
            self.tell(NoticeLevel::Info, text);
            return true;
        }
        let is_long = entry.elsewhere > 0;
        if !is_long && !spans_images(&entry.changes) && !self.history.is_in_parts(entry) {
            return false;
        }
        let seq = entry.seq;
        let kind = match step {
            StepBack::Undo => EntryKind::Undo(seq),
            StepBack::Redo => EntryKind::Redo(seq),
        };
        self.ask_far(FarWhat::Inverse(seq), kind);
        true
    }

    /// Takes in what became of a step that was made in the store.
    pub(super) fn take_far(&mut self, far: FarEdited) {
        let Some(kind) = self.far_under_way.remove(&far.seq) else { return };
        let here: Vec<Change> = far
            .changes
            .iter()
            .filter(|change| change.input().is_some_and(|input| self.document.is_loaded(input)))
            .cloned()
            .collect();
        let taken = self.document.apply_remote(&here);
        self.after_changes(&taken, Whose::Mine);
        if let Some(review) = &mut self.review {
            review.take_far_changes(&far.changes, kind);
        }
        self.show_review_item();
        let text = far_text(kind, &far);
        self.history.fill(far.seq, far.changes);
        let more = self.go_on_with_parts(far.seq, kind);
        let Some(entry) = self.history.entry(far.seq) else { return };
        // An import says itself what it brought.
        if more == MoreParts::Follow || entry.title.starts_with(IMPORT) {
            return;
        }
        let text = match kind {
            EntryKind::Undo(_) | EntryKind::Redo(_) if self.history.is_in_parts(entry) => {
                format!("{}: all of it", capitalised(&entry.title))
            }
            _ => text,
        };
        self.tell(NoticeLevel::Info, text);
    }
}

/// Whether a step that is taken back in parts has more of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MoreParts {
    Follow,
    Done,
}

impl Editor {
    /// A step that was made in parts is taken back (or repeated) in parts, one after the other.
    fn go_on_with_parts(&mut self, seq: u64, kind: EntryKind) -> MoreParts {
        let step = match kind {
            EntryKind::Undo(_) => StepBack::Undo,
            EntryKind::Redo(_) => StepBack::Redo,
            EntryKind::Do | EntryKind::Part(_) => return MoreParts::Done,
        };
        let number = self.history.step_number(seq);
        if number.is_some() && number == self.history.next_step_of(step) && self.step_back_far(step) {
            return MoreParts::Follow;
        }
        MoreParts::Done
    }
}

/// What a person is told about a step of many images.
fn far_text(kind: EntryKind, far: &FarEdited) -> String {
    let images: HashSet<&InputId> = far.changes.iter().filter_map(Change::input).collect();
    let n = far.changes.len();
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let of = format!("{} on {}", counted(n, "annotation"), counted(images.len(), "image"));
    let mut text = match kind {
        _ if n == 0 => "Nothing was changed".to_owned(),
        EntryKind::Do | EntryKind::Part(_) | EntryKind::Redo(_) => format!("Changed {of}; Ctrl+Z takes all of it back"),
        EntryKind::Undo(_) => format!("Took back what was changed about {of}"),
    };
    if far.passed_over > 0 {
        text = format!("{text}. {} could not be changed: somebody deleted them meanwhile", far.passed_over);
    }
    text
}

fn spans_images(changes: &[Change]) -> bool {
    let mut inputs = changes.iter().filter_map(Change::input);
    let first = inputs.next();
    inputs.any(|input| Some(input) != first)
}
