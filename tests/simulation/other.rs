//! The other person, who edits the same annotations with a client of their own.

use super::content::{Cell, Marker, encode, is_poison, with_cell};
use super::world::{Happening, World};
use labelwright::sync::Key;

impl World {
    /// Annotations that were there before.
    pub fn other_seeds_the_server(&mut self) {
        for account in 0..self.accounts.len() {
            for _ in 0..self.rng.below(6) {
                self.other_creates(account);
            }
        }
    }

    fn other_creates(&mut self, account: usize) {
        let marker: Marker = self.next_other_marker;
        self.next_other_marker += 1;
        let mut cells = self.new_cells();
        while is_poison(&cells) {
            cells = self.new_cells();
        }
        let input = self.rng.below(2);
        let input_id = self.accounts[account].inputs[input].clone();
        let row = encode(marker, &input_id, &format!("o{marker}"), &cells);
        let now_ms = self.now_ms;
        let account = &mut self.accounts[account];
        account.server.put(&Key::of_row(&row), Some(row.clone()), now_ms);
        account.ledger.decide(marker, Some(cells), now_ms);
    }

    pub fn other_acts(&mut self) {
        if !self.faults {
            return;
        }
        let pause = self.rng.between(500, 40_000);
        self.after(pause, Happening::Other);
        let account = self.rng.below(self.accounts.len());
        let live = self.accounts[account].server.all_live();
        let Some((key, marker, _)) = self.rng.pick(&live).cloned() else { return self.other_creates(account) };
        let now_ms = self.now_ms;
        match self.rng.below(10) {
            0 => self.other_creates(account),
            1 => {
                self.say(|| format!("OTHER deletes {marker}"));
                let account = &mut self.accounts[account];
                account.server.put(&key, None, now_ms);
                account.ledger.others_deleted.insert(marker, now_ms);
            }
            _ => {
                let cell = Cell::THEIRS[self.rng.below(5)];
                let mut value = self.new_value();
                while value % 23 == 7 {
                    value = self.new_value();
                }
                self.say(|| format!("OTHER sets {cell:?} of {marker} to {value}"));
                let account = &mut self.accounts[account];
                let Some(row) = account.server.now(&key).and_then(|row| with_cell(row, cell, value)) else { return };
                account.server.put(&key, Some(row), now_ms);
                account.ledger.other_wrote(marker, cell as usize, value, now_ms);
            }
        }
    }
}
