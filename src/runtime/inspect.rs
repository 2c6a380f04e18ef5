//! Looking at a whole project without a window: the rules of review, counts, and a picture of an image with its shapes.

use super::exchange::Progress;
use super::looking::looked_at;
use super::open::is_empty_input_level;
use crate::geometry::{Point, Rect, Ring, Size, distance_to_segment};
use crate::images::{Limits, Picture, decode};
use crate::model::rules::{RuleLimits, check};
use crate::model::{Annotation, Shape};
use crate::store::{InputFilter, InputRow, InputSource, Project, Reader};
use crate::sync::model_from_wire;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// How often the counting tells how far it is.
const TELL_EVERY: usize = 10_000;

/// What the rules of review say about a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ValidateReport {
    /// Images that were looked at.
    pub images: usize,
    /// Annotations that were looked at.
    pub annotations: usize,
    /// Rows of the database that are damaged.
    pub damaged: usize,
    /// How often each rule spoke up.
    pub rules: BTreeMap<&'static str, usize>,
    /// What it said, in the order of the images.
    pub findings: Vec<FindingRow>,
}

/// What a rule said about an annotation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FindingRow {
    /// The image.
    pub image: String,
    /// Its id.
    pub input: String,
    /// The annotation.
    pub annotation: String,
    /// The rule.
    pub rule: &'static str,
    /// What is wrong.
    pub text: String,
}

/// Counts of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StatsReport {
    /// Images.
    pub images: usize,
    /// Images with at least one annotation.
    pub annotated_images: usize,
    /// Annotations.
    pub annotations: usize,
    /// By kind of region.
    pub kinds: BTreeMap<String, usize>,
    /// By status.
    pub statuses: BTreeMap<String, u64>,
    /// By who made them.
    pub workers: BTreeMap<String, u64>,
    /// By concept: annotations that carry it, and images.
    pub concepts: BTreeMap<String, ConceptCount>,
}

/// How often a concept is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ConceptCount {
    /// Annotations that carry it.
    pub annotations: usize,
    /// Images with at least one of those.
    pub images: usize,
}

fn annotations_of(reader: &Reader, row: &InputRow) -> Result<(Vec<Annotation>, usize), String> {
    let size = size_of(row).unwrap_or(crate::store::NOMINAL_SIZE);
    let mut annotations = Vec::new();
    let damaged = reader.each_shown_on(&row.id, |lid, wire| {
        if !is_empty_input_level(&wire) {
            annotations.push(model_from_wire(&wire, lid, size));
        }
    });
    Ok((annotations, damaged.map_err(|error| error.to_string())?.len()))
}

fn size_of(row: &InputRow) -> Option<Size> {
    row.size.map(|px| Size::new(f64::from(px.width_px), f64::from(px.height_px)))
}

/// Asks the rules of review about every image; works while a window has the project open. `progress` is told the images.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn validate(dir: &Path, progress: &Progress) -> Result<ValidateReport, String> {
    let (_project, reader) = looked_at(dir)?;
    let rows = reader.inputs(&InputFilter::default()).map_err(|error| error.to_string())?;
    let mut report = ValidateReport { images: rows.len(), ..ValidateReport::default() };
    let of = u64::try_from(rows.len()).ok();
    for (done, row) in (0..).zip(rows) {
        progress.tell(done, of);
        let (annotations, damaged) = annotations_of(&reader, &row)?;
        report.annotations += annotations.len();
        report.damaged += damaged;
        for finding in check(&annotations, size_of(&row), &RuleLimits::default()) {
            *report.rules.entry(finding.rule.name()).or_default() += 1;
            report.findings.push(FindingRow {
                image: row.name.clone(),
                input: row.id.0.clone(),
                annotation: finding.lid.to_string(),
                rule: finding.rule.name(),
                text: finding.rule.text(),
            });
        }
    }
    Ok(report)
}

/// Counts; works while a window has the project open. `progress` is told the annotations.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn stats(dir: &Path, progress: &Progress) -> Result<StatsReport, String> {
    let (_project, reader) = looked_at(dir)?;
    let text = |error: crate::store::StoreError| error.to_string();
    let counts = reader.counts().map_err(text)?;
    let mut report = StatsReport {
        images: usize::try_from(counts.images).unwrap_or(usize::MAX),
        annotated_images: counts.per_input.values().filter(|count| count.annotations > 0).count(),
        ..StatsReport::default()
    };
    progress.tell(0, Some(counts.annotations));
    let mut seen: BTreeMap<String, std::collections::HashSet<String>> = BTreeMap::new();
    reader
        .each_place(&mut |row| {
            report.annotations += 1;
            if report.annotations.is_multiple_of(TELL_EVERY) {
                progress.tell(u64::try_from(report.annotations).unwrap_or(u64::MAX), Some(counts.annotations));
            }
            *report.kinds.entry(row.kind).or_default() += 1;
            for concept in row.concepts {
                report.concepts.entry(concept.0.clone()).or_default().annotations += 1;
                seen.entry(concept.0).or_default().insert(row.input_id.clone());
            }
        })
        .map_err(text)?;
    for (concept, images) in seen {
        report.concepts.entry(concept).or_default().images = images.len();
    }
    let tally = reader.review_tally().map_err(text)?;
    report.statuses = tally.by_status.iter().map(|(status, n)| (status.text().to_owned(), *n)).collect();
    for (worker, of) in tally.by_worker {
        *report.workers.entry(worker.text()).or_default() += of.all;
    }
    Ok(report)
}

/// An image with its shapes drawn on it, as PNG. `image`: its id, or its name where only one has it.
///
/// # Errors
/// A sentence.
pub fn render(dir: &Path, image: &str) -> Result<Vec<u8>, String> {
    let (project, reader) = looked_at(dir)?;
    let rows = reader.inputs(&InputFilter::default()).map_err(|error| error.to_string())?;
    let mut named: Vec<&InputRow> = rows.iter().filter(|row| row.id.as_str() == image).collect();
    if named.is_empty() {
        named = rows.iter().filter(|row| row.name == image).collect();
    }
    let row = match named[..] {
        [one] => one,
        [] => return Err(format!("there is no image {image:?} in this project")),
        [..] => return Err(format!("{} images are called {image:?}; say the id of one", named.len())),
    };
    let bytes = bytes_of(&project, row)?;
    let picture = decode(&bytes, &Limits::default()).map_err(|error| format!("{image}: {error}"))?;
    let (annotations, _) = annotations_of(&reader, row)?;
    let size = size_of(row).unwrap_or(crate::store::NOMINAL_SIZE);
    let mut canvas = Canvas::new(&picture);
    let scale = (f64::from(picture.width_px()) / size.width, f64::from(picture.height_px()) / size.height);
    for annotation in &annotations {
        canvas.annotation(annotation, scale);
    }
    canvas.png()
}

fn bytes_of(project: &Project, row: &InputRow) -> Result<Vec<u8>, String> {
    use sha2::Digest as _;
    let path = match &row.source {
        InputSource::Path(path) if path.is_relative() => project.images_dir().join(path),
        InputSource::Path(path) => path.clone(),
        InputSource::Hosted { .. } => {
            let digest = sha2::Sha256::digest(row.id.as_str().as_bytes());
            let cached: PathBuf = project.images_dir().join("cache").join(super::sources::hex(&digest));
            if !cached.is_file() {
                return Err(format!("{} is not on this computer; look at it once in the window", row.name));
            }
            cached
        }
        InputSource::Other { kind } => return Err(format!("{} is {kind}, which cannot be shown", row.name)),
    };
    std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Pixels with shapes on them.
struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    /// Half of an outline's width, pixels: it can be seen on a large picture made small.
    half_px: f64,
}

impl Canvas {
    fn new(picture: &Picture) -> Self {
        let (width, height) = (picture.width_px(), picture.height_px());
        let mut pixels = Vec::with_capacity(3 * width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                let [r, g, b, _] = picture.pixel(x, y);
                pixels.extend([r, g, b]);
            }
        }
        let half_px = f64::from(width.max(height)) / 1_600.0;
        Self { width, height, pixels, half_px: half_px.max(0.75) }
    }

    fn annotation(&mut self, annotation: &Annotation, scale: (f64, f64)) {
        let color = color_of(annotation);
        let at = |p: Point| Point::new(p.x * scale.0, p.y * scale.1);
        match annotation.shape() {
            Some(Shape::Box(rect)) => self.ring(&Ring::new(rect.corners().map(at).to_vec()), color),
            Some(Shape::Polygon(ring)) => self.ring(&Ring::new(ring.points().iter().copied().map(at).collect()), color),
            Some(Shape::Point(p)) => self.dot(at(*p), color),
            Some(Shape::Kept(_)) | None => {}
        }
    }

    /// Fills by scan lines (even-odd, pixel centres) and draws the outline.
    fn ring(&mut self, ring: &Ring, color: [u8; 3]) {
        let Some(bounds) = ring.bounds() else { return };
        for y in self.rows(bounds.min.y, bounds.max.y) {
            let center = f64::from(y) + 0.5;
            let mut cuts: Vec<f64> = ring
                .edges()
                .filter(|(a, b)| (a.y > center) != (b.y > center))
                .map(|(a, b)| a.x + (center - a.y) / (b.y - a.y) * (b.x - a.x))
                .collect();
            cuts.sort_by(f64::total_cmp);
            for pair in cuts.chunks_exact(2) {
                for x in self.columns(pair[0], pair[1]) {
                    if (pair[0]..pair[1]).contains(&(f64::from(x) + 0.5)) {
                        self.blend(x, y, color, 0.25);
                    }
                }
            }
        }
        for (a, b) in ring.edges() {
            self.line(a, b, color);
        }
    }

    fn line(&mut self, a: Point, b: Point, color: [u8; 3]) {
        let around = Rect::from_corners(a, b).grown(self.half_px + 1.0);
        for y in self.rows(around.min.y, around.max.y) {
            for x in self.columns(around.min.x, around.max.x) {
                let center = Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                if distance_to_segment(center, a, b) <= self.half_px {
                    self.blend(x, y, color, 1.0);
                }
            }
        }
    }

    fn dot(&mut self, at: Point, color: [u8; 3]) {
        let radius = self.half_px * 4.0;
        for y in self.rows(at.y - radius, at.y + radius) {
            for x in self.columns(at.x - radius, at.x + radius) {
                if at.distance(Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5)) <= radius {
                    self.blend(x, y, color, 1.0);
                }
            }
        }
    }

    fn rows(&self, from: f64, to: f64) -> std::ops::Range<u32> {
        whole(from, self.height)..whole(to.ceil(), self.height)
    }

    fn columns(&self, from: f64, to: f64) -> std::ops::Range<u32> {
        whole(from, self.width)..whole(to.ceil(), self.width)
    }

    fn blend(&mut self, x: u32, y: u32, color: [u8; 3], part: f64) {
        let at = 3 * (y as usize * self.width as usize + x as usize);
        for (pixel, ink) in self.pixels[at..at + 3].iter_mut().zip(color) {
            let mixed = f64::from(*pixel) * (1.0 - part) + f64::from(ink) * part;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
            let mixed = mixed.round() as u8;
            *pixel = mixed;
        }
    }

    fn png(self) -> Result<Vec<u8>, String> {
        let image =
            image::RgbImage::from_raw(self.width, self.height, self.pixels).ok_or("the picture has no pixels")?;
        let mut out = Cursor::new(Vec::new());
        image.write_to(&mut out, image::ImageFormat::Png).map_err(|error| error.to_string())?;
        Ok(out.into_inner())
    }
}

/// A pixel of a side.
fn whole(value: f64, side: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the side")]
    let whole = value.clamp(0.0, f64::from(side)) as u32;
    whole
}

/// A colour for each first label, the same in every picture.
fn color_of(annotation: &Annotation) -> [u8; 3] {
    const COLORS: [[u8; 3]; 10] = [
        [230, 60, 60],
        [60, 160, 230],
        [70, 190, 90],
        [240, 170, 40],
        [170, 90, 220],
        [30, 190, 190],
        [240, 110, 180],
        [150, 130, 50],
        [110, 110, 240],
        [130, 200, 40],
    ];
    let id = annotation.concepts.first().map_or("", |label| label.id.as_str());
    let sum = id.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    COLORS[sum % COLORS.len()]
}
