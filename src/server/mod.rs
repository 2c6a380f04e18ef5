//! The bundled server: the v2 annotations API over HTTP on `SQLite`, for one or a few apps.
//!
//! [`start`] runs it, in the editor's own process or by `labelwright serve`; [`LocalApi`] is the same without HTTP.
//! May use `api` (and `store`, `model`, of which it needs nothing so far). Invariant: a write is answered only after
//! its transaction is on disk, and every answer, also of a failure, is the JSON envelope that the official client
//! reads. What no source of the API settles is decided in `docs/api.md`.
//!
//! | file | what it does |
//! |---|---|
//! | `config`, `strict` | what a server is told; imitated habits of other servers |
//! | `core` | who calls, on which app; pages, envelopes |
//! | `annotations`, `listing`, `search`, `inputs`, `concepts` | the operations, blocking, without HTTP |
//! | `check`, `patch`, `row` | the rules: what is valid, how PATCH changes, what a row holds |
//! | `db`, `look`, `images` | `SQLite`; the look through all of it; image files |
//! | `http/` | routes, keys, guards, the accept loop |

mod annotations;
mod check;
mod clock;
mod concepts;
mod config;
mod core;
mod db;
mod http;
mod images;
mod inputs;
mod listing;
mod local;
mod look;
mod patch;
mod row;
mod scopes;
mod search;
mod strict;

pub use config::{AppName, KeyGrant, ServerConfig, ServerError};
pub use http::{RunningServer, start, start_recording};
pub use local::LocalApi;
pub use strict::{Habit, Strictness};

/// A key for a server that only this process talks to: 64 hex digits that cannot be guessed.
#[must_use]
pub fn random_key() -> secrecy::SecretString {
    secrecy::SecretString::from(clock::secret_hex())
}
