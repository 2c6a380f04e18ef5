//! The person at this desk, and the store between them and the engine.

use super::content::{Cell, Cells, decode, encode, with_cell};
use super::store::Edit;
use super::world::{Done, Happening, Op, START_MS, Seeded, World};
use labelwright::api;
use labelwright::model::LocalId;
use labelwright::sync::{Bug, Event, Gate, Hold, PullScope, Record, Resolution, SendPolicy, Side};
use std::collections::BTreeMap;

impl World {
    pub fn new_value(&mut self) -> u32 {
        self.next_value += 1;
        self.next_value
    }

    pub fn new_cells(&mut self) -> Cells {
        [self.new_value(), 0, 0, 0, self.new_value(), self.new_value()]
    }

    pub fn user_acts(&mut self) {
        if self.user_acts_left == 0 {
            return;
        }
        self.user_acts_left -= 1;
        let pause = match self.rng.below(10) {
            0..=4 => self.rng.between(10, 400),
            5..=7 => self.rng.between(400, 8_000),
            _ => self.rng.between(8_000, 90_000),
        };
        self.after(pause, Happening::User);
        if !self.running {
            return;
        }
        if self.seeded == Seeded::Engine(Bug::ReplacedIdsAreForgotten) && self.rng.per_mille(500) {
            return self.hesitates();
        }
        match self.rng.below(100) {
            0..=24 => self.create(),
            25..=49 => self.change(),
            50..=59 => self.delete_some(),
            60..=69 => self.take_back(),
            70..=74 => self.redo(),
            75..=78 => self.tell(Event::Pull(PullScope::All)),
            79..=80 => {
                let input = self.account().inputs[0].clone();
                self.tell(Event::Pull(PullScope::Inputs(vec![input])));
            }
            81..=86 => self.decide(),
            87..=88 => self.retry_now(),
            89..=91 => self.change_policy(),
            92..=93 => {
                self.network_up = false;
                let outage = self.rng.between(1_000, 120_000);
                self.after(outage, Happening::NetworkBack);
            }
            94..=95 => self.switch_account(),
            96 => self.crash(),
            _ => {
                if matches!(self.state.gate, Gate::AuthPaused { .. }) {
                    self.new_key();
                }
            }
        }
    }

    /// Deletes, takes it back and looks at the listing: so rare in this order that a bug there needs help to be met.
    fn hesitates(&mut self) {
        match self.rng.below(3) {
            0 => self.delete_some(),
            1 => self.take_back(),
            _ => self.tell(Event::Pull(PullScope::All)),
        }
    }

    fn some_lid(&mut self) -> Option<LocalId> {
        let lids: Vec<LocalId> = self.documents.keys().copied().collect();
        self.rng.pick(&lids).copied()
    }

    fn make(&mut self, edits: Vec<Edit>) {
        self.say(|| {
            let what = |e: &Edit| {
                format!(
                    "{:x} {:?} -> {:?}",
                    e.lid.0,
                    e.before.as_ref().and_then(decode),
                    e.after.as_ref().and_then(decode)
                )
            };
            format!("USER {:?}", edits.iter().map(what).collect::<Vec<_>>())
        });
        for edit in &edits {
            match &edit.after {
                Some(after) => drop(self.documents.insert(edit.lid, after.clone())),
                None => drop(self.documents.remove(&edit.lid)),
            }
        }
        self.edits += edits.len();
        self.enqueue(Op::Edits(edits));
    }

    fn do_new(&mut self, edits: Vec<Edit>) {
        if edits.is_empty() {
            return;
        }
        let account = self.active;
        self.undo.push(Done { account, edits: edits.clone() });
        self.redo.clear();
        self.make(edits);
    }

    fn create(&mut self) {
        let many = if self.rng.per_mille(20) { self.rng.below(40) + 2 } else { 1 };
        let mut edits = Vec::new();
        for _ in 0..many {
            let marker = self.next_marker;
            self.next_marker += 1;
            let lid = LocalId(u128::from(marker) + (self.active as u128 + 1) * (1 << 64));
            let input = self.rng.below(2);
            let input_id = self.account().inputs[input].clone();
            let cells = self.new_cells();
            let sid = format!("{:032x}", lid.0);
            let after = Some(encode(marker, &input_id, &sid, &cells));
            edits.push(Edit { lid, input_id, fresh_sid: sid, before: None, after });
        }
        self.do_new(edits);
    }

    fn change(&mut self) {
        let Some(lid) = self.some_lid() else { return self.create() };
        let Some(before) = self.documents.get(&lid).cloned() else { return };
        let cell = Cell::MINE[self.rng.below(5)];
        let value = self.new_value();
        let Some(after) = with_cell(&before, cell, value) else { return };
        let edit = self.edit(lid, Some(before), Some(after));
        self.do_new(vec![edit]);
    }

    fn edit(&mut self, lid: LocalId, before: Option<api::Annotation>, after: Option<api::Annotation>) -> Edit {
        let input_id = before.as_ref().or(after.as_ref()).map(|a| a.input_id.clone()).unwrap_or_default();
        Edit { lid, input_id, fresh_sid: format!("{:032x}", u128::from(self.rng.next()) << 7), before, after }
    }

    fn delete_some(&mut self) {
        let many = if self.rng.per_mille(200) { 3 } else { 1 };
        let mut edits: Vec<Edit> = Vec::new();
        for _ in 0..many {
            let Some(lid) = self.some_lid() else { return };
            if edits.iter().any(|e| e.lid == lid) {
                continue;
            }
            let before = self.documents.get(&lid).cloned();
            edits.push(self.edit(lid, before, None));
        }
        self.do_new(edits);
    }

    fn take_back(&mut self) {
        let active = self.active;
        let Some(done) = self.undo.pop_if(|done| done.account == active) else { return };
        let edits = self.inverse(&done.edits);
        if !edits.is_empty() {
            self.redo.push(Done { account: active, edits: edits.clone() });
            self.make(edits);
        }
    }

    fn redo(&mut self) {
        let active = self.active;
        let Some(done) = self.redo.pop_if(|done| done.account == active) else { return };
        let edits = self.inverse(&done.edits);
        if !edits.is_empty() {
            self.undo.push(Done { account: active, edits: edits.clone() });
            self.make(edits);
        }
    }

    /// What takes those edits back, and nothing else.
    fn inverse(&mut self, edits: &[Edit]) -> Vec<Edit> {
        let mut inverse = Vec::new();
        for edit in edits {
            let now = self.documents.get(&edit.lid).cloned();
            let (before, after) = match (&edit.before, &edit.after, &now) {
                (None, _, Some(_)) => (now, None),
                (Some(old), None, None) => (None, Some(old.clone())),
                (Some(old), Some(new), Some(current)) => {
                    let back = labelwright::sync::rebase(new, old, current);
                    (now, Some(back))
                }
                _ => continue,
            };
            inverse.push(self.edit(edit.lid, before, after));
        }
        inverse
    }

    /// Decides a conflict or a problem, if there is one.
    pub fn decide(&mut self) {
        let held: Vec<Record> = self.account().store.all().into_iter().filter(|r| r.hold.is_some()).collect();
        let Some(row) = self.rng.pick(&held).cloned() else { return };
        let Some(record) = self.engine.record(row.lid).cloned() else { return };
        let lid = row.lid;
        match &record.hold {
            Some(Hold::Conflict { fields, .. }) => {
                let resolution = match self.rng.below(3) {
                    0 => Resolution::Mine,
                    1 => Resolution::Theirs,
                    _ => Resolution::Fields(fields.iter().map(|f| (*f, Side::Mine)).collect::<BTreeMap<_, _>>()),
                };
                self.resolving.insert(lid, resolution.clone());
                self.say(|| format!("USER resolves {lid} {resolution:?}"));
                self.tell(Event::Resolve { lid, resolution });
            }
            Some(Hold::Quarantined { .. }) => match self.rng.below(3) {
                0 => self.tell(Event::Retry { lid }),
                1 => {
                    self.discarding.insert(lid);
                    self.tell(Event::Discard { lid });
                }
                _ => {
                    if let Some(before) = self.documents.get(&lid).cloned() {
                        let mut value = self.new_value();
                        while value % 23 == 7 {
                            value = self.new_value();
                        }
                        if let Some(after) = with_cell(&before, Cell::Geometry, value) {
                            let edit = self.edit(lid, Some(before), Some(after));
                            self.do_new(vec![edit]);
                        }
                    }
                }
            },
            None => {}
        }
    }

    fn change_policy(&mut self) {
        match (self.policy, self.rng.below(2)) {
            (SendPolicy::AsEdited, _) => {
                self.policy = SendPolicy::WhenISay;
                self.released.clear();
                self.tell(Event::SendPolicy(SendPolicy::WhenISay));
            }
            (SendPolicy::WhenISay, 0) => self.all_may_go(),
            (SendPolicy::WhenISay, _) => {
                let lids: Vec<LocalId> = self.account().store.all().into_iter().map(|r| r.lid).collect();
                for lid in lids {
                    if let Some(record) = self.engine.record(lid) {
                        self.released.insert(lid, record.rev);
                    }
                }
                self.tell(Event::SendNow);
            }
        }
    }

    /// The person does not want to wait; a refused key and an open breaker are theirs to overrule.
    pub fn retry_now(&mut self) {
        self.auth_told = false;
        self.failures_in_a_row = 0;
        self.tell(Event::RetryNow);
    }

    pub fn all_may_go(&mut self) {
        self.policy = SendPolicy::AsEdited;
        self.tell(Event::SendPolicy(SendPolicy::AsEdited));
    }

    fn switch_account(&mut self) {
        if self.accounts.len() == 2 && self.queue.is_empty() {
            self.switch_when_quiet();
        }
    }

    pub fn switch_when_quiet(&mut self) {
        self.say(|| "SWITCH".to_owned());
        self.active = 1 - self.active;
        self.life += 1;
        self.forget_manners();
        self.resolving.clear();
        self.discarding.clear();
        self.tell(Event::AccountSwitched);
        if self.running {
            self.load();
        }
    }

    /// The store carries out what waited longest.
    pub fn store_works(&mut self) {
        let Some(op) = self.queue.pop_front() else { return };
        if !self.queue.is_empty() {
            let delay = self.rng.between(0, self.store_max_ms);
            self.after(delay, Happening::StoreWorks);
        }
        let now_ms = self.now_ms;
        match op {
            Op::Edits(edits) => {
                let revived: Vec<bool> = edits
                    .iter()
                    .map(|e| self.account().store.row(e.lid).is_some_and(|row| row.desired.is_none()))
                    .collect();
                self.account().was_edited = true;
                let rows = self.account().store.edit(&edits);
                for (edit, revived) in edits.iter().zip(revived) {
                    let account = self.account();
                    let (before, after) = (edit.before.as_ref(), edit.after.as_ref());
                    account.ledger.edit(before, after, revived, now_ms, &account.server.history);
                }
                for row in &rows {
                    if !self.has_edits_waiting(row.lid) {
                        match &row.desired {
                            Some(desired) => drop(self.documents.insert(row.lid, desired.clone())),
                            None => drop(self.documents.remove(&row.lid)),
                        }
                    }
                }
                self.tell(Event::LocalEdit(rows));
            }
            Op::Commit(commit) => {
                let before: Vec<Option<Record>> =
                    commit.updates.iter().map(|u| self.account().store.row(u.lid)).collect();
                let stale = self.account().store.commit(&commit);
                self.say(|| format!("  durable {} stale {stale:?}", commit.token));
                for row in before.into_iter().flatten() {
                    self.note_decision(&row);
                }
                self.tell(Event::Committed { token: commit.token, stale });
            }
            Op::AddRemote(records) => {
                self.account().store.add_remote(&records);
                self.check_not_here_twice(&records);
                for record in records {
                    if let Some(row) = self.account().store.row(record.lid) {
                        self.documents.extend(row.desired.map(|desired| (record.lid, desired)));
                    }
                }
            }
        }
    }

    /// A decision of the person became durable: it is what they want from now on.
    fn note_decision(&mut self, before: &Record) {
        let lid = before.lid;
        let Some(after) = self.account().store.row(lid) else { return };
        let ended = before.hold.is_some() && after.hold.is_none();
        let marker = |row: &Record| {
            let theirs = match &row.hold {
                Some(Hold::Conflict { theirs, .. }) => theirs.as_deref(),
                _ => None,
            };
            [row.desired.as_ref(), row.base.as_ref(), theirs].into_iter().flatten().find_map(decode).map(|(m, _)| m)
        };
        let Some(marker) = marker(before).or_else(|| marker(&after)).filter(|_| ended) else { return };
        let cells = after.desired.as_ref().and_then(decode).map(|(_, cells)| cells);
        let theirs = match &before.hold {
            Some(Hold::Conflict { theirs, .. }) => theirs.as_deref().and_then(decode).map(|(_, cells)| cells),
            _ => None,
        };
        let now_ms = self.now_ms;
        let ledger = &mut self.accounts[self.active].ledger;
        if self.resolving.remove(&lid).is_some() {
            // Their value was on the server already; mine is wanted anew.
            let old = ledger.intents.get(&marker).cloned();
            ledger.decide(marker, cells, now_ms);
            if let (Some(old), None) = (&old, theirs) {
                ledger.leave_undecided(marker, old);
            }
            if let (Some(intent), Some(theirs)) = (ledger.intents.get_mut(&marker), theirs) {
                for (cell, value) in theirs.into_iter().enumerate() {
                    if intent.cells[cell] == value {
                        let same = old.as_ref().filter(|old| old.cells[cell] == value);
                        intent.set_ms[cell] = same.map_or(START_MS - 1, |old| old.set_ms[cell]);
                    }
                }
            }
        } else if self.discarding.remove(&lid) {
            ledger.decide(marker, cells, START_MS - 1);
        }
    }
}
