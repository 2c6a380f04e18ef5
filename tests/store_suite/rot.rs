//! A disk that rots: hundreds of ways in which a database can be damaged, and the question whether any of them gives
//! somebody a wrong annotation in silence.

use crate::damage::project;
use crate::support::NOW_MS;
use labelwright::model::Entry;
use labelwright::store::{InputFilter, InputRow, Project, ignore_checksums};
use labelwright::sync::Record;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PAGE: usize = 4096;

/// What became of a damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The project does not open, and the file is as it was.
    Refused,
    /// It opens, and the check says that something is wrong.
    Listed,
    /// Everything is there.
    Harmless,
}

/// A sound project, and everything in it.
struct Sound {
    dir: TempDir,
    db: PathBuf,
    bytes: Vec<u8>,
    records: Vec<Record>,
    entries: Vec<Entry>,
    inputs: Vec<InputRow>,
}

impl Sound {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let dir =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a directory");
        let db = project(dir.path(), 200);
        let reader = Project::open(dir.path(), NOW_MS).expect("it opens").project.reader().expect("a reader");
        let records = reader.all_records().expect("records").rows;
        let entries = reader.history(None, 999).expect("a journal").rows;
        let inputs = reader.inputs(&InputFilter::default()).expect("images");
        drop(reader);
        Self { bytes: fs::read(&db).expect("the database"), dir, db, records, entries, inputs }
    }

    /// Opens the project with these bytes; a panic where something wrong is shown, or missing with nobody to notice.
    fn judge(&self, bytes: &[u8], what: &str) -> Verdict {
        fs::write(&self.db, bytes).expect("damage");
        for beside in ["project.db-wal", "project.db-shm"] {
            fs::remove_file(self.dir.path().join(beside)).ok();
        }
        let Ok(opened) = Project::open(self.dir.path(), NOW_MS) else {
            assert_eq!(fs::read(&self.db).expect("the database"), bytes, "{what}: untouched");
            return Verdict::Refused;
        };
        let Ok(reader) = opened.project.reader() else { return Verdict::Refused };
        let sound = reader.check().is_ok_and(|report| report.is_good());
        let mut whole = true;
        if let Ok(found) = reader.all_records() {
            assert!(found.rows.iter().all(|record| self.records.contains(record)), "{what}: a wrong annotation");
            whole &= found.rows.len() == self.records.len();
        }
        if let Ok(found) = reader.history(None, 999) {
            assert!(found.rows.iter().all(|entry| self.entries.contains(entry)), "{what}: a wrong step");
            whole &= found.rows.len() == self.entries.len();
        }
        if let Ok(found) = reader.inputs(&InputFilter::default()) {
            whole &= found == self.inputs;
        }
        assert!(whole || !sound, "{what}: something is missing and the check finds nothing");
        if sound { Verdict::Harmless } else { Verdict::Listed }
    }

    /// One damage of a kind.
    fn damaged(&self, kind: &str, random: &mut fastrand::Rng) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let (all, pages) = (bytes.len(), bytes.len() / PAGE);
        match kind {
            "a flipped bit" => bytes[random.usize(..all)] ^= 1 << random.u8(..8),
            "a sector of zeros" => {
                let at = random.usize(..all / 512) * 512;
                bytes[at..at + 512].fill(0);
            }
            "a sector of noise" => {
                let at = random.usize(..all / 512) * 512;
                bytes[at..at + 512].iter_mut().for_each(|byte| *byte = random.u8(..));
            }
            "two pages swapped" => {
                let (one, two) = (random.usize(..pages), random.usize(..pages));
                for k in 0..PAGE {
                    bytes.swap(one * PAGE + k, two * PAGE + k);
                }
            }
            "a page of another place" => {
                let (from, to) = (random.usize(..pages), random.usize(..pages));
                bytes.copy_within(from * PAGE..(from + 1) * PAGE, to * PAGE);
            }
            "a cut" => bytes.truncate(random.usize(..all)),
            _ => {
                let at = random.usize(..100);
                bytes[at] = random.u8(..);
            }
        }
        bytes
    }
}

const KINDS: [(&str, u64); 7] = [
    ("a flipped bit", 400),
    ("a sector of zeros", 60),
    ("a sector of noise", 60),
    ("two pages swapped", 60),
    ("a page of another place", 60),
    ("a cut", 40),
    ("a byte of the head", 60),
];

fn judge_all() {
    let sound = Sound::new();
    for (kind, times) in KINDS {
        let mut counts = [0; 3];
        for seed in 0..times {
            let mut random = fastrand::Rng::with_seed(seed);
            let verdict = sound.judge(&sound.damaged(kind, &mut random), &format!("{kind}, seed {seed}"));
            counts[verdict as usize] += 1;
        }
        println!("{kind}: {times}, {} refused, {} listed, {} harmless", counts[0], counts[1], counts[2]);
        assert!(kind != "a flipped bit" || counts[1] > 100, "most flips hit something");
    }
}

/// The database itself notices about a third of the flipped bits. What it does not notice, the checksums do.
#[test]
fn no_damage_gives_a_wrong_annotation_in_silence() {
    assert!(KINDS.iter().map(|(_, times)| times).sum::<u64>() >= 500);
    judge_all();
}

/// The test above has teeth: a store that does not look at its checksums is found out.
#[test]
#[cfg(debug_assertions)] // a build without them has no such switch
fn a_store_without_checksums_is_noticed() {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "rot::without_checksums", "--ignored", "--nocapture"])
        .output()
        .expect("a child");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("a wrong annotation") || said.contains("a wrong step"), "{said}");
}

#[test]
#[ignore = "runs only as the child of the test above: the switch is the whole process's"]
fn without_checksums() {
    ignore_checksums();
    assert!(catch_unwind(AssertUnwindSafe(judge_all)).is_err(), "nobody noticed");
}
