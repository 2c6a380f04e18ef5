//! One decision about the item that is up, one key each; and back.

use super::{Past, Review, STRIP};
use crate::model::{Annotation, ConceptId, ConceptLabel, Edit, LocalId, Map, Status, StepBack};
use crate::runtime::{NoticeLevel, QueueRow};
use crate::ui::editor::Editor;

/// The member of `annotation_info` in which the review keeps why changes were asked for.
const INFO: &str = "review";

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
    /// The status that it sets.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Accept => Status::Success,
            Self::Reject => Status::ReviewDenied,
            Self::RequestChanges => Status::Pending,
        }
    }

    /// In a word.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Accept => "accepted",
            Self::Reject => "rejected",
            Self::RequestChanges => "changes requested",
        }
    }
}

/// Why changes were asked for, and by whom, where an annotation says so.
#[must_use]
pub fn reason_of(annotation: &Annotation) -> Option<(String, String)> {
    let said = annotation.info.get(INFO)?;
    let text = |key: &str| said.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    Some((text("reason"), text("by"))).filter(|(reason, _)| !reason.is_empty())
}

impl Editor {
    /// Decides about the item that is up, and goes on to the next undecided one.
    pub fn decide(&mut self, decision: Decision) {
        self.decide_saying(decision, "");
    }

    /// The same with a reason, which is kept for the next person.
    pub fn decide_saying(&mut self, decision: Decision, reason: &str) {
        let Some(row) = self.review.as_ref().and_then(Review::current).cloned() else { return };
        if let Err(why) = self.may_decide(&row) {
            self.tell(NoticeLevel::Warning, format!("Not {}: {why}", decision.text()));
            return;
        }
        let text = self.queue_text(&row);
        match self.document.get(row.lid).cloned() {
            Some(_) if !self.can_be_decided() => return,
            Some(annotation) => {
                let edit = decision_edit(&annotation, decision, reason, &self.user);
                if annotation.status != decision.status() || !matches!(edit, Edit::SetStatus { .. }) {
                    self.step_canvas_free();
                    if !self.edit(&edit) {
                        return;
                    }
                }
            }
            None if self.document.is_loaded(&row.input) => {
                let text = "This annotation is gone, or damaged on disk; there is nothing to decide";
                self.tell(NoticeLevel::Warning, text.to_owned());
            }
            None => {
                if !self.can_be_decided()
                    || !self.edit_anywhere(Edit::SetStatus { lid: row.lid, status: decision.status() })
                {
                    return;
                }
            }
        }
        self.note_decision(row.lid, decision, text);
        self.go_to_next_undecided();
    }

    /// A key that came before the picture is not a decision; a picture that never comes must not block one.
    fn can_be_decided(&self) -> bool {
        self.review.as_ref().is_some_and(|review| {
            let is_seen = review.is_on_screen() && self.review_item_is_here();
            is_seen || review.waited_long()
        })
    }

    /// A gesture under way ends with the decision.
    fn step_canvas_free(&mut self) {
        self.tool = crate::ui::editor::fresh(&self.tool);
    }

    fn note_decision(&mut self, lid: LocalId, decision: Decision, text: String) {
        let Some(review) = &mut self.review else { return };
        review.decided.insert(lid);
        review.pace.decided(review.now_s);
        review.strip.retain(|past| past.lid != lid);
        review.strip.push_back(Past { lid, decision, text });
        if review.strip.len() > STRIP {
            review.strip.pop_front();
        }
        if let Some(place) = review.place_of(lid) {
            review.rows[place].status = decision.status();
        }
    }

    /// Takes the last decision back and shows what it was about.
    pub fn review_undo(&mut self) {
        let Some(entry) = self.history.next(StepBack::Undo) else {
            self.step_back(StepBack::Undo); // which says that there is nothing
            return;
        };
        let (seq, before) = (entry.seq, self.last_step());
        self.step_back(StepBack::Undo);
        let step = self.last_step();
        if self.is_under_way(seq) || step != before && self.is_under_way(step) {
            return; // the review follows when the store has answered
        }
        let touched: Vec<LocalId> =
            self.history.entry(seq).map(|e| e.changes.iter().map(|change| change.lid).collect()).unwrap_or_default();
        let Some(review) = &mut self.review else { return };
        let mut back_to = None;
        for lid in &touched {
            review.decided.remove(lid);
            review.strip.retain(|past| past.lid != *lid);
            let Some(place) = review.place_of(*lid) else { continue };
            back_to.get_or_insert(place);
            if let Some(now) = self.document.get(*lid) {
                review.rows[place].status = now.status;
            }
        }
        review.pace.taken_back();
        if let Some(place) = back_to {
            self.review_go_to(place);
        }
    }

    /// Gives the item that is up this concept in place of what it had.
    pub fn review_relabel(&mut self, concept: &ConceptId) {
        let Some(lid) = self.changeable_item() else { return };
        self.use_concept(concept);
        self.set_concepts(&[lid], &[ConceptLabel::positive(concept.clone())]);
        self.show_review_item();
    }

    /// Turns what the item that is up says into its opposite: "cat" into "not cat" and back.
    pub fn review_negate(&mut self) {
        let Some(lid) = self.changeable_item() else { return };
        let Some(annotation) = self.document.get(lid) else { return };
        if annotation.concepts.is_empty() {
            self.tell(NoticeLevel::Info, "It has no concept to say not of; a digit gives it one".to_owned());
            return;
        }
        let value = if annotation.concepts.iter().any(|c| !c.is_negative()) { 0.0 } else { 1.0 };
        let concepts: Vec<ConceptLabel> =
            annotation.concepts.iter().map(|c| ConceptLabel { id: c.id.clone(), value }).collect();
        self.set_concepts(&[lid], &concepts);
    }

    /// Takes the item that is up in hand, or lets it go.
    pub fn review_edit(&mut self) {
        let Some(lid) = self.changeable_item() else { return };
        let Some(review) = &mut self.review else { return };
        review.hand = match review.hand {
            super::Hand::Deciding => super::Hand::Editing,
            super::Hand::Editing => super::Hand::Deciding,
        };
        self.selection.set([lid]);
    }

    /// Leaves what is under way: a reason being typed, or the item being edited in place; `false`: nothing was.
    pub fn review_let_go(&mut self) -> bool {
        let Some(review) = &mut self.review else { return false };
        let was_editing = review.hand == super::Hand::Editing;
        review.hand = super::Hand::Deciding;
        review.reason.take().is_some() || was_editing
    }

    /// Shows the item that is up as it was before its last edit, as it is, or both.
    pub fn review_look(&mut self) {
        let Some(review) = &mut self.review else { return };
        let edited = review.current().and_then(|row| self.history.last_change_of(row.lid));
        if edited.is_none_or(|change| change.before.is_none()) {
            self.tell(NoticeLevel::Info, "This one was not edited here: it is shown as it came".to_owned());
            return;
        }
        let (look, said) = match review.look {
            super::Look::Both => (super::Look::Before, "Shown as it was before its last edit"),
            super::Look::Before => (super::Look::Now, "Shown as it is now"),
            super::Look::Now => (super::Look::Both, "Shown as it is, with a thin line where it was before"),
        };
        review.look = look;
        self.tell(NoticeLevel::Info, said.to_owned());
    }

    /// Begins to type a reason for asking for changes.
    pub fn review_ask_reason(&mut self) {
        let Some(row) = self.review.as_ref().and_then(Review::current).cloned() else { return };
        if let Err(why) = self.may_decide(&row) {
            self.tell(NoticeLevel::Warning, format!("Not {}: {why}", Decision::RequestChanges.text()));
            return;
        }
        if let Some(review) = &mut self.review {
            review.reason = Some(String::new());
        }
    }

    /// The item that is up, where it is loaded and may be changed; says why not otherwise.
    fn changeable_item(&mut self) -> Option<LocalId> {
        let row: QueueRow = self.review.as_ref()?.current()?.clone();
        self.document.get(row.lid)?;
        if !self.can_be_decided() {
            return None;
        }
        if let Err(why) = self.may_decide(&row) {
            self.tell(NoticeLevel::Warning, format!("Not changed: {why}"));
            return None;
        }
        Some(row.lid)
    }
}

/// What a decision does: the status, and why in `annotation_info` where there is a reason.
fn decision_edit(annotation: &Annotation, decision: Decision, reason: &str, user: &str) -> Edit {
    let lid = annotation.lid;
    let status = Edit::SetStatus { lid, status: decision.status() };
    let reason = reason.trim();
    if reason.is_empty() {
        return status;
    }
    let mut said = Map::new();
    said.insert("reason".to_owned(), reason.into());
    if !user.is_empty() {
        said.insert("by".to_owned(), user.into());
    }
    let mut info = annotation.info.to_map();
    info.insert(INFO.to_owned(), said.into());
    Edit::Batch(vec![status, Edit::SetInfo { lid, info: info.into() }])
}
