//! The projects that were open lately, remembered beside the program's data. Looks at the disk.

use super::clock::now_ms;
use super::open::data_dir;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How many are remembered.
const KEPT: usize = 12;
const FILE: &str = "recent_projects.json";

/// A project that was open lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentProject {
    /// Its directory.
    pub dir: PathBuf,
    /// Its name when it was open.
    pub name: String,
    /// Whether it is still there.
    pub found: Found,
}

/// Whether a project is still where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is.
    Here,
    /// It is not: moved, removed, or on a disk that is not there.
    Missing,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    dir: PathBuf,
    name: String,
    opened_ms: i64,
}

/// What is remembered, the newest first.
pub fn recent_projects() -> Vec<RecentProject> {
    let found = |dir: &Path| if dir.join("project.db").is_file() { Found::Here } else { Found::Missing };
    read(&data_dir().join(FILE))
        .into_iter()
        .map(|line| RecentProject { found: found(&line.dir), dir: line.dir, name: line.name })
        .collect()
}

fn read(file: &Path) -> Vec<Line> {
    let text = std::fs::read(file).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default() // a list of conveniences: a broken one is begun anew
}

/// Remembers that a project was opened.
pub fn remember(dir: &Path, name: &str) {
    let file = data_dir().join(FILE);
    let mut lines = read(&file);
    lines.retain(|line| line.dir != dir);
    lines.insert(0, Line { dir: dir.to_owned(), name: name.to_owned(), opened_ms: now_ms() });
    lines.truncate(KEPT);
    let beside = file.with_extension("json.new");
    let written = serde_json::to_vec_pretty(&lines)
        .map_err(std::io::Error::from)
        .and_then(|text| std::fs::create_dir_all(data_dir()).and_then(|()| std::fs::write(&beside, text)))
        .and_then(|()| std::fs::rename(&beside, &file));
    if let Err(error) = written {
        tracing::warn!(%error, "the list of recent projects was not written");
    }
}
