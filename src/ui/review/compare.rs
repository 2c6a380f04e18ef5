//! Two sides' annotations of the shown image: where they differ, one after the other, and what to do about it.

use crate::model::agreement::{self, Agreement, AgreementSide, Difference};
use crate::model::{Annotation, Edit, InputId, Status, Worker};
use crate::runtime::NoticeLevel;
use crate::ui::editor::Editor;

/// A comparison under way.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Who annotated this image, in the order in which they began.
    pub workers: Vec<Worker>,
    /// The two that are compared.
    pub sides: Option<(Worker, Worker)>,
    /// What came of it.
    pub result: Agreement,
    /// The difference that is looked at.
    pub at: usize,
    of: Option<(InputId, u64, u64)>,
}

/// What to do about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One side is right.
    Take(AgreementSide),
    /// Both are a little right.
    Merge,
}

impl Comparison {
    /// Brings it up to date with what the editor shows.
    pub fn follow(&mut self, editor: &Editor) {
        let Some(input) = editor.current().filter(|_| editor.is_ready()) else { return };
        let now = (input.clone(), editor.changes_made, editor.scene_generation);
        if self.of.as_ref() == Some(&now) {
            return;
        }
        self.of = Some(now);
        self.workers.clear();
        for annotation in editor.document.of_input(input) {
            let worker = side_of(annotation, &editor.user);
            if !self.workers.contains(&worker) {
                self.workers.push(worker);
            }
        }
        let known = |w: &Worker| self.workers.contains(w);
        if !self.sides.as_ref().is_some_and(|(l, r)| known(l) && known(r)) {
            self.sides = match self.workers.as_slice() {
                [first, second, ..] => Some((first.clone(), second.clone())),
                _ => None,
            };
        }
        self.compare(editor, input);
    }

    /// Compares these two from now on.
    pub fn choose(&mut self, left: Worker, right: Worker) {
        self.sides = Some((left, right));
        self.of = None;
        self.at = 0;
    }

    fn compare(&mut self, editor: &Editor, input: &InputId) {
        let Some((left, right)) = &self.sides else {
            self.result = Agreement::default();
            return;
        };
        // What was rejected is settled and no longer a side's word.
        let of = |worker: &Worker| -> Vec<&Annotation> {
            editor
                .document
                .of_input(input)
                .filter(|a| side_of(a, &editor.user) == *worker && a.status != Status::ReviewDenied)
                .collect()
        };
        self.result = agreement::compare(&of(left), &of(right));
        self.at = self.at.min(self.result.differences.len().saturating_sub(1));
    }

    /// The difference that is looked at.
    #[must_use]
    pub fn current(&self) -> Option<Difference> {
        self.result.differences.get(self.at).copied()
    }

    /// Goes `by` differences on, and selects what it is about.
    pub fn step(&mut self, editor: &mut Editor, by: isize) {
        let last = self.result.differences.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
        self.select(editor);
    }

    /// Selects what the difference is about.
    pub fn select(&self, editor: &mut Editor) {
        if let Some(difference) = self.current() {
            editor.reveal = difference.left.or(difference.right);
            editor.selection.set(difference.left.into_iter().chain(difference.right));
        }
    }

    /// Settles the difference that is looked at, as one step of undo.
    pub fn settle(&mut self, editor: &mut Editor, verdict: Verdict) {
        let Some(difference) = self.current() else { return };
        let both = [difference.left, difference.right];
        let found: Vec<Annotation> =
            both.into_iter().flatten().filter_map(|lid| editor.document.get(lid)).cloned().collect();
        if let Some(why) = found.iter().find_map(|annotation| editor.may_change(annotation).err()) {
            editor.tell(NoticeLevel::Warning, format!("Not settled: {why}"));
            return;
        }
        let edit: Option<Edit> = match verdict {
            Verdict::Take(side) => Some(agreement::take(&difference, side)),
            Verdict::Merge => match found.as_slice() {
                [left, right] => agreement::merge(left, right),
                _ => None,
            },
        };
        match edit {
            Some(edit) => {
                if editor.edit(&edit) {
                    self.follow(editor);
                    self.select(editor);
                }
            }
            None => {
                let text = "There is one side only: take it, or take the other, which rejects it";
                editor.tell(NoticeLevel::Info, text.to_owned());
            }
        }
    }
}

/// Whose word an annotation is: mine whether the server knows my name or not; of a model the version does not matter.
fn side_of(annotation: &Annotation, me: &str) -> Worker {
    match &annotation.worker {
        Worker::Me if !me.is_empty() => Worker::User(me.to_owned()),
        Worker::Model { id, version } if id.is_empty() => Worker::Model { id: String::new(), version: version.clone() },
        Worker::Model { id, .. } => Worker::Model { id: id.clone(), version: String::new() },
        other => other.clone(),
    }
}
