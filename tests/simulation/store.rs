//! The store of the simulation: what it has taken is durable, what waits in front of it is lost in a crash.

use labelwright::api;
use labelwright::model::LocalId;
use labelwright::sync::{Commit, Key, PullScope, Record, RemoteRecord, View, rebase};
use std::collections::BTreeMap;

/// What a person did to one annotation, as the document saw it.
#[derive(Clone, Debug)]
pub struct Edit {
    pub lid: LocalId,
    pub input_id: String,
    /// For a row that is not there (yet, or any more).
    pub fresh_sid: String,
    pub before: Option<api::Annotation>,
    pub after: Option<api::Annotation>,
}

impl Edit {
    /// What the store is told that the person saw: who brings something back changes nothing else about it.
    pub fn seen(&self) -> Option<&api::Annotation> {
        self.before.as_ref().or(self.after.as_ref())
    }
}

/// Where rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    Memory,
    /// The program's own store.
    Sqlite,
}

/// What the simulation needs of a store. Each method is one transaction.
pub trait Store: std::fmt::Debug {
    /// Makes the edits; the rows as they are now.
    fn edit(&mut self, edits: &[Edit]) -> Vec<Record>;
    /// Makes a commit of the engine; which records were refused.
    fn commit(&mut self, commit: &Commit) -> Vec<LocalId>;
    fn add_remote(&mut self, records: &[RemoteRecord]);
    fn not_clean(&self) -> Vec<Record>;
    fn by_keys(&self, keys: &[Key]) -> Vec<Record>;
    fn present(&self, scope: &PullScope) -> Vec<Record>;
    fn all(&self) -> Vec<Record>;
    fn row(&self, lid: LocalId) -> Option<Record>;
    /// The process ended; the last `lost` transactions did not survive it (a store that keeps its word: 0).
    fn crash(&mut self, lost: usize);
}

/// Rows in memory.
#[derive(Debug, Default)]
pub struct MemStore {
    rows: BTreeMap<LocalId, Record>,
    /// The last states, for a store that breaks its word.
    earlier: Vec<BTreeMap<LocalId, Record>>,
    keeps_earlier: usize,
}

impl MemStore {
    /// One that can forget as many transactions as it keeps earlier states.
    pub fn keeping(keeps_earlier: usize) -> Self {
        Self { keeps_earlier, ..Self::default() }
    }

    fn begin(&mut self) {
        if self.keeps_earlier > 0 {
            if self.earlier.len() == self.keeps_earlier {
                self.earlier.remove(0);
            }
            self.earlier.push(self.rows.clone());
        }
    }
}

impl Store for MemStore {
    fn edit(&mut self, edits: &[Edit]) -> Vec<Record> {
        self.begin();
        let mut touched = Vec::new();
        for edit in edits {
            match (self.rows.get_mut(&edit.lid), &edit.after) {
                (None, None) => {}
                (None, Some(after)) => {
                    let mut after = after.clone();
                    after.id.clone_from(&edit.fresh_sid);
                    let row = Record::new(edit.lid, edit.fresh_sid.clone(), edit.input_id.clone(), after);
                    touched.push(row.clone());
                    self.rows.insert(edit.lid, row);
                }
                (Some(row), after) => {
                    row.desired = match (edit.seen(), after, &row.desired) {
                        (Some(seen), Some(after), Some(now)) => Some(rebase(seen, after, now)),
                        (_, after, _) => after.clone(),
                    };
                    if let Some(desired) = &mut row.desired {
                        desired.id.clone_from(&row.sid);
                    }
                    row.rev += 1;
                    touched.push(row.clone());
                }
            }
        }
        touched
    }

    fn commit(&mut self, commit: &Commit) -> Vec<LocalId> {
        self.begin();
        let mut stale = Vec::new();
        for update in &commit.updates {
            let taken = self.rows.get_mut(&update.lid).is_some_and(|row| update.apply_to(row));
            if !taken {
                stale.push(update.lid);
            }
        }
        for forget in &commit.forget {
            let dead = |row: &Record| row.desired.is_none() && row.rev == forget.rev && row.is_clean();
            if self.rows.get(&forget.lid).is_some_and(dead) {
                self.rows.remove(&forget.lid);
            }
        }
        stale
    }

    fn add_remote(&mut self, records: &[RemoteRecord]) {
        self.begin();
        for new in records {
            let record = Record::from_server(new.lid, new.annotation.clone());
            if self.rows.values().all(|row| Key::of(row) != Key::of(&record)) {
                self.rows.insert(new.lid, record);
            }
        }
    }

    fn not_clean(&self) -> Vec<Record> {
        self.rows.values().filter(|row| !row.is_clean()).cloned().collect()
    }

    fn by_keys(&self, keys: &[Key]) -> Vec<Record> {
        self.rows.values().filter(|row| keys.contains(&Key::of(row))).cloned().collect()
    }

    fn present(&self, scope: &PullScope) -> Vec<Record> {
        let within = |row: &&Record| match scope {
            PullScope::All => true,
            PullScope::Inputs(ids) => ids.contains(&row.input_id),
        };
        self.rows.values().filter(|row| row.view == View::Present).filter(within).cloned().collect()
    }

    fn all(&self) -> Vec<Record> {
        self.rows.values().cloned().collect()
    }

    fn row(&self, lid: LocalId) -> Option<Record> {
        self.rows.get(&lid).cloned()
    }

    fn crash(&mut self, lost: usize) {
        for _ in 0..lost {
            if let Some(earlier) = self.earlier.pop() {
                self.rows = earlier;
            }
        }
    }
}
