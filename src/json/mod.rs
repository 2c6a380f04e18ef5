//! JSON objects that are kept without being understood.
//!
//! Uses nothing of ours. Invariant: what came is what goes out again; the text of an [`Info`] is always one object that can
//! be read.

mod info;

pub use info::Info;

/// A JSON object in the order in which it was written.
pub type Map = serde_json::Map<String, serde_json::Value>;
