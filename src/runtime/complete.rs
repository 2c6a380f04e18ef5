//! Completing a path as it is typed. Looks at the disk: not for the window's thread.

use super::messages::PathPurpose;
use super::open::is_image;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Matches that are listed at most.
const LISTED: usize = 200;

/// A way on from what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathMatch {
    /// The whole text that it stands for; folders end with a slash.
    pub text: String,
    /// Its own name.
    pub name: String,
    /// What it is: `folder`, `project`, `image`.
    pub kind: &'static str,
}

/// What a typed text can become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// For which text.
    pub of: String,
    /// What can follow, in order.
    pub matches: Vec<PathMatch>,
    /// Why nothing can, in a sentence.
    pub problem: Option<String>,
}

impl Completion {
    /// What all matches begin with: the text that Tab makes of it.
    #[must_use]
    pub fn common(&self) -> Option<&str> {
        let (first, rest) = self.matches.split_first()?;
        let mut common = first.text.as_str();
        for other in rest {
            let same = common.char_indices().zip(other.text.chars()).find(|((_, a), b)| a != b);
            let until = same.map_or_else(|| common.len().min(other.text.len()), |((at, _), _)| at);
            common = &common[..until];
        }
        (common.len() >= self.of.len()).then_some(common)
    }
}

/// Looks for what a typed path can become. Hidden files are listed when their dot is typed.
#[must_use]
pub fn complete_path(text: &str, purpose: PathPurpose) -> Completion {
    let whole = expanded(text);
    let (dir, begun) = whole.rsplit_once('/').map_or(("", whole.as_str()), |(dir, name)| (dir, name));
    let listed = std::fs::read_dir(if dir.is_empty() && whole.starts_with('/') {
        Path::new("/")
    } else if dir.is_empty() {
        Path::new(".")
    } else {
        Path::new(dir)
    });
    let entries = match listed {
        Ok(entries) => entries,
        Err(error) => {
            return Completion { of: text.to_owned(), matches: Vec::new(), problem: Some(format!("{dir}: {error}")) };
        }
    };
    let typed = &text[..text.len() - begun.len().min(text.len())];
    let mut matches: Vec<PathMatch> =
        entries.filter_map(|entry| found(&entry.ok()?.path(), typed, begun, purpose)).collect();
    matches.sort_by(|a, b| a.text.cmp(&b.text));
    matches.truncate(LISTED);
    Completion { of: text.to_owned(), matches, problem: None }
}

fn found(path: &Path, typed: &str, begun: &str, purpose: PathPurpose) -> Option<PathMatch> {
    let name = path.file_name()?.to_str()?.to_owned();
    if !name.starts_with(begun) || (name.starts_with('.') && !begun.starts_with('.')) {
        return None;
    }
    let kind = if path.join("project.db").is_file() {
        "project"
    } else if path.is_dir() {
        "folder"
    } else if is_image(path) && purpose == PathPurpose::Images {
        "image"
    } else if purpose == PathPurpose::Annotations && is_annotations(path) {
        "annotations"
    } else {
        return None;
    };
    let end = if matches!(kind, "image" | "annotations") { "" } else { "/" };
    Some(PathMatch { text: format!("{typed}{name}{end}"), name, kind })
}

/// Whether a file may hold annotations, by its name.
fn is_annotations(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|e| matches!(e.as_str(), "json" | "xml" | "csv" | "txt" | "yaml" | "yml"))
}

/// A path as it was typed, with `~` for the home folder.
#[must_use]
pub fn expanded(text: &str) -> String {
    match (text.strip_prefix('~'), std::env::var("HOME")) {
        (Some(rest), Ok(home)) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        _ => text.to_owned(),
    }
}

/// The same as a path.
#[must_use]
pub fn typed_path(text: &str) -> PathBuf {
    PathBuf::from(expanded(text.trim()))
}

/// The thread that looks for completions; it ends with its handle.
#[derive(Debug)]
pub struct Completer {
    texts: Sender<String>,
    found: Receiver<Completion>,
    asked: String,
}

impl Completer {
    /// Starts it. `wake` is called after every completion. `None` where the system gives no more threads: then what is
    /// typed is taken as it stands.
    pub fn start(purpose: PathPurpose, wake: impl Fn() + Send + 'static) -> Option<Self> {
        let (texts, wanted) = channel::<String>();
        let (tell, found) = channel();
        let look = move || {
            while let Ok(mut text) = wanted.recv() {
                while let Ok(newer) = wanted.try_recv() {
                    text = newer;
                }
                if tell.send(complete_path(&text, purpose)).is_err() {
                    return;
                }
                wake();
            }
        };
        let thread = std::thread::Builder::new().name("completion".to_owned()).spawn(look);
        thread.ok().map(|_detached| Self { texts, found, asked: String::new() })
    }

    /// Asks for the completions of this text, once. Never waits.
    pub fn ask(&mut self, text: &str) {
        if self.asked != text {
            text.clone_into(&mut self.asked);
            self.texts.send(text.to_owned()).ok();
        }
    }

    /// What was found last, if anything was since the last call. Never waits.
    #[must_use]
    pub fn found(&self) -> Option<Completion> {
        self.found.try_iter().last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, String) {
        let dir = tempfile::TempDir::new().expect("a folder");
        for folder in ["holiday", "holidays", "work", ".hidden"] {
            std::fs::create_dir(dir.path().join(folder)).expect("a folder");
        }
        for file in ["hole.jpg", "notes.txt", "work/project.db"] {
            std::fs::write(dir.path().join(file), "x").expect("a file");
        }
        let text = format!("{}/", dir.path().display());
        (dir, text)
    }

    fn names(completion: &Completion) -> Vec<&str> {
        completion.matches.iter().map(|m| m.name.as_str()).collect()
    }

    #[test]
    fn folders_are_found_by_their_beginning_and_tab_goes_as_far_as_they_agree() {
        let (_dir, at) = place();
        let found = complete_path(&format!("{at}ho"), PathPurpose::ImageFolder);
        assert_eq!(names(&found), ["holiday", "holidays"], "no file, nothing else");
        assert_eq!(found.common(), Some(format!("{at}holiday").as_str()), "as far as both go");
        let one = complete_path(&format!("{at}wo"), PathPurpose::Project);
        assert_eq!(one.common(), Some(format!("{at}work/").as_str()), "the only one, as a folder");
        assert_eq!(one.matches[0].kind, "project", "and it says what it is");
    }

    #[test]
    fn images_are_offered_where_images_are_wanted_and_hidden_ones_when_asked_for() {
        let (_dir, at) = place();
        assert_eq!(
            names(&complete_path(&format!("{at}hol"), PathPurpose::Images)),
            ["hole.jpg", "holiday", "holidays"],
            "with folders on the way"
        );
        assert_eq!(names(&complete_path(&format!("{at}.h"), PathPurpose::ImageFolder)), [".hidden"], "with its dot");
        assert!(!names(&complete_path(&at, PathPurpose::ImageFolder)).contains(&".hidden"), "not without");
    }

    #[test]
    fn a_folder_that_is_not_there_says_so() {
        let found = complete_path("/no/such/folder/x", PathPurpose::Project);
        assert!(found.problem.expect("a sentence").contains("/no/such/folder"), "which");
        assert_eq!(found.matches, [], "nothing");
    }

    #[test]
    fn the_matches_agree_also_beyond_ascii() {
        let m = |text: &str| PathMatch { text: text.to_owned(), name: String::new(), kind: "folder" };
        let found = Completion { of: "é".to_owned(), matches: vec![m("éa"), m("éè")], problem: None };
        assert_eq!(found.common(), Some("é"), "cut between letters, never within one");
    }
}
