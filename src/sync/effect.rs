//! What the engine wants done.

use super::event::PullScope;
use super::record::{Acked, Echo, Flight, Hold, Record, View};
use crate::api;
use crate::model::LocalId;

/// One thing to do. The driver does them in order; what carries an `epoch` is dropped if that is no longer
/// [`super::Engine::epoch`], so that nothing of one account reaches another's store or server.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Write this in one transaction, then say [`super::Event::Committed`].
    Commit(Commit),
    /// Annotations that the server has and the store has not; those whose `(input_id, id)` is known are passed over.
    AddRemote {
        /// Whose.
        epoch: u64,
        /// The new ones.
        records: Vec<RemoteRecord>,
    },
    /// Make this call; say [`super::Event::Answer`] or [`super::Event::Page`] when it is over.
    Send {
        /// Whose.
        epoch: u64,
        /// Comes back in the event.
        call_id: u64,
        /// What.
        call: Call,
    },
    /// Read the records in that scope that the server should have, or as many of them as [`super::Engine::was_shown`] does
    /// not know; say [`super::Event::LocalListing`].
    ListLocal {
        /// Whose.
        epoch: u64,
        /// Comes back in the event.
        pull_id: u64,
        /// Which.
        scope: PullScope,
    },
    /// The documents that are open take these values: durable already, and not from the person at this desk.
    ShowRemote(Vec<Shown>),
    /// For the pill.
    State(SyncState),
    /// Say [`super::Event::Tick`] at this time (Unix milliseconds); replaces the time asked for before.
    WakeAt(i64),
    /// After [`super::Event::Shutdown`]: nothing is under way any more.
    Stopped,
}

/// One transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commit {
    /// Whose.
    pub epoch: u64,
    /// Comes back in [`super::Event::Committed`].
    pub token: u64,
    /// At most one for each record.
    pub updates: Vec<RecordUpdate>,
    /// Tombstones that are no longer needed.
    pub forget: Vec<Forget>,
}

/// All columns of one record that the engine owns. Taken whole, or refused whole where it was computed from an older
/// revision.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordUpdate {
    /// Which one.
    pub lid: LocalId,
    /// Its id on the server; changes when the old one is dead.
    pub sid: String,
    /// The last server copy seen.
    pub base: BaseUpdate,
    /// What is known of the server's copy.
    pub view: View,
    /// The write under way.
    pub flight: Option<Flight>,
    /// The newest revision that the server has acknowledged.
    pub acked: Acked,
    /// Unix milliseconds.
    pub verify_after_ms: Option<i64>,
    /// Writes that may still land.
    pub echoes: Vec<Echo>,
    /// Set while a person has to decide.
    pub hold: Option<Hold>,
    /// A merge: what is wanted from now on, unless it was edited meanwhile.
    pub desired: Option<ReplaceDesired>,
}

/// The server's copy in a [`RecordUpdate`].
#[derive(Clone, Debug, PartialEq)]
pub enum BaseUpdate {
    /// As the row has it: a write that is about to leave brings no news of the server.
    Kept,
    /// This one.
    Is(Option<api::Annotation>),
}

/// Compare and set.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplaceDesired {
    /// The revision from which the new value was computed; the record gets `expected_rev + 1`.
    pub expected_rev: u64,
    /// The new value.
    pub desired: Option<api::Annotation>,
}

/// Drops a record, if it is still a tombstone of that revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forget {
    /// Which one.
    pub lid: LocalId,
    /// Its revision when the engine decided.
    pub rev: u64,
}

/// An annotation that came from the server; [`Record::from_server`] makes its record.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteRecord {
    /// A fresh local id.
    pub lid: LocalId,
    /// As it came.
    pub annotation: api::Annotation,
}

impl RecordUpdate {
    /// All that `record` says, but for what is wanted.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self { base: BaseUpdate::Is(record.base.clone()), ..Self::beside_base(record) }
    }

    /// The same, but for the server's copy: it stays as it is.
    #[must_use]
    pub fn beside_base(record: &Record) -> Self {
        Self {
            lid: record.lid,
            sid: record.sid.clone(),
            base: BaseUpdate::Kept,
            view: record.view,
            flight: record.flight,
            acked: record.acked,
            verify_after_ms: record.verify_after_ms,
            echoes: record.echoes.clone(),
            hold: record.hold.clone(),
            desired: None,
        }
    }

    /// Writes it into the store's row, or says that the row is newer (false, and nothing is changed).
    #[must_use]
    pub fn apply_to(&self, row: &mut Record) -> bool {
        if let Some(replace) = &self.desired {
            if replace.expected_rev != row.rev {
                return false;
            }
            row.desired.clone_from(&replace.desired);
            row.rev += 1;
        }
        row.sid.clone_from(&self.sid);
        if let BaseUpdate::Is(base) = &self.base {
            row.base.clone_from(base);
        }
        row.view = self.view;
        row.flight = self.flight;
        row.acked = self.acked;
        row.verify_after_ms = self.verify_after_ms;
        row.echoes.clone_from(&self.echoes);
        row.hold.clone_from(&self.hold);
        if let Some(desired) = &mut row.desired {
            desired.id.clone_from(&row.sid);
        }
        true
    }
}

/// What to ask the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// Create these.
    Post(Vec<api::Annotation>),
    /// Change these.
    Patch {
        /// How.
        action: PatchAction,
        /// Whole for [`PatchAction::Overwrite`], id and status for [`PatchAction::MergeStatus`].
        annotations: Vec<api::Annotation>,
    },
    /// Delete these.
    Delete(Vec<Key>),
    /// List these by id.
    ReadBack(Vec<Key>),
    /// One page of a listing with `list_all_annotations`.
    ListPage {
        /// Which part.
        scope: PullScope,
        /// From 1.
        page: u32,
        /// Rows.
        per_page: usize,
    },
    /// The cheapest request there is, to see whether anyone answers.
    Probe,
}

/// How a PATCH treats what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatchAction {
    /// `overwrite`, with everything to keep: the only one that may be repeated where geometry or labels are concerned.
    Overwrite,
    /// `merge` with the status and nothing else: leaves what others did to the rest.
    MergeStatus,
}

/// How the server addresses an annotation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The input.
    pub input_id: String,
    /// The annotation.
    pub sid: String,
}

impl Key {
    /// The key of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self { input_id: record.input_id.clone(), sid: record.sid.clone() }
    }

    /// The key of a row.
    #[must_use]
    pub fn of_row(row: &api::Annotation) -> Self {
        Self { input_id: row.input_id.clone(), sid: row.id.clone() }
    }
}

/// What an open document shall show.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Which annotation.
    pub lid: LocalId,
    /// Its new value; none: it is gone.
    pub desired: Option<api::Annotation>,
}

/// For the pill: how many annotations wait for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// Edited and not sent yet.
    pub unsent: usize,
    /// On their way.
    pub sending: usize,
    /// Sent, and nobody knows whether they arrived.
    pub unknown: usize,
    /// As wanted, to be looked at once more.
    pub suspect: usize,
    /// Changed on both sides.
    pub conflicts: usize,
    /// Refused by the server.
    pub problems: usize,
    /// Whether others' work is being fetched.
    pub pull: PullState,
    /// Whether anything may leave.
    pub gate: Gate,
}

/// Whether a pull runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PullState {
    /// None.
    #[default]
    Idle,
    /// Running.
    Running,
}

/// Whether requests may leave, the most serious reason first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Gate {
    /// The program is closing.
    Stopping,
    /// The key is refused: no request until it changes or the person says so.
    AuthPaused {
        /// For the person.
        reason: String,
    },
    /// Nobody there speaks the API: no request until the person says so.
    Misconfigured {
        /// For the person.
        reason: String,
    },
    /// The server asked for patience.
    Throttled {
        /// Unix milliseconds.
        until_ms: i64,
    },
    /// Several failures in a row: one small question first.
    Breaker {
        /// When it is asked; Unix milliseconds.
        retry_at_ms: i64,
        /// The last failure.
        reason: String,
    },
    /// No connection, or no usable answer.
    Offline {
        /// Unix milliseconds.
        retry_at_ms: i64,
        /// The last failure.
        reason: String,
    },
    /// Held back until the person says so.
    HeldBack,
    /// Open.
    #[default]
    Online,
}
