//! Snapping: the nearest vertex or place on an edge, and the way along a border between two places.

use super::{Point, Ring, Size};

/// To what a point snapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapTo {
    /// A vertex, or a corner of the image.
    Vertex,
    /// A place on an edge.
    Edge,
    /// The border of the image.
    Border,
}

/// A place to which a point snaps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    /// Where.
    pub at: Point,
    /// To what.
    pub to: SnapTo,
}

/// A place on a ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RingPlace {
    /// On the edge after this vertex.
    pub edge: usize,
    /// Where.
    pub at: Point,
    /// How far from the point that was asked about.
    pub distance: f64,
}

/// Which of the two ways round a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The shorter one.
    Short,
    /// The longer one.
    Long,
}

impl Ring {
    /// The vertex nearest to `p`, and how far it is.
    #[must_use]
    pub fn nearest_vertex(&self, p: Point) -> Option<(usize, f64)> {
        let distances = self.points().iter().enumerate().map(|(i, v)| (i, v.distance(p)));
        distances.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The place on the outline that is nearest to `p`.
    #[must_use]
    pub fn nearest_place(&self, p: Point) -> Option<RingPlace> {
        let places = self.edges().enumerate().map(|(edge, (a, b))| {
            let at = nearest_on_segment(p, a, b);
            RingPlace { edge, at, distance: at.distance(p) }
        });
        places.min_by(|a, b| a.distance.total_cmp(&b.distance))
    }

    /// The vertices that one passes on the way along the outline from one place to another, the ends not counted.
    #[must_use]
    pub fn way_between(&self, from: RingPlace, to: RingPlace, way: Way) -> Vec<Point> {
        let forth = self.forth_between(from, to);
        let mut back = self.forth_between(to, from);
        back.reverse();
        let length = |inner: &[Point]| {
            let all: Vec<Point> = [from.at].iter().chain(inner).chain([to.at].iter()).copied().collect();
            all.windows(2).map(|pair| pair[0].distance(pair[1])).sum::<f64>()
        };
        let forth_is_short = length(&forth) <= length(&back);
        let mut inner = if forth_is_short == (way == Way::Short) { forth } else { back };
        inner.dedup();
        inner.retain(|p| p.distance(from.at) > 1e-9 && p.distance(to.at) > 1e-9);
        inner
    }

    /// The vertices from one place to another in the order of the ring.
    fn forth_between(&self, from: RingPlace, to: RingPlace) -> Vec<Point> {
        let (points, n) = (self.points(), self.len());
        let along = |place: RingPlace| points[place.edge].distance(place.at);
        if from.edge == to.edge && along(to) >= along(from) {
            return Vec::new();
        }
        let steps = match (to.edge + n - from.edge) % n {
            0 => n, // all the way round to the same edge
            steps => steps,
        };
        (1..=steps).map(|i| points[(from.edge + i) % n]).collect()
    }
}

/// The place on the border of the image, or in its corner, that is nearest to `p`.
#[must_use]
pub fn nearest_on_border(p: Point, image: Size, reach: f64) -> Option<Snap> {
    let border = Ring::new(image.rect().corners().to_vec());
    let corner = border.nearest_vertex(p).filter(|(_, d)| *d <= reach);
    if let Some((i, _)) = corner {
        return Some(Snap { at: border.points()[i], to: SnapTo::Vertex });
    }
    let place = border.nearest_place(p)?;
    (place.distance <= reach).then_some(Snap { at: place.at, to: SnapTo::Border })
}

fn nearest_on_segment(p: Point, a: Point, b: Point) -> Point {
    let ab = b - a;
    let length_squared = ab.dot(ab);
    if length_squared <= 0.0 {
        return a;
    }
    a.lerp(b, ((p - a).dot(ab) / length_squared).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Ring {
        Ring::new([(0., 0.), (10., 0.), (10., 10.), (0., 10.)].map(Point::from).to_vec())
    }

    fn place(x: f64, y: f64) -> RingPlace {
        square().nearest_place(Point::new(x, y)).expect("a ring has places")
    }

    #[test]
    fn the_short_way_goes_over_the_corner_between_and_the_long_one_over_the_others() {
        let (from, to) = (place(9.0, 0.0), place(10.0, 2.0));
        assert_eq!(square().way_between(from, to, Way::Short), [Point::new(10.0, 0.0)], "one corner");
        let long = square().way_between(from, to, Way::Long);
        assert_eq!(long, [(0., 0.), (0., 10.), (10., 10.)].map(Point::from), "the other three, in order");
    }

    #[test]
    fn the_way_back_is_the_way_forth_turned_round() {
        let (from, to) = (place(9.0, 0.0), place(10.0, 8.0));
        let mut back = square().way_between(to, from, Way::Long);
        back.reverse();
        assert_eq!(square().way_between(from, to, Way::Long), back, "the same border");
    }

    #[test]
    fn two_places_on_one_edge_have_nothing_between_them() {
        assert_eq!(square().way_between(place(2.0, 0.0), place(7.0, 0.0), Way::Short), [], "straight on");
        assert_eq!(square().way_between(place(7.0, 0.0), place(2.0, 0.0), Way::Short), [], "and back");
        assert_eq!(square().way_between(place(2.0, 0.0), place(7.0, 0.0), Way::Long).len(), 4, "all round");
    }

    #[test]
    fn vertices_themselves_are_not_repeated() {
        let between = square().way_between(place(0.0, 0.0), place(10.0, 10.0), Way::Short);
        assert_eq!(between.len(), 1, "one corner lies between two opposite ones: {between:?}");
    }

    #[test]
    fn the_border_of_the_image_snaps_and_its_corner_first() {
        let image = Size::new(100.0, 50.0);
        let snapped = |x, y| nearest_on_border(Point::new(x, y), image, 4.0);
        assert_eq!(snapped(50.0, 2.0), Some(Snap { at: Point::new(50.0, 0.0), to: SnapTo::Border }), "top");
        assert_eq!(snapped(98.0, 49.0), Some(Snap { at: Point::new(100.0, 50.0), to: SnapTo::Vertex }), "corner");
        assert_eq!(snapped(50.0, 25.0), None, "far away");
    }
}
