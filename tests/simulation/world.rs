//! One seed: a person, a client that crashes, a network that loses, a server that misbehaves and another person, in
//! virtual time.

use super::content::Marker;
use super::ledger::Ledger;
use super::rng::Rng;
use super::server::{Personality, Server};
use super::sqlite::SqliteStore;
use super::store::{Disk, Edit, MemStore, Store};
use labelwright::api;
use labelwright::model::LocalId;
use labelwright::sync::{
    Answer, Bug, Call, Commit, Effect, Engine, Event, Key, PullScope, RemoteRecord, Resolution, SendPolicy, SyncState,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Something that is wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeded {
    Nothing,
    Engine(Bug),
    /// `synchronous=NORMAL`: a crash takes the last transactions with it.
    StoreForgets,
}

/// How the clock of this desk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    Right,
    /// A year off, ahead or behind, and set to another year now and then. What the docs name as the limit of such a
    /// clock is left out: writes that land late, reads that are behind, a server that asks for patience.
    SetByYears,
}

/// What a seed runs on.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub seeded: Seeded,
    pub disk: Disk,
    pub clock: Clock,
}

impl Setup {
    pub const PLAIN: Self = Self { seeded: Seeded::Nothing, disk: Disk::Memory, clock: Clock::Right };
}

/// What happens next.
#[derive(Clone, Debug)]
pub enum Happening {
    ClockIsSet,
    User,
    Other,
    StoreWorks,
    Wake,
    Arrive { account: usize, life: u64, call_id: u64, call: Call, fate: Fate },
    Reply { life: u64, call_id: u64, reply: Reply },
    Local { life: u64, pull_id: u64, scope: PullScope },
    Show { life: u64, lid: LocalId },
    Start,
    NetworkBack,
}

/// What the network and the server do to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Fine,
    AnswerLost,
    /// It arrives when the client has long given up.
    Late,
    Throttled,
    FailsUnapplied,
    FailsApplied,
    FailsHalfApplied,
    KeyRefused,
    Twice,
    TryAgain,
    InternalError,
}

#[derive(Clone, Debug)]
pub enum Reply {
    Answer(Answer),
    Rows(Vec<api::Annotation>),
    Page(Vec<api::Annotation>),
}

/// What waits in front of the store.
#[derive(Clone, Debug)]
pub enum Op {
    Edits(Vec<Edit>),
    Commit(Commit),
    AddRemote(Vec<RemoteRecord>),
}

/// One account: its project on this disk and its app on the server.
#[derive(Debug)]
pub struct Account {
    pub store: Box<dyn Store>,
    pub server: Server,
    pub ledger: Ledger,
    pub inputs: Vec<String>,
    /// The server asked for no request before this.
    pub patience_until_ms: i64,
    /// An edit was durable once.
    pub was_edited: bool,
}

/// A step of the person, to be taken back.
#[derive(Clone, Debug)]
pub struct Done {
    pub account: usize,
    pub edits: Vec<Edit>,
}

/// A write under way, as the wire sees it.
#[derive(Debug)]
pub struct OnTheWire {
    pub call_id: u64,
    pub writes: bool,
    /// What it deletes.
    pub deletes: Vec<Key>,
}

pub struct World {
    pub rng: Rng,
    pub now_ms: i64,
    pub accounts: Vec<Account>,
    pub active: usize,
    pub seeded: Seeded,
    pub clock: Clock,
    /// What this desk's clock says, besides the time.
    pub skew_ms: i64,
    pub engine: Engine,
    /// Counts the starts of the program: answers to an earlier life reach nobody.
    pub life: u64,
    pub running: bool,
    pub documents: BTreeMap<LocalId, api::Annotation>,
    pub queue: VecDeque<Op>,
    pub happenings: BTreeMap<(i64, u64), Happening>,
    pub wake_ms: Option<(i64, u64)>,
    seq: u64,
    pub state: SyncState,
    pub network_up: bool,
    /// The longest way to the server, and the longest that the store takes; drawn for every seed.
    pub way_max_ms: i64,
    pub store_max_ms: i64,
    pub faults: bool,
    pub user_acts_left: usize,
    pub undo: Vec<Done>,
    pub redo: Vec<Done>,
    pub next_value: u32,
    pub next_marker: Marker,
    pub next_other_marker: Marker,
    pub wire: Vec<OnTheWire>,
    pub sends: VecDeque<i64>,
    pub auth_told: bool,
    pub failures_in_a_row: u32,
    pub resolving: BTreeMap<LocalId, Resolution>,
    pub discarding: BTreeSet<LocalId>,
    /// What may leave while the person holds everything back: revisions at their word.
    pub released: BTreeMap<LocalId, u64>,
    pub policy: SendPolicy,
    pub acked_deletes: BTreeMap<(usize, Key), i64>,
    pub requests: usize,
    pub edits: usize,
    pub crashes: usize,
    pub violation: Option<String>,
    pub log: Option<Vec<String>>,
}

pub const START_MS: i64 = 1_800_000_000_000;

impl World {
    pub fn new(seed: u64, setup: Setup, log: bool) -> Self {
        let Setup { seeded, disk, clock } = setup;
        let mut rng = Rng::new(seed);
        let two =
            rng.per_mille(100) || seeded == Seeded::Engine(Bug::AccountSwitchKeepsTheOutbox) && rng.per_mille(500);
        let accounts = (0..if two { 2 } else { 1 })
            .map(|i| Account {
                store: match disk {
                    Disk::Memory => Box::new(MemStore::keeping(if seeded == Seeded::StoreForgets { 3 } else { 0 })),
                    Disk::Sqlite => Box::new(SqliteStore::new()),
                },
                server: Server::new(Personality::draw(&mut rng)),
                ledger: Ledger::default(),
                inputs: (0..2).map(|k| format!("in{i}{k}")).collect(),
                patience_until_ms: 0,
                was_edited: false,
            })
            .collect();
        let mut world = Self {
            user_acts_left: 8 + rng.below(24),
            way_max_ms: [2, 200, 200, 1_000][rng.below(4)],
            store_max_ms: [0, 15, 15, 400][rng.below(4)],
            rng,
            now_ms: START_MS,
            accounts,
            active: 0,
            seeded,
            clock,
            skew_ms: 0,
            engine: Engine::new(),
            life: 0,
            running: false,
            documents: BTreeMap::new(),
            queue: VecDeque::new(),
            happenings: BTreeMap::new(),
            wake_ms: None,
            seq: 0,
            state: SyncState::default(),
            network_up: true,
            faults: true,
            undo: Vec::new(),
            redo: Vec::new(),
            next_value: 100,
            next_marker: 1,
            next_other_marker: 1_000_000,
            wire: Vec::new(),
            sends: VecDeque::new(),
            auth_told: false,
            failures_in_a_row: 0,
            resolving: BTreeMap::new(),
            discarding: BTreeSet::new(),
            released: BTreeMap::new(),
            policy: SendPolicy::AsEdited,
            acked_deletes: BTreeMap::new(),
            requests: 0,
            edits: 0,
            crashes: 0,
            violation: None,
            log: log.then(Vec::new),
        };
        world.other_seeds_the_server();
        if clock == Clock::SetByYears {
            world.set_clock();
            world.accounts.iter_mut().for_each(|account| account.server.personality.lag_max_ms = 0);
        }
        if seeded == Seeded::Engine(Bug::ReplacedIdsAreForgotten) {
            world.accounts.iter_mut().for_each(|account| account.server.personality.lag_max_ms = 3_000);
        }
        world.after(0, Happening::Start);
        world.after(10, Happening::User);
        world.after(500, Happening::Other);
        world
    }

    pub fn after(&mut self, delay_ms: i64, happening: Happening) -> (i64, u64) {
        self.seq += 1;
        let at = (self.now_ms + delay_ms, self.seq);
        self.happenings.insert(at, happening);
        at
    }

    pub fn fail(&mut self, what: String) {
        self.say(|| format!("VIOLATION {what}"));
        self.violation.get_or_insert(what);
    }

    pub fn say(&mut self, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{:>9} {}", self.now_ms - START_MS, what()));
        }
    }

    pub fn account(&mut self) -> &mut Account {
        &mut self.accounts[self.active]
    }

    /// Lets one thing happen; false when nothing is left.
    pub fn step(&mut self) -> bool {
        let Some(((at, _), happening)) = self.happenings.pop_first() else { return false };
        self.now_ms = at;
        match happening {
            Happening::ClockIsSet => self.set_clock(),
            Happening::User => self.user_acts(),
            Happening::Other => self.other_acts(),
            Happening::StoreWorks => self.store_works(),
            Happening::Wake => {
                self.wake_ms = None;
                self.tell(Event::Tick);
            }
            Happening::Arrive { account, life, call_id, call, fate } => {
                self.arrive(account, life, call_id, &call, fate);
            }
            Happening::Reply { life, call_id, reply } => self.reply(life, call_id, reply),
            Happening::Local { life, pull_id, scope } => {
                if life == self.life && self.running {
                    let mut records = self.account().store.present(&scope);
                    // As the session does, so that an engine that relied on what is left out would be found out.
                    records.retain(|record| !self.engine.was_shown(pull_id, &Key::of(record)));
                    self.tell(Event::LocalListing { pull_id, records });
                }
            }
            Happening::Show { life, lid } => self.show(life, lid),
            Happening::Start => self.start(),
            Happening::NetworkBack => self.network_up = true,
        }
        let twice = self.accounts.iter().flat_map(|a| a.server.live.iter()).find(|(_, n)| **n > 1);
        if let Some((marker, n)) = twice {
            let what = format!("I2: {marker} is on the server {n} times");
            self.fail(what);
        }
        self.violation.is_none()
    }

    fn set_clock(&mut self) {
        const YEAR_MS: i64 = 365 * 24 * 3_600_000;
        self.skew_ms = [-YEAR_MS, 0, YEAR_MS][self.rng.below(3)];
        let skew_ms = self.skew_ms;
        self.say(|| format!("CLOCK is off by {skew_ms} ms"));
        if self.faults {
            let pause = self.rng.between(1_000, 60_000);
            self.after(pause, Happening::ClockIsSet);
        }
    }

    /// The time as this desk's clock has it.
    pub fn clock_ms(&self) -> i64 {
        self.now_ms + self.skew_ms
    }

    /// Hands an event to the engine and does what it says.
    pub fn tell(&mut self, event: Event) {
        if !self.running {
            return;
        }
        self.say(|| format!("  event {}", brief(&format!("{event:?}"))));
        let mut random = Rng::new(self.rng.next());
        let effects = self.engine.handle(event, self.clock_ms(), &mut || random.next());
        let life = self.life;
        for effect in effects {
            if self.life != life {
                return; // it died over the one before
            }
            self.do_effect(effect);
        }
        if self.faults && self.rng.per_mille(4) {
            self.crash();
        }
    }

    fn do_effect(&mut self, effect: Effect) {
        if !matches!(effect, Effect::WakeAt(_) | Effect::State(_)) {
            self.say(|| format!("    effect {}", brief(&format!("{effect:?}"))));
        }
        match effect {
            Effect::Commit(commit) => {
                if commit.epoch == self.engine.epoch() {
                    self.enqueue(Op::Commit(commit));
                }
            }
            Effect::AddRemote { epoch, records } => {
                if epoch == self.engine.epoch() {
                    self.enqueue(Op::AddRemote(records));
                }
            }
            Effect::Send { epoch, call_id, call } => {
                if epoch == self.engine.epoch() {
                    self.send(call_id, call);
                }
            }
            Effect::ListLocal { epoch: _, pull_id, scope } => {
                let life = self.life;
                let delay = self.rng.between(0, 20);
                self.after(delay, Happening::Local { life, pull_id, scope });
            }
            Effect::ShowRemote(shown) => {
                for one in shown {
                    let (life, delay) = (self.life, self.rng.between(0, 60));
                    self.after(delay, Happening::Show { life, lid: one.lid });
                }
            }
            Effect::State(state) => self.state = state,
            Effect::WakeAt(at) => {
                if let Some(old) = self.wake_ms.take() {
                    self.happenings.remove(&old);
                }
                self.wake_ms = Some(self.after((at - self.clock_ms()).max(1), Happening::Wake));
            }
            Effect::Stopped => {}
        }
    }

    pub fn enqueue(&mut self, op: Op) {
        if self.queue.is_empty() {
            let delay = self.rng.between(0, self.store_max_ms);
            self.after(delay, Happening::StoreWorks);
        }
        self.queue.push_back(op);
    }

    /// The program dies. What was not in the store is gone; what is on the wire goes on.
    pub fn crash(&mut self) {
        if !self.running {
            return;
        }
        self.say(|| "CRASH".to_owned());
        self.crashes += 1;
        self.running = false;
        self.life += 1;
        self.queue.clear();
        self.happenings.retain(|_, h| !matches!(h, Happening::StoreWorks | Happening::Wake | Happening::Show { .. }));
        self.wake_ms = None;
        self.forget_manners();
        self.documents.clear();
        self.resolving.clear();
        self.discarding.clear();
        self.undo.clear();
        self.redo.clear();
        let lost = if self.seeded == Seeded::StoreForgets { self.rng.below(4) } else { 0 };
        self.account().store.crash(lost);
        let delay = if self.rng.per_mille(500) { self.rng.between(1, 50) } else { self.rng.between(1_000, 20_000) };
        self.after(delay, Happening::Start);
    }

    /// What the server asked for is not kept on the disk.
    pub fn forget_manners(&mut self) {
        self.wire.clear();
        self.sends.clear();
        self.auth_told = false;
        self.failures_in_a_row = 0;
        self.accounts.iter_mut().for_each(|account| account.patience_until_ms = 0);
    }

    fn start(&mut self) {
        if self.running {
            return;
        }
        self.say(|| "START".to_owned());
        self.running = true;
        self.engine = match self.seeded {
            Seeded::Engine(bug) => Engine::with_seeded_bug(bug),
            _ => Engine::new(),
        };
        self.released.clear();
        self.load();
        let pull = self.rng.per_mille(300);
        if pull {
            self.tell(Event::Pull(PullScope::All));
        }
        if self.faults && self.rng.per_mille(60) {
            self.crash(); // while it recovers
        }
    }

    /// Reads the project of the active account.
    pub fn load(&mut self) {
        let rows = self.account().store.all();
        self.documents = rows.into_iter().filter_map(|row| Some((row.lid, row.desired?))).collect();
        let policy = self.policy;
        if policy != SendPolicy::AsEdited {
            self.tell(Event::SendPolicy(policy));
        }
        let records = self.account().store.not_clean();
        self.tell(Event::Loaded(records));
        if !self.account().was_edited {
            self.tell(Event::NeverEdited);
        }
    }

    fn show(&mut self, life: u64, lid: LocalId) {
        if life != self.life || !self.running || self.has_edits_waiting(lid) {
            return;
        }
        match self.account().store.row(lid).and_then(|row| row.desired) {
            Some(desired) => drop(self.documents.insert(lid, desired)),
            None => drop(self.documents.remove(&lid)),
        }
    }

    pub fn has_edits_waiting(&self, lid: LocalId) -> bool {
        self.queue.iter().any(|op| matches!(op, Op::Edits(edits) if edits.iter().any(|e| e.lid == lid)))
    }

    /// Whether nothing is left to do.
    pub fn is_quiet(&self) -> bool {
        let s = &self.state;
        self.running
            && self.queue.is_empty()
            && self.wire.is_empty()
            && s.unsent + s.sending + s.unknown + s.suspect == 0
            && s.pull == labelwright::sync::PullState::Idle
            && !self
                .happenings
                .values()
                .any(|h| matches!(h, Happening::Arrive { .. } | Happening::Reply { .. } | Happening::Show { .. }))
    }
}

fn brief(text: &str) -> String {
    text.chars().take(6000).collect()
}
