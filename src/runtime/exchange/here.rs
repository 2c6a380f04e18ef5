//! Which annotations of a file are in the project already: by their ids, or because they say the same of the same place.

use crate::geometry::Size;
use crate::model::{Annotation, ConceptId, InputId, LocalId, Shape};
use crate::store::{PlaceRow, Reader, StoreError};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What is in the project, in some tens of bytes for each annotation.
#[derive(Default)]
pub struct Here {
    rows: Vec<Short>,
    by_lid: HashMap<LocalId, u32>,
    /// By image and labels.
    by_labels: HashMap<u64, Vec<u32>>,
    /// What of the file was handed out as new.
    taken: HashSet<LocalId>,
}

/// An annotation in short.
struct Short {
    lid: LocalId,
    labels: u64,
    kind: Kind,
    bounds: [f32; 4],
    area: f32,
    claim: Claim,
}

/// Whether something of the file stands for a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    Free,
    Claimed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Image,
    Box,
    Polygon,
    Point,
    Other,
}

/// How an annotation of a file stands to the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not here.
    New,
    /// It is here, as it is.
    Same(LocalId),
    /// Its id is here, with something else.
    Differs,
}

impl Here {
    /// Of a project.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(reader: &Reader) -> Result<Self, StoreError> {
        let mut here = Self::default();
        reader.each_place(&mut |row| here.add(&row))?;
        Ok(here)
    }

    fn add(&mut self, row: &PlaceRow) {
        let at = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let labels = labels_of(&row.input_id, row.concepts.iter());
        self.by_lid.insert(row.lid, at);
        self.by_labels.entry(labels).or_default().push(at);
        #[expect(clippy::cast_possible_truncation, reason = "compared to within a pixel")]
        self.rows.push(Short {
            lid: row.lid,
            labels,
            kind: match row.kind.as_str() {
                "image" => Kind::Image,
                "box" => Kind::Box,
                "polygon" => Kind::Polygon,
                "point" => Kind::Point,
                _ => Kind::Other,
            },
            bounds: row.bounds_norm.unwrap_or_default().map(|v| v as f32),
            area: row.area_norm as f32,
            claim: Claim::Free,
        });
    }

    /// How an annotation of a file stands, and remembers that it was asked for.
    pub fn standing(&mut self, annotation: &Annotation, size: Size) -> Standing {
        let wanted = short(annotation, size);
        if let Some(at) = self.by_lid.get(&annotation.lid).copied() {
            let row = &mut self.rows[at as usize];
            row.claim = Claim::Claimed;
            let same = row.labels == wanted.labels && row.kind == wanted.kind && alike(row, &wanted, size, 0.02);
            return if same { Standing::Same(annotation.lid) } else { Standing::Differs };
        }
        if self.taken.contains(&annotation.lid) {
            return Standing::Same(annotation.lid);
        }
        let found = self.by_labels.get(&wanted.labels).and_then(|rows| {
            rows.iter().copied().find(|at| {
                let row = &self.rows[*at as usize];
                row.claim == Claim::Free && alike(row, &wanted, size, 1.01)
            })
        });
        if let Some(at) = found {
            let row = &mut self.rows[at as usize];
            row.claim = Claim::Claimed;
            return Standing::Same(row.lid);
        }
        self.taken.insert(annotation.lid);
        Standing::New
    }

    /// Whether nothing of the file stands for this annotation.
    pub fn is_unclaimed(&self, lid: LocalId) -> bool {
        self.by_lid.get(&lid).is_some_and(|at| self.rows[*at as usize].claim == Claim::Free)
    }
}

/// Whether two lie on the same place, to within so many pixels. A box stands for a polygon that it bounds, because a format
/// of boxes made one of the other.
fn alike(a: &Short, b: &Short, size: Size, pixels: f64) -> bool {
    let boxed = matches!((a.kind, b.kind), (Kind::Box, Kind::Polygon) | (Kind::Polygon, Kind::Box));
    if a.kind != b.kind && !(boxed && pixels > 1.0) {
        return false;
    }
    let sides = [size.width, size.height, size.width, size.height];
    let near = a.bounds.iter().zip(b.bounds).zip(sides).all(|((a, b), side)| f64::from((a - b).abs()) * side <= pixels);
    let around = size.width + size.height;
    let same_area = f64::from((a.area - b.area).abs()) * size.width * size.height <= pixels * around.max(1.0);
    near && (boxed || same_area)
}

fn short(annotation: &Annotation, size: Size) -> Short {
    let bounds = annotation.bounds().map_or([0.0; 4], |b| {
        [b.min.x / size.width, b.min.y / size.height, b.max.x / size.width, b.max.y / size.height]
    });
    let area = annotation.shape().map_or(0.0, Shape::area) / (size.width * size.height);
    #[expect(clippy::cast_possible_truncation, reason = "compared to within a pixel")]
    Short {
        lid: annotation.lid,
        labels: labels_of(annotation.input.as_str(), annotation.concepts.iter().map(|c| &c.id)),
        kind: match annotation.shape() {
            None => Kind::Image,
            Some(Shape::Box(_)) => Kind::Box,
            Some(Shape::Polygon(_)) => Kind::Polygon,
            Some(Shape::Point(_)) => Kind::Point,
            Some(Shape::Kept(_)) => Kind::Other,
        },
        bounds: bounds.map(|v| v as f32),
        area: area as f32,
        claim: Claim::Free,
    }
}

fn labels_of<'a>(input: &str, concepts: impl Iterator<Item = &'a ConceptId>) -> u64 {
    let mut ids: Vec<&str> = concepts.map(ConceptId::as_str).collect();
    ids.sort_unstable();
    let mut hash = DefaultHasher::new();
    (input, ids).hash(&mut hash);
    hash.finish()
}

/// The annotations of an image of which nothing of the file speaks.
///
/// # Errors
/// Where they cannot be read.
pub fn not_in_file(here: &Here, reader: &Reader, input: &InputId) -> Result<Vec<LocalId>, StoreError> {
    let mut left = Vec::new();
    reader.each_shown_on(input, |lid, _| {
        if here.is_unclaimed(lid) {
            left.push(lid);
        }
    })?;
    Ok(left)
}
