//! The end of a pull: which annotations of the store did no page show? Key by key and a part at a time, so that a project of
//! millions is not read into memory and what the person does meanwhile is not kept waiting.

use super::super::messages::NoticeLevel;
use super::{Message, Session};
use crate::model::InputId;
use crate::store::StoreError;
use crate::sync::{self, Key, PullScope, Record, View};

/// As many keys as take some milliseconds.
const KEYS_AT_ONCE: usize = 10_000;

/// How far the comparison of a pull is.
#[derive(Debug)]
pub(super) struct Comparing {
    pull_id: u64,
    /// The key up to which the store was looked at.
    after: Option<Key>,
    /// What no page showed although it should be there.
    missing: Vec<Key>,
}

impl Session {
    /// All pages came.
    pub(super) fn compare(&mut self, pull_id: u64, scope: PullScope) {
        match scope {
            PullScope::All => {
                self.comparing = Some(Comparing { pull_id, after: None, missing: Vec::new() });
                self.compare_on();
            }
            PullScope::Inputs(ids) => {
                let listed = ids.into_iter().map(|id| self.reader.annotations_of(&InputId(id)));
                let listed = listed.map(|loaded| loaded.map(|loaded| loaded.rows)).collect::<Result<Vec<_>, _>>();
                self.compared(pull_id, listed.map(|rows| rows.into_iter().flatten().collect()));
            }
        }
    }

    /// The next part.
    pub(super) fn compare_on(&mut self) {
        let Some(mut comparing) = self.comparing.take_if(|c| self.engine.is_comparing(c.pull_id)) else {
            self.comparing = None; // the pull was given up
            return;
        };
        match self.compare_part(&mut comparing) {
            Ok(More::Yes) => {
                self.comparing = Some(comparing);
                self.back.send(Message::CompareOn).ok(); // what came meanwhile goes first
            }
            Ok(More::No) => {
                let records = self.reader.records_by_key(&comparing.missing);
                self.compared(comparing.pull_id, records);
            }
            Err(error) => self.compared(comparing.pull_id, Err(error)),
        }
    }

    fn compare_part(&self, comparing: &mut Comparing) -> Result<More, StoreError> {
        let keys = self.reader.keys_after(comparing.after.as_ref(), KEYS_AT_ONCE)?;
        let more = if keys.len() < KEYS_AT_ONCE { More::No } else { More::Yes };
        comparing.after = keys.last().cloned().or(comparing.after.take());
        for key in keys {
            if !self.engine.was_shown(comparing.pull_id, &key) && self.is_present(&key)? {
                comparing.missing.push(key);
            }
        }
        Ok(more)
    }

    /// Whether the server should have it. A hundred thousand edits that wait are not asked for one by one.
    fn is_present(&self, key: &Key) -> Result<bool, StoreError> {
        match self.engine.view_of_held(key) {
            Some(view) => Ok(view == View::Present),
            None => self.reader.is_present(key),
        }
    }

    fn compared(&mut self, pull_id: u64, listed: Result<Vec<Record>, StoreError>) {
        match listed {
            Ok(mut records) => {
                records.retain(|record| record.view == View::Present);
                self.engine_event(sync::Event::LocalListing { pull_id, records });
            }
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The store cannot be read: {error}")),
        }
    }
}

enum More {
    Yes,
    No,
}
