//! The person's settings on disk: one JSON file that a person can read, written off the window's thread, whole or not at
//! all. A file that cannot be read is kept aside, one from a newer version is left as it is; either way the person is told.

use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Waker;
use std::thread::JoinHandle;

/// The version of the file that this program writes.
pub const SETTINGS_VERSION: u64 = 1;
const NAME: &str = "settings.json";
/// Beside a file from a newer version, ours has another name.
const OURS_BESIDE_NEWER: &str = "settings-v1.json";

/// The settings as they were found, and the means to keep them.
#[derive(Debug)]
pub struct FoundSettings {
    /// What the file says; empty where there is none yet.
    pub values: Map<String, Value>,
    /// What the person must be told.
    pub notes: Vec<String>,
    /// Keeps what changes from now on.
    pub keeper: SettingsKeeper,
}

/// Where the settings lie: with the program's data where that was given a place, else where the desktop keeps settings.
#[must_use]
pub fn settings_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("LABELWRIGHT_DATA").filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir);
    }
    directories::ProjectDirs::from("org", "labelwright", "labelwright")
        .map_or_else(|| PathBuf::from("labelwright-data"), |dirs| dirs.config_dir().to_owned())
}

/// Reads the settings in `dir`. Waits for the disk: call it before the window is there.
#[must_use]
pub fn read_settings(dir: &Path) -> FoundSettings {
    let file = dir.join(NAME);
    let mut notes = Vec::new();
    let (file, values) = match read(&file) {
        Read::Values(values) => (file, values),
        Read::Absent => (file, Map::new()),
        Read::Unreachable(reason) => {
            notes.push(format!(
                "{} cannot be read: {reason}. The defaults are in force; the file was left as it is, and changes are kept until the window closes",
                file.display()
            ));
            return FoundSettings { values: Map::new(), notes, keeper: SettingsKeeper::forgetting(file) };
        }
        Read::Broken(reason) => {
            notes.push(aside(&file, &reason));
            (file, Map::new())
        }
        Read::Newer(version) => {
            let ours = dir.join(OURS_BESIDE_NEWER);
            notes.push(format!(
                "{} was written by a newer labelwright (version {version} of the file; this one knows {SETTINGS_VERSION}). \
                 It was left as it is; the settings of this version are in {OURS_BESIDE_NEWER} beside it",
                file.display()
            ));
            let values = match read(&ours) {
                Read::Values(values) => values,
                Read::Absent | Read::Newer(_) | Read::Unreachable(_) => Map::new(),
                Read::Broken(reason) => {
                    notes.push(aside(&ours, &reason));
                    Map::new()
                }
            };
            (ours, values)
        }
    };
    FoundSettings { values, notes, keeper: SettingsKeeper::new(file) }
}

enum Read {
    Absent,
    Values(Map<String, Value>),
    Broken(String),
    Newer(u64),
    Unreachable(String),
}

fn read(file: &Path) -> Read {
    let text = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Read::Absent,
        Err(error) => return Read::Unreachable(error.to_string()),
    };
    match serde_json::from_slice::<Value>(&text) {
        Ok(Value::Object(values)) => match values.get("version").and_then(Value::as_u64) {
            Some(version) if version > SETTINGS_VERSION => Read::Newer(version),
            _ => Read::Values(values),
        },
        Ok(_) => Read::Broken("it is no JSON object".to_owned()),
        Err(error) => Read::Broken(error.to_string()),
    }
}

/// Moves a broken file aside and says so.
fn aside(file: &Path, reason: &str) -> String {
    let stem = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let free = (1..1000).map(|n| file.with_file_name(format!("{stem}.broken-{n}.json"))).find(|p| !p.exists());
    let moved = free.map(|to| std::fs::rename(file, &to).map(|()| to));
    match moved {
        Some(Ok(to)) => format!(
            "{} could not be understood ({reason}). It was kept as {}, and the defaults are in force",
            file.display(),
            to.file_name().unwrap_or_default().to_string_lossy()
        ),
        Some(Err(error)) => format!(
            "{} could not be understood ({reason}) and not be moved aside ({error}); the defaults are in force, and the next change of a setting overwrites it",
            file.display()
        ),
        None => format!("{} could not be understood ({reason}); the defaults are in force", file.display()),
    }
}

/// Writes settings on a thread of its own; the last ones count. Dropping it waits until they are on disk.
#[derive(Debug)]
pub struct SettingsKeeper {
    file: PathBuf,
    writes: Option<Sender<Map<String, Value>>>,
    failures: Option<Receiver<String>>,
    thread: Option<JoinHandle<()>>,
    forgets: bool,
}

impl SettingsKeeper {
    const fn new(file: PathBuf) -> Self {
        Self { file, writes: None, failures: None, thread: None, forgets: false }
    }

    const fn forgetting(file: PathBuf) -> Self {
        Self { file, writes: None, failures: None, thread: None, forgets: true }
    }

    /// The file that is written.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Has these written. Never waits; `waker` is woken where it fails.
    pub fn keep(&mut self, mut values: Map<String, Value>, waker: &Waker) {
        if self.forgets {
            return;
        }
        values.insert("version".to_owned(), SETTINGS_VERSION.into());
        if self.writes.is_none() {
            self.start(waker.clone());
        }
        if let Some(writes) = &self.writes {
            writes.send(values).ok();
        }
    }

    fn start(&mut self, waker: Waker) {
        let (writes, wanted) = channel::<Map<String, Value>>();
        let (failed, failures) = channel();
        let file = self.file.clone();
        let thread = std::thread::Builder::new().name("settings".to_owned()).spawn(move || {
            while let Ok(mut values) = wanted.recv() {
                while let Ok(newer) = wanted.try_recv() {
                    values = newer;
                }
                if let Err(error) = write(&file, &values) {
                    failed.send(format!("The settings could not be written to {}: {error}", file.display())).ok();
                    waker.wake_by_ref();
                }
            }
        });
        if let Ok(thread) = thread {
            (self.writes, self.failures, self.thread) = (Some(writes), Some(failures), Some(thread));
        }
    }

    /// Why the last ones are not on disk, once.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.failures.as_ref().and_then(|failures| failures.try_iter().last())
    }
}

impl Drop for SettingsKeeper {
    fn drop(&mut self) {
        self.writes = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Writes beside the file and renames, so that there is always a whole one.
fn write(file: &Path, values: &Map<String, Value>) -> std::io::Result<()> {
    use std::io::Write as _;
    let dir = file.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(dir)?;
    let beside = file.with_extension("json.new");
    let mut out = std::fs::File::create(&beside)?;
    serde_json::to_writer_pretty(&mut out, values)?;
    out.write_all(b"\n")?;
    out.sync_all()?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn dir_with(text: &str) -> TempDir {
        let dir = TempDir::new().expect("a folder");
        std::fs::write(dir.path().join(NAME), text).expect("a file");
        dir
    }

    fn values(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).expect("an object")
    }

    #[test]
    fn what_is_kept_is_found_again_and_can_be_read() {
        let dir = TempDir::new().expect("a folder");
        let mut found = read_settings(dir.path());
        assert_eq!((found.values.len(), found.notes.len()), (0, 0), "nothing yet, and nothing to say");
        found.keeper.keep(values(r#"{"theme": "dark"}"#), Waker::noop());
        found.keeper.keep(values(r#"{"theme": "light"}"#), Waker::noop());
        drop(found);
        let text = std::fs::read_to_string(dir.path().join(NAME)).expect("the file");
        assert!(text.contains("\n  \"theme\": \"light\""), "one setting a line, the last one counts: {text}");
        assert_eq!(read_settings(dir.path()).values["theme"], "light", "found again");
    }

    #[test]
    fn a_broken_file_is_kept_aside_and_told() {
        let dir = dir_with("{\"theme\": ");
        let mut found = read_settings(dir.path());
        assert!(found.notes[0].contains("settings.broken-1.json"), "says where it is: {:?}", found.notes);
        found.keeper.keep(values(r#"{"theme": "dark"}"#), Waker::noop());
        drop(found);
        let kept = std::fs::read_to_string(dir.path().join("settings.broken-1.json")).expect("kept");
        assert_eq!(kept, "{\"theme\": ", "byte for byte");
        assert_eq!(read_settings(dir.path()).values["theme"], "dark", "and the new one is whole");
    }

    #[test]
    fn a_file_from_the_future_is_left_alone_and_ours_lies_beside_it() {
        let future = r#"{"version": 7, "theme": {"hue": 3}}"#;
        let dir = dir_with(future);
        let mut found = read_settings(dir.path());
        assert!(found.notes[0].contains("version 7"), "{:?}", found.notes);
        found.keeper.keep(values(r#"{"theme": "dark"}"#), Waker::noop());
        drop(found);
        assert_eq!(std::fs::read_to_string(dir.path().join(NAME)).expect("it"), future, "byte for byte");
        assert_eq!(read_settings(dir.path()).values["theme"], "dark", "ours is found beside it");
    }

    #[test]
    fn what_is_not_json_at_all_does_not_stop_the_program() {
        for text in ["", "[1, 2]", "null", "\u{0}\u{1}"] {
            let dir = dir_with(text);
            let found = read_settings(dir.path());
            assert_eq!((found.values.len(), found.notes.len()), (0, 1), "{text:?} is kept aside");
        }
    }

    #[test]
    fn a_place_that_takes_nothing_is_told() {
        let dir = TempDir::new().expect("a folder");
        let file = dir.path().join("file");
        std::fs::write(&file, "x").expect("a file");
        let mut keeper = SettingsKeeper::new(file.join(NAME));
        keeper.keep(Map::new(), Waker::noop());
        keeper.writes = None;
        keeper.thread.take().expect("a thread").join().expect("its end");
        assert!(keeper.failure().expect("a sentence").contains("could not be written"), "said once");
    }
}
