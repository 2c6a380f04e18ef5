//! Processes that die: the editor while it saves and sends, the server while it writes. And a clock that is years off.

use super::desk::{Desk, PATIENCE, SPEED, make_project};
use super::line::{in_a_process, own_process};
use super::proxy::{Fault, On, Proxy, Reaches};
use super::service::{KEY, Service, USER, app_name, client, listed, place, post_picture};
use labelwright::runtime;
use labelwright::store::Project;
use labelwright::sync::View;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub const DIR: &str = "FAULTS_DIR";
pub const STEPS: &str = "FAULTS_STEPS";
pub const EDITOR: &str = "kills::an_editor";

/// Step n adds annotation n; every fifth deletes the one before, every third of the others moves it. So n says all.
fn step(n: u64) -> Vec<(u64, Option<i64>)> {
    let mut changes = vec![(n, Some(place_of(n)))];
    if n > 1 && n.is_multiple_of(5) {
        changes.push((n - 1, None));
    } else if n > 1 && n.is_multiple_of(3) {
        changes.push((n - 1, Some(place_of(n) + 1)));
    }
    changes
}

fn place_of(n: u64) -> i64 {
    i64::try_from(n * 7 % 500).expect("small")
}

fn after_steps(n: u64) -> BTreeMap<u64, i64> {
    let mut all = BTreeMap::new();
    for (who, left) in (1..=n).flat_map(step) {
        match left {
            Some(left) => drop(all.insert(who, left)),
            None => drop(all.remove(&who)),
        }
    }
    all
}

/// Not a test: the process that is killed. With a number of steps it makes those, waits until all is sent and ends.
#[test]
#[ignore = "runs only as the child of the tests below"]
fn an_editor() {
    runtime::hurry(SPEED, 20);
    let Some(dir) = std::env::var_os(DIR) else { return };
    let mut desk = Desk::open(Path::new(&dir));
    desk.load();
    println!("ready");
    let last = std::env::var(STEPS).ok().and_then(|text| text.parse::<u64>().ok()).map(|steps| desk.seq() + steps);
    let mut random = fastrand::Rng::new();
    while last.is_none_or(|last| desk.seq() < last) {
        let n = desk.seq() + 1;
        desk.step(step(n));
        desk.saved();
        println!("durable {n}");
        std::io::stdout().flush().expect("a pipe");
        std::thread::sleep(Duration::from_millis(random.u64(0..12)));
    }
    let plan = desk.settle().and_then(|_| desk.pull()).unwrap_or_else(|why| panic!("{why}"));
    assert!(plan.troubles.is_empty(), "{:?}", plan.troubles);
}

struct Editor {
    child: Child,
    /// The last step that it has shown as saved; a thread follows what it says.
    durable: Arc<AtomicU64>,
    hears: JoinHandle<()>,
}

impl Editor {
    fn start(home: &Path, project: &Path) -> Self {
        let mut command = own_process(EDITOR, home, KEY, &[]);
        command.env(DIR, project).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a child");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        while !line.ends_with("ready\n") {
            line.clear();
            assert!(out.read_line(&mut line).expect("a line") > 0, "the editor ended");
        }
        let durable = Arc::new(AtomicU64::new(0));
        let heard = Arc::clone(&durable);
        let hears = std::thread::spawn(move || {
            for line in out.lines() {
                let line = line.expect("a line");
                if let Some(step) = line.strip_prefix("durable ").and_then(|text| text.parse().ok()) {
                    heard.store(step, Ordering::Relaxed);
                }
            }
        });
        Self { child, durable, hears }
    }

    fn durable(&self) -> u64 {
        self.durable.load(Ordering::Relaxed)
    }

    /// Kills it; the last step that it had shown as saved, or 0.
    fn kill(mut self) -> u64 {
        self.child.kill().expect("a kill");
        self.child.wait().expect("its end");
        self.hears.join().expect("all is heard");
        self.durable.load(Ordering::Relaxed)
    }
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What a killed editor left: everything that was shown as saved, whole. The last step, and whether something was being
/// sent.
fn look(project: &Path, durable: u64) -> (u64, bool) {
    let reader = Project::look(project, 1).expect("it can be looked at").project.reader().expect("a reader");
    assert!(reader.check().expect("a check").is_good());
    let journal = reader.history(None, u64::MAX).expect("the journal").rows;
    let last = journal.last().map_or(0, |entry| entry.seq);
    assert!(last >= durable, "step {durable} was shown as saved, the journal ends at {last}");
    let records = reader.all_records().expect("records").rows;
    let shown: BTreeMap<u64, i64> =
        records.iter().filter_map(|record| super::service::who(record.desired.as_ref()?)).collect();
    assert_eq!(shown, after_steps(last), "after step {last}");
    (last, records.iter().any(|record| record.flight.is_some() || record.view == View::Unknown))
}

fn tokio() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads")
}

/// Half of them at any moment; the other half while a request with changes is on its way, which the server has got every
/// other time.
#[test]
fn fifty_kills_of_the_editor_lose_nothing_and_double_nothing() {
    let tokio = tokio();
    let service = tokio.block_on(Service::start(1));
    let proxy = tokio.block_on(Proxy::start(service.addr));
    let (home, project) = (place(), place());
    make_project(project.path(), &proxy.url(), &app_name(0));
    let mut random = fastrand::Rng::with_seed(50);
    let (mut steps, mut while_sending) = (0, 0);
    for round in 0..50 {
        let strikes = round % 2 == 1;
        if strikes {
            let reaches = if round % 4 == 1 { Reaches::TheServer } else { Reaches::Nobody };
            proxy.spoil(On::Post, Fault::Silence(reaches), 1);
        }
        let editor = Editor::start(home.path(), project.path());
        if strikes {
            wait_until("something is sent", || proxy.struck() > 0);
        }
        std::thread::sleep(Duration::from_millis(random.u64(1..180)));
        let durable = editor.kill().max(steps);
        proxy.repair();
        let (last, sending) = look(project.path(), durable);
        assert!(sending || !strikes, "round {round}: what was on its way is not known to have been");
        steps = last;
        while_sending += usize::from(sending);
    }
    let said = in_a_process(EDITOR, &[(DIR, &project.path().display().to_string()), (STEPS, "3")]);
    let there = tokio.block_on(listed(&client(&service.url(), &app_name(0))));
    let wanted: Vec<(u64, i64)> = after_steps(steps + 3).into_iter().collect();
    assert_eq!(there, wanted, "{said}");
    println!("50 kills, {while_sending} of them while something was being sent; {steps} steps, {} left", there.len());
}

/// A server process, always on the same port.
struct Server {
    data: PathBuf,
    addr: SocketAddr,
    child: Child,
}

impl Server {
    fn start(data: &Path, addr: SocketAddr) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
        command.args(["serve", "--data"]).arg(data).args(["--listen", &addr.to_string()]);
        command.args(["--app", &format!("{USER}/{}", app_name(0))]).env("LABELWRIGHT_KEYS", format!("{USER}={KEY}"));
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let end = Instant::now() + PATIENCE;
        loop {
            let mut child = command.spawn().expect("the server starts");
            let mut line = String::new();
            BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
            if let Some(url) = line.trim().strip_prefix("listening on http://") {
                return Self { data: data.to_owned(), addr: url.parse().expect("an address"), child };
            }
            child.wait().expect("its end");
            assert!(Instant::now() < end, "the server does not start again: {line}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn die(&mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("its end");
    }

    fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn twenty_kills_of_the_server_lose_nothing_that_it_had_acknowledged() {
    let tokio = tokio();
    let (home, project, data) = (place(), place(), place());
    let mut server = Server::start(&data.path().join("server"), SocketAddr::from(([127, 0, 0, 1], 0)));
    tokio.block_on(post_picture(&client(&server.url(), &app_name(0))));
    make_project(project.path(), &server.url(), &app_name(0));
    let editor = Editor::start(home.path(), project.path());
    let mut random = fastrand::Rng::with_seed(20);
    for round in 1..=20 {
        // It goes on with its work while there is no server.
        wait_until("the editor works", || editor.durable() >= 2 * round);
        std::thread::sleep(Duration::from_millis(random.u64(20..260)));
        server.die();
        let db = rusqlite_check(&server.data);
        assert_eq!(db, "ok");
        std::thread::sleep(Duration::from_millis(random.u64(0..60)));
        server = Server::start(&data.path().join("server"), server.addr);
    }
    let steps = editor.kill();
    let (steps, _) = look(project.path(), steps);
    let said = in_a_process(EDITOR, &[(DIR, &project.path().display().to_string()), (STEPS, "1")]);
    let there = tokio.block_on(listed(&client(&server.url(), &app_name(0))));
    let wanted: Vec<(u64, i64)> = after_steps(steps + 1).into_iter().collect();
    assert_eq!(there, wanted, "{said}");
    println!("20 kills of the server, {steps} steps, {} left", there.len());
}

/// The server's database, as its death left it (a copy, so that nothing is repaired).
fn rusqlite_check(data: &Path) -> String {
    let copy = place();
    for entry in std::fs::read_dir(data).expect("a directory").flatten() {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
        }
    }
    let db = std::fs::read_dir(copy.path()).expect("it").flatten().map(|e| e.path());
    let db = db.into_iter().find(|path| path.extension().is_some_and(|e| e == "sqlite")).expect("a database");
    let conn = rusqlite::Connection::open(db).expect("it opens");
    conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check")
}

#[test]
fn a_clock_that_is_a_year_off_keeps_nothing_waiting() {
    println!("{}", in_a_process("kills::with_a_wrong_clock", &[]));
}

#[test]
#[ignore = "runs only as the child of the test above"]
fn with_a_wrong_clock() {
    const YEAR_MS: i64 = 365 * 24 * 3_600_000;
    runtime::hurry(SPEED, 20);
    let tokio = tokio();
    let service = tokio.block_on(Service::start(1));
    let dir = place();
    make_project(dir.path(), &service.url(), &app_name(0));
    let mut wanted = Vec::new();
    for round in 0..4_u64 {
        runtime::set_clock_off(if round.is_multiple_of(2) { YEAR_MS } else { -YEAR_MS });
        let mut desk = Desk::open(dir.path());
        desk.load();
        for (n, off_ms) in (1..).zip([YEAR_MS, 0, -YEAR_MS, 0, YEAR_MS]) {
            let who = round * 10 + n;
            desk.step(vec![(who, Some(who as i64 * 3))]);
            runtime::set_clock_off(off_ms);
            desk.saved();
            wanted.push((who, who as i64 * 3));
        }
        let plan = desk.settle().and_then(|_| desk.pull()).unwrap_or_else(|why| panic!("{why}"));
        assert!(plan.troubles.is_empty(), "{:?}", plan.troubles);
        let there = tokio.block_on(listed(&client(&service.url(), &app_name(0))));
        assert_eq!(there, wanted, "round {round}");
    }
}
