//! A process that is killed while it writes: nothing that it had reported durable is lost.

use crate::support::{Desk, NOW_MS, add, set};
use labelwright::model::{History, LocalId};
use labelwright::store::{Access, LockInfo, OpenNote, Project, ReadOnlyReason, Request, StoreEvent};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DIR: &str = "LABELWRIGHT_TEST_STORE_CHILD";

/// Not a test: the body of the process that is killed. Adds, changes and deletes for ever, and prints the number of
/// every step once it is durable.
#[test]
#[ignore = "runs only as the child of the tests below"]
fn child() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = Path::new(&dir);
    if std::env::var("SYNCHRONOUS").is_ok_and(|mode| mode == "NORMAL") {
        // For the control run of `scripts/power_loss`, which has to lose something.
        labelwright::store::do_not_wait_for_the_disk();
    }
    let mut desk = if dir.join("project.db").exists() { Desk::reopen(dir) } else { Desk::new(dir) };
    let steps = std::env::var("STEPS").ok().and_then(|text| text.parse().ok()).unwrap_or(u64::MAX);
    let first = desk.seq;
    println!("ready");
    while desk.seq < first.saturating_add(steps) {
        // Groups of one to three, so that some transactions hold several steps.
        let wanted = 1 + desk.seq % 3;
        for _ in 0..wanted {
            let step = step(&mut desk);
            desk.send(Request::Commit(step));
        }
        for _ in 0..wanted {
            let StoreEvent::Durable { seq, .. } = desk.next() else { panic!("not durable") };
            println!("durable {seq}");
        }
        std::io::stdout().flush().expect("a pipe");
    }
    desk.close();
}

/// Step n adds n; every third one changes the one before, every fifth deletes it.
fn step(desk: &mut Desk) -> labelwright::store::LocalCommit {
    let n = desk.seq + 1;
    let mut desired = vec![add(n, "a")];
    if n > 1 && n.is_multiple_of(5) {
        desired.push(set(n - 1, "a", None));
    } else if n > 1 && n.is_multiple_of(3) {
        desired.push(set(n - 1, "a", Some(n)));
    }
    desk.step(desired)
}

pub fn spawn(dir: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child")
}

/// Waits until it works.
pub fn wait_ready(child: &mut Child) -> BufReader<std::process::ChildStdout> {
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    while !line.ends_with("ready\n") {
        line.clear();
        assert!(out.read_line(&mut line).expect("a line") > 0, "the child ended");
    }
    out
}

/// Everything up to step `last` is there, whole, and nothing is half there.
pub fn verify(project: &Project, durable: u64) -> u64 {
    let reader = project.reader().expect("a reader");
    assert!(reader.check().expect("a check").is_good());
    let entries = reader.history(None, u64::MAX).expect("the journal").rows;
    let last = entries.last().map_or(0, |entry| entry.seq);
    assert!(last >= durable, "step {durable} was reported durable, the journal ends at {last}");
    assert_eq!(entries.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>());
    assert_eq!(History::from_entries(entries).undo_depth() as u64, last);
    let records = reader.all_records().expect("records").rows;
    assert_eq!(
        records.iter().map(|r| r.lid).collect::<Vec<_>>(),
        (1..=last).map(|n| LocalId(n.into())).collect::<Vec<_>>()
    );
    for (n, record) in (1_u64..).zip(&records) {
        let (deleted, changed) = ((n + 1).is_multiple_of(5), (n + 1).is_multiple_of(3));
        let touched = n < last && (deleted || changed);
        assert_eq!(record.rev, 1 + u64::from(touched), "annotation {n} of {last}");
        assert_eq!(record.desired.is_none(), touched && deleted, "annotation {n} of {last}");
    }
    last
}

#[test]
fn twenty_kills_lose_nothing_that_was_durable() {
    let dir = tempfile::tempdir().expect("a directory");
    let project = dir.path().join("project");
    let mut random = fastrand::Rng::with_seed(20);
    let mut steps = 0;
    for round in 0..20 {
        let mut child = spawn(&project);
        let mut out = wait_ready(&mut child);
        let mut text = String::new();
        if round % 2 == 1 {
            // Half of them once something is known to be durable, however slow the machine.
            assert!(out.read_line(&mut text).expect("a line") > 0, "the child ended");
        }
        std::thread::sleep(Duration::from_millis(random.u64(2..60)));
        child.kill().expect("a kill");
        child.wait().expect("its end");
        out.read_to_string(&mut text).expect("its words");
        let durable =
            text.lines().filter_map(|line| line.strip_prefix("durable ")?.parse().ok()).max().unwrap_or(steps);
        let opened = Project::open(&project, NOW_MS).expect("a stale lock is no obstacle");
        assert_eq!(opened.project.access(), &Access::Writer, "round {round}");
        assert!(opened.notes.contains(&OpenNote::NotClosed), "{:?}", opened.notes);
        steps = verify(&opened.project, durable);
    }
    println!("{steps} steps");
    assert!(steps >= 10, "{steps}");
}

#[test]
fn a_second_window_reads_and_says_who_writes() {
    let dir = tempfile::tempdir().expect("a directory");
    let project = dir.path().join("project");
    let mut child = spawn(&project);
    let mut out = wait_ready(&mut child);
    let mut line = String::new();
    out.read_line(&mut line).expect("a durable step");
    let second = Project::open(&project, NOW_MS).expect("it opens");
    let Access::ReadOnly { reason } = second.project.access() else { panic!("two writers") };
    let ReadOnlyReason::AnotherWindow(Some(LockInfo { pid, closed: false, .. })) = reason else { panic!("{reason:?}") };
    assert_eq!(*pid, child.id());
    assert!(reason.to_string().contains(&format!("process {}", child.id())), "{reason}");
    let (sender, _events) = std::sync::mpsc::channel();
    assert!(second.project.start(sender, std::task::Waker::noop().clone()).is_err());
    let reader = second.project.reader().expect("a reader");
    let before = reader.next_numbers().expect("numbers").seq;
    assert!(before > 1);
    // The child is ahead of what it has said, so that only growth is certain.
    let end = Instant::now() + Duration::from_secs(90);
    while reader.next_numbers().expect("numbers").seq <= before {
        assert!(Instant::now() < end, "it does not follow what the other window writes");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("a kill");
    child.wait().expect("its end");
    assert_eq!(Project::open(&project, NOW_MS).expect("it opens").project.access(), &Access::Writer);
}
