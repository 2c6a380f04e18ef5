//! Fetching what others did: pages until one brings nothing new, then every record that no page showed is read back by
//! id before anyone believes that it is gone.

use super::commits::Then;
use super::learn::{Learned, Sight};
use super::reads::ReadBackSize;
use super::slot::{Busy, Slot};
use super::{CALL_PATIENCE_MS, Cx, Engine, READ_LAG_MS, uuid_v7};
use crate::api::{self, MAX_PER_PAGE};
use crate::model::LocalId;
use crate::sync::bug::Bug;
use crate::sync::effect::{Call, Effect, Key, RemoteRecord};
use crate::sync::event::PullScope;
use crate::sync::record::{Record, View};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// The pull that runs, and those that wait.
#[derive(Debug, Default)]
pub(super) struct Pulls {
    waiting: VecDeque<PullScope>,
    running: Option<Pull>,
    next_id: u64,
    /// Reads before this may be behind what was written before the program started.
    pub(super) not_before_ms: i64,
    /// Reads of clean records before this may be behind a page that brought something new, or behind what was written
    /// before the program started.
    pub(super) news_until_ms: i64,
    /// Ids that records had before they got others, and until when a listing that is behind may still show them.
    replaced: BTreeMap<Key, i64>,
    size: ReadBackSize,
}

#[derive(Debug)]
struct Pull {
    id: u64,
    scope: PullScope,
    stage: Stage,
    seen: HashSet<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// This page is next.
    Page(u32),
    /// The store is asked what it has.
    Comparing,
}

impl Pulls {
    pub(super) fn want(&mut self, scope: PullScope) {
        let covered = |other: &PullScope| *other == scope || *other == PullScope::All;
        if !self.waiting.iter().any(covered) {
            self.waiting.push_back(scope); // also while one like it runs: what that has read may be old
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.running.is_none() && self.waiting.is_empty()
    }

    pub(super) fn give_up(&mut self) {
        self.running = None;
    }

    /// None runs and none waits any more. A page that is on its way is taken in when it comes; what no page showed is
    /// not looked for.
    pub(super) fn stop(&mut self) {
        self.running = None;
        self.waiting.clear();
    }

    pub(super) fn next_page_ms(&self) -> Option<i64> {
        match &self.running {
            Some(Pull { stage: Stage::Comparing, .. }) => None,
            Some(_) => Some(self.not_before_ms),
            None => (!self.waiting.is_empty()).then_some(self.not_before_ms),
        }
    }

    pub(super) fn next_page(&mut self, now_ms: i64) -> Option<Call> {
        if now_ms < self.not_before_ms {
            return None;
        }
        if self.running.is_none() {
            let scope = self.waiting.pop_front()?;
            self.next_id += 1;
            self.running = Some(Pull { id: self.next_id, scope, stage: Stage::Page(1), seen: HashSet::new() });
        }
        match &self.running {
            Some(Pull { stage: Stage::Page(page), scope, .. }) => {
                Some(Call::ListPage { scope: scope.clone(), page: *page, per_page: MAX_PER_PAGE })
            }
            _ => None,
        }
    }

    pub(super) const fn read_back_size(&self) -> usize {
        self.size.get()
    }

    pub(super) fn read_back_went_well(&mut self) {
        self.size.grow();
    }

    pub(super) fn read_back_refused(&mut self) {
        self.size.halve();
    }

    /// A record has another id from now on. What the server had under the old one is gone, but a listing may be behind
    /// that, and its row would look like an annotation that nobody knows here. In memory is enough: after a start no
    /// page is asked for before reads have caught up.
    pub(super) fn id_was_replaced(&mut self, old: Key, now_ms: i64) {
        self.forget_replaced_ids(now_ms);
        self.replaced.insert(old, now_ms + READ_LAG_MS);
    }

    fn shows_the_past(&self, key: &Key, asked_at_ms: i64) -> bool {
        self.replaced.get(key).is_some_and(|until_ms| asked_at_ms < *until_ms)
    }

    /// A page that is on its way may be older than now.
    fn forget_replaced_ids(&mut self, now_ms: i64) {
        self.replaced.retain(|_, until_ms| now_ms < *until_ms + CALL_PATIENCE_MS);
    }

    pub(super) fn clock_went_back(&mut self, now_ms: i64) {
        let latest_ms = now_ms + READ_LAG_MS;
        self.not_before_ms = self.not_before_ms.min(latest_ms);
        self.news_until_ms = self.news_until_ms.min(latest_ms);
        self.replaced.values_mut().for_each(|until_ms| *until_ms = (*until_ms).min(latest_ms));
    }

    /// Notes what a page shows. The listing is at its end when a page has nothing that no earlier page had: that ends
    /// a server that always gives the same page, too.
    fn take_page(&mut self, keys: impl Iterator<Item = Key>) {
        let Some(pull) = &mut self.running else { return };
        let Stage::Page(page) = pull.stage else { return };
        let mut new = 0;
        for key in keys {
            new += usize::from(pull.seen.insert(key));
        }
        pull.stage = if new == 0 { Stage::Comparing } else { Stage::Page(page + 1) };
    }
}

impl Engine {
    pub(super) fn page(
        &mut self,
        call_id: u64,
        rows: Vec<api::Annotation>,
        passed_over: Vec<Key>,
        known: Vec<Record>,
        cx: &mut Cx<'_>,
    ) {
        let Some(asked_at_ms) = self.page_over(call_id) else { return };
        self.pulls.take_page(rows.iter().map(Key::of_row).chain(passed_over));
        let mut known: HashMap<Key, Record> = known.into_iter().map(|record| (Key::of(&record), record)).collect();
        let mut learned = Vec::new();
        let mut new = Vec::new();
        for row in rows {
            let key = Key::of_row(&row);
            if self.pulls.shows_the_past(&key, asked_at_ms) {
                continue;
            }
            let lid = self.slots.by_key(&key).or_else(|| self.hold_known(known.remove(&key), &row, &mut new));
            let Some(slot) = lid.and_then(|lid| self.slots.get(lid)) else { continue };
            let lid = slot.record.lid;
            if slot.busy == Busy::No && asked_at_ms >= slot.fence_ms {
                let (now_ms, bug) = (self.now_ms, self.bug);
                self.update(lid, |slot| slot.saw(Some(&row), asked_at_ms, now_ms, bug));
                let remote = Some(Box::new(row));
                learned.push((lid, Learned::Saw { remote, asked_at_ms, by: Sight::Listing }));
            } else if slot.record.base.as_ref() != Some(&row) {
                // Something is under way, or was written after the page was asked for: the row proves nothing, but it
                // may be news, so it is looked at before anything else is written; and not so soon that the look
                // could show less than the page did.
                let look_at_ms = self.now_ms + READ_LAG_MS;
                self.update(lid, |slot| slot.look_at_ms = Some(look_at_ms));
            }
        }
        self.commit(learned, Then::Nothing, cx);
        if !new.is_empty() {
            self.pulls.news_until_ms = self.now_ms + READ_LAG_MS;
            let records =
                new.into_iter().map(|annotation| RemoteRecord { lid: self.new_lid(cx), annotation }).collect();
            cx.effects.push(Effect::AddRemote { epoch: self.epoch, records });
        }
        self.ask_the_store(cx);
    }

    /// Takes hold of a clean record of the store if the row says something new; collects the row if there is none.
    fn hold_known(
        &mut self,
        known: Option<Record>,
        row: &api::Annotation,
        new: &mut Vec<api::Annotation>,
    ) -> Option<LocalId> {
        let Some(record) = known else {
            new.push(row.clone());
            return None;
        };
        let lid = record.lid;
        if self.slots.get(lid).is_some() {
            return None; // it has another id by now
        }
        if record.base.as_ref() == Some(row) && record.is_clean() {
            return None;
        }
        let rules = self.rules();
        self.slots.insert(Slot::new(record), rules);
        Some(lid)
    }

    /// After the last page: what has the store that no page showed?
    fn ask_the_store(&self, cx: &mut Cx<'_>) {
        if let Some(pull) = self.pulls.running.as_ref().filter(|pull| pull.stage == Stage::Comparing) {
            let (pull_id, scope) = (pull.id, pull.scope.clone());
            cx.effects.push(Effect::ListLocal { epoch: self.epoch, pull_id, scope });
        }
    }

    /// Whether a page of this pull showed it: what was shown need not be listed for [`Effect::ListLocal`].
    #[must_use]
    pub fn was_shown(&self, pull_id: u64, key: &Key) -> bool {
        self.pulls.running.as_ref().is_some_and(|pull| pull.id == pull_id && pull.seen.contains(key))
    }

    /// What is known of the server's copy of a record that is held; of the others the store knows it.
    #[must_use]
    pub fn view_of_held(&self, key: &Key) -> Option<View> {
        self.slots.by_key(key).and_then(|lid| self.slots.get(lid)).map(|slot| slot.record.view)
    }

    /// Whether this pull still waits for [`crate::sync::Event::LocalListing`].
    #[must_use]
    pub fn is_comparing(&self, pull_id: u64) -> bool {
        self.pulls.running.as_ref().is_some_and(|pull| pull.id == pull_id && pull.stage == Stage::Comparing)
    }

    /// Every row of the listing was compared with its record; what remains are records that no page showed.
    pub(super) fn local_listing(&mut self, pull_id: u64, records: Vec<Record>, cx: &mut Cx<'_>) {
        let Some(pull) = self.pulls.running.take_if(|pull| pull.id == pull_id) else { return };
        let rules = self.rules();
        let now_ms = self.now_ms;
        self.pulls.not_before_ms = self.pulls.not_before_ms.max(now_ms + READ_LAG_MS); // the next may not show less
        let mut learned = Vec::new();
        for record in records {
            if record.view != View::Present || pull.seen.contains(&Key::of(&record)) {
                continue;
            }
            let lid = record.lid;
            if self.slots.get(lid).is_none() {
                self.slots.insert(Slot::new(record), rules);
            }
            if self.bug.has(Bug::MissingInAListingMeansDeleted) {
                let saw = Learned::Saw { remote: None, asked_at_ms: now_ms, by: Sight::Listing };
                learned.extend(self.slots.get(lid).filter(|slot| slot.busy == Busy::No).map(|_| (lid, saw)));
            } else {
                self.update(lid, |slot| slot.look_at_ms = Some(now_ms));
            }
        }
        self.commit(learned, Then::Nothing, cx);
    }

    fn new_lid(&self, cx: &mut Cx<'_>) -> LocalId {
        let (high, low) = ((cx.random)(), (cx.random)());
        LocalId(uuid_v7(self.now_ms, high, low))
    }
}
