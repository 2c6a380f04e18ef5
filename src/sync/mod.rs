//! What to send and what to believe: desired / base / view of every annotation, the planner, three-way reconcile and
//! the engine.
//!
//! May use model, api and geometry. Invariants: sans-IO (time, randomness, store and network are arguments); observations
//! are kept, not work: the next call is derived from the difference of what is wanted and what is known; the engine
//! never sends, it returns effects, and a write effect is only ever returned after the `Unknown` that covers it.

mod bug;
mod content;
mod convert;
mod effect;
mod engine;
mod event;
mod merge;
mod plan;
mod record;
#[cfg(test)]
mod tests;

#[doc(hidden)]
pub use bug::Bug;
pub use content::{Digest, differing_fields, same_content};
pub use convert::{model_from_wire, shown, wire_from_model};
pub use effect::{
    BaseUpdate, Call, Commit, Effect, Forget, Gate, Key, PatchAction, PullState, RecordUpdate, RemoteRecord,
    ReplaceDesired, Shown, SyncState,
};
pub use engine::Engine;
pub use event::{Answer, Envelope, Event, Item, PullScope, Refusal, Resolution, SendPolicy};
pub use merge::{Merge, Past, Side, compose, merge, merge_as_decided, rebase};
pub use plan::{InputPlan, Plan, Step, needs_new_sid, next_step, plan};
pub use record::{Acked, Echo, Flight, Hold, Record, Verb, View};
