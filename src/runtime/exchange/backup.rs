//! The API's own JSON: a backup that loses nothing, and whatever lists annotations in the API's words.
//!
//! One object with `inputs`, `concepts` and `annotations`, each annotation as on the wire with everything that came from the
//! server. `labelwright_backup` is the version; `lid` in each annotation is the id in this program.

use super::import::Importing;
use crate::api;
use crate::formats::json::{Stream, id};
use crate::formats::{Frame, ImageRef, List, Place, Problem};
use crate::model::{LocalId, Map};
use crate::sync::model_from_wire;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;

/// The member that says the version.
const VERSION: &str = "labelwright_backup";

/// Reads a backup, or a listing of the API.
pub fn read(
    file: &str,
    open: &dyn Fn() -> io::Result<Box<dyn Read>>,
    importing: &mut Importing<'_>,
) -> ControlFlow<()> {
    let mut known = Known::default();
    let mut take = |key: &str, index: Option<usize>, value: Value| {
        let Some(index) = index else { return Continue(()) };
        match key {
            "inputs" => {
                let input = id(value.get("id"));
                let path = value.get("name").and_then(Value::as_str).unwrap_or(&input);
                let image = Arc::new(ImageRef::new(path, Frame::Unit));
                known.images.insert(input, image);
                Continue(())
            }
            "concepts" => {
                let concept = id(value.get("id"));
                if !concept.is_empty() {
                    importing.classes().concept(&concept);
                }
                Continue(())
            }
            _ => annotation(file, index, value, &mut known, importing),
        }
    };
    let stream = Stream { lists: &["inputs", "concepts", "annotations"], passed_over: &["status"], take: &mut take };
    let flow = match open().map(|reader| stream.read(file, reader)) {
        Ok(Ok(flow)) => Ok(flow),
        Ok(Err(problem)) => Err(problem),
        Err(error) => Err(Problem::whole(file, format!("it cannot be read: {error}"))),
    };
    match flow {
        Ok(Break(())) => Break(()),
        Ok(Continue(())) => Continue(()),
        Err(problem) => importing.problem(problem),
    }
}

/// What was read so far.
#[derive(Default)]
struct Known {
    images: HashMap<String, Arc<ImageRef>>,
    annotations: HashSet<LocalId>,
}

fn annotation(
    file: &str,
    index: usize,
    value: Value,
    known: &mut Known,
    importing: &mut Importing<'_>,
) -> ControlFlow<()> {
    let place = Place::Pointer(format!("/annotations/{index}"));
    let problem = |reason: String| Problem { file: file.to_owned(), place: place.clone(), reason };
    let lid: Option<LocalId> = value.get("lid").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let mut wire: api::Annotation = match serde_json::from_value(value) {
        Ok(wire) => wire,
        Err(error) => return importing.problem(problem(error.to_string())),
    };
    let lid = lid.unwrap_or_else(|| LocalId(from_sid(&wire)));
    if !known.annotations.insert(lid) {
        return importing.problem(problem(format!("the id {} is there twice; this one was left out", wire.id)));
    }
    wire.rest.shift_remove("lid");
    // Another project may know the image by its name only.
    let by_id = Arc::new(ImageRef::new(&wire.input_id, Frame::Unit));
    let image = known.images.entry(wire.input_id.clone()).or_insert(by_id);
    let image = Arc::clone(image);
    let Some((input, fitting)) = importing.place(&image) else { return Continue(()) };
    let size = match fitting {
        Ok(fitting) => fitting.to,
        Err(reason) => return importing.problem(problem(reason)),
    };
    wire.input_id.clone_from(&input.0);
    let made = model_from_wire(&wire, lid, size);
    if let Some(fault) = made.shape().and_then(crate::model::Shape::fault) {
        return importing.problem(problem(fault));
    }
    for label in &made.concepts {
        importing.classes().concept(label.id.as_str());
    }
    importing.count_object();
    importing.annotation(made, size)
}

/// An id for an annotation that was never in a project: the same for the same one.
fn from_sid(wire: &api::Annotation) -> u128 {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(format!("labelwright sid\0{}\0{}", wire.input_id, wire.id));
    digest.iter().take(16).fold(0, |id, byte| (id << 8) | u128::from(*byte))
}

/// Writes a backup.
pub struct Writer<W> {
    list: List<W>,
}

impl<W: Write> Writer<W> {
    /// Begins it: images and concepts.
    pub fn begin(mut out: W, inputs: Vec<Value>, concepts: Vec<Value>) -> io::Result<Self> {
        write!(out, "{{\n\"{VERSION}\": 1,\n\"inputs\": ")?;
        out = List::whole(out, inputs)?;
        out.write_all(b",\n\"concepts\": ")?;
        out = List::whole(out, concepts)?;
        out.write_all(b",\n\"annotations\": ")?;
        Ok(Self { list: List::begin(out)? })
    }

    /// One annotation.
    pub fn annotation(&mut self, lid: LocalId, wire: &api::Annotation) -> io::Result<()> {
        let mut map = match serde_json::to_value(wire).map_err(io::Error::other)? {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        map.insert("lid".to_owned(), json!(lid));
        self.list.element(&Value::Object(map))
    }

    /// Ends it.
    pub fn end(self) -> io::Result<W> {
        let mut out = self.list.end()?;
        out.write_all(b"\n}\n")?;
        out.flush()?;
        Ok(out)
    }
}
