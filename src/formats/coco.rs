//! COCO JSON: one file for all images.
//!
//! Source: "Data format" at <https://cocodataset.org/#format-data> and `pycocotools`. Boxes are `[x, y, width, height]`,
//! "measured from the top left image corner and are 0-indexed": pixel corners. Polygons are flat lists of the same
//! positions; `iscrowd` objects and masks are run lengths down the columns, plain or as text. Ids of categories may have gaps.

use super::json::{self, Stream};
use super::mask::{Mask, Order, runs_from_text};
use super::{
    Class, Found, Frame, ImageRef, Item, List, Loss, Object, OutImage, Place, Problem, Sink, fit, number, own,
};
use crate::geometry::{Point, Rect, Ring};
use crate::model::{Map, Shape};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

/// Opens the file anew: images and categories may stand behind the annotations, so that it is read twice.
pub type Open<'a> = dyn Fn() -> io::Result<Box<dyn Read>> + 'a;

const IMAGE_WORDS: [&str; 4] = ["id", "file_name", "width", "height"];

/// Reads a file.
pub fn read(file: &str, open: &Open<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    let mut tables = Tables::default();
    tables.read(file, open, sink)?;
    let mut ids = Ids::default();
    let mut take = |_: &str, index: Option<usize>, value: Value| {
        let place = Place::Pointer(format!("/annotations/{}", index.unwrap_or(0)));
        let problem = |reason| Found::Problem(Problem { file: file.to_owned(), place: place.clone(), reason });
        let mut losses = Vec::new();
        let object = tables.object(value, &place, &mut |loss| losses.push(loss));
        match object {
            Err(reason) => sink(problem(reason)),
            Ok(object) if !object.id.is_empty() && !ids.insert(&object.id) => {
                sink(problem(format!("the id {} is there twice; this one was left out", object.id)))
            }
            Ok(object) => {
                for loss in losses {
                    sink(Found::Loss(loss, format!("{file}{place}")))?;
                }
                sink(Found::Object(Box::new(object)))
            }
        }
    };
    let stream =
        Stream { lists: &["annotations"], passed_over: &["images", "categories", "info", "licenses"], take: &mut take };
    match open() {
        Ok(reader) => match stream.read(file, reader) {
            Ok(flow) => flow,
            Err(_) if tables.broken => Continue(()), // it was said in the first reading
            Err(problem) => sink(Found::Problem(problem)),
        },
        Err(error) => sink(Found::Problem(Problem::whole(file, format!("it cannot be read: {error}")))),
    }
}

/// Ids that were there; of a million numbers only the numbers are kept.
#[derive(Default)]
struct Ids {
    numbers: HashSet<u64>,
    texts: HashSet<String>,
}

impl Ids {
    /// Whether it is there for the first time.
    fn insert(&mut self, id: &str) -> bool {
        match id.parse::<u64>() {
            Ok(number) if number.to_string() == id => self.numbers.insert(number),
            _ => self.texts.insert(id.to_owned()),
        }
    }
}

/// What annotations point to.
#[derive(Default)]
struct Tables {
    images: HashMap<String, Arc<ImageRef>>,
    classes: HashMap<String, String>,
    /// The file is no JSON from some line on, which was said.
    broken: bool,
}

impl Tables {
    fn read(&mut self, file: &str, open: &Open<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let mut rest = Map::new();
        let mut broken = None;
        let mut take = |key: &str, index: Option<usize>, value: Value| {
            let Some(index) = index else {
                rest.insert(key.to_owned(), value);
                return Continue(());
            };
            let pointer = format!("/{key}/{index}");
            let Value::Object(map) = value else {
                return sink(Found::Problem(Problem::pointer(file, pointer, "it is not an object")));
            };
            let taken = if key == "images" { self.image(&map) } else { self.class(&map) };
            match taken {
                Ok(found) => sink(found),
                Err(reason) => sink(Found::Problem(Problem::pointer(file, pointer, reason))),
            }
        };
        let stream = Stream { lists: &["images", "categories"], passed_over: &["annotations"], take: &mut take };
        match open().map(|reader| stream.read(file, reader)) {
            Ok(Ok(Break(()))) => return Break(()),
            Ok(Ok(Continue(()))) => {}
            Ok(Err(problem)) => broken = Some(problem),
            Err(error) => sink(Found::Problem(Problem::whole(file, format!("it cannot be read: {error}"))))?,
        }
        if let Some(problem) = broken {
            self.broken = true;
            sink(Found::Problem(problem))?;
        }
        if rest.is_empty() { Continue(()) } else { sink(Found::File(rest)) }
    }

    fn image(&mut self, map: &Map) -> Result<Found, String> {
        let id = json::id(map.get("id"));
        let path = json::text(map, "file_name").or_else(|| json::text(map, "coco_url"));
        let path = path.filter(|path| !path.is_empty()).ok_or("the image has no file_name")?.to_owned();
        if id.is_empty() {
            return Err(format!("the image {path} has no id"));
        }
        if self.images.contains_key(&id) {
            return Err(format!("the image id {id} is there twice"));
        }
        for side in ["width", "height"] {
            if let Some(value) = map.get(side).filter(|v| !v.is_null())
                && !json::number(value).is_ok_and(|n| n > 0.0)
            {
                return Err(format!("the {side} of {path} is {}", json::shortened(value)));
            }
        }
        let mut image = ImageRef::new(&path, Frame::Pixels(json::size(map, "width", "height")));
        image.kept = json::others(map, &IMAGE_WORDS[1..]);
        let image = Arc::new(image);
        self.images.insert(id, Arc::clone(&image));
        Ok(Found::Image(image))
    }

    fn class(&mut self, map: &Map) -> Result<Found, String> {
        let id = json::id(map.get("id"));
        let name =
            json::text(map, "name").filter(|name| !name.is_empty()).ok_or("the category has no name")?.to_owned();
        if self.classes.insert(id.clone(), name.clone()).is_some() {
            return Err(format!("the category id {id} is there twice"));
        }
        Ok(Found::Class(Class { number: id.parse().ok(), name, kept: json::others(map, &["id", "name"]) }))
    }

    fn object(&self, value: Value, place: &Place, lose: &mut dyn FnMut(Loss)) -> Result<Object, String> {
        let Value::Object(map) = value else { return Err("it is not an object".to_owned()) };
        let image_id = json::id(map.get("image_id"));
        let image = self.images.get(&image_id).ok_or_else(|| format!("there is no image with the id {image_id}"))?;
        let class_id = json::id(map.get("category_id"));
        let class =
            self.classes.get(&class_id).ok_or_else(|| format!("there is no category with the id {class_id}"))?;
        let mut object = Object::new(image, place.clone());
        object.id = json::id(map.get("id"));
        let score = map.get("score").map(json::number).transpose()?.unwrap_or(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a label's value is f32")]
        object.labels.push((class.clone(), score.clamp(0.0, 1.0) as f32));
        object.parts = shapes(&map, lose)?;
        if map.contains_key("keypoints") {
            lose(Loss::Keypoints);
        }
        if let Some(value) = map.get(own::OWN) {
            own::read(value, Some(class), &mut object);
        }
        object.kept = json::others(&map, &["id", "image_id", "category_id", "iscrowd", own::OWN]);
        if map.get("iscrowd").is_some_and(|v| json::number(v).is_ok_and(|n| n != 0.0)) {
            object.kept.insert("iscrowd".to_owned(), 1.into());
        }
        // What is written from the shape again need not be kept.
        let again = geometry(&object.parts);
        object.kept.retain(|key, value| !again.get(key).is_some_and(|a| number::same(a, value)));
        Ok(object)
    }
}

/// The parts of an annotation: its polygons, the outlines of its mask, or its box.
fn shapes(map: &Map, lose: &mut dyn FnMut(Loss)) -> Result<Vec<Shape>, String> {
    let bbox = map.get("bbox").filter(|v| !v.is_null()).map(bounding_box).transpose()?;
    match map.get("segmentation") {
        Some(Value::Array(rings)) if !rings.is_empty() => rings.iter().map(|ring| polygon(ring, lose)).collect(),
        Some(Value::Object(rle)) => {
            let outlines = mask(rle)?.outlines(0.0, 0.0);
            lose(Loss::Mask);
            (0..outlines.holes).for_each(|_| lose(Loss::Hole));
            if outlines.outer.is_empty() {
                return Err("its mask is empty".to_owned());
            }
            Ok(outlines.outer.into_iter().map(Shape::Polygon).collect())
        }
        _ => bbox.map(|b| vec![Shape::Box(b)]).ok_or_else(|| "it has neither a segmentation nor a bbox".to_owned()),
    }
}

fn bounding_box(value: &Value) -> Result<Rect, String> {
    let n = json::numbers(value).map_err(|what| format!("bbox: {what}"))?;
    let [x, y, width, height] = n[..] else { return Err(format!("bbox has {} numbers, not 4", n.len())) };
    if width <= 0.0 || height <= 0.0 {
        return Err(format!("bbox is {width} wide and {height} high"));
    }
    Ok(Rect { min: Point::new(x, y), max: Point::new(x + width, y + height) })
}

fn polygon(value: &Value, lose: &mut dyn FnMut(Loss)) -> Result<Shape, String> {
    let n = json::numbers(value).map_err(|what| format!("segmentation: {what}"))?;
    if n.len() % 2 != 0 {
        return Err(format!("segmentation has a polygon of {} numbers, an odd count", n.len()));
    }
    let ring = Ring::new(n.chunks_exact(2).map(|p| Point::new(p[0], p[1])).collect());
    fit::ring(&ring, lose).map_err(|what| format!("segmentation: {what}"))
}

fn mask(rle: &Map) -> Result<Mask, String> {
    let size = rle.get("size").map_or_else(|| Err("the mask has no size".to_owned()), json::numbers)?;
    let side = |n: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at in the same line")]
        if (1.0..1e6).contains(&n) { Ok(n as usize) } else { Err(format!("the mask has a side of {n} pixels")) }
    };
    let [height, width] = size[..] else { return Err("the mask's size is not [height, width]".to_owned()) };
    let runs = match rle.get("counts") {
        Some(Value::String(text)) => runs_from_text(text)?,
        Some(Value::Array(counts)) => {
            let run = |v: &Value| v.as_u64().ok_or_else(|| format!("the run length {}", json::shortened(v)));
            counts.iter().map(run).collect::<Result<_, _>>()?
        }
        _ => return Err("the mask has no counts".to_owned()),
    };
    Mask::from_runs(&runs, side(width)?, side(height)?, Order::Columns)
}

/// What COCO says of a shape: bbox, area, segmentation.
fn geometry(parts: &[Shape]) -> Map {
    let mut map = Map::new();
    let mut rings = Vec::new();
    let mut area = 0.0;
    let mut corners = Vec::new();
    for shape in parts {
        match shape {
            Shape::Box(rect) => {
                let rect = Rect { min: rounded(rect.min), max: rounded(rect.max) };
                area += rect.area();
                corners.extend([rect.min, rect.max]);
            }
            Shape::Polygon(ring) => {
                let ring = Ring::new(ring.points().iter().map(|p| rounded(*p)).collect());
                area += ring.area();
                corners.extend(ring.points().iter().copied());
                rings.push(Value::Array(
                    ring.points().iter().flat_map(|p| [number::json(p.x), number::json(p.y)]).collect(),
                ));
            }
            Shape::Point(_) | Shape::Kept(_) => {}
        }
    }
    // A box is a box, and has no outline of its own (as in the detection files of the data set itself).
    map.insert("segmentation".to_owned(), Value::Array(rings));
    map.insert("area".to_owned(), number::json(area));
    if let Some(b) = Rect::around(corners) {
        let bbox = [b.min.x, b.min.y, b.width(), b.height()].map(number::json);
        map.insert("bbox".to_owned(), Value::Array(bbox.to_vec()));
    }
    map
}

fn rounded(p: Point) -> Point {
    Point::new(number::round3(p.x), number::round3(p.y))
}

/// Writes a file, part by part: its head, then each object, then its end.
pub struct Writer<W> {
    list: List<W>,
    classes: HashMap<String, i64>,
}

impl<W: Write> Writer<W> {
    /// Begins a file: what the source said of itself, its classes and all images.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(
        mut out: W,
        kept: &Map,
        classes: &[Class],
        images: &mut dyn Iterator<Item = OutImage>,
    ) -> io::Result<Self> {
        out.write_all(b"{\n")?;
        let info = json!({"description": "exported by labelwright", "version": "1.0"});
        for key in kept.keys().filter(|key| *key != "info") {
            writeln!(out, "{}: {},", Value::from(key.as_str()), kept[key])?;
        }
        writeln!(out, "\"info\": {},", kept.get("info").unwrap_or(&info))?;
        if !kept.contains_key("licenses") {
            out.write_all(b"\"licenses\": [],\n")?;
        }
        out.write_all(b"\"images\": ")?;
        out = List::whole(out, images.map(image_json))?;
        out.write_all(b",\n\"categories\": ")?;
        out = List::whole(out, classes.iter().map(class_json))?;
        out.write_all(b",\n\"annotations\": ")?;
        let classes = classes.iter().map(|class| (class.name.clone(), class.number.unwrap_or(0))).collect();
        Ok(Self { list: List::begin(out)?, classes })
    }

    /// An object of an image.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn object(&mut self, image: &OutImage, item: &Item) -> io::Result<()> {
        let Some(category) = item.class().and_then(|class| self.classes.get(class)) else { return Ok(()) };
        let mut map = Map::new();
        let number = item.origin.as_ref().filter(|o| !o.id.is_empty()).map(|o| o.id.clone());
        let id = match number.as_deref().map(str::parse::<i64>) {
            Some(Ok(id)) => id.into(),
            Some(Err(_)) => Value::from(number),
            None => super::origin::number_for(&item.lid.to_string()).into(),
        };
        map.insert("id".to_owned(), id);
        map.insert("image_id".to_owned(), image.kept.get("id").cloned().unwrap_or_else(|| image.number.into()));
        map.insert("category_id".to_owned(), (*category).into());
        for (key, value) in geometry(&item.parts) {
            let value = item.kept_shape(&key).cloned().unwrap_or(value);
            map.insert(key, value);
        }
        map.insert("iscrowd".to_owned(), item.kept("iscrowd").cloned().unwrap_or_else(|| 0.into()));
        if let Some(origin) = &item.origin {
            for (key, value) in &origin.kept {
                if !map.contains_key(key) {
                    map.insert(key.clone(), value.clone());
                }
            }
        }
        map.insert(own::OWN.to_owned(), own::write(item));
        self.list.element(&Value::Object(map))
    }

    /// Ends the file and gives the output back.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(self) -> io::Result<W> {
        let mut out = self.list.end()?;
        out.write_all(b"\n}\n")?;
        out.flush()?;
        Ok(out)
    }
}

fn image_json(image: OutImage) -> Value {
    let mut map = Map::new();
    map.insert("id".to_owned(), image.kept.get("id").cloned().unwrap_or_else(|| image.number.into()));
    map.insert("file_name".to_owned(), image.path.into());
    map.insert("width".to_owned(), image.size.0.into());
    map.insert("height".to_owned(), image.size.1.into());
    map.extend(image.kept.into_iter().filter(|(key, _)| !IMAGE_WORDS.contains(&key.as_str())));
    Value::Object(map)
}

fn class_json(class: &Class) -> Value {
    let mut map = Map::new();
    map.insert("id".to_owned(), class.number.unwrap_or(0).into());
    map.insert("name".to_owned(), class.name.clone().into());
    map.extend(class.kept.clone());
    Value::Object(map)
}

/// The categories of a file, and nothing else; `None` where it is no COCO file.
#[must_use]
pub fn classes(open: &Open<'_>) -> Option<Vec<Class>> {
    let mut found = Vec::new();
    let mut tables = Tables::default();
    let mut take = |_: &str, _: Option<usize>, value: Value| {
        if let Value::Object(map) = value
            && let Ok(Found::Class(class)) = tables.class(&map)
        {
            found.push(class);
        }
        Continue(())
    };
    let stream = Stream { lists: &["categories"], passed_over: &["images", "annotations", "info"], take: &mut take };
    let read = stream.read("", open().ok()?);
    read.is_ok().then_some(found)
}
