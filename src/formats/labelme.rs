//! labelme JSON (4.x, 5.x and later) and X-AnyLabeling's extensions of it: a file for each image.
//!
//! Source: `labelme/_label_file.py` and `_shape.py` of labelme 6.3 (`label_file.py`, `shape.py` of 4.x and 5.x), and
//! `docs/en/user_guide.md` of X-AnyLabeling. Points are positions on the canvas of the upright image: 0-based, corners of
//! pixels. A rectangle is two opposite corners (four from X-AnyLabeling 2.4 on), a circle its centre and a point on it, a mask
//! two corners and a PNG that covers the pixels from the first to the second, both inside. Shapes with the same `group_id` and
//! label are parts of one object. `checked` of X-AnyLabeling is true, false or "failed".

use super::mask::Mask;
use super::{
    Found, Frame, ImageRef, Item, Loss, Object, OutImage, Place, Problem, Sink, curve, fit, json, number, own,
};
use crate::geometry::{Point, Rect, Ring};
use crate::model::{Map, Shape, Status};
use base64::Engine as _;
use serde_json::{Value, json as value};
use sha2::{Digest as _, Sha256};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The version of labelme's format that new files say they have.
const VERSION: &str = "5.5.0";
/// What stands for a label where a shape has none.
const NO_LABEL: &str = "__unlabelled__";
/// Shapes that are not taken in, kept for the way back.
const LEFT_OUT: &str = "labelwright_left_out";
/// Pixels of a mask of one shape.
const MASK_BYTES_MAX: u64 = 512 << 20;

/// Reads a file.
pub fn read(file: &str, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let mut map = match json::parse(file, bytes) {
        Ok(Value::Object(map)) => map,
        Ok(_) => return sink(Found::Problem(Problem::whole(file, "it is not an object"))),
        Err(problem) => return sink(Found::Problem(problem)),
    };
    let Some(Value::Array(shapes)) = map.shift_remove("shapes") else {
        return sink(Found::Problem(Problem::pointer(file, "/shapes", "there is no list of shapes")));
    };
    let stem = file.strip_suffix(".json").unwrap_or(file);
    let path = json::text(&map, "imagePath").filter(|path| !path.is_empty()).unwrap_or(stem).to_owned();
    let mut image = ImageRef::new(&path, Frame::Pixels(json::size(&map, "imageWidth", "imageHeight")));
    if let Some(data) = map.get("imageData").and_then(Value::as_str) {
        let bytes = base64::engine::general_purpose::STANDARD.decode(data.trim()).ok();
        image.hash = bytes.map(|bytes| Sha256::digest(bytes).into());
        // The bytes are the image's; that they stood here is enough to write them again.
        map.insert("imageData".to_owned(), true.into());
    }
    let failed = map.get("checked").and_then(Value::as_str) == Some("failed");
    let groups = Groups::of(&shapes);
    let mut losses = Vec::new();
    let mut made = Vec::new();
    let mut left_out = Vec::new();
    for (index, shape) in shapes.iter().enumerate() {
        let place = Place::Pointer(format!("/shapes/{index}"));
        let mut lose = |loss| losses.push((loss, format!("{file}{place}")));
        match parsed(shape, &mut lose) {
            Ok(Some(parsed)) => made.push((index, place, parsed)),
            Ok(None) => left_out.push(shape.clone()),
            Err(reason) => sink(Found::Problem(Problem { file: file.to_owned(), place, reason }))?,
        }
    }
    image.kept = json::others(&map, &["imageWidth", "imageHeight"]);
    if !left_out.is_empty() {
        image.kept.insert(LEFT_OUT.to_owned(), Value::Array(left_out));
    }
    let image = Arc::new(image);
    sink(Found::Image(Arc::clone(&image)))?;
    for (loss, example) in losses {
        sink(Found::Loss(loss, example))?;
    }
    objects(&image, &groups, made, failed, sink)
}

/// Which shapes belong together: the first of each group, by index.
struct Groups(std::collections::HashMap<usize, usize>);

impl Groups {
    fn of(shapes: &[Value]) -> Self {
        let mut first: std::collections::HashMap<(String, String), usize> = std::collections::HashMap::new();
        let mut groups = std::collections::HashMap::new();
        for (index, shape) in shapes.iter().enumerate() {
            let group = json::id(shape.get("group_id"));
            let label = shape.get("label").and_then(Value::as_str).unwrap_or_default();
            if !group.is_empty() {
                groups.insert(index, *first.entry((group, label.to_owned())).or_insert(index));
            }
        }
        Self(groups)
    }
}

/// A shape that was read.
struct Parsed {
    label: String,
    score: Option<f64>,
    parts: Vec<Shape>,
    raw: Map,
}

fn objects(
    image: &Arc<ImageRef>,
    groups: &Groups,
    made: Vec<(usize, Place, Parsed)>,
    failed: bool,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let mut merged: indexmap::IndexMap<usize, (Place, Vec<Parsed>)> = indexmap::IndexMap::new();
    for (index, place, parsed) in made {
        let key = groups.0.get(&index).copied().unwrap_or(index);
        merged.entry(key).or_insert_with(|| (place, Vec::new())).1.push(parsed);
    }
    for (place, shapes) in merged.into_values() {
        let mut object = Object::new(image, place);
        if failed {
            object.status = Status::AwaitingReview;
        }
        let mut words = Vec::new();
        for (part, shape) in shapes.into_iter().enumerate() {
            if part == 0 && shape.label != NO_LABEL {
                #[expect(clippy::cast_possible_truncation, reason = "a label's value is f32")]
                object.labels.push((shape.label.clone(), shape.score.unwrap_or(1.0).clamp(0.0, 1.0) as f32));
            }
            if let (0, Some(value)) = (part, shape.raw.get(own::OWN)) {
                let class = (shape.label != NO_LABEL).then_some(shape.label.as_str());
                own::read(value, class, &mut object);
            }
            let again = shape.parts.first().map(geometry).filter(|_| shape.parts.len() == 1);
            let mut rest = json::others(&shape.raw, &["label", own::OWN]);
            // What is written from the shape again need not be kept.
            rest.retain(|key, value| !again.as_ref().and_then(|a| a.get(key)).is_some_and(|a| number::same(a, value)));
            rest.insert("parts".to_owned(), shape.parts.len().into());
            object.parts.extend(shape.parts);
            words.push(Value::Object(rest));
        }
        let plain = |v: &Value| v.as_object().is_some_and(|m| m.len() == 1 && m.get("parts") == Some(&value!(1)));
        if !words.iter().all(plain) {
            object.kept.insert("shapes".to_owned(), Value::Array(words));
        }
        sink(Found::Object(Box::new(object)))?;
    }
    ControlFlow::Continue(())
}

/// `None`: it is no region.
fn parsed(shape: &Value, lose: &mut dyn FnMut(Loss)) -> Result<Option<Parsed>, String> {
    let Value::Object(map) = shape else { return Err("it is not an object".to_owned()) };
    let label = match map.get("label") {
        Some(Value::String(label)) if !label.is_empty() => label.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => return Err("the shape has no label".to_owned()),
    };
    let Some(Value::Array(points)) = map.get("points") else { return Err("the shape has no points".to_owned()) };
    let point = |p: &Value| match json::numbers(p)?[..] {
        [x, y] => Ok(Point::new(x, y)),
        [..] => Err(format!("{} is not a point", json::shortened(p))),
    };
    let points: Vec<Point> = points.iter().map(point).collect::<Result<_, String>>()?;
    let kind = json::text(map, "shape_type").unwrap_or("polygon");
    let parts = match (kind, &points[..]) {
        ("polygon", _) => vec![fit::ring(&Ring::new(points.clone()), lose)?],
        ("rotation" | "oriented_rectangle", [_, _, _, _]) => vec![fit::ring(&Ring::new(points.clone()), lose)?],
        ("rectangle", [_, _] | [_, _, _, _]) => {
            let rect =
                Rect::around(points.iter().copied()).filter(|r| r.is_valid()).ok_or("the rectangle has no area")?;
            vec![Shape::Box(rect)]
        }
        ("circle", [center, edge]) => {
            let radius = center.distance(*edge);
            if radius <= 0.0 {
                return Err("the circle has no radius".to_owned());
            }
            lose(Loss::Circle);
            vec![Shape::Polygon(curve::ellipse(*center, radius, radius, 0.0))]
        }
        ("point", [one]) => vec![Shape::Point(*one)],
        ("points", [_, ..]) => points.iter().copied().map(Shape::Point).collect(),
        ("mask", [min, _]) => mask(map, *min, lose)?,
        ("line" | "linestrip" | "cuboid" | "quadrilateral", _) => {
            lose(Loss::NotARegion);
            return Ok(None);
        }
        (kind, points) => return Err(format!("a shape of the type {kind:?} with {} points", points.len())),
    };
    let score = map.get("score").filter(|v| !v.is_null()).map(json::number).transpose()?;
    Ok(Some(Parsed { label, score, parts, raw: map.clone() }))
}

fn mask(map: &Map, min: Point, lose: &mut dyn FnMut(Loss)) -> Result<Vec<Shape>, String> {
    let text = json::text(map, "mask").ok_or("the mask has no pixels")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim());
    let bytes = bytes.map_err(|error| format!("the mask is not base64: {error}"))?;
    let bad = |error: &dyn std::fmt::Display| format!("the mask is not a PNG: {error}");
    let mut reader = image::ImageReader::with_format(Cursor::new(bytes), image::ImageFormat::Png);
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MASK_BYTES_MAX);
    reader.limits(limits);
    let pixels = reader.decode().map_err(|error| bad(&error))?.into_luma8();
    let side = |n: u32| usize::try_from(n).unwrap_or(0);
    let set = pixels.as_raw().iter().map(|v| *v > 0).collect();
    let mask = Mask { width: side(pixels.width()), height: side(pixels.height()), set };
    let outlines = mask.outlines(min.x, min.y);
    lose(Loss::Mask);
    (0..outlines.holes).for_each(|_| lose(Loss::Hole));
    if outlines.outer.is_empty() {
        return Err("its mask is empty".to_owned());
    }
    Ok(outlines.outer.into_iter().map(Shape::Polygon).collect())
}

/// `shape_type` and `points` of a shape.
fn geometry(shape: &Shape) -> Map {
    let pair = |p: Point| value!([number::json(p.x), number::json(p.y)]);
    let (kind, points) = match shape {
        Shape::Box(rect) => ("rectangle", vec![pair(rect.min), pair(rect.max)]),
        Shape::Polygon(ring) => ("polygon", ring.points().iter().copied().map(pair).collect()),
        Shape::Point(p) => ("point", vec![pair(*p)]),
        Shape::Kept(_) => ("polygon", Vec::new()),
    };
    let mut map = Map::new();
    map.insert("points".to_owned(), Value::Array(points));
    map.insert("shape_type".to_owned(), kind.into());
    map
}

/// Writes the file of an image.
#[must_use]
pub fn write(image: &OutImage, items: &[Item]) -> String {
    let mut shapes: Vec<Value> = Vec::new();
    let mut next_group = items.iter().filter_map(group_of).max().unwrap_or(0) + 1;
    for item in items {
        let group = (item.parts.len() > 1).then(|| {
            next_group += 1;
            next_group - 1
        });
        write_item(item, group, &mut shapes);
    }
    if let Some(Value::Array(left_out)) = image.kept.get(LEFT_OUT) {
        shapes.extend(left_out.iter().cloned());
    }
    let mut map = Map::new();
    map.insert("version".to_owned(), image.kept.get("version").cloned().unwrap_or_else(|| VERSION.into()));
    map.insert("flags".to_owned(), image.kept.get("flags").cloned().unwrap_or_else(|| value!({})));
    map.insert("shapes".to_owned(), Value::Array(shapes));
    map.insert(
        "imagePath".to_owned(),
        image.kept.get("imagePath").cloned().unwrap_or_else(|| image.path.clone().into()),
    );
    let data = image.bytes.as_ref().map(|bytes| base64::engine::general_purpose::STANDARD.encode(bytes));
    map.insert("imageData".to_owned(), data.map_or(Value::Null, Value::from));
    map.insert("imageHeight".to_owned(), image.size.1.into());
    map.insert("imageWidth".to_owned(), image.size.0.into());
    for (key, value) in &image.kept {
        if key != LEFT_OUT && !map.contains_key(key) {
            map.insert(key.clone(), value.clone());
        }
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(map)).unwrap_or_default();
    text.push('\n');
    text
}

fn kept_shapes(item: &Item) -> &[Value] {
    item.kept("shapes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn group_of(item: &Item) -> Option<i64> {
    kept_shapes(item).iter().filter_map(|shape| shape.get("group_id").and_then(Value::as_i64)).max()
}

fn write_item(item: &Item, group: Option<i64>, shapes: &mut Vec<Value>) {
    let kept = kept_shapes(item);
    let unchanged = item.origin.as_ref().is_some_and(|origin| origin.unchanged);
    let label = item.class().or_else(|| item.labels.first().map(|(name, _)| name.as_str())).unwrap_or(NO_LABEL);
    let mut shape = |geometry: Map, rest: Option<&Value>, first: bool| {
        let rest = rest.and_then(Value::as_object);
        let mut map = Map::new();
        map.insert("label".to_owned(), label.into());
        map.extend(geometry);
        let group =
            rest.and_then(|r| r.get("group_id")).filter(|g| !g.is_null()).cloned().or_else(|| group.map(Value::from));
        map.insert("group_id".to_owned(), group.unwrap_or(Value::Null));
        for (key, default) in [("description", value!("")), ("flags", value!({})), ("mask", Value::Null)] {
            map.insert(key.to_owned(), default);
        }
        for (key, value) in rest.into_iter().flatten() {
            // A shape that was changed has the geometry of now.
            let geometric = matches!(key.as_str(), "points" | "shape_type" | "mask" | "direction");
            if key != "parts" && key != "group_id" && (unchanged || !geometric) {
                map.insert(key.clone(), value.clone());
            }
        }
        if first {
            map.insert(own::OWN.to_owned(), own::write(item));
        }
        shapes.push(Value::Object(map));
    };
    // A source shape that became several parts (a mask, a set of points) is written as the one that it was.
    let counts: Vec<usize> = kept
        .iter()
        .map(|rest| rest.get("parts").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(1))
        .collect();
    if unchanged && !kept.is_empty() && counts.iter().sum::<usize>() == item.parts.len() {
        let mut at = 0;
        for (i, (rest, count)) in kept.iter().zip(counts).enumerate() {
            shape(geometry(&item.parts[at]), Some(rest), i == 0);
            at += count;
        }
        return;
    }
    for (i, part) in item.parts.iter().enumerate() {
        shape(geometry(part), kept.get(i).or_else(|| kept.first()), i == 0);
    }
}
