//! Transactions: what is learned counts once the store has it.

use super::learn::{Learned, Learnt, Wanted, learn};
use super::slot::Busy;
use super::writes::Outgoing;
use super::{Cx, Engine};
use crate::model::LocalId;
use crate::sync::bug::Bug;
use crate::sync::effect::{Commit, Effect, Forget, Key, RecordUpdate, ReplaceDesired, Shown};
use std::collections::BTreeSet;

/// A transaction that the store works on.
#[derive(Debug)]
pub(super) struct Pending {
    items: Vec<PendingItem>,
    then: Then,
}

#[derive(Debug)]
struct PendingItem {
    lid: LocalId,
    learned: Learned,
    learnt: Learnt,
    /// The revision from which it was computed.
    from_rev: u64,
}

/// What follows when it is durable.
#[derive(Debug)]
pub(super) enum Then {
    Nothing,
    /// The records are `Unknown` on the disk: their write may leave.
    Send(Outgoing),
    /// More is learned.
    Learn(Vec<(LocalId, Learned)>),
}

impl Engine {
    /// Works out what was learned and has it written; what changes nothing is not written.
    pub(super) fn commit(&mut self, learned: Vec<(LocalId, Learned)>, then: Then, cx: &mut Cx<'_>) {
        let token = self.new_id();
        let mut items = Vec::with_capacity(learned.len());
        let mut updates = Vec::with_capacity(learned.len());
        for (lid, learned) in learned {
            let Some(slot) = self.slots.get(lid) else { continue };
            let learnt = learn(&slot.record, &learned, self.bug);
            let from_rev = slot.record.rev;
            if learnt.record == slot.record {
                self.update(lid, |slot| slot.busy = Busy::No);
                continue;
            }
            let mut update = match learned {
                Learned::Sending { .. } => RecordUpdate::beside_base(&learnt.record),
                _ => RecordUpdate::of(&learnt.record),
            };
            if learnt.wanted == Wanted::Replaced {
                let desired = learnt.record.desired.clone();
                update.desired = Some(ReplaceDesired { expected_rev: from_rev, desired });
            }
            updates.push(update);
            items.push(PendingItem { lid, learned, learnt, from_rev });
            self.update(lid, |slot| slot.busy = Busy::Committing(token));
        }
        if items.is_empty() {
            self.follow(then, cx);
            return;
        }
        self.pending.insert(token, Pending { items, then });
        cx.effects.push(Effect::Commit(Commit { epoch: self.epoch, token, updates, forget: Vec::new() }));
    }

    /// Has tombstones dropped; whether they are does not matter to anyone.
    pub(super) fn commit_forgetting(&mut self, forget: Vec<Forget>, cx: &mut Cx<'_>) {
        let token = self.new_id();
        cx.effects.push(Effect::Commit(Commit { epoch: self.epoch, token, updates: Vec::new(), forget }));
    }

    pub(super) fn committed(&mut self, token: u64, stale: &[LocalId], cx: &mut Cx<'_>) {
        let Some(pending) = self.pending.remove(&token) else { return };
        let stale: BTreeSet<LocalId> =
            if self.bug.has(Bug::StaleCommitCountsAsDone) { BTreeSet::new() } else { stale.iter().copied().collect() };
        let mut again = Vec::new();
        let mut shown = Vec::new();
        for item in pending.items {
            if stale.contains(&item.lid) {
                again.extend(self.refused_by_store(item));
                continue;
            }
            let Learnt { record, wanted } = item.learnt;
            let lid = item.lid;
            if matches!(item.learned, Learned::NewSid(_))
                && !self.bug.has(Bug::ReplacedIdsAreForgotten)
                && let Some(old) = self.slots.get(lid).map(|slot| Key::of(&slot.record))
            {
                self.pulls.id_was_replaced(old, self.now_ms);
            }
            let replaced = self.update(lid, |slot| {
                let old = std::mem::replace(&mut slot.record, record);
                if wanted == Wanted::Kept {
                    slot.record.desired = old.desired;
                    slot.record.rev = old.rev;
                }
                if let Some(desired) = &mut slot.record.desired {
                    desired.id.clone_from(&slot.record.sid);
                }
                slot.busy = Busy::No;
                (wanted == Wanted::Replaced).then(|| slot.record.desired.clone())
            });
            if wanted == Wanted::Replaced {
                shown.push(Shown { lid, desired: replaced.flatten().flatten() });
            }
        }
        if !shown.is_empty() {
            cx.effects.push(Effect::ShowRemote(shown));
        }
        if !again.is_empty() {
            self.commit(again, Then::Nothing, cx);
        }
        self.follow(pending.then, cx);
    }

    /// The store has a newer revision: what was learned is worked out again on top of it. What a person decided is
    /// not: they decided about something else.
    fn refused_by_store(&mut self, item: PendingItem) -> Option<(LocalId, Learned)> {
        let rev = self.slots.get(item.lid)?.record.rev;
        if rev == item.from_rev {
            self.slots.remove(item.lid); // nobody edited it, so the row itself is gone
            return None;
        }
        if matches!(item.learned, Learned::Resolved(_) | Learned::Retry | Learned::Discard) {
            self.update(item.lid, |slot| slot.busy = Busy::No);
            return None;
        }
        Some((item.lid, item.learned))
    }

    fn follow(&mut self, then: Then, cx: &mut Cx<'_>) {
        match then {
            Then::Nothing => {}
            Then::Send(outgoing) => self.ready(outgoing),
            Then::Learn(learned) => self.commit(learned, Then::Nothing, cx),
        }
    }
}
