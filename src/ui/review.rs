//! The review mode: a queue of annotations that somebody has to decide about, one key each.

use super::editor::Editor;
use crate::model::{Edit, LocalId, Status};
use crate::runtime::{NoticeLevel, QueueRow, Request};
use std::collections::HashSet;

/// The queue and the place in it.
#[derive(Debug, Default)]
pub struct Review {
    /// What waits, in the order of the images.
    pub rows: Vec<QueueRow>,
    /// The place in `rows`.
    pub at: usize,
    /// Decided since the mode was entered.
    pub decided: HashSet<LocalId>,
    /// Grows when another item is to be centred.
    pub focus_generation: u64,
    waits_for_queue: bool,
}

/// A decision about one annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is right: `ANNOTATION_SUCCESS`.
    Accept,
    /// It is wrong: `ANNOTATION_REVIEW_DENIED`.
    Reject,
    /// It needs work: `ANNOTATION_PENDING`.
    RequestChanges,
}

impl Decision {
    const fn status(self) -> Status {
        match self {
            Self::Accept => Status::Success,
            Self::Reject => Status::ReviewDenied,
            Self::RequestChanges => Status::Pending,
        }
    }
}

impl Review {
    /// The item that is up for decision.
    #[must_use]
    pub fn current(&self) -> Option<&QueueRow> {
        self.rows.get(self.at)
    }

    /// How many are left to decide.
    #[must_use]
    pub fn left(&self) -> usize {
        self.rows.iter().filter(|row| !self.decided.contains(&row.lid)).count()
    }

    /// Whether the queue is still being computed.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waits_for_queue
    }

    /// Takes the queue in; the place in it stays with the annotation that was up.
    pub(super) fn take_queue(&mut self, rows: Vec<QueueRow>) {
        let up = self.current().map(|row| row.lid);
        self.at = up.and_then(|lid| rows.iter().position(|row| row.lid == lid)).unwrap_or(0);
        self.rows = rows;
        self.waits_for_queue = false;
        self.focus_generation += 1;
    }
}

impl Editor {
    /// Enters the review mode, or leaves it.
    pub fn toggle_review(&mut self) {
        if self.review.take().is_some() {
            return;
        }
        self.tool = super::editor::fresh(&crate::tools::Tool::default());
        self.review = Some(Review { waits_for_queue: true, ..Review::default() });
        self.outbox.push(Request::LoadQueue);
    }

    /// Moves `by` places in the queue, past what is decided already when going on.
    pub fn review_step(&mut self, by: isize) {
        let Some(review) = &mut self.review else { return };
        if review.rows.is_empty() {
            return;
        }
        review.at = review.at.saturating_add_signed(by).min(review.rows.len() - 1);
        review.focus_generation += 1;
        self.show_review_item();
    }

    /// Decides about the item that is up, and goes on to the next undecided one.
    pub fn decide(&mut self, decision: Decision) {
        let Some(row) = self.review.as_ref().and_then(Review::current).cloned() else { return };
        if self.document.get(row.lid).is_none() {
            if !self.document.is_loaded(&row.input) {
                return; // its image is still loading: the key was too early, the decision is the person's to repeat
            }
            self.tell(NoticeLevel::Warning, "This annotation is gone; somebody deleted it meanwhile".to_owned());
        } else {
            let status = Edit::SetStatus { lid: row.lid, status: decision.status() };
            let unchanged = self.document.get(row.lid).is_some_and(|a| a.status == decision.status());
            if !unchanged && !self.edit(&status) {
                return;
            }
        }
        let Some(review) = &mut self.review else { return };
        review.decided.insert(row.lid);
        if let Some(up) = review.rows.get_mut(review.at) {
            up.status = decision.status();
        }
        self.go_to_next_undecided();
    }

    /// Goes on without a decision.
    pub fn review_skip(&mut self) {
        self.review_step(1);
    }

    /// Takes the last decision back and shows what it was about.
    pub fn review_undo(&mut self) {
        let before = self.history.next(crate::model::StepBack::Undo).map(|entry| entry.changes.clone());
        self.step_back(crate::model::StepBack::Undo);
        let Some(changes) = before else { return };
        let Some(review) = &mut self.review else { return };
        for change in &changes {
            review.decided.remove(&change.lid);
            if let Some(at) = review.rows.iter().position(|row| row.lid == change.lid) {
                review.at = at;
                if let Some(now) = self.document.get(change.lid) {
                    review.rows[at].status = now.status;
                }
            }
        }
        review.focus_generation += 1;
        self.show_review_item();
    }

    fn go_to_next_undecided(&mut self) {
        let Some(review) = &mut self.review else { return };
        let n = review.rows.len();
        let next = (1..=n).map(|by| (review.at + by) % n).find(|i| !review.decided.contains(&review.rows[*i].lid));
        match next {
            Some(at) => {
                review.at = at;
                review.focus_generation += 1;
                self.show_review_item();
            }
            None => self
                .tell(NoticeLevel::Info, "All decided. R leaves the review, Z takes the last decision back".to_owned()),
        }
    }

    /// Shows the image of the item that is up, and selects it once it is there.
    pub(super) fn show_review_item(&mut self) {
        let Some(row) = self.review.as_ref().and_then(Review::current).cloned() else { return };
        self.show(&row.input);
        if self.document.get(row.lid).is_some() {
            self.selection.set([row.lid]);
        }
    }
}
