//! What a server is told before it starts, and why it may not start.

use super::strict::Strictness;
use crate::api::SCOPE_DELETE;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// An app that the server keeps, by its owner and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppName {
    /// The user who owns it; all other users with a key are its collaborators.
    pub owner: String,
    /// Its id.
    pub id: String,
}

impl AppName {
    /// From `OWNER/APP`.
    ///
    /// # Errors
    /// A sentence, where the text is not of that form or an id holds a character that no URL path carries.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" does not name an app. Write OWNER/APP, for example alice/demo.");
        let (owner, id) = text.split_once('/').ok_or_else(wrong)?;
        if !super::check::is_usable_id(owner) || !super::check::is_usable_id(id) || owner == "me" {
            return Err(wrong());
        }
        Ok(Self { owner: owner.to_owned(), id: id.to_owned() })
    }
}

/// What a key may do beyond reading: everything, or everything but these scopes.
#[derive(Clone, Debug)]
pub struct KeyGrant {
    /// The user whom the key authorises.
    pub user: String,
    /// The key itself.
    pub key: SecretString,
    /// The only app that it opens (an app key); `None` for a personal access token.
    pub app: Option<String>,
    /// Scopes that it lacks, e.g. `Annotations_Delete`.
    pub lacking: Vec<String>,
}

impl KeyGrant {
    /// A personal access token with every scope.
    #[must_use]
    pub fn new(user: impl Into<String>, key: SecretString) -> Self {
        Self { user: user.into(), key, app: None, lacking: Vec::new() }
    }

    /// The same without the right to delete annotations.
    #[must_use]
    pub fn without_delete(mut self) -> Self {
        self.lacking.push(SCOPE_DELETE.to_owned());
        self
    }

    /// From `USER=KEY`, or `USER@APP=KEY` for a key of one app, or `USER-delete=KEY` for one that may not delete;
    /// several with commas between.
    ///
    /// # Errors
    /// A sentence that does not repeat any key.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let mut grants = Vec::new();
        for (position, entry) in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).enumerate() {
            let (name, key) = entry.split_once('=').unwrap_or((entry, ""));
            let (name, lacking) = match name.strip_suffix("-delete") {
                Some(name) => (name, vec![SCOPE_DELETE.to_owned()]),
                None => (name, Vec::new()),
            };
            let (user, app) = name.split_once('@').map_or((name, None), |(user, app)| (user, Some(app.to_owned())));
            if key.is_empty() || !super::check::is_usable_id(user) || key.contains(char::is_whitespace) {
                return Err(format!(
                    "Entry {} of the keys is not of the form USER=KEY. Write for example alice=SECRET1,bob=SECRET2.",
                    position + 1
                ));
            }
            grants.push(Self { user: user.to_owned(), key: SecretString::from(key), app, lacking });
        }
        Ok(grants)
    }
}

impl From<(String, SecretString)> for KeyGrant {
    fn from((user, key): (String, SecretString)) -> Self {
        Self::new(user, key)
    }
}

/// Everything that a server is told.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where the database and the images lie; made if it is not there.
    pub data_dir: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The apps; made if they are not there.
    pub apps: Vec<AppName>,
    /// The keys.
    pub keys: Vec<KeyGrant>,
    /// Which habits of other servers to imitate; none by default.
    pub personality: Strictness,
    /// Host names under which the server is reached besides its address and the loopback's names.
    pub host_names: Vec<String>,
}

/// Why a server did not start. Each is a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is taken.
    #[error("{0} is in use by another program. Choose another port, or port 0 for a free one.")]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("Cannot listen on {address}: {source}. Choose another address.")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The directory cannot be used.
    #[error("Cannot use {} for the server's data: {source}. Choose a directory that you may write.", path.display())]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database is not a database, or not ours.
    #[error("{} is damaged or not a labelwright database ({reason}). It was not touched; restore it from a backup, \
             or choose another directory.", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The database was written by a newer program.
    #[error("{} was written by a newer version of labelwright (its format is {found}, this program knows {known}). \
             It was not touched; update the program.", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's format.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// Another server has it open.
    #[error("Another server is using {}. Stop it, or choose another directory.", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// Without a key nobody could use it.
    #[error("The server has no key, so nobody could use it. Give at least one, as USER=KEY.")]
    NoKeys,
    /// Without an app there is nothing to serve.
    #[error("The server has no app. Name at least one, as OWNER/APP.")]
    NoApps,
    /// The system did not give a thread.
    #[error("Cannot start a thread for the server: {0}. Close other programs and try again.")]
    Thread(std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn keys_come_as_a_list_and_their_secrets_are_never_shown() {
        let grants = KeyGrant::parse_list("alice=TESTPAT, bob-delete=BOBPAT,carol@demo=CAROL=1").expect("they parse");
        assert_eq!(grants[0].user, "alice");
        assert_eq!(grants[1].lacking, ["Annotations_Delete"]);
        assert_eq!((grants[2].app.as_deref(), grants[2].key.expose_secret()), (Some("demo"), "CAROL=1"));
        assert!(!format!("{grants:?}").contains("TESTPAT"), "debug output hides keys");
        let wrong = KeyGrant::parse_list("alice=TESTPAT,bob SECRET").expect_err("no equals sign");
        assert!(wrong.contains("Entry 2") && !wrong.contains("SECRET,") && !wrong.contains("bob SECRET"), "{wrong}");
    }

    #[test]
    fn an_app_is_owner_slash_app() {
        assert_eq!(AppName::parse("alice/demo").map(|a| a.id), Ok("demo".to_owned()));
        for wrong in ["demo", "/demo", "alice/", "a/b/c", "me/demo", "a b/c"] {
            assert!(AppName::parse(wrong).is_err(), "{wrong}");
        }
    }
}
