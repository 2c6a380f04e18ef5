//! What is told about an import or an export.

use crate::formats::{Losses, Problem};
use serde::Serialize;

/// Problems that are listed; all are counted.
pub(super) const LISTED_MAX: usize = 200;

/// What an import brings, or brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The format.
    pub format: String,
    /// Files that were read.
    pub files: usize,
    /// Images that they name.
    pub images: usize,
    /// Objects in them that can be taken in.
    pub objects: usize,
    /// Annotations that are new (an object of several parts is several).
    pub new: usize,
    /// Annotations that are here already, as they are.
    pub same: usize,
    /// Annotations that are here and differ.
    pub differ: usize,
    /// Of those, the ones that are changed to what the file says.
    pub changed: usize,
    /// Annotations that are here, not in the file, and removed.
    pub removed: usize,
    /// Concepts that are new.
    pub new_concepts: Vec<String>,
    /// Images of the file that are not in the project: how many.
    pub no_image: usize,
    /// Their paths, the first of them.
    pub no_image_paths: Vec<String>,
    /// What is taken in as something else.
    pub losses: Vec<LossRow>,
    /// What cannot be taken in: how many.
    pub problem_count: usize,
    /// The first of them.
    pub problems: Vec<ProblemRow>,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// The format.
    pub format: String,
    /// Images in the files.
    pub images: usize,
    /// Objects in the files.
    pub objects: usize,
    /// Files.
    pub files: usize,
    /// What was left out or is something else there.
    pub losses: Vec<LossRow>,
    /// Warnings, in sentences.
    pub notes: Vec<String>,
    /// Whether it was stopped before its end; the old files are as they were.
    pub stopped: bool,
}

/// How often what was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LossRow {
    /// How often.
    pub count: usize,
    /// What.
    pub text: String,
    /// Where, for example.
    pub examples: Vec<String>,
}

/// Something that cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemRow {
    /// The file.
    pub file: String,
    /// The line or the JSON pointer; empty: all of it.
    pub place: String,
    /// Why.
    pub reason: String,
}

pub(super) fn loss_rows(losses: &Losses) -> Vec<LossRow> {
    let row = |(loss, count, examples): (crate::formats::Loss, usize, &[String])| LossRow {
        count,
        text: loss.text().to_owned(),
        examples: examples.to_vec(),
    };
    losses.iter().map(row).collect()
}

impl From<Problem> for ProblemRow {
    fn from(problem: Problem) -> Self {
        let place = problem.place.to_string();
        Self { file: problem.file, place: place.trim_start_matches(", ").to_owned(), reason: problem.reason }
    }
}

impl ImportReport {
    /// In lines for a person; `done`: it was made, otherwise it is a look at it.
    #[must_use]
    pub fn lines(&self, tense: Tense) -> Vec<String> {
        let mut lines = Vec::new();
        let will = |now: &str, then: &str| match tense {
            Tense::Before => now.to_owned(),
            Tense::After => then.to_owned(),
        };
        lines.push(format!(
            "{} {} in {} {}",
            self.objects,
            of(self.objects, "object"),
            self.files,
            of(self.files, "file")
        ));
        lines.push(format!("{:>8} {}", self.new, will("new annotations", "annotations added")));
        if self.same > 0 {
            lines.push(format!("{:>8} are here already", self.same));
        }
        if self.changed > 0 {
            lines.push(format!("{:>8} {}", self.changed, will("would change", "changed")));
        }
        if self.differ > self.changed {
            lines.push(format!("{:>8} differ from what is here, which stays as it is", self.differ - self.changed));
        }
        if self.removed > 0 {
            lines.push(format!("{:>8} {}", self.removed, will("would be removed", "removed")));
        }
        if !self.new_concepts.is_empty() {
            lines.push(format!("{:>8} new concepts: {}", self.new_concepts.len(), first_few(&self.new_concepts)));
        }
        for loss in &self.losses {
            lines.push(format!("{:>8} {} (such as {})", loss.count, loss.text, loss.examples.join("; ")));
        }
        if self.no_image > 0 {
            let paths = first_few(&self.no_image_paths);
            lines.push(format!("{:>8} images are not in the project: {paths}", self.no_image));
        }
        if self.problem_count > 0 {
            lines.push(format!("{:>8} places cannot be read:", self.problem_count));
            for problem in self.problems.iter().take(20) {
                let place = if problem.place.is_empty() { String::new() } else { format!(", {}", problem.place) };
                lines.push(format!("         {}{place}: {}", problem.file, problem.reason));
            }
        }
        lines
    }

    /// Whether something of the files is left out.
    #[must_use]
    pub const fn has_problems(&self) -> bool {
        self.problem_count > 0 || self.no_image > 0
    }
}

/// Whether something was done or is only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// A look at it.
    Before,
    /// It was done.
    After,
}

impl ExportReport {
    /// In lines for a person.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} {} on {} {} in {} {}",
            self.objects,
            of(self.objects, "object"),
            self.images,
            of(self.images, "image"),
            self.files,
            of(self.files, "file"),
        )];
        for loss in &self.losses {
            lines.push(format!("{:>8} {} (such as {})", loss.count, loss.text, loss.examples.join("; ")));
        }
        lines.extend(self.notes.iter().cloned());
        lines
    }
}

fn of(count: usize, what: &str) -> String {
    if count == 1 { what.to_owned() } else { format!("{what}s") }
}

fn first_few(items: &[String]) -> String {
    let mut text = items.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > 5 {
        text.push_str(", …");
    }
    text
}
