//! The records that the engine holds, sorted by what is to be done with them and when: an event costs what it touches,
//! not what is held.

use super::{CLOCK_SLACK_MS, FRESH_MS, READ_LAG_MS, T_LATE_MS};
use crate::api;
use crate::model::LocalId;
use crate::sync::bug::{Bug, Seeded};
use crate::sync::effect::{Key, PatchAction, SyncState};
use crate::sync::event::SendPolicy;
use crate::sync::plan::{Step, next_step};
use crate::sync::record::{Flight, Hold, Record, Verb, View};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A record that is not clean, or was not until a minute ago.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) record: Record,
    pub(super) busy: Busy,
    /// Not before this: a backoff of its own, or until reads can be trusted.
    pub(super) calm_until_ms: i64,
    /// What was asked of the server before this proves nothing about it.
    pub(super) fence_ms: i64,
    /// When the server's copy was last known for certain.
    pub(super) seen_ms: Option<i64>,
    /// Look at the server's copy at this time, whatever else is to be done.
    pub(super) look_at_ms: Option<i64>,
    /// The server says that its id is taken.
    pub(super) id: IdStanding,
    /// The revision that the person let go.
    pub(super) released_rev: Option<u64>,
    /// Part of a batch that was refused: sent with those only.
    pub(super) bisecting: Bisecting,
    place: Option<(Lane, i64)>,
    class: Option<Class>,
}

/// What is under way for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Busy {
    No,
    /// A commit, by token.
    Committing(u64),
    /// Durable as unknown, and not on the wire yet.
    Leaving,
    /// A call, by id.
    Writing(u64),
    /// A call, by id.
    Reading(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdStanding {
    Free,
    /// A POST was answered with "duplicate".
    Taken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bisecting {
    No,
    Yes,
}

/// Where a slot waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// Something that needs no call.
    Local,
    /// To be read.
    Read,
    /// To be written.
    Write(Verb, PatchAction),
    /// To be written when the person says so.
    HeldBack,
    /// To be forgotten.
    Evict,
}

/// How a slot counts in the pill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Unsent,
    Sending,
    Unknown,
    Suspect,
    Conflict,
    Problem,
}

/// What all slots depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) policy: SendPolicy,
    pub(super) bug: Seeded,
    pub(super) now_ms: i64,
}

impl Slot {
    pub(super) fn new(record: Record) -> Self {
        Self {
            record,
            busy: Busy::No,
            calm_until_ms: i64::MIN,
            fence_ms: i64::MIN,
            seen_ms: None,
            look_at_ms: None,
            id: IdStanding::Free,
            released_rev: None,
            bisecting: Bisecting::No,
            place: None,
            class: None,
        }
    }

    /// Reads that are asked from now on may be behind what was just written.
    pub(super) fn fence(&mut self, now_ms: i64, bug: Seeded) {
        if !bug.has(Bug::ReadsAreTrustedAtOnce) {
            self.fence_ms = now_ms + READ_LAG_MS;
        }
    }

    /// The server's copy was seen. If it is not the one that was known, a read that is asked soon after may be behind
    /// this one and must not be taken for yet another change.
    pub(super) fn saw(&mut self, remote: Option<&api::Annotation>, asked_at_ms: i64, now_ms: i64, bug: Seeded) {
        self.seen_ms = Some(asked_at_ms);
        if remote.is_some() {
            self.id = IdStanding::Free;
        }
        if remote != self.record.base.as_ref() {
            self.fence(now_ms, bug);
        }
    }

    /// A clock that was ahead, in this run or an earlier one, must not put anything off until its time comes: what was
    /// sent by it counts as sent now. One millisecond apart, because the time is a part of a doubtful write's name.
    fn nothing_was_sent_after(&mut self, now_ms: i64) {
        let record = &mut self.record;
        if record.verify_after_ms.is_none_or(|at| at <= now_ms + T_LATE_MS + CLOCK_SLACK_MS) {
            return;
        }
        let mut sent_ms = now_ms;
        for echo in record.echoes.iter_mut().rev().filter(|echo| echo.sent_at_ms > now_ms) {
            let is_flight = |f: &&mut Flight| (f.verb, f.rev, f.sent_at_ms) == (echo.verb, echo.rev, echo.sent_at_ms);
            if let Some(flight) = record.flight.as_mut().filter(is_flight) {
                flight.sent_at_ms = sent_ms;
            }
            echo.sent_at_ms = sent_ms;
            sent_ms -= 1;
        }
        record.verify_after_ms = Some(now_ms + T_LATE_MS);
    }

    /// Whether what is known of the server's copy is too old to write on top of it.
    pub(super) fn is_stale(&self, now_ms: i64) -> bool {
        let may_be_there = self.record.base.is_some() || !self.record.echoes.is_empty();
        may_be_there && self.seen_ms.is_none_or(|seen| now_ms - seen > FRESH_MS)
    }

    fn lane(&self, rules: Rules) -> Option<(Lane, i64)> {
        if self.busy != Busy::No {
            return None;
        }
        let readable = self.fence_ms.max(self.calm_until_ms);
        if let Some(at) = self.look_at_ms {
            return Some((Lane::Read, at.max(readable)));
        }
        let step = self.step(rules);
        if self.has_outdated_hold() && step.verb().is_none() && step != Step::ReadBack {
            return Some((Lane::Local, self.calm_until_ms));
        }
        Some(match step {
            Step::Nothing => {
                (Lane::Evict, self.fence_ms.max(self.seen_ms.unwrap_or(i64::MIN)).saturating_add(FRESH_MS))
            }
            Step::Decide => return None,
            Step::ReadBack => (Lane::Read, readable),
            // A clock that was set back must not put the check off for a year.
            Step::Verify(at) => (Lane::Read, at.min(rules.now_ms + T_LATE_MS).max(readable)),
            Step::NewSid => (Lane::Local, self.calm_until_ms),
            Step::Post | Step::Patch(_) | Step::Delete => {
                let held = rules.policy == SendPolicy::WhenISay && self.released_rev != Some(self.record.rev);
                if held && !rules.bug.has(Bug::HoldIsIgnored) {
                    return Some((Lane::HeldBack, i64::MAX));
                }
                (write_lane(step), self.calm_until_ms)
            }
        })
    }

    /// Whether what was refused was edited since. Where nothing is to be sent after that edit (it was taken back, say),
    /// sending does not end the hold.
    pub(super) fn has_outdated_hold(&self) -> bool {
        matches!(&self.record.hold, Some(Hold::Quarantined { rev, .. }) if *rev < self.record.rev)
    }

    fn step(&self, rules: Rules) -> Step {
        let step = next_step(&self.record);
        let raw_differs = || match (&self.record.desired, &self.record.base) {
            (Some(a), Some(b)) => region_ids(a) != region_ids(b),
            _ => false,
        };
        if rules.bug.has(Bug::RegionIdsAreContent) && step == Step::Nothing && raw_differs() {
            return Step::Patch(PatchAction::Overwrite);
        }
        // The id is taken by something that is not there (any more): nothing will ever be created under it.
        if step == Step::Post && self.id == IdStanding::Taken && self.record.view == View::Absent {
            return match self.record.verify_after_ms {
                Some(at) => Step::Verify(at),
                None => Step::NewSid,
            };
        }
        step
    }

    fn class(&self) -> Option<Class> {
        match (&self.record.hold, self.busy) {
            (Some(Hold::Conflict { .. }), _) => return Some(Class::Conflict),
            (Some(Hold::Quarantined { rev, .. }), _) if *rev >= self.record.rev => return Some(Class::Problem),
            (_, Busy::Leaving | Busy::Writing(_)) => return Some(Class::Sending),
            _ if self.record.view == View::Unknown => return Some(Class::Unknown),
            _ => {}
        }
        match next_step(&self.record) {
            // An undone deletion waits until nothing can land under its dead id: the server does not have it.
            Step::Verify(_) if super::super::plan::needs_new_sid(&self.record) => Some(Class::Unsent),
            Step::Verify(_) => Some(Class::Suspect),
            Step::Post | Step::Patch(_) | Step::Delete | Step::NewSid => Some(Class::Unsent),
            _ => None,
        }
    }
}

fn region_ids(annotation: &api::Annotation) -> Vec<&str> {
    annotation.data.iter().flat_map(|data| data.regions.iter().map(|region| region.id.as_str())).collect()
}

fn write_lane(step: Step) -> Lane {
    match step {
        Step::Patch(action) => Lane::Write(Verb::Patch, action),
        Step::Delete => Lane::Write(Verb::Delete, PatchAction::Overwrite),
        _ => Lane::Write(Verb::Post, PatchAction::Overwrite),
    }
}

/// All slots.
#[derive(Debug, Default)]
pub(super) struct Slots {
    held: BTreeMap<LocalId, Slot>,
    keys: HashMap<Key, LocalId>,
    lanes: BTreeMap<Lane, BTreeSet<(i64, LocalId)>>,
    counts: SyncState,
}

impl Slots {
    pub(super) fn get(&self, lid: LocalId) -> Option<&Slot> {
        self.held.get(&lid)
    }

    pub(super) fn by_key(&self, key: &Key) -> Option<LocalId> {
        self.keys.get(key).copied()
    }

    pub(super) fn lids(&self) -> Vec<LocalId> {
        self.held.keys().copied().collect()
    }

    /// Puts a slot in, in place of what was there.
    pub(super) fn insert(&mut self, slot: Slot, rules: Rules) {
        let lid = slot.record.lid;
        self.remove(lid);
        self.keys.insert(Key::of(&slot.record), lid);
        self.held.insert(lid, slot);
        self.update(lid, rules, |_| {});
    }

    pub(super) fn remove(&mut self, lid: LocalId) {
        if let Some(slot) = self.held.remove(&lid) {
            self.unplace(lid, slot.place);
            self.count(slot.class, None);
            self.keys.remove(&Key::of(&slot.record));
        }
    }

    /// Changes a slot and puts it where it belongs now.
    pub(super) fn update<R>(&mut self, lid: LocalId, rules: Rules, change: impl FnOnce(&mut Slot) -> R) -> Option<R> {
        let slot = self.held.get_mut(&lid)?;
        let old_sid = slot.record.sid.clone();
        let result = change(slot);
        slot.nothing_was_sent_after(rules.now_ms);
        if slot.record.sid != old_sid {
            let key = Key::of(&slot.record);
            self.keys.remove(&Key { sid: old_sid, ..key.clone() });
            self.keys.insert(key, lid);
        }
        let (old_place, old_class) = (slot.place, slot.class);
        slot.place = slot.lane(rules);
        slot.class = slot.class();
        let (place, class) = (slot.place, slot.class);
        if place != old_place {
            self.unplace(lid, old_place);
            if let Some((lane, at)) = place {
                self.lanes.entry(lane).or_default().insert((at, lid));
            }
        }
        self.count(old_class, class);
        Some(result)
    }

    /// Those of a lane that are due, the longest waiting first.
    pub(super) fn due(&self, lane: Lane, now_ms: i64) -> impl Iterator<Item = &Slot> {
        let waiting = self.lanes.get(&lane).into_iter().flatten();
        waiting.take_while(move |(at, _)| *at <= now_ms).filter_map(|(_, lid)| self.held.get(lid))
    }

    /// When the first of a lane is due.
    pub(super) fn first_due_ms(&self, lane: Lane) -> Option<i64> {
        self.lanes.get(&lane).and_then(|waiting| waiting.first()).map(|(at, _)| *at)
    }

    /// The lanes of writes that are not empty.
    pub(super) fn write_lanes(&self) -> impl Iterator<Item = (Lane, i64)> {
        let is_write = |lane: &Lane| matches!(lane, Lane::Write(..));
        self.lanes.iter().filter(move |(lane, _)| is_write(lane)).filter_map(|(lane, w)| Some((*lane, w.first()?.0)))
    }

    /// The counts of the pill.
    pub(super) fn counts(&self) -> SyncState {
        self.counts.clone()
    }

    fn unplace(&mut self, lid: LocalId, place: Option<(Lane, i64)>) {
        if let Some((lane, at)) = place
            && let Some(waiting) = self.lanes.get_mut(&lane)
        {
            waiting.remove(&(at, lid));
            if waiting.is_empty() {
                self.lanes.remove(&lane);
            }
        }
    }

    fn count(&mut self, old: Option<Class>, new: Option<Class>) {
        if old == new {
            return;
        }
        if let Some(counter) = old.map(|class| self.counter(class)) {
            *counter = counter.saturating_sub(1);
        }
        if let Some(counter) = new.map(|class| self.counter(class)) {
            *counter += 1;
        }
    }

    fn counter(&mut self, class: Class) -> &mut usize {
        match class {
            Class::Unsent => &mut self.counts.unsent,
            Class::Sending => &mut self.counts.sending,
            Class::Unknown => &mut self.counts.unknown,
            Class::Suspect => &mut self.counts.suspect,
            Class::Conflict => &mut self.counts.conflicts,
            Class::Problem => &mut self.counts.problems,
        }
    }
}
