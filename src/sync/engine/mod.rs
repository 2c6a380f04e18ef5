//! The engine: events in, effects out. It holds every record that is not clean and decides what happens next; it never
//! sends, never waits and never reads a clock.

mod answers;
mod commits;
mod gates;
mod learn;
mod pull;
mod reads;
mod slot;
mod writes;

use super::bug::{Bug, Seeded};
use super::effect::{Call, Effect, Forget, Gate, PullState, SyncState};
use super::event::{Event, SendPolicy};
use super::record::{Hold, Record, Verb};
use crate::model::LocalId;
use commits::Pending;
use gates::{Gates, Passage};
use learn::Learned;
use pull::Pulls;
use reads::Read;
use slot::{Busy, Lane, Rules, Slot, Slots};
use std::collections::{BTreeMap, VecDeque};
use writes::{Burst, Write};

/// A request can land this long after it was sent: the client's timeout and what proxies hold on to.
pub(super) const T_LATE_MS: i64 = 120_000;
/// Reads may be this far behind writes.
const READ_LAG_MS: i64 = 5_000;
/// How old the last look at a copy may be before something is written on top of it.
const FRESH_MS: i64 = 60_000;
/// A call that the driver says nothing about for so long is over, and nobody knows how.
const CALL_PATIENCE_MS: i64 = 300_000;
/// If the clock is set back by more than this, deadlines are drawn in.
const CLOCK_SLACK_MS: i64 = 1_000;

/// Holds every record that is not clean, and decides.
#[derive(Debug)]
pub struct Engine {
    bug: Seeded,
    epoch: u64,
    next_id: u64,
    now_ms: i64,
    phase: Phase,
    policy: SendPolicy,
    slots: Slots,
    gates: Gates,
    pending: BTreeMap<u64, Pending>,
    write: Write,
    read: Read,
    burst: Option<Burst>,
    /// Parts of batches that were refused whole, each to be sent on its own.
    bisect: VecDeque<Vec<LocalId>>,
    pulls: Pulls,
    shown: Option<SyncState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    Stopping,
    Stopped,
}

/// What a step of the engine needs from outside, and what it wants done.
struct Cx<'a> {
    random: &'a mut dyn FnMut() -> u64,
    effects: Vec<Effect>,
}

impl Engine {
    /// An engine that knows of nothing yet; [`Event::Loaded`] comes first.
    #[must_use]
    pub fn new() -> Self {
        Self {
            bug: Seeded::default(),
            epoch: 1,
            next_id: 1,
            now_ms: i64::MIN,
            phase: Phase::Running,
            policy: SendPolicy::default(),
            slots: Slots::default(),
            gates: Gates::default(),
            pending: BTreeMap::new(),
            write: Write::Idle,
            read: Read::Idle,
            burst: None,
            bisect: VecDeque::new(),
            pulls: Pulls::default(),
            shown: None,
        }
    }

    /// One that is wrong on purpose, for the tests of the tests.
    #[doc(hidden)]
    #[must_use]
    pub fn with_seeded_bug(bug: Bug) -> Self {
        Self { bug: Seeded::with(bug), ..Self::new() }
    }

    /// Grows with every [`Event::AccountSwitched`]; effects of an older one are not to be carried out.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The record of that annotation, if it is held (it need not be clean).
    #[must_use]
    pub fn record(&self, lid: LocalId) -> Option<&Record> {
        self.slots.get(lid).map(|slot| &slot.record)
    }

    /// Takes one event and says what to do. `now_ms`: Unix milliseconds; `random`: any 64 bits.
    pub fn handle(&mut self, event: Event, now_ms: i64, random: &mut impl FnMut() -> u64) -> Vec<Effect> {
        let mut cx = Cx { random, effects: Vec::new() };
        self.notice_clock(now_ms);
        self.take(event, &mut cx);
        self.give_up_on_silent_calls(&mut cx);
        self.pump_local(&mut cx);
        self.pump_reads(&mut cx);
        self.pump_writes(&mut cx);
        self.report(&mut cx);
        cx.effects
    }

    fn take(&mut self, event: Event, cx: &mut Cx<'_>) {
        match event {
            Event::Loaded(records) => self.loaded(records),
            Event::NeverEdited => {
                self.pulls.not_before_ms = self.now_ms;
                self.pulls.news_until_ms = self.now_ms;
            }
            Event::LocalEdit(records) => self.edited(records),
            Event::Tick => {}
            Event::Committed { token, stale } => self.committed(token, &stale, cx),
            Event::Answer { call_id, answer } => self.answered(call_id, answer, cx),
            Event::Page { call_id, rows, passed_over, known } => self.page(call_id, rows, passed_over, known, cx),
            Event::LocalListing { pull_id, records } => self.local_listing(pull_id, records, cx),
            Event::Pull(scope) => self.pulls.want(scope),
            Event::StopPulling => self.pulls.stop(),
            Event::KeyChanged => self.gates.resume(),
            Event::RetryNow => {
                self.gates.resume();
                let now_ms = self.now_ms;
                self.each_slot(|slot| slot.calm_until_ms = slot.calm_until_ms.min(now_ms));
            }
            Event::SendPolicy(policy) => {
                if policy != self.policy {
                    self.policy = policy;
                    self.each_slot(|slot| slot.released_rev = None);
                }
            }
            Event::SendNow => {
                self.burst = None;
                self.each_slot(|slot| slot.released_rev = Some(slot.record.rev));
            }
            Event::Resolve { lid, resolution } => self.decide(lid, Learned::Resolved(resolution), cx),
            Event::Retry { lid } => self.decide(lid, Learned::Retry, cx),
            Event::Discard { lid } => self.decide(lid, Learned::Discard, cx),
            Event::AccountSwitched => self.switch_account(),
            Event::Shutdown => self.phase = Phase::Stopping,
        }
    }

    /// What every slot is placed by.
    const fn rules(&self) -> Rules {
        Rules { policy: self.policy, bug: self.bug, now_ms: self.now_ms }
    }

    const fn new_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn update<R>(&mut self, lid: LocalId, change: impl FnOnce(&mut Slot) -> R) -> Option<R> {
        let rules = self.rules();
        self.slots.update(lid, rules, change)
    }

    fn each_slot(&mut self, change: impl Fn(&mut Slot)) {
        for lid in self.slots.lids() {
            self.update(lid, &change);
        }
    }

    fn loaded(&mut self, records: Vec<Record>) {
        let rules = self.rules();
        // Whatever was written just before the last end of the program may not show up in reads yet.
        self.pulls.not_before_ms = self.now_ms + READ_LAG_MS;
        self.pulls.news_until_ms = self.now_ms + READ_LAG_MS;
        for record in records {
            let mut slot = Slot::new(record);
            slot.fence(self.now_ms, self.bug);
            self.slots.insert(slot, rules);
        }
    }

    fn edited(&mut self, records: Vec<Record>) {
        for record in records {
            let lid = record.lid;
            if self.slots.get(lid).is_none() {
                let rules = self.rules();
                let mut slot = Slot::new(record);
                slot.fence_ms = self.pulls.news_until_ms;
                self.slots.insert(slot, rules);
            } else {
                let bug = self.bug;
                self.update(lid, |slot| take_edit(slot, record, bug));
            }
            let now_ms = self.now_ms;
            let burst = self.burst.get_or_insert(Burst { first_ms: now_ms, last_ms: now_ms });
            burst.last_ms = now_ms;
        }
    }

    /// A person's decision about a record that is on hold.
    fn decide(&mut self, lid: LocalId, learned: Learned, cx: &mut Cx<'_>) {
        let Some(slot) = self.slots.get(lid).filter(|slot| slot.busy == Busy::No) else { return };
        let fits = match slot.record.hold {
            Some(Hold::Conflict { .. }) => matches!(learned, Learned::Resolved(_)),
            Some(Hold::Quarantined { .. }) => !matches!(learned, Learned::Resolved(_)),
            None => false,
        };
        if fits {
            self.commit(vec![(lid, learned)], commits::Then::Nothing, cx);
        }
    }

    fn switch_account(&mut self) {
        let fresh = Self {
            bug: self.bug,
            epoch: self.epoch + 1,
            next_id: self.next_id,
            now_ms: self.now_ms,
            policy: self.policy,
            ..Self::new()
        };
        let old = std::mem::replace(self, fresh);
        if self.bug.has(Bug::AccountSwitchKeepsTheOutbox) {
            self.slots = old.slots;
            self.each_slot(|slot| slot.busy = Busy::No);
        }
    }

    /// If the clock was set back, nothing may wait for the old time to come again.
    fn notice_clock(&mut self, now_ms: i64) {
        let before_ms = std::mem::replace(&mut self.now_ms, now_ms);
        if now_ms >= before_ms.saturating_sub(CLOCK_SLACK_MS) {
            return;
        }
        self.gates.clock_went_back(now_ms);
        self.burst = None;
        self.pulls.clock_went_back(now_ms);
        self.read.clock_went_back(now_ms);
        self.write.clock_went_back(now_ms);
        self.each_slot(|slot| {
            slot.calm_until_ms = slot.calm_until_ms.min(now_ms + READ_LAG_MS);
            slot.fence_ms = slot.fence_ms.min(now_ms + READ_LAG_MS);
            slot.look_at_ms = slot.look_at_ms.map(|at| at.min(now_ms));
            slot.seen_ms = None;
        });
    }

    /// What needs no call: new ids for dead ones, and forgetting what is settled.
    fn pump_local(&mut self, cx: &mut Cx<'_>) {
        if self.phase != Phase::Running {
            return;
        }
        let local = self.slots.due(Lane::Local, self.now_ms);
        let local: Vec<_> = local.map(|slot| (slot.record.lid, slot.has_outdated_hold())).collect();
        if !local.is_empty() {
            let learn = |(lid, outdated)| {
                let learned = if outdated { Learned::Retry } else { Learned::NewSid(self.sid_for(lid, cx)) };
                (lid, learned)
            };
            let learned = local.into_iter().map(learn).collect();
            self.commit(learned, commits::Then::Nothing, cx);
        }
        let settled: Vec<(LocalId, Option<Forget>)> = self
            .slots
            .due(Lane::Evict, self.now_ms)
            .map(|slot| {
                let tombstone = slot.record.desired.is_none() && slot.record.hold.is_none();
                (slot.record.lid, tombstone.then_some(Forget { lid: slot.record.lid, rev: slot.record.rev }))
            })
            .collect();
        let forget: Vec<Forget> = settled.iter().filter_map(|(_, forget)| *forget).collect();
        for (lid, _) in settled {
            self.slots.remove(lid);
        }
        if !forget.is_empty() {
            self.commit_forgetting(forget, cx);
        }
    }

    fn sid_for(&self, lid: LocalId, cx: &mut Cx<'_>) -> String {
        if self.bug.has(Bug::UndoReusesADeadId) {
            return self.slots.get(lid).map(|slot| slot.record.sid.clone()).unwrap_or_default();
        }
        let (high, low) = ((cx.random)(), (cx.random)());
        format!("{:032x}", uuid_v7(self.now_ms, high, low))
    }

    /// The pill and the alarm clock.
    fn report(&mut self, cx: &mut Cx<'_>) {
        let mut state = self.slots.counts();
        state.pull = if self.pulls.is_idle() { PullState::Idle } else { PullState::Running };
        state.gate = match (self.phase, self.gates.shown(self.now_ms)) {
            (Phase::Stopping | Phase::Stopped, _) => Gate::Stopping,
            (Phase::Running, Gate::Online) if self.policy == SendPolicy::WhenISay => Gate::HeldBack,
            (Phase::Running, gate) => gate,
        };
        if self.shown.as_ref() != Some(&state) {
            self.shown = Some(state.clone());
            cx.effects.push(Effect::State(state));
        }
        if self.phase == Phase::Running {
            if let Some(at) = self.wake_at() {
                cx.effects.push(Effect::WakeAt(at.max(self.now_ms + 1)));
            }
        } else if self.phase == Phase::Stopping
            && self.pending.is_empty()
            && self.read.is_idle()
            && !matches!(self.write, Write::Flying(_))
        {
            self.phase = Phase::Stopped;
            cx.effects.push(Effect::Stopped);
        }
    }

    /// When there is something to do if nothing happens before.
    fn wake_at(&self) -> Option<i64> {
        let local = [Lane::Local, Lane::Evict].into_iter().filter_map(|lane| self.slots.first_due_ms(lane));
        let silent = [self.read.flying_since_ms(), self.write.flying_since_ms()];
        let silent = silent.into_iter().flatten().map(|since| since + CALL_PATIENCE_MS);
        let open_at = match self.gates.passage(self.now_ms, self.bug) {
            Passage::Open | Passage::ProbeOnly => Some(self.now_ms),
            Passage::ClosedUntil(at) => Some(at),
            Passage::Closed => None,
        };
        let open_at = open_at.map(|at| at.max(self.gates.rate_allows_at(self.bug)));
        let calls = [self.next_read_ms(), self.next_write_ms()].into_iter().flatten();
        let calls = calls.filter_map(|due| open_at.map(|open| due.max(open)));
        local.chain(silent).chain(calls).min()
    }

    /// Sends a call, which is within the rate.
    fn send(&mut self, call_id: u64, call: Call, cx: &mut Cx<'_>) {
        self.gates.sent(self.now_ms);
        cx.effects.push(Effect::Send { epoch: self.epoch, call_id, call });
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes an edit into a slot that is held: what the engine owns is newer here than in the row.
fn take_edit(slot: &mut Slot, row: Record, bug: Seeded) {
    if row.rev <= slot.record.rev {
        return;
    }
    slot.record.desired = row.desired;
    slot.record.rev = row.rev;
    if let Some(desired) = &mut slot.record.desired {
        desired.id.clone_from(&slot.record.sid);
    }
    if bug.has(Bug::EditOfARefusedItemIsNotTried)
        && let Some(Hold::Quarantined { rev, .. }) = &mut slot.record.hold
    {
        *rev = slot.record.rev;
    }
    let creating = slot.record.flight.is_some_and(|flight| flight.verb == Verb::Post);
    if bug.has(Bug::DeleteForgetsTheFlyingCreate) && slot.record.desired.is_none() && creating {
        slot.record.view = super::View::Never;
        slot.record.flight = None;
        slot.record.echoes.clear();
        slot.record.verify_after_ms = None;
    }
}

/// A version 7 UUID from a time and random bits.
fn uuid_v7(now_ms: i64, high: u64, low: u64) -> u128 {
    let millis = u128::from(now_ms.unsigned_abs() & 0xffff_ffff_ffff);
    (millis << 80) | (0x7 << 76) | (u128::from(high & 0xfff) << 64) | (0b10 << 62) | u128::from(low >> 2)
}
