//! Images by what they are like: the filter box, answered.
//!
//! A pass over the images, one over an index of the annotations for their counts, and, only where a question is about
//! annotations themselves, one over those. Never on the thread that saves: see `runtime::finder`.

use super::derive::CONCEPT_MARK;
use super::{Reader, StoreError};
use crate::model::image_query::{
    AnnotationTest, Counted, ImageQuery, ImageSort, ImageTest, Sense, SortDirection, Wanted, natural_order,
};
use crate::model::{InputId, Status, Worker};
use rusqlite::Row;
use std::collections::{HashMap, HashSet};

/// How many of everything an image has.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    annotations: u64,
    open: u64,
    unsent: u64,
    conflicts: u64,
    refused: u64,
    /// The place of its newest annotation in the order in which annotations came; 0: it has none.
    newest: i64,
}

impl Tally {
    const fn of(&self, what: Counted) -> u64 {
        match what {
            Counted::All => self.annotations,
            Counted::Open => self.open,
            Counted::Unsent => self.unsent,
            Counted::Conflicts => self.conflicts,
            Counted::Refused => self.refused,
        }
    }
}

struct Candidate {
    id: String,
    name: String,
    area_px: i64,
    tally: Tally,
}

impl Reader {
    /// The images that a query wants, in order. `me`: the user at this desk.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn find_images(
        &self,
        query: &ImageQuery,
        sort: ImageSort,
        direction: SortDirection,
        me: &str,
    ) -> Result<Vec<InputId>, StoreError> {
        let needs_counts = !matches!(sort, ImageSort::Added | ImageSort::Name | ImageSort::Size)
            || query.of_image.iter().any(|wanted| matches!(wanted.test, ImageTest::Count(..)));
        let mut tallies = if needs_counts { self.tallies()? } else { HashMap::new() };
        let with_annotations = self.with_annotations(&query.of_annotations, me)?;
        let mut statement = self.conn.prepare_cached(include_str!("sql/images_found.sql"))?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let tally = tallies.remove(&id).unwrap_or_default();
            let candidate = Candidate { name: row.get(1)?, area_px: row.get(2)?, tally, id };
            let fits = query.of_image.iter().all(|wanted| held(wanted.sense, is_like(&candidate, &wanted.test)))
                && query
                    .of_annotations
                    .iter()
                    .zip(&with_annotations)
                    .all(|(wanted, having)| held(wanted.sense, having.contains(&candidate.id)));
            if fits {
                found.push(candidate);
            }
        }
        sorted(&mut found, sort, direction);
        Ok(found.into_iter().map(|candidate| InputId(candidate.id)).collect())
    }

    fn tallies(&self) -> Result<HashMap<String, Tally>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/image_counts.sql"))?;
        let mut rows = statement.query([])?;
        let mut tallies = HashMap::new();
        while let Some(row) = rows.next()? {
            let number = |column: usize| super::row::count(row.get::<_, i64>(column)?);
            let tally = Tally {
                annotations: number(1)?,
                open: number(2)?,
                unsent: number(3)?,
                conflicts: number(4)?,
                refused: number(5)?,
                newest: row.get::<_, Option<i64>>(6)?.unwrap_or(0),
            };
            tallies.insert(row.get(0)?, tally);
        }
        Ok(tallies)
    }

    /// For each condition the images that have an annotation of that kind.
    fn with_annotations(
        &self,
        wanted: &[Wanted<AnnotationTest>],
        me: &str,
    ) -> Result<Vec<HashSet<String>>, StoreError> {
        let mut having: Vec<HashSet<String>> = wanted.iter().map(|_| HashSet::new()).collect();
        if wanted.is_empty() {
            return Ok(having);
        }
        let names: HashMap<String, String> =
            self.concepts()?.into_iter().map(|row| (row.concept.id.0, row.concept.name)).collect();
        let mut labelled: Vec<HashMap<String, bool>> = wanted.iter().map(|_| HashMap::new()).collect();
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotation_traits.sql"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let input = text(row, 0)?;
            for ((wanted, having), labelled) in wanted.iter().zip(&mut having).zip(&mut labelled) {
                if !having.contains(input) && is_described(row, &wanted.test, me, &names, labelled)? {
                    having.insert(input.to_owned());
                }
            }
        }
        Ok(having)
    }
}

const fn held(sense: Sense, holds: bool) -> bool {
    match sense {
        Sense::Is => holds,
        Sense::IsNot => !holds,
    }
}

fn is_like(image: &Candidate, test: &ImageTest) -> bool {
    match test {
        ImageTest::Name(patterns) => patterns.iter().any(|pattern| pattern.fits(&image.name)),
        ImageTest::Id(patterns) => patterns.iter().any(|pattern| pattern.fits(&image.id)),
        ImageTest::Count(what, comparison, number) => comparison.holds(&image.tally.of(*what), number),
    }
}

/// Whether the annotation of this row is as the test wants. What its labels come to is remembered: few differ.
fn is_described(
    row: &Row<'_>,
    test: &AnnotationTest,
    me: &str,
    names: &HashMap<String, String>,
    labelled: &mut HashMap<String, bool>,
) -> Result<bool, StoreError> {
    if !test.statuses.is_empty() && !test.statuses.contains(&Status::from(row.get::<_, u32>(2)?)) {
        return Ok(false);
    }
    if !test.kinds.is_empty() {
        let kind = text(row, 5)?;
        if !test.kinds.iter().any(|wanted| wanted == kind) {
            return Ok(false);
        }
    }
    if let Some((comparison, wanted)) = test.score
        && !row.get::<_, Option<f64>>(6)?.is_some_and(|score| comparison.holds(&score, &wanted))
    {
        return Ok(false);
    }
    if !test.workers.is_empty() {
        let id: String = row.get(4)?;
        let worker = match row.get(3)? {
            1 => Worker::User(id),
            2 => Worker::Model { id, version: String::new() },
            _ => Worker::Me,
        };
        if !test.workers.iter().any(|made_by| made_by.is(&worker, me)) {
            return Ok(false);
        }
    }
    if test.concepts.is_empty() {
        return Ok(true);
    }
    let concepts = text(row, 1)?;
    if let Some(known) = labelled.get(concepts) {
        return Ok(*known);
    }
    let fits = concepts.split(CONCEPT_MARK).filter(|id| !id.is_empty()).any(|id| {
        let name = names.get(id).map_or(id, String::as_str);
        test.concepts.iter().any(|pattern| pattern.fits(id) || pattern.fits(name))
    });
    labelled.insert(concepts.to_owned(), fits);
    Ok(fits)
}

/// A text of the row, where it lies.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    row.get_ref(column)?.as_str().map_err(|error| StoreError::Content(error.to_string()))
}

/// Stable: what is alike stays in the order in which it was added.
fn sorted(found: &mut [Candidate], sort: ImageSort, direction: SortDirection) {
    match sort {
        ImageSort::Added => {}
        ImageSort::Name => found.sort_by(|a, b| natural_order(&a.name, &b.name)),
        ImageSort::Annotations => found.sort_by_key(|image| image.tally.annotations),
        ImageSort::Open => found.sort_by_key(|image| image.tally.open),
        ImageSort::Newest => found.sort_by_key(|image| image.tally.newest),
        ImageSort::Size => found.sort_by_key(|image| image.area_px),
    }
    if direction == SortDirection::Down {
        found.reverse();
    }
}
