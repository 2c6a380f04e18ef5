//! YOLO: a text file for each image, a class list beside them.
//!
//! Source: Ultralytics' documentation, "Object Detection Datasets" and "Instance Segmentation Datasets"
//! (<https://docs.ultralytics.com/datasets/detect/>, `/segment/`). A line of detection is `class x_center y_center width
//! height`, one of segmentation `class x1 y1 x2 y2 …`; all positions are parts of the image's width and height (0..1,
//! corners of pixels), classes count from 0. Images of folder `images/train` have their labels in `labels/train`.

use super::text::utf8;
use super::{Class, Found, Frame, ImageRef, Item, Loss, Object, OutImage, Place, Problem, Sink, fit};
use crate::geometry::{Point, Rect, Ring};
use crate::model::{Map, Shape};
use serde_json::Value;
use std::fmt::Write as _;
use std::ops::ControlFlow::{self, Continue};
use std::sync::Arc;

/// What `data.yaml` or `classes.txt` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// The names of the classes, by number.
    pub names: Vec<(i64, String)>,
    /// The other lines, to be written back.
    pub kept: Map,
}

impl Description {
    /// The classes.
    #[must_use]
    pub fn classes(&self) -> Vec<Class> {
        let class =
            |(number, name): &(i64, String)| Class { number: Some(*number), name: name.clone(), kept: Map::new() };
        self.names.iter().map(class).collect()
    }
}

/// Reads a list of classes: YAML with `names` as a list or a table, or a name on each line.
///
/// # Errors
/// Where it is none.
pub fn description(file: &str, bytes: &[u8]) -> Result<Description, Problem> {
    let text = utf8(file, bytes)?;
    let is_yaml =
        file.rsplit('.').next().is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"));
    if !is_yaml {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let names = (0..).zip(lines.map(str::to_owned)).collect();
        return Ok(Description { names, kept: Map::new() });
    }
    let mut found = Description::default();
    let mut other = Vec::new();
    let mut in_names = false;
    for (number, line) in (1..).zip(text.lines()) {
        let content = without_comment(line);
        let indented = content.starts_with([' ', '\t', '-']);
        if in_names && (indented || content.trim().is_empty()) {
            name_line(content.trim(), &mut found.names).map_err(|reason| Problem::line(file, number, reason))?;
            continue;
        }
        in_names = false;
        match content.split_once(':') {
            Some(("names", value)) if value.trim().is_empty() => in_names = true,
            Some(("names", value)) => {
                found.names = flow_names(value.trim()).map_err(|reason| Problem::line(file, number, reason))?;
            }
            Some(("nc", _)) => {}
            _ => other.push(Value::from(line)),
        }
    }
    if !other.is_empty() {
        found.kept.insert("yaml".to_owned(), Value::Array(other));
    }
    Ok(found)
}

fn without_comment(line: &str) -> &str {
    // A mark inside quotes is none; names with one are rare enough to be quoted.
    match line.find(" #").filter(|at| line[..*at].matches(['"', '\'']).count().is_multiple_of(2)) {
        Some(at) => &line[..at],
        None if line.starts_with('#') => "",
        None => line,
    }
}

fn name_line(line: &str, names: &mut Vec<(i64, String)>) -> Result<(), String> {
    if line.is_empty() {
        return Ok(());
    }
    if let Some(name) = line.strip_prefix("- ").or_else(|| line.strip_prefix('-')) {
        let number = i64::try_from(names.len()).unwrap_or(i64::MAX);
        names.push((number, unquoted(name)));
        return Ok(());
    }
    let (number, name) = line.split_once(':').ok_or_else(|| format!("{line:?} names no class"))?;
    let number = unquoted(number).parse().map_err(|_none| format!("{number:?} is not the number of a class"))?;
    if names.iter().any(|(known, _)| *known == number) {
        return Err(format!("the class {number} is there twice"));
    }
    names.push((number, unquoted(name)));
    Ok(())
}

fn flow_names(value: &str) -> Result<Vec<(i64, String)>, String> {
    let mut names = Vec::new();
    if let Some(list) = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
        for (number, name) in (0..).zip(split_outside_quotes(list)) {
            names.push((number, unquoted(&name)));
        }
        return Ok(names);
    }
    if let Some(table) = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')) {
        for entry in split_outside_quotes(table) {
            name_line(entry.trim(), &mut names)?;
        }
        return Ok(names);
    }
    Err("names is neither a list nor a table on this line".to_owned())
}

fn split_outside_quotes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        match (c, quote) {
            (',', None) => parts.push(String::new()),
            (c, None) if c == '"' || c == '\'' => {
                quote = Some(c);
                parts.last_mut().into_iter().for_each(|p| p.push(c));
            }
            (c, q) => {
                if q == Some(c) {
                    quote = None;
                }
                parts.last_mut().into_iter().for_each(|p| p.push(c));
            }
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            let doubled = if quote == '\'' { "''" } else { "\\\"" };
            return inner.replace(doubled, &quote.to_string());
        }
    }
    text.to_owned()
}

/// Reads the labels of one image. `inside`: its path in the data set, from which the image's path follows.
pub fn read(file: &str, inside: &str, bytes: &[u8], names: &[(i64, String)], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let stem = inside.strip_suffix(".txt").unwrap_or(inside);
    let parts: Vec<&str> = stem.split('/').collect();
    let path: Vec<&str> = parts.iter().map(|part| if *part == "labels" { "images" } else { part }).collect();
    let mut image = ImageRef::new(&path.join("/"), Frame::Unit);
    let split = |part: &&&str| matches!(**part, "train" | "val" | "valid" | "test" | "train2017" | "val2017");
    image.split = parts.iter().find(split).map_or_else(String::new, |part| (*part).to_owned());
    let image = Arc::new(image);
    sink(Found::Image(Arc::clone(&image)))?;
    let text = match utf8(file, bytes) {
        Ok(text) => text,
        Err(problem) => return sink(Found::Problem(problem)),
    };
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let mut losses = Vec::new();
        match object(&image, line, number, names, &mut |loss| losses.push(loss)) {
            Ok(object) => {
                for loss in losses {
                    sink(Found::Loss(loss, format!("{file}, line {number}")))?;
                }
                sink(Found::Object(Box::new(object)))?;
            }
            Err(reason) => sink(Found::Problem(Problem::line(file, number, reason)))?,
        }
    }
    Continue(())
}

fn object(
    image: &Arc<ImageRef>,
    line: &str,
    number: u64,
    names: &[(i64, String)],
    lose: &mut dyn FnMut(Loss),
) -> Result<Object, String> {
    let mut words = line.split_ascii_whitespace();
    let class = words.next().unwrap_or_default();
    let class: i64 = class.parse().map_err(|_none| format!("{class:?} is not the number of a class"))?;
    let n = words.map(super::number::parse).collect::<Result<Vec<f64>, _>>()?;
    let name = match names.iter().find(|(known, _)| *known == class) {
        Some((_, name)) => name.clone(),
        None if names.is_empty() => class.to_string(),
        None => return Err(format!("there is no class {class}; the list has {}", names.len())),
    };
    if let Some(out) = n.iter().take(if n.len() == 5 { 4 } else { n.len() }).find(|v| !(-0.5..=1.5).contains(*v)) {
        return Err(format!("{out} is no part of the image's width or height; positions go from 0 to 1"));
    }
    let mut object = Object::new(image, Place::Line(number));
    let mut value = 1.0;
    object.parts = match n[..] {
        [x, y, width, height] => vec![centred(x, y, width, height)?],
        // A fifth number is how sure a model is.
        [x, y, width, height, score] => {
            value = score.clamp(0.0, 1.0);
            vec![centred(x, y, width, height)?]
        }
        _ if n.len() >= 6 && n.len() % 2 == 0 => {
            let ring = Ring::new(n.chunks_exact(2).map(|p| Point::new(p[0], p[1])).collect());
            vec![fit::ring(&ring, lose)?]
        }
        _ => return Err(format!("{} numbers are neither a box (4) nor a polygon (pairs, at least 3)", n.len())),
    };
    #[expect(clippy::cast_possible_truncation, reason = "a label's value is f32")]
    object.labels.push((name, value as f32));
    object.kept.insert("line".to_owned(), line.trim().into());
    Ok(object)
}

fn centred(x: f64, y: f64, width: f64, height: f64) -> Result<Shape, String> {
    if width <= 0.0 || height <= 0.0 {
        return Err(format!("the box is {width} wide and {height} high"));
    }
    let half = (width / 2.0, height / 2.0);
    let (min, max) = (Point::new(x - half.0, y - half.1), Point::new(x + half.0, y + half.1));
    Ok(Shape::Box(Rect { min, max }))
}

/// The labels of an image.
#[must_use]
pub fn write(image: &OutImage, items: &[Item], classes: &[Class]) -> String {
    let mut text = String::new();
    let (width, height) = (f64::from(image.size.0), f64::from(image.size.1));
    for item in items {
        let Some(class) = item.class().and_then(|name| classes.iter().find(|c| c.name == name)) else { continue };
        let number = class.number.unwrap_or(0);
        for shape in &item.parts {
            // Writing into a text cannot fail.
            match (kept_line(item, number), shape) {
                (Some(line), _) => text.push_str(&line),
                (None, Shape::Box(b)) => {
                    let center = b.center();
                    let n = [center.x / width, center.y / height, b.width() / width, b.height() / height].map(part);
                    write!(text, "{number} {}", n.join(" ")).ok();
                }
                (None, Shape::Polygon(ring)) => {
                    write!(text, "{number}").ok();
                    for p in ring.points() {
                        write!(text, " {} {}", part(p.x / width), part(p.y / height)).ok();
                    }
                }
                (None, _) => continue,
            }
            text.push('\n');
        }
    }
    text
}

/// The line as it came, where nothing about it changed.
fn kept_line(item: &Item, number: i64) -> Option<String> {
    let line = item.kept_shape("line")?.as_str()?;
    let (class, rest) = line.split_once(' ')?;
    // A box that came in as four numbers is no polygon, whatever is written now.
    let numbers = rest.split_ascii_whitespace().count();
    let fits = matches!((item.parts.first(), numbers), (Some(Shape::Box(_)), 4) | (Some(Shape::Polygon(_)), 6..));
    (fits && class.parse() == Ok(number)).then(|| line.to_owned())
}

/// A part of a side, with 7 digits: what came in with as many goes out as the same, although a server keeps `f32`.
fn part(value: f64) -> String {
    let text = format!("{value:.7}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

/// `data.yaml`: the classes, and what the one that came in said besides.
#[must_use]
pub fn write_description(kept: &Map, classes: &[Class]) -> String {
    let mut text = String::new();
    match kept.get("yaml").and_then(Value::as_array) {
        Some(lines) => {
            for line in lines.iter().filter_map(Value::as_str) {
                text.push_str(line);
                text.push('\n');
            }
        }
        None => text.push_str("path: .\ntrain: images/train\nval: images/val\n"),
    }
    writeln!(text, "nc: {}\nnames:", classes.len()).ok();
    let mut numbered: Vec<(i64, &str)> = classes.iter().map(|c| (c.number.unwrap_or(0), c.name.as_str())).collect();
    numbered.sort_unstable();
    for (number, name) in numbered {
        // A JSON text is a YAML text.
        writeln!(text, "  {number}: {}", Value::from(name)).ok();
    }
    text
}

/// `classes.txt`: a name on each line, by number; a gap is a line with the number.
#[must_use]
pub fn write_names(classes: &[Class]) -> String {
    let last = classes.iter().filter_map(|c| c.number).max().unwrap_or(-1);
    let name = |number: i64| {
        let class = classes.iter().find(|c| c.number == Some(number));
        class.map_or_else(|| format!("class_{number}"), |c| c.name.replace(['\r', '\n'], " "))
    };
    (0..=last.min(100_000)).fold(String::new(), |text, number| text + &name(number) + "\n")
}
