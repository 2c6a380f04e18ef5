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
use rusqlite::Row;
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
        let mut sought: Vec<Sought<'_>> = wanted.iter().map(|wanted| Sought::new(&wanted.test, images.len())).collect();
        let mut group = Group::default();
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotation_traits.sql"))?;
        'groups: while sought.iter().any(|sought| sought.missing > 0) {
            let mut rows = statement.query((group.status_code, &group.concepts))?;
            let mut idle = 0;
            while let Some(row) = rows.next()? {
                if group.turn_to(row)? {
                    idle = 0;
                    for sought in &mut sought {
                        sought.look_at(&group, &names);
                    }
                }
                if sought.iter().all(Sought::is_idle) {
                    idle += 1;
                    if idle == IDLE_ROWS_MAX {
                        continue 'groups;
                    }
                    continue;
                }
                if let Some(&at) = places.get(text(row, 2)?) {
                    for sought in sought.iter_mut().filter(|sought| !sought.is_idle()) {
                        sought.take(row, at, me)?;
                    }
                }
            }
            break;
        }
        Ok(sought.into_iter().map(|sought| sought.having).collect())
    }
}

/// The annotations of one status that have the same concepts.
struct Group {
    status_code: i64,
    concepts: String,
}

impl Default for Group {
    /// Before the first.
    fn default() -> Self {
        Self { status_code: -1, concepts: String::new() }
    }
}

impl Group {
    /// Goes on to the group of this row; whether it is another one.
    fn turn_to(&mut self, row: &Row<'_>) -> Result<bool, StoreError> {
        let (status_code, concepts) = (row.get(0)?, text(row, 1)?);
        let is_other = status_code != self.status_code || concepts != self.concepts;
        if is_other {
            self.status_code = status_code;
            concepts.clone_into(&mut self.concepts);
        }
        Ok(is_other)
    }

    fn has_concept(&self, wanted: &[Pattern], names: &HashMap<String, String>) -> bool {
        self.concepts.split(CONCEPT_MARK).filter(|id| !id.is_empty()).any(|id| {
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
        let statuses = &self.test.statuses;
        let has_status = || u32::try_from(group.status_code).is_ok_and(|code| statuses.contains(&Status::from(code)));
        let has_concept = || self.test.concepts.is_empty() || group.has_concept(&self.test.concepts, names);
        self.is_possible = (statuses.is_empty() || has_status()) && has_concept();
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
    if test.workers.is_empty() {
        return Ok(true);
    }
    let id: String = row.get(4)?;
    let worker = match row.get(3)? {
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
    use rusqlite::Connection;

    #[test]
    fn a_filter_reads_an_index_alone_and_begins_where_it_is_told() {
        let mut conn = Connection::open_in_memory().expect("memory");
        migrate(&mut conn, STEPS).expect("the newest format");
        let question = format!("EXPLAIN QUERY PLAN {}", include_str!("sql/annotation_traits.sql"));
        let mut plan = conn.prepare(&question).expect("a question");
        let steps: Vec<String> =
            plan.query_map((1, "a"), |row| row.get(3)).expect("a plan").collect::<Result<_, _>>().expect("text");
        let wanted = "SEARCH annotation USING COVERING INDEX annotation_tally ((status_code,concepts)>(?,?))";
        assert_eq!(steps, [wanted], "and sorts nothing");
    }
}
