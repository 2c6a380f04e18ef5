//! Making projects, and finding them again.

mod make;
mod rows;

use super::clock::fresh_id;
use super::progress::Job;
use crate::api::UserAppId;
use crate::remote::HttpApi;
use crate::server::{self, AppName, KeyGrant, RunningServer, ServerConfig, Strictness};
pub use rows::{concept_row, is_empty_input_level, remote_row, wire_input};
use secrecy::SecretString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// File names that count as images.
const EXTENSIONS: [&str; 9] = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif", "jfif"];

/// What is to be opened.
#[derive(Clone, Debug)]
pub enum Opening {
    /// The bundled sample, made in this directory where it is not there yet.
    Sample(PathBuf),
    /// A project directory.
    Project(PathBuf),
    /// A damaged one: what can be read is rescued first, and the damaged files are kept.
    Rescue(PathBuf),
    /// A folder of images; its project is made beside the program's data where it is not there yet.
    ImageFolder(PathBuf),
    /// An app on a server; likewise.
    Remote(RemoteApp),
}

/// An app on a server, and the key to it.
#[derive(Clone, Debug)]
pub struct RemoteApp {
    /// Base URL.
    pub server: String,
    /// The owner of the app.
    pub user: String,
    /// The app.
    pub app: String,
    /// The personal access token.
    pub key: SecretString,
}

/// Why a project could not be made; nothing was left behind.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SetupFailure(pub String);

impl SetupFailure {
    fn from(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Where projects lie that nobody gave a place to.
#[must_use]
pub fn data_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("LABELWRIGHT_DATA").filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir);
    }
    directories::ProjectDirs::from("org", "labelwright", "labelwright")
        .map_or_else(|| PathBuf::from("labelwright-data"), |dirs| dirs.data_dir().to_owned())
}

/// The project that was open last, or the sample's place.
#[must_use]
pub fn default_project_dir() -> Opening {
    let last = std::fs::read_to_string(data_dir().join("last_project")).ok().map(|text| PathBuf::from(text.trim()));
    match last.filter(|dir| dir.join("project.db").is_file()) {
        Some(dir) => Opening::Project(dir),
        None => Opening::Sample(data_dir().join("sample")),
    }
}

/// Remembers the project that is open for the next start.
pub fn remember(dir: &Path) {
    let file = data_dir().join("last_project");
    let kept = std::fs::create_dir_all(data_dir()).and_then(|()| std::fs::write(&file, dir.display().to_string()));
    if let Err(error) = kept {
        tracing::warn!(%error, "the next start will not know which project was open");
    }
}

/// Where the project of a folder of images lies.
#[must_use]
pub fn project_dir_for_folder(folder: &Path) -> PathBuf {
    use sha2::Digest as _;
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let digest = super::sources::hex(&sha2::Sha256::digest(whole.display().to_string().as_bytes()));
    data_dir().join("projects").join(format!("{}-{}", safe_name(&whole), &digest[..8]))
}

fn project_dir_for_app(app: &RemoteApp) -> PathBuf {
    use sha2::Digest as _;
    let name = format!("{}/{} on {}", app.user, app.app, app.server);
    let digest = super::sources::hex(&sha2::Sha256::digest(name.as_bytes()));
    data_dir().join("projects").join(format!("{}-{}", safe_name(Path::new(&app.app)), &digest[..8]))
}

fn safe_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(40).collect();
    if safe.is_empty() { "project".to_owned() } else { safe }
}

/// The project directory of an opening, made where it is not there yet. Waits for disk and network.
///
/// # Errors
/// A sentence; nothing is left behind.
pub fn prepared(opening: &Opening, job: &mut Job) -> Result<PathBuf, SetupFailure> {
    let dir = match opening {
        Opening::Project(dir) | Opening::Rescue(dir) => return Ok(dir.clone()),
        Opening::Sample(dir) => dir.clone(),
        Opening::ImageFolder(folder) => project_dir_for_folder(folder),
        Opening::Remote(app) => project_dir_for_app(app),
    };
    if !dir.join("project.db").exists() {
        create_told(opening, &dir, job)?;
    }
    Ok(dir)
}

/// Makes the project of an opening in `dir`, which must not hold one. It appears whole or not at all.
///
/// Says which images cannot be shown and why; they are in the list, with the reason in their place.
///
/// # Errors
/// A sentence; nothing is left behind.
pub fn create(opening: &Opening, dir: &Path) -> Result<Vec<String>, SetupFailure> {
    create_told(opening, dir, &mut Job::unseen())
}

/// The same, told as it goes.
pub(super) fn create_told(opening: &Opening, dir: &Path, job: &mut Job) -> Result<Vec<String>, SetupFailure> {
    if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SetupFailure(format!("{} is there already and is not empty; nothing was changed", dir.display())));
    }
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let failed = |error: std::io::Error| SetupFailure(format!("{} cannot be made: {error}", dir.display()));
    std::fs::create_dir_all(parent).map_err(failed)?;
    let building = parent.join(format!(".labelwright-new-{}", fresh_id()));
    let made = make::build(opening, &building, job)
        .and_then(|unreadable| std::fs::rename(&building, dir).map_err(failed).map(|()| unreadable));
    if made.is_err() {
        std::fs::remove_dir_all(&building).ok();
    }
    made
}

/// Whether a file's name says that it is an image.
pub fn is_image(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    EXTENSIONS.contains(&extension.as_str())
}

/// A server on a free port of the loopback with a fresh key, and a client of it.
pub async fn start_bundled(data_dir: PathBuf, owner: &str, app: &str) -> Result<(RunningServer, HttpApi), String> {
    let key = server::random_key();
    let name = AppName::parse(&format!("{owner}/{app}"))?;
    let config = ServerConfig {
        data_dir,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        apps: vec![name],
        keys: vec![KeyGrant::new(owner, key.clone())],
        personality: Strictness::default(),
        host_names: Vec::new(),
    };
    let running = server::start(config).await.map_err(|error| error.to_string())?;
    let api = http_api(&running.base_url(), owner, app, key)?;
    Ok((running, api))
}

/// A client.
pub fn http_api(server: &str, user: &str, app: &str, key: SecretString) -> Result<HttpApi, String> {
    let app = UserAppId { user_id: user.to_owned(), app_id: app.to_owned() };
    HttpApi::new(server, app, key, super::pace::limits()).map_err(|error| error.to_string())
}
