//! What the person at this desk has done, kept apart from everything that is tested.
//!
//! An oracle that compares the server with the client's own records cannot see an edit that the client lost: both
//! agree. This ledger is written when the store says that an edit is durable, from the edit itself.

use super::content::{CELLS, Cells, Marker, decode};
use super::server::CellHistory;
use labelwright::api;
use std::collections::BTreeMap;

/// What one annotation should be.
#[derive(Clone, Debug)]
pub struct Intent {
    pub alive: bool,
    /// When it was made, deleted or brought back.
    pub alive_since_ms: i64,
    pub cells: Cells,
    /// When each cell was set.
    pub set_ms: [i64; CELLS],
    /// What it said when the person deleted it last.
    pub when_deleted: Cells,
    /// The values before, and when they were set.
    past: [Vec<(u32, i64)>; CELLS],
    /// Everything that was ever set, taken back or not: it may be on its way still.
    ever: Vec<(usize, u32, i64)>,
    /// When a cell was last set by somebody who saw another's value in it, or by a decision.
    anew_ms: [i64; CELLS],
}

impl Intent {
    fn set(&mut self, marker: Marker, cell: usize, value: u32, now_ms: i64, history: &CellHistory) {
        self.ever.push((cell, value, now_ms));
        let arrived = |value, since| arrived_ms(history, marker, cell, value, since).is_some();
        // Back to an earlier value, and nothing that was set in between has reached the server: as if nothing happened.
        if let Some(at) = self.past[cell].iter().rposition(|(v, _)| *v == value) {
            let since = self.past[cell][at].1;
            let later = self.past[cell][at + 1..].iter().copied().chain([(self.cells[cell], self.set_ms[cell])]);
            if later.into_iter().all(|(v, set)| !arrived(v, set)) {
                self.past[cell].truncate(at);
                (self.cells[cell], self.set_ms[cell]) = (value, since);
                return;
            }
        }
        self.past[cell].push((self.cells[cell], self.set_ms[cell]));
        (self.cells[cell], self.set_ms[cell]) = (value, now_ms);
    }

    /// When what a cell shall say reached the server. A value that was sent, taken back and set again without anything
    /// else of this desk reaching the server in between is there since it came for the first time.
    fn arrived_ms(&self, marker: Marker, cell: usize, history: &CellHistory) -> Option<i64> {
        let wanted = self.cells[cell];
        if let Some(arrived) = arrived_ms(history, marker, cell, wanted, self.set_ms[cell]) {
            return Some(arrived);
        }
        let mine = || self.ever.iter().filter(|(c, _, at)| *c == cell && *at >= self.anew_ms[cell]);
        let came = |value: u32, at: i64| arrived_ms(history, marker, cell, value, at);
        let first = mine().filter(|(_, value, _)| *value == wanted).find_map(|(_, value, at)| came(*value, *at))?;
        let other = mine().any(|(_, value, at)| *value != wanted && came(*value, *at).is_some_and(|t| t > first));
        (!other).then_some(first)
    }
}

#[derive(Debug, Default)]
pub struct Ledger {
    pub intents: BTreeMap<Marker, Intent>,
    /// What the other one wrote, in order, and when.
    pub others: BTreeMap<(Marker, usize), Vec<(i64, u32)>>,
    pub others_deleted: BTreeMap<Marker, i64>,
    /// The newest value of the other one that an answer has shown to the client, and when.
    pub seen: BTreeMap<(Marker, usize), (i64, usize)>,
}

impl Ledger {
    /// An edit became durable.
    pub fn edit(
        &mut self,
        before: Option<&api::Annotation>,
        after: Option<&api::Annotation>,
        revived: bool,
        now_ms: i64,
        history: &CellHistory,
    ) {
        let old = before.and_then(decode).map(|(_, cells)| cells);
        match (old, after.and_then(decode)) {
            // A change of what has just gone away brings all of it back.
            (Some(_), Some((marker, new))) if revived => self.decide(marker, Some(new), now_ms),
            (old, Some((marker, new))) => {
                let Some(intent) = self.intents.get_mut(&marker) else {
                    return self.decide(marker, Some(new), now_ms);
                };
                // What is brought back as it was when it was deleted was not set anew.
                let old = if revived { intent.when_deleted } else { old.unwrap_or(intent.when_deleted) };
                for cell in 0..CELLS {
                    let other = old[cell] != intent.cells[cell];
                    // What is brought back is what they saw, also where a decision of theirs was not shown yet.
                    if old[cell] != new[cell] || revived && other {
                        if other {
                            // What they saw was another's value, taken in since.
                            intent.past[cell].push((intent.cells[cell], intent.set_ms[cell]));
                            (intent.cells[cell], intent.set_ms[cell]) = (old[cell], 0);
                            intent.anew_ms[cell] = now_ms;
                        }
                        if old[cell] != new[cell] {
                            intent.set(marker, cell, new[cell], now_ms, history);
                        }
                    }
                }
                if !intent.alive {
                    (intent.alive, intent.alive_since_ms) = (true, now_ms);
                    intent.ever.extend((0..CELLS).map(|cell| (cell, new[cell], now_ms)));
                }
            }
            (Some(old), None) => {
                let marker = before.and_then(decode).map(|(marker, _)| marker);
                if let Some(intent) = marker.and_then(|marker| self.intents.get_mut(&marker)) {
                    (intent.alive, intent.alive_since_ms, intent.when_deleted) = (false, now_ms, old);
                }
            }
            (None, None) => {}
        }
    }

    /// All of an annotation is as the person wants it, from this time on.
    pub fn decide(&mut self, marker: Marker, cells: Option<Cells>, since_ms: i64) {
        let intent = self.intents.entry(marker).or_insert(Intent {
            alive: false,
            alive_since_ms: since_ms,
            cells: [0; CELLS],
            set_ms: [since_ms; CELLS],
            when_deleted: [0; CELLS],
            past: Default::default(),
            ever: Vec::new(),
            anew_ms: [since_ms; CELLS],
        });
        intent.alive = cells.is_some();
        intent.alive_since_ms = since_ms;
        if let Some(cells) = cells {
            intent.cells = cells;
            intent.set_ms = [since_ms; CELLS];
            intent.anew_ms = [since_ms; CELLS];
            intent.ever.extend((0..CELLS).map(|cell| (cell, cells[cell], since_ms)));
        }
    }

    /// The person has just decided against a deletion. What the other one wrote after it (a late request of ours had
    /// brought the annotation back) and no answer has shown yet was not decided about: there the value is no newer
    /// than it was.
    pub fn leave_undecided(&mut self, marker: Marker, old: &Intent) {
        let deleted_ms = self.others_deleted.get(&marker).copied().unwrap_or(i64::MIN);
        let Some(intent) = self.intents.get_mut(&marker) else { return };
        for cell in 0..CELLS {
            let others = self.others.get(&(marker, cell)).map_or(&[][..], Vec::as_slice);
            let seen = self.seen.get(&(marker, cell)).map_or(0, |(_, newest)| newest + 1);
            let unseen = others.iter().skip(seen).any(|(at, _)| *at > deleted_ms);
            if unseen && old.cells[cell] == intent.cells[cell] {
                intent.set_ms[cell] = old.set_ms[cell];
            }
        }
    }

    /// The other one wrote.
    pub fn other_wrote(&mut self, marker: Marker, cell: usize, value: u32, now_ms: i64) {
        self.others.entry((marker, cell)).or_default().push((now_ms, value));
    }

    /// An answer with this copy reached the client.
    pub fn client_saw(&mut self, row: &api::Annotation, now_ms: i64) {
        let Some((marker, cells)) = decode(row) else { return };
        for (cell, value) in cells.into_iter().enumerate() {
            let Some(number) = self.number_of(marker, cell, value) else { continue };
            if self.seen.get(&(marker, cell)).is_none_or(|(_, newest)| number > *newest) {
                self.seen.insert((marker, cell), (now_ms, number));
            }
        }
    }

    fn number_of(&self, marker: Marker, cell: usize, value: u32) -> Option<usize> {
        self.others.get(&(marker, cell))?.iter().rposition(|(_, v)| *v == value)
    }

    /// I13: the client writes over what it has seen of another only what the person wanted after that.
    /// What was overwritten before it was seen (the window that the API leaves open) is not written over again.
    pub fn check_write(&self, marker: Marker, cell: usize, value: u32, history: &CellHistory) -> Result<(), String> {
        let Some((seen_ms, newest)) = self.seen.get(&(marker, cell)) else { return Ok(()) };
        let theirs = self.others[&(marker, cell)][*newest].1;
        let ever = |i: &Intent| i.ever.iter().any(|e| (e.0, e.1) == (cell, value) && e.2 >= *seen_ms);
        let now = |i: &Intent| i.cells[cell] == value && i.set_ms[cell] >= *seen_ms;
        let wanted = self.intents.get(&marker).is_some_and(|i| now(i) || ever(i));
        let there = history.get(&(marker, cell)).and_then(|values| values.last()).is_some_and(|(_, v)| *v == theirs);
        if !there || value == theirs || wanted || self.number_of(marker, cell, value).is_some_and(|n| n > *newest) {
            return Ok(());
        }
        Err(format!("I13: cell {cell} of {marker}: {value} written over {theirs}, which was seen at {seen_ms}"))
    }

    /// I1: the last value that the person set is on the server, or was there before another replaced it.
    pub fn check_cell(&self, marker: Marker, cell: usize, value: u32, history: &CellHistory) -> Result<(), String> {
        let Some(intent) = self.intents.get(&marker) else { return Ok(()) };
        let wanted = intent.cells[cell];
        if value == wanted {
            return Ok(());
        }
        let arrived = intent.arrived_ms(marker, cell, history);
        let replaced_at = self
            .others
            .get(&(marker, cell))
            .and_then(|list| list.iter().rev().find(|(_, v)| *v == value).map(|(at, _)| *at));
        match (arrived, replaced_at) {
            (Some(arrived), Some(replaced)) if arrived <= replaced => Ok(()),
            _ => Err(format!(
                "I1: cell {cell} of {marker} is {value} (another wrote it: {replaced_at:?}), wanted {wanted} since {} \
                 (arrived: {arrived:?})",
                intent.set_ms[cell]
            )),
        }
    }

    /// I1 for an annotation that is not there though the person wants it: another must have deleted it after all that
    /// the person did to it had arrived.
    pub fn check_gone(&self, marker: Marker, history: &CellHistory) -> Result<(), String> {
        let Some(intent) = self.intents.get(&marker) else { return Ok(()) };
        let Some(deleted) = self.others_deleted.get(&marker) else {
            return Err(format!("I1: {marker} is wanted and not there"));
        };
        for cell in 0..CELLS {
            match intent.arrived_ms(marker, cell, history) {
                Some(arrived) if arrived <= *deleted => {}
                arrived => {
                    let since = intent.set_ms[cell];
                    return Err(format!(
                        "I1: {marker} was deleted by another at {deleted}, cell {cell} set at {since} arrived {arrived:?}"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The first time, not before `since_ms`, at which the server had that value.
fn arrived_ms(history: &CellHistory, marker: Marker, cell: usize, value: u32, since_ms: i64) -> Option<i64> {
    let values = history.get(&(marker, cell))?;
    values.iter().enumerate().find_map(|(i, (from, v))| {
        let until = values.get(i + 1).map_or(i64::MAX, |(at, _)| *at);
        (*v == value && until >= since_ms).then_some((*from).max(since_ms))
    })
}
