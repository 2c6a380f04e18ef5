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

/// A line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How many.
    pub count: usize,
    /// What of them.
    pub text: String,
    /// Whether something is lost or wrong.
    pub weight: Weight,
    /// Examples, or each of them, up to a number that can be read.
    pub more: Vec<String>,
}

/// How much a line of a report matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It is as it should be.
    Plain,
    /// It becomes something else, or stays out.
    Loss,
    /// It is a mistake.
    Problem,
}

/// Problems that are shown to a person.
const SHOWN_MAX: usize = 20;

impl Row {
    fn plain(count: usize, text: impl Into<String>) -> Self {
        Self { count, text: text.into(), weight: Weight::Plain, more: Vec::new() }
    }

    fn loss(row: &LossRow) -> Self {
        Self { count: row.count, text: row.text.clone(), weight: Weight::Loss, more: row.examples.clone() }
    }

    /// In lines of text.
    fn lines(&self) -> Vec<String> {
        let Self { count, text, .. } = self;
        match self.weight {
            Weight::Plain => vec![format!("{count:>8} {text}")],
            Weight::Loss => vec![format!("{count:>8} {text} (such as {})", self.more.join("; "))],
            Weight::Problem => std::iter::once(format!("{count:>8} {text}:"))
                .chain(self.more.iter().map(|one| format!("         {one}")))
                .collect(),
        }
    }
}

impl ImportReport {
    /// What it is all about.
    #[must_use]
    pub fn heading(&self) -> String {
        format!("{} {} in {} {}", self.objects, of(self.objects, "object"), self.files, of(self.files, "file"))
    }

    /// In rows for a person.
    #[must_use]
    pub fn rows(&self, tense: Tense) -> Vec<Row> {
        let will = |now: &'static str, then: &'static str| match tense {
            Tense::Before => now,
            Tense::After => then,
        };
        let mut rows = vec![Row::plain(self.new, will("new annotations", "annotations added"))];
        if self.same > 0 {
            rows.push(Row::plain(self.same, "are here already"));
        }
        if self.changed > 0 {
            rows.push(Row::plain(self.changed, will("would change", "changed")));
        }
        if self.differ > self.changed {
            let text = "differ from what is here, which stays as it is";
            rows.push(Row::plain(self.differ - self.changed, text));
        }
        if self.removed > 0 {
            rows.push(Row::plain(self.removed, will("would be removed", "removed")));
        }
        if !self.new_concepts.is_empty() {
            let text = format!("new concepts: {}", first_few(&self.new_concepts));
            rows.push(Row::plain(self.new_concepts.len(), text));
        }
        rows.extend(self.losses.iter().map(Row::loss));
        if self.no_image > 0 {
            let text = "images are not in the project";
            let more = self.no_image_paths.iter().take(SHOWN_MAX).cloned().collect();
            rows.push(Row { count: self.no_image, text: text.to_owned(), weight: Weight::Problem, more });
        }
        if self.problem_count > 0 {
            let text = "places cannot be read".to_owned();
            let more = self.problems.iter().take(SHOWN_MAX).map(ProblemRow::line).collect();
            rows.push(Row { count: self.problem_count, text, weight: Weight::Problem, more });
        }
        rows
    }

    /// In lines for a person.
    #[must_use]
    pub fn lines(&self, tense: Tense) -> Vec<String> {
        std::iter::once(self.heading()).chain(self.rows(tense).iter().flat_map(Row::lines)).collect()
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
    /// What it is all about.
    #[must_use]
    pub fn heading(&self) -> String {
        format!(
            "{} {} on {} {} in {} {}",
            self.objects,
            of(self.objects, "object"),
            self.images,
            of(self.images, "image"),
            self.files,
            of(self.files, "file"),
        )
    }

    /// What has no place in the format, in rows for a person.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        self.losses.iter().map(Row::loss).collect()
    }

    /// In lines for a person.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.heading()];
        lines.extend(self.rows().iter().flat_map(Row::lines));
        lines.extend(self.notes.iter().cloned());
        lines
    }
}

impl ProblemRow {
    /// The file, the place and the reason.
    fn line(&self) -> String {
        let place = if self.place.is_empty() { String::new() } else { format!(", {}", self.place) };
        format!("{}{place}: {}", self.file, self.reason)
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
