//! Over a bad line: whatever happens to one request, everything the person did is on the server exactly once, or among
//! the problems with all it says.

use super::cases::{Case, Ends, all};
use super::desk::{Desk, SPEED, make_project};
use super::proxy::{Fault, On, Proxy, Reaches};
use super::service::{KEY, Service, app_name, client, listed, place};
use labelwright::runtime::{self, Pull, Request, SyncGate, TroubleKind};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Runs an ignored test of this binary in a process of its own, with a home and a key of its own, and shows what it says.
pub fn in_a_process(test: &str, more: &[(&str, &str)]) -> String {
    let home = place();
    let output = own_process(test, home.path(), KEY, more).output().expect("it runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

pub fn own_process(test: &str, home: &std::path::Path, key: &str, more: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("HOME", home).env("LABELWRIGHT_DATA", home.join("data")).env("LABELWRIGHT_KEY", key);
    command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("RUST_BACKTRACE");
    command.envs(more.iter().copied());
    command
}

#[test]
fn whatever_happens_to_a_request_every_edit_arrives_once() {
    let cases = all().len();
    assert!(cases >= 200, "{cases}");
    let only = std::env::var("FAULT").unwrap_or_default();
    println!("{}", in_a_process("line::all_cases", &[("FAULT", only.as_str())]));
}

/// The line comes back with the very page that ends the pull.
#[test]
fn a_pull_that_was_offline_for_a_moment_is_told_to_be_over() {
    println!("{}", in_a_process("line::an_empty_app", &[]));
}

#[test]
#[ignore = "runs only as the child of the test above"]
fn an_empty_app() {
    runtime::hurry(SPEED, 1);
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let service = tokio.block_on(Service::start(1));
    let proxy = tokio.block_on(Proxy::start(service.addr));
    let dir = place();
    make_project(dir.path(), &proxy.url(), &app_name(0));
    proxy.spoil(On::Read, Fault::Answer(Reaches::Nobody, 503, String::new(), Vec::new()), 2);
    let mut desk = Desk::open(dir.path());
    desk.until("the server is not there", |status| matches!(status.gate, SyncGate::Offline(_)));
    desk.until("it is, and all is fetched", |status| status.gate == SyncGate::Online && status.pull == Pull::Idle);
    desk.plan(); // after everything that was told until now
    assert_eq!(desk.status.pull, Pull::Idle, "nothing older is told after that");
    assert!(proxy.struck() > 0, "nothing was spoiled");
}

/// `FAULT=TEXT` runs those alone whose name holds it.
#[test]
#[ignore = "runs only as the child of the test above"]
fn all_cases() {
    runtime::hurry(SPEED, 1);
    let only = std::env::var("FAULT").unwrap_or_default();
    let cases: Vec<Case> = all().into_iter().filter(|case| case.name.contains(&only)).collect();
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let service = tokio.block_on(Service::start(cases.len()));
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    // Almost all of it is waiting.
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(n) else { return };
                    if let Err(why) = run(n, case, &service, tokio.handle()) {
                        eprintln!("FAILED {}: {why}", case.name);
                        failed.lock().expect("the list").push(case.name.clone());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("the list");
    println!("{} cases, {} failed", cases.len(), failed.len());
    assert!(failed.is_empty(), "{failed:#?}");
}

fn run(n: usize, case: &Case, service: &Service, tokio: &tokio::runtime::Handle) -> Result<(), String> {
    let proxy = tokio.block_on(Proxy::start(service.addr));
    let dir = place();
    make_project(dir.path(), &proxy.url(), &app_name(n));
    let spoil = || proxy.spoil(case.on, case.fault.clone(), case.times);
    if case.on == On::Read {
        spoil();
    }
    let mut desk = Desk::open(dir.path());
    if case.on == On::Post {
        desk.settle()?;
        spoil();
    }
    desk.step((1..=4).map(|who| (who, Some(10 * who as i64))).collect());
    let mut refused = rest(&mut desk, &proxy, case, &[1, 2, 3, 4])?;
    if matches!(case.on, On::Patch | On::Delete) {
        spoil();
    }
    desk.step(vec![(1, Some(111)), (2, Some(222))]);
    desk.step(vec![(3, None)]);
    refused |= rest(&mut desk, &proxy, case, &[3])?;
    desk.step(vec![(2, Some(333)), (5, Some(55))]);
    refused |= rest(&mut desk, &proxy, case, &[])?;
    if refused != (case.ends == Ends::AsProblems) {
        return Err(format!("it ends otherwise: among the problems: {refused}"));
    }
    if proxy.struck() == 0 {
        return Err("nothing was spoiled: the case tests nothing".to_owned());
    }
    let plan = desk.pull()?;
    if !plan.troubles.is_empty() {
        return Err(format!("troubles: {:?}", plan.troubles));
    }
    let there = tokio.block_on(listed(&client(&service.url(), &app_name(n))));
    let wanted = desk.expected();
    if there != wanted {
        return Err(format!("the server has {there:?}, wanted {wanted:?}"));
    }
    Ok(())
}

/// Waits until nothing moves any more. What is refused is kept whole, and goes out when a person has it tried again:
/// whether there was any such thing.
fn rest(desk: &mut Desk, proxy: &Proxy, case: &Case, refused: &[u64]) -> Result<bool, String> {
    desk.saved();
    let plan = desk.settle()?;
    while proxy.still_delivers() {
        std::thread::sleep(Duration::from_millis(20));
    }
    if case.ends != Ends::AsProblems || proxy.struck() == 0 || plan.troubles.is_empty() {
        return Ok(false);
    }
    let kept = |who: &u64, text: &str| text.contains(&format!("\"who\": {who}")) && text.contains("bounding_box");
    let says_why = |kind: &TroubleKind| matches!(kind, TroubleKind::Refused { reason, .. } if reason.len() > 10);
    let whole = refused.iter().all(|who| plan.troubles.iter().any(|trouble| kept(who, &trouble.export)));
    let told = plan.troubles.iter().all(|trouble| says_why(&trouble.kind));
    if !whole || !told || plan.troubles.len() != refused.len() {
        return Err(format!("{refused:?} should be among the problems, whole: {:?}", plan.troubles));
    }
    proxy.repair();
    for trouble in plan.troubles {
        desk.send(Request::RetryItem(trouble.lid));
    }
    desk.settle().map(|_| true)
}
