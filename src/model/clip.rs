//! The clipboard as text: JSON that people and other tools can read. It is labelme's file format with one field more (see
//! docs/editor.md), so shapes copied out of a labelme file can be pasted, and what is copied here is a labelme file.

use super::{Annotation, ConceptId, ConceptLabel, Shape};
use crate::geometry::{Point, Rect, Ring, Size};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longer texts are not looked at: reading them would make the window wait.
const LONGEST_BYTES: usize = 8 << 20;
/// Coordinates beyond this are no image.
const FARTHEST_PX: f64 = 1e7;

/// Shapes on their way through the clipboard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clip {
    /// In the order in which they were drawn.
    pub shapes: Vec<ClipShape>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipShape {
    /// `None`: it speaks of the whole image.
    pub shape: Option<Shape>,
    /// Its labels.
    pub concepts: Vec<ConceptLabel>,
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadClip {
    /// What it holds.
    pub clip: Clip,
    /// How many of its shapes are of a kind that is not drawn here, or broken.
    pub passed_over: usize,
}

#[derive(Serialize)]
struct Written<'a> {
    labelwright: &'static str,
    version: &'static str,
    flags: Value,
    shapes: Vec<WrittenShape>,
    #[serde(rename = "imagePath")]
    image_path: &'a str,
    #[serde(rename = "imageData")]
    image_data: Value,
    #[serde(rename = "imageHeight")]
    image_height: Value,
    #[serde(rename = "imageWidth")]
    image_width: Value,
}

#[derive(Serialize)]
struct WrittenShape {
    label: String,
    points: Vec<Point>,
    group_id: Value,
    shape_type: &'static str,
    flags: Value,
    concepts: Vec<ConceptLabel>,
}

#[derive(Deserialize)]
struct FoundShape {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    points: Vec<(f64, f64)>,
    #[serde(default)]
    shape_type: Option<String>,
    #[serde(default)]
    concepts: Vec<ConceptLabel>,
}

impl Clip {
    /// What these annotations are on the clipboard. Kinds that are not drawn stay behind.
    #[must_use]
    pub fn of<'a>(annotations: impl IntoIterator<Item = &'a Annotation>) -> Self {
        let shapes = annotations
            .into_iter()
            .filter(|a| !matches!(a.shape(), Some(Shape::Kept(_))))
            .map(|a| ClipShape { shape: a.shape().cloned(), concepts: a.concepts.clone() });
        Self { shapes: shapes.collect() }
    }

    /// Whether there is nothing on it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// As text.
    #[must_use]
    pub fn write(&self, image_name: &str, image: Option<Size>) -> String {
        let written = Written {
            labelwright: "clipboard 1",
            version: "5.0.0",
            flags: Value::Object(serde_json::Map::new()),
            shapes: self.shapes.iter().map(WrittenShape::of).collect(),
            image_path: image_name,
            image_data: Value::Null,
            image_height: image.map_or(Value::Null, |size| size.height.into()),
            image_width: image.map_or(Value::Null, |size| size.width.into()),
        };
        serde_json::to_string_pretty(&written).unwrap_or_default()
    }

    /// Reads what stands on the clipboard.
    ///
    /// # Errors
    /// A sentence that says what it is instead, for the person; nothing was pasted.
    pub fn read(text: &str) -> Result<ReadClip, String> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err("The clipboard is empty; copy shapes with Ctrl+C first".to_owned());
        }
        if text.len() > LONGEST_BYTES {
            let mib = text.len() >> 20;
            return Err(format!("The clipboard holds {mib} MiB of text, more than 8; nothing was pasted"));
        }
        if !text.starts_with(['{', '[']) {
            return Err("The clipboard holds some other text, no shapes; nothing was pasted".to_owned());
        }
        let value: Value = serde_json::from_str(text).map_err(|error| {
            format!(
                "The JSON on the clipboard is broken at line {}, column {}; nothing was pasted",
                error.line(),
                error.column()
            )
        })?;
        let shapes = match &value {
            Value::Array(shapes) => Some(shapes),
            Value::Object(fields) => fields.get("shapes").and_then(Value::as_array),
            _ => None,
        };
        let Some(shapes) = shapes else {
            return Err("The clipboard holds JSON without a list “shapes”; nothing was pasted".to_owned());
        };
        let read: Vec<ClipShape> = shapes.iter().filter_map(ClipShape::read).collect();
        let passed_over = shapes.len() - read.len();
        if read.is_empty() {
            return Err(match passed_over {
                0 => "The clipboard holds an empty list of shapes; nothing was pasted".to_owned(),
                n => format!(
                    "None of the {n} shapes on the clipboard is a box, a polygon or a point; nothing was pasted"
                ),
            });
        }
        Ok(ReadClip { clip: Self { shapes: read }, passed_over })
    }
}

impl WrittenShape {
    fn of(shape: &ClipShape) -> Self {
        let (shape_type, points) = match &shape.shape {
            Some(Shape::Box(rect)) => ("rectangle", vec![rect.min, rect.max]),
            Some(Shape::Polygon(ring)) => ("polygon", ring.points().to_vec()),
            Some(Shape::Point(at)) => ("point", vec![*at]),
            Some(Shape::Kept(_)) | None => ("image", Vec::new()),
        };
        let label = shape.concepts.first().map(|c| c.id.0.clone()).unwrap_or_default();
        let concepts = shape.concepts.clone();
        Self {
            label,
            points,
            group_id: Value::Null,
            shape_type,
            flags: Value::Object(serde_json::Map::new()),
            concepts,
        }
    }
}

impl ClipShape {
    fn read(value: &Value) -> Option<Self> {
        let found = FoundShape::deserialize(value).ok()?;
        let usable = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite() && x.abs().max(y.abs()) <= FARTHEST_PX;
        if !found.points.iter().all(usable) {
            return None;
        }
        let points: Vec<Point> = found.points.iter().copied().map(Point::from).collect();
        let kind = found.shape_type.as_deref().unwrap_or(if points.len() == 2 { "rectangle" } else { "polygon" });
        let shape = match (kind, points.as_slice()) {
            ("image", []) => None,
            ("rectangle" | "box", [a, b]) => Some(Shape::Box(Rect::from_corners(*a, *b))),
            ("rectangle" | "box", [_, _, _, _]) => Some(Shape::Box(Rect::around(points.iter().copied())?)),
            ("polygon", [_, _, _, ..]) => Some(Shape::Polygon(Ring::new(points).without_repeats())),
            ("point", [at]) => Some(Shape::Point(*at)),
            _ => return None,
        };
        if shape.as_ref().is_some_and(|shape| shape.fault().is_some()) {
            return None;
        }
        Some(Self { shape, concepts: labels(found.concepts, found.label) })
    }
}

/// The labels, each id once, with values between 0 and 1; labelme knows one label only.
fn labels(concepts: Vec<ConceptLabel>, label: Option<String>) -> Vec<ConceptLabel> {
    let mut labels: Vec<ConceptLabel> = Vec::new();
    for mut concept in concepts {
        concept.value = if concept.value.is_finite() { concept.value.clamp(0.0, 1.0) } else { 1.0 };
        if !concept.id.0.trim().is_empty() && !labels.iter().any(|l| l.id == concept.id) {
            labels.push(concept);
        }
    }
    let label = label.map(|label| label.trim().to_owned()).filter(|label| labels.is_empty() && !label.is_empty());
    labels.extend(label.map(|label| ConceptLabel::positive(ConceptId(label))));
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip() -> Clip {
        let ring = Ring::new([(1.5, 2.0), (30.0, 4.0), (8.0, 40.25)].map(Point::from).to_vec());
        let cat = ConceptLabel::positive(ConceptId::from("cat"));
        let not_dog = ConceptLabel { id: ConceptId::from("dog"), value: 0.0 };
        let shapes = vec![
            ClipShape { shape: Some(Shape::Polygon(ring)), concepts: vec![cat.clone(), not_dog] },
            ClipShape {
                shape: Some(Shape::Box(Rect::from_corners(Point::new(1.0, 2.0), Point::new(3.0, 4.5)))),
                concepts: Vec::new(),
            },
            ClipShape { shape: Some(Shape::Point(Point::new(7.0, 8.0))), concepts: vec![cat.clone()] },
            ClipShape { shape: None, concepts: vec![cat] },
        ];
        Clip { shapes }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = clip().write("photo.jpg", Some(Size::new(640.0, 480.0)));
        assert_eq!(Clip::read(&text), Ok(ReadClip { clip: clip(), passed_over: 0 }), "{text}");
    }

    #[test]
    fn it_is_a_labelme_file() {
        let text = clip().write("photo.jpg", Some(Size::new(640.0, 480.0)));
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["shapes"][0]["shape_type"], "polygon", "labelme's names");
        assert_eq!(value["shapes"][0]["label"], "cat", "its first concept");
        assert_eq!(value["shapes"][1]["points"], serde_json::json!([[1.0, 2.0], [3.0, 4.5]]), "two corners");
        assert_eq!((&value["imagePath"], &value["imageWidth"]), (&"photo.jpg".into(), &640.0.into()), "of this image");
    }

    #[test]
    fn a_labelme_file_is_read() {
        let text = r#"{"version": "5.2.1", "flags": {}, "shapes": [
            {"label": "kite", "points": [[1, 2], [9, 2], [5, 8]], "group_id": null, "shape_type": "polygon", "flags": {}},
            {"label": "ball", "points": [[10, 12], [4, 3]], "shape_type": "rectangle"},
            {"label": "wheel", "points": [[10, 12], [4, 3]], "shape_type": "circle"}
        ], "imagePath": "x.jpg", "imageData": null}"#;
        let read = Clip::read(text).expect("two shapes");
        assert_eq!((read.clip.shapes.len(), read.passed_over), (2, 1), "a circle is not drawn here");
        assert_eq!(read.clip.shapes[0].concepts, [ConceptLabel::positive(ConceptId::from("kite"))], "by its label");
        let rect = Rect::from_corners(Point::new(4.0, 3.0), Point::new(10.0, 12.0));
        assert_eq!(read.clip.shapes[1].shape, Some(Shape::Box(rect)), "corners in any order");
    }

    #[test]
    fn anything_else_is_told_in_a_sentence() {
        for (text, part) in [
            ("", "empty"),
            ("Dear Ms Miller,", "other text"),
            ("{\"shapes\": [", "broken at line 1"),
            ("{\"a\": 1}", "without a list"),
            ("[]", "empty list"),
            ("{\"shapes\": {}}", "without a list"),
            ("[1, null, {\"points\": \"x\"}]", "None of the 3"),
            ("[{\"points\": [[0, 0], [1, 1e300], [2, 0]]}]", "None of the 1"),
            ("[{\"points\": [[0, 0], [1, 1], [2, 2]]}]", "None of the 1"),
        ] {
            let told = Clip::read(text).expect_err(text);
            assert!(told.contains(part), "{text:?}: {told}");
        }
        let huge = format!("[{}", " ".repeat(LONGEST_BYTES)) + "]";
        assert!(Clip::read(&huge).is_err_and(|told| told.contains("MiB")), "too long to read on the frame");
    }

    #[test]
    fn odd_values_and_repeated_labels_do_no_harm() {
        let text = r#"[{"points": [[0, 0], [5, 5]], "concepts": [
            {"id": "cat", "value": 7}, {"id": "cat", "value": 0}, {"id": " ", "value": 1}]}]"#;
        let read = Clip::read(text).expect("a box");
        assert_eq!(read.clip.shapes[0].concepts, [ConceptLabel::positive(ConceptId::from("cat"))], "once, at most 1");
    }
}
