//! Files that are whole or not there: written beside their place under another name, brought to the disk, then renamed.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file on its way. Dropping it without [`Self::finish`] leaves the old one as it was.
pub struct AtomicFile {
    out: Option<BufWriter<File>>,
    temporary: PathBuf,
    target: PathBuf,
}

impl AtomicFile {
    /// Begins a file that is to be at `target`; its folder is made where it is not there.
    pub fn begin(target: &Path) -> io::Result<Self> {
        let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        fs::create_dir_all(folder)?;
        let name = target.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let temporary = folder.join(format!(".{name}.{}.part", super::super::clock::fresh_id()));
        let file = File::options().write(true).create_new(true).open(&temporary)?;
        // Whoever tidies up sees that somebody is at work; a disk that knows no locks leaves it at the name.
        file.try_lock().ok();
        Ok(Self { out: Some(BufWriter::with_capacity(1 << 18, file)), temporary, target: target.to_owned() })
    }

    /// A file that is written nowhere: for a look at what would be written.
    pub const fn nowhere() -> Self {
        Self { out: None, temporary: PathBuf::new(), target: PathBuf::new() }
    }

    /// Brings it to the disk and into its place.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(out) = self.out.take() else { return Ok(()) };
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&self.temporary, &self.target)?;
        sync_folder(&self.target)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.as_mut().map_or(Ok(bytes.len()), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // After `finish` there is none of that name; a left-over that cannot be removed is named like one.
        drop(self.out.take());
        if !self.temporary.as_os_str().is_empty() {
            fs::remove_file(&self.temporary).ok();
        }
    }
}

/// Which files of a folder are tidied up.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// Those that were to become this one.
    File(&'a Path),
    /// Those that were to become any one in this folder.
    Folder(&'a Path),
}

/// Removes what an export left behind that was killed on the way. What somebody is writing just now stays. A left-over that
/// cannot be removed stays too: it is in nobody's way.
pub fn tidy(of: Of<'_>) {
    let (folder, target) = match of {
        Of::File(file) => {
            let parent = file.parent().filter(|p| !p.as_os_str().is_empty());
            (parent.unwrap_or_else(|| Path::new(".")), file.file_name().map(|n| n.to_string_lossy().into_owned()))
        }
        Of::Folder(folder) => (folder, None),
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(of) = left_over_of(&name) else { continue };
        if target.as_deref().is_some_and(|target| of != target) {
            continue;
        }
        let path = entry.path();
        let is_at_work = File::open(&path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        if !is_at_work {
            fs::remove_file(&path).ok();
        }
    }
}

/// The name of the file that a temporary one was to become.
fn left_over_of(name: &str) -> Option<&str> {
    let (target, id) = name.strip_prefix('.')?.strip_suffix(".part")?.rsplit_once('.')?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some(target)
}

/// A whole file at once.
///
/// # Errors
/// Where it cannot be written; the old one is as it was.
pub fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::begin(target)?;
    file.write_all(bytes)?;
    file.finish()
}

/// Makes a rename survive a power loss.
fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _unused = file;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_leaves_the_old_one_whole_and_nothing_beside_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let target = dir.path().join("sub/a.json");
        write(&target, b"old").expect("written");
        let mut file = AtomicFile::begin(&target).expect("begun");
        file.write_all(b"half").expect("written");
        drop(file);
        assert_eq!(fs::read(&target).expect("there"), b"old", "interrupted");
        assert_eq!(fs::read_dir(dir.path().join("sub")).expect("a folder").count(), 1, "no left-overs");
        write(&target, b"new").expect("written");
        assert_eq!(fs::read(&target).expect("there"), b"new", "finished");
    }
    #[test]
    fn what_a_killed_export_left_is_removed_and_what_is_being_written_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let target = dir.path().join("a.json");
        let id = super::super::super::clock::fresh_id();
        let names = [format!(".a.json.{id}.part"), format!(".b.json.{id}.part"), ".a.json.notes.part".to_owned()];
        for name in &names {
            fs::write(dir.path().join(name), "half").expect("written");
        }
        let under_way = AtomicFile::begin(&target).expect("begun");
        let there = || {
            let mut there: Vec<String> = fs::read_dir(dir.path())
                .expect("a folder")
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            there.sort();
            there
        };
        tidy(Of::File(&target));
        assert_eq!(there().len(), 3, "what was to become the same file is gone: {:?}", there());
        assert!(!there().contains(&names[0]), "{:?}", there());
        tidy(Of::Folder(dir.path()));
        assert_eq!(there().len(), 2, "and of the other: {:?}", there());
        under_way.finish().expect("finished");
        assert_eq!(there(), [names[2].as_str(), "a.json"], "somebody else's file is nobody's left-over");
    }
}
