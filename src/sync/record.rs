//! What is kept about one annotation: what the person wants, the last server copy seen, and what is known of the server.

use super::content::Digest;
use crate::api;
use crate::model::{Field, LocalId};
use serde::{Deserialize, Serialize};

/// One row of the store, as the engine sees it. `desired` is written by edits, everything else by the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Stable key of the annotation in this project.
    pub lid: LocalId,
    /// Its id on the server, chosen here before the first send, never reused for other content after a deletion that
    /// the server knows of (an undo of such a deletion gets a new one).
    pub sid: String,
    /// The input it belongs to.
    pub input_id: String,
    /// What the person wants on the server, in wire form, `id` = `sid`; `None`: it shall be gone.
    pub desired: Option<api::Annotation>,
    /// Counts the edits of `desired`; an answer to revision n never clears revision n + 1.
    pub rev: u64,
    /// The last server copy seen; the common ancestor for merging.
    pub base: Option<api::Annotation>,
    /// What is known of the server's copy.
    pub view: View,
    /// The write that is (or may be) under way, persisted before its first byte leaves.
    pub flight: Option<Flight>,
    /// The newest revision that the server has acknowledged, ever.
    pub acked: Acked,
    /// Unix milliseconds at which an ambiguous write can no longer land; until it is verified after that, the record
    /// counts as suspect.
    pub verify_after_ms: Option<i64>,
    /// Writes of ours that may still land: what is recognised as our own when it turns up late. Empty when there is
    /// no doubt.
    pub echoes: Vec<Echo>,
    /// Set while a person has to decide.
    pub hold: Option<Hold>,
}

/// A write whose fate is not certain. Only digests are kept: enough to tell our own late write from another's edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// Its kind.
    pub verb: Verb,
    /// The revision of `desired` that it carried.
    pub rev: u64,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
    /// What it carried; all zero for a deletion.
    pub content: Digest,
}

impl Record {
    /// A record of an annotation that a person just made; nothing of it was sent yet.
    #[must_use]
    pub fn new(lid: LocalId, sid: String, input_id: String, desired: api::Annotation) -> Self {
        Self {
            lid,
            sid,
            input_id,
            desired: Some(desired),
            rev: 1,
            base: None,
            view: View::Never,
            flight: None,
            acked: Acked::Never,
            verify_after_ms: None,
            echoes: Vec::new(),
            hold: None,
        }
    }

    /// A record of an annotation that came from the server.
    #[must_use]
    pub fn from_server(lid: LocalId, annotation: api::Annotation) -> Self {
        Self {
            lid,
            sid: annotation.id.clone(),
            input_id: annotation.input_id.clone(),
            base: Some(annotation.clone()),
            desired: Some(annotation),
            rev: 1,
            view: View::Present,
            flight: None,
            acked: Acked::Rev(1),
            verify_after_ms: None,
            echoes: Vec::new(),
            hold: None,
        }
    }

    /// Whether nothing is left to send, to find out or to decide: the engine need not hold it.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let settled =
            self.flight.is_none() && self.hold.is_none() && self.verify_after_ms.is_none() && self.echoes.is_empty();
        settled
            && match (self.view, &self.desired, &self.base) {
                (View::Never | View::Absent, None, _) => true,
                (View::Present, Some(desired), Some(base)) => super::content::same_content(desired, base),
                _ => false,
            }
    }
}

/// What is known of the server's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Nothing was ever sent.
    Never,
    /// Something was sent and its fate is not known: read back before anything else.
    Unknown,
    /// The server does not have it.
    Absent,
    /// The server has what `base` says.
    Present,
}

/// Whether, and up to which revision, the server has acknowledged writes of this record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acked {
    /// Never: the server may be told of it by POST.
    #[default]
    Never,
    /// Up to this revision.
    Rev(u64),
}

/// The kind of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Create.
    Post,
    /// Change.
    Patch,
    /// Delete.
    Delete,
}

/// A write under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    /// Its kind.
    pub verb: Verb,
    /// The revision of `desired` that it carries.
    pub rev: u64,
    /// Unix milliseconds.
    pub sent_at_ms: i64,
}

/// Why a record waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// The server refuses it; kept here, visible, editable, exportable.
    Quarantined {
        /// The server's status code.
        code: u32,
        /// In a sentence.
        reason: String,
        /// To quote to the operator of the server.
        req_id: String,
        /// The revision that was refused; a later edit is tried again.
        rev: u64,
    },
    /// Both sides changed the same thing; `base` stays the common ancestor until it is settled.
    Conflict {
        /// The server's copy; `None`: deleted there.
        theirs: Option<Box<api::Annotation>>,
        /// What both changed.
        fields: Vec<Field>,
    },
}
