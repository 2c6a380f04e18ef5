//! What is known of an annotation that the window does not keep for all of them.

use super::super::messages::{Event, NoticeLevel};
use super::Session;
use crate::model::LocalId;
use crate::store::SyncState;

/// What the properties of an annotation say beside what the window has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Which annotation.
    pub lid: LocalId,
    /// Its id on the server; it is chosen here, before the server knows it.
    pub id: String,
    /// When it was changed last.
    pub changed: LastChange,
}

/// When something was changed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastChange {
    /// The server does not say.
    Unknown,
    /// RFC 3339, as the server says.
    OnServer(String),
    /// Here, and the server does not know it yet.
    Here,
}

impl Session {
    pub(super) fn describe(&self, lid: LocalId) {
        let record = match self.reader.record(lid) {
            Ok(Some(record)) => record,
            Ok(None) => return, // just drawn: asked again when it is on the disk
            Err(error) => {
                return self.out.notice(NoticeLevel::Error, format!("The annotation cannot be read: {error}"));
            }
        };
        let Some(wire) = &record.desired else { return };
        let said = record.base.as_ref().and_then(|base| base.modified_at.clone()).filter(|at| !at.is_empty());
        let changed = match (SyncState::of(&record), said) {
            (SyncState::Clean | SyncState::Suspect, Some(at)) => LastChange::OnServer(at),
            (SyncState::Clean | SyncState::Suspect, None) => LastChange::Unknown,
            _ => LastChange::Here,
        };
        self.out.tell(Event::Described(Described { lid, id: wire.id.clone(), changed }));
    }
}
