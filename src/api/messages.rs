//! Requests and answers of the operations.

use super::{Annotation, Concept, DEFAULT_PER_PAGE, Input, Rest, Status, StatusCode};
use serde::{Deserialize, Serialize};

/// Which page of a listing; pages count from 1, a page past the end is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub page: u32,
    /// 1..=[`super::MAX_PER_PAGE`].
    pub per_page: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self::first(u32::try_from(DEFAULT_PER_PAGE).unwrap_or(20))
    }
}

impl Page {
    /// The first page with so many rows.
    #[must_use]
    pub const fn first(per_page: u32) -> Self {
        Self { page: 1, per_page }
    }

    /// The page after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { page: self.page.saturating_add(1), per_page: self.per_page }
    }
}

/// Whose annotations a listing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Makers {
    /// Only those that users made; the API's default.
    #[default]
    Users,
    /// Those that models made too (`list_all_annotations`).
    All,
}

/// What to list: fields left empty do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnotationQuery {
    /// Of these inputs.
    pub input_ids: Vec<String>,
    /// These annotations; pairs with `input_ids` one to one. Matches whoever made them.
    pub ids: Vec<String>,
    /// Made by these users; together with the next two an OR, and any of the three implies [`Makers::All`].
    pub user_ids: Vec<String>,
    /// Made by these model versions.
    pub model_version_ids: Vec<String>,
    /// Made by these workflow versions.
    pub workflow_version_ids: Vec<String>,
    /// Of this task.
    pub task_id: Option<String>,
    /// Whose.
    pub makers: Makers,
    /// Which page; oldest first.
    pub page: Page,
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// What could be read.
    pub rows: Vec<Annotation>,
    /// Rows in a form that this program does not know (a coordinate that is no number, say). One of them must not keep
    /// all others away, and nobody may take it for missing.
    pub unreadable: Vec<AnnotationKey>,
}

/// Names an annotation: ids are only unique together with their input's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnnotationKey {
    /// The input that it belongs to.
    pub input_id: String,
    /// Its own id.
    pub id: String,
}

/// What a bulk deletion deletes. Deleting what is gone is a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteTargets {
    /// These annotations.
    Pairs(Vec<AnnotationKey>),
    /// All annotations of these inputs except the input-level ones.
    AllOfInputs(Vec<String>),
}

/// How a PATCH changes lists and objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatchAction {
    /// Objects recurse, list elements match by id, unmatched ones are appended.
    Merge,
    /// Each member given replaces the whole old one.
    Overwrite,
    /// List elements whose ids are given go.
    Remove,
}

impl PatchAction {
    /// As the API spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Overwrite => "overwrite",
            Self::Remove => "remove",
        }
    }

    /// From the API's spelling.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Merge, Self::Overwrite, Self::Remove].into_iter().find(|action| action.name() == name)
    }
}

/// What becomes of an annotation that a `remove` leaves without data (`delete_if_empty_data`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WhenEmpty {
    /// It stays; the API's default.
    #[default]
    Keep,
    /// It is deleted, unless it is input-level.
    Delete,
}

/// The answer to a write of several: one item per one sent, in the order sent if the server is kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Items<T> {
    /// 10000 all done, 10010 some, 10020 none.
    pub status: Status,
    /// With a status each. May be reordered or incomplete when not all were done: match by id.
    pub items: Vec<T>,
}

/// One condition of a search; conditions are AND-ed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchFilter {
    /// Members that are set must match. `data: {}` means: says something of the whole input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation: Option<Annotation>,
    /// The annotation's input must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    /// Everything but what matches.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub negate: bool,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A search of annotations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnnotationSearch {
    /// All must hold; none means everything.
    pub filters: Vec<SearchFilter>,
    /// Which page; oldest first.
    pub page: Page,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hit {
    /// 1 where nothing is ranked.
    pub score: f32,
    /// The input; only its id is sure to be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    /// The annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation: Option<Annotation>,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Which inputs to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputQuery {
    /// Only these; empty means all.
    pub ids: Vec<String>,
    /// Which page; oldest first.
    pub page: Page,
}

/// Who a key belongs to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Opaque.
    pub id: String,
    /// Names, dates and members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The bytes of an image and what the server said they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageBytes {
    /// As stored; EXIF orientation is not applied to them.
    pub bytes: Vec<u8>,
    /// The `Content-Type`, as a hint; look into the bytes.
    pub content_type: Option<String>,
}

impl Status {
    /// Whether this is the status of an item that was not done. In a write's answer an annotation's own status stands
    /// where a refusal would: the codes of the review workflow are not refusals.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        let code = self.code;
        !matches!(
            code,
            StatusCode::ZERO
                | StatusCode::SUCCESS
                | StatusCode::CONCEPT_MODIFY_SUCCESS
                | StatusCode::CONCEPT_MODIFY_PENDING
                | StatusCode::INPUT_SUCCESS
                | StatusCode::INPUT_PENDING
                | StatusCode::INPUT_IN_PROGRESS
                | StatusCode::ANNOTATION_MODIFY_SUCCESS
                | StatusCode::ANNOTATION_MODIFY_PENDING
        ) && !code.is_workflow()
    }
}

impl StatusCode {
    /// Whether an annotation can be in this state (24150 done … 24159 awaiting consensus review), as opposed to the
    /// codes of failure. `ANNOTATION_FAILED` and `ANNOTATION_UNKNOWN_STATUS` count as failures here.
    #[must_use]
    pub const fn is_workflow(self) -> bool {
        matches!(self.0, 24_150 | 24_151 | 24_153 | 24_157 | 24_158 | 24_159)
    }
}

impl Annotation {
    /// Why a write of this item was refused; `None` if it was done.
    #[must_use]
    pub fn refusal(&self) -> Option<&Status> {
        self.status.as_ref().filter(|status| status.is_refusal())
    }

    /// Its name.
    #[must_use]
    pub fn key(&self) -> AnnotationKey {
        AnnotationKey { input_id: self.input_id.clone(), id: self.id.clone() }
    }
}

impl Input {
    /// Why a write of this item was refused; `None` if it was done.
    #[must_use]
    pub fn refusal(&self) -> Option<&Status> {
        self.status.as_ref().filter(|status| status.is_refusal())
    }
}

impl Concept {
    /// A concept that is present (value 1).
    #[must_use]
    pub fn present(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// A concept that is not present (value 0).
    #[must_use]
    pub fn absent(id: impl Into<String>) -> Self {
        Self { id: id.into(), value: 0.0, ..Self::default() }
    }
}
