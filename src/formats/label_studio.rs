//! Label Studio JSON, read only: a list of tasks with their annotations.
//!
//! Source: "Label Studio JSON format of annotated tasks" (<https://labelstud.io/guide/task_format>) and "Units of image
//! annotations": x, y, width and height are percents of the image; a box turns clockwise about its top left corner.

use super::{Found, Frame, ImageRef, Loss, Object, Place, Problem, Sink, curve, fit, json};
use crate::geometry::{Point, Rect, Ring, Size};
use crate::model::{Map, Shape, Status, Worker};
use serde_json::Value;
use std::ops::ControlFlow::{self, Continue};
use std::sync::Arc;

/// Reads a file.
pub fn read(file: &str, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let tasks = match json::parse(file, bytes) {
        Ok(Value::Array(tasks)) => tasks,
        Ok(one @ Value::Object(_)) => vec![one],
        Ok(_) => return sink(Found::Problem(Problem::whole(file, "it is not a list of tasks"))),
        Err(problem) => return sink(Found::Problem(problem)),
    };
    for (index, task) in tasks.iter().enumerate() {
        let pointer = if tasks.len() == 1 && bytes.trim_ascii_start().starts_with(b"{") {
            String::new()
        } else {
            format!("/{index}")
        };
        task_of(file, &pointer, task, sink)?;
    }
    Continue(())
}

fn task_of(file: &str, pointer: &str, task: &Value, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let data = task.get("data").and_then(Value::as_object);
    let address = data.into_iter().flatten().filter_map(|(_, v)| v.as_str()).find(|v| looks_like_image(v));
    let Some(address) = address.or_else(|| task.get("image").and_then(Value::as_str)) else {
        return sink(Found::Problem(Problem::pointer(file, format!("{pointer}/data"), "the task names no image")));
    };
    let image = Arc::new(ImageRef::new(&image_path(address), Frame::Unit));
    sink(Found::Image(Arc::clone(&image)))?;
    for (list, status) in
        [("annotations", Status::Success), ("completions", Status::Success), ("predictions", Status::Pending)]
    {
        for (i, annotation) in task.get(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            if annotation.get("was_cancelled") == Some(&Value::Bool(true)) {
                continue;
            }
            let pointer = format!("{pointer}/{list}/{i}");
            results(file, &pointer, &image, annotation, status, sink)?;
        }
    }
    // The short form (JSON_MIN): a list of labels at the task itself.
    for (key, items) in task.as_object().into_iter().flatten() {
        let boxes = items.as_array().filter(|items| items.iter().any(|i| i.get("original_width").is_some()));
        for (i, item) in boxes.into_iter().flatten().enumerate() {
            let place = Place::Pointer(format!("{pointer}/{key}/{i}"));
            let Value::Object(map) = item else { continue };
            one(file, &image, place, None, map, map, Status::Success, Worker::Me, sink)?;
        }
    }
    Continue(())
}

fn results(
    file: &str,
    pointer: &str,
    image: &Arc<ImageRef>,
    annotation: &Value,
    status: Status,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let worker = match (annotation.get("model_version").and_then(Value::as_str), annotation.get("completed_by")) {
        (Some(version), _) if status == Status::Pending => {
            Worker::Model { id: String::new(), version: version.to_owned() }
        }
        (_, Some(Value::Object(user))) => Worker::User(json::id(user.get("email").or_else(|| user.get("id")))),
        _ => Worker::Me,
    };
    let list = annotation.get("result").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    // A region and its labels may be results of their own, with the same id.
    let mut seen: Vec<&str> = Vec::new();
    for (i, result) in list.iter().enumerate() {
        let Value::Object(map) = result else { continue };
        let id = json::text(map, "id").unwrap_or_default();
        let Some(Value::Object(value)) = map.get("value") else { continue };
        let has_region = value.contains_key("x") || value.contains_key("points") || value.contains_key("rle");
        let about_image = value.contains_key("choices");
        if !has_region && !about_image {
            continue;
        }
        if has_region && !id.is_empty() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
        }
        let mut value = value.clone();
        for other in list.iter().filter(|o| !id.is_empty() && o.get("id").and_then(Value::as_str) == Some(id)) {
            for (key, v) in other.get("value").and_then(Value::as_object).into_iter().flatten() {
                if key.ends_with("labels") && !value.contains_key(key) {
                    value.insert(key.clone(), v.clone());
                }
            }
        }
        let place = Place::Pointer(format!("{pointer}/result/{i}"));
        one(file, image, place, Some(id), map, &value, status, worker.clone(), sink)?;
    }
    Continue(())
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that a result is made of")]
fn one(
    file: &str,
    image: &Arc<ImageRef>,
    place: Place,
    id: Option<&str>,
    result: &Map,
    value: &Map,
    status: Status,
    worker: Worker,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let mut object = Object::new(image, place);
    id.unwrap_or_default().clone_into(&mut object.id);
    object.status = status;
    object.worker = worker;
    let texts = |v: &Value| match v {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => vec![one.clone()],
        _ => Vec::new(),
    };
    let labels: Vec<String> = value
        .iter()
        .filter(|(key, _)| key.ends_with("labels") || *key == "choices")
        .flat_map(|(_, v)| texts(v))
        .collect();
    #[expect(clippy::cast_possible_truncation, reason = "a label's value is f32")]
    let score = result.get("score").and_then(|s| json::number(s).ok()).unwrap_or(1.0).clamp(0.0, 1.0) as f32;
    object.labels = labels.into_iter().map(|label| (label, score)).collect();
    let original = json::size(result, "original_width", "original_height").map(|(w, h)| Size::new(w, h));
    let mut losses = Vec::new();
    let found = if value.contains_key("choices") {
        Ok(Some(Vec::new()))
    } else {
        shape(value, original, &mut |l| losses.push(l))
    };
    let example = format!("{file}{}", object.place);
    for loss in losses {
        sink(Found::Loss(loss, example.clone()))?;
    }
    match found {
        Ok(Some(parts)) => {
            object.parts = parts;
            object.kept = json::others(result, &["id", "value"]);
            sink(Found::Object(Box::new(object)))
        }
        Ok(None) => sink(Found::Loss(Loss::NotARegion, example)),
        Err(reason) => sink(Found::Problem(Problem { file: file.to_owned(), place: object.place, reason })),
    }
}

/// In parts of the image; `None`: it is no region.
fn shape(value: &Map, original: Option<Size>, lose: &mut dyn FnMut(Loss)) -> Result<Option<Vec<Shape>>, String> {
    let get = |key: &str| {
        value.get(key).map_or_else(
            || Err(format!("there is no {key}")),
            |v| json::number(v).map_err(|what| format!("{key}: {what}")),
        )
    };
    // Turns are turns of pixels: what is not square has to be measured in them.
    let size = original.unwrap_or(Size::new(100.0, 100.0));
    let (sx, sy) = (size.width / 100.0, size.height / 100.0);
    let unit = |p: &Point| Point::new(p.x / size.width, p.y / size.height);
    let ring = |ring: &Ring| Ring::new(ring.points().iter().map(unit).collect());
    let turn = value.get("rotation").map(json::number).transpose()?.unwrap_or(0.0);
    if value.contains_key("rle") {
        return Ok(None); // a brush's pixels in a coding of Label Studio's own
    }
    if let Some(Value::Array(points)) = value.get("points") {
        if value.get("closed") == Some(&Value::Bool(false)) {
            return Ok(None);
        }
        let point = |p: &Value| match json::numbers(p)?[..] {
            [x, y] => Ok(Point::new(x / 100.0, y / 100.0)),
            [..] => Err(format!("{} is not a point", json::shortened(p))),
        };
        let points = points.iter().map(point).collect::<Result<Vec<_>, String>>()?;
        return Ok(Some(vec![fit::ring(&Ring::new(points), lose)?]));
    }
    if value.contains_key("radiusX") {
        let (rx, ry) = (get("radiusX")? * sx, get("radiusY")? * sy);
        if rx <= 0.0 || ry <= 0.0 {
            return Err(format!("the ellipse has half axes of {rx} and {ry}"));
        }
        lose(Loss::Ellipse);
        let center = Point::new(get("x")? * sx, get("y")? * sy);
        return Ok(Some(vec![Shape::Polygon(ring(&curve::ellipse(center, rx, ry, turn)))]));
    }
    if value.contains_key("keypointlabels") || !value.contains_key("height") {
        return Ok(Some(vec![Shape::Point(Point::new(get("x")? / 100.0, get("y")? / 100.0))]));
    }
    let (width, height) = (get("width")?, get("height")?);
    if width <= 0.0 || height <= 0.0 {
        return Err(format!("the box is {width} % wide and {height} % high"));
    }
    let min = Point::new(get("x")? * sx, get("y")? * sy);
    let rect = Rect { min, max: Point::new(min.x + width * sx, min.y + height * sy) };
    if turn.rem_euclid(360.0) == 0.0 {
        return Ok(Some(vec![Shape::Box(Rect { min: unit(&rect.min), max: unit(&rect.max) })]));
    }
    lose(Loss::TurnedBox);
    Ok(Some(vec![Shape::Polygon(ring(&curve::turned(rect, turn, rect.min)))]))
}

fn looks_like_image(text: &str) -> bool {
    let end = text.split(['?', '#']).next().unwrap_or(text).to_ascii_lowercase();
    let known = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"].iter().any(|e| end.ends_with(e));
    known
        || text.contains("/local-files/")
        || text.starts_with("http")
        || text.starts_with("s3:")
        || text.starts_with("/data/")
}

/// The path in an address: of local storage the `d` of its query, of an upload without the eight digits before the name.
fn image_path(address: &str) -> String {
    let path = match address.split_once("?d=") {
        Some((_, path)) => path.split('&').next().unwrap_or(path),
        None => address.split(['?', '#']).next().unwrap_or(address),
    };
    let path = decoded(path);
    if !path.contains("/upload/") {
        return path;
    }
    match path.rsplit_once('/') {
        Some((folder, name)) => match name.split_once('-') {
            Some((digits, rest)) if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                format!("{folder}/{rest}")
            }
            _ => path,
        },
        None => path,
    }
}

/// With `%20` and the like made into what they stand for.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|p| std::str::from_utf8(p).ok())
            .and_then(|p| u8::from_str_radix(p, 16).ok());
        match (bytes[at], pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
