//! Pascal VOC XML: a file of boxes for each image.
//!
//! Source: the VOC2012 development kit (`devkit_doc.pdf`, section "Annotation guidelines" and `VOCcode/VOCreadrecxml.m`): the
//! first pixel is (1, 1) and a box names its first and its last pixel, both inside. A box from corner to corner is thus
//! `xmin - 1 .. xmax`. Pixels are whole; fractions that some files have are read as they stand.

use super::xml::{Elements, Node};
use super::{Found, Frame, ImageRef, Item, Loss, Losses, Object, OutImage, Place, Problem, Sink, number};
use crate::geometry::{Point, Rect};
use crate::model::Shape;
use serde_json::Value;
use std::ops::ControlFlow::{self, Continue};
use std::sync::Arc;

/// Reads a file.
pub fn read(file: &str, bytes: &[u8], sink: &mut Sink<'_>) -> ControlFlow<()> {
    let mut children = Vec::new();
    let mut broken = None;
    match Elements::begin(file, bytes) {
        Err(problem) => return sink(Found::Problem(problem)),
        Ok(elements) if elements.root.name != "annotation" => {
            let reason = format!("it is <{}>, not <annotation>", elements.root.name);
            return sink(Found::Problem(Problem::whole(file, reason)));
        }
        Ok(mut elements) => loop {
            match elements.next_element() {
                Ok(Some(node)) => children.push(node),
                Ok(None) => break,
                Err(problem) => {
                    broken = Some(problem);
                    break;
                }
            }
        },
    }
    let text = |name: &str| children.iter().find(|c| c.name == name).map(|c| c.text.clone()).filter(|t| !t.is_empty());
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".xml");
    let name = text("filename").unwrap_or_else(|| stem.to_owned());
    let path = text("path").filter(|path| path.replace('\\', "/").ends_with(&name)).unwrap_or(name);
    let size = children.iter().find(|c| c.name == "size").and_then(|size| {
        let side = |name| size.child_text(name).and_then(|t| number::parse(t).ok()).filter(|n| *n > 0.0);
        Some((side("width")?, side("height")?))
    });
    let mut image = ImageRef::new(&path, Frame::Pixels(size));
    let rest: Vec<Value> = children.iter().filter(|c| c.name != "object").map(Node::to_json).collect();
    image.kept.insert("xml".to_owned(), Value::Array(rest));
    let image = Arc::new(image);
    sink(Found::Image(Arc::clone(&image)))?;
    for node in children.iter().filter(|c| c.name == "object") {
        match object(&image, node) {
            Ok(object) => sink(Found::Object(Box::new(object)))?,
            Err(reason) => sink(Found::Problem(Problem::line(file, node.line, reason)))?,
        }
    }
    broken.map_or(Continue(()), |problem| sink(Found::Problem(problem)))
}

fn object(image: &Arc<ImageRef>, node: &Node) -> Result<Object, String> {
    let mut object = Object::new(image, Place::Line(node.line));
    let name = node.child_text("name").filter(|name| !name.is_empty()).ok_or("the object has no name")?;
    object.labels.push((name.to_owned(), 1.0));
    let bndbox = node.child("bndbox").ok_or("the object has no bndbox")?;
    let side = |name: &str| {
        let text = bndbox.child_text(name).ok_or_else(|| format!("the bndbox has no {name}"))?;
        number::parse(text).map_err(|what| format!("{name}: {what}"))
    };
    let (xmin, ymin, xmax, ymax) = (side("xmin")?, side("ymin")?, side("xmax")?, side("ymax")?);
    if xmax < xmin || ymax < ymin {
        return Err(format!("the bndbox goes from ({xmin}, {ymin}) back to ({xmax}, {ymax})"));
    }
    let rect = Rect { min: Point::new(xmin - 1.0, ymin - 1.0), max: Point::new(xmax, ymax) };
    object.parts = vec![Shape::Box(rect)];
    let rest: Vec<Value> =
        node.children.iter().filter(|c| !matches!(c.name.as_str(), "name" | "bndbox")).map(Node::to_json).collect();
    if !rest.is_empty() {
        object.kept.insert("xml".to_owned(), Value::Array(rest));
    }
    let again = rounded(rect);
    if again.iter().zip([xmin, ymin, xmax, ymax]).any(|(a, b)| (a - b).abs() > 0.0) {
        object.kept.insert("bndbox".to_owned(), bndbox.to_json());
    }
    Ok(object)
}

/// `xmin ymin xmax ymax` as they are written: the whole pixels that are nearest to the edges.
fn rounded(rect: Rect) -> [f64; 4] {
    let (xmin, ymin) = (rect.min.x.round() + 1.0, rect.min.y.round() + 1.0);
    // A box is at least one pixel.
    [xmin, ymin, rect.max.x.round().max(xmin), rect.max.y.round().max(ymin)]
}

/// Writes the file of an image.
#[must_use]
pub fn write(image: &OutImage, items: &[Item], losses: &mut Losses) -> String {
    let mut root = Node::new("annotation");
    let name = image.path.rsplit('/').next().unwrap_or(&image.path);
    let kept = kept_nodes(image.kept.get("xml"));
    if kept.is_empty() {
        root.children.push(Node::leaf("folder", ""));
        root.children.push(Node::leaf("filename", name));
        let mut size = Node::new("size");
        size.children.push(Node::leaf("width", image.size.0.to_string()));
        size.children.push(Node::leaf("height", image.size.1.to_string()));
        size.children.push(Node::leaf("depth", "3"));
        root.children.push(size);
        root.children.push(Node::leaf("segmented", "0"));
    } else {
        root.children = kept;
    }
    for item in items {
        let Some(Shape::Box(rect)) = item.parts.first() else { continue };
        let mut node = Node::new("object");
        node.children.push(Node::leaf("name", item.class().unwrap_or_default()));
        let mut rest = kept_nodes(item.kept("xml"));
        if rest.is_empty() {
            rest = [("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")]
                .map(|(k, v)| Node::leaf(k, v))
                .to_vec();
        }
        node.children.append(&mut rest);
        let kept = item.kept_shape("bndbox").and_then(Node::from_json);
        node.children.push(kept.unwrap_or_else(|| {
            let sides = rounded(*rect);
            let exact = [rect.min.x + 1.0, rect.min.y + 1.0, rect.max.x, rect.max.y];
            if exact.iter().zip(sides).any(|(a, b)| (a - b).abs() > 0.002) {
                losses.add(Loss::Rounded, || format!("{} ({})", image.path, item.lid));
            }
            let mut bndbox = Node::new("bndbox");
            for (name, side) in ["xmin", "ymin", "xmax", "ymax"].into_iter().zip(sides) {
                bndbox.children.push(Node::leaf(name, number::text(side)));
            }
            bndbox
        }));
        root.children.push(node);
    }
    let mut text = String::new();
    root.write(&mut text, 0);
    text
}

fn kept_nodes(value: Option<&Value>) -> Vec<Node> {
    value.and_then(Value::as_array).map_or_else(Vec::new, |nodes| nodes.iter().filter_map(Node::from_json).collect())
}
