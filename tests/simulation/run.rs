//! One seed from beginning to end.

use super::server::keys_of;
use super::world::{Happening, START_MS, Setup, World};
use labelwright::sync::{Event, Gate, PullScope};

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub seeds: u64,
    pub requests: usize,
    pub edits: usize,
    pub crashes: usize,
    pub trace: u64,
    pub violation: Option<String>,
}

impl Outcome {
    pub fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.requests += other.requests;
        self.edits += other.edits;
        self.crashes += other.crashes;
    }
}

/// After the last fault everything must have settled within this time.
const SETTLE_MS: i64 = 20 * 60_000;
const MAX_STEPS: usize = 60_000;

pub fn run(seed: u64, setup: Setup, log: Option<&mut Vec<String>>) -> Outcome {
    let mut world = World::new(seed, setup, log.is_some());
    let mut steps = 0;
    while world.user_acts_left > 0 && steps < MAX_STEPS {
        steps += 1;
        if !world.step() {
            break;
        }
    }
    if world.violation.is_none() {
        settle(&mut world, &mut steps);
    }
    if let Some(log) = log {
        *log = world.log.take().unwrap_or_default();
    }
    Outcome {
        seeds: 1,
        requests: world.requests,
        edits: world.edits,
        crashes: world.crashes,
        trace: trace(&world, steps),
        violation: world.violation,
    }
}

/// Faults stop; everything must come to rest, in both accounts, and then be right.
fn settle(world: &mut World, steps: &mut usize) {
    world.faults = false;
    world.network_up = true;
    for account in &mut world.accounts {
        account.server.key_is_good = true;
    }
    for round in 0..world.accounts.len() * 2 {
        if round > 0 && world.accounts.len() > 1 {
            world.switch_when_quiet();
        }
        let requests_before = world.requests;
        // A first pull right away, in the middle of what is still unsettled, and one when all is quiet.
        for _ in 0..2 {
            if !come_to_rest(world, steps) {
                return;
            }
            world.say(|| "QUIET, pull".to_owned());
            world.tell(Event::Pull(PullScope::All));
        }
        if !come_to_rest(world, steps) {
            return;
        }
        if world.requests - requests_before > 3 * world.edits + 400 {
            let n = world.requests - requests_before;
            world.fail(format!("I8: {n} requests to settle {} edits", world.edits));
            return;
        }
    }
    world.check_end();
}

fn come_to_rest(world: &mut World, steps: &mut usize) -> bool {
    let until = world.now_ms + SETTLE_MS;
    let mut prodded = false;
    loop {
        // An answer from before may still tell of the old key.
        let paused = matches!(world.state.gate, Gate::AuthPaused { .. });
        if world.running && (!prodded || paused) {
            prodded = true;
            world.new_key();
            world.all_may_go();
            world.retry_now();
        }
        if world.is_quiet() {
            return true;
        }
        *steps += 1;
        if world.now_ms > until || *steps > MAX_STEPS {
            let state = world.state.clone();
            world.fail(format!("I8: not at rest after {} s: {state:?}", SETTLE_MS / 1000));
            return false;
        }
        if !world.step() {
            if world.violation.is_none() {
                let state = world.state.clone();
                world.fail(format!("I8: nothing happens any more: {state:?}"));
            }
            return false;
        }
    }
}

/// A digest of how it ended.
fn trace(world: &World, steps: usize) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |n: u64| hash = (hash ^ n).wrapping_mul(0x0100_0000_01b3);
    add(steps as u64);
    add(world.requests as u64);
    add(world.crashes as u64);
    add((world.now_ms - START_MS).unsigned_abs());
    for account in &world.accounts {
        for (key, marker, cells) in account.server.all_live() {
            key.sid.bytes().for_each(|b| add(u64::from(b)));
            add(marker);
            for cell in cells {
                add(u64::from(cell));
            }
        }
    }
    for happening in world.happenings.values() {
        if let Happening::Arrive { call, .. } = happening {
            add(keys_of(call).len() as u64);
        }
    }
    hash
}
