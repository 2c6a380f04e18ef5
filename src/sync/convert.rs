//! Between image pixels and the wire: the only place where coordinates are normalised or denormalised.

use super::record::Record;
use crate::api::{self, StatusCode};
use crate::geometry::{Point, Rect, Ring, Size};
use crate::model::{Annotation, ConceptId, ConceptLabel, InputId, LocalId, Region, Shape, Status, Worker};

/// The annotation in image pixels; what the model has no place for is kept whole.
///
/// `image` is the upright size in pixels and must be the same when the annotation is written back.
#[must_use]
pub fn model_from_wire(wire: &api::Annotation, lid: LocalId, image: Size) -> Annotation {
    let data = wire.data.as_ref();
    let region = data.and_then(|d| d.regions.first());
    let frame = data.is_some_and(|d| !d.frames.is_empty());
    let concepts = match region {
        Some(region) => region.data.as_ref().map_or(&[][..], |d| d.concepts.as_slice()),
        None => data.map_or(&[][..], |d| d.concepts.as_slice()),
    };
    let mut labels: Vec<ConceptLabel> = Vec::with_capacity(concepts.len());
    for concept in concepts {
        if labels.iter().all(|label| label.id.0 != concept.id) {
            labels.push(ConceptLabel { id: ConceptId(concept.id.clone()), value: concept.value });
        }
    }
    let shape = match region {
        Some(region) => Some(shape_from_wire(region.region_info.as_ref(), image)),
        None => frame.then(|| Shape::Kept("frame".to_owned())),
    };
    let mut annotation = Annotation {
        lid,
        input: InputId(wire.input_id.clone()),
        region: shape.map(|shape| Region { id: region.map(|r| r.id.clone()).filter(|id| !id.is_empty()), shape }),
        concepts: labels,
        status: wire.status.as_ref().map_or(Status::default(), |s| Status::from(s.code.0)),
        worker: worker_from_wire(wire),
        info: wire.annotation_info.clone().unwrap_or_default(),
        created_at: wire.created_at.clone().unwrap_or_default(),
        kept: None,
    };
    // What the model can say of it, said again: where that loses nothing, there is nothing to keep.
    let mut plain = wire.clone();
    forget_what_the_server_sets(&mut plain);
    let mut said = wire_from_model(&annotation, &wire.id, image);
    forget_what_the_server_sets(&mut said);
    if said != plain
        && let Ok(serde_json::Value::Object(whole)) = serde_json::to_value(wire)
    {
        annotation.kept = Some(Box::new(whole));
    }
    annotation
}

/// The annotation in wire form, for the server's id `sid`. Nothing that came from the server is lost: what the model
/// does not understand is written back as it was.
#[must_use]
pub fn wire_from_model(annotation: &Annotation, sid: &str, image: Size) -> api::Annotation {
    let kept = annotation
        .kept
        .as_ref()
        .and_then(|kept| serde_json::from_value::<api::Annotation>(serde_json::Value::Object((**kept).clone())).ok());
    let mut wire = kept.unwrap_or_default();
    sid.clone_into(&mut wire.id);
    wire.input_id.clone_from(&annotation.input.0);
    wire.status = Some(api::Status { code: StatusCode(annotation.status.code()), ..api::Status::default() });
    wire.annotation_info = (!annotation.info.is_empty()).then(|| annotation.info.clone());
    if !annotation.created_at.is_empty() {
        wire.created_at = Some(annotation.created_at.clone());
    }
    worker_to_wire(&annotation.worker, &mut wire);
    match &annotation.region {
        None => {
            if !annotation.concepts.is_empty() || wire.data.is_some() {
                let data = wire.data.get_or_insert_default();
                data.concepts = concepts_to_wire(&annotation.concepts, &data.concepts);
            }
        }
        // A frame of a video is kept whole; its concepts stand inside and are not ours to move.
        Some(region) if matches!(&region.shape, Shape::Kept(kind) if kind == "frame") => {}
        Some(region) => {
            let data = wire.data.get_or_insert_default();
            if data.regions.is_empty() {
                data.regions.push(api::Region::default());
            }
            region_to_wire(region, &annotation.concepts, &mut data.regions[0], image);
        }
    }
    wire
}

/// A record as a window shows it, in image pixels: what the person wants, with what only the server's copy says (when
/// it was made, what the region is called). `None`: it shall be gone.
#[must_use]
pub fn shown(record: &Record, image: Size) -> Option<Annotation> {
    let wire = record.desired.as_ref()?;
    let mut annotation = model_from_wire(wire, record.lid, image);
    if annotation.created_at.is_empty()
        && let Some(created) = record.base.as_ref().and_then(|base| base.created_at.clone())
    {
        annotation.created_at = created;
    }
    // The server names a region when it takes it; whoever labels it again needs that name.
    let base_region = record.base.as_ref().and_then(|base| base.data.as_ref()).and_then(|data| data.regions.first());
    if let (Some(region), Some(base)) = (&mut annotation.region, base_region)
        && region.id.is_none()
        && !base.id.is_empty()
    {
        region.id = Some(base.id.clone());
    }
    Some(annotation)
}

fn region_to_wire(region: &Region, concepts: &[ConceptLabel], wire: &mut api::Region, image: Size) {
    wire.id = region.id.clone().unwrap_or_default();
    let said = wire.region_info.is_some();
    let info = wire.region_info.get_or_insert_default();
    match &region.shape {
        Shape::Box(rect) => {
            let rest = info.bounding_box.take().unwrap_or_default().rest;
            info.bounding_box = Some(api::BoundingBox { rest, ..box_to_wire(*rect, image) });
        }
        Shape::Polygon(ring) => {
            let old = info.polygon.take().unwrap_or_default();
            info.polygon = Some(polygon_to_wire(ring, &old, image));
        }
        Shape::Point(p) => {
            let rest = info.point.take().unwrap_or_default().rest;
            info.point = Some(api::Point { rest, ..point_to_wire(*p, image) });
        }
        Shape::Kept(_) => {}
    }
    if !said && *info == api::RegionInfo::default() {
        wire.region_info = None; // an existing region, named by its id only
    }
    if concepts.is_empty() && wire.data.is_none() {
        return;
    }
    let data = wire.data.get_or_insert_default();
    data.concepts = concepts_to_wire(concepts, &data.concepts);
}

fn shape_from_wire(info: Option<&api::RegionInfo>, image: Size) -> Shape {
    let Some(info) = info else { return Shape::Kept("region".to_owned()) };
    if let Some(polygon) = &info.polygon {
        return Shape::Polygon(Ring::new(polygon.points.iter().map(|p| point_from_wire(p, image)).collect()));
    }
    if let Some(b) = &info.bounding_box {
        let at = |row: f32, col: f32| Point::new(f64::from(col) * image.width, f64::from(row) * image.height);
        return Shape::Box(Rect { min: at(b.top_row, b.left_col), max: at(b.bottom_row, b.right_col) });
    }
    if let Some(point) = &info.point {
        return Shape::Point(point_from_wire(point, image));
    }
    Shape::Kept(info.rest.keys().next().cloned().unwrap_or_else(|| "region".to_owned()))
}

fn concepts_to_wire(labels: &[ConceptLabel], old: &[api::Concept]) -> Vec<api::Concept> {
    labels
        .iter()
        .map(|label| {
            let before = old.iter().find(|c| c.id == label.id.0).cloned().unwrap_or_default();
            api::Concept { id: label.id.0.clone(), value: label.value, ..before }
        })
        .collect()
}

/// The new ring; a vertex that stands where an old one stood keeps what else was said of that one.
fn polygon_to_wire(ring: &Ring, old: &api::Polygon, image: Size) -> api::Polygon {
    #[expect(clippy::float_cmp, reason = "the very same place, to the bit")]
    let stands_at = |a: &api::Point, b: &api::Point| a.row == b.row && a.col == b.col;
    let spoken: Vec<&api::Point> = old.points.iter().filter(|p| !p.rest.is_empty()).collect();
    let points = ring
        .points()
        .iter()
        .map(|p| {
            let mut point = point_to_wire(*p, image);
            if let Some(same) = spoken.iter().find(|o| stands_at(o, &point)) {
                point.rest.clone_from(&same.rest);
            }
            point
        })
        .collect();
    api::Polygon { points, rest: old.rest.clone() }
}

fn box_to_wire(rect: Rect, image: Size) -> api::BoundingBox {
    let (min, max) = (point_to_wire(rect.min, image), point_to_wire(rect.max, image));
    api::BoundingBox {
        top_row: min.row,
        left_col: min.col,
        bottom_row: max.row,
        right_col: max.col,
        rest: api::Rest::new(),
    }
}

fn point_from_wire(p: &api::Point, image: Size) -> Point {
    Point::new(f64::from(p.col) * image.width, f64::from(p.row) * image.height)
}

#[expect(clippy::cast_possible_truncation, reason = "the wire has f32; the nearest one is what is wanted")]
fn point_to_wire(p: Point, image: Size) -> api::Point {
    api::Point { row: (p.y / image.height) as f32, col: (p.x / image.width) as f32, rest: api::Rest::new() }
}

fn worker_from_wire(wire: &api::Annotation) -> Worker {
    if let Some(model) = wire.worker.as_ref().and_then(|w| w.model.as_ref()) {
        let version = model.model_version.as_ref().map(|v| v.id.clone()).unwrap_or_default();
        return Worker::Model { id: model.id.clone(), version };
    }
    if let Some(user) = wire.worker.as_ref().and_then(|w| w.user.as_ref()) {
        return Worker::User(user.id.clone());
    }
    match (&wire.user_id, &wire.model_version_id) {
        (Some(id), _) if !id.is_empty() => Worker::User(id.clone()),
        (_, Some(version)) if !version.is_empty() => Worker::Model { id: String::new(), version: version.clone() },
        _ => Worker::Me,
    }
}

fn worker_to_wire(worker: &Worker, wire: &mut api::Annotation) {
    if worker_from_wire(wire) == *worker {
        return; // as it came
    }
    match worker {
        Worker::Me => (wire.worker, wire.user_id, wire.model_version_id) = (None, None, None),
        Worker::User(id) => {
            let user = api::UserRef { id: id.clone(), ..api::UserRef::default() };
            wire.worker = Some(api::Worker { user: Some(user), ..api::Worker::default() });
            wire.user_id = Some(id.clone());
        }
        Worker::Model { id, version } => {
            let model_version = Some(api::ModelVersionRef { id: version.clone(), ..api::ModelVersionRef::default() });
            let model = api::ModelRef { id: id.clone(), model_version, ..api::ModelRef::default() };
            wire.worker = Some(api::Worker { model: Some(model), ..api::Worker::default() });
            wire.model_version_id = Some(version.clone());
        }
    }
}

/// Clears what only the server writes, and what says the same in other words.
fn forget_what_the_server_sets(wire: &mut api::Annotation) {
    wire.modified_at = None;
    if let Some(status) = &mut wire.status {
        *status = api::Status { code: status.code, ..api::Status::default() };
    } else {
        wire.status = Some(api::Status { code: StatusCode::ANNOTATION_SUCCESS, ..api::Status::default() });
    }
    if wire.annotation_info.as_ref().is_some_and(api::Info::is_empty) {
        wire.annotation_info = None;
    }
    // A concept's name, language and app belong to the concept; the server looks them up by id.
    let concepts = wire.data.iter_mut().flat_map(|data| {
        let in_regions = data.regions.iter_mut().filter_map(|r| r.data.as_mut()).flat_map(|d| d.concepts.iter_mut());
        data.concepts.iter_mut().chain(in_regions)
    });
    for concept in concepts {
        concept.name.clear();
        for set_by_server in ["language", "app_id", "created_at"] {
            concept.rest.shift_remove(set_by_server);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const IMAGE: Size = Size::new(1013.0, 677.0);

    fn wire(value: serde_json::Value) -> api::Annotation {
        serde_json::from_value(value).expect("it parses")
    }

    fn there_and_back(wire: &api::Annotation) -> api::Annotation {
        wire_from_model(&model_from_wire(wire, LocalId(7), IMAGE), &wire.id, IMAGE)
    }

    #[test]
    fn coordinates_survive_the_way_to_pixels_and_back_to_the_bit() {
        for i in 1..2000_u16 {
            let (row, col) = (f32::from(i) / 2003.0, f32::from(i) / 3001.0);
            let p = api::Point { row, col, rest: api::Rest::new() };
            assert_eq!(point_to_wire(point_from_wire(&p, IMAGE), IMAGE), p, "else every round trip looks like an edit");
        }
    }

    #[test]
    fn what_the_model_has_no_place_for_survives_a_change_of_something_else() {
        let a =
            wire(json!({"id": "a", "input_id": "i", "task_id": "t", "data": {"regions": [{"id": "r", "track_id": "k",
            "value": 0.5, "region_info": {"mask": {"image": {"base64": "aGk="}}}, "data": {"concepts":
            [{"id": "c", "name": "C", "value": 1.0, "language": "en"}]}}]}, "status": {"code": 24151}}));
        let mut m = model_from_wire(&a, LocalId(1), IMAGE);
        assert_eq!(m.shape(), Some(&Shape::Kept("mask".to_owned())), "listed, not drawn");
        m.status = Status::Success;
        let mut expected = a.clone();
        expected.status = Some(api::Status { code: StatusCode(24150), ..api::Status::default() });
        assert_eq!(wire_from_model(&m, "a", IMAGE), expected, "only the status changed");
    }

    #[test]
    fn frames_of_videos_are_kept_whole() {
        let a = wire(json!({"id": "a", "input_id": "i", "status": {"code": 24150}, "data": {"frames": [{"frame_info":
            {"time": "1500", "number": 45}, "data": {"concepts": [{"id": "car", "value": 1.0}]}}]}}));
        assert_eq!(there_and_back(&a), a, "not a byte of meaning lost");
    }

    #[test]
    fn vertices_keep_their_visibility_when_another_one_moves() {
        let a = wire(json!({"id": "a", "input_id": "i", "data": {"regions": [{"region_info": {"polygon": {"points": [
            {"row": 0.1, "col": 0.1, "visibility": "VISIBLE"}, {"row": 0.1, "col": 0.5, "visibility": 2},
            {"row": 0.5, "col": 0.5}]}}}]}}));
        let mut m = model_from_wire(&a, LocalId(1), IMAGE);
        let Some(Region { shape: Shape::Polygon(ring), .. }) = &mut m.region else { panic!("a polygon") };
        *ring = ring.with_vertex(2, Point::new(1.0, 2.0));
        let back = wire_from_model(&m, "a", IMAGE);
        let points =
            &back.data.expect("data").regions[0].region_info.clone().expect("info").polygon.expect("ring").points;
        assert_eq!(points[1].rest.get("visibility"), Some(&json!(2)), "an occluded corner stays occluded");
    }

    #[test]
    fn plain_annotations_keep_nothing_twice() {
        let a = wire(json!({"id": "a", "input_id": "i", "worker": {"user": {"id": "bob"}}, "user_id": "bob",
            "created_at": "2026-01-01T00:00:00Z", "modified_at": "2026-01-01T00:00:00Z", "status": {"code": 24150,
            "description": "Annotation success"}, "data": {"regions": [{"id": "r", "region_info": {"bounding_box":
            {"top_row": 0.1, "left_col": 0.2, "bottom_row": 0.3, "right_col": 0.4}}, "data": {"concepts":
            [{"id": "cat", "name": "cat", "value": 1.0, "language": "en"}]}}]}}));
        assert_eq!(model_from_wire(&a, LocalId(1), IMAGE).kept, None, "a hundred thousand of them have to fit");
    }
}
