//! What people see of the sync: whether all is safe, what would be sent, and what needs them.
//!
//! May use model and runtime. Invariant: every decision is an edit that can be undone, a request to the engine, or both;
//! nothing is decided that is not on the screen.
//!
//! | file | what |
//! |---|---|
//! | `pill` | the words at the bottom right, and the sentence behind them |
//! | `banner` | what locks editing or is damaged, over the canvas |
//! | `settle` | decisions about conflicts, and the way from one problem to the next |
//! | `conflict` | the panel of a conflict: what differs, what to keep |
//! | `ghosts` | base and theirs on the canvas |
//! | `key` | asking for a new key |

pub mod banner;
pub mod conflict;
pub mod ghosts;
pub mod key;
pub mod pill;
pub mod settle;

pub use key::KeyDialog;
pub use settle::{Settle, Settling};
