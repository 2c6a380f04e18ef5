//! What all operations share: who calls, on which app, and the places where things lie.

use super::config::{AppName, ServerConfig, ServerError};
use super::db::{Db, failed};
use super::images::ImageStore;
use super::strict::{Habit, Strictness};
use crate::api::{ApiError, Items, Page, Status, StatusCode};
use rusqlite::{Connection, OptionalExtension as _, params};

/// The operations of a server, without HTTP. All methods block: they belong on a thread that may.
pub struct Core {
    /// The database.
    pub db: Db,
    /// The images.
    pub images: ImageStore,
    /// The apps.
    pub apps: Vec<App>,
    /// Which other servers to imitate.
    pub personality: Strictness,
}

/// One app.
#[derive(Clone, Debug)]
pub struct App {
    /// Its row.
    pub n: i64,
    /// Its name.
    pub name: AppName,
    /// RFC 3339.
    pub created_at: String,
}

/// Who asks, of which app.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user.
    pub user: String,
    /// The app.
    pub app: App,
    /// `http://host:port` as the client reached us; begins the URLs of images.
    pub base: String,
}

impl Caller {
    /// The owner may change and assign what others made.
    pub fn is_owner(&self) -> bool {
        self.user == self.app.name.owner
    }
}

impl Core {
    /// Opens the data and sees to it that the apps are there.
    pub fn open(config: &ServerConfig) -> Result<Self, ServerError> {
        if config.apps.is_empty() {
            return Err(ServerError::NoApps);
        }
        let db = Db::open(&config.data_dir)?;
        let images = ImageStore::open(&config.data_dir)?;
        let apps = db.write(|connection| config.apps.iter().map(|name| app(connection, name)).collect());
        let apps =
            apps.map_err(|why: ApiError| ServerError::Damaged { path: config.data_dir.clone(), reason: why.details })?;
        Ok(Self { db, images, apps, personality: config.personality.clone() })
    }

    /// Reads, late if the personality says so.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, ApiError>) -> Result<T, ApiError> {
        if self.personality.has(Habit::StaleReads) { self.db.read_stale(work) } else { self.db.read(work) }
    }

    /// The envelope over items, of which some may have been refused, in the manner of the personality.
    pub fn answer<T>(&self, mut items: Vec<T>, refused: impl Fn(&T) -> bool) -> Items<T> {
        let bad = items.iter().filter(|item| refused(item)).count();
        let code = match bad {
            0 => StatusCode::SUCCESS,
            all if all == items.len() => StatusCode::FAILURE,
            _ => StatusCode::MIXED_STATUS,
        };
        if bad > 0 {
            if self.personality.has(Habit::MixedShuffled) {
                // Any other order will do, and this one is the same in every run.
                items.reverse();
            }
            if self.personality.has(Habit::MixedIncomplete) {
                let mut position = 0;
                items.retain(|_| {
                    position += 1;
                    position % 2 == 1
                });
            }
        }
        Items { status: Status::of(code), items }
    }
}

fn app(connection: &Connection, name: &AppName) -> Result<App, ApiError> {
    let now = super::clock::now_rfc3339();
    connection
        .prepare_cached(include_str!("sql/app_insert.sql"))
        .and_then(|mut statement| statement.execute(params![name.owner, name.id, now]))
        .map_err(failed)?;
    connection
        .prepare_cached(include_str!("sql/app_find.sql"))
        .and_then(|mut statement| {
            statement.query_row(params![name.owner, name.id], |row| {
                Ok(App { n: row.get(0)?, name: name.clone(), created_at: row.get(1)? })
            })
        })
        .optional()
        .map_err(failed)?
        .ok_or_else(|| ApiError::coded(StatusCode::DATABASE_STATEMENT_ERROR, "the app cannot be made"))
}

/// LIMIT and OFFSET of a page.
///
/// # Errors
/// Refused where the page is not from 1 or asks for too much.
pub fn limits(page: Page) -> Result<(i64, i64), ApiError> {
    let most = u32::try_from(crate::api::MAX_PER_PAGE).unwrap_or(u32::MAX);
    if page.page == 0 || page.per_page == 0 || page.per_page > most {
        return Err(ApiError::coded(
            StatusCode::CONN_INVALID_REQUEST,
            format!("page is from 1, and per_page from 1 to {most}."),
        ));
    }
    let per_page = i64::from(page.per_page);
    Ok((per_page, per_page * (i64::from(page.page) - 1)))
}

/// Refuses calls with nothing in them, or more than the API takes.
pub fn batch_size(what: &str, count: usize) -> Result<(), ApiError> {
    let most = crate::api::MAX_ANNOTATIONS_PER_CALL;
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(ApiError::coded(
        StatusCode::CONN_INVALID_REQUEST,
        format!("A call takes 1 to {most} {what}, this one has {count}. Nothing was done."),
    ))
}

/// A list as JSON text for `json_each`, or `None` for an empty one.
pub fn json_list(list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| serde_json::Value::from(list.to_vec()).to_string())
}

/// The body of a row, if it is what was written.
pub fn checked(body: String, crc: u32) -> Result<String, ApiError> {
    if crc32fast::hash(body.as_bytes()) == crc {
        return Ok(body);
    }
    tracing::error!("a row of the database is not what was written");
    Err(ApiError::coded(
        StatusCode::INTERNAL_SERVER_ISSUE,
        "A row of the server's database is damaged. Restore the data directory from a backup.",
    ))
}

/// A stored message.
pub fn parsed<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, ApiError> {
    serde_json::from_str(body).map_err(|error| {
        tracing::error!(%error, "a row of the database cannot be read");
        ApiError::coded(StatusCode::INTERNAL_SERVER_ISSUE, "A row of the server's database cannot be read.")
    })
}

/// A message as text.
pub fn written<T: serde::Serialize>(message: &T) -> Result<String, ApiError> {
    serde_json::to_string(message).map_err(|error| {
        tracing::error!(%error, "a message cannot be written");
        ApiError::coded(StatusCode::INTERNAL_UNCATEGORIZED, "The answer cannot be written.")
    })
}
