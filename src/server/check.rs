//! Whether an annotation says something that can be drawn and can be read by every client.
//!
//! The rules are the page's (at most one region, at most one frame, coordinates within 0..1) and the official SDK's
//! (`top < bottom`, `left < right`); where a member is only kept, its JSON type is checked against the protobuf
//! message, because the official client loses a whole answer over one member of the wrong type.

use crate::api::{Annotation, Concept, Data, Map, Point, Region, RegionInfo};
use serde_json::Value;

/// The longest id, in characters.
const MAX_ID_CHARS: usize = 128;
/// Names that are routes where an id would stand.
const RESERVED: [&str; 6] = ["status", "stream", "annotations", "searches", "workers", "me"];

/// Whether an id comes through a URL path that no client escapes: the official one does not.
pub fn is_usable_id(id: &str) -> bool {
    let awkward = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '?' | '#' | '%' | '\\' | '"');
    !id.is_empty() && id.chars().count() <= MAX_ID_CHARS && id != "." && id != ".." && !id.contains(awkward)
}

/// Whether a new thing may have this id.
pub fn new_id(what: &str, id: &str) -> Result<(), String> {
    if !is_usable_id(id) {
        return Err(format!(
            "The {what} id {id:?} cannot be used: 1 to {MAX_ID_CHARS} characters, none of them a blank, / ? # % \\ or \"."
        ));
    }
    if RESERVED.contains(&id) {
        return Err(format!("The {what} id {id:?} is a word of the API's paths. Choose another."));
    }
    Ok(())
}

/// Everything that can be said of an annotation without looking anything up.
pub fn annotation(annotation: &Annotation) -> Result<(), String> {
    members(&annotation.rest, &["task_id", "embed_model_version_id"], Value::is_string, "text")?;
    members(&annotation.rest, &["consensus_info"], Value::is_object, "an object")?;
    members(&annotation.rest, &["trusted", "input_level"], Value::is_boolean, "true or false")?;
    let Some(data) = &annotation.data else { return Ok(()) };
    if data.frames.len() > 1 {
        return Err(format!("An annotation holds at most one frame, this one has {}.", data.frames.len()));
    }
    if data.frames.len() == 1 && !data.regions.is_empty() {
        return Err("A region of a video belongs into its frame, not beside it.".to_owned());
    }
    data_members(data)?;
    for frame in &data.frames {
        if let Some(data) = &frame.data {
            data_members(data)?;
        }
    }
    Ok(())
}

fn data_members(data: &Data) -> Result<(), String> {
    if data.regions.len() > 1 {
        return Err(format!("An annotation holds at most one region, this one has {}.", data.regions.len()));
    }
    concepts(&data.concepts)?;
    members(&data.rest, &["metadata", "geo", "text", "video", "audio"], Value::is_object, "an object")?;
    members(&data.rest, &["time_segments", "tracks", "embeddings", "clusters", "colors"], Value::is_array, "a list")?;
    data.regions.iter().try_for_each(region)
}

fn region(region: &Region) -> Result<(), String> {
    members(&region.rest, &["track_id"], Value::is_string, "text")?;
    if let Some(info) = &region.region_info {
        region_info(info)?;
    }
    region.data.as_ref().map_or(Ok(()), |data| concepts(&data.concepts))
}

/// Whether it says where it is.
pub fn has_geometry(info: Option<&RegionInfo>) -> bool {
    info.is_some_and(|info| {
        info.bounding_box.is_some() || info.polygon.is_some() || info.point.is_some() || !info.rest.is_empty()
    })
}

fn region_info(info: &RegionInfo) -> Result<(), String> {
    let unit = 0.0..=1.0;
    if let Some(b) = &info.bounding_box {
        if ![b.top_row, b.left_col, b.bottom_row, b.right_col].iter().all(|edge| unit.contains(edge)) {
            return Err("The edges of a bounding box are fractions of the image, from 0 to 1.".to_owned());
        }
        if b.top_row >= b.bottom_row || b.left_col >= b.right_col {
            return Err("A bounding box needs top_row < bottom_row and left_col < right_col.".to_owned());
        }
    }
    let inside = |point: &Point| unit.contains(&point.row) && unit.contains(&point.col);
    if let Some(polygon) = &info.polygon {
        if polygon.points.len() < 3 {
            return Err(format!("A polygon has at least 3 points, this one has {}.", polygon.points.len()));
        }
        if !polygon.points.iter().all(inside) {
            return Err("The points of a polygon are fractions of the image, from 0 to 1.".to_owned());
        }
    }
    if info.point.as_ref().is_some_and(|point| !inside(point)) {
        return Err("A point's row and col are fractions of the image, from 0 to 1.".to_owned());
    }
    members(&info.rest, &["mask", "span", "token"], Value::is_object, "an object")?;
    if let Some(value) = info.rest.get("keypoint_locations") {
        let points: Vec<Point> = serde_json::from_value(value.clone())
            .map_err(|why| format!("keypoint_locations is a list of points: {why}."))?;
        if !points.iter().all(inside) {
            return Err("The keypoints are fractions of the image, from 0 to 1.".to_owned());
        }
    }
    Ok(())
}

fn concepts(concepts: &[Concept]) -> Result<(), String> {
    for (position, concept) in concepts.iter().enumerate() {
        if concept.id.is_empty() && concept.name.is_empty() {
            return Err("A concept needs an id.".to_owned());
        }
        if !concept.id.is_empty() && !is_usable_id(&concept.id) {
            return Err(format!("The concept id {:?} cannot be used.", concept.id));
        }
        if !(0.0..=1.0).contains(&concept.value) {
            return Err(format!("The value of concept {:?} is {}, not from 0 to 1.", concept.id, concept.value));
        }
        if !concept.id.is_empty() && concepts[..position].iter().any(|other| other.id == concept.id) {
            return Err(format!("The concept {:?} is there twice.", concept.id));
        }
    }
    Ok(())
}

fn members(map: &Map, names: &[&str], fits: fn(&Value) -> bool, kind: &str) -> Result<(), String> {
    match names.iter().find(|name| map.get(**name).is_some_and(|value| !value.is_null() && !fits(value))) {
        Some(name) => Err(format!("{name} must be {kind}.")),
        None => Ok(()),
    }
}
