//! What readers hand out and writers take.

use super::Loss;
use super::origin::Origin;
use crate::model::{LocalId, Map, Shape, Status, Worker};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Where in a file something is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    #[default]
    Whole,
    /// A line, counted from 1.
    Line(u64),
    /// An RFC 6901 JSON pointer.
    Pointer(String),
}

/// Something that cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// Why, in a sentence.
    pub reason: String,
}

impl Problem {
    /// A problem at a line.
    pub fn line(file: &str, line: u64, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: Place::Line(line), reason: reason.into() }
    }

    /// A problem at a JSON pointer.
    pub fn pointer(file: &str, pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: Place::Pointer(pointer.into()), reason: reason.into() }
    }

    /// A problem of the whole file.
    pub fn whole(file: &str, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: Place::Whole, reason: reason.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Line(line) => write!(f, ", line {line}"),
            Self::Pointer(pointer) => write!(f, ", {pointer}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.file, self.place, self.reason)
    }
}

impl std::error::Error for Problem {}

/// What the positions of a file are measured in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Frame {
    /// Pixels of an image that the file says to be this large (width, height).
    Pixels(Option<(f64, f64)>),
    /// Parts of the image's width and height, 0..1.
    Unit,
}

/// An image as a file names it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageRef {
    /// The path or name in the file, `/` between its parts; without extension where the format has none.
    pub path: String,
    /// What positions are measured in.
    pub frame: Frame,
    /// The split that it belongs to (`train`, `val`, …); empty: none.
    pub split: String,
    /// SHA-256 of the image's bytes, where the file holds them.
    pub hash: Option<[u8; 32]>,
    /// What else the file says of the image.
    pub kept: Map,
}

impl ImageRef {
    /// An image of which only the path and the frame are known.
    #[must_use]
    pub fn new(path: &str, frame: Frame) -> Self {
        Self { path: path.replace('\\', "/"), frame, split: String::new(), hash: None, kept: Map::new() }
    }
}

/// A class of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Class {
    /// Its number there, where it has one.
    pub number: Option<i64>,
    /// Its name.
    pub name: String,
    /// What else the file says of it.
    pub kept: Map,
}

/// One object of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// On this image.
    pub image: Arc<ImageRef>,
    /// Where in the file.
    pub place: Place,
    /// Its id there; empty: it has none.
    pub id: String,
    /// The id that this program gave it and wrote into the file.
    pub lid: Option<LocalId>,
    /// Class names and how far they hold: 1 is, 0 is not.
    pub labels: Vec<(String, f32)>,
    /// Its parts in the file's frame; empty: it speaks of the whole image.
    pub parts: Vec<Shape>,
    /// Where it stands in review.
    pub status: Status,
    /// Who made it.
    pub worker: Worker,
    /// Free-form information that this program wrote into the file.
    pub info: Map,
    /// What else the file says of it, in the format's own words.
    pub kept: Map,
}

impl Object {
    /// An object without anything but a place.
    #[must_use]
    pub fn new(image: &Arc<ImageRef>, place: Place) -> Self {
        Self {
            image: Arc::clone(image),
            place,
            id: String::new(),
            lid: None,
            labels: Vec::new(),
            parts: Vec::new(),
            status: Status::default(),
            worker: Worker::default(),
            info: Map::new(),
            kept: Map::new(),
        }
    }
}

/// What a reader finds, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// What the file says about itself.
    File(Map),
    /// A class.
    Class(Class),
    /// An image, whether there is anything on it or not.
    Image(Arc<ImageRef>),
    /// An object.
    Object(Box<Object>),
    /// Something that cannot be taken in; what follows is the good rest.
    Problem(Problem),
    /// Something that is taken in as something else, and an example of it.
    Loss(Loss, String),
}

/// Takes what a reader finds; a break ends the reading.
pub type Sink<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;

/// An image that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct OutImage {
    /// A number for it that stays the same from export to export.
    pub number: u64,
    /// Its path or name in the file.
    pub path: String,
    /// Pixels across and down, as the file is to count them.
    pub size: (u32, u32),
    /// The split that it belongs to; empty: none.
    pub split: String,
    /// What the file that it came from said of it.
    pub kept: Map,
    /// The image's bytes, where they are to be written into the file.
    pub bytes: Option<Vec<u8>>,
}

/// An object that is written: one region of one annotation, or the parts of several that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The annotation (of several: the first).
    pub lid: LocalId,
    /// Class names and how far they hold.
    pub labels: Vec<(String, f32)>,
    /// Its parts, pixels of the image as the file is to count them; empty: the whole image.
    pub parts: Vec<Shape>,
    /// Where it stands in review.
    pub status: Status,
    /// Who made it.
    pub worker: Worker,
    /// Free-form information, without what this program keeps there for itself.
    pub info: Map,
    /// Where it came from, where that was the format that is written.
    pub origin: Option<Origin>,
}

impl Item {
    /// The first label that holds.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        self.labels.iter().find(|(_, value)| *value > 0.0).map(|(name, _)| name.as_str())
    }

    /// What the source said in the format's own words; `None` for a word of geometry where the shape was changed since.
    #[must_use]
    pub fn kept(&self, word: &str) -> Option<&serde_json::Value> {
        self.origin.as_ref().and_then(|origin| origin.kept.get(word))
    }

    /// The same, where nobody changed the shape since it came in.
    #[must_use]
    pub fn kept_shape(&self, word: &str) -> Option<&serde_json::Value> {
        self.origin.as_ref().filter(|origin| origin.unchanged).and_then(|origin| origin.kept.get(word))
    }
}
