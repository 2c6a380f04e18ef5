//! Files that are whole or not there: written beside their place under another name, brought to the disk, then renamed.

use std::fs::{self, File};
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
}
