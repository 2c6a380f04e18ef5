//! Full disks and places where nothing can be written. Needs the right to mount (root); says so where it is missing.

use crate::support::{Desk, NOW_MS, add};
use labelwright::store::{Access, Project, ReadOnlyReason, Request, RequestId, StoreEvent};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A small file system of its own, gone when it is dropped.
struct Mount(tempfile::TempDir);

impl Mount {
    fn new(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(dir.path())
            .output()
            .is_ok_and(|out| out.status.success());
        if !done {
            eprintln!("SKIPPED: mounting a tmpfs is not permitted here");
        }
        done.then(|| Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn read_only(&self) {
        let done = Command::new("mount").args(["-o", "remount,ro"]).arg(self.path()).status().expect("mount");
        assert!(done.success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.0.path()).status().ok();
    }
}

#[test]
fn a_full_disk_keeps_edits_waiting_in_order_and_goes_on_when_there_is_room() {
    let Some(medium) = Mount::new("3m") else { return };
    let dir = medium.path().join("project");
    let mut desk = Desk::new(&dir);
    desk.commit(vec![add(1, "a")]);
    let filler = medium.path().join("filler");
    let mut size = 4 << 20;
    while size >= 1024 {
        // As much as goes in.
        let mut bytes = fs::read(&filler).unwrap_or_default();
        bytes.resize(bytes.len() + size, 0);
        if fs::write(&filler, &bytes).is_err() {
            size /= 2;
            bytes.truncate(bytes.len() - size * 2);
            fs::write(&filler, &bytes).ok();
        }
    }
    let mut durable = 1;
    let mut failed = None;
    for n in 2..400 {
        let step = desk.step((0..20).map(|k| add(n * 100 + k, "a")).collect());
        desk.send(Request::Commit(step));
        match desk.next() {
            StoreEvent::Durable { seq, .. } => durable = seq,
            StoreEvent::Failed { request, waiting, reason } => {
                assert_eq!((request, waiting), (RequestId::Edit(desk.seq), 1));
                assert!(reason.contains("disk is full") && reason.contains("kept in memory"), "{reason}");
                failed = Some(desk.seq);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    let failed = failed.expect("the disk is full at last");
    let reader = desk.project.reader().expect("a reader while it is full");
    assert_eq!(reader.history(None, 999).expect("the journal").rows.last().map(|e| e.seq), Some(durable));
    for _ in 0..3 {
        let step = desk.step(vec![add(desk.seq * 1000, "a")]);
        desk.send(Request::Commit(step));
    }
    let mut waiting = 1;
    while waiting < 4 {
        let StoreEvent::Failed { request, waiting: now, .. } = desk.next() else { panic!("it is full") };
        assert_eq!(request, RequestId::Edit(failed), "the first one first");
        waiting = now;
    }
    fs::remove_file(&filler).expect("room");
    desk.send(Request::RetryNow);
    let mut seqs = Vec::new();
    let mut recovered = false;
    while seqs.len() < 4 {
        match desk.next() {
            StoreEvent::Durable { seq, .. } => seqs.push(seq),
            StoreEvent::Recovered => recovered = true,
            StoreEvent::Failed { .. } if !recovered => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(recovered);
    assert_eq!(seqs, (failed..failed + 4).collect::<Vec<_>>());
    assert!(reader.check().expect("a check").is_good());
    let last = desk.seq;
    desk.close();
    let reader = Project::open(&dir, NOW_MS).expect("it opens").project.reader().expect("a reader");
    let seqs: Vec<u64> = reader.history(None, 999).expect("the journal").rows.iter().map(|e| e.seq).collect();
    assert_eq!(seqs, (1..=last).collect::<Vec<_>>(), "none lost, none twice");
}

#[test]
fn closing_on_a_full_disk_names_what_is_lost() {
    let Some(medium) = Mount::new("2m") else { return };
    let mut desk = Desk::new(&medium.path().join("project"));
    desk.commit(vec![add(1, "a")]);
    fs::write(medium.path().join("filler"), vec![0; 4 << 20]).ok();
    let step = desk.step((0..2000).map(|n| add(100 + n, "a")).collect());
    desk.send(Request::Commit(step));
    let events = desk.close();
    assert_eq!(events.last(), Some(&StoreEvent::Stopped { unsaved: vec![RequestId::Edit(2)] }), "{events:?}");
}

#[test]
fn a_read_only_place_shows_the_project_and_what_was_in_its_wal() {
    for closed in [true, false] {
        let Some(medium) = Mount::new("8m") else { return };
        let dir = medium.path().join("project");
        let mut desk = Desk::new(&medium.path().join("work"));
        for n in 1..=10 {
            desk.commit(vec![add(n, "a")]);
        }
        if closed {
            desk.close();
            fs::rename(medium.path().join("work"), &dir).expect("moved");
        } else {
            // As a crash leaves it: the newest edits stand in the -wal alone.
            fs::create_dir(&dir).expect("a directory");
            for name in ["project.db", "project.db-wal", "project.lock"] {
                fs::copy(medium.path().join("work").join(name), dir.join(name)).expect("a copy");
            }
            desk.close();
        }
        medium.read_only();
        let project = Project::open(&dir, NOW_MS).expect("it opens").project;
        let Access::ReadOnly { reason: ReadOnlyReason::NotWritable(_) } = project.access() else {
            panic!("{:?}", project.access())
        };
        let reader = project.reader().expect("a reader");
        assert_eq!(reader.counts().expect("counts").annotations, 10, "closed: {closed}");
        let (sender, _events) = std::sync::mpsc::channel();
        assert!(project.start(sender, std::task::Waker::noop().clone()).is_err());
        drop(project);
        assert_eq!(reader.counts().expect("the reader keeps its copy").annotations, 10);
    }
}

/// `status` must not make a window that starts meanwhile read-only, and must see what a killed writer left in the log.
#[test]
fn looking_takes_no_lock() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    let looked = Project::look(dir.path(), NOW_MS).expect("while it is written");
    assert_eq!(looked.project.reader().and_then(|r| r.counts()).expect("counts").annotations, 1);
    drop(desk);
    let looked = Project::look(dir.path(), NOW_MS).expect("closed");
    assert_eq!(looked.project.reader().and_then(|r| r.counts()).expect("counts").annotations, 1);
    let opened = Project::open(dir.path(), NOW_MS).expect("it opens");
    assert_eq!(opened.project.access(), &Access::Writer, "although somebody looks");
}
