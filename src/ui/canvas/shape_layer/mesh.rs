//! Shapes to vertices: what the shader extrudes into outlines of constant screen width. Pure arithmetic.

use super::shape::Outline;
use crate::geometry::{Point, Rect, Ring, Vector, triangulate};
use std::ops::Range;

/// Bytes of a vertex: position 2 x f32, offset 2 x snorm16, length along the outline f32, slot and bits u32.
pub(super) const VERTEX_BYTES: usize = 20;

/// The offset is stored as a signed fraction of this many half widths.
const OFFSET_RANGE: f64 = 4.0;

const SIDE_BIT: u32 = 1 << 16;
const STRIKE_BIT: u32 = 1 << 17;

/// Below this cosine between the normals a corner is too sharp for a mitre and gets two square ends instead.
const MITRE_COSINE_MIN: f64 = -0.5;

/// The vertices and indices of one chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Mesh {
    pub vertices: Vec<u8>,
    pub indices: Vec<u8>,
    pub ranges: Ranges,
}

/// Which indices draw what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges {
    pub fills: Range<u32>,
    pub outlines: Range<u32>,
    pub strikes: Range<u32>,
    pub dots: Range<u32>,
}

/// What is kept of a shape besides its outline: the triangles of its fill, over the outline's own points.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// Empty until they are wanted.
    triangles: Vec<u32>,
    points: usize,
    pub bounds: Rect,
}

impl Prepared {
    /// `None` for what cannot be drawn: no points, or a coordinate that is not finite.
    pub fn new(outline: &Outline) -> Option<Self> {
        let bounds = outline.bounds()?;
        let points = match outline {
            Outline::Box(_) => 4,
            Outline::Polygon(ring) => ring.len(),
            Outline::Point(_) => 0,
        };
        Some(Self { triangles: Vec::new(), points, bounds })
    }

    /// Finds the triangles of the outline that it was made of, where that was not done yet.
    pub fn triangulate(&mut self, outline: &Outline) {
        if self.triangles.is_empty() {
            self.triangles = match outline {
                Outline::Box(_) => vec![0, 1, 2, 0, 2, 3],
                Outline::Polygon(ring) => triangulate(ring),
                Outline::Point(_) => Vec::new(),
            };
        }
    }

    /// The longest side in image pixels.
    pub fn side_px(&self) -> f32 {
        narrow(self.bounds.width().max(self.bounds.height()))
    }

    /// A measure of what drawing it costs: 20 for a polygon of 20 vertices, 12 for a box.
    pub fn weight(&self) -> usize {
        10 + self.points / 2
    }
}

/// Builds the mesh of a chunk.
pub(super) struct Builder {
    origin: Point,
    vertices: Vec<u8>,
    count: u32,
    fills: Vec<u8>,
    outlines: Vec<u8>,
    strikes: Vec<u8>,
    dots: Vec<u8>,
}

impl Builder {
    /// Positions are stored relative to `origin`, so that `f32` keeps them exact in pictures of any size. There is room for
    /// `shapes`, so that nothing is moved while it grows.
    pub fn new<'a>(origin: Point, shapes: impl Iterator<Item = &'a Prepared>) -> Self {
        let (mut count, mut points, mut corners) = (0, 0, 0);
        for shape in shapes {
            (count, points, corners) = (count + 1, points + shape.points, corners + shape.triangles.len());
        }
        // A point of its own and two to the sides, the first pair twice; four of the strike, four of the dot. What has sharp
        // corners needs a little more.
        let vertices = 3 * points + 10 * count + points / 4;
        Self {
            origin,
            vertices: Vec::with_capacity(vertices * VERTEX_BYTES),
            count: 0,
            fills: Vec::with_capacity((corners + (points + 2 * count) * 6) * 4),
            outlines: Vec::with_capacity(points * 6 * 4),
            strikes: Vec::with_capacity(count * 6 * 4),
            dots: Vec::with_capacity(count * 6 * 4),
        }
    }

    /// Adds a shape whose look is in `slot`.
    pub fn add(&mut self, slot: u16, outline: &Outline, shape: &Prepared) {
        let slot = u32::from(slot);
        match outline {
            Outline::Box(rect) => self.area(slot, &rect.corners(), shape),
            Outline::Polygon(ring) => self.area(slot, ring.points(), shape),
            Outline::Point(_) => {}
        }
        self.dot(slot, shape.bounds.center());
    }

    fn area(&mut self, slot: u32, ring: &[Point], shape: &Prepared) {
        let first = self.count;
        for &p in ring {
            self.vertex(p, Vector::default(), 0.0, slot);
        }
        push_indices(&mut self.fills, shape.triangles.iter().map(|i| first + i));
        // An edge without a length has no direction to be drawn in.
        let repeats = ring.windows(2).any(|pair| pair[0] == pair[1]) || ring.first() == ring.last();
        if repeats {
            self.outline(slot, Ring::new(ring.to_vec()).without_repeats().points());
        } else {
            self.outline(slot, ring);
        }
        self.strike(slot, shape.bounds);
    }

    /// The finished mesh: fills, then outlines, then strikes, then dots.
    pub fn finish(self) -> Mesh {
        let mut indices = self.fills;
        let mut append = |more: Vec<u8>| {
            let start = index_count(&indices);
            indices.extend(more);
            start..index_count(&indices)
        };
        let outlines = append(self.outlines);
        let strikes = append(self.strikes);
        let dots = append(self.dots);
        let ranges = Ranges { fills: 0..outlines.start, outlines, strikes, dots };
        Mesh { vertices: self.vertices, indices, ranges }
    }

    /// Two vertices at `at`, `offset` to either side, in half widths.
    fn pair(&mut self, at: Point, offset: Vector, forward: Vector, along: f64, info: u32) -> u32 {
        let left = self.vertex(at, forward + offset, along, info | SIDE_BIT);
        self.vertex(at, forward + -offset, along, info);
        left
    }

    fn outline(&mut self, slot: u32, ring: &[Point]) {
        let (Some(&first), Some(&last), 2..) = (ring.first(), ring.last(), ring.len()) else { return };
        let none = Vector::default();
        let mut along = 0.0;
        let mut previous = None;
        let (mut before, _) = direction(last, first);
        let nexts = ring.iter().skip(1).chain([&first, ring.get(1).unwrap_or(&first)]);
        for (&at, &next) in ring.iter().chain([&first]).zip(nexts) {
            let (after, length) = direction(at, next);
            let (n0, n1) = (normal(before), normal(after));
            let cosine = n0.dot(n1);
            let (end, start) = if cosine > MITRE_COSINE_MIN {
                let mitre = (n0 + n1) * (1.0 / (1.0 + cosine));
                let pair = self.pair(at, mitre, none, along, slot);
                (pair, pair)
            } else {
                // Square ends reach past the corner by half a width and overlap there.
                (self.pair(at, n0, before, along, slot), self.pair(at, n1, -after, along, slot))
            };
            if let Some(from) = previous {
                push_quad(&mut self.outlines, from, end);
            }
            previous = Some(start);
            along += length;
            before = after;
        }
    }

    fn strike(&mut self, slot: u32, bounds: Rect) {
        let [_, top_right, _, bottom_left] = bounds.corners();
        let length = bottom_left.distance(top_right);
        let across = normal((top_right - bottom_left) * (1.0 / length.max(f64::MIN_POSITIVE)));
        let from = self.pair(bottom_left, across, Vector::default(), 0.0, slot | STRIKE_BIT);
        let to = self.pair(top_right, across, Vector::default(), length, slot | STRIKE_BIT);
        push_quad(&mut self.strikes, from, to);
    }

    fn dot(&mut self, slot: u32, center: Point) {
        let corner = |x: f64, y: f64| Vector::new(x, y);
        let first = self.vertex(center, corner(-1.0, -1.0), 0.0, slot);
        self.vertex(center, corner(1.0, -1.0), 0.0, slot);
        self.vertex(center, corner(-1.0, 1.0), 0.0, slot);
        self.vertex(center, corner(1.0, 1.0), 0.0, slot);
        push_quad(&mut self.dots, first, first + 2);
    }

    fn vertex(&mut self, at: Point, offset: Vector, along: f64, info: u32) -> u32 {
        let relative = at - self.origin;
        let mut bytes = [0; VERTEX_BYTES];
        bytes[0..4].copy_from_slice(&narrow(relative.x).to_ne_bytes());
        bytes[4..8].copy_from_slice(&narrow(relative.y).to_ne_bytes());
        bytes[8..10].copy_from_slice(&signed_fraction(offset.x).to_ne_bytes());
        bytes[10..12].copy_from_slice(&signed_fraction(offset.y).to_ne_bytes());
        bytes[12..16].copy_from_slice(&narrow(along).to_ne_bytes());
        bytes[16..20].copy_from_slice(&info.to_ne_bytes());
        self.vertices.extend_from_slice(&bytes);
        self.count += 1;
        self.count - 1
    }
}

/// Left of a direction, on a screen whose y goes down.
fn normal(direction: Vector) -> Vector {
    Vector::new(direction.y, -direction.x)
}

/// The way from `a` to `b` as a vector of length 1, and how long it is. Not by `hypot`, which guards against overflows
/// that image pixels cannot cause and takes most of the time of a rebuild.
fn direction(a: Point, b: Point) -> (Vector, f64) {
    let way = b - a;
    let length = way.dot(way).sqrt();
    (way * (1.0 / length.max(f64::MIN_POSITIVE)), length)
}

fn index_count(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len() / 4).unwrap_or(u32::MAX)
}

fn push_indices(into: &mut Vec<u8>, indices: impl Iterator<Item = u32>) {
    for index in indices {
        into.extend_from_slice(&index.to_ne_bytes());
    }
}

/// Two triangles between the pair at `from` and the pair at `to`.
fn push_quad(into: &mut Vec<u8>, from: u32, to: u32) {
    let mut bytes = [0; 24];
    for (four, index) in bytes.as_chunks_mut::<4>().0.iter_mut().zip([from, from + 1, to, to, from + 1, to + 1]) {
        *four = index.to_ne_bytes();
    }
    into.extend_from_slice(&bytes);
}

/// To the GPU's precision.
#[expect(clippy::cast_possible_truncation, reason = "the loss of precision is the point")]
pub(super) const fn narrow(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of an i16")]
fn signed_fraction(value: f64) -> i16 {
    ((value / OFFSET_RANGE).clamp(-1.0, 1.0) * 32_767.0).round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_six_fill_indices_and_a_quad_per_edge() {
        let rect = Rect::from_corners(Point::new(10.0, 10.0), Point::new(20.0, 30.0));
        let outline = Outline::Box(rect);
        let mut shape = Prepared::new(&outline).expect("finite");
        shape.triangulate(&outline);
        let mut builder = Builder::new(rect.center(), std::iter::once(&shape));
        builder.add(3, &outline, &shape);
        let mesh = builder.finish();
        let lengths = [&mesh.ranges.fills, &mesh.ranges.outlines, &mesh.ranges.strikes, &mesh.ranges.dots];
        assert_eq!(lengths.map(ExactSizeIterator::len), [6, 24, 6, 6], "fill, four edges, a strike, a dot");
        assert_eq!(mesh.indices.len(), 42 * 4, "nothing else");
        let highest = mesh.indices.as_chunks::<4>().0.iter().map(|&b| u32::from_ne_bytes(b)).max();
        assert_eq!(highest, Some(u32::try_from(mesh.vertices.len() / VERTEX_BYTES).expect("few") - 1), "all used");
    }

    #[test]
    fn repeated_points_make_no_edges_and_odd_rings_no_panic() {
        let quads = |points: &[(f64, f64)]| {
            let outline = Outline::Polygon(Ring::new(points.iter().copied().map(Point::from).collect()));
            let mut shape = Prepared::new(&outline).expect("finite");
            shape.triangulate(&outline);
            let mut builder = Builder::new(Point::default(), std::iter::once(&shape));
            builder.add(0, &outline, &shape);
            let ranges = builder.finish().ranges;
            ranges.outlines.len() / 6
        };
        assert_eq!(quads(&[(0., 0.), (0., 0.), (9., 0.), (9., 9.), (9., 9.), (0., 0.)]), 3, "a triangle");
        assert_eq!(quads(&[(0., 0.), (9., 0.)]), 2, "a line, there and back");
        assert_eq!([quads(&[(1., 1.)]), quads(&[(1., 1.), (1., 1.)])], [0, 0], "a place");
    }

    #[test]
    fn what_is_not_finite_is_not_drawn() {
        let ring = Ring::new(vec![Point::new(0.0, 0.0), Point::new(f64::NAN, 1.0), Point::new(2.0, 2.0)]);
        assert!(Prepared::new(&Outline::Polygon(ring)).is_none(), "NaN");
        assert!(Prepared::new(&Outline::Polygon(Ring::default())).is_none(), "no points");
    }
}
