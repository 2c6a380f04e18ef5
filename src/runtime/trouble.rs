//! How annotations stand with the server, what would be sent now, and what needs a person.

use crate::model::{Annotation, Field, InputId, LocalId};

/// How an annotation stands with the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// The server has it.
    Synced,
    /// The server does not have the newest edit yet.
    Unsent,
    /// Its fate on the server is not known; it is being read back.
    Unknown,
    /// Both sides changed it.
    Conflict(Box<Conflict>),
    /// The server refused it.
    Problem {
        /// Why, in a sentence.
        reason: String,
        /// To quote to the operator.
        req_id: String,
    },
}

/// Both sides changed an annotation. `None` in a side: deleted there.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// On which image.
    pub input: InputId,
    /// What both sides started from.
    pub base: Option<Annotation>,
    /// What is wanted here.
    pub mine: Option<Annotation>,
    /// What the server has.
    pub theirs: Option<Annotation>,
    /// What both changed; empty where one side deleted it.
    pub fields: Vec<Field>,
}

/// What would be sent now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanReport {
    /// By image, in the order of their ids.
    pub images: Vec<PlanRow>,
    /// What needs a person: refused items and conflicts, over all images.
    pub troubles: Vec<Trouble>,
}

/// What would be sent of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    /// Which image.
    pub input: InputId,
    /// Annotations to be created.
    pub posts: usize,
    /// To be changed.
    pub patches: usize,
    /// To be deleted.
    pub deletes: usize,
    /// To be read back first.
    pub read_backs: usize,
}

/// Something that needs a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// Which annotation.
    pub lid: LocalId,
    /// Its id on the server.
    pub sid: String,
    /// On which image.
    pub input: InputId,
    /// The annotation in a few words: `box, cat`.
    pub what: String,
    /// What it is.
    pub kind: TroubleKind,
    /// It, as it was to be sent, as JSON: for keeping elsewhere.
    pub export: String,
}

/// The kinds of trouble.
#[derive(Clone, Debug, PartialEq)]
pub enum TroubleKind {
    /// The server refused it.
    Refused {
        /// The API's code.
        code: u32,
        /// Why, in a sentence.
        reason: String,
        /// To quote to the operator.
        req_id: String,
    },
    /// Both sides changed it.
    Conflict {
        /// What differs: its name, what it was, mine, theirs.
        fields: Vec<[String; 4]>,
    },
}

impl PlanReport {
    /// Over all images: annotations to be created, changed, deleted.
    #[must_use]
    pub fn totals(&self) -> (usize, usize, usize) {
        self.images.iter().fold((0, 0, 0), |(n, m, k), row| (n + row.posts, m + row.patches, k + row.deletes))
    }
}
