//! The sync engine under every fault: seeded, in virtual time, against an independent ledger.
//!
//! `SIM_SEEDS=N` runs N seeds (without it 20,000 in memory, 2,000 on the real database, 2,000 with a clock that is set
//! by years), `SIM_FROM=S` begins at S; `SIM_LOG=1 SIM_FROM=S SIM_SEEDS=1` tells the story of one. A failure prints the seed that repeats it; add it to `tests/seeds.txt`, which is replayed first.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::needless_range_loop,
    clippy::struct_excessive_bools,
    reason = "values are small and exact here, and the world is one big state on purpose"
)]

#[path = "simulation/checks.rs"]
mod checks;
#[path = "simulation/content.rs"]
mod content;
#[path = "simulation/ledger.rs"]
mod ledger;
#[path = "simulation/network.rs"]
mod network;
#[path = "simulation/other.rs"]
mod other;
#[path = "simulation/people.rs"]
mod people;
#[path = "simulation/rng.rs"]
mod rng;
#[path = "simulation/run.rs"]
mod run;
#[path = "simulation/server.rs"]
mod server;
#[path = "simulation/sqlite.rs"]
mod sqlite;
#[path = "simulation/store.rs"]
mod store;
#[path = "simulation/world.rs"]
mod world;

use labelwright::sync::Bug;
use run::{Outcome, run};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use store::Disk;
use world::{Clock, Seeded, Setup};

const SEEDS: u64 = 20_000;
const SQLITE_SEEDS: u64 = 2_000;
const CLOCK_SEEDS: u64 = 2_000;
/// One in a hundred seeds runs twice and must tell the same story both times (I15).
const TWICE: u64 = 100;
/// Long runs say how far they are.
const TELL_EVERY: u64 = 50_000;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// One seed; a panic (I16) is what is wrong with it.
fn one(seed: u64, setup: Setup) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| run(seed, setup, None))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        Outcome { seeds: 1, violation: Some(format!("a panic: {text}")), ..Outcome::default() }
    })
}

/// What is wrong with a seed: with its story, or because a second telling of it differs.
fn wrong(seed: u64, setup: Setup, outcome: &Outcome) -> Option<String> {
    if outcome.violation.is_some() {
        return outcome.violation.clone();
    }
    let differs = |other: Setup| one(seed, other).trace != outcome.trace;
    if setup.disk == Disk::Sqlite {
        // The rows in memory are what the database is meant to be.
        let told = differs(Setup { disk: Disk::Memory, ..setup });
        return told.then(|| "I6: the database tells another story than rows in memory".to_owned());
    }
    let told = seed.is_multiple_of(TWICE) && differs(setup);
    told.then(|| "I15: twice the same seed, two stories".to_owned())
}

/// Runs seeds on all cores until one fails.
fn first_failure(from: u64, count: u64, setup: Setup) -> (Option<(u64, String)>, Outcome) {
    let next = AtomicU64::new(from);
    let failure: Mutex<Option<(u64, String)>> = Mutex::new(None);
    let total = Mutex::new(Outcome::default());
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut sum = Outcome::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + count || failure.lock().expect("lock").is_some() {
                        break;
                    }
                    if seed > from && (seed - from).is_multiple_of(TELL_EVERY) {
                        eprintln!("{} seeds from {from}", seed - from);
                    }
                    let outcome = one(seed, setup);
                    sum.add(&outcome);
                    if let Some(what) = wrong(seed, setup, &outcome) {
                        let mut failure = failure.lock().expect("lock");
                        if failure.as_ref().is_none_or(|(earlier, _)| seed < *earlier) {
                            *failure = Some((seed, what));
                        }
                    }
                }
                total.lock().expect("lock").add(&sum);
            });
        }
    });
    (failure.into_inner().expect("lock"), total.into_inner().expect("lock"))
}

#[test]
fn old_failures_stay_away() {
    let list = include_str!("seeds.txt");
    for line in list.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|line| !line.is_empty()) {
        let seed: u64 = line.parse().expect("a seed on each line");
        for disk in [Disk::Memory, Disk::Sqlite] {
            let setup = Setup { disk, ..Setup::PLAIN };
            assert_eq!(wrong(seed, setup, &one(seed, setup)), None, "SEED={seed} {disk:?}");
        }
    }
}

/// Runs seeds of one kind; a failure says how to repeat it.
fn no_failure(test: &str, count: u64, setup: Setup) {
    let (from, count) = (number("SIM_FROM", 1), number("SIM_SEEDS", count));
    if std::env::var("SIM_LOG").is_ok() {
        let mut log = Vec::new();
        let outcome = run(from, setup, Some(&mut log));
        println!("{}\n{:?}", log.join("\n"), outcome.violation);
    }
    let began = Instant::now();
    let (failure, sum) = first_failure(from, count, setup);
    let secs = began.elapsed().as_secs_f64();
    println!("{} seeds from {from} in {secs:.1} s: {sum:?}", sum.seeds);
    if let Some((seed, what)) = failure {
        panic!(
            "SEED={seed}: {what}\n\
             SIM_LOG=1 SIM_FROM={seed} SIM_SEEDS=1 cargo test --test simulation {test} -- --exact --nocapture"
        );
    }
}

#[test]
fn no_edit_is_lost_and_none_doubled() {
    no_failure("no_edit_is_lost_and_none_doubled", SEEDS, Setup::PLAIN);
}

/// With the program's own store: the database must tell the same story as rows in memory, through every crash.
#[test]
fn no_edit_is_lost_on_a_real_database() {
    no_failure("no_edit_is_lost_on_a_real_database", SQLITE_SEEDS, Setup { disk: Disk::Sqlite, ..Setup::PLAIN });
}

#[test]
fn no_edit_is_lost_by_a_clock_that_is_a_year_off() {
    let setup = Setup { clock: Clock::SetByYears, ..Setup::PLAIN };
    no_failure("no_edit_is_lost_by_a_clock_that_is_a_year_off", CLOCK_SEEDS, setup);
}

/// Every bug that is seeded must be noticed within this many seeds.
fn budget(seeded: Seeded) -> u64 {
    match seeded {
        Seeded::Nothing => 0,
        Seeded::Engine(
            Bug::OwnEchoIsTakenForAnotherEditor | Bug::StaleCommitCountsAsDone | Bug::DeleteOfNothingIsAnError,
        ) => 20_000,
        Seeded::Engine(_) | Seeded::StoreForgets => 4_000,
    }
}

#[test]
#[cfg(debug_assertions)] // a build without them has no seeded bugs in it
fn every_seeded_bug_is_noticed() {
    let mut missed = Vec::new();
    let mut all: Vec<Seeded> = Bug::ALL.into_iter().map(Seeded::Engine).collect();
    all.push(Seeded::StoreForgets);
    let from = number("SIM_FROM", 1);
    for seeded in all {
        let (failure, sum) = first_failure(from, budget(seeded), Setup { seeded, ..Setup::PLAIN });
        match failure {
            Some((seed, what)) => {
                let what: String = what.chars().take(100).collect();
                println!("{seeded:?}: noticed at seed {seed} ({} run): {what}", sum.seeds);
            }
            None => missed.push(seeded),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:?}");
}
