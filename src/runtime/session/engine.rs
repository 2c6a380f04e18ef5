//! Events to the sync engine, and what it wants done.

use super::super::calls::Came;
use super::super::clock::{now_ms, random};
use super::super::messages::{Event, NoticeLevel};
use super::super::open;
use super::Session;
use super::standing::status_of;
use crate::api;
use crate::model::{Change, InputId};
use crate::store::{self, EngineCommit};
use crate::sync::{self, Effect, PullScope, View, model_from_wire};
use std::collections::HashSet;

impl Session {
    pub(super) fn called(&mut self, call_id: u64, came: Came) {
        match came {
            Came::Answer(answer) => {
                self.engine_event(sync::Event::Answer { call_id, answer });
                self.decide_again();
            }
            Came::Page(rows) => {
                let (empty, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(open::is_empty_input_level);
                let passed_over = empty.iter().map(sync::Key::of_row).collect();
                let keys: Vec<sync::Key> = rows.iter().map(sync::Key::of_row).collect();
                let known = self.reader.records_by_key(&keys).unwrap_or_else(|error| {
                    tracing::error!(%error, "the store could not be read");
                    Vec::new()
                });
                self.learn_new_inputs(&rows);
                self.engine_event(sync::Event::Page { call_id, rows, passed_over, known });
            }
        }
    }

    /// Annotations of images that this project does not know yet: the image is asked for when it is looked at.
    pub(super) fn learn_new_inputs(&mut self, rows: &[api::Annotation]) {
        let new: HashSet<&str> =
            rows.iter().map(|row| row.input_id.as_str()).filter(|id| !self.sources.contains_key(*id)).collect();
        if new.is_empty() {
            return;
        }
        let first = self.next_position();
        let mut ids: Vec<&str> = new.into_iter().collect();
        ids.sort_unstable();
        let rows: Vec<store::InputRow> = ids
            .into_iter()
            .zip(first..)
            .map(|(id, position)| {
                let image = Some(api::Image::default());
                let data = Some(api::Data { image, ..api::Data::default() });
                open::remote_row(&api::Input { id: id.to_owned(), data, ..api::Input::default() }, position)
            })
            .collect();
        self.learn_inputs(&rows);
        let token = self.token();
        self.to_store(store::Request::PutInputs { token, inputs: rows });
    }

    pub(super) fn engine_event(&mut self, event: sync::Event) {
        let effects = self.engine.handle(event, now_ms(), &mut random);
        for effect in effects {
            self.carry_out(effect);
        }
    }

    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Commit(commit) if commit.epoch == self.engine.epoch() => {
                self.committing.insert(commit.token, commit.updates.iter().map(|u| u.lid).collect());
                self.to_store(store::Request::Engine(EngineCommit {
                    token: commit.token,
                    updates: commit.updates,
                    forget: commit.forget,
                    settings: Vec::new(),
                }));
            }
            Effect::AddRemote { epoch, records } if epoch == self.engine.epoch() => {
                let token = self.token();
                self.to_store(store::Request::AddRemote { token, records });
            }
            Effect::Send { epoch, call_id, call } if epoch == self.engine.epoch() => self.send(call_id, call),
            Effect::ListLocal { epoch, pull_id, scope } if epoch == self.engine.epoch() => {
                self.list_local(pull_id, &scope);
            }
            // Of an account that was left.
            Effect::Commit(_) | Effect::AddRemote { .. } | Effect::Send { .. } | Effect::ListLocal { .. } => {}
            Effect::ShowRemote(values) => self.show_remote(values),
            Effect::State(state) => self.out.tell(Event::Sync(status_of(&state, self.net.as_ref()))),
            Effect::WakeAt(at_ms) => self.wake_at_ms = Some(at_ms),
            Effect::Stopped => self.stopped = true,
        }
    }

    pub(super) fn list_local(&mut self, pull_id: u64, scope: &PullScope) {
        let listed = match scope {
            PullScope::All => self.reader.all_records().map(|loaded| loaded.rows),
            PullScope::Inputs(ids) => ids
                .iter()
                .map(|id| self.reader.annotations_of(&InputId(id.clone())).map(|loaded| loaded.rows))
                .collect::<Result<Vec<_>, _>>()
                .map(|rows| rows.into_iter().flatten().collect()),
        };
        match listed {
            Ok(mut records) => {
                records.retain(|record| record.view == View::Present);
                self.engine_event(sync::Event::LocalListing { pull_id, records });
            }
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The store cannot be read: {error}")),
        }
    }

    pub(super) fn show_remote(&self, values: Vec<sync::Shown>) {
        let changes = values
            .into_iter()
            .map(|value| {
                let after = value.desired.map(|wire| {
                    let size = self.size_of(&InputId(wire.input_id.clone())).0;
                    model_from_wire(&wire, value.lid, size)
                });
                Change { lid: value.lid, before: None, after }
            })
            .collect();
        self.out.tell(Event::Remote(changes));
    }
}
