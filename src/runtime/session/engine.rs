//! Events to the sync engine, and what it wants done.

use super::super::clock::{now_ms, random};
use super::super::finder::Changed;
use super::super::messages::Event;
use super::Session;
use super::effects::Carrier;
use super::standing::status_of;
use crate::model::{Change, InputId};
use crate::store::{self, EngineCommit};
use crate::sync::{self, Effect, model_from_wire};

impl Session {
    /// Hands an event to the engine and carries out what it wants.
    pub(super) fn engine_event(&mut self, event: sync::Event) {
        let wanted = self.engine.handle(event, now_ms(), &mut random);
        if self.effects.add(wanted) == Carrier::Here {
            while let Some(effect) = self.effects.next() {
                self.carry_out(effect);
            }
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
                self.compare(pull_id, scope);
            }
            // Of an account that was left.
            Effect::Commit(_) | Effect::AddRemote { .. } | Effect::Send { .. } | Effect::ListLocal { .. } => {}
            Effect::ShowRemote(values) => self.show_remote(values),
            Effect::State(state) => {
                self.follow_pull(state.pull);
                if state.unsent + state.sending == 0 && state.pull == sync::PullState::Idle {
                    self.counts_changed(Changed::Here); // it is over: the last of it is to be seen soon
                }
                self.out.tell(Event::Sync(status_of(&state, self.net.as_ref())));
            }
            Effect::WakeAt(at_ms) => self.wake_at_ms = Some(at_ms),
            Effect::Stopped => self.stopped = true,
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
