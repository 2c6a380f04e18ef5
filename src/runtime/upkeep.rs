//! What keeps a project whole, in the background: the check for damage, the daily backup, the rescue of what is damaged,
//! and files written for the person.

use super::clock::{fresh_id, local_day, now_ms};
use super::messages::{Damage, DamagedProject};
use crate::store::{self, OpenError, Project, SalvageError, SalvageReport, Stop};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a rescue waits for the window that just closed the project.
const CLOSING: Duration = Duration::from_secs(10);

/// Who wants to know whether a project is whole. The clock is told of damage alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// It is time again.
    Clock,
    /// The person.
    Person,
}

/// What a look through a project came to.
pub enum Upkeep {
    /// All is well; the backup of the day, if one was made now.
    Good(Option<PathBuf>),
    /// All is well, but the backup could not be written.
    NoBackup(String),
    /// It is damaged.
    Damaged(Damage),
    /// It could not be looked at.
    Failed(String),
}

/// Checks the whole file and every row's checksum, and makes the backup of the day where that is good: a damaged
/// project does not push good backups out. Takes about half a second for 100,000 annotations where a person waits for it,
/// and three times as long where nobody does; on a thread of its own. `None`: it was stopped.
pub fn look_through(project: &Arc<Project>, asked_by: AskedBy, stop: &Stop) -> Option<Upkeep> {
    let upkeep = look(project, asked_by, stop);
    (!stop.is_stopped()).then_some(upkeep)
}

fn look(project: &Arc<Project>, asked_by: AskedBy, stop: &Stop) -> Upkeep {
    let report = match project.reader().and_then(|mut reader| {
        if asked_by == AskedBy::Clock {
            reader.rest_between(stop)?;
        }
        reader.check()
    }) {
        Ok(report) => report,
        Err(error) => return Upkeep::Failed(error.to_string()),
    };
    if stop.is_stopped() {
        return Upkeep::Failed(String::new()); // what was interrupted looks damaged; nobody is told
    }
    if !report.is_good() {
        let backup = store::backups(project.dir()).into_iter().next();
        return Upkeep::Damaged(Damage { rows: report.damaged.len(), problems: report.problems, backup });
    }
    let day = local_day(now_ms());
    let made = match asked_by {
        AskedBy::Clock => project.back_up_beside(&day, stop),
        AskedBy::Person => project.back_up(&day),
    };
    match made {
        Ok(made) => Upkeep::Good(made),
        Err(error) => Upkeep::NoBackup(error.to_string()),
    }
}

/// What the person is told of a whole project.
pub fn whole_in_words(made: Option<&Path>) -> String {
    let backup = match made {
        Some(path) => format!("the backup of today is {}", path.display()),
        None => "today's backup was made before".to_owned(),
    };
    format!("No damage was found: every row of the project is as it was written; {backup}")
}

/// What is told where a damaged database kept a project from being opened; `None` for any other reason.
pub fn damaged(dir: &Path, error: &OpenError) -> Option<DamagedProject> {
    matches!(error, OpenError::Damaged { .. }).then(|| DamagedProject {
        reason: error.to_string(),
        dir: dir.to_owned(),
        backups: store::backups(dir),
    })
}

/// Rescues what can be read of a damaged project. The window that had it open may be closing still.
pub fn rescue(dir: &Path) -> Result<SalvageReport, SalvageError> {
    let until = Instant::now() + CLOSING;
    loop {
        match store::salvage(dir, now_ms()) {
            Err(SalvageError::InUse { .. }) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
            done => return done,
        }
    }
}

/// What a rescue did, in sentences.
pub fn rescue_in_words(report: &SalvageReport) -> String {
    let mut text = vec![format!(
        "Rescued {} annotations, {} images and {} steps of the history. The damaged files lie unchanged in {}.",
        report.annotations,
        report.inputs,
        report.journal,
        report.kept_in.display()
    )];
    if !report.from_journal.is_empty() {
        let n = report.from_journal.len();
        text.push(format!("{n} more came from the history; what the server has of them is asked."));
    }
    text.push(match report.missing.as_slice() {
        [] => "Nothing is known to be missing.".to_owned(),
        missing => format!("Missing: {}.", missing.join("; ")),
    });
    text.join(" ")
}

/// Writes a file whole or not at all.
pub fn write_file(to: &Path, text: &str) -> std::io::Result<()> {
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let part = to.with_file_name(format!(".{name}.{}", fresh_id()));
    let written = std::fs::File::create_new(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&part, to));
    if written.is_err() {
        std::fs::remove_file(&part).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("problem.json");
        write_file(&file, "{}").expect("it is written");
        write_file(&file, "{\"a\": 1}").expect("and again");
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), "{\"a\": 1}");
        assert!(write_file(&dir.path().join("none").join("x"), "{}").is_err(), "there is no such folder");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 1, "only the file itself");
    }
}
