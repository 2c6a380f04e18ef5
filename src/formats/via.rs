//! VGG Image Annotator 2, read only: a project or its annotations as JSON, or CSV.
//!
//! Source: "VIA Annotation Formats" (<https://www.robots.ox.ac.uk/~vgg/software/via/docs/face_track_annotation.html> and
//! `via.js` of 2.0.12). Positions are pixels of the image, 0-based; `theta` of an ellipse turns clockwise, in radians.

use super::text::utf8;
use super::{Found, Frame, ImageRef, Loss, Object, Place, Problem, Sink, curve, fit, json};
use crate::geometry::{Point, Rect, Ring};
use crate::model::{Map, Shape};
use serde_json::Value;
use std::collections::HashMap;
use std::ops::ControlFlow::{self, Continue};
use std::sync::Arc;

/// Attributes that name a class, in the order in which they are looked for.
const CLASS_WORDS: [&str; 8] = ["label", "class", "name", "type", "category", "object", "Label", "Class"];

/// Reads a file.
pub fn read(file: &str, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if start.starts_with(b"{") { read_json(file, bytes, sink) } else { read_csv(file, bytes, sink) }
}

fn read_json(file: &str, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let root = match json::parse(file, bytes) {
        Ok(Value::Object(root)) => root,
        Ok(_) => return sink(Found::Problem(Problem::whole(file, "it is not an object"))),
        Err(problem) => return sink(Found::Problem(problem)),
    };
    let (pointer, files) = match root.get("_via_img_metadata").and_then(Value::as_object) {
        Some(files) => ("/_via_img_metadata", files),
        None => ("", &root),
    };
    for (key, entry) in files {
        let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        let Some(name) = entry.get("filename").and_then(Value::as_str) else { continue };
        let image = image(name, entry.get("file_attributes"));
        sink(Found::Image(Arc::clone(&image)))?;
        // A list in VIA 2, a table by number in VIA 1.
        let regions: Vec<(String, &Value)> = match entry.get("regions") {
            Some(Value::Array(list)) => list.iter().enumerate().map(|(i, r)| (i.to_string(), r)).collect(),
            Some(Value::Object(table)) => table.iter().map(|(k, r)| (k.clone(), r)).collect(),
            _ => Vec::new(),
        };
        for (key, region) in regions {
            let place = Place::Pointer(format!("{pointer}/regions/{key}"));
            let part = |word| region.get(word).and_then(Value::as_object).cloned().unwrap_or_default();
            take(file, &image, place, &part("shape_attributes"), &part("region_attributes"), sink)?;
        }
    }
    Continue(())
}

fn image(name: &str, attributes: Option<&Value>) -> Arc<ImageRef> {
    let mut image = ImageRef::new(name, Frame::Pixels(None));
    if let Some(attributes) = attributes.filter(|a| a.as_object().is_some_and(|m| !m.is_empty())) {
        image.kept.insert("file_attributes".to_owned(), attributes.clone());
    }
    Arc::new(image)
}

fn take(
    file: &str,
    image: &Arc<ImageRef>,
    place: Place,
    shape: &Map,
    attributes: &Map,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let mut object = Object::new(image, place);
    object.labels = labels(attributes).into_iter().map(|label| (label, 1.0)).collect();
    if !attributes.is_empty() {
        object.kept.insert("region_attributes".to_owned(), Value::Object(attributes.clone()));
    }
    let mut losses = Vec::new();
    let found = region(shape, &mut |loss| losses.push(loss));
    let example = format!("{file}{}", object.place);
    for loss in losses {
        sink(Found::Loss(loss, example.clone()))?;
    }
    match found {
        Ok(Some(part)) => {
            object.parts = vec![part];
            sink(Found::Object(Box::new(object)))
        }
        Ok(None) => sink(Found::Loss(Loss::NotARegion, example)),
        Err(reason) => sink(Found::Problem(Problem { file: file.to_owned(), place: object.place, reason })),
    }
}

/// The class: an attribute that is called so, or the only one. A choice of several is a table of what is chosen.
fn labels(attributes: &Map) -> Vec<String> {
    let named = CLASS_WORDS.iter().find_map(|word| attributes.get(*word));
    let value = named.or_else(|| if attributes.len() == 1 { attributes.values().next() } else { None });
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![text.trim().to_owned()],
        Some(Value::Number(n)) => vec![n.to_string()],
        Some(Value::Object(chosen)) => {
            chosen.iter().filter(|(_, on)| **on == Value::Bool(true)).map(|(k, _)| k.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn region(shape: &Map, lose: &mut dyn FnMut(Loss)) -> Result<Option<Shape>, String> {
    let get = |key: &str| {
        let value = shape.get(key).ok_or_else(|| format!("the region has no {key}"))?;
        json::number(value).map_err(|what| format!("{key}: {what}"))
    };
    let positive = |key: &str| get(key).and_then(|n| if n > 0.0 { Ok(n) } else { Err(format!("{key} is {n}")) });
    match json::text(shape, "name").unwrap_or_default() {
        "rect" => {
            let min = Point::new(get("x")?, get("y")?);
            let max = Point::new(min.x + positive("width")?, min.y + positive("height")?);
            Ok(Some(Shape::Box(Rect { min, max })))
        }
        "polygon" => {
            let list =
                |key: &str| shape.get(key).map_or_else(|| Err(format!("the region has no {key}")), json::numbers);
            let (x, y) = (list("all_points_x")?, list("all_points_y")?);
            if x.len() != y.len() {
                return Err(format!("{} x and {} y", x.len(), y.len()));
            }
            fit::ring(&Ring::new(x.into_iter().zip(y).map(Point::from).collect()), lose).map(Some)
        }
        "point" => Ok(Some(Shape::Point(Point::new(get("cx")?, get("cy")?)))),
        "circle" => {
            let radius = positive("r")?;
            lose(Loss::Circle);
            Ok(Some(Shape::Polygon(curve::ellipse(Point::new(get("cx")?, get("cy")?), radius, radius, 0.0))))
        }
        "ellipse" => {
            let theta = shape.get("theta").map(json::number).transpose()?.unwrap_or(0.0);
            let (rx, ry) = (positive("rx")?, positive("ry")?);
            lose(Loss::Ellipse);
            let center = Point::new(get("cx")?, get("cy")?);
            Ok(Some(Shape::Polygon(curve::ellipse(center, rx, ry, theta.to_degrees()))))
        }
        "polyline" => Ok(None),
        "" => Err("the region has no shape".to_owned()),
        other => Err(format!("a region of the kind {other:?}")),
    }
}

fn read_csv(file: &str, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let text = match utf8(file, bytes) {
        Ok(text) => text,
        Err(problem) => return sink(Found::Problem(problem)),
    };
    let mut rows = csv_rows(text).into_iter();
    let header: Vec<String> = rows
        .next()
        .map_or_else(Vec::new, |(_, row)| row.into_iter().map(|h| h.trim_start_matches('#').to_owned()).collect());
    let column = |name: &str| header.iter().position(|h| h == name);
    let (Some(name), Some(shape), Some(attributes)) =
        (column("filename"), column("region_shape_attributes"), column("region_attributes"))
    else {
        return sink(Found::Problem(Problem::line(file, 1, "the first line does not name VIA's columns")));
    };
    let mut images: HashMap<String, Arc<ImageRef>> = HashMap::new();
    for (line, row) in rows {
        let (Some(name), Some(shape), Some(attributes)) = (row.get(name), row.get(shape), row.get(attributes)) else {
            sink(Found::Problem(Problem::line(
                file,
                line,
                format!("the line has {} of {} columns", row.len(), header.len()),
            )))?;
            continue;
        };
        let image = match images.get(name) {
            Some(image) => Arc::clone(image),
            None => {
                let new = image(name, None);
                images.insert(name.clone(), Arc::clone(&new));
                sink(Found::Image(Arc::clone(&new)))?;
                new
            }
        };
        let object = |text: &str| serde_json::from_str::<Value>(text).ok().and_then(|v| v.as_object().cloned());
        match (object(shape), object(attributes)) {
            (Some(shape), _) if shape.is_empty() => {}
            (Some(shape), Some(attributes)) => take(file, &image, Place::Line(line), &shape, &attributes, sink)?,
            _ => sink(Found::Problem(Problem::line(file, line, "the attributes are not JSON")))?,
        }
    }
    Continue(())
}

/// The rows of a CSV text with the line on which each begins (RFC 4180: quotes double themselves).
fn csv_rows(text: &str) -> Vec<(u64, Vec<String>)> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut cell = String::new();
    let (mut line, mut begun, mut quoted) = (1, 1, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' => {
                line += 1;
                if quoted {
                    cell.push('\n');
                    continue;
                }
                row.push(std::mem::take(&mut cell));
                if row.len() > 1 {
                    rows.push((begun, std::mem::take(&mut row)));
                }
                row.clear();
                begun = line;
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((begun, row));
    }
    rows
}
