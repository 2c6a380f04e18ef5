//! The same store on a real database: the program's own writing thread, in a directory of its own. A crash leaves the
//! files as they are in that moment, as the death of the process does.

use super::store::{Edit, Store};
use labelwright::model::{EntryKind, InputId, LocalId};
use labelwright::store::{
    Access, Binding, DesiredChange, EngineCommit, LocalCommit, NewProject, Project, Reader, Request, StoreEvent,
    StoreHandle,
};
use labelwright::sync::{Commit, Key, PullScope, Record, RemoteRecord, View};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::task::Waker;
use std::time::Duration;
use tempfile::TempDir;

const NOW_MS: i64 = 1_790_000_000_000;

#[derive(Debug)]
pub struct SqliteStore {
    dir: TempDir,
    open: Option<Opened>,
    seq: u64,
    crashes: usize,
}

struct Opened {
    // In the order in which they end: the thread that writes, then who reads, then the lock.
    store: StoreHandle,
    events: Receiver<StoreEvent>,
    reader: Reader,
    _project: Project,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened")
    }
}

impl Opened {
    fn of(project: Project) -> Self {
        assert_eq!(project.access(), &Access::Writer);
        let (sender, events) = channel();
        let store = project.start(sender, Waker::noop().clone()).expect("the writing thread");
        let reader = project.reader().expect("a reader");
        Self { store, events, reader, _project: project }
    }

    fn ask(&self, request: Request) -> StoreEvent {
        self.store.send(request).expect("the thread lives");
        self.events.recv_timeout(Duration::from_secs(60)).expect("the store answers")
    }
}

/// Memory is as good as a disk here: only the process dies. What a disk does is the subject of `scripts/power_loss`.
fn place() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a directory")
}

impl SqliteStore {
    pub fn new() -> Self {
        let dir = place();
        let binding = Binding::Bundled { owner: "me".to_owned(), app: "simulated".to_owned() };
        let new = NewProject { name: "Simulated".to_owned(), binding };
        let project = Project::create(dir.path(), &new, NOW_MS).expect("a new project").project;
        Self { dir, open: Some(Opened::of(project)), seq: 0, crashes: 0 }
    }

    fn open(&self) -> &Opened {
        self.open.as_ref().expect("it is open")
    }

    fn sorted(mut rows: Vec<Record>) -> Vec<Record> {
        rows.sort_by_key(|row| row.lid);
        rows
    }
}

impl Store for SqliteStore {
    fn edit(&mut self, edits: &[Edit]) -> Vec<Record> {
        self.seq += 1;
        let desired = |edit: &Edit| DesiredChange {
            lid: edit.lid,
            input_id: InputId(edit.input_id.clone()),
            new_sid: Some(edit.fresh_sid.clone()),
            before: edit.seen().cloned(),
            desired: edit.after.clone(),
        };
        let event = self.open().ask(Request::Commit(LocalCommit {
            seq: self.seq,
            at_ms: NOW_MS,
            kind: EntryKind::Do,
            title: String::new(),
            input: None,
            changes: Vec::new(),
            desired: edits.iter().map(desired).collect(),
        }));
        match event {
            StoreEvent::Durable { seq, records } if seq == self.seq => records.into_iter().map(|r| r.record).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn commit(&mut self, commit: &Commit) -> Vec<LocalId> {
        let event = self.open().ask(Request::Engine(EngineCommit {
            token: commit.token,
            updates: commit.updates.clone(),
            forget: commit.forget.clone(),
            settings: Vec::new(),
        }));
        match event {
            StoreEvent::EngineCommitted { token, stale } if token == commit.token => stale,
            other => panic!("{other:?}"),
        }
    }

    fn add_remote(&mut self, records: &[RemoteRecord]) {
        let event = self.open().ask(Request::AddRemote { token: 1, records: records.to_vec() });
        assert!(matches!(event, StoreEvent::RemoteAdded { .. }), "{event:?}");
    }

    fn not_clean(&self) -> Vec<Record> {
        let loaded = self.open().reader.records_not_clean().expect("records");
        assert!(loaded.damaged.is_empty(), "{:?}", loaded.damaged);
        Self::sorted(loaded.rows)
    }

    fn by_keys(&self, keys: &[Key]) -> Vec<Record> {
        Self::sorted(self.open().reader.records_by_key(keys).expect("records"))
    }

    fn present(&self, scope: &PullScope) -> Vec<Record> {
        let within = |row: &Record| match scope {
            PullScope::All => true,
            PullScope::Inputs(ids) => ids.contains(&row.input_id),
        };
        self.all().into_iter().filter(|row| row.view == View::Present && within(row)).collect()
    }

    fn all(&self) -> Vec<Record> {
        let loaded = self.open().reader.all_records().expect("records");
        assert!(loaded.damaged.is_empty(), "{:?}", loaded.damaged);
        Self::sorted(loaded.rows)
    }

    fn row(&self, lid: LocalId) -> Option<Record> {
        self.open().reader.record(lid).expect("a query")
    }

    /// I6: what is there afterwards is what was committed, also where a part of a transaction had reached the log.
    fn crash(&mut self, _lost: usize) {
        self.crashes += 1;
        let before = self.all();
        let left = place();
        for name in ["project.db", "project.db-wal", "project.lock"] {
            if self.dir.path().join(name).exists() {
                fs::copy(self.dir.path().join(name), left.path().join(name)).expect("a copy");
            }
        }
        if self.crashes.is_multiple_of(2) {
            let log = fs::OpenOptions::new().append(true).open(left.path().join("project.db-wal"));
            log.and_then(|mut log| log.write_all(&vec![0xa5; 977 * self.crashes])).expect("half a transaction");
        }
        self.open = None;
        self.dir = left;
        let project = Project::open(self.dir.path(), NOW_MS).expect("it opens after a crash").project;
        self.open = Some(Opened::of(project));
        assert_eq!(self.all(), before, "I6: a crash leaves what was committed and nothing else");
        assert_eq!(self.open().reader.next_numbers().expect("numbers").seq, self.seq + 1, "I6: the journal");
    }
}
