//! CVAT for images, XML 1.1: one file for all images.
//!
//! Source: "CVAT for image" in CVAT's documentation (<https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/>).
//! Positions are pixels with fractions, 0-based, corners of pixels; `xbr` and `ybr` are the far edges. `rotation` turns
//! clockwise about the centre, in degrees. A mask's `rle` runs along the rows of its own `left top width height`, the first
//! run unset. Shapes with the same `group_id` are one object here. `tag` labels the whole image.

use super::mask::{Mask, Order};
use super::xml::{Elements, Node};
use super::{Class, Found, Frame, ImageRef, Item, Loss, Object, OutImage, Place, Problem, Sink, curve, fit, number};
use crate::geometry::{Point, Rect, Ring};
use crate::model::{Map, Shape};
use serde_json::Value;
use std::io::{self, Read, Write};
use std::ops::ControlFlow::{self, Continue};
use std::sync::Arc;

/// Attributes of shapes that say where they are.
const GEOMETRY: [&str; 18] = [
    "xtl", "ytl", "xbr", "ybr", "points", "rotation", "cx", "cy", "rx", "ry", "rle", "left", "top", "width", "height",
    "label", "group_id", "z_order",
];

/// Reads a file.
pub fn read(file: &str, reader: impl Read, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let mut elements = match Elements::begin(file, reader) {
        Ok(elements) => elements,
        Err(problem) => return sink(Found::Problem(problem)),
    };
    if elements.root.name != "annotations" {
        let reason = format!("it is <{}>, not <annotations>", elements.root.name);
        return sink(Found::Problem(Problem::whole(file, reason)));
    }
    loop {
        let node = match elements.next_element() {
            Ok(Some(node)) => node,
            Ok(None) => return Continue(()),
            Err(problem) => return sink(Found::Problem(problem)),
        };
        match node.name.as_str() {
            "image" => image(file, &node, sink)?,
            "meta" => {
                for class in labels_in(&node) {
                    sink(Found::Class(class))?;
                }
                let mut map = Map::new();
                map.insert("meta".to_owned(), node.to_json());
                sink(Found::File(map))?;
            }
            "track" => sink(Found::Loss(Loss::NotARegion, format!("{file}, line {}", node.line)))?,
            _ => {}
        }
    }
}

fn labels_in(meta: &Node) -> Vec<Class> {
    let mut found = Vec::new();
    let mut stack = vec![meta];
    while let Some(node) = stack.pop() {
        if node.name == "label"
            && let Some(name) = node.child_text("name").filter(|name| !name.is_empty())
        {
            let mut kept = Map::new();
            kept.insert("xml".to_owned(), node.to_json());
            found.push(Class { number: None, name: name.to_owned(), kept });
        } else {
            stack.extend(node.children.iter().rev());
        }
    }
    found
}

/// The elements of an object, with the parts that each makes.
type Members<'a> = Vec<(&'a Node, Vec<Shape>)>;

fn image(file: &str, node: &Node, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let Some(name) = node.attribute("name").filter(|name| !name.is_empty()) else {
        return sink(Found::Problem(Problem::line(file, node.line, "the image has no name")));
    };
    let side = |key| node.attribute(key).and_then(|t| number::parse(t).ok()).filter(|n| *n > 0.0);
    let mut image = ImageRef::new(name, Frame::Pixels(side("width").zip(side("height"))));
    if let Some(subset) = node.attribute("subset") {
        subset.clone_into(&mut image.split);
    }
    let others: Vec<Value> = node
        .attributes
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "name" | "width" | "height"))
        .map(|(key, value)| serde_json::json!([key, value]))
        .collect();
    image.kept.insert("attributes".to_owned(), Value::Array(others));
    let mut objects: indexmap::IndexMap<String, (u64, Members<'_>)> = indexmap::IndexMap::new();
    let mut left_out = Vec::new();
    for (index, shape) in node.children.iter().enumerate() {
        let mut losses = Vec::new();
        match shapes(shape, &mut |loss| losses.push(loss)) {
            Ok(Some(parts)) => {
                let group = shape.attribute("group_id").filter(|id| !matches!(*id, "" | "0"));
                let label = shape.attribute("label").unwrap_or_default();
                let key = group.map_or_else(|| format!("#{index}"), |id| format!("{id} {label}"));
                objects.entry(key).or_insert_with(|| (shape.line, Vec::new())).1.push((shape, parts));
            }
            Ok(None) => left_out.push(shape.to_json()),
            Err(reason) => sink(Found::Problem(Problem::line(file, shape.line, reason)))?,
        }
        for loss in losses {
            sink(Found::Loss(loss, format!("{file}, line {}", shape.line)))?;
        }
    }
    if !left_out.is_empty() {
        image.kept.insert("left_out".to_owned(), Value::Array(left_out));
    }
    let image = Arc::new(image);
    sink(Found::Image(Arc::clone(&image)))?;
    for (line, members) in objects.into_values() {
        sink(Found::Object(Box::new(object(&image, line, members))))?;
    }
    Continue(())
}

fn object(image: &Arc<ImageRef>, line: u64, members: Members<'_>) -> Object {
    let mut object = Object::new(image, Place::Line(line));
    let mut kept = Vec::new();
    for (node, parts) in members {
        if object.labels.is_empty()
            && let Some(label) = node.attribute("label")
        {
            object.labels.push((label.to_owned(), 1.0));
        }
        let same = match &parts[..] {
            [] => true,
            [one] => {
                let again = shape_node(one);
                again.name == node.name
                    && again.attributes.iter().all(|(k, v)| node.attribute(k).is_some_and(|n| same_numbers(n, v)))
                    && node.attribute("rotation").is_none()
            }
            _ => false,
        };
        let mut rest = node.clone();
        if same {
            rest.attributes.retain(|(key, _)| !GEOMETRY[..15].contains(&key.as_str()));
        }
        rest.attributes.retain(|(key, _)| key != "label");
        kept.push(serde_json::json!({"parts": parts.len(), "same": same, "xml": rest.to_json()}));
        object.parts.extend(parts);
    }
    object.kept.insert("shapes".to_owned(), Value::Array(kept));
    object
}

/// Whether two lists of numbers are the same in thousandths.
fn same_numbers(a: &str, b: &str) -> bool {
    let read = |text: &str| -> Option<Vec<i64>> {
        #[expect(clippy::cast_possible_truncation, reason = "thousandths of pixels")]
        text.split([',', ';']).map(|n| number::parse(n).ok().map(|n| (n * 1e6).round() as i64)).collect()
    };
    read(a).is_some() && read(a) == read(b)
}

/// `None`: it is no region.
fn shapes(node: &Node, lose: &mut dyn FnMut(Loss)) -> Result<Option<Vec<Shape>>, String> {
    let get = |key: &str| {
        let text = node.attribute(key).ok_or_else(|| format!("the {} has no {key}", node.name))?;
        number::parse(text).map_err(|what| format!("{key}: {what}"))
    };
    let turned = node.attribute("rotation").map(number::parse).transpose()?.unwrap_or(0.0);
    if !matches!(node.name.as_str(), "polyline" | "cuboid" | "skeleton")
        && node.attribute("label").is_none_or(str::is_empty)
    {
        return Err(format!("the {} has no label", node.name));
    }
    let parts = match node.name.as_str() {
        "tag" => Vec::new(),
        "box" => {
            let rect = Rect { min: Point::new(get("xtl")?, get("ytl")?), max: Point::new(get("xbr")?, get("ybr")?) };
            if !rect.is_valid() {
                return Err(format!("the box is {} wide and {} high", rect.width(), rect.height()));
            }
            if turned.rem_euclid(360.0) == 0.0 {
                vec![Shape::Box(rect)]
            } else {
                lose(Loss::TurnedBox);
                vec![Shape::Polygon(curve::turned(rect, turned, rect.center()))]
            }
        }
        "polygon" => vec![fit::ring(&Ring::new(points(node)?), lose)?],
        "points" => points(node)?.into_iter().map(Shape::Point).collect(),
        "ellipse" => {
            let (rx, ry) = (get("rx")?, get("ry")?);
            if rx <= 0.0 || ry <= 0.0 {
                return Err(format!("the ellipse has half axes of {rx} and {ry}"));
            }
            lose(Loss::Ellipse);
            vec![Shape::Polygon(curve::ellipse(Point::new(get("cx")?, get("cy")?), rx, ry, turned))]
        }
        "mask" => mask(node, &get, lose)?,
        _ => {
            lose(Loss::NotARegion);
            return Ok(None);
        }
    };
    Ok(Some(parts))
}

fn points(node: &Node) -> Result<Vec<Point>, String> {
    let text = node.attribute("points").ok_or_else(|| format!("the {} has no points", node.name))?;
    let point = |pair: &str| {
        let (x, y) = pair.split_once(',').ok_or_else(|| format!("{pair:?} is not a point"))?;
        Ok(Point::new(number::parse(x)?, number::parse(y)?))
    };
    let found: Vec<Point> =
        text.split(';').filter(|p| !p.trim().is_empty()).map(point).collect::<Result<_, String>>()?;
    if found.is_empty() { Err(format!("the {} has no points", node.name)) } else { Ok(found) }
}

fn mask(
    node: &Node,
    get: &dyn Fn(&str) -> Result<f64, String>,
    lose: &mut dyn FnMut(Loss),
) -> Result<Vec<Shape>, String> {
    let side = |key| {
        let n = get(key)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at in the same line")]
        if (1.0..1e6).contains(&n) { Ok(n as usize) } else { Err(format!("the mask's {key} is {n}")) }
    };
    let text = node.attribute("rle").ok_or("the mask has no rle")?;
    let run = |t: &str| t.trim().parse::<u64>().map_err(|_none| format!("{t:?} is not a run length"));
    let runs = text.split(',').map(run).collect::<Result<Vec<_>, String>>()?;
    let outlines =
        Mask::from_runs(&runs, side("width")?, side("height")?, Order::Rows)?.outlines(get("left")?, get("top")?);
    lose(Loss::Mask);
    (0..outlines.holes).for_each(|_| lose(Loss::Hole));
    if outlines.outer.is_empty() {
        return Err("its mask is empty".to_owned());
    }
    Ok(outlines.outer.into_iter().map(Shape::Polygon).collect())
}

/// A shape as an element, without a label.
fn shape_node(shape: &Shape) -> Node {
    let pair = |p: &Point| format!("{},{}", number::text(p.x), number::text(p.y));
    match shape {
        Shape::Box(rect) => Node::new("box")
            .with("xtl", number::text(rect.min.x))
            .with("ytl", number::text(rect.min.y))
            .with("xbr", number::text(rect.max.x))
            .with("ybr", number::text(rect.max.y)),
        Shape::Polygon(ring) => {
            Node::new("polygon").with("points", ring.points().iter().map(pair).collect::<Vec<_>>().join(";"))
        }
        Shape::Point(p) => Node::new("points").with("points", pair(p)),
        Shape::Kept(kind) => Node::new(kind),
    }
}

/// Writes a file, image by image.
pub struct Writer<W> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// Begins a file: what the source said of itself, or the classes.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(mut out: W, kept: &Map, classes: &[Class]) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n")?;
        let kept_meta = kept.get("meta").and_then(Node::from_json);
        let mut meta = kept_meta.unwrap_or_else(|| {
            let mut meta = Node::new("meta");
            let mut task = Node::new("task");
            task.children.push(Node::new("labels"));
            meta.children.push(task);
            meta
        });
        if let Some(labels) = find(&mut meta, "labels") {
            for class in classes {
                if labels.children.iter().all(|label| label.child_text("name") != Some(&class.name)) {
                    let mut label = Node::new("label");
                    label.children.push(Node::leaf("name", class.name.clone()));
                    label.children.push(Node::new("attributes"));
                    labels.children.push(label);
                }
            }
        }
        let mut text = String::new();
        meta.write(&mut text, 1);
        out.write_all(text.as_bytes())?;
        Ok(Self { out })
    }

    /// An image with its objects.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn image(&mut self, index: usize, image: &OutImage, items: &[Item]) -> io::Result<()> {
        let mut node = Node::new("image");
        let others = image.kept.get("attributes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let pair = |v: &Value| Some((v.get(0)?.as_str()?.to_owned(), v.get(1)?.as_str()?.to_owned()));
        let others: Vec<(String, String)> = others.iter().filter_map(pair).collect();
        if !others.iter().any(|(key, _)| key == "id") {
            node = node.with("id", index.to_string());
        }
        node = node.with("name", &*image.path);
        node.attributes.extend(others);
        node = node.with("width", image.size.0.to_string()).with("height", image.size.1.to_string());
        let mut next_group = items.iter().filter_map(group_of).max().unwrap_or(0) + 1;
        for item in items {
            node.children.extend(item_nodes(item, next_group));
            next_group += i64::from(item.parts.len() > 1);
        }
        let left_out = image.kept.get("left_out").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        node.children.extend(left_out.iter().filter_map(Node::from_json));
        let mut text = String::new();
        node.write(&mut text, 1);
        self.out.write_all(text.as_bytes())
    }

    /// Ends the file and gives the output back.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        self.out.write_all(b"</annotations>\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn find<'a>(node: &'a mut Node, name: &str) -> Option<&'a mut Node> {
    if node.name == name {
        return Some(node);
    }
    node.children.iter_mut().find_map(|child| find(child, name))
}

fn kept_shapes(item: &Item) -> &[Value] {
    item.kept("shapes").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn group_of(item: &Item) -> Option<i64> {
    let group = |kept: &Value| Node::from_json(kept.get("xml")?)?.attribute("group_id")?.parse().ok();
    kept_shapes(item).iter().filter_map(group).max()
}

/// The elements of an object.
fn item_nodes(item: &Item, group: i64) -> Vec<Node> {
    let label = item.class().unwrap_or_default();
    let unchanged = item.origin.as_ref().is_some_and(|origin| origin.unchanged);
    let kept = kept_shapes(item);
    let parts_of =
        |v: &Value| v.get("parts").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
    let finish = |mut node: Node, rest: Option<Node>, several: bool| {
        node.attributes.insert(0, ("label".to_owned(), label.to_owned()));
        match rest {
            Some(rest) => {
                for (key, value) in rest.attributes {
                    if node.attribute(&key).is_none() {
                        node.attributes.push((key, value));
                    }
                }
                node.children = rest.children;
                node.text = rest.text;
            }
            None => {
                node =
                    node.with("source", if item.worker.is_model() { "auto" } else { "manual" }).with("occluded", "0");
                if node.name != "tag" {
                    node = node.with("z_order", "0");
                }
            }
        }
        if several && node.attribute("group_id").is_none() {
            node = node.with("group_id", group.to_string());
        }
        node
    };
    let xml = |v: &Value| v.get("xml").and_then(Node::from_json);
    if item.parts.is_empty() {
        return vec![finish(Node::new("tag"), kept.first().and_then(xml), false)];
    }
    let mut nodes = Vec::new();
    let total: usize = kept.iter().map(parts_of).sum();
    if unchanged && total == item.parts.len() {
        let mut at = 0;
        for source in kept {
            let Some(rest) = xml(source) else { continue };
            let same = source.get("same") == Some(&Value::Bool(true));
            let node = if same { shape_node(&item.parts[at]) } else { Node::new(&rest.name) };
            nodes.push(finish(node, Some(rest), false));
            at += parts_of(source);
        }
        return nodes;
    }
    for (i, part) in item.parts.iter().enumerate() {
        let rest = kept.get(i).and_then(xml).map(|mut rest| {
            rest.attributes.retain(|(key, _)| !GEOMETRY[..15].contains(&key.as_str()));
            rest
        });
        nodes.push(finish(shape_node(part), rest, item.parts.len() > 1));
    }
    nodes
}
