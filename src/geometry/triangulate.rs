//! Fills of rings as triangles: concave rings come out right, which a triangle fan does not give.

use super::Ring;

/// Triangles over the ring's vertices: indices in threes, empty for fewer than three vertices.
///
/// Earcut; a ring that crosses itself gets some cover, not an exact one.
#[must_use]
pub fn triangulate(ring: &Ring) -> Vec<u32> {
    let points = ring.points();
    if points.len() < 3 {
        return Vec::new();
    }
    let mut triangles: Vec<u32> = Vec::new();
    earcut::Earcut::new().earcut(points.iter().map(|p| [p.x, p.y]), &[], &mut triangles);
    triangles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;

    #[test]
    fn the_triangles_of_a_concave_ring_have_its_area() {
        let ring =
            Ring::new([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 2.0), (0.0, 10.0)].map(Point::from).to_vec());
        let points = ring.points();
        let area: f64 = triangulate(&ring)
            .chunks(3)
            .map(|t| {
                let [a, b, c] = [t[0], t[1], t[2]].map(|i| points[i as usize]);
                (b - a).cross(c - a).abs() / 2.0
            })
            .sum();
        assert!((area - ring.area()).abs() < 1e-9, "{area} is not {}", ring.area());
    }
}
