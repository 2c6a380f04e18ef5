//! From what is wanted and what is known to what has to be done: nothing is queued, everything is derived.

use super::content::{differing_fields, same_content};
use super::effect::PatchAction;
use super::record::{Acked, Hold, Record, Verb, View};
use crate::model::{Field, LocalId};
use std::collections::BTreeMap;

/// What has to happen next to one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// A person has to decide.
    Decide,
    /// Its fate is not known: read it back.
    ReadBack,
    /// As wanted, as far as we know; read it once more at this time (Unix milliseconds).
    Verify(i64),
    /// Its id is dead: it gets another one, as soon as nothing sent under the old one can land any more.
    NewSid,
    /// Create it.
    Post,
    /// Change it.
    Patch(PatchAction),
    /// Delete it.
    Delete,
}

/// Derives the next step.
#[must_use]
pub fn next_step(record: &Record) -> Step {
    match &record.hold {
        Some(Hold::Conflict { .. }) => {
            return if record.view == View::Unknown { Step::ReadBack } else { Step::Decide };
        }
        Some(Hold::Quarantined { rev, .. }) if *rev >= record.rev && record.view != View::Unknown => {
            return record.verify_after_ms.map_or(Step::Decide, Step::Verify);
        }
        _ => {}
    }
    let settled = record.verify_after_ms.map_or(Step::Nothing, Step::Verify);
    match (record.view, &record.desired, &record.base) {
        (View::Unknown, _, _) => Step::ReadBack,
        (View::Never | View::Absent, None, _) => settled,
        (View::Absent, Some(_), _) if needs_new_sid(record) => match settled {
            Step::Verify(at) => Step::Verify(at),
            _ => Step::NewSid,
        },
        (View::Never | View::Absent, Some(_), _) => Step::Post,
        (View::Present, None, _) => Step::Delete,
        (View::Present, Some(_), None) => Step::Patch(PatchAction::Overwrite),
        (View::Present, Some(desired), Some(base)) => {
            if same_content(desired, base) {
                settled
            } else if differing_fields(desired, base) == [Field::Status] {
                Step::Patch(PatchAction::MergeStatus)
            } else {
                Step::Patch(PatchAction::Overwrite)
            }
        }
    }
}

/// Whether the record's server id is dead (the server has acknowledged its deletion) while the annotation is wanted: an
/// undo of such a deletion. The engine gives it a new id itself, because only it knows when nothing can land under the
/// old one any more; whoever makes edits keeps the id that the record has.
#[must_use]
pub fn needs_new_sid(record: &Record) -> bool {
    record.view == View::Absent && record.desired.is_some() && record.acked != Acked::Never
}

/// The calls that would go out now, for the plan dialog and `push --dry-run`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// By input.
    pub inputs: BTreeMap<String, InputPlan>,
}

/// What would go out for one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputPlan {
    /// To be created.
    pub posts: Vec<LocalId>,
    /// To be changed.
    pub patches: Vec<LocalId>,
    /// To be deleted.
    pub deletes: Vec<LocalId>,
    /// To be read back first.
    pub read_backs: Vec<LocalId>,
    /// A person has to decide.
    pub conflicts: Vec<LocalId>,
    /// Refused by the server.
    pub problems: Vec<LocalId>,
}

impl Plan {
    /// How many annotations would be written.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.inputs.values().map(|input| input.posts.len() + input.patches.len() + input.deletes.len()).sum()
    }
}

/// Derives the plan of some records; clean ones do not appear.
pub fn plan<'a>(records: impl IntoIterator<Item = &'a Record>) -> Plan {
    let mut plan = Plan::default();
    for record in records {
        let step = next_step(record);
        if matches!(step, Step::Nothing | Step::Verify(_)) && record.hold.is_none() {
            continue;
        }
        let input = plan.inputs.entry(record.input_id.clone()).or_default();
        match (step, &record.hold) {
            (Step::ReadBack, _) => input.read_backs.push(record.lid),
            (Step::Post | Step::NewSid, _) => input.posts.push(record.lid),
            (Step::Patch(_), _) => input.patches.push(record.lid),
            (Step::Delete, _) => input.deletes.push(record.lid),
            (_, Some(Hold::Conflict { .. })) => input.conflicts.push(record.lid),
            (_, _) => input.problems.push(record.lid),
        }
    }
    plan
}

impl Step {
    /// The kind of write, if it is one.
    #[must_use]
    pub const fn verb(self) -> Option<Verb> {
        match self {
            Self::Post => Some(Verb::Post),
            Self::Patch(_) => Some(Verb::Patch),
            Self::Delete => Some(Verb::Delete),
            Self::Nothing | Self::Decide | Self::ReadBack | Self::Verify(_) | Self::NewSid => None,
        }
    }
}
