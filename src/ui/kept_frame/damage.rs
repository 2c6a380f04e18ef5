//! Where two frames differ: by their shapes, before they become triangles. Pure.

use egui::epaint::ClippedShape;
use egui::{Pos2, Rect, Shape, Vec2, pos2};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What the soft edges of shapes, mitres and underlines reach beyond their bounds, in points.
const REACH: f32 = 4.0;
/// Where two frames go apart, the next shape they have in common is looked for among so many.
const LOOK_AHEAD: usize = 48;
/// Separate boxes that are drawn; more are joined.
const BOXES_MAX: usize = 12;
/// Boxes are joined where that adds no more pixels than this: each box is a start of its own.
const JOIN_PX: f32 = 4096.0;

/// A shape of a frame, and where it is seen.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub shape: ClippedShape,
    /// In points, with all that it reaches; not positive where nothing is seen of it.
    pub area: Rect,
    print: u64,
}

impl Placed {
    pub fn new(shape: ClippedShape) -> Self {
        let bounds = if shape.transform_after_tessellation == egui::emath::TSTransform::IDENTITY {
            bounds(&shape.shape).expand(REACH)
        } else {
            Rect::EVERYTHING
        };
        let area = bounds.intersect(shape.clip_rect);
        let mut print = DefaultHasher::new();
        std::mem::discriminant(&shape.shape).hash(&mut print);
        for side in [area.min.x, area.min.y, area.max.x, area.max.y, shape.clip_rect.min.x, shape.clip_rect.max.y] {
            side.to_bits().hash(&mut print);
        }
        Self { shape, area, print: print.finish() }
    }

    /// Paint callbacks are the same where they are the same object.
    fn is(&self, other: &Self) -> bool {
        self.print == other.print && self.shape == other.shape
    }
}

/// The bounds of what is drawn. egui's do not have a text's underline in them.
fn bounds(shape: &Shape) -> Rect {
    match shape {
        Shape::Text(text) if text.angle == 0.0 => {
            text.visual_bounding_rect().union(text.galley.rect.translate(text.pos.to_vec2()))
        }
        Shape::Text(text) => Rect::from_center_size(text.pos, Vec2::splat(4.0 * text.galley.rect.size().max_elem())),
        Shape::Vec(shapes) => shapes.iter().map(bounds).fold(Rect::NOTHING, Rect::union),
        other => other.visual_bounding_rect(),
    }
}

/// The areas of what is only in one of the frames, or not in the same order.
pub(super) fn changed(before: &[Placed], after: &[Placed]) -> Vec<Rect> {
    let mut areas = Vec::new();
    let (mut old, mut new) = (before, after);
    while let ([first_old, ..], [first_new, ..]) = (old, new) {
        let (gone, come) = if first_old.is(first_new) {
            (old, new) = (&old[1..], &new[1..]);
            continue;
        } else {
            in_common(old, new).unwrap_or((1, 1))
        };
        areas.extend(old[..gone].iter().chain(&new[..come]).map(|placed| placed.area));
        (old, new) = (&old[gone..], &new[come..]);
    }
    areas.extend(old.iter().chain(new).map(|placed| placed.area));
    areas.retain(Rect::is_positive);
    areas
}

/// How many shapes to leave out of each so that both go on with the same one; the fewest.
fn in_common(old: &[Placed], new: &[Placed]) -> Option<(usize, usize)> {
    let places = (1..=LOOK_AHEAD).flat_map(|far| (0..=far).map(move |gone| (gone, far - gone)));
    places.into_iter().find(|&(gone, come)| match (old.get(gone), new.get(come)) {
        (Some(old), Some(new)) => old.is(new),
        _ => false,
    })
}

/// The pixels of these areas, as few boxes of whole pixels inside the window. Boxes may overlap.
pub(super) fn boxes_px(areas: &[Rect], pixels_per_point: f32, size_px: [f32; 2]) -> Vec<Rect> {
    let window = Rect::from_min_max(Pos2::ZERO, pos2(size_px[0], size_px[1]));
    let mut boxes = Vec::<Rect>::new();
    for area in areas {
        let area = *area * pixels_per_point;
        let outwards = Rect::from_min_max(area.min.floor(), area.max.ceil()).intersect(window);
        if outwards.is_positive() {
            put(&mut boxes, outwards);
        }
    }
    boxes
}

/// Adds a box, joined with one that is there where that is cheaper.
fn put(boxes: &mut Vec<Rect>, new: Rect) {
    let growth = |there: &Rect| there.union(new).area() - there.area() - new.area();
    let nearest = (0..boxes.len()).min_by(|&a, &b| growth(&boxes[a]).total_cmp(&growth(&boxes[b])));
    match nearest {
        Some(near) if boxes.len() >= BOXES_MAX || growth(&boxes[near]) <= JOIN_PX => {
            let joined = boxes.swap_remove(near).union(new);
            put(boxes, joined); // it may now reach another one
        }
        _ => boxes.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, CornerRadius, vec2};

    fn rect(x: f32, y: f32, side: f32) -> Rect {
        Rect::from_min_size(pos2(x, y), vec2(side, side))
    }

    fn square(x: f32, y: f32, side: f32) -> Placed {
        let shape = Shape::rect_filled(rect(x, y, side), CornerRadius::ZERO, Color32::RED);
        let clip_rect = rect(0.0, 0.0, 1000.0);
        Placed::new(ClippedShape { clip_rect, shape, transform_after_tessellation: egui::emath::TSTransform::IDENTITY })
    }

    fn row(count: u16) -> Vec<Placed> {
        (0..count).map(|i| square(f32::from(i) * 10.0, 10.0, 8.0)).collect()
    }

    #[test]
    fn what_is_the_same_is_not_drawn() {
        assert_eq!(changed(&row(50), &row(50)), [], "nothing");
        assert_eq!(changed(&[], &[]), [], "nothing at all");
    }

    #[test]
    fn what_comes_goes_or_moves_is_drawn_where_it_was_and_is() {
        let before = row(50);
        let reached = |x: f32, y: f32| rect(x, y, 8.0).expand(REACH);
        let mut more = before.clone();
        more.insert(20, square(500.0, 500.0, 8.0));
        assert_eq!(changed(&before, &more), [reached(500.0, 500.0)], "it comes");
        assert_eq!(changed(&more, &before), [reached(500.0, 500.0)], "it goes");
        let mut moved = more.clone();
        moved[20] = square(600.0, 500.0, 8.0);
        assert_eq!(changed(&more, &moved), [reached(500.0, 500.0), reached(600.0, 500.0)], "it moves");
    }

    #[test]
    fn the_order_counts() {
        let (below, above) = (square(0.0, 0.0, 20.0), square(10.0, 10.0, 20.0));
        let areas = changed(&[below.clone(), above.clone()], &[above, below]);
        assert!(!areas.is_empty(), "the other one is seen now");
    }

    #[test]
    fn many_new_shapes_in_the_middle_do_not_make_the_rest_new() {
        let before = row(80);
        let mut after = before.clone();
        after.splice(40..40, (0..40_u8).map(|i| square(f32::from(i), 300.0, 8.0)));
        assert!(changed(&before, &after).iter().all(|area| area.min.y > 200.0), "the old ones are left alone");
    }

    #[test]
    fn a_shape_is_seen_inside_its_clip_only() {
        let mut half = square(10.0, 10.0, 8.0);
        half.shape.clip_rect = rect(0.0, 0.0, 14.0);
        let half = Placed::new(half.shape);
        assert_eq!(changed(&[], &[half]), [Rect::from_min_max(pos2(6.0, 6.0), pos2(14.0, 14.0))]);
    }

    #[test]
    fn boxes_are_whole_pixels_in_the_window_and_few() {
        let size = [1000.0, 800.0];
        assert_eq!(boxes_px(&[rect(0.4, 0.4, 0.2)], 2.0, size), [rect(0.0, 0.0, 2.0)], "outwards");
        assert_eq!(boxes_px(&[rect(2000.0, 0.0, 5.0), rect(-9.0, 3.0, 5.0)], 1.0, size), [], "elsewhere");
        let far = [rect(0.0, 0.0, 10.0), rect(900.0, 700.0, 10.0)];
        assert_eq!(boxes_px(&far, 1.0, size).len(), 2, "far from each other");
        let near = [rect(0.0, 0.0, 10.0), rect(20.0, 0.0, 10.0)];
        assert_eq!(boxes_px(&near, 1.0, size).len(), 1, "near");
        let many: Vec<Rect> = (0..100_u8).map(|i| rect(f32::from(i) * 10.0, f32::from(i % 8) * 100.0, 4.0)).collect();
        let boxes = boxes_px(&many, 1.0, size);
        assert!(boxes.len() <= BOXES_MAX, "{} boxes", boxes.len());
        assert!(many.iter().all(|area| boxes.iter().any(|b| b.contains_rect(*area))), "all of them are in one");
    }

    #[test]
    fn the_lines_of_a_crosshair_are_two_boxes_and_not_the_window() {
        let lines = [
            Rect::from_min_max(pos2(0.0, 400.0), pos2(1000.0, 402.0)),
            Rect::from_min_max(pos2(500.0, 0.0), pos2(502.0, 800.0)),
        ];
        let px: f32 = boxes_px(&lines, 1.0, [1000.0, 800.0]).iter().map(|b| b.area()).sum();
        assert!(px <= 3600.0, "{px} pixels");
    }
}
