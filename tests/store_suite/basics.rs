//! What was saved is there again.

use crate::support::{Desk, NOW_MS, add, binding, create, input, pixels, set, sid, wire};
use labelwright::model::{Change, Entry, EntryKind, History, InputId, LocalId, StepBack};
use labelwright::store::{
    Binding, CreateError, InputFilter, LocalCommit, OpenNote, Project, Request, RequestId, StoreEvent,
};
use labelwright::sync::{Acked, Record, RemoteRecord, View};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

#[test]
fn a_step_is_there_after_reopening_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let event = desk.commit(vec![add(1, "a"), add(2, "a")]);
    let StoreEvent::Durable { records, .. } = event else { panic!("{event:?}") };
    assert_eq!(records.iter().map(|r| (r.sid.clone(), r.rev)).collect::<Vec<_>>(), [(sid(1), 1), (sid(2), 1)]);
    desk.commit(vec![set(1, "a", Some(7))]);
    desk.commit(vec![set(2, "a", None)]);
    assert_eq!(desk.close(), [StoreEvent::Stopped { unsaved: Vec::new() }]);
    assert!(!dir.path().join("project.db-wal").exists(), "a closed project is one file");

    let opened = Project::open(dir.path(), NOW_MS).expect("it opens");
    assert_eq!(opened.notes, []);
    assert_eq!((opened.project.name(), opened.project.binding()), ("Cats", &binding()));
    let loaded = opened.project.reader().expect("a reader").annotations_of(&InputId::from("a")).expect("records");
    assert_eq!(loaded.damaged, []);
    let mut desired = wire(7, "a");
    desired.id = sid(1);
    let one = Record {
        lid: LocalId(1),
        sid: sid(1),
        input_id: "a".to_owned(),
        desired: Some(desired),
        rev: 2,
        base: None,
        view: View::Never,
        flight: None,
        acked: Acked::Never,
        verify_after_ms: None,
        echoes: Vec::new(),
        hold: None,
    };
    assert_eq!(loaded.rows[0], one);
    assert_eq!((loaded.rows[1].desired.clone(), loaded.rows[1].rev), (None, 2), "a tombstone stays");
    let shown = opened.project.reader().expect("a reader").shown_on(&InputId::from("a")).expect("annotations");
    assert_eq!(shown.rows.len(), 1);
}

#[test]
fn the_journal_gives_the_same_stacks() {
    let dir = tempfile::tempdir().expect("a directory");
    let desk = Desk::new(dir.path());
    let kinds =
        [EntryKind::Do, EntryKind::Do, EntryKind::Undo(2), EntryKind::Undo(1), EntryKind::Redo(4), EntryKind::Do];
    let mut history = History::default();
    let mut entries = Vec::new();
    for (seq, kind) in (1..).zip(kinds) {
        let input = InputId::from("a");
        let after = Some(pixels(LocalId(9), &input, seq));
        let changes = vec![Change { lid: LocalId(9), before: Some(pixels(LocalId(9), &input, 0)), after }];
        let entry = Entry { seq, kind, title: format!("step {seq}"), input: Some(input), changes, elsewhere: 0 };
        history.push(entry.clone());
        desk.send(Request::Commit(LocalCommit {
            seq,
            at_ms: NOW_MS,
            kind,
            title: entry.title.clone(),
            input: entry.input.clone(),
            changes: entry.changes.clone(),
            desired: vec![],
        }));
        entries.push(entry);
    }
    desk.close();
    let reader = Project::open(dir.path(), NOW_MS).expect("it opens").project.reader().expect("a reader");
    let loaded = reader.history(None, 100).expect("the journal");
    assert_eq!(loaded.rows, entries);
    let again = History::from_entries(loaded.rows);
    assert_eq!((again.undo_depth(), again.redo_depth()), (history.undo_depth(), history.redo_depth()));
    assert_eq!(again.next(StepBack::Undo), history.next(StepBack::Undo));
    assert_eq!((again.next_seq(), reader.next_numbers().expect("numbers").seq), (7, 7));
    let part = reader.history(Some(5), 2).expect("a part");
    assert_eq!(part.rows, entries[2..4], "the newest two before the fifth");
    let short = reader.history_short(3, u64::MAX).expect("the journal").rows;
    assert_eq!(short, entries[3..], "the newest three");
    let short = reader.history_short(9, 64).expect("the journal").rows;
    assert!(short.iter().all(|e| e.changes.is_empty() && e.elsewhere >= 1), "long ones without what they changed");
    let again = History::from_entries(short);
    assert_eq!(
        again.next(StepBack::Undo).map(|e| e.seq),
        history.next(StepBack::Undo).map(|e| e.seq),
        "the same stacks"
    );
}

/// Undo has to give back exactly what was there: a bit lost at every restart would let shapes creep.
#[test]
fn numbers_come_back_to_the_last_bit() {
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..20_000 {
        let x = random.f64() * 8000.0;
        let back: f64 = serde_json::from_str(&serde_json::to_string(&x).expect("text")).expect("a number");
        assert_eq!(x.to_bits(), back.to_bits(), "{x}");
    }
}

#[test]
fn requests_are_done_in_order_and_a_bad_one_harms_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let first = desk.step(vec![add(1, "a")]);
    let twice = first.clone();
    let mut nameless = desk.step(vec![add(2, "a"), add(3, "a")]);
    nameless.desired[1].new_sid = None;
    let last = desk.step(vec![add(4, "a")]);
    for commit in [first, twice, nameless, last] {
        desk.send(Request::Commit(commit));
    }
    assert!(matches!(desk.next(), StoreEvent::Durable { seq: 1, .. }));
    assert!(matches!(desk.next(), StoreEvent::Refused { request: RequestId::Edit(1), .. }));
    assert!(matches!(desk.next(), StoreEvent::Refused { request: RequestId::Edit(2), .. }));
    assert!(matches!(desk.next(), StoreEvent::Durable { seq: 3, .. }));
    let reader = desk.project.reader().expect("a reader");
    let lids: Vec<_> = reader.all_records().expect("records").rows.iter().map(|r| r.lid.0).collect();
    assert_eq!(lids, [1, 4], "nothing of the refused ones");
    assert_eq!(reader.history(None, 9).expect("journal").rows.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn undo_of_a_deletion_keeps_the_id_and_hands_the_spare_one_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    desk.commit(vec![set(1, "a", None)]);
    let mut undo = add(1, "a");
    undo.new_sid = Some(sid(99));
    let StoreEvent::Durable { records, .. } = desk.commit(vec![undo]) else { panic!("not durable") };
    assert_eq!((records[0].sid.clone(), records[0].spare_sid.clone(), records[0].rev), (sid(1), Some(sid(99)), 3));
    assert_eq!(
        desk.commit(vec![set(5, "a", None)]),
        StoreEvent::Durable { seq: 4, records: vec![] },
        "nothing to delete"
    );
}

#[test]
fn annotations_of_the_server_are_clean_and_come_in_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let remote = |lid: u128, id: u64| {
        let mut annotation = wire(id, "a");
        annotation.id = sid(id);
        RemoteRecord { lid: LocalId(lid), annotation }
    };
    let on_a = |lid: u128| (LocalId(lid), InputId::from("a"));
    let event = desk.ask(|token| Request::AddRemote { token, records: vec![remote(1, 50), remote(2, 51)] });
    assert_eq!(event, StoreEvent::RemoteAdded { token: 1, added: vec![on_a(1), on_a(2)], known: vec![] });
    let event = desk.ask(|token| Request::AddRemote { token, records: vec![remote(3, 51), remote(4, 52)] });
    assert_eq!(event, StoreEvent::RemoteAdded { token: 2, added: vec![on_a(4)], known: vec![LocalId(2)] });
    let reader = desk.project.reader().expect("a reader");
    assert_eq!(reader.records_not_clean().expect("records").rows, []);
    let record = reader.record(LocalId(1)).expect("a query").expect("a record");
    assert_eq!((record.base.clone(), record.view), (record.desired.clone(), View::Present));
    desk.commit(vec![set(1, "a", Some(60))]);
    assert_eq!(reader.counts().expect("counts").unsent, 1);
    let record = reader.record(LocalId(1)).expect("a query").expect("a record");
    assert_eq!(record.base.and_then(|b| b.data), wire(50, "a").data, "the ancestor stays what it was");
}

#[test]
fn another_binding_is_refused_while_anything_ties_the_project_to_the_old_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let new = Binding::Remote { base_url: "https://api.example.com".into(), user_id: "u".into(), app_id: "a".into() };
    let to = |binding: &Binding| {
        let binding = binding.clone();
        move |token| Request::SetBinding { token, binding }
    };
    assert!(matches!(desk.ask(to(&new)), StoreEvent::Done { .. }), "an empty project may move");
    assert!(matches!(desk.ask(to(&binding())), StoreEvent::Done { .. }));
    desk.commit(vec![add(1, "a")]);
    let StoreEvent::Refused { reason, .. } = desk.ask(to(&new)) else { panic!("moved") };
    assert!(reason.contains("1 annotations have edits") && reason.contains("me/cats"), "{reason}");
    assert_eq!(desk.project.reader().and_then(|r| r.binding()).expect("a binding"), binding());
    assert!(matches!(desk.ask(to(&binding())), StoreEvent::Done { .. }), "staying is no change");
}

#[test]
fn a_project_is_never_made_over_another() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    desk.close();
    let new = labelwright::store::NewProject { name: "Other".to_owned(), binding: binding() };
    let error = Project::create(dir.path(), &new, NOW_MS).expect_err("it is taken");
    assert!(matches!(error, CreateError::AlreadyThere { .. }), "{error}");
    let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    assert_eq!((project.name(), project.reader().and_then(|r| r.counts()).expect("counts").annotations), ("Cats", 1));
}

#[test]
fn lists_and_settings_come_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    let rows = vec![input("b", 1), input("a", 0)];
    desk.ask(|token| Request::PutInputs { token, inputs: rows.clone() });
    desk.ask(|token| Request::PutSetting { token, key: "zoom".into(), value: serde_json::json!({"a": 2.5}) });
    desk.ask(|token| Request::PutSetting { token, key: "gone".into(), value: serde_json::json!(1) });
    desk.ask(|token| Request::PutSetting { token, key: "gone".into(), value: serde_json::Value::Null });
    desk.commit(vec![add(1, "a")]);
    let event = desk.ask(|token| Request::RemoveInputs { token, ids: vec!["b".into(), "a".into()] });
    assert!(matches!(event, StoreEvent::Refused { .. }), "an unsent annotation stands on it: {event:?}");
    desk.close();
    let reader = Project::open(dir.path(), NOW_MS).expect("it opens").project.reader().expect("a reader");
    assert_eq!(reader.inputs(&InputFilter::default()).expect("inputs"), [rows[1].clone(), rows[0].clone()]);
    assert_eq!(reader.setting("zoom").expect("a setting"), Some(serde_json::json!({"a": 2.5})));
    assert_eq!(reader.setting("gone").expect("a setting"), None);
}

#[test]
fn the_waker_is_woken_and_dropping_the_handle_saves() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dir = tempfile::tempdir().expect("a directory");
    let project = create(dir.path()).project;
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let (sender, events) = std::sync::mpsc::channel();
    let store = project.start(sender, Waker::from(Arc::clone(&count))).expect("a thread");
    let (other, _unread) = std::sync::mpsc::channel();
    assert!(project.start(other, Waker::noop().clone()).is_err(), "one writer");
    for seq in 1..=20 {
        let commit = LocalCommit {
            seq,
            at_ms: NOW_MS,
            kind: EntryKind::Do,
            title: String::new(),
            input: None,
            changes: vec![],
            desired: vec![add(seq, "a")],
        };
        store.send(Request::Commit(commit)).expect("sent");
    }
    drop(store);
    assert_eq!(events.try_iter().filter(|e| matches!(e, StoreEvent::Durable { .. })).count(), 20);
    assert!(count.0.load(Ordering::SeqCst) > 0);
    drop(project);
    let opened = Project::open(dir.path(), NOW_MS).expect("it opens");
    assert!(!opened.notes.contains(&OpenNote::NotClosed));
    assert_eq!(opened.project.reader().and_then(|r| r.counts()).expect("counts").annotations, 20);
}

#[test]
fn a_copy_elsewhere_is_a_whole_project_database() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(&dir.path().join("one"));
    desk.commit(vec![add(1, "a")]);
    let two = dir.path().join("two");
    std::fs::create_dir(&two).expect("a directory");
    let to = two.join("project.db");
    let event = desk.ask(|token| Request::SaveCopy { token, to: to.clone() });
    assert_eq!(event, StoreEvent::Done { token: 1 });
    let event = desk.ask(|token| Request::SaveCopy { token, to });
    assert!(matches!(event, StoreEvent::Refused { .. }), "nothing is overwritten: {event:?}");
    desk.commit(vec![add(2, "a")]);
    let copy = Project::open(&two, NOW_MS).expect("the copy opens").project;
    assert_eq!(copy.reader().and_then(|r| r.counts()).expect("counts").annotations, 1);
}
