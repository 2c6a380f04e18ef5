//! Annotations in image pixels.

use super::{ConceptId, Info, InputId, LocalId, Map, Status};
use crate::geometry::{Point, Rect, Ring};
use serde::{Deserialize, Serialize};

/// One annotation: a region of an image with concepts, or concepts of the whole image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Stable key in this project.
    pub lid: LocalId,
    /// The image.
    pub input: InputId,
    /// `None`: it speaks of the whole image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Labels, in order; each id at most once.
    #[serde(default)]
    pub concepts: Vec<ConceptLabel>,
    /// Where it stands in review.
    pub status: Status,
    /// Who made it.
    pub worker: Worker,
    /// The free-form `annotation_info` of the API.
    #[serde(default, skip_serializing_if = "Info::is_empty")]
    pub info: Info,
    /// RFC 3339, from the server; empty while it does not know the annotation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub created_at: String,
    /// What the API sent and this program does not understand, whole; written back with every change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Box<Map>>,
}

/// A part of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// The server's id of the region; a new annotation that names one labels an existing region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is.
    pub shape: Shape,
}

/// The geometry of a region, image pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An axis-parallel box.
    Box(Rect),
    /// One ring.
    Polygon(Ring),
    /// One point.
    Point(Point),
    /// A kind that is listed and kept, but not drawn; its name in the API (`mask`, `span`, …).
    Kept(String),
}

/// A label of an annotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConceptLabel {
    /// The concept.
    pub id: ConceptId,
    /// 1 is present, 0 is "not"; between them a model's score.
    pub value: f32,
}

/// Who made an annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worker {
    /// Not known (yet): the person at this desk.
    #[default]
    Me,
    /// A person.
    User(String),
    /// A model and its version.
    Model {
        /// The model.
        id: String,
        /// The version.
        version: String,
    },
}

impl Worker {
    /// In words for a person.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Me => "me".to_owned(),
            Self::User(id) => id.clone(),
            Self::Model { id, version } if id.is_empty() => format!("model {version}"),
            Self::Model { id, .. } => format!("model {id}"),
        }
    }

    /// Whether a model made it.
    #[must_use]
    pub const fn is_model(&self) -> bool {
        matches!(self, Self::Model { .. })
    }
}

impl ConceptLabel {
    /// The concept is there.
    #[must_use]
    pub const fn positive(id: ConceptId) -> Self {
        Self { id, value: 1.0 }
    }

    /// Whether it says "not".
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.value <= 0.0
    }
}

impl Shape {
    /// The smallest box around it; `None` for what is not drawn.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        match self {
            Self::Box(rect) => Some(*rect),
            Self::Polygon(ring) => ring.bounds(),
            Self::Point(p) => Some(Rect { min: *p, max: *p }),
            Self::Kept(_) => None,
        }
    }

    /// Square pixels; 0 for a point and what is not drawn.
    #[must_use]
    pub fn area(&self) -> f64 {
        match self {
            Self::Box(rect) => rect.area(),
            Self::Polygon(ring) => ring.area(),
            Self::Point(_) | Self::Kept(_) => 0.0,
        }
    }

    /// Whether `p` is inside.
    #[must_use]
    pub fn contains(&self, p: Point) -> bool {
        match self {
            Self::Box(rect) => rect.contains(p),
            Self::Polygon(ring) => ring.contains(p),
            Self::Point(_) | Self::Kept(_) => false,
        }
    }

    /// Distance from `p` to the outline (or the point); infinite for what is not drawn.
    #[must_use]
    pub fn distance_to_outline(&self, p: Point) -> f64 {
        match self {
            Self::Box(rect) => Ring::new(rect.corners().to_vec()).distance_to_outline(p),
            Self::Polygon(ring) => ring.distance_to_outline(p),
            Self::Point(at) => at.distance(p),
            Self::Kept(_) => f64::INFINITY,
        }
    }

    /// Whether `p` is inside or within `reach` of the outline (or the point).
    #[must_use]
    pub fn is_hit(&self, p: Point, reach: f64) -> bool {
        match self {
            Self::Box(rect) => rect.contains(p) || self.distance_to_outline(p) <= reach,
            Self::Polygon(ring) => ring.outline_is_near(p, reach) || ring.contains(p),
            Self::Point(at) => at.distance(p) <= reach,
            Self::Kept(_) => false,
        }
    }

    /// Moved by `by`; what is not drawn stays.
    #[must_use]
    pub fn moved(&self, by: crate::geometry::Vector) -> Self {
        match self {
            Self::Box(rect) => Self::Box(rect.moved(by)),
            Self::Polygon(ring) => Self::Polygon(ring.moved(by)),
            Self::Point(p) => Self::Point(*p + by),
            Self::Kept(kind) => Self::Kept(kind.clone()),
        }
    }

    /// The kind in words for a person.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Box(_) => "box",
            Self::Polygon(_) => "polygon",
            Self::Point(_) => "point",
            Self::Kept(kind) => kind,
        }
    }

    /// What makes it unfit to be drawn or sent, in a sentence; `None` for a good one.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        match self {
            Self::Box(r) if !r.is_valid() => Some("the box has no area".to_owned()),
            // A crossing is a problem that is marked, not a fault: looking for it at every edit would cost.
            Self::Polygon(ring) => ring.hard_fault().map(|fault| fault.to_string()),
            Self::Point(p) if !p.is_finite() => Some("the point is not finite".to_owned()),
            _ => None,
        }
    }
}

impl Annotation {
    /// Its geometry, if it has one.
    #[must_use]
    pub fn shape(&self) -> Option<&Shape> {
        self.region.as_ref().map(|region| &region.shape)
    }

    /// The smallest box around its geometry.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        self.shape().and_then(Shape::bounds)
    }

    /// The picture of a mask, as the API has it (base64); it is kept, never written.
    #[must_use]
    pub fn mask_base64(&self) -> Option<&str> {
        let info = self.kept.as_ref()?.get("data")?.get("regions")?.get(0)?.get("region_info")?;
        info.get("mask")?.get("image")?.get("base64")?.as_str().filter(|text| !text.is_empty())
    }

    /// Of a frame of a video: which one and when, and what is said of it, in words.
    #[must_use]
    pub fn frame_text(&self) -> Option<String> {
        let frame = self.kept.as_ref()?.get("data")?.get("frames")?.get(0)?;
        // Numbers and times come as numbers or as text.
        let number = |name: &str| {
            let value = frame.get("frame_info")?.get(name)?;
            value.as_f64().or_else(|| value.as_str()?.parse().ok())
        };
        let mut text = format!("frame {}", number("number").or_else(|| number("index")).unwrap_or_default());
        if let Some(time_ms) = number("time") {
            text = format!("{text} at {} s", time_ms / 1000.0);
        }
        let data = frame.get("data");
        let regions = data.and_then(|data| data.get("regions")?.as_array()).into_iter().flatten();
        let said = data.into_iter().chain(regions.filter_map(|region| region.get("data")));
        let concepts: Vec<&str> = said
            .filter_map(|data| data.get("concepts")?.as_array())
            .flatten()
            .filter_map(|concept| concept.get("id")?.as_str())
            .collect();
        Some(if concepts.is_empty() { text } else { format!("{text}: {}", concepts.join(", ")) })
    }

    /// The score of a model's proposal: the first value that is neither 0 nor 1.
    #[must_use]
    pub fn score(&self) -> Option<f32> {
        self.concepts.iter().map(|c| c.value).find(|v| *v > 0.0 && *v < 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_frame_is_told_with_its_number_time_and_labels() {
        let kept = json!({"data": {"frames": [{"frame_info": {"time": "1500", "number": 45}, "data": {"regions": [
            {"data": {"concepts": [{"id": "car"}, {"id": "bus"}]}}]}}]}});
        let annotation = Annotation {
            lid: LocalId(1),
            input: InputId("v".to_owned()),
            region: Some(Region { id: None, shape: Shape::Kept("frame".to_owned()) }),
            concepts: Vec::new(),
            status: Status::Success,
            worker: Worker::Me,
            info: Info::new(),
            created_at: String::new(),
            kept: kept.as_object().cloned().map(Box::new),
        };
        assert_eq!(annotation.frame_text().as_deref(), Some("frame 45 at 1.5 s: car, bus"));
        assert_eq!(Annotation { kept: None, ..annotation }.frame_text(), None, "no frame");
    }
}
