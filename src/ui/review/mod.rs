//! The review mode: a queue of annotations that somebody has to decide about, one key each.
//!
//! | file | what |
//! |---|---|
//! | `mod` | the queue and the place in it |
//! | `decide` | one decision about the item that is up, and back |
//! | `many` | decisions about many at once, and giving work to others |
//! | `rights` | what this desk may change, and why not |
//! | `pace` | how fast it goes |
//! | `desk` | what stays while the mode is off: saved filters, counts, statistics |
//! | `findings` | what the rules say about the shown image |
//! | `compare` | two sides' annotations of the shown image |
//! | `csv` | statistics as text |

pub mod compare;
pub mod csv;
mod decide;
mod desk;
pub mod findings;
pub mod many;
pub mod pace;
mod rights;

pub use decide::{Decision, reason_of};
pub use desk::{ReviewDesk, SavedFilter};

use super::editor::Editor;
use crate::model::{Change, EntryKind, InputId, LocalId, Status};
use crate::runtime::{NoticeLevel, QueueFilter, QueueRow, Request};
use pace::Pace;
use std::collections::{HashMap, HashSet, VecDeque};

/// Decisions that the strip shows.
pub const STRIP: usize = 10;
/// Images whose annotations are read ahead of the one that is up.
const READ_AHEAD: usize = 3;
/// After so long an item whose image does not come can be decided unseen.
const PATIENCE_SECS: f64 = 2.0;

/// The queue and the place in it.
#[derive(Debug, Default)]
pub struct Review {
    /// What is in the queue.
    pub filter: QueueFilter,
    /// What waits, in the order that the filter asks for.
    pub rows: Vec<QueueRow>,
    /// The place in `rows`.
    pub at: usize,
    /// Decided since the mode was entered.
    pub decided: HashSet<LocalId>,
    /// The last decisions, the newest last.
    pub strip: VecDeque<Past>,
    /// How fast it goes.
    pub pace: Pace,
    /// What the hand is at.
    pub hand: Hand,
    /// What is looked at.
    pub look: Look,
    /// The reason that is being typed, while it is.
    pub reason: Option<String>,
    /// Grows when another item is to be centred.
    pub focus_generation: u64,
    /// The frame's time, in seconds: nothing here reads a clock.
    pub now_s: f64,
    /// Since when the item is up.
    up_since_s: f64,
    /// The [`Self::focus_generation`] that was drawn last; `None`: there is no screen.
    drawn: Option<u64>,
    places: HashMap<LocalId, usize>,
    waits_for_queue: bool,
}

/// What the hand is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hand {
    /// Deciding.
    #[default]
    Deciding,
    /// Editing the item that is up; a decision ends it.
    Editing,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The item as it is, and as it was where it was edited.
    #[default]
    Both,
    /// The item as it was before its last edit.
    Before,
    /// The item as it is and nothing else.
    Now,
}

/// What a frame shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The item that is up, with its picture or why there is none.
    Item,
    /// Something else, as long as the item is on its way.
    Other,
}

/// A decision that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// About which.
    pub lid: LocalId,
    /// What.
    pub decision: Decision,
    /// What it was about, in words.
    pub text: String,
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
        self.rows.len() - self.rows.iter().filter(|row| self.decided.contains(&row.lid)).count()
    }

    /// Whether the queue is still being computed.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waits_for_queue
    }

    /// The place of an annotation in the queue.
    #[must_use]
    pub fn place_of(&self, lid: LocalId) -> Option<usize> {
        self.places.get(&lid).copied()
    }

    /// Whether the item has been waited for so long that it may be decided unseen.
    #[must_use]
    pub fn waited_long(&self) -> bool {
        self.patience_s() <= 0.0
    }

    /// How long the item will be waited for.
    #[must_use]
    pub fn patience_s(&self) -> f64 {
        self.up_since_s + PATIENCE_SECS - self.now_s
    }

    /// Notes what the frame shows.
    pub fn note_frame(&mut self, shows: Shows) {
        let drawn = self.drawn.get_or_insert_default();
        if shows == Shows::Item && *drawn != self.focus_generation {
            *drawn = self.focus_generation;
            tracing::debug!(place = self.at, "the review's item is on the screen");
        }
    }

    /// Whether a person can have seen the item that is up; what comes faster decides nothing.
    #[must_use]
    pub fn is_on_screen(&self) -> bool {
        self.drawn.is_none_or(|drawn| drawn == self.focus_generation)
    }

    /// Takes the queue in; the place in it stays with the annotation that was up.
    pub(super) fn take_queue(&mut self, rows: Vec<QueueRow>) {
        let up = self.current().map(|row| row.lid);
        self.places = rows.iter().enumerate().map(|(i, row)| (row.lid, i)).collect();
        self.rows = rows;
        self.waits_for_queue = false;
        self.decided.retain(|lid| self.places.contains_key(lid));
        let place = up.and_then(|lid| self.place_of(lid)).unwrap_or(0);
        self.go_to(place);
    }

    /// Another item is up.
    fn go_to(&mut self, place: usize) {
        self.at = place;
        self.focus_generation += 1;
        self.up_since_s = self.now_s;
        self.hand = Hand::Deciding;
        self.look = Look::Both;
    }

    /// What a step at this desk changed: the rows follow, and whose status it set is decided, or is not any more.
    pub(super) fn follow(&mut self, changes: &[Change], kind: EntryKind) {
        for change in changes {
            let (Some(before), Some(after)) = (&change.before, &change.after) else { continue };
            let Some(place) = self.place_of(change.lid).filter(|_| before.status != after.status) else { continue };
            self.rows[place].status = after.status;
            match kind {
                EntryKind::Do | EntryKind::Part(_) | EntryKind::Redo(_) => self.decided.insert(change.lid),
                EntryKind::Undo(_) => self.decided.remove(&change.lid),
            };
        }
    }

    /// The same of a step of many images; the one that is up may be among them.
    pub(super) fn take_far_changes(&mut self, changes: &[Change], kind: EntryKind) {
        self.follow(changes, kind);
        if let EntryKind::Undo(_) = kind
            && let Some(first) = changes.iter().filter_map(|change| self.place_of(change.lid)).min()
        {
            self.go_to(first);
        }
        if self.current().is_some_and(|row| self.decided.contains(&row.lid))
            && let Some(next) = self.next_undecided()
        {
            self.go_to(next);
        }
    }

    /// The next one to decide about, after the one that is up and around.
    fn next_undecided(&self) -> Option<usize> {
        let n = self.rows.len();
        (1..=n).map(|by| (self.at + by) % n).find(|i| !self.decided.contains(&self.rows[*i].lid))
    }

    /// The next images of the queue after the one that is up, each once.
    #[must_use]
    pub fn images_ahead(&self, many: usize) -> Vec<&InputId> {
        let up = self.current().map(|row| &row.input);
        let mut ahead: Vec<&InputId> = Vec::new();
        for row in self.rows.iter().skip(self.at) {
            if ahead.len() == many {
                break;
            }
            if Some(&row.input) != up && !ahead.contains(&&row.input) && !self.decided.contains(&row.lid) {
                ahead.push(&row.input);
            }
        }
        ahead
    }
}

impl Editor {
    /// Enters the review mode, or leaves it.
    pub fn toggle_review(&mut self) {
        if self.review.take().is_some() {
            self.outbox.push(Request::LeaveReview);
            return;
        }
        self.tool = super::editor::fresh(&crate::tools::Tool::default());
        let filter = self.review_desk.last_filter.clone();
        self.review = Some(Review { filter, ..Review::default() });
        self.reload_queue();
    }

    /// Enters the review mode with this filter, or puts it in the place of the one that is used.
    pub fn review_with(&mut self, filter: QueueFilter) {
        if self.review.is_none() {
            self.toggle_review();
        }
        self.review_desk.last_filter.clone_from(&filter);
        if let Some(review) = &mut self.review {
            review.filter = filter;
        }
        self.reload_queue();
    }

    /// Computes the queue anew.
    pub fn reload_queue(&mut self) {
        let Some(review) = &mut self.review else { return };
        review.waits_for_queue = true;
        let filter = Box::new(review.filter.clone());
        self.outbox.push(Request::LoadQueue(filter));
    }

    /// Tells the review the time of the frame.
    pub fn review_clock(&mut self, now_s: f64) {
        if let Some(review) = &mut self.review {
            review.now_s = now_s;
        }
    }

    /// Moves `by` places in the queue.
    pub fn review_step(&mut self, by: isize) {
        let Some(review) = &mut self.review else { return };
        if review.rows.is_empty() {
            return;
        }
        let to = review.at.saturating_add_signed(by).min(review.rows.len() - 1);
        self.review_go_to(to);
    }

    /// Shows the item at this place of the queue.
    pub fn review_go_to(&mut self, place: usize) {
        let Some(review) = &mut self.review else { return };
        if place < review.rows.len() {
            review.go_to(place);
            self.show_review_item();
        }
    }

    /// Goes on without a decision.
    pub fn review_skip(&mut self) {
        self.review_step(1);
    }

    pub(super) fn go_to_next_undecided(&mut self) {
        let Some(review) = &self.review else { return };
        match review.next_undecided() {
            Some(place) => self.review_go_to(place),
            None => self
                .tell(NoticeLevel::Info, "All decided. R leaves the review, Z takes the last decision back".to_owned()),
        }
    }

    /// Shows the image of the item that is up, and selects it once it is there; reads the next ones ahead.
    pub(super) fn show_review_item(&mut self) {
        let Some(row) = self.review.as_ref().and_then(Review::current).cloned() else { return };
        self.show(&row.input);
        if self.document.get(row.lid).is_some() {
            self.selection.set([row.lid]);
        }
        let ahead: Vec<InputId> = self
            .review
            .as_ref()
            .map(|review| review.images_ahead(READ_AHEAD).into_iter().cloned().collect())
            .unwrap_or_default();
        self.load_ahead(&ahead);
    }

    /// Whether the annotations of the image that is up are here.
    #[must_use]
    pub fn review_item_is_here(&self) -> bool {
        let up = self.review.as_ref().and_then(Review::current);
        up.is_some_and(|row| self.document.is_loaded(&row.input))
    }

    /// The row's words for lists: its labels, or that it has none.
    #[must_use]
    pub fn queue_text(&self, row: &QueueRow) -> String {
        if let Some(annotation) = self.document.get(row.lid) {
            return self.label_text(annotation);
        }
        if row.concepts.is_empty() {
            return "no concept".to_owned();
        }
        let names: Vec<&str> = row.concepts.iter().map(|id| self.concept_name(id)).collect();
        names.join(", ")
    }

    /// The name of an image for people; its id where this project has no such image.
    #[must_use]
    pub fn image_name<'a>(&'a self, input: &'a InputId) -> &'a str {
        self.inputs.iter().find(|row| row.id == *input).map_or(input.as_str(), |row| row.name.as_str())
    }
}

/// The statuses in words, unknown ones with their code.
#[must_use]
pub fn status_text(status: Status) -> String {
    match status {
        Status::Other(code) => format!("status {code}"),
        known => known.text().to_owned(),
    }
}
