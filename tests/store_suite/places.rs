//! Full disks and places where nothing can be written. Needs the right to mount (root); says so where it is missing.

use crate::support::{Desk, NOW_MS, add, create};
use labelwright::store::{Access, OpenNote, Project, ReadOnlyReason, Request, RequestId, Stop, StoreEvent};
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
    let elsewhere = tempfile::tempdir().expect("a directory");
    let copy = elsewhere.path().join("copy");
    fs::create_dir(&copy).expect("a directory");
    desk.send(Request::SaveCopy { token: 77, to: copy.join("project.db") });
    while desk.next() != (StoreEvent::Done { token: 77 }) {}
    let copied = Project::look(&copy, NOW_MS).expect("the copy opens").project.reader().expect("a reader");
    let seqs: Vec<u64> = copied.history(None, 999).expect("its journal").rows.iter().map(|e| e.seq).collect();
    assert_eq!(seqs, (1..=desk.seq).collect::<Vec<_>>(), "with the steps that the full disk did not take");
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

/// Full at ten other moments: what was durable is there while it is full, and everything goes on when there is room.
#[test]
fn ten_disks_of_other_sizes_lose_nothing() {
    for n in 0..10 {
        let Some(medium) = Mount::new(&format!("{}k", 700 + 230 * n)) else { return };
        let dir = medium.path().join("project");
        let mut desk = Desk::new(&dir);
        let mut durable = 0;
        loop {
            let first = (desk.seq + 1) * 100;
            let step = desk.step((0..9).map(|k| add(first + k, "a")).collect());
            desk.send(Request::Commit(step));
            match desk.next() {
                StoreEvent::Durable { seq, .. } => durable = seq,
                StoreEvent::Failed { .. } => break,
                other => panic!("{other:?}"),
            }
        }
        let seqs = |project: &Project| -> Vec<u64> {
            let reader = project.reader().expect("a reader");
            reader.history(None, u64::MAX).expect("the journal").rows.iter().map(|e| e.seq).collect()
        };
        assert_eq!(seqs(&desk.project), (1..=durable).collect::<Vec<_>>(), "disk {n}, while it is full");
        let more = Command::new("mount").args(["-o", "remount,size=16m"]).arg(medium.path()).status().expect("mount");
        assert!(more.success());
        desk.send(Request::RetryNow);
        while durable < desk.seq {
            if let StoreEvent::Durable { seq, .. } = desk.next() {
                durable = seq;
            }
        }
        desk.close();
        let project = Project::open(&dir, NOW_MS).expect("it opens").project;
        assert_eq!(seqs(&project), (1..=durable).collect::<Vec<_>>(), "disk {n}");
    }
}

/// A limit on file sizes, which needs no rights: the system refuses a write in the middle, as a bad disk does.
#[test]
#[cfg(unix)]
fn a_write_that_the_system_refuses_loses_nothing_that_was_durable() {
    for blocks in [400, 600, 900, 1400, 2100] {
        let dir = tempfile::tempdir().expect("a directory");
        let project = dir.path().join("project");
        let program = std::env::current_exe().expect("this program");
        let limited = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
        let output = Command::new("sh")
            .args(["-c", &limited])
            .arg(program)
            .args(["--exact", "child::child", "--ignored", "--nocapture", "--test-threads=1"])
            .env("LABELWRIGHT_TEST_STORE_CHILD", &project)
            .output()
            .expect("a child");
        let said = String::from_utf8_lossy(&output.stdout);
        let durable = said.lines().filter_map(|line| line.strip_prefix("durable ")?.parse().ok()).max().unwrap_or(0);
        assert!(!output.status.success() && durable > 0, "{blocks}: it went on until the limit: {said}");
        let opened = Project::open(&project, NOW_MS).expect("it opens");
        crate::child::verify(&opened.project, durable);
    }
}

/// A look for damage goes on for a while after the project was closed.
#[test]
fn who_still_reads_a_closed_project_does_not_keep_others_from_writing() {
    let dir = tempfile::tempdir().expect("a directory");
    create(dir.path());
    let first = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    let (events, _told) = std::sync::mpsc::channel();
    let store = first.start(events, std::task::Waker::noop().clone()).expect("it starts");
    let second = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    assert!(matches!(second.access(), Access::ReadOnly { .. }), "one writes");
    store.shutdown();
    let third = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    assert_eq!(third.access(), &Access::Writer, "the first has ended, and only looks on");
    assert!(first.reader().and_then(|reader| reader.check()).expect("a look").is_good());
    let day = "2026-11-26";
    assert!(first.back_up(day).expect("a backup").is_some());
}

/// A window that is closed does not wait for the look that goes on in it.
#[test]
fn a_look_or_a_backup_that_is_stopped_ends_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut desk = Desk::new(dir.path());
    desk.commit((1..2_000).map(|n| add(n, "a")).collect());
    desk.close();
    let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    let stop = Stop::default();
    let mut reader = project.reader().expect("a reader");
    reader.rest_between(&stop).expect("it takes its time");
    assert!(reader.check().expect("a look").is_good());
    stop.stop();
    assert!(!reader.check().expect("a look").is_good(), "it did not come to its end");
    assert!(project.back_up_beside("2026-11-26", &stop).is_err());
    let backups = fs::read_dir(dir.path().join("backups")).expect("a folder").count();
    assert_eq!(backups, 0, "neither a backup nor a part of one");
    assert!(project.back_up_beside("2026-11-26", &Stop::default()).expect("a backup").is_some());
}

/// Locks as they may be found.
#[test]
fn a_lock_that_nobody_holds_is_no_obstacle_and_one_that_is_held_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let lock = dir.path().join("project.lock");
    let mut desk = Desk::new(dir.path());
    desk.commit(vec![add(1, "a")]);
    desk.close();
    let dead = r#"{"pid":4194305,"host":"elsewhere","started_ms":1,"closed":false}"#;
    let own = format!(r#"{{"pid":{},"host":"","started_ms":1,"closed":false}}"#, std::process::id());
    for found in ["", "\u{0}\u{0}\u{0}", "not json", dead, &own, r#"{"pid":-1}"#] {
        fs::write(&lock, found).expect("a lock");
        let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
        assert_eq!(project.access(), &Access::Writer, "{found:?}");
    }
    // Of eight that come at the same time one writes.
    let gate = std::sync::Barrier::new(8);
    let writers = std::thread::scope(|scope| {
        let open = || {
            gate.wait();
            let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
            gate.wait();
            usize::from(project.access() == &Access::Writer)
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum::<usize>()
    });
    assert_eq!(writers, 1);
    fs::remove_file(&lock).expect("a lock");
    fs::create_dir(&lock).expect("something else in its place");
    let project = Project::open(dir.path(), NOW_MS).expect("it opens").project;
    assert!(matches!(project.access(), Access::ReadOnly { .. }), "where no lock can be had nobody writes");
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

/// What lies in the read-only place.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Left {
    /// A closed project.
    Closed,
    /// As a crash leaves it: the newest edits stand in the -wal alone.
    Crashed,
    /// A closed project with the -wal of an earlier session beside it.
    WithStrayLog,
}

#[test]
fn a_read_only_place_shows_the_project_and_what_was_in_its_wal() {
    for left in [Left::Closed, Left::Crashed, Left::WithStrayLog] {
        let Some(medium) = Mount::new("8m") else { return };
        let dir = medium.path().join("project");
        let mut desk = Desk::new(&medium.path().join("work"));
        for n in 1..=10 {
            desk.commit(vec![add(n, "a")]);
        }
        let mut all = 10;
        if left == Left::Closed {
            desk.close();
            fs::rename(medium.path().join("work"), &dir).expect("moved");
        } else if left == Left::WithStrayLog {
            let old = fs::read(medium.path().join("work/project.db-wal")).expect("a log");
            desk.close();
            let mut desk = Desk::reopen(&medium.path().join("work"));
            desk.commit(vec![add(11, "a")]);
            desk.close();
            all = 11;
            fs::rename(medium.path().join("work"), &dir).expect("moved");
            fs::write(dir.join("project.db-wal"), old).expect("a careless restore");
        } else {
            fs::create_dir(&dir).expect("a directory");
            for name in ["project.db", "project.db-wal", "project.lock"] {
                fs::copy(medium.path().join("work").join(name), dir.join(name)).expect("a copy");
            }
            desk.close();
        }
        medium.read_only();
        let opened = Project::open(&dir, NOW_MS).expect("it opens");
        let stray = OpenNote::StrayWal(dir.join("project.db-wal"));
        assert_eq!(opened.notes, if left == Left::WithStrayLog { vec![stray] } else { Vec::new() });
        let project = opened.project;
        let Access::ReadOnly { reason: ReadOnlyReason::NotWritable(_) } = project.access() else {
            panic!("{:?}", project.access())
        };
        let reader = project.reader().expect("a reader");
        assert_eq!(reader.counts().expect("counts").annotations, all, "{left:?}");
        let (sender, _events) = std::sync::mpsc::channel();
        assert!(project.start(sender, std::task::Waker::noop().clone()).is_err());
        drop(project);
        assert_eq!(reader.counts().expect("the reader keeps its copy").annotations, all);
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
