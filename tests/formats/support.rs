//! What a reader found, and projects to import into.

use labelwright::formats::{Class, Found, Losses, Object, Problem};
use labelwright::model::{Map, Shape};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// A label and the corners of every part.
pub type Said = (String, Vec<Vec<(f64, f64)>>);

/// Everything a reader handed out.
#[derive(Default)]
pub struct Heard {
    pub objects: Vec<Object>,
    pub images: Vec<String>,
    pub classes: Vec<Class>,
    pub problems: Vec<Problem>,
    pub losses: Losses,
    pub file: Map,
}

impl Heard {
    pub fn take(&mut self, found: Found) -> ControlFlow<()> {
        match found {
            Found::File(map) => self.file = map,
            Found::Class(class) => self.classes.push(class),
            Found::Image(image) => self.images.push(image.path.clone()),
            Found::Object(object) => self.objects.push(*object),
            Found::Problem(problem) => self.problems.push(problem),
            Found::Loss(loss, example) => self.losses.add(loss, || example),
        }
        ControlFlow::Continue(())
    }

    /// The label and the corners of every part.
    pub fn shapes(&self) -> Vec<Said> {
        self.objects
            .iter()
            .map(|o| (o.labels.first().map(|l| l.0.clone()).unwrap_or_default(), o.parts.iter().map(corners).collect()))
            .collect()
    }

    pub fn problem_texts(&self) -> Vec<String> {
        self.problems.iter().map(ToString::to_string).collect()
    }
}

/// The positions of a shape, rounded to a millionth.
pub fn corners(shape: &Shape) -> Vec<(f64, f64)> {
    let round = |v: f64| (v * 1e6).round() / 1e6 + 0.0;
    let points = match shape {
        Shape::Box(b) => vec![b.min, b.max],
        Shape::Polygon(ring) => ring.points().to_vec(),
        Shape::Point(p) => vec![*p],
        Shape::Kept(_) => Vec::new(),
    };
    points.into_iter().map(|p| (round(p.x), round(p.y))).collect()
}

/// A golden file.
pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/golden").join(name)
}

/// A project with the images `photo.png` (100 × 80) and `other.png` (64 × 64).
pub fn project(folder: &Path) -> PathBuf {
    let images = folder.join("pictures");
    std::fs::create_dir_all(&images).expect("a folder");
    for (name, width, height, shade) in [("photo.png", 100, 80, 90), ("other.png", 64, 64, 200)] {
        let picture = image::GrayImage::from_pixel(width, height, image::Luma([shade]));
        picture.save(images.join(name)).expect("a picture");
    }
    let dir = folder.join("project");
    labelwright::runtime::create(&labelwright::runtime::Opening::ImageFolder(images), &dir).expect("a project");
    dir
}
