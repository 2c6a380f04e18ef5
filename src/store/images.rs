//! Images by what they are like: the filter box, answered.
//!
//! A pass over the images, one over an index of the annotations for their counts, and, only where a question is about
//! annotations themselves, one over those that may be meant. Never on the thread that saves: see `runtime::finder`.

use super::derive::CONCEPT_MARK;
use super::{Reader, StoreError};
use crate::model::image_query::{
    AnnotationTest, Counted, ImageQuery, ImageSort, ImageTest, Pattern, Sense, SortDirection, Wanted, natural_order,
};
use crate::model::{InputId, Status, Worker};
use rusqlite::{Row, Statement};
use std::collections::HashMap;

/// After so many rows that tell nothing the others like them are stepped over: finding the place where they end costs
/// as much as reading some twenty.
const IDLE_ROWS_MAX: usize = 32;

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
        let mut found = self.candidates()?;
        let needs_counts = !matches!(sort, ImageSort::Added | ImageSort::Name | ImageSort::Size)
            || query.of_image.iter().any(|wanted| matches!(wanted.test, ImageTest::Count(..)));
        if needs_counts {
            let mut tallies = self.tallies()?;
            for image in &mut found {
                image.tally = tallies.remove(&image.id).unwrap_or_default();
            }
        }
        found.retain(|image| query.of_image.iter().all(|wanted| held(wanted.sense, is_like(image, &wanted.test))));
        if !query.of_annotations.is_empty() {
            let having = self.with_annotations(&query.of_annotations, me, &found)?;
            let mut place = 0..;
            found.retain(|_| {
                let Some(at) = place.next() else { return false };
                query.of_annotations.iter().zip(&having).all(|(wanted, having)| held(wanted.sense, having[at]))
            });
        }
        sorted(&mut found, sort, direction);
        Ok(found.into_iter().map(|candidate| InputId(candidate.id)).collect())
    }

    /// All images.
    fn candidates(&self) -> Result<Vec<Candidate>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/images_found.sql"))?;
        let mut rows = statement.query([])?;
        let mut images = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, name, area_px) = (row.get(0)?, row.get(1)?, row.get(2)?);
            images.push(Candidate { id, name, area_px, tally: Tally::default() });
        }
        Ok(images)
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

    /// For each condition, by the place of an image in `images`: whether it has an annotation of that kind.
    ///
    /// Annotations of one status with the same concepts stand together in the index: those that no condition asks for are
    /// stepped over together, and so are those that can tell nothing new.
    fn with_annotations(
        &self,
        wanted: &[Wanted<AnnotationTest>],
        me: &str,
        images: &[Candidate],
    ) -> Result<Vec<Vec<bool>>, StoreError> {
        let names: HashMap<String, String> =
            self.concepts()?.into_iter().map(|row| (row.concept.id.0, row.concept.name)).collect();
        let places: HashMap<&str, usize> =
            images.iter().enumerate().map(|(at, image)| (image.id.as_str(), at)).collect();
        let sought = wanted.iter().map(|wanted| Sought::new(&wanted.test, images.len())).collect();
        let mut search = Search { sought, places, names, me };
        let mut next = self.conn.prepare_cached(include_str!("sql/status_after.sql"))?;
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotation_traits.sql"))?;
        let mut status_code = -1;
        while let Some(found) = next.query_row([status_code], |row| row.get::<_, Option<i64>>(0))? {
            status_code = found;
            search.read_status(&mut statement, status_code)?;
        }
        Ok(search.sought.into_iter().map(|sought| sought.having).collect())
    }
}

/// A look for annotations like those of a query.
struct Search<'q> {
    sought: Vec<Sought<'q>>,
    /// The images that are of interest, by their ids.
    places: HashMap<&'q str, usize>,
    /// Of the concepts.
    names: HashMap<String, String>,
    me: &'q str,
}

impl Search<'_> {
    /// Reads the annotations of one status, as far as they can tell anything.
    fn read_status(&mut self, statement: &mut Statement<'_>, status_code: i64) -> Result<(), StoreError> {
        let mut group = Group { status_code, concepts: None };
        let mut from = String::new();
        'groups: while self.sought.iter().any(|sought| sought.missing > 0 && sought.has_status(status_code)) {
            let mut rows = statement.query((status_code, &from))?;
            let mut idle = 0;
            while let Some(row) = rows.next()? {
                let concepts = text(row, 0)?;
                if group.turn_to(concepts) {
                    idle = 0;
                    for sought in &mut self.sought {
                        sought.look_at(&group, &self.names);
                    }
                }
                if self.sought.iter().all(Sought::is_idle) {
                    idle += 1;
                    if idle == IDLE_ROWS_MAX {
                        // The least text that is greater.
                        from = format!("{concepts}\0");
                        continue 'groups;
                    }
                    continue;
                }
                if let Some(&at) = self.places.get(text(row, 1)?) {
                    for sought in self.sought.iter_mut().filter(|sought| !sought.is_idle()) {
                        sought.take(row, at, self.me)?;
                    }
                }
            }
            break;
        }
        Ok(())
    }
}

/// The annotations of one status that have the same concepts.
struct Group {
    status_code: i64,
    /// As in their column; `None` before the first.
    concepts: Option<String>,
}

impl Group {
    /// Goes on to those with these concepts; whether they are others.
    fn turn_to(&mut self, concepts: &str) -> bool {
        let is_other = self.concepts.as_deref() != Some(concepts);
        if is_other {
            concepts.clone_into(self.concepts.get_or_insert_default());
        }
        is_other
    }

    fn has_concept(&self, wanted: &[Pattern], names: &HashMap<String, String>) -> bool {
        let concepts = self.concepts.as_deref().unwrap_or_default();
        concepts.split(CONCEPT_MARK).filter(|id| !id.is_empty()).any(|id| {
            let name = names.get(id).map_or(id, String::as_str);
            wanted.iter().any(|pattern| pattern.fits(id) || pattern.fits(name))
        })
    }
}

/// A condition on annotations, and the images that are known to have one like that.
struct Sought<'q> {
    test: &'q AnnotationTest,
    having: Vec<bool>,
    /// How many images are not known to have one.
    missing: usize,
    /// Whether the annotations of the group may be like that.
    is_possible: bool,
}

impl<'q> Sought<'q> {
    fn new(test: &'q AnnotationTest, images: usize) -> Self {
        Self { test, having: vec![false; images], missing: images, is_possible: false }
    }

    /// Whether nothing more can be learned from this group.
    const fn is_idle(&self) -> bool {
        !self.is_possible || self.missing == 0
    }

    fn look_at(&mut self, group: &Group, names: &HashMap<String, String>) {
        let has_concept = || self.test.concepts.is_empty() || group.has_concept(&self.test.concepts, names);
        self.is_possible = self.has_status(group.status_code) && has_concept();
    }

    fn has_status(&self, code: i64) -> bool {
        let wanted = &self.test.statuses;
        wanted.is_empty() || u32::try_from(code).is_ok_and(|code| wanted.contains(&Status::from(code)))
    }

    /// Takes in an annotation of the group, which is on the image at this place.
    fn take(&mut self, row: &Row<'_>, at: usize, me: &str) -> Result<(), StoreError> {
        if !self.having[at] && is_described(row, self.test, me)? {
            self.having[at] = true;
            self.missing -= 1;
        }
        Ok(())
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

/// Whether the annotation of this row, whose status and concepts are looked at already, is as the test wants.
fn is_described(row: &Row<'_>, test: &AnnotationTest, me: &str) -> Result<bool, StoreError> {
    if !test.kinds.is_empty() {
        let kind = text(row, 4)?;
        if !test.kinds.iter().any(|wanted| wanted == kind) {
            return Ok(false);
        }
    }
    if let Some((comparison, wanted)) = test.score
        && !row.get::<_, Option<f64>>(5)?.is_some_and(|score| comparison.holds(&score, &wanted))
    {
        return Ok(false);
    }
    if test.workers.is_empty() {
        return Ok(true);
    }
    let id: String = row.get(3)?;
    let worker = match row.get(2)? {
        1 => Worker::User(id),
        2 => Worker::Model { id, version: String::new() },
        _ => Worker::Me,
    };
    Ok(test.workers.iter().any(|made_by| made_by.is(&worker, me)))
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

#[cfg(test)]
mod tests {
    use crate::store::migrate::{STEPS, migrate};
    use rusqlite::{Connection, StatementStatus};

    fn plan(conn: &Connection, question: &str, parameters: impl rusqlite::Params) -> Vec<String> {
        let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {question}")).expect("a question");
        let steps = plan.query_map(parameters, |row| row.get(3)).expect("a plan");
        steps.collect::<Result<_, _>>().expect("text")
    }

    #[test]
    fn a_filter_reads_an_index_alone_and_steps_over_what_is_alike() {
        let mut conn = Connection::open_in_memory().expect("memory");
        migrate(&mut conn, STEPS).expect("the newest format");
        let question = include_str!("sql/annotation_traits.sql");
        let index = "SEARCH annotation USING COVERING INDEX annotation_tally";
        let wanted = format!("{index} (status_code=? AND concepts>?)");
        assert_eq!(plan(&conn, question, (1, "a")), [wanted], "and sorts nothing");
        let next = plan(&conn, include_str!("sql/status_after.sql"), [1]);
        assert_eq!(next.last(), Some(&format!("{index} (status_code>?)")), "{next:?}");
        let rows = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
            INSERT INTO annotation SELECT n, n, n, n % 100, '', 0, NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 1, 24150,
            0, '', NULL, CASE n % 2 WHEN 0 THEN 'cat' ELSE 'dog' END, 'box', NULL, NULL, NULL, NULL, 0 FROM n";
        conn.execute(rows, []).expect("five thousand rows");
        let mut statement = conn.prepare(question).expect("a question");
        let first: String = statement.query_row((24150, "cat\0"), |row| row.get(0)).expect("a row");
        assert_eq!(first, "dog", "behind all cats");
        assert!(statement.get_status(StatementStatus::VmStep) < 100, "which are not looked at");
    }
}
