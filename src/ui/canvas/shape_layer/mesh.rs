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
    /// Padded to whole words.
    pub indices: Vec<u8>,
    pub width: IndexWidth,
    pub ranges: Ranges,
}

/// How an index is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IndexWidth {
    /// In two bytes, which nearly every chunk can do with.
    #[default]
    Two,
    /// In four, where there are more vertices than that can count.
    Four,
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

/// Builds the meshes of chunks, one after the other.
#[derive(Default)]
pub(super) struct Builder {
    origin: Point,
    vertices: Vec<u8>,
    count: u32,
    fills: Vec<u32>,
    outlines: Vec<u32>,
    strikes: Vec<u32>,
    dots: Vec<u32>,
    /// For each point of the outline at hand a vertex that lies there.
    at_points: Vec<u32>,
}

impl Builder {
    /// Begins a mesh. Positions are stored relative to `origin`, so that `f32` keeps them exact in pictures of any size.
    /// There is room for `shapes`, so that nothing is moved while it grows.
    pub fn begin<'a>(&mut self, origin: Point, shapes: impl Iterator<Item = &'a Prepared>) {
        let (mut count, mut points, mut corners) = (0, 0, 0);
        for shape in shapes {
            (count, points, corners) = (count + 1, points + shape.points, corners + shape.triangles.len());
        }
        // Two to the sides of each point, the first pair twice; four of the strike, four of the dot. What has sharp corners
        // needs a little more.
        let vertices = 2 * points + 10 * count + points / 4;
        self.origin = origin;
        self.vertices = Vec::with_capacity(vertices * VERTEX_BYTES);
        self.count = 0;
        for (list, length) in self.lists().into_iter().zip([corners, points * 6, count * 6, count * 6]) {
            list.clear();
            list.reserve(length);
        }
    }

    /// Fills, outlines, strikes, dots.
    const fn lists(&mut self) -> [&mut Vec<u32>; 4] {
        [&mut self.fills, &mut self.outlines, &mut self.strikes, &mut self.dots]
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
        // An edge without a length has no direction to be drawn in.
        let repeats = ring.windows(2).any(|pair| pair[0] == pair[1]) || ring.first() == ring.last();
        if repeats {
            self.outline(slot, Ring::new(ring.to_vec()).without_repeats().points());
            let first = self.count;
            for &p in ring {
                self.vertex(p, Vector::default(), 0.0, slot);
            }
            self.fills.extend(shape.triangles.iter().map(|i| first + i));
        } else {
            // The fill lies over vertices of the outline: it knows nothing of their offsets.
            self.outline(slot, ring);
            let at = &self.at_points;
            self.fills.extend(shape.triangles.iter().filter_map(|&i| at.get(i as usize)));
        }
        self.strike(slot, shape.bounds);
    }

    /// The finished mesh: fills, then outlines, then strikes, then dots.
    pub fn finish(&mut self) -> Mesh {
        let width = if u16::try_from(self.count).is_ok() { IndexWidth::Two } else { IndexWidth::Four };
        let vertices = std::mem::take(&mut self.vertices);
        let lists = self.lists();
        let total: usize = lists.iter().map(|list| list.len()).sum();
        let bytes = match width {
            IndexWidth::Two => 2,
            IndexWidth::Four => 4,
        };
        let mut indices = Vec::with_capacity((total * bytes).next_multiple_of(4));
        let mut end = 0;
        let ranges = lists.map(|list| {
            let start = end;
            end += u32::try_from(list.len()).unwrap_or(u32::MAX);
            push_indices(&mut indices, width, list);
            start..end
        });
        indices.resize(indices.len().next_multiple_of(4), 0);
        let [fills, outlines, strikes, dots] = ranges;
        Mesh { vertices, indices, width, ranges: Ranges { fills, outlines, strikes, dots } }
    }

    /// Two vertices at `at`, `offset` to either side, in half widths.
    fn pair(&mut self, at: Point, offset: Vector, forward: Vector, along: f64, info: u32) -> u32 {
        let left = self.vertex(at, forward + offset, along, info | SIDE_BIT);
        self.vertex(at, forward + -offset, along, info);
        left
    }

    fn outline(&mut self, slot: u32, ring: &[Point]) {
        self.at_points.clear();
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
            self.at_points.push(start);
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

fn push_indices(into: &mut Vec<u8>, width: IndexWidth, indices: &[u32]) {
    match width {
        IndexWidth::Two => {
            into.extend(indices.iter().flat_map(|&index| u16::try_from(index).unwrap_or(u16::MAX).to_ne_bytes()));
        }
        IndexWidth::Four => into.extend(indices.iter().flat_map(|index| index.to_ne_bytes())),
    }
}

/// Two triangles between the pair at `from` and the pair at `to`.
fn push_quad(into: &mut Vec<u32>, from: u32, to: u32) {
    into.extend([from, from + 1, to, to, from + 1, to + 1]);
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
        let mut builder = Builder::default();
        builder.begin(rect.center(), std::iter::once(&shape));
        builder.add(3, &outline, &shape);
        let mesh = builder.finish();
        let lengths = [&mesh.ranges.fills, &mesh.ranges.outlines, &mesh.ranges.strikes, &mesh.ranges.dots];
        assert_eq!(lengths.map(ExactSizeIterator::len), [6, 24, 6, 6], "fill, four edges, a strike, a dot");
        assert_eq!(mesh.indices.len(), 42 * 2, "nothing else, two bytes each");
        let indices: Vec<u16> = mesh.indices.as_chunks::<2>().0.iter().map(|&b| u16::from_ne_bytes(b)).collect();
        let count = mesh.vertices.len() / VERTEX_BYTES;
        assert_eq!(count, 5 * 2 + 4 + 4, "two a corner, the first twice; the fill has none of its own");
        assert_eq!(indices.iter().max().map(|&i| usize::from(i)), Some(count - 1), "all used");
        let at = |index: u16| {
            let start = usize::from(index) * VERTEX_BYTES;
            [0, 4].map(|n| f32::from_ne_bytes(mesh.vertices[start + n..start + n + 4].try_into().expect("four bytes")))
        };
        let corners: Vec<[f32; 2]> = indices[..6].iter().map(|&i| at(i)).collect();
        let wanted = [[-5., -10.], [5., -10.], [5., 10.], [-5., -10.], [5., 10.], [-5., 10.]];
        assert_eq!(corners, wanted, "the fill's corners are the box's");
    }

    #[test]
    fn more_vertices_than_two_bytes_can_count_are_counted_with_four() {
        let points = |n: u32| {
            let at = |i: u32| (f64::from(i) / f64::from(n) * std::f64::consts::TAU).sin_cos();
            Outline::Polygon(Ring::new((0..n).map(at).map(|(y, x)| Point::new(x * 1e4, y * 1e4)).collect()))
        };
        for (n, width) in [(32_000, IndexWidth::Two), (33_000, IndexWidth::Four)] {
            let outline = points(n);
            let shape = Prepared::new(&outline).expect("finite");
            let mut builder = Builder::default();
            builder.begin(Point::default(), std::iter::once(&shape));
            builder.add(0, &outline, &shape);
            let mesh = builder.finish();
            let bytes = if width == IndexWidth::Two { 2 } else { 4 };
            assert_eq!(
                (mesh.width, mesh.indices.len()),
                (width, mesh.ranges.dots.end as usize * bytes),
                "{n} vertices"
            );
        }
    }

    #[test]
    fn repeated_points_make_no_edges_and_odd_rings_no_panic() {
        let quads = |points: &[(f64, f64)]| {
            let outline = Outline::Polygon(Ring::new(points.iter().copied().map(Point::from).collect()));
            let mut shape = Prepared::new(&outline).expect("finite");
            shape.triangulate(&outline);
            let mut builder = Builder::default();
            builder.begin(Point::default(), std::iter::once(&shape));
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
