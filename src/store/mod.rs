//! The project on disk: a directory with an `SQLite` database, and the one thread that writes it.
//!
//! May use model, sync, api and geometry; knows neither egui nor tokio. Invariants:
//! - what was reported durable is on the disk (WAL, `synchronous=FULL`, one transaction for everything that belongs
//!   together), and what could not be written is kept in memory, in order, and tried again; nothing is dropped;
//! - one process writes a project at a time (a kernel lock on `project.lock`), all others read;
//! - `desired` and `rev` of a record are written by edits, everything else by the sync engine; an update of the engine
//!   that was computed from an older revision is refused whole;
//! - a damaged, foreign or newer database is never written to;
//! - every row of annotations and journal carries a checksum; a row that fails it is listed, never believed;
//! - no clock is read: times are arguments.
//!
//! | file | what |
//! |---|---|
//! | `project` | create, open, who may write |
//! | `lock`, `connect`, `migrate`, `stray`, `viewing` | the parts of opening |
//! | `writer`, `apply`, `far` | the writing thread, and what each request does inside the transaction |
//! | `request` | what the thread is asked and what it answers |
//! | `reader`, `known`, `places`, `review`, `statistics`, `images` | read-only queries, for worker threads |
//! | `row`, `base`, `derive`, `tables` | between Rust and rows |
//! | `backup` | a copy a day |
//! | `check`, `salvage`, `salvage_walk` | looking for damage, and getting out what can be read |
//! | `rests` | reading all of it without being in the way |

mod apply;
mod backup;
mod base;
mod binding;
mod bug;
mod check;
mod connect;
mod derive;
mod error;
mod far;
mod images;
mod in_parts;
mod known;
mod lock;
mod migrate;
mod places;
mod project;
mod reader;
mod request;
mod rests;
mod review;
mod row;
mod salvage;
mod salvage_walk;
mod statistics;
mod stray;
mod tables;
mod viewing;
mod writer;

pub use backup::backups;
pub use binding::Binding;
#[doc(hidden)]
pub use bug::{do_not_wait_for_the_disk, ignore_checksums};
pub use check::IntegrityReport;
pub use derive::SyncState;
pub use error::{CreateError, OpenError, SalvageError, StoreError};
pub use far::NOMINAL_SIZE;
pub use known::Known;
pub use lock::LockInfo;
pub use places::PlaceRow;
pub use project::{Access, NewProject, OpenNote, OpenedProject, Project, ReadOnlyReason};
pub use reader::{Counts, InputCounts, InputFilter, Loaded, NextNumbers, Reader};
pub use request::{
    DesiredChange, DurableRecord, EngineCommit, FarCommit, FarWhat, LocalCommit, Request, RequestId, StoreEvent,
};
pub use rests::{Stop, rest_between};
pub use review::{QueueFilter, QueueOrder, QueueRow, Sample, Whose};
pub use row::{DamagedRow, Table};
pub use salvage::{SalvageReport, salvage};
pub use statistics::{DayRow, OpenOf, ReviewTally, Statistics, StockRow};
pub use tables::{ConceptRow, InputRow, InputSource, InputState, PixelSize};
pub use writer::{StoreHandle, StoreSender};
