//! The files below a path, and their formats.

use crate::formats::text::refused;
use crate::formats::{Format, Problem};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Files of one import; one format.
#[derive(Debug)]
pub struct Gathered {
    /// Their format.
    pub format: Format,
    /// The folder to which their names are relative.
    pub base: PathBuf,
    /// The files, in order: where it is, and its name relative to `base` with `/`.
    pub files: Vec<(PathBuf, String)>,
}

/// Bytes that are looked at to tell a format.
const HEAD_BYTES: usize = 16 << 10;
/// Folders in folders; deeper is a mistake or a loop.
const DEPTH_MAX: usize = 16;
/// The largest file that is read as a whole (one image's annotations, an XML file); COCO and the backup are read in pieces.
pub const WHOLE_FILE_BYTES_MAX: u64 = 1 << 30;

/// What is at a path.
///
/// # Errors
/// Where nothing is that can be imported.
pub fn gather(path: &Path, format: Option<Format>) -> Result<Gathered, Problem> {
    let shown = path.display().to_string();
    let meta = fs::metadata(path).map_err(|error| Problem::whole(&shown, format!("it cannot be read: {error}")))?;
    if meta.is_file() {
        let name = file_name(path);
        let found = format.or_else(|| Format::guess(&name, &head(path)));
        let Some(found) = found else { return Err(Problem::whole(&shown, unknown(path))) };
        // One file of a YOLO data set stands for the data set: its classes are beside or above it.
        let base = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")).to_owned();
        if matches!(found, Format::Yolo | Format::YoloSeg) && is_yaml(&name) {
            return gather(&base, Some(found));
        }
        return Ok(Gathered { format: found, base, files: vec![(path.to_owned(), name)] });
    }
    let mut all = Vec::new();
    walk(path, path, 0, &mut all);
    all.sort_by(|a, b| a.1.cmp(&b.1));
    let known = |(path, name): &(PathBuf, String)| {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        matches!(extension.as_str(), "json" | "xml" | "csv" | "txt")
            .then(|| if extension == "txt" { Some(Format::Yolo) } else { Format::guess(name, &head(path)) })
            .flatten()
    };
    let found = format.or_else(|| all.iter().filter(|(_, name)| !is_class_list(name)).find_map(known));
    let Some(found) = found else {
        return Err(Problem::whole(&shown, "there is no annotation file that is known in it"));
    };
    all.retain(|(_, name)| {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match found {
            Format::Via => extension == "json" || extension == "csv",
            _ => extension == found.extension(),
        }
    });
    if !matches!(found, Format::Yolo | Format::YoloSeg) {
        let is_alike = |(path, name): &(PathBuf, String)| Format::guess(name, &head(path)).is_none_or(|f| f == found);
        // Where none looks like what the person says they are, the person knows better.
        if format.is_none() || all.iter().any(is_alike) {
            all.retain(is_alike);
        }
    }
    Ok(Gathered { format: found, base: path.to_owned(), files: all })
}

fn walk(base: &Path, folder: &Path, depth: usize, all: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // Links are followed to files, not to folders: a loop would have no end.
        let kind = entry.file_type();
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            if depth < DEPTH_MAX {
                walk(base, &path, depth + 1, all);
            }
        } else if path.is_file()
            && let Ok(relative) = path.strip_prefix(base)
        {
            let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            all.push((path, parts.join("/")));
        }
    }
}

fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(file) = File::open(path) {
        // What cannot be read now is said when it is read.
        file.take(HEAD_BYTES as u64).read_to_end(&mut head).ok();
    }
    head
}

fn unknown(path: &Path) -> String {
    if let Some(reason) = refused(&head(path)) {
        return reason.to_owned();
    }
    "its format is not known; say which with --format".to_owned()
}

/// The last part of a path.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_yaml(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "yaml" | "yml") || is_class_list(name)
}

/// Text files beside the labels of YOLO that are no labels.
pub fn is_class_list(name: &str) -> bool {
    matches!(
        name.rsplit('/').next(),
        Some(
            "classes.txt"
                | "labels.txt"
                | "obj.names"
                | "train.txt"
                | "val.txt"
                | "test.txt"
                | "README.txt"
                | "README.dataset.txt"
                | "README.roboflow.txt"
        )
    )
}

/// A file as a whole.
///
/// # Errors
/// Where it cannot be read or is too large for that.
pub fn whole(path: &Path, name: &str) -> Result<Vec<u8>, Problem> {
    let read = || -> std::io::Result<Vec<u8>> {
        if fs::metadata(path)?.len() > WHOLE_FILE_BYTES_MAX {
            return Err(std::io::Error::other("it is larger than 1 GiB"));
        }
        fs::read(path)
    };
    read().map_err(|error| Problem::whole(name, format!("it cannot be read: {error}")))
}
