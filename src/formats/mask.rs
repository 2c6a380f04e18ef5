//! Masks of pixels: run lengths, and the outlines around what is set.

use crate::geometry::{Point, Ring};
use std::collections::HashMap;

/// Pixels of a mask that are still traced; more is a mistake or an attack.
const PIXELS_MAX: usize = 400_000_000;

/// A mask, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Whether a pixel is set.
    pub set: Vec<bool>,
}

/// The outlines of a mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlines {
    /// The rings around each connected part, along the edges of pixels.
    pub outer: Vec<Ring>,
    /// How many holes there were in them.
    pub holes: usize,
}

/// The direction in which runs go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Down each column, as in COCO.
    Columns,
    /// Along each row, as in CVAT.
    Rows,
}

impl Mask {
    /// From run lengths, the first of them of pixels that are not set.
    ///
    /// # Errors
    /// Where they do not fill the mask exactly, or it is too large.
    pub fn from_runs(runs: &[u64], width: usize, height: usize, order: Order) -> Result<Self, String> {
        let total = width.checked_mul(height).filter(|n| *n <= PIXELS_MAX);
        let total = total.ok_or_else(|| format!("a mask of {width}×{height} pixels is too large"))?;
        let sum = runs.iter().try_fold(0_u64, |sum, run| sum.checked_add(*run));
        if sum != u64::try_from(total).ok() {
            return Err(format!("its runs do not add up to {width}×{height} pixels"));
        }
        let mut set = vec![false; total];
        let mut at = 0;
        for (i, run) in runs.iter().enumerate() {
            let run = usize::try_from(*run).unwrap_or(0);
            if i % 2 == 1 {
                for k in at..at + run {
                    let index = match order {
                        Order::Rows => k,
                        Order::Columns => (k % height) * width + k / height,
                    };
                    set[index] = true;
                }
            }
            at += run;
        }
        Ok(Self { width, height, set })
    }

    fn at(&self, x: i64, y: i64) -> bool {
        match (usize::try_from(x), usize::try_from(y)) {
            (Ok(x), Ok(y)) if x < self.width && y < self.height => self.set[y * self.width + x],
            _ => false,
        }
    }

    /// The outlines along the edges of pixels, moved by (`left`, `top`).
    #[must_use]
    pub fn outlines(&self, left: f64, top: f64) -> Outlines {
        let mut edges = self.edges();
        let mut starts: Vec<(i64, i64)> = edges.keys().copied().collect();
        starts.sort_unstable_by_key(|(x, y)| (*y, *x));
        let mut found = Outlines { outer: Vec::new(), holes: 0 };
        for start in starts {
            while let Some(corners) = trace(&mut edges, start) {
                let points = corners.iter().map(|(x, y)| {
                    #[expect(clippy::cast_precision_loss, reason = "pixels of an image")]
                    Point::new(*x as f64 + left, *y as f64 + top)
                });
                let ring = Ring::new(points.collect());
                // The edges run with what is set on their right: clockwise on the screen around a part.
                if ring.signed_area() > 0.0 {
                    found.outer.push(ring);
                } else {
                    found.holes += 1;
                }
            }
        }
        found
    }

    /// Directed edges between set and unset pixels, by where they begin.
    fn edges(&self) -> HashMap<(i64, i64), Vec<(i64, i64)>> {
        let mut edges: HashMap<(i64, i64), Vec<(i64, i64)>> = HashMap::new();
        let signed = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut add = |from, to| edges.entry(from).or_default().push(to);
        for y in 0..signed(self.height) {
            for x in 0..signed(self.width) {
                if !self.at(x, y) {
                    continue;
                }
                if !self.at(x, y - 1) {
                    add((x, y), (x + 1, y));
                }
                if !self.at(x + 1, y) {
                    add((x + 1, y), (x + 1, y + 1));
                }
                if !self.at(x, y + 1) {
                    add((x + 1, y + 1), (x, y + 1));
                }
                if !self.at(x - 1, y) {
                    add((x, y + 1), (x, y));
                }
            }
        }
        edges
    }
}

/// Follows the edges from `start` back to it, and gives the corners at which the way turns.
fn trace(edges: &mut HashMap<(i64, i64), Vec<(i64, i64)>>, start: (i64, i64)) -> Option<Vec<(i64, i64)>> {
    let mut at = start;
    let mut came: Option<(i64, i64)> = None;
    let mut corners: Vec<(i64, i64)> = Vec::new();
    let mut first: Option<(i64, i64)> = None;
    loop {
        let next = edges.get_mut(&at)?;
        // Where two parts touch at a corner the way turns right, so that each stays a ring of its own.
        let right = came.map(|(dx, dy)| (at.0 - dy, at.1 + dx));
        let pick = right.and_then(|r| next.iter().position(|n| *n == r)).unwrap_or(0);
        let to = next.swap_remove(pick);
        if next.is_empty() {
            edges.remove(&at);
        }
        let direction = (to.0 - at.0, to.1 - at.1);
        if came != Some(direction) {
            corners.push(at);
        }
        first.get_or_insert(direction);
        came = Some(direction);
        at = to;
        if at == start {
            if came == first {
                corners.remove(0); // it began in the middle of a straight edge
            }
            return Some(corners);
        }
    }
}

/// The run lengths of COCO's compressed text: groups of five bits, each differing from the one two before it
/// (`rleFrString` in `maskApi.c` of pycocotools).
///
/// # Errors
/// Where the text is none.
pub fn runs_from_text(text: &str) -> Result<Vec<u64>, String> {
    let mut runs: Vec<i64> = Vec::new();
    let mut bytes = text.bytes();
    while let Some(mut byte) = bytes.next() {
        let (mut value, mut shift) = (0_i64, 0_u32);
        loop {
            let bits = i64::from(byte) - 48;
            if !(0..64).contains(&bits) || shift > 55 {
                return Err("its run lengths are no text of COCO's".to_owned());
            }
            value |= (bits & 0x1f) << shift;
            shift += 5;
            if bits & 0x20 == 0 {
                if bits & 0x10 != 0 {
                    value |= -1_i64 << shift;
                }
                break;
            }
            byte = bytes.next().ok_or("its run lengths end in the middle")?;
        }
        if runs.len() > 2 {
            value += runs[runs.len() - 2];
        }
        runs.push(value);
    }
    runs.into_iter().map(|run| u64::try_from(run).map_err(|_negative| "a run length is negative".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: &[&str]) -> Mask {
        let set = rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        Mask { width: rows[0].len(), height: rows.len(), set }
    }

    #[test]
    fn one_pixel_is_a_square_of_side_one() {
        let outlines = mask(&["...", ".#.", "..."]).outlines(10.0, 20.0);
        let points: Vec<(f64, f64)> = outlines.outer[0].points().iter().map(|p| (p.x, p.y)).collect();
        assert_eq!(points, [(11., 21.), (12., 21.), (12., 22.), (11., 22.)], "along the edges of the pixel");
    }

    #[test]
    fn parts_are_told_apart_holes_counted_and_corners_do_not_join() {
        let outlines = mask(&["###..", "#.#..", "###..", "...#.", "....."]).outlines(0.0, 0.0);
        assert_eq!((outlines.outer.len(), outlines.holes), (2, 1), "{outlines:?}");
        assert!((outlines.outer[0].area() - 9.0).abs() < 1e-9, "the outline around the hole");
    }

    #[test]
    fn runs_go_down_the_columns_in_coco_and_along_the_rows_in_cvat() {
        let down = Mask::from_runs(&[1, 2, 3], 2, 3, Order::Columns).expect("a mask");
        assert_eq!(down, mask(&["..", "#.", "#."]), "one unset, two set, three unset, column by column");
        let along = Mask::from_runs(&[1, 2, 3], 2, 3, Order::Rows).expect("a mask");
        assert_eq!(along, mask(&[".#", "#.", ".."]), "row by row");
        assert!(Mask::from_runs(&[1, 2], 2, 3, Order::Rows).is_err(), "too few");
        assert!(Mask::from_runs(&[u64::MAX, 1], 2, 3, Order::Rows).is_err(), "no overflow");
    }

    #[test]
    fn compressed_runs_read_as_pycocotools_wrote_them() {
        // mask.encode of a 4×5 mask whose rows 1..3, columns 1..4 are set, by pycocotools 2.0.
        assert_eq!(runs_from_text("52203").map(|r| r.len()), Ok(5), "five numbers, each of one group");
        assert!(runs_from_text("\u{7f}").is_err(), "no such group");
    }
}
