//! Whether a server, a key and an app belong together: for the connect dialog.

use super::http_api::HttpApi;
use crate::api::{AnnotationApi as _, ApiError, ErrorKind, SCOPE_DELETE, StatusCode};

/// A connection that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Who the key belongs to; `None` for a key of one app, which does not say.
    pub user_id: Option<String>,
    /// What the key may do, e.g. `Annotations_Delete`; empty where the server does not say.
    pub scopes: Vec<String>,
}

impl Connected {
    /// Whether annotations can be deleted; a server that does not say is given the benefit of the doubt.
    #[must_use]
    pub fn may_delete(&self) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|scope| scope == SCOPE_DELETE || scope == "All")
    }
}

/// Why a connection does not work. Each is a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// Nothing answers.
    #[error("{host} cannot be reached: {details} Check the address and your network, then try again.")]
    Unreachable {
        /// Whom we tried.
        host: String,
        /// What the system says.
        details: String,
    },
    /// Something else answers.
    #[error("{host} is not an annotations API. Check the address; Clarifai's is https://api.clarifai.com.")]
    NotAnApi {
        /// Who answered.
        host: String,
    },
    /// The key is not known.
    #[error("{host} does not accept the key ({details}). Copy it again from your account's settings.")]
    WrongKey {
        /// Who refused.
        host: String,
        /// In the server's words.
        details: String,
    },
    /// The key is good, the app is not there for it.
    #[error("There is no app {app} of user {user} on {host}, or the key does not open it. Check both names.")]
    NoSuchApp {
        /// Who said so.
        host: String,
        /// The user asked for.
        user: String,
        /// The app asked for.
        app: String,
    },
    /// The server asks to wait, or fails.
    #[error("{host} cannot answer now: {details} Try again in a minute.")]
    NotNow {
        /// Who.
        host: String,
        /// In the server's words.
        details: String,
    },
}

impl HttpApi {
    /// Tries the connection: is it an annotations API, who am I, is the app there, what may I do.
    ///
    /// # Errors
    /// One of five, each a sentence to show.
    pub async fn probe(&self) -> Result<Connected, ProbeError> {
        // The app first: it is what is needed, and it works with every kind of key.
        let scopes = match self.my_scopes().await {
            Ok(scopes) => scopes,
            Err(error) => return Err(self.explain(error)),
        };
        let user_id = match self.me().await {
            Ok(user) => Some(user.id).filter(|id| !id.is_empty()),
            // A key of one app may not ask this.
            Err(error) if matches!(error.kind, ErrorKind::Auth | ErrorKind::Refused) => None,
            Err(error) => return Err(self.explain(error)),
        };
        Ok(Connected { user_id, scopes })
    }

    fn explain(&self, error: ApiError) -> ProbeError {
        let host = self.host();
        match error.kind {
            _ if error.code == StatusCode::CONN_DOES_NOT_EXIST || error.code == StatusCode::CONN_KEY_INVALID => {
                ProbeError::NoSuchApp { host, user: self.app.user_id.clone(), app: self.app.app_id.clone() }
            }
            ErrorKind::Auth => ProbeError::WrongKey { host, details: error.description },
            ErrorKind::Misconfigured | ErrorKind::Refused | ErrorKind::TooLarge => ProbeError::NotAnApi { host },
            ErrorKind::NotApplied if error.http_status.is_none() => {
                ProbeError::Unreachable { host, details: error.details }
            }
            ErrorKind::NotApplied | ErrorKind::Unknown | ErrorKind::Throttled { .. } => {
                ProbeError::NotNow { host, details: format!("{}.", error.description) }
            }
        }
    }
}
