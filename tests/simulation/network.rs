//! The way to the server and back.

use super::rng::Rng;
use super::server::{Hiccup, RetryAfter, keys_of};
use super::world::{Clock, Fate, Happening, OnTheWire, Reply, World};
use labelwright::sync::{Answer, Call, Event, Gate, Key};

const TIMEOUT_MS: i64 = 30_000;

impl World {
    pub fn send(&mut self, call_id: u64, call: Call) {
        self.requests += 1;
        self.check_request(&call);
        let writes = matches!(call, Call::Post(_) | Call::Patch { .. } | Call::Delete(_));
        let deletes = if matches!(call, Call::Delete(_)) { keys_of(&call) } else { Vec::new() };
        self.wire.push(OnTheWire { call_id, writes, deletes });
        // A clock that jumps ahead makes it look as if a call had been silent for minutes: then it is over.
        let crowded = self.wire.len() > 2 || self.wire.iter().filter(|w| w.writes).count() > 1;
        if crowded && self.clock == Clock::Right {
            self.fail(format!("I9/I11: {} requests under way", self.wire.len()));
        }
        let life = self.life;
        if self.faults && self.rng.per_mille(if writes { 20 } else { 4 }) {
            self.crash(); // before the first byte
            return;
        }
        if !self.network_up || self.faults && self.rng.per_mille(20) {
            let answer = Answer::NotApplied { reason: "connection refused".to_owned() };
            self.after(20, Happening::Reply { life, call_id, reply: Reply::Answer(answer) });
            return;
        }
        let fate = self.draw_fate(writes);
        let lost = self.faults && self.rng.per_mille(60);
        let way = self.rng.between(1, self.way_max_ms);
        let account = self.active;
        if fate == Fate::Late {
            let late = self.rng.between(TIMEOUT_MS + 1_000, 100_000);
            self.after(late, Happening::Arrive { account, life, call_id, call, fate });
        } else if !lost {
            self.after(way, Happening::Arrive { account, life, call_id, call, fate });
        }
        if lost || matches!(fate, Fate::Late | Fate::AnswerLost) {
            let reply = Reply::Answer(Answer::Unknown { reason: "timeout".to_owned() });
            let quick = fate != Fate::Late && self.rng.per_mille(500);
            let wait = if quick { self.rng.between(250, 2_000) } else { TIMEOUT_MS };
            self.after(wait, Happening::Reply { life, call_id, reply });
        }
        if self.faults && self.rng.per_mille(if writes { 40 } else { 5 }) {
            self.crash(); // the request is on its way
        }
    }

    fn draw_fate(&mut self, writes: bool) -> Fate {
        if !self.faults {
            return Fate::Fine;
        }
        let at = self.rng.below(1000);
        let table: [(usize, Fate); 10] = [
            (80, Fate::AnswerLost),
            (120, Fate::Late),
            (160, Fate::Throttled),
            (200, Fate::FailsUnapplied),
            (210, Fate::KeyRefused),
            (230, Fate::FailsHalfApplied),
            (245, Fate::FailsApplied),
            (285, Fate::Twice),
            (345, Fate::TryAgain),
            (385, Fate::InternalError),
        ];
        let fate = table.into_iter().find(|(until, _)| at < *until).map_or(Fate::Fine, |(_, fate)| fate);
        match fate {
            Fate::Late | Fate::Throttled if self.clock == Clock::SetByYears => Fate::AnswerLost,
            Fate::Throttled | Fate::KeyRefused | Fate::FailsUnapplied | Fate::AnswerLost => fate,
            other if writes => other,
            _ => Fate::Fine,
        }
    }

    pub fn arrive(&mut self, account: usize, life: u64, call_id: u64, call: &Call, fate: Fate) {
        self.say(|| format!("  server {account}: {fate:?} call {call_id} {:?}", keys_of(call)));
        self.check_account(account, call);
        let (now_ms, mut rng) = (self.now_ms, Rng::new(self.rng.next()));
        let server = &mut self.accounts[account].server;
        if !server.key_is_good || fate == Fate::KeyRefused {
            server.key_is_good = false;
            let reply = Reply::Answer(Answer::Auth { reason: "key".to_owned() });
            self.back(life, call_id, reply);
            return;
        }
        if fate == Fate::Throttled {
            let given = matches!(server.personality.retry_after, RetryAfter::Given);
            let retry_after_ms = given.then(|| rng.between(1, 20) * 1_000);
            self.back(life, call_id, Reply::Answer(Answer::Throttled { retry_after_ms }));
            return;
        }
        let fails = Answer::Unknown { reason: "500".to_owned() };
        if fate == Fate::FailsUnapplied {
            self.back(life, call_id, Reply::Answer(fails));
            return;
        }
        let lag = if rng.per_mille(250) { rng.between(0, server.personality.lag_max_ms) } else { 0 };
        let reply = match call {
            Call::Probe => Reply::Answer(Answer::Done),
            Call::ReadBack(keys) => Reply::Rows(server.read_back(keys, now_ms, lag)),
            Call::ListPage { scope, page, per_page } => Reply::Page(server.page(scope, *page, *per_page, now_ms, lag)),
            write => {
                let hiccup = match fate {
                    Fate::TryAgain => Hiccup::TryAgain,
                    Fate::InternalError => Hiccup::InternalError,
                    _ => Hiccup::None,
                };
                let limit = if fate == Fate::FailsHalfApplied { keys_of(write).len() / 2 } else { usize::MAX };
                if limit == 0 {
                    Reply::Answer(fails.clone())
                } else {
                    let mut answer = server.write(write, now_ms, limit, hiccup, &mut rng);
                    if fate == Fate::Twice {
                        answer = server.write(write, now_ms, limit, hiccup, &mut rng);
                    }
                    Reply::Answer(answer)
                }
            }
        };
        match fate {
            Fate::Late | Fate::AnswerLost => {}
            Fate::FailsApplied | Fate::FailsHalfApplied => self.back(life, call_id, Reply::Answer(fails)),
            _ => self.back(life, call_id, reply),
        }
    }

    fn back(&mut self, life: u64, call_id: u64, reply: Reply) {
        let way = self.rng.between(1, self.way_max_ms);
        self.after(way, Happening::Reply { life, call_id, reply });
    }

    pub fn reply(&mut self, life: u64, call_id: u64, reply: Reply) {
        if life != self.life || !self.running {
            return;
        }
        let Some(at) = self.wire.iter().position(|w| w.call_id == call_id) else { return };
        let over = self.wire.remove(at);
        self.note_deaths(&over, &reply);
        let now_ms = self.now_ms;
        match &reply {
            Reply::Answer(Answer::Unknown { .. } | Answer::NotApplied { .. }) => self.failures_in_a_row += 1,
            Reply::Answer(Answer::Throttled { retry_after_ms }) => {
                if let Some(wait) = retry_after_ms {
                    let account = self.account();
                    account.patience_until_ms = account.patience_until_ms.max(now_ms + wait);
                }
            }
            Reply::Answer(Answer::Auth { .. }) => self.auth_told = true,
            Reply::Answer(_) | Reply::Rows(_) | Reply::Page(_) => self.failures_in_a_row = 0,
        }
        let event = match reply {
            Reply::Answer(answer) => Event::Answer { call_id, answer },
            Reply::Rows(rows) => {
                for row in &rows {
                    self.accounts[self.active].ledger.client_saw(row, now_ms);
                }
                Event::Answer { call_id, answer: Answer::Rows(rows) }
            }
            Reply::Page(rows) => {
                for row in &rows {
                    self.accounts[self.active].ledger.client_saw(row, now_ms);
                }
                let keys: Vec<Key> = rows.iter().map(Key::of_row).collect();
                let known = self.account().store.by_keys(&keys);
                Event::Page { call_id, rows, passed_over: Vec::new(), known }
            }
        };
        self.tell(event);
        self.state_is_told();
    }

    /// The client is told that what it deleted is gone: these ids are dead.
    fn note_deaths(&mut self, over: &OnTheWire, reply: &Reply) {
        for key in &over.deletes {
            let gone = match reply {
                Reply::Answer(Answer::Done) => true,
                Reply::Answer(Answer::Items { items, .. }) => {
                    items.iter().any(|i| i.sid == key.sid && i.code.0 == 10_000)
                }
                _ => false,
            };
            if gone {
                self.acked_deletes.insert((self.active, key.clone()), self.now_ms);
            }
        }
    }

    /// The person sees that the key is refused and, sooner or later, enters it again.
    fn state_is_told(&mut self) {
        let refused = matches!(self.state.gate, Gate::AuthPaused { .. });
        if self.running && refused && self.rng.per_mille(300) {
            self.new_key();
        }
    }

    pub fn new_key(&mut self) {
        self.account().server.key_is_good = true;
        self.auth_told = false;
        self.failures_in_a_row = 0;
        self.tell(Event::KeyChanged);
    }
}
