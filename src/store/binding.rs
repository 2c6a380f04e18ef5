//! Which server and app a project belongs to.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The server and app that a project's annotations go to. One project has one binding, so that the unsent edits of
/// one account can never reach another. Keys are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Binding {
    /// The program's own server, its data inside the project directory.
    Bundled {
        /// The user who owns the app.
        owner: String,
        /// The app.
        app: String,
    },
    /// A server elsewhere.
    Remote {
        /// Scheme, host and port, and a path where there is one; never with a key in it.
        base_url: String,
        /// The owner of the app.
        user_id: String,
        /// The app.
        app_id: String,
    },
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundled { owner, app } => write!(f, "{owner}/{app} on the project's own server"),
            Self::Remote { base_url, user_id, app_id } => write!(f, "{user_id}/{app_id} on {base_url}"),
        }
    }
}
