//! The sync engine under every fault: seeded, in virtual time, against an independent ledger.
//!
//! `SIM_SEEDS=N` runs N seeds (20,000 without it), `SIM_FROM=S` begins at S; `SIM_LOG=1 SIM_FROM=S SIM_SEEDS=1` tells
//! the story of one. A failure prints the seed that repeats it; add it to `tests/seeds.txt`, which is replayed first.

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
#[path = "simulation/store.rs"]
mod store;
#[path = "simulation/world.rs"]
mod world;

use labelwright::sync::Bug;
use run::{Outcome, run};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use world::Seeded;

const SEEDS: u64 = 20_000;
/// One in a hundred seeds runs twice and must tell the same story both times (I15).
const TWICE: u64 = 100;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Runs seeds on all cores until one fails.
fn first_failure(from: u64, count: u64, seeded: Seeded) -> (Option<(u64, String)>, Outcome) {
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
                    let outcome = run(seed, seeded, None);
                    sum.add(&outcome);
                    let again = seed.is_multiple_of(TWICE) && run(seed, seeded, None).trace != outcome.trace;
                    let what = if again {
                        Some("I15: twice the same seed, two stories".to_owned())
                    } else {
                        outcome.violation
                    };
                    if let Some(what) = what {
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
        let outcome = run(seed, Seeded::Nothing, None);
        assert_eq!(outcome.violation, None, "SEED={seed}");
    }
}

#[test]
fn no_edit_is_lost_and_none_doubled() {
    let (from, count) = (number("SIM_FROM", 1), number("SIM_SEEDS", SEEDS));
    if std::env::var("SIM_LOG").is_ok() {
        let mut log = Vec::new();
        let outcome = run(from, Seeded::Nothing, Some(&mut log));
        println!("{}\n{:?}", log.join("\n"), outcome.violation);
    }
    let began = Instant::now();
    let (failure, sum) = first_failure(from, count, Seeded::Nothing);
    let secs = began.elapsed().as_secs_f64();
    println!("{} seeds from {from} in {secs:.1} s: {sum:?}", sum.seeds);
    if let Some((seed, what)) = failure {
        panic!(
            "SEED={seed}: {what}\nSIM_LOG=1 SIM_FROM={seed} SIM_SEEDS=1 cargo test --test simulation -- --nocapture"
        );
    }
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
        let (failure, sum) = first_failure(from, budget(seeded), seeded);
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
