//! The messages, as `resources.proto` has them; `rest` keeps every member that this program has no name for.

use super::code::StatusCode;
use super::{Info, Rest, lenient};
use serde::{Deserialize, Serialize};

/// One annotation: at most one region or one frame; without either it labels the whole input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotation {
    /// Chosen by the client (32 hex digits here), unique together with `input_id`.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The input that it belongs to.
    #[serde(
        alias = "inputId",
        deserialize_with = "lenient::null_as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub input_id: String,
    /// The payload; may be absent (an assignment).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// Free form.
    #[serde(alias = "annotationInfo", skip_serializing_if = "Option::is_none")]
    pub annotation_info: Option<Info>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<Worker>,
    /// Deprecated twin of `worker.user.id`; read and written.
    #[serde(alias = "userId", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Deprecated twin of `worker.model.model_version.id`; read and written.
    #[serde(alias = "modelVersionId", skip_serializing_if = "Option::is_none")]
    pub model_version_id: Option<String>,
    /// In requests only the code matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// RFC 3339, set by the server.
    #[serde(alias = "createdAt", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// RFC 3339, set by the server.
    #[serde(alias = "modifiedAt", skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// Everything else (`task_id`, `trusted`, `input_level`, `consensus_info`, …), kept as it came.
    #[serde(flatten)]
    pub rest: Rest,
}

/// What an annotation, region or frame holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Data {
    /// The image itself; on inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Labels.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<Concept>,
    /// At most one in an annotation.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// At most one in an annotation of a video.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// Everything else (`video`, `text`, `metadata`, `geo`, `time_segments`, …), kept as it came.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A label with its value: 1 present, 0 not present, between them a model's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concept {
    /// Opaque.
    #[serde(default, deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// For people.
    #[serde(default, deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Always written; absent means 1.
    #[serde(default = "one", deserialize_with = "lenient::concept_value")]
    pub value: f32,
    /// Everything else (`language`, `app_id`, …), kept as it came.
    #[serde(flatten)]
    pub rest: Rest,
}

const fn one() -> f32 {
    1.0
}

impl Default for Concept {
    fn default() -> Self {
        Self { id: String::new(), name: String::new(), value: 1.0, rest: Rest::new() }
    }
}

/// A part of an image and what is said of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Region {
    /// Given by the server; in a POST it names an existing region.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Where it is.
    #[serde(alias = "regionInfo", skip_serializing_if = "Option::is_none")]
    pub region_info: Option<RegionInfo>,
    /// Its concepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<Data>>,
    /// A model's confidence.
    #[serde(deserialize_with = "lenient::optional_f32", skip_serializing_if = "Option::is_none")]
    pub value: Option<f32>,
    /// Everything else (`track_id`, …), kept as it came.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Where a region is; not a oneof, several may be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegionInfo {
    /// An axis-parallel box.
    #[serde(alias = "boundingBox", skip_serializing_if = "Option::is_none")]
    pub bounding_box: Option<BoundingBox>,
    /// One ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polygon: Option<Polygon>,
    /// One point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// Everything else (`mask`, `span`, `token`, `keypoint_locations`, …), kept as it came.
    #[serde(flatten)]
    pub rest: Rest,
}

/// Normalised edges, 0..1; missing ones are 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BoundingBox {
    /// Upper edge.
    #[serde(alias = "topRow", deserialize_with = "lenient::f32_or_text")]
    pub top_row: f32,
    /// Left edge.
    #[serde(alias = "leftCol", deserialize_with = "lenient::f32_or_text")]
    pub left_col: f32,
    /// Lower edge, greater than `top_row`.
    #[serde(alias = "bottomRow", deserialize_with = "lenient::f32_or_text")]
    pub bottom_row: f32,
    /// Right edge, greater than `left_col`.
    #[serde(alias = "rightCol", deserialize_with = "lenient::f32_or_text")]
    pub right_col: f32,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A ring of points, implicitly closed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Polygon {
    /// At least three.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub points: Vec<Point>,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A normalised position; missing coordinates are 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Point {
    /// Downwards, 0..1.
    #[serde(deserialize_with = "lenient::f32_or_text")]
    pub row: f32,
    /// Rightwards, 0..1.
    #[serde(deserialize_with = "lenient::f32_or_text")]
    pub col: f32,
    /// `z`, `visibility` and what else there is.
    #[serde(flatten)]
    pub rest: Rest,
}

/// One frame of a video.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Frame {
    /// Given by the server.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Which one.
    #[serde(alias = "frameInfo", skip_serializing_if = "Option::is_none")]
    pub frame_info: Option<FrameInfo>,
    /// What is on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<Data>>,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The position of a frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FrameInfo {
    /// Deprecated.
    #[serde(deserialize_with = "lenient::u64_or_text")]
    pub index: u64,
    /// Milliseconds (`uint64`: a string from newer clients).
    #[serde(deserialize_with = "lenient::u64_or_text")]
    pub time: u64,
    /// Absolute frame number of the original video.
    #[serde(deserialize_with = "lenient::u64_or_text")]
    pub number: u64,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A status: of an answer, or of one item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// See [`StatusCode`].
    #[serde(deserialize_with = "lenient::code")]
    pub code: StatusCode,
    /// What the code means.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What happened here.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub details: String,
    /// To quote to the operator of the server.
    #[serde(alias = "reqId", deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub req_id: String,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

impl Status {
    /// A status with the code's own description.
    #[must_use]
    pub fn of(code: StatusCode) -> Self {
        Self { code, description: code.description().to_owned(), ..Self::default() }
    }

    /// A status with the code's own description, and details.
    #[must_use]
    pub fn with_details(code: StatusCode, details: impl Into<String>) -> Self {
        Self { details: details.into(), ..Self::of(code) }
    }
}

/// Who made an annotation: one of the three.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Worker {
    /// A person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserRef>,
    /// A model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
    /// A workflow and members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A user, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserRef {
    /// Opaque.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A model, by id and version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelRef {
    /// Opaque.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Which version.
    #[serde(alias = "modelVersion", skip_serializing_if = "Option::is_none")]
    pub model_version: Option<ModelVersionRef>,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A model version, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelVersionRef {
    /// Opaque.
    #[serde(deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// An input: an image (or a video, a text, which are kept but not shown).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Input {
    /// Chosen by the client or given by the server.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The image and its image-level concepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Data>,
    /// RFC 3339, set by the server.
    #[serde(alias = "createdAt", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// RFC 3339, set by the server.
    #[serde(alias = "modifiedAt", skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// 30000 when it is indexed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// An image: in requests `url` or `base64`, in answers `hosted` too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Where it lies.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Its bytes, standard base64; in requests.
    #[serde(deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub base64: String,
    /// Its size.
    #[serde(alias = "imageInfo", skip_serializing_if = "Option::is_none")]
    pub image_info: Option<ImageInfo>,
    /// `hosted {prefix, suffix, sizes, crossorigin}`, `allow_duplicate_url` and members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// The size of an image in pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageInfo {
    /// Pixels across, as displayed.
    #[serde(deserialize_with = "lenient::u64_or_text")]
    pub width: u64,
    /// Pixels down, as displayed.
    #[serde(deserialize_with = "lenient::u64_or_text")]
    pub height: u64,
    /// `JPEG`, `PNG`, … and members we do not know.
    #[serde(flatten)]
    pub rest: Rest,
}

/// A user and one of their apps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct UserAppId {
    /// The owner of the app.
    #[serde(alias = "userId", deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub user_id: String,
    /// The app.
    #[serde(alias = "appId", deserialize_with = "lenient::null_as_default", skip_serializing_if = "String::is_empty")]
    pub app_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn round_trip(value: &Value) -> Value {
        serde_json::to_value(serde_json::from_value::<Annotation>(value.clone()).expect("it parses")).expect("writes")
    }

    #[test]
    fn members_that_we_have_no_name_for_come_back() {
        let value = json!({"id": "a", "input_id": "i", "data": {"regions": [{"id": "r", "region_info": {
            "polygon": {"points": [{"row": 0.5, "col": 0.25, "visibility": "VISIBLE"}]},
            "keypoint_locations": [{"row": 0.1}]}, "track_id": "t"}], "geo": {"geo_point": {"latitude": 1.0}}},
            "consensus_info": {"x": [1, null]}, "task_id": "t1"});
        assert_eq!(round_trip(&value), value, "nothing is lost");
    }

    #[test]
    fn zeros_left_out_by_the_official_client_are_zeros_and_a_missing_value_is_one() {
        let a: Annotation = serde_json::from_value(json!({"input_id": "i", "data": {"regions": [{"region_info":
            {"bounding_box": {"bottom_row": "0.5", "right_col": 0.5}}, "data": {"concepts": [{"id": "tree"}]}}]}}))
        .expect("it parses");
        let region = &a.data.expect("data").regions[0];
        let bounds = region.region_info.as_ref().and_then(|i| i.bounding_box.as_ref()).expect("a box");
        assert_eq!((bounds.top_row, bounds.bottom_row), (0.0, 0.5), "strings are numbers too");
        assert_eq!(region.data.as_ref().expect("data").concepts[0], Concept::present("tree"));
    }

    #[test]
    fn codes_come_as_names_numbers_and_digits() {
        for code in [json!("ANNOTATION_PENDING"), json!(24151), json!("24151")] {
            let status: Status = serde_json::from_value(json!({ "code": code })).expect("it parses");
            assert_eq!(status.code, StatusCode::ANNOTATION_PENDING, "{code}");
        }
    }

    #[test]
    fn a_number_beyond_f32_is_refused_not_turned_into_infinity() {
        let wrong = serde_json::from_value::<Point>(json!({"row": 1e39}));
        assert!(wrong.is_err(), "{wrong:?}");
    }
}
