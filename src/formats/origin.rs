//! What an annotation remembers of the file that it came from: under `import` of its free-form information, so that it
//! survives the way over a server. `group` there binds the parts of one object together.

use super::{Format, Item, Object};
use crate::geometry::{Point, Rect, Ring, Size};
use crate::model::{Annotation, ConceptLabel, InputId, LocalId, Map, Region, Shape};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The member of the information that belongs to this module.
pub const IMPORT: &str = "import";
/// The member that names the object of which the annotation is a part.
pub const GROUP: &str = "group";

/// Where an object came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// Its id there.
    pub id: String,
    /// What that file said beyond what this program understands.
    pub kept: Map,
    /// Nobody changed the shape since.
    pub unchanged: bool,
}

/// What tells an object of a file from all others: an id of the file, or else what it is.
#[must_use]
pub fn lid_for(format: Format, file: &str, input: &InputId, object: &Object, part: usize) -> LocalId {
    if part == 0
        && let Some(lid) = object.lid
    {
        return lid;
    }
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add("labelwright import");
    if let Some(lid) = object.lid {
        add(&lid.to_string());
    } else if object.id.is_empty() {
        add(input.as_str());
        for (name, value) in &object.labels {
            add(name);
            add(&value.to_string());
        }
        for shape in &object.parts {
            add(&format!("{shape:?}"));
        }
    } else {
        add(format.name());
        add(file);
        add(input.as_str());
        add(&object.id);
    }
    add(&part.to_string());
    let digest = hash.finalize();
    LocalId(digest.iter().take(16).fold(0, |id, byte| (id << 8) | u128::from(*byte)))
}

/// A number that stays the same for an id, small enough to be exact in JavaScript and in `f64`.
#[must_use]
pub fn number_for(id: &str) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |n: u64, byte| (n << 8) | u64::from(*byte)) >> 11
}

/// A sum over the positions as they are stored (`f32` parts of the image), which they keep over a server.
#[must_use]
pub fn sum<'a>(shapes: impl Iterator<Item = &'a Shape>, image: Size) -> String {
    let mut hash = Sha256::new();
    #[expect(clippy::cast_possible_truncation, reason = "as on the wire")]
    let mut add = |p: Point| {
        hash.update(((p.x / image.width) as f32).to_le_bytes());
        hash.update(((p.y / image.height) as f32).to_le_bytes());
    };
    for shape in shapes {
        match shape {
            Shape::Box(rect) => [rect.min, rect.max].into_iter().for_each(&mut add),
            Shape::Polygon(ring) => ring.points().iter().copied().for_each(&mut add),
            Shape::Point(p) => add(*p),
            Shape::Kept(_) => {}
        }
    }
    hash.finalize().iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Between the file's frame and the upright image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitting {
    /// The size of the image as the file has it, before it is turned; `(1, 1)` for parts of the whole.
    pub from: Size,
    /// The upright size.
    pub to: Size,
    /// The EXIF orientation (1..=8) by which the file's positions are to be turned upright; 1: they are.
    pub orientation: u8,
}

impl Fitting {
    /// A position of the file, in the upright image.
    #[must_use]
    pub fn upright(&self, p: Point) -> Point {
        let (x, y) = (p.x / self.from.width, p.y / self.from.height);
        // What the top left pixel as stored becomes, by the EXIF standard (tag 0x0112).
        let (x, y) = match self.orientation {
            2 => (1.0 - x, y),
            3 => (1.0 - x, 1.0 - y),
            4 => (x, 1.0 - y),
            5 => (y, x),
            6 => (1.0 - y, x),
            7 => (1.0 - y, 1.0 - x),
            8 => (y, 1.0 - x),
            _ if self.from == self.to => return p, // to the bit
            _ => (x, y),
        };
        Point::new(x * self.to.width, y * self.to.height)
    }

    /// The way back: from the upright image into the file's frame.
    #[must_use]
    pub const fn back(&self) -> Self {
        let orientation = match self.orientation {
            6 => 8,
            8 => 6,
            same => same,
        };
        Self { from: self.to, to: self.from, orientation }
    }

    /// A shape.
    #[must_use]
    pub fn shape(&self, shape: &Shape) -> Shape {
        match shape {
            Shape::Box(rect) => Shape::Box(Rect::from_corners(self.upright(rect.min), self.upright(rect.max))),
            Shape::Polygon(ring) => Shape::Polygon(Ring::new(ring.points().iter().map(|p| self.upright(*p)).collect())),
            Shape::Point(p) => Shape::Point(self.upright(*p)),
            Shape::Kept(kind) => Shape::Kept(kind.clone()),
        }
    }
}

/// The annotations of an object: one for each of its parts.
#[must_use]
pub fn annotations(
    format: Format,
    file: &str,
    object: &Object,
    input: &InputId,
    concepts: &[ConceptLabel],
    fitting: &Fitting,
) -> Vec<Annotation> {
    let shapes: Vec<Shape> = object.parts.iter().map(|shape| fitting.shape(shape)).collect();
    let sum = sum(shapes.iter(), fitting.to);
    let first = lid_for(format, file, input, object, 0);
    let parts = shapes.len().max(1);
    let make = |part: usize| {
        let mut info = object.info.clone();
        let mut import = Map::new();
        import.insert("format".to_owned(), format.name().into());
        if !object.id.is_empty() {
            import.insert("id".to_owned(), object.id.clone().into());
        }
        if part == 0 && !object.kept.is_empty() {
            import.insert("kept".to_owned(), Value::Object(object.kept.clone()));
        }
        if part == 0 && !shapes.is_empty() {
            import.insert("sum".to_owned(), sum.clone().into());
        }
        if parts > 1 {
            import.insert("part".to_owned(), json!(part));
            info.insert(GROUP.to_owned(), first.to_string().into());
        }
        // What would say nothing but the format of a plain shape is not worth its bytes on every annotation.
        info.insert(IMPORT.to_owned(), Value::Object(import));
        Annotation {
            lid: if part == 0 { first } else { lid_for(format, file, input, object, part) },
            input: input.clone(),
            region: shapes.get(part).map(|shape| Region { id: None, shape: shape.clone() }),
            concepts: concepts.to_vec(),
            status: object.status,
            worker: object.worker.clone(),
            info: info.into(),
            created_at: String::new(),
            kept: None,
        }
    };
    (0..parts).map(make).collect()
}

/// The objects that the annotations of one image make, for a file of `format`. `name` gives the class of a label;
/// `fitting` leads from the file's frame to the upright image.
#[must_use]
pub fn items(
    format: Format,
    annotations: Vec<Annotation>,
    name: &dyn Fn(&ConceptLabel) -> String,
    fitting: &Fitting,
) -> Vec<Item> {
    let mut groups: indexmap::IndexMap<String, Vec<Annotation>> = indexmap::IndexMap::new();
    for annotation in annotations {
        let group = annotation.info.get(GROUP);
        let group = group.as_ref().and_then(Value::as_str).map(|id| (id.to_owned(), &annotation.concepts));
        // Parts that were labelled differently since are objects of their own.
        let key = group.map_or_else(
            || annotation.lid.to_string(),
            |(id, concepts)| format!("{id} {concepts:?} {:?}", annotation.status),
        );
        groups.entry(key).or_default().push(annotation);
    }
    let back = fitting.back();
    groups.into_values().map(|parts| item(format, parts, name, &back, fitting.to)).collect()
}

fn item(
    format: Format,
    mut parts: Vec<Annotation>,
    name: &dyn Fn(&ConceptLabel) -> String,
    back: &Fitting,
    upright: Size,
) -> Item {
    let import = |a: &Annotation| match a.info.get(IMPORT) {
        Some(Value::Object(import)) => Some(import),
        _ => None,
    };
    let part_of = |a: &Annotation| import(a).and_then(|i| i.get("part").and_then(Value::as_u64)).unwrap_or(0);
    parts.sort_by_key(part_of);
    let now = sum(parts.iter().filter_map(Annotation::shape), upright);
    let first = parts.remove(0);
    let origin = import(&first).filter(|i| i.get("format").and_then(Value::as_str) == Some(format.name()));
    let origin = origin.map(|mut import| Origin {
        id: super::json::id(import.get("id")),
        unchanged: import.get("sum").and_then(Value::as_str) == Some(now.as_str()),
        kept: match import.shift_remove("kept") {
            Some(Value::Object(kept)) => kept,
            _ => Map::new(),
        },
    });
    let mut info = first.info.to_map();
    info.shift_remove(IMPORT);
    info.shift_remove(GROUP);
    Item {
        lid: first.lid,
        labels: first.concepts.iter().map(|label| (name(label), label.value)).collect(),
        status: first.status,
        worker: first.worker.clone(),
        info,
        origin,
        parts: std::iter::once(&first)
            .chain(&parts)
            .filter_map(Annotation::shape)
            .map(|shape| back.shape(shape))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exif_turn_and_its_way_back_meet_in_exact_pixels() {
        // A picture stored 4 wide and 2 high; the corner of its pixel (1, 0) that is nearest to its origin.
        let p = Point::new(1.0, 0.0);
        let upright = |orientation| {
            let to = if orientation >= 5 { Size::new(2.0, 4.0) } else { Size::new(4.0, 2.0) };
            Fitting { from: Size::new(4.0, 2.0), to, orientation }
        };
        let expected = [(1., 0.), (3., 0.), (3., 2.), (1., 2.), (0., 1.), (2., 1.), (2., 3.), (0., 3.)];
        for (orientation, at) in (1_u8..=8).zip(expected) {
            let fitting = upright(orientation);
            let turned = fitting.upright(p);
            assert_eq!((turned.x, turned.y), at, "orientation {orientation}");
            assert!(fitting.back().upright(turned).distance(p) < 1e-12, "and back, orientation {orientation}");
        }
    }
}
