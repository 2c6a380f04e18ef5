//! Writes: one batch at a time, first `Unknown` on the disk, then the first byte.

use super::commits::Then;
use super::gates::Passage;
use super::learn::{Landing, Learned};
use super::slot::{Bisecting, Busy, Lane};
use super::{CALL_PATIENCE_MS, Cx, Engine, Phase};
use crate::api::{self, MAX_ANNOTATIONS_PER_CALL};
use crate::model::LocalId;
use crate::sync::bug::Bug;
use crate::sync::content::Digest;
use crate::sync::effect::{Call, Key, PatchAction};
use crate::sync::event::{Answer, SendPolicy};
use crate::sync::record::{Record, Verb};

/// The most that one body may hold.
const MAX_BODY_BYTES: usize = 1 << 20;
const DEBOUNCE_MS: i64 = 250;
const DEBOUNCE_MAX_MS: i64 = 2_000;

/// Edits that follow each other closely go out together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burst {
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
}

impl Burst {
    fn over_at_ms(self) -> i64 {
        (self.last_ms + DEBOUNCE_MS).min(self.first_ms + DEBOUNCE_MAX_MS)
    }
}

/// The one batch.
#[derive(Debug)]
pub(super) enum Write {
    Idle,
    /// Its `Unknown` is on its way to the disk.
    Committing,
    /// It may leave.
    Ready(Outgoing),
    /// It left.
    Flying(Flying),
}

#[derive(Debug)]
pub(super) struct Flying {
    call_id: u64,
    outgoing: Outgoing,
    since_ms: i64,
}

/// A batch of one kind.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) verb: Verb,
    pub(super) action: PatchAction,
    pub(super) items: Vec<SentItem>,
}

/// What a batch carries of one record.
#[derive(Clone, Debug)]
pub(super) struct SentItem {
    pub(super) lid: LocalId,
    pub(super) rev: u64,
    pub(super) body: api::Annotation,
}

impl Write {
    pub(super) const fn flying_since_ms(&self) -> Option<i64> {
        match self {
            Self::Flying(flying) => Some(flying.since_ms),
            _ => None,
        }
    }

    pub(super) fn clock_went_back(&mut self, now_ms: i64) {
        if let Self::Flying(flying) = self {
            flying.since_ms = flying.since_ms.min(now_ms);
        }
    }
}

impl Engine {
    /// When the next write is due, gates aside.
    pub(super) fn next_write_ms(&self) -> Option<i64> {
        match self.write {
            Write::Idle => {
                let due = self.slots.write_lanes().map(|(_, at)| at).min()?;
                Some(self.burst.map_or(due, |burst| due.max(burst.over_at_ms())))
            }
            Write::Ready(_) => Some(self.now_ms),
            Write::Committing | Write::Flying(_) => None,
        }
    }

    pub(super) fn pump_writes(&mut self, cx: &mut Cx<'_>) {
        if self.phase == Phase::Running && matches!(self.write, Write::Idle) {
            self.start_a_batch(cx);
        }
        match std::mem::replace(&mut self.write, Write::Idle) {
            Write::Ready(outgoing) => self.send_batch(outgoing, cx),
            other => self.write = other,
        }
    }

    /// A batch is durable as unknown: it leaves as soon as the rate allows.
    pub(super) fn ready(&mut self, mut outgoing: Outgoing) {
        outgoing.items.retain(|item| self.slots.get(item.lid).is_some()); // whose row is gone meanwhile
        for item in &outgoing.items {
            self.update(item.lid, |slot| slot.busy = Busy::Leaving);
        }
        self.write = if outgoing.items.is_empty() { Write::Idle } else { Write::Ready(outgoing) };
    }

    fn start_a_batch(&mut self, cx: &mut Cx<'_>) {
        if self.gates.passage(self.now_ms, self.bug) != Passage::Open {
            return;
        }
        let Some((lane, lids)) = self.next_part().or_else(|| self.next_batch()) else { return };
        let Lane::Write(verb, action) = lane else { return };
        let mut bytes = 0;
        let mut items = Vec::new();
        for lid in lids {
            let Some(slot) = self.slots.get(lid) else { continue };
            let body = body_of(&slot.record, verb, action);
            bytes += size_of(&body);
            if items.len() == MAX_ANNOTATIONS_PER_CALL || (bytes > MAX_BODY_BYTES && !items.is_empty()) {
                break;
            }
            items.push(SentItem { lid, rev: slot.record.rev, body });
        }
        if items.is_empty() {
            return;
        }
        self.burst = None;
        let at_ms = self.now_ms;
        let learned = items.iter().map(|item| (item.lid, self.sending(item.lid, verb, at_ms))).collect();
        self.write = Write::Committing;
        let outgoing = Outgoing { verb, action, items };
        if self.bug.has(Bug::FlightIsNotPersisted) {
            self.ready(outgoing);
        } else {
            self.commit(learned, Then::Send(outgoing), cx);
        }
    }

    fn sending(&self, lid: LocalId, verb: Verb, at_ms: i64) -> Learned {
        let desired = self.slots.get(lid).and_then(|slot| slot.record.desired.as_ref());
        Learned::Sending { verb, content: desired.map(Digest::of).unwrap_or_default(), at_ms }
    }

    /// The next part of a batch that was refused whole.
    fn next_part(&mut self) -> Option<(Lane, Vec<LocalId>)> {
        let busy = |slots: &super::Slots, part: &[LocalId]| {
            part.iter().any(|lid| slots.get(*lid).is_some_and(|slot| slot.busy != Busy::No))
        };
        while let Some(part) = self.bisect.pop_front() {
            if busy(&self.slots, &part) {
                self.bisect.push_front(part); // its refusal is not on the disk yet
                return None;
            }
            for lid in &part {
                self.update(*lid, |slot| slot.bisecting = Bisecting::No);
            }
            let lanes = self.slots.write_lanes().map(|(lane, _)| lane).collect::<Vec<_>>();
            for lane in lanes {
                let due: Vec<LocalId> = self.slots.due(lane, self.now_ms).map(|slot| slot.record.lid).collect();
                let here: Vec<LocalId> = part.iter().copied().filter(|lid| due.contains(lid)).collect();
                if !here.is_empty() {
                    return Some((lane, here));
                }
            }
        }
        None
    }

    /// What has waited longest, with everything of its kind that is due.
    fn next_batch(&mut self) -> Option<(Lane, Vec<LocalId>)> {
        let mut lanes: Vec<(i64, Lane)> = self.slots.write_lanes().map(|(lane, at)| (at, lane)).collect();
        lanes.sort_unstable();
        for (_, lane) in lanes {
            let mut stale = Vec::new();
            let mut fresh = Vec::new();
            for slot in self.slots.due(lane, self.now_ms).filter(|slot| slot.bisecting == Bisecting::No) {
                if slot.is_stale(self.now_ms) {
                    stale.push(slot.record.lid);
                } else {
                    fresh.push(slot.record.lid);
                }
                if fresh.len() + stale.len() == MAX_ANNOTATIONS_PER_CALL {
                    break;
                }
            }
            let debouncing = self.burst.is_some_and(|burst| self.now_ms < burst.over_at_ms());
            if debouncing && fresh.len() < MAX_ANNOTATIONS_PER_CALL {
                fresh.clear();
            }
            // Someone may have changed it since: look first, so that the window for overwriting that is small.
            let now_ms = self.now_ms;
            for lid in stale {
                self.update(lid, |slot| slot.look_at_ms = Some(now_ms));
            }
            if !fresh.is_empty() {
                return Some((lane, fresh));
            }
        }
        None
    }

    fn send_batch(&mut self, mut outgoing: Outgoing, cx: &mut Cx<'_>) {
        let open = self.phase == Phase::Running && self.gates.passage(self.now_ms, self.bug) == Passage::Open;
        if !open || self.is_held_back(&outgoing) {
            // Not now, and nobody knows when: on the disk it becomes what it was.
            let learned = outgoing.items.iter().map(|item| (item.lid, Learned::NotSent(Landing::Impossible)));
            self.commit(learned.collect(), Then::Nothing, cx);
            return;
        }
        if self.gates.rate_allows_at(self.bug) > self.now_ms {
            self.write = Write::Ready(outgoing);
            return;
        }
        // A page that came meanwhile has news of some: those stay and are looked at first.
        let has_news = |item: &SentItem| self.slots.get(item.lid).is_some_and(|slot| slot.look_at_ms.is_some());
        let (stay, go): (Vec<SentItem>, Vec<SentItem>) = outgoing.items.into_iter().partition(has_news);
        let learned: Vec<_> = stay.iter().map(|item| (item.lid, Learned::NotSent(Landing::Impossible))).collect();
        if !learned.is_empty() {
            self.commit(learned, Then::Nothing, cx);
        }
        outgoing.items = go;
        if outgoing.items.is_empty() {
            return;
        }
        let call_id = self.new_id();
        let bodies = || outgoing.items.iter().map(|item| item.body.clone()).collect();
        let call = match outgoing.verb {
            Verb::Post => Call::Post(bodies()),
            Verb::Patch => Call::Patch { action: outgoing.action, annotations: bodies() },
            Verb::Delete => Call::Delete(outgoing.items.iter().map(|item| Key::of_row(&item.body)).collect()),
        };
        for item in &outgoing.items {
            self.update(item.lid, |slot| slot.busy = Busy::Writing(call_id));
        }
        self.write = Write::Flying(Flying { call_id, outgoing, since_ms: self.now_ms });
        self.send(call_id, call, cx);
    }

    /// Whether the person held it back after it was made ready.
    fn is_held_back(&self, outgoing: &Outgoing) -> bool {
        let released =
            |item: &SentItem| self.slots.get(item.lid).is_some_and(|slot| slot.released_rev == Some(item.rev));
        self.policy == SendPolicy::WhenISay && !self.bug.has(Bug::HoldIsIgnored) && !outgoing.items.iter().all(released)
    }

    /// Takes the answer to the batch; none of ours otherwise.
    pub(super) fn write_answered(&mut self, call_id: u64, answer: Answer, cx: &mut Cx<'_>) {
        match std::mem::replace(&mut self.write, Write::Idle) {
            Write::Flying(flying) if flying.call_id == call_id => self.batch_over(flying.outgoing, answer, cx),
            other => self.write = other,
        }
    }

    pub(super) fn silent_write(&self) -> Option<u64> {
        match &self.write {
            Write::Flying(flying) if self.now_ms - flying.since_ms > CALL_PATIENCE_MS => Some(flying.call_id),
            _ => None,
        }
    }
}

/// What is sent of a record. Ids of regions are the server's, so they are named only where they are all that says
/// which region is meant; what the server keeps beside the content is sent along, because `overwrite` drops what is
/// not there.
fn body_of(record: &Record, verb: Verb, action: PatchAction) -> api::Annotation {
    let named =
        api::Annotation { id: record.sid.clone(), input_id: record.input_id.clone(), ..api::Annotation::default() };
    let Some(desired) = record.desired.as_ref().filter(|_| verb != Verb::Delete) else { return named };
    let status = desired.status.as_ref().map(|s| api::Status { code: s.code, ..api::Status::default() });
    if verb == Verb::Patch && action == PatchAction::MergeStatus {
        return api::Annotation { status, ..named };
    }
    let mut body = api::Annotation { created_at: None, modified_at: None, status, ..desired.clone() };
    (body.id, body.input_id) = (named.id, named.input_id);
    for region in body.data.iter_mut().flat_map(|data| data.regions.iter_mut()) {
        if region.region_info.is_some() {
            region.id.clear();
        }
    }
    if let Some(base) = &record.base {
        for (key, value) in &base.rest {
            if !body.rest.contains_key(key) {
                body.rest.insert(key.clone(), value.clone());
            }
        }
        if body.worker.is_none() {
            body.worker.clone_from(&base.worker);
        }
    }
    body
}

/// Bytes of JSON.
fn size_of(body: &api::Annotation) -> usize {
    let mut counter = Counter(0);
    match serde_json::to_writer(&mut counter, body) {
        Ok(()) => counter.0,
        Err(_) => MAX_BODY_BYTES, // cannot be written: alone in its batch, so that it harms nobody
    }
}

struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Flying {
    pub(super) const fn is(&self, call_id: u64) -> bool {
        self.call_id == call_id
    }
}
