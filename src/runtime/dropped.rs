//! What was dropped on the window. Looks at the disk: not for the window's thread.

use super::open::is_image;
use std::path::{Path, PathBuf};

/// Dropped paths, sorted by what can be done with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// The first project directory among them.
    pub project: Option<PathBuf>,
    /// The first other folder.
    pub folder: Option<PathBuf>,
    /// Image files, by their names.
    pub images: Vec<PathBuf>,
    /// Everything else.
    pub others: Vec<PathBuf>,
}

/// Sorts what was dropped.
#[must_use]
pub fn sort_dropped(paths: Vec<PathBuf>) -> Dropped {
    let mut dropped = Dropped::default();
    for path in paths {
        if let Some(dir) = project_at(&path) {
            dropped.project.get_or_insert(dir);
        } else if path.is_dir() {
            dropped.folder.get_or_insert(path);
        } else if is_image(&path) {
            dropped.images.push(path);
        } else {
            dropped.others.push(path);
        }
    }
    dropped
}

/// The project that a path is, or whose database it is.
fn project_at(path: &Path) -> Option<PathBuf> {
    if path.join("project.db").is_file() {
        return Some(path.to_owned());
    }
    (path.file_name()? == "project.db" && path.is_file()).then(|| path.parent().map(Path::to_owned))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_sorted_by_what_it_is() {
        let dir = tempfile::TempDir::new().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        for folder in ["photos", "project"] {
            std::fs::create_dir(at(folder)).expect("a folder");
        }
        for file in ["a.JPG", "b.png", "notes.txt", "project/project.db"] {
            std::fs::write(at(file), "x").expect("a file");
        }
        let dropped = sort_dropped(["a.JPG", "notes.txt", "photos", "b.png"].map(at).to_vec());
        assert_eq!(dropped.images, [at("a.JPG"), at("b.png")], "in any case");
        assert_eq!((dropped.folder, dropped.others), (Some(at("photos")), vec![at("notes.txt")]), "the rest");
        assert_eq!(sort_dropped(vec![at("project")]).project, Some(at("project")), "a project");
        assert_eq!(sort_dropped(vec![at("project/project.db")]).project, Some(at("project")), "by its database");
    }
}
