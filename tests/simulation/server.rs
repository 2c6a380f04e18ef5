//! A server that may behave in every way that the documentation does not rule out.

use super::content::{Cells, Marker, decode, is_poison};
use super::rng::Rng;
use labelwright::api::{self, StatusCode};
use labelwright::sync::{Answer, Call, Envelope, Item, Key, PatchAction, PullScope, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// What nobody knows about the real service; drawn for every seed.
#[derive(Clone, Copy, Debug)]
pub struct Personality {
    pub post_of_existing: PostOfExisting,
    pub dead_ids: DeadIds,
    pub invalid: Invalid,
    pub lag_max_ms: i64,
    pub items: Items,
    pub back: Back,
    pub retry_after: RetryAfter,
    pub page_cap: usize,
    pub delete_of_nothing: DeleteOfNothing,
}

#[derive(Clone, Copy, Debug)]
pub enum PostOfExisting {
    Error,
    Upsert,
}
#[derive(Clone, Copy, Debug)]
pub enum DeadIds {
    Reusable,
    Tombstoned,
}
#[derive(Clone, Copy, Debug)]
pub enum Invalid {
    PerItem,
    WholeBatch,
    /// Refused as a whole, after some of it was written.
    WholeBatchTooLate,
}
#[derive(Clone, Copy, Debug)]
pub enum Items {
    InOrder,
    Shuffled,
    SomeMissing,
}
#[derive(Clone, Copy, Debug)]
pub enum Back {
    Whole,
    Nothing,
    IdsOnly,
}
#[derive(Clone, Copy, Debug)]
pub enum RetryAfter {
    Given,
    Absent,
}
#[derive(Clone, Copy, Debug)]
pub enum DeleteOfNothing {
    ItemError,
    BatchError,
    Silent,
}

impl Personality {
    pub fn draw(rng: &mut Rng) -> Self {
        let two = |rng: &mut Rng| rng.below(2) == 0;
        Self {
            post_of_existing: if two(rng) { PostOfExisting::Error } else { PostOfExisting::Upsert },
            dead_ids: if two(rng) { DeadIds::Reusable } else { DeadIds::Tombstoned },
            invalid: [Invalid::PerItem, Invalid::WholeBatch, Invalid::WholeBatchTooLate][rng.below(3)],
            lag_max_ms: [0, 0, 1_000, 3_000][rng.below(4)],
            items: [Items::InOrder, Items::Shuffled, Items::SomeMissing][rng.below(3)],
            back: [Back::Whole, Back::Nothing, Back::IdsOnly][rng.below(3)],
            retry_after: if two(rng) { RetryAfter::Given } else { RetryAfter::Absent },
            page_cap: [2, 5, 1000][rng.below(3)],
            delete_of_nothing: [DeleteOfNothing::ItemError, DeleteOfNothing::BatchError, DeleteOfNothing::Silent]
                [rng.below(3)],
        }
    }
}

/// How an item is answered out of turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hiccup {
    None,
    /// One item is not written and shall be tried again.
    TryAgain,
    /// One item is written (or not), and the server says that it failed inside.
    InternalError,
}

/// One value of one cell on the server.
pub type CellHistory = BTreeMap<(Marker, usize), Vec<(i64, u32)>>;

/// The server of one account.
#[derive(Debug)]
pub struct Server {
    pub personality: Personality,
    /// Every state a row ever had; the last one is the present.
    rows: BTreeMap<Key, Vec<(i64, Option<api::Annotation>)>>,
    dead: BTreeSet<Key>,
    pub live: BTreeMap<Marker, usize>,
    pub history: CellHistory,
    stamps: u64,
    pub key_is_good: bool,
}

type ItemResult = Result<Option<api::Annotation>, (u32, &'static str)>;

impl Server {
    pub fn new(personality: Personality) -> Self {
        Self {
            personality,
            rows: BTreeMap::new(),
            dead: BTreeSet::new(),
            live: BTreeMap::new(),
            history: BTreeMap::new(),
            stamps: 0,
            key_is_good: true,
        }
    }

    pub fn now(&self, key: &Key) -> Option<&api::Annotation> {
        self.rows.get(key).and_then(|states| states.last()).and_then(|(_, row)| row.as_ref())
    }

    pub fn all_live(&self) -> Vec<(Key, Marker, Cells)> {
        let live = self.rows.keys().filter_map(|key| Some((key, self.now(key)?)));
        live.filter_map(|(key, row)| decode(row).map(|(m, cells)| (key.clone(), m, cells))).collect()
    }

    fn then(&self, key: &Key, at_ms: i64) -> Option<&api::Annotation> {
        let states = self.rows.get(key)?;
        states.iter().rev().find(|(from, _)| *from <= at_ms).and_then(|(_, row)| row.as_ref())
    }

    /// Writes a row as the server would: with ids and dates of its own.
    pub fn put(&mut self, key: &Key, row: Option<api::Annotation>, now_ms: i64) {
        let old = self.now(key).and_then(decode);
        if let Some((marker, _)) = old {
            *self.live.entry(marker).or_default() -= 1;
        }
        let row = row.map(|mut row| {
            self.stamps += 1;
            row.modified_at = Some(format!("{:020}", self.stamps));
            row.created_at.get_or_insert_with(|| format!("{:020}", self.stamps));
            for region in row.data.iter_mut().flat_map(|d| d.regions.iter_mut()) {
                region.id = format!("r{}", self.stamps);
            }
            row
        });
        match row.as_ref().and_then(decode) {
            Some((marker, cells)) => {
                *self.live.entry(marker).or_default() += 1;
                for (cell, value) in cells.into_iter().enumerate() {
                    let values = self.history.entry((marker, cell)).or_default();
                    if values.last().is_none_or(|(_, last)| *last != value) {
                        values.push((now_ms, value));
                    }
                }
            }
            None => drop(self.dead.insert(key.clone())),
        }
        self.rows.entry(key.clone()).or_default().push((now_ms, row));
    }

    fn post(&mut self, new: &api::Annotation, now_ms: i64) -> ItemResult {
        let key = Key::of_row(new);
        if decode(new).is_none_or(|(_, cells)| is_poison(&cells)) {
            return Err((24_155, "invalid geometry"));
        }
        if self.now(&key).is_some() {
            match self.personality.post_of_existing {
                PostOfExisting::Error => return Err((40_010, "an object with the same ID already exists")),
                PostOfExisting::Upsert => {}
            }
        } else if self.dead.contains(&key) && matches!(self.personality.dead_ids, DeadIds::Tombstoned) {
            return Err((24_155, "duplicate id"));
        }
        self.put(&key, Some(new.clone()), now_ms);
        Ok(self.now(&key).cloned())
    }

    fn patch(&mut self, action: PatchAction, new: &api::Annotation, now_ms: i64) -> ItemResult {
        let key = Key::of_row(new);
        let Some(old) = self.now(&key) else { return Err((11_101, "annotation not found")) };
        let row = match action {
            PatchAction::MergeStatus => api::Annotation { status: new.status.clone(), ..old.clone() },
            PatchAction::Overwrite => api::Annotation { created_at: old.created_at.clone(), ..new.clone() },
        };
        if decode(&row).is_none_or(|(_, cells)| is_poison(&cells)) {
            return Err((24_155, "invalid geometry"));
        }
        self.put(&key, Some(row), now_ms);
        Ok(self.now(&key).cloned())
    }

    fn delete(&mut self, key: &Key, now_ms: i64) -> ItemResult {
        if self.now(key).is_none() {
            return match self.personality.delete_of_nothing {
                DeleteOfNothing::Silent => Ok(None),
                _ => Err((11_101, "annotation does not exist")),
            };
        }
        self.put(key, None, now_ms);
        Ok(None)
    }

    /// Carries out a write; of a partial one only the first `limit` items.
    pub fn write(&mut self, call: &Call, now_ms: i64, limit: usize, hiccup: Hiccup, rng: &mut Rng) -> Answer {
        if let Some(refusal) = self.refuses_whole(call, now_ms) {
            return Answer::Refused(refusal);
        }
        let keys = keys_of(call);
        let odd = if hiccup == Hiccup::None { usize::MAX } else { rng.below(keys.len()) };
        let mut items = Vec::new();
        let mut failed = 0;
        for (i, key) in keys.iter().enumerate().take(limit) {
            let skip = i == odd && (hiccup == Hiccup::TryAgain || rng.below(2) == 0);
            let result = if skip { Ok(None) } else { self.write_item(call, i, now_ms) };
            let (code, reason) = match (&result, i == odd) {
                (_, true) if hiccup == Hiccup::TryAgain => (10_030, "try again"),
                (_, true) => (98_004, "internal"),
                (Ok(Some(row)), _) => (row.status.as_ref().map_or(24_150, |s| s.code.0), ""),
                (Ok(None), _) => (10_000, ""),
                (Err((code, reason)), _) => (*code, *reason),
            };
            failed += usize::from(i == odd || result.is_err());
            let row = result.ok().flatten();
            items.push(self.item(key, code, reason, row));
        }
        match self.personality.items {
            Items::InOrder => {}
            Items::Shuffled => items.reverse(),
            Items::SomeMissing => {
                if rng.below(4) == 0 {
                    items.remove(rng.below(items.len()));
                }
            }
        }
        if matches!(call, Call::Delete(_)) && failed == 0 {
            return Answer::Done;
        }
        Answer::Items { envelope: if failed == 0 { Envelope::Success } else { Envelope::Mixed }, items }
    }

    fn write_item(&mut self, call: &Call, i: usize, now_ms: i64) -> ItemResult {
        match call {
            Call::Post(list) => self.post(&list[i], now_ms),
            Call::Patch { action, annotations } => self.patch(*action, &annotations[i], now_ms),
            Call::Delete(keys) => self.delete(&keys[i], now_ms),
            _ => Ok(None),
        }
    }

    fn item(&self, key: &Key, code: u32, reason: &str, row: Option<api::Annotation>) -> Item {
        let annotation = match self.personality.back {
            Back::Whole => row,
            Back::Nothing => None,
            Back::IdsOnly => {
                row.map(|row| api::Annotation { id: row.id, input_id: row.input_id, ..Default::default() })
            }
        };
        Item {
            sid: key.sid.clone(),
            code: StatusCode(code),
            reason: reason.to_owned(),
            req_id: "r".to_owned(),
            annotation: annotation.map(Box::new),
        }
    }

    /// Some servers refuse a batch for one bad item, and some of those have written a part of it by then.
    fn refuses_whole(&mut self, call: &Call, now_ms: i64) -> Option<Refusal> {
        let refusal = |code, reason: &str| {
            Some(Refusal { code: StatusCode(code), reason: reason.to_owned(), req_id: "q".to_owned() })
        };
        match call {
            Call::Post(list) | Call::Patch { action: PatchAction::Overwrite, annotations: list } => {
                let bad = list.iter().position(|a| decode(a).is_none_or(|(_, cells)| is_poison(&cells)))?;
                match self.personality.invalid {
                    Invalid::PerItem => return None,
                    Invalid::WholeBatch => {}
                    Invalid::WholeBatchTooLate => {
                        for i in 0..bad {
                            drop(self.write_item(call, i, now_ms));
                        }
                    }
                }
                refusal(11_102, "invalid request")
            }
            Call::Delete(keys) if matches!(self.personality.delete_of_nothing, DeleteOfNothing::BatchError) => {
                keys.iter().any(|key| self.now(key).is_none()).then(|| refusal(11_101, "does not exist"))?
            }
            _ => None,
        }
    }

    /// The rows of those ids, as they were `lag_ms` ago.
    pub fn read_back(&self, keys: &[Key], now_ms: i64, lag_ms: i64) -> Vec<api::Annotation> {
        keys.iter().filter_map(|key| self.then(key, now_ms - lag_ms).cloned()).collect()
    }

    /// A page of what was there `lag_ms` ago, in the order of ids.
    pub fn page(
        &self,
        scope: &PullScope,
        page: u32,
        per_page: usize,
        now_ms: i64,
        lag_ms: i64,
    ) -> Vec<api::Annotation> {
        let size = per_page.min(self.personality.page_cap);
        let within = |key: &&Key| match scope {
            PullScope::All => true,
            PullScope::Inputs(ids) => ids.contains(&key.input_id),
        };
        let rows = self.rows.keys().filter(within).filter_map(|key| self.then(key, now_ms - lag_ms));
        rows.skip((page as usize - 1) * size).take(size).cloned().collect()
    }
}

/// What a write speaks of.
pub fn keys_of(call: &Call) -> Vec<Key> {
    match call {
        Call::Post(list) | Call::Patch { annotations: list, .. } => list.iter().map(Key::of_row).collect(),
        Call::Delete(keys) | Call::ReadBack(keys) => keys.clone(),
        Call::ListPage { .. } | Call::Probe => Vec::new(),
    }
}
