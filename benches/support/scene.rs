//! The scene of the measurements: polygons of 20 vertices spread over a picture of 8.3 MP, the same on every machine.

use labelwright::geometry::{Point, Ring, Size};
use labelwright::model::{
    Annotation, Concept, ConceptId, ConceptLabel, InputId, LocalId, Region, Shape, Status, Worker,
};
use labelwright::runtime::{Access, Event, ImageAnnotations, InputRow, Opened, Sending, SizeKnown};
use labelwright::ui::editor::Editor;

/// The picture's size.
pub const IMAGE: Size = Size::new(3840.0, 2160.0);
/// Vertices of a polygon.
pub const VERTICES: u32 = 20;
const CONCEPTS: u32 = 12;

/// Numbers that only depend on where they start.
pub struct Rng(u64);

impl Rng {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// The next one in 0..1.
    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
        let unit = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    }
}

/// A wavy ring of `vertices` around a place.
pub fn ring(center: Point, radius_px: f64, vertices: u32, rng: &mut Rng) -> Ring {
    let vertex = |i: u32| {
        let angle = f64::from(i) / f64::from(vertices) * std::f64::consts::TAU;
        let reach = radius_px * (0.75 + 0.25 * rng.unit());
        Point::new(reach.mul_add(angle.cos(), center.x), reach.mul_add(angle.sin(), center.y))
    };
    Ring::new((0..vertices).map(vertex).collect())
}

/// `count` polygons of [`VERTICES`]; the more there are the smaller they are, as in a real picture.
pub fn polygons(input: &InputId, count: u32) -> Vec<Annotation> {
    let mut rng = Rng::new(u64::from(count));
    let radius_px = (IMAGE.width * IMAGE.height / f64::from(count)).sqrt() * 0.6;
    let radius_px = radius_px.clamp(4.0, 120.0);
    (0..count)
        .map(|i| {
            let center = Point::new(
                radius_px + rng.unit() * (IMAGE.width - 2.0 * radius_px),
                radius_px + rng.unit() * (IMAGE.height - 2.0 * radius_px),
            );
            let shape = Shape::Polygon(ring(center, radius_px, VERTICES, &mut rng));
            annotation(u128::from(i) + 1, input, shape, i % CONCEPTS)
        })
        .collect()
}

/// One annotation.
pub fn annotation(lid: u128, input: &InputId, shape: Shape, concept: u32) -> Annotation {
    Annotation {
        lid: LocalId(lid),
        input: input.clone(),
        region: Some(Region { id: None, shape }),
        concepts: vec![ConceptLabel::positive(ConceptId::from(format!("concept-{concept}").as_str()))],
        status: if lid.is_multiple_of(7) { Status::Pending } else { Status::Success },
        worker: Worker::Me,
        info: labelwright::model::Info::new(),
        created_at: String::new(),
        kept: None,
    }
}

/// An editor that shows an image with these annotations; nothing of it is on a disk.
pub fn editor(annotations: Vec<Annotation>, images: u32) -> Editor {
    let inputs = (0..images)
        .map(|i| InputRow {
            id: InputId::from(format!("image-{i}").as_str()),
            name: format!("image-{i:06}.jpg"),
            size: Some(IMAGE),
            annotations: 20,
            open: 0,
            unsent: 0,
            problems: 0,
        })
        .collect();
    let concept = |i: u32| {
        let id = ConceptId::from(format!("concept-{i}").as_str());
        Concept { name: format!("Concept {i}"), id, color: None }
    };
    let mut editor = Editor::new(Opened {
        first_shown: None,
        name: "Scale".to_owned(),
        dir: std::path::PathBuf::new(),
        access: Access::ReadWrite,
        server: String::new(),
        user: "me".to_owned(),
        app_owner: String::new(),
        inputs,
        concepts: (0..CONCEPTS).map(concept).collect(),
        history: Vec::new(),
        sending: Sending::AsEdited,
        settings: serde_json::Map::new(),
    });
    let input = shown();
    editor.show(&input);
    editor.take(Event::Annotations(Box::new(ImageAnnotations {
        input,
        size: IMAGE,
        size_known: SizeKnown::Yes,
        annotations: annotations.into(),
        marks: Vec::new(),
    })));
    editor
}

/// The image that [`editor`] shows.
pub fn shown() -> InputId {
    InputId::from("image-0")
}
