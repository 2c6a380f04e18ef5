//! Decisions about many at once, and giving work to others. Always after a look, always one step of undo.

use super::{Decision, Review};
use crate::model::{Edit, EntryKind, LocalId};
use crate::runtime::{Assignment, NoticeLevel, QueueRow, Request};
use crate::ui::editor::Editor;
use std::collections::{BTreeMap, HashSet};

/// What would be done to many, before it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What.
    pub what: What,
    /// To these, in the order of the queue.
    pub lids: Vec<LocalId>,
    /// On so many images.
    pub images: usize,
    /// How many with each label, the most first.
    pub by_concept: Vec<(String, usize)>,
    /// Items that would be left out, and why.
    pub left_out: Vec<(String, usize)>,
}

/// What is done to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A decision.
    Decide(Decision),
    /// They are given to this user (as typed so far).
    Assign(String),
}

impl What {
    /// The verb, for a heading and a button.
    #[must_use]
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Decide(Decision::Accept) => "Accept",
            Self::Decide(Decision::Reject) => "Reject",
            Self::Decide(Decision::RequestChanges) => "Request changes of",
            Self::Assign(_) => "Assign",
        }
    }
}

impl Editor {
    /// What would be done to everything in the queue that is not decided yet.
    #[must_use]
    pub fn plan_all(&self, what: What) -> Option<Plan> {
        let review = self.review.as_ref()?;
        let undecided: Vec<&QueueRow> = review.rows.iter().filter(|row| !review.decided.contains(&row.lid)).collect();
        Some(self.plan(what, &undecided))
    }

    /// What would be done to these items of the queue.
    #[must_use]
    pub fn plan_these(&self, what: What, lids: &[LocalId]) -> Option<Plan> {
        let review = self.review.as_ref()?;
        let rows: Vec<&QueueRow> =
            lids.iter().filter_map(|lid| review.place_of(*lid).map(|place| &review.rows[place])).collect();
        Some(self.plan(what, &rows))
    }

    fn plan(&self, what: What, rows: &[&QueueRow]) -> Plan {
        let mut by_concept: BTreeMap<String, usize> = BTreeMap::new();
        let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
        let mut images = HashSet::new();
        let mut lids = Vec::new();
        for row in rows {
            let allowed = match &what {
                What::Decide(_) => self.may_decide(row),
                What::Assign(_) => self.may_assign(),
            };
            if let Err(why) = allowed {
                *left_out.entry(why).or_default() += 1;
                continue;
            }
            lids.push(row.lid);
            images.insert(&row.input);
            *by_concept.entry(self.queue_text(row)).or_default() += 1;
        }
        let mut by_concept: Vec<(String, usize)> = by_concept.into_iter().collect();
        by_concept.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Plan { what, lids, images: images.len(), by_concept, left_out: left_out.into_iter().collect() }
    }

    /// Does what was planned, as one step.
    pub fn carry_out_plan(&mut self, plan: Plan) {
        match plan.what {
            What::Decide(decision) => self.decide_many(&plan.lids, decision),
            What::Assign(user) => self.assign_many(&plan.lids, user.trim()),
        }
    }

    /// Decides about all of these as one step, wherever they are.
    pub fn decide_many(&mut self, lids: &[LocalId], decision: Decision) {
        if lids.is_empty() {
            return;
        }
        let status = decision.status();
        let edit = Edit::Batch(lids.iter().map(|lid| Edit::SetStatus { lid: *lid, status }).collect());
        let before = self.last_step();
        if !self.edit_anywhere(edit) {
            return;
        }
        let step = self.last_step();
        if step != before && self.is_under_way(step) {
            return; // the review follows when the store has answered
        }
        if let Some(review) = &mut self.review {
            for lid in lids {
                review.decided.insert(*lid);
                if let Some(place) = review.place_of(*lid) {
                    review.rows[place].status = status;
                }
            }
        }
        if self.review.as_ref().and_then(Review::current).is_some_and(|row| lids.contains(&row.lid)) {
            self.go_to_next_undecided();
        }
    }

    /// Gives copies of these to another user as pending work. The originals stay as they are: the server knows no change
    /// of hands, only an annotation in another's name.
    pub fn assign_many(&mut self, lids: &[LocalId], user: &str) {
        if lids.is_empty() || user.is_empty() {
            return;
        }
        if let Err(why) = self.may_assign() {
            self.tell(NoticeLevel::Warning, format!("Not assigned: {why}"));
            return;
        }
        let seq = self.hold_place(EntryKind::Do, format!("assign {} to {user}", lids.len()));
        let assignment = Assignment { seq, lids: lids.to_vec(), user: user.to_owned() };
        self.outbox.push(Request::Assign(Box::new(assignment)));
    }
}
