//! labelwright: a native desktop editor for image annotations.
//!
//! # The map
//!
//! ```text
//!                 draw                    save                     send                      store
//!  pointer/keys -> tools -> Edit -> Document -> store (SQLite) -> sync engine -> remote -> HTTP -> server -> SQLite
//!                                      ^                              |                   (Clarifai, or the bundled one)
//!                                      +----- remote changes, acks <--+
//! ```
//!
//! One gesture is one [`model::Edit`], one undo step and one durable transaction. Whatever the program learns comes
//! back through the same door ([`model::Document`]), never around it.
//!
//! | folder | what lives there | may use |
//! |---|---|---|
//! | [`geometry`] | points, boxes, rings, transforms, hits, triangles | nothing of ours |
//! | [`json`] | JSON objects that are kept without being understood | nothing of ours |
//! | [`model`] | ids, annotations, the document, edits, history, selection, spatial index | geometry, json |
//! | [`tools`] | the tools as state machines over raw input | model, geometry |
//! | [`api`] | the v2 wire types, status codes, limits, `AnnotationApi` | json |
//! | [`sync`] | desired / base / view, planner, reconcile, engine: sans-IO | model, api, geometry |
//! | [`store`] | SQLite: journal, annotations, inputs, migrations | model, sync, api, geometry |
//! | [`remote`] | the HTTP client that implements `AnnotationApi` | api |
//! | [`server`] | axum router and the local implementation of the API on SQLite | api, store, model |
//! | [`formats`] | readers and writers of other programs' files | model, geometry |
//! | [`images`] | bytes to pixels: probe, decode, orientation, pyramid, tiles | geometry |
//! | [`runtime`] | threads and channels: `Request` in, `Event` out | all above but tools |
//! | [`ui`] | egui: app, commands, canvas, panels, dialogs | model, tools, geometry, runtime (`Request`, `Event`, `pictures`: asked, never waited for) |
//! | [`cli`] | the subcommands, thin | runtime, server (`serve` is the server alone, without a project), formats, api, model |
//!
//! `tests/layering.rs` reads this table (parentheses are reasons) and every `crate::` in the sources, and fails on one
//! that is not in it, on `egui` outside `ui` and `main.rs`, and on `reqwest`, `axum`, `rusqlite`, `tokio` outside
//! `remote`, `server`, `store`, `runtime` and `cli`.
//!
//! # Invariants
//!
//! - `geometry`, `model`, `tools`, `sync`, `formats` do no I/O, read no clock and draw no random number.
//! - Positions are image pixels as `f64`, y down, pixel corners (the top left pixel spans 0..1). Normalised `f32`
//!   exists only in `api`; `sync::convert` holds the one function each way.
//! - Ids are stable keys, never indices. An annotation's local id never changes; its server id may.
//! - `ui` never blocks: no file, no socket, no lock that a worker holds, no fsync on the frame.
//! - `sync`'s engine never sends: it takes events and returns effects.

pub mod api;
pub mod cli;
pub mod formats;
pub mod geometry;
pub mod images;
pub mod json;
pub mod model;
pub mod remote;
pub mod runtime;
pub mod server;
pub mod store;
pub mod sync;
pub mod tools;
pub mod ui;
