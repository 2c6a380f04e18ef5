//! What the store says, and what keeps the project whole: copies, exports, the look for damage.

use super::super::finder::Changed;
use super::super::messages::{Event, NoticeLevel};
use super::super::review::FarEdited;
use super::super::upkeep::{self, AskedBy, Upkeep};
use super::{Message, Session};
use crate::model::Change;
use crate::runtime::clock::now_ms;
use crate::store::{self, DurableRecord, RequestId, StoreEvent};
use crate::sync::{self, Record};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Session {
    pub(super) fn store_said(&mut self, event: StoreEvent) {
        match event {
            StoreEvent::Durable { seq, records } => {
                self.out.tell(Event::Durable(seq));
                let older = records.iter().filter(|r| r.carried_over);
                let newer: Vec<Change> = older.filter_map(|r| self.change_to(&r.record)).collect();
                if !newer.is_empty() {
                    self.out.tell(Event::Remote(newer));
                }
                let rows: Vec<Record> = records.into_iter().map(|DurableRecord { record, .. }| record).collect();
                self.tell_marks(&rows);
                if self.net.is_some() {
                    self.engine_event(sync::Event::LocalEdit(rows));
                    if seq <= self.send_up_to {
                        // It was made before the person said to send, and became durable after that.
                        self.engine_event(sync::Event::SendNow);
                    }
                    self.decide_again();
                }
                self.counts_changed(Changed::Here);
            }
            StoreEvent::FarDurable { seq, changes, passed_over, records } => {
                self.far_durable(FarEdited { seq, changes, passed_over }, records);
            }
            StoreEvent::EngineCommitted { token, stale } => {
                let lids = self.committing.remove(&token).unwrap_or_default();
                self.engine_event(sync::Event::Committed { token, stale });
                self.decide_again();
                self.tell_marks_of(&lids);
                self.counts_changed(Changed::BySync);
            }
            StoreEvent::RemoteAdded { added, .. } => {
                let shown = added.into_iter().filter(|(_, input)| self.asked_for.contains(input));
                let rows = shown.filter_map(|(lid, _)| self.reader.record(lid).ok().flatten());
                let changes: Vec<Change> = rows.filter_map(|record| self.change_to(&record)).collect();
                if !changes.is_empty() {
                    self.out.tell(Event::Remote(changes));
                }
                self.counts_changed(Changed::BySync);
            }
            StoreEvent::Done { token } => self.copy_made(token, None),
            StoreEvent::Stopped { .. } => {}
            StoreEvent::Refused { request: RequestId::Edit(seq), reason } => {
                self.far_refused(seq);
                let text = format!("Step {seq} could not be saved and was left out: {reason}");
                self.out.notice(NoticeLevel::Error, text);
            }
            StoreEvent::Refused { request, reason } => self.refused(request, reason),
            StoreEvent::Failed { reason, .. } => self.out.tell(Event::StoreFailed(reason)),
            StoreEvent::Recovered => {
                self.out.tell(Event::StoreRecovered);
                self.out.notice(NoticeLevel::Info, "The disk works again; everything is being saved");
            }
        }
    }

    fn refused(&mut self, request: RequestId, reason: String) {
        tracing::error!(?request, reason, "the store refused a request");
        match request {
            RequestId::Engine(token) => {
                let stale = self.committing.remove(&token).unwrap_or_default();
                self.engine_event(sync::Event::Committed { token, stale });
            }
            RequestId::Other(token) => self.copy_made(token, Some(reason)),
            RequestId::Edit(_) => {}
        }
    }

    /// A copy of the database in a folder of the person's choice, with the edits that are not on disk yet.
    pub(super) fn save_copy(&mut self, folder: &Path) {
        let name: String = self.project.name().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let to = folder.join(format!("{name}-{}.db", now_ms()));
        if self.store.is_none() {
            let text = "This project is open for reading only; copy its directory to have a copy";
            return self.out.notice(NoticeLevel::Warning, text);
        }
        let token = self.token();
        self.copies.insert(token, to.clone());
        self.to_store(store::Request::SaveCopy { token, to });
    }

    fn copy_made(&mut self, token: u64, refused: Option<String>) {
        let Some(to) = self.copies.remove(&token) else { return };
        match refused {
            None => {
                let text = format!(
                    "A whole copy with your newest edits is in {}. To work with it, put it as project.db into a copy of \
                     the project's directory",
                    to.display()
                );
                self.out.notice(NoticeLevel::Info, text);
            }
            Some(reason) => self.out.notice(NoticeLevel::Error, super::super::status::capitalised(&reason)),
        }
    }

    /// Writes a file for the person, on a thread of its own.
    pub(super) fn export(&self, to: PathBuf, text: String) {
        let out = self.out.clone();
        let write = move || match upkeep::write_file(&to, &text) {
            Ok(()) => out.notice(NoticeLevel::Info, format!("Written to {}", to.display())),
            Err(error) => {
                let text = format!("{} could not be written: {error}. It is still in the plan", to.display());
                out.notice(NoticeLevel::Error, text);
            }
        };
        if std::thread::Builder::new().name("export".to_owned()).spawn(write).is_err() {
            self.out.notice(NoticeLevel::Error, "The system gives no more threads; nothing was written");
        }
    }

    /// Looks for damage and makes the backup of the day, on a thread of its own.
    pub(super) fn look_through(&mut self, asked_by: AskedBy) {
        self.next_look.begun(now_ms());
        let (project, back, stop) = (Arc::clone(&self.project), self.back.clone(), self.stop_looking.clone());
        let look = move || {
            if let Some(upkeep) = upkeep::look_through(&project, asked_by, &stop) {
                back.send(Message::LookedThrough(asked_by, upkeep)).ok();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("upkeep".to_owned()).spawn(look) {
            tracing::warn!(%error, "the project was not looked through");
        }
    }

    pub(super) fn looked_through(&self, asked_by: AskedBy, upkeep: Upkeep) {
        match upkeep {
            Upkeep::Good(made) => {
                tracing::info!(backup = ?made, "the project is whole");
                if asked_by == AskedBy::Person {
                    self.out.notice(NoticeLevel::Info, upkeep::whole_in_words(made.as_deref()));
                }
            }
            Upkeep::Damaged(damage) => self.out.tell(Event::Damaged(Box::new(damage))),
            Upkeep::NoBackup(reason) if self.store.is_some() => {
                let text = format!("The project is whole, but its daily backup was not made: {reason}");
                self.out.notice(NoticeLevel::Warning, text);
            }
            Upkeep::NoBackup(_) if asked_by == AskedBy::Person => {
                let text = "No damage was found; a backup is made by the window that writes".to_owned();
                self.out.notice(NoticeLevel::Info, text);
            }
            Upkeep::NoBackup(_) => {}
            Upkeep::Failed(reason) => {
                self.out.notice(NoticeLevel::Warning, format!("The project could not be checked for damage: {reason}"));
            }
        }
    }
}
