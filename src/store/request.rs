//! What the writing thread is asked, and what it answers.

use super::{Binding, ConceptRow, InputRow};
use crate::api;
use crate::geometry::Size;
use crate::model::{Change, ConceptId, Edit, EntryKind, InputId, LocalId};
use crate::sync::{Forget, Record, RecordUpdate, RemoteRecord, wire_from_model};
use std::path::PathBuf;

/// One thing for the writing thread to do. Requests are carried out in the order in which they were sent.
#[derive(Clone, Debug)]
pub enum Request {
    /// What a person did.
    Commit(LocalCommit),
    /// What a person did to annotations that no window has loaded.
    FarCommit(Box<FarCommit>),
    /// What the sync engine learned or is about to send.
    Engine(EngineCommit),
    /// Annotations that the server has and this project had not; those with a known server id are passed over.
    AddRemote {
        /// Comes back in [`StoreEvent::RemoteAdded`].
        token: u64,
        /// The new ones.
        records: Vec<RemoteRecord>,
    },
    /// Adds inputs, or replaces those with the same id.
    PutInputs {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// Whole rows.
        inputs: Vec<InputRow>,
    },
    /// Removes inputs and their annotations from this project; refused while any of those is not clean.
    RemoveInputs {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// Which.
        ids: Vec<InputId>,
    },
    /// Adds concepts, or replaces those with the same id.
    PutConcepts {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// Whole rows.
        concepts: Vec<ConceptRow>,
    },
    /// Removes concepts from the list; annotations that carry them keep them.
    RemoveConcepts {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// Which.
        ids: Vec<ConceptId>,
    },
    /// Remembers something about how this project is shown; `null` forgets it.
    PutSetting {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// Its name.
        key: String,
        /// Its value.
        value: serde_json::Value,
    },
    /// Binds the project to another server or app; refused while anything is not clean, and forgets every base and
    /// server id's standing only by being refused: a project with annotations that a server knows stays where it is.
    SetBinding {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// The new one.
        binding: Binding,
    },
    /// Writes a whole copy of the database to a file that does not exist yet.
    SaveCopy {
        /// Comes back in [`StoreEvent::Done`].
        token: u64,
        /// The new file.
        to: PathBuf,
    },
    /// Tries at once what failed before.
    RetryNow,
}

impl Request {
    /// The number by which events speak of it.
    #[must_use]
    pub const fn id(&self) -> RequestId {
        match self {
            Self::Commit(commit) => RequestId::Edit(commit.seq),
            Self::FarCommit(commit) => RequestId::Edit(commit.seq),
            Self::Engine(commit) => RequestId::Engine(commit.token),
            Self::AddRemote { token, .. }
            | Self::PutInputs { token, .. }
            | Self::RemoveInputs { token, .. }
            | Self::PutConcepts { token, .. }
            | Self::RemoveConcepts { token, .. }
            | Self::PutSetting { token, .. }
            | Self::SetBinding { token, .. }
            | Self::SaveCopy { token, .. } => RequestId::Other(*token),
            Self::RetryNow => RequestId::Other(0),
        }
    }

    /// About how many rows it writes.
    pub(super) const fn rows(&self) -> usize {
        match self {
            Self::Commit(commit) => 1 + commit.desired.len(),
            Self::FarCommit(commit) => 1 + commit.spare_sids.len(),
            Self::Engine(commit) => commit.updates.len() + commit.forget.len() + commit.settings.len(),
            Self::AddRemote { records, .. } => records.len(),
            Self::PutInputs { inputs, .. } => inputs.len(),
            Self::PutConcepts { concepts, .. } => concepts.len(),
            _ => 1,
        }
    }
}

/// One step of a person, durable as a whole or not at all.
#[derive(Clone, Debug)]
pub struct LocalCommit {
    /// The step's number in the journal: [`crate::model::History::next_seq`]; greater than all before it.
    pub seq: u64,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// A new step, or one that took back or repeated another.
    pub kind: EntryKind,
    /// In a few words.
    pub title: String,
    /// The image on which it happened.
    pub input: Option<InputId>,
    /// Before and after in image pixels, for the journal.
    pub changes: Vec<Change>,
    /// What shall be on the server from now on.
    pub desired: Vec<DesiredChange>,
}

/// One step of a person about annotations wherever they are. It is made on the rows as they stand in the transaction,
/// durable as a whole, and answered by [`StoreEvent::FarDurable`].
#[derive(Clone, Debug)]
pub struct FarCommit {
    /// As of a [`LocalCommit`].
    pub seq: u64,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// A new step, or one that took back or repeated another.
    pub kind: EntryKind,
    /// In a few words.
    pub title: String,
    /// What to do.
    pub what: FarWhat,
    /// Fresh server ids, as many as the edit may need.
    pub spare_sids: Vec<String>,
}

/// What a [`FarCommit`] does. Parts about annotations that are gone are passed over.
#[derive(Clone, Debug)]
pub enum FarWhat {
    /// This edit.
    Edit(Edit),
    /// It takes back what the step with this number in the journal changed.
    Inverse(u64),
}

/// What shall become of one annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredChange {
    /// Which one.
    pub lid: LocalId,
    /// The input it belongs to.
    pub input_id: InputId,
    /// A fresh server id; needed where this project has no record of `lid` (yet, or any more). Where it has one the id
    /// stays and this one is handed on in [`DurableRecord::spare_sid`]: only the engine knows whether the old id is
    /// dead.
    pub new_sid: Option<String>,
    /// What the person saw when they made the edit. Where the record is another by now (a merge came between), only what
    /// the edit changed is carried over to it; `None`: `desired` is taken as it is.
    pub before: Option<api::Annotation>,
    /// In wire form; its `id` is set to the record's server id. `None`: it shall be gone.
    pub desired: Option<api::Annotation>,
}

impl DesiredChange {
    /// From a change in image pixels of an image of this size.
    #[must_use]
    pub fn of(change: &Change, size: Size, new_sid: Option<String>) -> Self {
        let input_id = change.input().cloned().unwrap_or_else(|| InputId(String::new()));
        let revived = change.before.is_none();
        let desired = change.after.as_ref().map(|annotation| {
            let mut annotation = annotation.clone();
            if revived
                && !annotation.created_at.is_empty()
                && let Some(region) = &mut annotation.region
            {
                region.id = None; // the old region died with the old annotation
            }
            wire_from_model(&annotation, "", size)
        });
        // Who brings back what they had deleted changes nothing else: where it is there again (a conflict was decided
        // meanwhile, say), it stays as it is.
        let before = change.before.as_ref().or(change.after.as_ref());
        let before = before.map(|annotation| wire_from_model(annotation, "", size));
        Self { lid: change.lid, input_id, new_sid, before, desired }
    }
}

/// A batch of the sync engine, durable as a whole.
#[derive(Clone, Debug, Default)]
pub struct EngineCommit {
    /// Comes back in [`StoreEvent::EngineCommitted`].
    pub token: u64,
    /// What changes about records.
    pub updates: Vec<RecordUpdate>,
    /// Tombstones that are no longer needed.
    pub forget: Vec<Forget>,
    /// Settings that belong to it (a cursor of a pull, say).
    pub settings: Vec<(String, serde_json::Value)>,
}

/// Which request an event speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RequestId {
    /// The [`LocalCommit`] with that `seq`.
    Edit(u64),
    /// The [`EngineCommit`] with that `token`.
    Engine(u64),
    /// Another request with that `token`.
    Other(u64),
}

/// What the writing thread says.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreEvent {
    /// A person's step is on the disk.
    Durable {
        /// Its number.
        seq: u64,
        /// The records as they are now.
        records: Vec<DurableRecord>,
    },
    /// A step about annotations that were not loaded is on the disk.
    FarDurable {
        /// Its number.
        seq: u64,
        /// What it changed, in image pixels; empty: nothing, and it is not in the journal.
        changes: Vec<Change>,
        /// Parts that could not be made: their annotations are gone.
        passed_over: usize,
        /// The records as they are now.
        records: Vec<DurableRecord>,
    },
    /// A batch of the engine is on the disk.
    EngineCommitted {
        /// Its token.
        token: u64,
        /// Records whose update was refused because they changed meanwhile (or are gone): compute it again.
        stale: Vec<LocalId>,
    },
    /// Annotations of the server are on the disk.
    RemoteAdded {
        /// The request's token.
        token: u64,
        /// The new records, and the images that they are on.
        added: Vec<(LocalId, InputId)>,
        /// Those that this project had already (by server id), with the local id they have here.
        known: Vec<LocalId>,
    },
    /// Any other request is on the disk.
    Done {
        /// The request's token.
        token: u64,
    },
    /// A request cannot be carried out, now or later; nothing of it was.
    Refused {
        /// Which one.
        request: RequestId,
        /// Why, in a sentence.
        reason: String,
    },
    /// The disk does not take it. The request and everything behind it are kept in memory and tried again.
    Failed {
        /// The first one that waits.
        request: RequestId,
        /// How many wait, with that one.
        waiting: usize,
        /// Why, in a sentence.
        reason: String,
    },
    /// The disk works again; what waited is being written.
    Recovered,
    /// The thread has ended.
    Stopped {
        /// What could not be written and is lost with this process, unless the caller keeps it.
        unsaved: Vec<RequestId>,
    },
}

/// A record after a person's step, for the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct DurableRecord {
    /// Which one.
    pub lid: LocalId,
    /// The input it belongs to.
    pub input_id: InputId,
    /// Its id on the server.
    pub sid: String,
    /// Its revision now.
    pub rev: u64,
    /// What the person wants.
    pub desired: Option<api::Annotation>,
    /// A fresh server id that was offered and not needed; the engine may take it where `sid` is dead.
    pub spare_sid: Option<String>,
    /// Whether the edit was carried over to a newer value: the documents that are open show an older one.
    pub carried_over: bool,
    /// The whole row as it is now.
    pub record: Record,
}
