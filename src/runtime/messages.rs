//! What the window asks for, and what it is told.

use super::finder::{FindImages, FoundImages, ImagesLook};
use super::progress::Progress;
use super::recent::RecentProject;
use super::review::{Assignment, FarEdit, FarEdited, QueueFilter, QueueRow, ReviewTally, Statistics};
use super::session::describing::Described;
use super::trouble::{Mark, PlanReport};
use crate::geometry::Size;
use crate::model::{Change, Concept, ConceptId, Entry, EntryKind, InputId, LoadedImage, LocalId, Status, Worker};
use std::collections::HashMap;
use std::path::PathBuf;

/// What the window asks for. Sending one never blocks.
#[derive(Debug)]
pub enum Request {
    /// Make a finished edit durable and, in time, send it.
    Commit(Commit),
    /// Read the annotations of an image.
    LoadImage(InputId),
    /// What else is known of an annotation? Answered by [`Event::Described`].
    Describe(LocalId),
    /// Compute the review queue, and tell the counts from now on until the review ends.
    LoadQueue(Box<QueueFilter>),
    /// The review has ended: its counts are not needed any more.
    LeaveReview,
    /// Compute the statistics.
    LoadStatistics,
    /// Make an edit of annotations wherever they are, loaded or not.
    FarEdit(FarEdit),
    /// Give copies of annotations to another user, as pending work.
    Assign(Box<Assignment>),
    /// Write this text to a file that the person named.
    WriteText(PathBuf, String),
    /// Keep a concept (new, renamed or recoloured). A new one goes to the end of the list, and to the server.
    PutConcept(Concept),
    /// Keep the concepts as they are here, in this order.
    OrderConcepts(Vec<Concept>),
    /// Count the annotations of each concept.
    CountConcepts,
    /// Ask the server for concepts whose name contains this.
    SearchConcepts(String),
    /// Remember a setting of this project (view, panels); lost without harm.
    PutSetting(String, serde_json::Value),
    /// Copy these image files into the project and upload them.
    AddImages(Vec<PathBuf>),
    /// Send now what is unsent, and pull.
    SyncNow,
    /// Try a refused item again.
    RetryItem(LocalId),
    /// Give a refused item up: take the server's copy back.
    DiscardItem(LocalId),
    /// Settle a conflict.
    Resolve(LocalId, Keep),
    /// Try the store again after a failure.
    RetryStore,
    /// Write a whole copy of the project's database into this folder, with the edits that are not on disk yet.
    SaveCopy(PathBuf),
    /// Write this text to a file.
    Export(PathBuf, String),
    /// Look through the whole project for damage now, and back it up if that is good.
    CheckProject,
    /// Take a new key to the app, if the server takes it.
    UseKey(secrecy::SecretString),
    /// Send what was made in another user's name in the name of the key's owner.
    SendAs(String),
    /// Compute what would be sent now.
    LoadPlan,
    /// When to send.
    Sending(Sending),
    /// Remove images with all their annotations, on the server and here.
    RemoveImages(Vec<InputId>),
    /// Which images are like that? Answered by [`Event::FoundImages`].
    FindImages(Box<FindImages>),
    /// What is on these images? Answered by [`Event::ImagesLook`] with the same number.
    LookAtImages(u64, Vec<InputId>),
    /// Ask the server for annotations; the answer is shown, not taken over (the sync does that).
    Browse(BrowseQuery, u32),
}

/// When edits are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// Soon after each edit.
    #[default]
    AsEdited,
    /// When the person says so (Sync now).
    WhenISay,
}

/// What to ask the server for, as the API's listings and searches have it.
#[derive(Clone, Debug, PartialEq)]
pub enum BrowseQuery {
    /// What users made.
    UserMade,
    /// What users and models made.
    All,
    /// Of these images.
    Inputs(Vec<InputId>),
    /// Exactly these.
    Annotations(Vec<LocalId>),
    /// Made by these users.
    Users(Vec<String>),
    /// Made by these model versions.
    ModelVersions(Vec<String>),
    /// Exactly these, by the ids of their image and their own.
    Pairs(Vec<(String, String)>),
    /// Of this task.
    Task(String),
    /// What matches all that is set.
    Search(BrowseSearch),
    /// Not annotations: who made any.
    Workers,
}

/// What the server listed.
#[derive(Clone, Debug, PartialEq)]
pub enum Browsed {
    /// Annotations, at most [`BROWSE_PAGE`].
    Annotations(Vec<BrowseRow>),
    /// Who made any.
    Workers(Vec<Worker>),
}

/// Rows of one page of a [`Request::Browse`].
pub const BROWSE_PAGE: usize = 50;

/// A search on the server; what is not set does not restrict.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrowseSearch {
    /// In this status.
    pub status: Option<Status>,
    /// With this concept.
    pub concept: Option<ConceptId>,
    /// Made by this user.
    pub user: Option<String>,
    /// With a region of this kind, as the API calls it: `bounding_box`, `polygon`, `point`, `mask`.
    pub region_kind: Option<&'static str>,
}

/// One annotation as the server listed it.
#[derive(Clone, Debug, PartialEq)]
pub struct BrowseRow {
    /// Its id on the server.
    pub sid: String,
    /// Here, where this project has it.
    pub lid: Option<LocalId>,
    /// On which image.
    pub input: InputId,
    /// Its labels.
    pub concepts: String,
    /// Its kind of region.
    pub kind: String,
    /// Who made it.
    pub worker: Worker,
    /// Where it stands.
    pub status: Status,
}

/// How a conflict is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What is wanted here of the fields in conflict; the others are merged. To take some of theirs, they are edited to
    /// be so first.
    Mine,
    /// What the server has.
    Theirs,
}

/// One finished edit.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The journal's number, chosen by the window, growing by one.
    pub seq: u64,
    /// A new step, an undo or a redo.
    pub kind: EntryKind,
    /// For the undo list.
    pub title: String,
    /// The image on which it happened.
    pub input: Option<InputId>,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// What the window is told.
#[derive(Debug)]
pub enum Event {
    /// The project is being opened, and the window will show this image of it first.
    Foreseen(InputId),
    /// The project is open.
    Opened(Box<Opened>),
    /// The project could not be opened; the sentence says why and what to do.
    OpenFailed(String),
    /// The same, because its database is damaged: what can be read of it can be rescued.
    OpenDamaged(Box<DamagedProject>),
    /// The annotations of an image.
    Annotations(Box<ImageAnnotations>),
    /// What else is known of an annotation.
    Described(Described),
    /// Everything up to this journal number is on disk.
    Durable(u64),
    /// The store does not take anything now; edits are kept in memory and tried again.
    StoreFailed(String),
    /// The store takes edits again; what was kept in memory is being written.
    StoreRecovered,
    /// Rows of the open project are damaged on disk.
    Damaged(Box<Damage>),
    /// What became of a new key.
    Key(KeyNews),
    /// Annotations changed by somebody else, or by the settling of a conflict.
    Remote(Vec<Change>),
    /// How the marks of annotations stand now.
    Marks(Vec<(LocalId, Mark)>),
    /// The list of images, with counts.
    Inputs(Vec<InputRow>),
    /// Images of the list whose counts changed; none where only what is on them did.
    InputCounts(Vec<InputRow>),
    /// The images that are as asked for.
    FoundImages(FoundImages),
    /// What is on the images that were asked about.
    ImagesLook(Box<ImagesLook>),
    /// The concepts of the project, in order.
    Concepts(Vec<Concept>),
    /// How many annotations of the project carry each concept.
    ConceptCounts(HashMap<ConceptId, u64>),
    /// The concepts that the server found, or in a sentence why not.
    ConceptsFound(Result<Vec<Concept>, String>),
    /// The review queue.
    Queue(Vec<QueueRow>),
    /// How many annotations are how, while the review is on.
    ReviewTally(ReviewTally),
    /// The statistics.
    Statistics(Box<Statistics>),
    /// What became of an edit of annotations wherever they are.
    FarEdited(FarEdited),
    /// How the sync stands.
    Sync(SyncStatus),
    /// Something to tell the person.
    Notice(Notice),
    /// What would be sent now.
    Plan(PlanReport),
    /// Who the key belongs to and what it may do.
    Rights(Rights),
    /// What the server listed, or in a sentence why not.
    Browsed(Result<Browsed, String>),
    /// How far long work is.
    Progress(Progress),
    /// Long work is over, whichever way.
    ProgressEnded(u64),
    /// The projects that were open lately, the newest first.
    Recent(Vec<RecentProject>),
    /// The app on another server that this project is bound to, and why it cannot be spoken to, where it cannot.
    BoundTo(AppAddress, Option<String>),
}

/// An app on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppAddress {
    /// Base URL.
    pub server: String,
    /// The owner of the app.
    pub user: String,
    /// The app.
    pub app: String,
}

/// Who the key belongs to and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The user, where the server says so.
    pub user: Option<String>,
    /// Whether annotations may be deleted.
    pub delete: Allowed,
}

/// Whether the key allows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// It does.
    Yes,
    /// The scope is missing.
    No,
}

/// A project as it was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its name.
    pub name: String,
    /// Its directory.
    pub dir: PathBuf,
    /// Whether edits are possible.
    pub access: Access,
    /// Where it syncs to, in words: `http://127.0.0.1:40123 · labelwright/sample`.
    pub server: String,
    /// The user that new annotations belong to.
    pub user: String,
    /// The user whose app it is: they may change what others made.
    pub app_owner: String,
    /// The image to show first; its annotations follow without being asked for. `None` without images, or without a window.
    pub first_shown: Option<InputId>,
    /// The images, in order.
    pub inputs: Vec<InputRow>,
    /// The concepts, in order.
    pub concepts: Vec<Concept>,
    /// The journal, oldest first.
    pub history: Vec<Entry>,
    /// When edits are sent.
    pub sending: Sending,
    /// Remembered settings.
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// Whether a project can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It can.
    ReadWrite,
    /// It cannot; the sentence says why.
    ReadOnly(String),
}

/// An image in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct InputRow {
    /// Its id.
    pub id: InputId,
    /// Its file name, for people.
    pub name: String,
    /// Upright pixels, where known.
    pub size: Option<Size>,
    /// Annotations on it.
    pub annotations: usize,
    /// Of those, the ones somebody has to decide about.
    pub open: usize,
    /// Of those, the ones the server does not have yet.
    pub unsent: usize,
    /// Of those, the ones in trouble (refused or in conflict).
    pub problems: usize,
}

/// The annotations of an image.
#[derive(Clone, Debug)]
pub struct ImageAnnotations {
    /// Which image.
    pub input: InputId,
    /// Upright pixels; nominal where `size_known` is not [`SizeKnown::Yes`].
    pub size: Size,
    /// Whether `size` is the image's own.
    pub size_known: SizeKnown,
    /// They, ready for the document.
    pub annotations: LoadedImage,
    /// How they stand with the server; [`Mark::Synced`] ones are left out.
    pub marks: Vec<(LocalId, Mark)>,
}

/// Whether the size of an image is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeKnown {
    /// It is the image's own.
    Yes,
    /// The image could not be read; shapes can be reviewed, not drawn.
    No,
}

/// How the sync stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncStatus {
    /// Edits that the server does not have.
    pub unsent: usize,
    /// Calls under way.
    pub sending: usize,
    /// Annotations whose fate is being read back.
    pub unknown: usize,
    /// Conflicts for a person to settle.
    pub conflicts: usize,
    /// Refused items.
    pub problems: usize,
    /// Whether others' work is being fetched.
    pub pull: Pull,
    /// Whether, and why not, calls go out.
    pub gate: SyncGate,
}

/// Whether others' work is being fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pull {
    /// It is not.
    #[default]
    Idle,
    /// It is.
    Running,
}

/// Whether calls go out.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SyncGate {
    /// Not yet connected.
    #[default]
    Starting,
    /// They do.
    Online,
    /// The server does not answer; the sentence says what happened.
    Offline(String),
    /// What answers there is no annotations API; the sentence says what came.
    Misconfigured(String),
    /// The server asked to wait.
    Waiting {
        /// Until when, on the clock of this desk: `12:04:05`.
        until: String,
    },
    /// There is no key; the sentence says where it was looked for and what to do.
    NoKey(String),
    /// The key is refused; nothing is sent until it changes.
    KeyRefused(String),
    /// Held back by the person.
    Held,
    /// The project is read-only.
    ReadOnly,
}

/// Something to tell the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub level: NoticeLevel,
    /// What happened, what was kept, what to do.
    pub text: String,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Something did not work; nothing is lost.
    Warning,
    /// Something needs the person.
    Error,
}

/// What a path is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    /// A folder of images to make a project from.
    ImageFolder,
    /// A project directory to open.
    Project,
    /// Image files to add.
    Images,
    /// A file of annotations to import.
    Annotations,
    /// A folder of them.
    AnnotationFolder,
    /// A new file for the statistics.
    Statistics,
    /// A file to write a problem to, as JSON.
    ExportProblem,
    /// A folder for a copy of the project.
    CopyFolder,
}

/// A project that could not be opened because its database is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedProject {
    /// What is wrong, what was kept, what to do.
    pub reason: String,
    /// Where it is.
    pub dir: PathBuf,
    /// Its backups, the newest first.
    pub backups: Vec<PathBuf>,
}

/// What a look through the open project found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Rows that cannot be believed.
    pub rows: usize,
    /// What the database says of its file.
    pub problems: Vec<String>,
    /// The newest backup that was made while all was well.
    pub backup: Option<PathBuf>,
}

/// What became of a new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyNews {
    /// The server takes it; whose it is, where the server says.
    Taken(Option<String>),
    /// It was not taken, and why.
    Refused(String),
    /// It belongs to another user than the one who made what is unsent.
    Another {
        /// Whose it is.
        user: String,
        /// Who made what is unsent.
        before: String,
    },
}
