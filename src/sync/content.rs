//! What counts as the content of an annotation, and what is only the server's handwriting.
//!
//! An annotation comes back from the server with region ids, dates, workers, descriptions and concept names that
//! nobody here wrote. Comparing whole values would make every round trip look like an edit, so all comparisons go
//! through here.

use crate::api::{self, Map};
use crate::model::Field;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The fields of an annotation, hashed one by one. Kept for a minute or two only, so that it may change with the
/// program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Of the geometry.
    pub geometry: u64,
    /// Of the labels.
    pub concepts: u64,
    /// Of the status.
    pub status: u64,
    /// Of the free-form information.
    pub info: u64,
}

/// All fields, in order.
pub(crate) const FIELDS: [Field; 4] = [Field::Geometry, Field::Concepts, Field::Status, Field::Info];

impl Digest {
    /// The digest of what `annotation` says.
    #[must_use]
    pub fn of(annotation: &api::Annotation) -> Self {
        let mut concepts = Hasher::new();
        let mut labels = labels(annotation);
        labels.sort_unstable();
        for (level, id, value) in labels {
            concepts.byte(level as u8);
            concepts.text(id);
            concepts.number(value.0);
        }
        let mut geometry = Hasher::new();
        match &annotation.data {
            // What is plain in one copy is plain in every copy that says the same.
            Some(data) if is_plain(data) => {
                data.regions.iter().filter_map(|region| region.region_info.as_ref()).for_each(|i| geometry.place(i));
            }
            Some(_) | None => {
                if let Some(data) = geometry_of(annotation) {
                    geometry.value(&serde_json::to_value(data).unwrap_or(Value::Null));
                }
            }
        }
        let mut info = Hasher::new();
        if let Some(said) = info_of(annotation) {
            info.map(&said.to_map());
        }
        Self {
            geometry: geometry.end(),
            concepts: concepts.end(),
            status: u64::from(status_of(annotation)),
            info: info.end(),
        }
    }

    /// The digest of one field.
    #[must_use]
    pub const fn of_field(&self, field: Field) -> u64 {
        match field {
            Field::Geometry => self.geometry,
            Field::Concepts => self.concepts,
            Field::Status => self.status,
            Field::Info => self.info,
        }
    }
}

/// Whether two copies say the same, whatever the server has added: region ids, dates, worker, texts of the status,
/// names of concepts.
#[must_use]
pub fn same_content(a: &api::Annotation, b: &api::Annotation) -> bool {
    FIELDS.iter().all(|field| same_field(a, b, *field))
}

/// The fields in which two copies differ.
#[must_use]
pub fn differing_fields(a: &api::Annotation, b: &api::Annotation) -> Vec<Field> {
    FIELDS.into_iter().filter(|field| !same_field(a, b, *field)).collect()
}

/// Whether two copies say the same in one field.
pub(crate) fn same_field(a: &api::Annotation, b: &api::Annotation, field: Field) -> bool {
    match field {
        Field::Geometry => same_geometry(a, b),
        Field::Concepts => {
            let (mut x, mut y) = (labels(a), labels(b));
            x == y || {
                x.sort_unstable();
                y.sort_unstable();
                x == y
            }
        }
        Field::Status => status_of(a) == status_of(b),
        Field::Info => info_of(a) == info_of(b),
    }
}

/// Where a label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// It speaks of the input.
    Input,
    /// It speaks of the region.
    Region,
}

/// A value that can be sorted; coordinates and scores are never NaN here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Score(pub(crate) f32);

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Score {}
impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0 + 0.0).total_cmp(&(other.0 + 0.0)) // adding 0 makes -0 and 0 the same
    }
}

/// The labels of an annotation, those of the input first.
pub(crate) fn labels(annotation: &api::Annotation) -> Vec<(Level, &str, Score)> {
    let Some(data) = &annotation.data else { return Vec::new() };
    let of_region = data.regions.first().and_then(|r| r.data.as_ref()).map_or(&[][..], |d| d.concepts.as_slice());
    let mut labels: Vec<(Level, &str, Score)> = Vec::with_capacity(data.concepts.len() + of_region.len());
    for (level, list) in [(Level::Input, data.concepts.as_slice()), (Level::Region, of_region)] {
        for concept in list {
            if labels.iter().all(|(l, id, _)| (*l, *id) != (level, concept.id.as_str())) {
                labels.push((level, concept.id.as_str(), Score(concept.value)));
            }
        }
    }
    labels
}

/// The status code; none means success, as the API says.
pub(crate) fn status_of(annotation: &api::Annotation) -> u32 {
    match annotation.status.as_ref().map(|s| s.code.0) {
        None | Some(0) => api::StatusCode::ANNOTATION_SUCCESS.0,
        Some(code) => code,
    }
}

/// The free-form information; an empty one is none.
pub(crate) fn info_of(annotation: &api::Annotation) -> Option<&api::Info> {
    annotation.annotation_info.as_ref().filter(|info| !info.is_empty())
}

fn same_geometry(a: &api::Annotation, b: &api::Annotation) -> bool {
    match (&a.data, &b.data) {
        (Some(x), Some(y)) if is_plain(x) && is_plain(y) => match (x.regions.first(), y.regions.first()) {
            (Some(x), Some(y)) => x.region_info == y.region_info,
            (x, y) => x.is_none() == y.is_none(),
        },
        (None, None) => true,
        _ => geometry_of(a) == geometry_of(b),
    }
}

/// Whether the data has nothing but one region with a place and labels, which nearly all have: compared without a copy.
fn is_plain(data: &api::Data) -> bool {
    let region_is_plain = |r: &api::Region| {
        r.region_info.is_some()
            && r.value.is_none()
            && r.rest.is_empty()
            && r.data
                .as_ref()
                .is_none_or(|d| d.image.is_none() && d.regions.is_empty() && d.frames.is_empty() && d.rest.is_empty())
    };
    data.image.is_none()
        && data.frames.is_empty()
        && data.rest.is_empty()
        && data.regions.len() <= 1
        && data.regions.iter().all(region_is_plain)
}

/// The data without labels and without the ids that the server gives; none where nothing is left.
fn geometry_of(annotation: &api::Annotation) -> Option<api::Data> {
    let mut data = annotation.data.clone()?;
    data.concepts.clear();
    for region in &mut data.regions {
        if region.region_info.is_some() {
            region.id.clear(); // else the id is all that says which region is meant
        }
        if let Some(inner) = &mut region.data {
            inner.concepts.clear();
            if **inner == api::Data::default() {
                region.data = None;
            }
        }
    }
    for frame in &mut data.frames {
        frame.id.clear();
    }
    (data != api::Data::default()).then_some(data)
}

/// FNV-1a over a canonical spelling: members sorted, numbers by value.
struct Hasher(u64);

impl Hasher {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|b| self.byte(b));
        self.byte(0xff); // no UTF-8 text has it, so that "ab","c" and "a","bc" differ
    }

    fn number(&mut self, number: f32) {
        self.wide(f64::from(number));
    }

    fn wide(&mut self, number: f64) {
        (number + 0.0).to_bits().to_le_bytes().into_iter().for_each(|b| self.byte(b));
    }

    fn map(&mut self, map: &Map) {
        self.byte(b'{');
        let mut members: Vec<(&String, &Value)> = map.iter().collect();
        members.sort_unstable_by_key(|(key, _)| *key);
        for (key, value) in members {
            self.text(key);
            self.value(value);
        }
        self.byte(b'}');
    }

    /// A ring of ten thousand vertices is hashed without a copy of it.
    fn place(&mut self, info: &api::RegionInfo) {
        if let Some(b) = &info.bounding_box {
            self.byte(b'b');
            for edge in [b.top_row, b.left_col, b.bottom_row, b.right_col] {
                self.number(edge);
            }
            self.map(&b.rest);
        }
        if let Some(polygon) = &info.polygon {
            self.byte(b'p');
            polygon.points.iter().for_each(|p| self.point(p));
            self.map(&polygon.rest);
        }
        if let Some(point) = &info.point {
            self.byte(b'.');
            self.point(point);
        }
        self.map(&info.rest);
    }

    fn point(&mut self, point: &api::Point) {
        self.number(point.row);
        self.number(point.col);
        self.map(&point.rest);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.byte(b'n'),
            Value::Bool(true) => self.byte(b't'),
            Value::Bool(false) => self.byte(b'f'),
            Value::Number(n) => {
                self.byte(b'#');
                self.wide(n.as_f64().unwrap_or(0.0));
            }
            Value::String(s) => {
                self.byte(b'"');
                self.text(s);
            }
            Value::Array(list) => {
                self.byte(b'[');
                for item in list {
                    self.value(item);
                }
                self.byte(b']');
            }
            Value::Object(map) => self.map(map),
        }
    }

    const fn end(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wire(value: Value) -> api::Annotation {
        serde_json::from_value(value).expect("it parses")
    }

    #[test]
    fn what_the_server_adds_is_not_a_change() {
        let sent = wire(json!({"id": "a", "input_id": "i", "data": {"regions": [{"region_info": {"bounding_box":
            {"top_row": 0.1, "left_col": 0.2, "bottom_row": 0.3, "right_col": 0.4}}, "data": {"concepts":
            [{"id": "x", "value": 1}, {"id": "y", "value": 0}]}}]}, "annotation_info": {"b": 1, "a": [2]}}));
        let back =
            wire(json!({"id": "a", "input_id": "i", "created_at": "2026", "modified_at": "2026", "user_id": "u",
            "worker": {"user": {"id": "u"}}, "status": {"code": 24150, "description": "Annotation success"},
            "trusted": true, "annotation_info": {"a": [2.0], "b": 1.0},
            "data": {"regions": [{"id": "r9", "region_info": {"bounding_box": {"top_row": 0.1, "left_col": 0.2,
            "bottom_row": 0.3, "right_col": 0.4}}, "data": {"concepts": [{"id": "y", "name": "why", "value": 0},
            {"id": "x", "name": "ex", "value": 1, "language": "en"}]}}]}}));
        assert_eq!(Digest::of(&sent), Digest::of(&back), "by digest");
        let plain = wire(json!({"id": "a", "input_id": "i", "annotation_info": {"a": [2], "b": 1}, "data": sent.data}));
        assert!(same_content(&sent, &plain), "by comparison: {:?}", differing_fields(&sent, &plain));
    }

    #[test]
    fn each_field_is_told_apart() {
        let a = wire(json!({"id": "a", "input_id": "i", "data": {"regions": [{"region_info": {"point":
            {"row": 0.5, "col": 0.5}}, "data": {"concepts": [{"id": "x"}]}}]}}));
        let mut b = a.clone();
        b.status = Some(api::Status::of(api::StatusCode::ANNOTATION_PENDING));
        assert_eq!(differing_fields(&a, &b), [Field::Status]);
        let mut c = a.clone();
        c.data.as_mut().expect("data").regions[0].data.as_mut().expect("data").concepts[0].value = 0.0;
        assert_eq!(differing_fields(&a, &c), [Field::Concepts]);
        let mut d = a.clone();
        d.data.as_mut().expect("data").regions[0].region_info.as_mut().expect("info").point = None;
        assert_eq!(differing_fields(&a, &d), [Field::Geometry]);
        for other in [&b, &c, &d] {
            assert_ne!(Digest::of(&a), Digest::of(other));
        }
    }
}
