//! Reads: what became of doubtful writes, whether anyone is there, and the pages of a pull.

use super::commits::Then;
use super::gates::Passage;
use super::learn::{Learned, Sight};
use super::slot::{Busy, Lane};
use super::{CALL_PATIENCE_MS, Cx, Engine, Phase, READ_LAG_MS};
use crate::api::{self, MAX_ANNOTATIONS_PER_CALL};
use crate::model::LocalId;
use crate::sync::effect::{Call, Key};
use crate::sync::event::{Answer, Verdict, verdict_of_refusal};
use crate::sync::record::Verb;
use std::collections::BTreeMap;

/// The one read.
#[derive(Debug)]
pub(super) enum Read {
    Idle,
    Flying { call_id: u64, since_ms: i64, what: What },
}

/// What is read.
#[derive(Debug)]
pub(super) enum What {
    Back(Vec<(LocalId, Key)>),
    Page,
    Probe,
}

impl Read {
    pub(super) const fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    pub(super) const fn flying_since_ms(&self) -> Option<i64> {
        match self {
            Self::Flying { since_ms, .. } => Some(*since_ms),
            Self::Idle => None,
        }
    }

    pub(super) fn clock_went_back(&mut self, now_ms: i64) {
        if let Self::Flying { since_ms, .. } = self {
            *since_ms = (*since_ms).min(now_ms);
        }
    }
}

impl Engine {
    /// When the next read is due, gates aside.
    pub(super) fn next_read_ms(&self) -> Option<i64> {
        if !self.read.is_idle() {
            return None;
        }
        let back = self.slots.first_due_ms(Lane::Read);
        back.into_iter().chain(self.pulls.next_page_ms()).min()
    }

    pub(super) fn pump_reads(&mut self, cx: &mut Cx<'_>) {
        let rate_allows = self.gates.rate_allows_at(self.bug) <= self.now_ms;
        if self.phase != Phase::Running || !self.read.is_idle() || !rate_allows {
            return;
        }
        match self.gates.passage(self.now_ms, self.bug) {
            Passage::Closed | Passage::ClosedUntil(_) => {}
            Passage::ProbeOnly => {
                if self.next_read_ms().or_else(|| self.next_write_ms()).is_some() {
                    self.fly(What::Probe, Call::Probe, cx);
                }
            }
            Passage::Open => self.read_something(cx),
        }
    }

    fn read_something(&mut self, cx: &mut Cx<'_>) {
        let due: Vec<(LocalId, Key)> = self
            .slots
            .due(Lane::Read, self.now_ms)
            .take(self.pulls.read_back_size())
            .map(|slot| (slot.record.lid, Key::of(&slot.record)))
            .collect();
        if due.is_empty() {
            if let Some(call) = self.pulls.next_page(self.now_ms) {
                self.fly(What::Page, call, cx);
            }
            return;
        }
        let call = Call::ReadBack(due.iter().map(|(_, key)| key.clone()).collect());
        self.fly(What::Back(due), call, cx);
    }

    fn fly(&mut self, what: What, call: Call, cx: &mut Cx<'_>) {
        let call_id = self.new_id();
        if let What::Back(asked) = &what {
            for (lid, _) in asked {
                self.update(*lid, |slot| slot.busy = Busy::Reading(call_id));
            }
        }
        self.read = Read::Flying { call_id, since_ms: self.now_ms, what };
        self.send(call_id, call, cx);
    }

    pub(super) fn answered(&mut self, call_id: u64, answer: Answer, cx: &mut Cx<'_>) {
        match std::mem::replace(&mut self.read, Read::Idle) {
            Read::Flying { call_id: id, since_ms, what } if id == call_id => {
                self.note_answer(&answer, cx);
                match what {
                    What::Back(asked) => self.read_back(asked, since_ms, answer, cx),
                    What::Page => {
                        if matches!(answer, Answer::Refused(_) | Answer::TooLarge(_)) {
                            self.pulls.give_up();
                        }
                    }
                    What::Probe => {}
                }
                return;
            }
            other => self.read = other,
        }
        if self.write.flying_since_ms().is_some() {
            let known = matches!(&self.write, super::Write::Flying(flying) if flying.is(call_id));
            if known {
                self.note_answer(&answer, cx);
                self.write_answered(call_id, answer, cx);
            }
        }
    }

    /// The answer to a page; when it was asked, if it was this one.
    pub(super) fn page_over(&mut self, call_id: u64) -> Option<i64> {
        match std::mem::replace(&mut self.read, Read::Idle) {
            Read::Flying { call_id: id, since_ms, what: What::Page } if id == call_id => {
                self.gates.answered();
                Some(since_ms)
            }
            other => {
                self.read = other;
                None
            }
        }
    }

    fn read_back(&mut self, asked: Vec<(LocalId, Key)>, asked_at_ms: i64, answer: Answer, cx: &mut Cx<'_>) {
        let alone = asked.len() == 1;
        let mut found: BTreeMap<Key, Box<api::Annotation>> = BTreeMap::new();
        let told = match answer {
            Answer::Rows(rows) => {
                self.pulls.read_back_went_well();
                found.extend(rows.into_iter().map(|row| (Key::of_row(&row), Box::new(row))));
                true
            }
            // A server that answers "not found" where it should have listed nothing.
            Answer::Refused(refusal) | Answer::TooLarge(refusal) => {
                let missing = verdict_of_refusal(Verb::Delete, refusal.code, &refusal.reason);
                self.pulls.read_back_refused();
                alone && missing == Some(Verdict::NotFound)
            }
            _ => false,
        };
        let (now_ms, bug) = (self.now_ms, self.bug);
        let mut learned = Vec::new();
        for (lid, key) in asked {
            let remote = found.remove(&key);
            self.update(lid, |slot| {
                slot.busy = Busy::No;
                if !told {
                    // The gates say when; this is only for a server that refuses to be asked.
                    slot.calm_until_ms = slot.calm_until_ms.max(if alone { now_ms + READ_LAG_MS } else { now_ms });
                    return;
                }
                slot.look_at_ms = slot.look_at_ms.filter(|at| *at > asked_at_ms);
                slot.saw(remote.as_deref(), asked_at_ms, now_ms, bug);
            });
            if told {
                learned.push((lid, Learned::Saw { remote, asked_at_ms, by: Sight::ReadBack }));
            }
        }
        self.commit(learned, Then::Nothing, cx);
    }

    /// Nobody said what became of a call for minutes: it is over, and nobody knows how.
    pub(super) fn give_up_on_silent_calls(&mut self, cx: &mut Cx<'_>) {
        let reading = match &self.read {
            Read::Flying { call_id, since_ms, .. } if self.now_ms - since_ms > CALL_PATIENCE_MS => Some(*call_id),
            _ => None,
        };
        for call_id in [reading, self.silent_write()].into_iter().flatten() {
            self.answered(call_id, Answer::Unknown { reason: "no answer".to_owned() }, cx);
        }
    }
}

/// How many records a read-back asks for: fewer for a while after a refusal.
#[derive(Debug)]
pub(super) struct ReadBackSize(usize);

impl Default for ReadBackSize {
    fn default() -> Self {
        Self(MAX_ANNOTATIONS_PER_CALL)
    }
}

impl ReadBackSize {
    pub(super) const fn get(&self) -> usize {
        self.0
    }

    pub(super) fn halve(&mut self) {
        self.0 = (self.0 / 2).max(1);
    }

    pub(super) fn grow(&mut self) {
        self.0 = (self.0 * 2).min(MAX_ANNOTATIONS_PER_CALL);
    }
}
