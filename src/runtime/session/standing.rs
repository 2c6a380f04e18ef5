//! The session's part in what people see of the sync: marks, the pill, decisions about conflicts.

use super::super::clock::local_time;
use super::super::messages::{Event, Keep, NoticeLevel, Pull, Sending, SyncGate, SyncStatus};
use super::super::trouble::{Conflict, Mark};
use super::network::Blocked;
use super::{Net, Session};
use crate::api;
use crate::geometry::Size;
use crate::model::{InputId, LocalId};
use crate::sync::{self, Gate, Hold, Record, Resolution, Side, Step, model_from_wire, next_step, same_content, shown};

/// A decision that the engine has not carried out yet, and the server's copy about which it was made.
#[derive(Debug)]
pub(super) struct Decision {
    keep: Keep,
    theirs: Option<Box<api::Annotation>>,
}

impl Session {
    /// Settles a conflict. Where the record is being sent or read just now, the engine is asked again after that.
    pub(super) fn decide(&mut self, lid: LocalId, keep: Keep) {
        if let Some(Hold::Conflict { theirs, .. }) = self.engine.record(lid).and_then(|record| record.hold.as_ref()) {
            self.decisions.insert(lid, Decision { keep, theirs: theirs.clone() });
            self.decide_again();
        }
    }

    /// Decisions that could not be carried out yet. One that was made about another copy than the server has by now is
    /// dropped: nothing is overwritten that nobody saw.
    pub(super) fn decide_again(&mut self) {
        for (lid, decision) in std::mem::take(&mut self.decisions) {
            let Some(Hold::Conflict { theirs, fields }) =
                self.engine.record(lid).and_then(|record| record.hold.as_ref())
            else {
                continue; // it is settled
            };
            let same = match (theirs, &decision.theirs) {
                (Some(now), Some(then)) => same_content(now, then),
                (None, None) => true,
                _ => false,
            };
            if !same {
                let text =
                    "The server's copy changed again while you decided; the conflict stays open, nothing is lost";
                self.out.notice(NoticeLevel::Warning, text);
                continue;
            }
            let resolution = resolution(decision.keep, theirs.is_some(), fields);
            self.decisions.insert(lid, decision);
            self.engine_event(sync::Event::Resolve { lid, resolution });
        }
    }

    pub(super) fn tell_marks(&self, rows: &[Record]) {
        self.tell(rows.iter().map(|record| self.mark(record)).collect());
    }

    /// The same of what the engine holds; what it has let go is read.
    pub(super) fn tell_marks_of(&self, lids: &[LocalId]) {
        let mark = |lid: &LocalId| match self.engine.record(*lid) {
            Some(record) => Some(self.mark(record)),
            None => self.reader.record(*lid).ok().flatten().map(|record| self.mark(&record)),
        };
        self.tell(lids.iter().filter_map(mark).collect());
    }

    fn mark(&self, record: &Record) -> (LocalId, Mark) {
        (record.lid, mark_of(record, self.size_of(&InputId(record.input_id.clone())).0))
    }

    fn tell(&self, marks: Vec<(LocalId, Mark)>) {
        if !marks.is_empty() {
            self.out.tell(Event::Marks(marks));
        }
    }
}

/// "Mine" speaks of the fields that clash; what another changed elsewhere is merged, not taken back.
fn resolution(keep: Keep, theirs_exist: bool, fields: &[crate::model::Field]) -> Resolution {
    match keep {
        Keep::Theirs => Resolution::Theirs,
        Keep::Mine if theirs_exist && !fields.is_empty() => {
            Resolution::Fields(fields.iter().map(|field| (*field, Side::Mine)).collect())
        }
        Keep::Mine => Resolution::Mine,
    }
}

/// How a record stands with the server.
pub(super) fn mark_of(record: &Record, size: Size) -> Mark {
    match &record.hold {
        Some(Hold::Quarantined { reason, req_id, .. }) => {
            return Mark::Problem { reason: reason.clone(), req_id: req_id.clone() };
        }
        Some(Hold::Conflict { theirs, fields }) => {
            let read = |wire: &api::Annotation| model_from_wire(wire, record.lid, size);
            return Mark::Conflict(Box::new(Conflict {
                input: InputId(record.input_id.clone()),
                base: record.base.as_ref().map(read),
                mine: shown(record, size),
                theirs: theirs.as_deref().map(read),
                fields: fields.clone(),
            }));
        }
        None => {}
    }
    match next_step(record) {
        Step::Verify(_) if sync::needs_new_sid(record) => Mark::Unsent,
        Step::Nothing | Step::Verify(_) => Mark::Synced,
        Step::ReadBack if record.flight.is_none() => Mark::Unknown,
        _ if record.desired.is_none() => Mark::Synced, // nothing is shown that could wear a mark
        _ => Mark::Unsent,
    }
}

pub(super) const fn policy(sending: Sending) -> sync::SendPolicy {
    match sending {
        Sending::AsEdited => sync::SendPolicy::AsEdited,
        Sending::WhenISay => sync::SendPolicy::WhenISay,
    }
}

pub(super) fn status_of(state: &sync::SyncState, net: Option<&Net>) -> SyncStatus {
    let gate = match &state.gate {
        Gate::Online => SyncGate::Online,
        Gate::Stopping | Gate::HeldBack => SyncGate::Held,
        Gate::AuthPaused { reason } => {
            let blocked = net.and_then(|net| net.blocked.as_ref());
            blocked.map_or_else(|| SyncGate::KeyRefused(reason.clone()), Blocked::gate)
        }
        Gate::Misconfigured { reason } => SyncGate::Misconfigured(reason.clone()),
        Gate::Breaker { reason, .. } | Gate::Offline { reason, .. } => SyncGate::Offline(reason.clone()),
        Gate::Throttled { until_ms } => SyncGate::Waiting { until: local_time(*until_ms) },
    };
    SyncStatus {
        unsent: state.unsent,
        sending: state.sending,
        unknown: state.unknown,
        conflicts: state.conflicts,
        problems: state.problems,
        pull: match state.pull {
            sync::PullState::Idle => Pull::Idle,
            sync::PullState::Running => Pull::Running,
        },
        gate,
    }
}
