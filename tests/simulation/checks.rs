//! The checks: on every request before it leaves, and on everything when all is quiet.

use super::content::{Cell, decode};
use super::server::keys_of;
use super::world::{Clock, World};
use labelwright::api;
use labelwright::sync::{Call, Hold, Key, PatchAction, Record, RemoteRecord, SendPolicy};

impl World {
    /// I4, I9, I13, on every request before it leaves.
    pub fn check_request(&mut self, call: &Call) {
        let now_ms = self.now_ms;
        while self.sends.front().is_some_and(|at| *at <= now_ms - 1_000) {
            self.sends.pop_front();
        }
        self.sends.push_back(now_ms);
        if self.sends.len() > 15 && self.clock == Clock::Right {
            self.fail(format!("I9: {} requests in a second", self.sends.len()));
        }
        if now_ms < self.account().patience_until_ms {
            self.fail("I9: the server asked for patience".to_owned());
        }
        if self.auth_told {
            self.fail("I9: the key is refused, and a request leaves".to_owned());
        }
        if self.failures_in_a_row >= 5 && *call != Call::Probe && self.clock == Clock::Right {
            self.fail("I9: the breaker is open".to_owned());
        }
        let keys = keys_of(call);
        if keys.len() > 128 || keys.iter().enumerate().any(|(i, key)| keys[..i].contains(key)) {
            self.fail("a batch with too many or the same twice".to_owned());
        }
        self.check_held_back(call, &keys);
        match call {
            Call::Post(list) => self.check_bodies(list, &Cell::ALL),
            Call::Patch { action: PatchAction::Overwrite, annotations } => self.check_bodies(annotations, &Cell::ALL),
            Call::Patch { action: PatchAction::MergeStatus, annotations } => self.check_statuses(annotations),
            _ => {}
        }
        let active = self.active;
        if matches!(call, Call::Post(_)) {
            for key in keys {
                if self.acked_deletes.contains_key(&(active, key.clone())) {
                    self.fail(format!("I4: {key:?} is dead and is created again"));
                }
            }
        }
    }

    fn check_bodies(&mut self, list: &[api::Annotation], cells: &[Cell]) {
        for body in list {
            let Some((marker, values)) = decode(body) else { continue };
            for cell in cells {
                let (account, cell) = (&self.accounts[self.active], *cell as usize);
                if account.server.live.get(&marker).is_none_or(|n| *n == 0) {
                    continue; // nothing there to be written over
                }
                let checked = account.ledger.check_write(marker, cell, values[cell], &account.server.history);
                if let Err(what) = checked {
                    self.fail(what);
                }
            }
        }
    }

    fn check_statuses(&mut self, list: &[api::Annotation]) {
        for body in list {
            let rows = self.account().store.by_keys(&[Key::of_row(body)]);
            let Some((marker, _)) = rows.first().and_then(|row| row.base.as_ref()).and_then(decode) else { continue };
            let status = body.status.as_ref().map_or(0, |s| s.code.0);
            let account = &self.accounts[self.active];
            let checked = account.ledger.check_write(marker, Cell::Status as usize, status, &account.server.history);
            if let Err(what) = checked {
                self.fail(what);
            }
        }
    }

    /// Held back is held back: only what the person let go, at the revision they let go.
    fn check_held_back(&mut self, call: &Call, keys: &[Key]) {
        let writes = matches!(call, Call::Post(_) | Call::Patch { .. } | Call::Delete(_));
        if self.policy != SendPolicy::WhenISay || !writes {
            return;
        }
        for row in self.account().store.by_keys(keys) {
            let Some(flight) = row.flight else { continue };
            if self.released.get(&row.lid) != Some(&flight.rev) {
                self.fail(format!("held back, and {} leaves", row.lid));
            }
        }
    }

    /// I18: nothing of one account reaches another's server.
    pub fn check_account(&mut self, account: usize, call: &Call) {
        let own = format!("in{account}");
        if let Some(key) = keys_of(call).into_iter().find(|key| !key.input_id.starts_with(&own)) {
            self.fail(format!("I18: {key:?} at the server of account {account}"));
        }
    }

    /// I2 on this side: what a listing brings in is not here already, under another id.
    pub fn check_not_here_twice(&mut self, new: &[RemoteRecord]) {
        let wanted = |row: &Record| row.desired.as_ref().and_then(decode).map(|(marker, _)| marker);
        let rows = self.account().store.all();
        for record in new {
            let marker = decode(&record.annotation).map(|(marker, _)| marker);
            let twice = rows.iter().any(|row| row.lid != record.lid && marker.is_some() && wanted(row) == marker);
            if twice && rows.iter().any(|row| row.lid == record.lid) {
                self.fail(format!("I2: {marker:?} is brought in and here already"));
            }
        }
    }

    /// After quiescence: I1, I3, I4, I5, I7.
    pub fn check_end(&mut self) {
        for account in 0..self.accounts.len() {
            let problems = self.end_problems(account);
            for problem in problems {
                self.fail(format!("account {account}: {problem}"));
            }
        }
    }

    fn end_problems(&self, account: usize) -> Vec<String> {
        let account = &self.accounts[account];
        let (server, ledger) = (&account.server, &account.ledger);
        let rows = account.store.all();
        let live = server.all_live();
        let mut problems = Vec::new();
        let mut excused = std::collections::BTreeSet::new();
        for row in &rows {
            let theirs = match &row.hold {
                Some(Hold::Conflict { theirs, .. }) => theirs.as_deref(),
                _ => None,
            };
            let copies = [row.desired.as_ref(), row.base.as_ref(), theirs];
            let marker = copies.into_iter().flatten().find_map(decode).map(|(m, _)| m);
            if let Some(hold) = &row.hold {
                if let (Hold::Quarantined { .. }, Some((m, cells))) = (hold, row.desired.as_ref().and_then(decode))
                    && !super::content::is_poison(&cells)
                {
                    problems.push(format!("I7: {m} is fine and in quarantine: {hold:?}"));
                }
                if matches!(hold, Hold::Quarantined { .. }) && row.desired.is_none() {
                    problems
                        .push(format!("I7: a deletion, which nobody refuses, is in quarantine: {marker:?} {hold:?}"));
                }
                excused.extend(marker);
                let kept = row.desired.as_ref().and_then(decode);
                problems.extend(marker.and_then(|m| payload_problem(ledger, m, kept)));
                continue;
            }
            let there = server.now(&Key::of(row));
            let same = match (&row.desired, there) {
                (Some(a), Some(b)) => decode(a) == decode(b),
                (None, None) => true,
                _ => false,
            };
            if !same || !row.is_clean() {
                let there = there.and_then(decode);
                problems.push(format!("I3: {marker:?} not as on the server: {there:?}, local {row:?}"));
            }
        }
        for (key, marker, cells) in &live {
            if rows.iter().all(|row| Key::of(row) != *key) {
                problems.push(format!("I5: {key:?} of {marker} has no record"));
            }
            let Some(intent) = ledger.intents.get(marker).filter(|_| !excused.contains(marker)) else { continue };
            if !intent.alive {
                problems.push(format!("I4: {marker} was deleted and is there"));
                continue;
            }
            for (cell, value) in cells.iter().enumerate() {
                problems.extend(ledger.check_cell(*marker, cell, *value, &server.history).err());
            }
        }
        for (marker, intent) in ledger.intents.iter().filter(|(m, i)| i.alive && !excused.contains(*m)) {
            if live.iter().all(|(_, m, _)| m != marker) {
                let gone = ledger.check_gone(*marker, &server.history).err();
                problems.extend(gone.map(|what| format!("{what} (wanted since {})", intent.alive_since_ms)));
            }
        }
        problems
    }
}

/// I1 for what waits for the person: it is kept as they left it.
fn payload_problem(
    ledger: &super::ledger::Ledger,
    marker: u64,
    kept: Option<(u64, super::content::Cells)>,
) -> Option<String> {
    let intent = ledger.intents.get(&marker)?;
    match kept {
        None if intent.alive && !ledger.others_deleted.contains_key(&marker) => {
            Some(format!("I7: {marker} is on hold and its payload is gone"))
        }
        Some((_, cells)) if intent.alive && cells[2] != intent.cells[2] => {
            Some(format!("I7: {marker} is on hold and keeps {cells:?}, not {:?}", intent.cells))
        }
        _ => None,
    }
}
