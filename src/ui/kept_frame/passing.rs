//! What changes in every frame for a while. Pure.

use egui::Rect;

/// Below this part of the window it is not worth it.
const PART_MIN: f32 = 0.25;

/// Remembers what changed, and what the kept picture lacks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passing {
    /// The large box of the frame before.
    large: Option<Rect>,
    /// What was drawn onto the window only.
    lacking: Option<Rect>,
}

impl Passing {
    /// Takes the box out of `boxes`, which have changed in this frame, that is to be drawn straight onto the window: a large one
    /// that changed in the frame before as well. Adds what the kept picture lacks.
    pub fn step(&mut self, boxes: &mut Vec<Rect>, window_px: [f32; 2]) -> Option<Rect> {
        let is_large = |b: &Rect| b.area() >= PART_MIN * window_px[0] * window_px[1];
        let large = (0..boxes.len()).filter(|&at| is_large(&boxes[at]));
        let large = large.max_by(|&a, &b| boxes[a].area().total_cmp(&boxes[b].area()));
        let before = std::mem::replace(&mut self.large, large.map(|at| boxes[at]));
        let lacking = self.lacking.take();
        let again = large.filter(|&at| before.is_some_and(|before| is_nearly(before, boxes[at])));
        let straight = again.map(|at| boxes.swap_remove(at));
        self.lacking = straight;
        boxes.extend(lacking.filter(|lacking| !straight.is_some_and(|straight| straight.contains_rect(*lacking))));
        straight
    }
}

fn is_nearly(before: Rect, now: Rect) -> bool {
    before.intersect(now).is_positive() && before.intersect(now).area() >= 0.9 * before.union(now).area()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    const WINDOW: [f32; 2] = [1000.0, 800.0];

    fn canvas() -> Rect {
        Rect::from_min_size(pos2(200.0, 20.0), vec2(700.0, 700.0))
    }

    fn field() -> Rect {
        Rect::from_min_size(pos2(10.0, 770.0), vec2(80.0, 20.0))
    }

    /// What is drawn straight, and into the kept picture.
    fn step(passing: &mut Passing, boxes: &[Rect]) -> (Option<Rect>, Vec<Rect>) {
        let mut boxes = boxes.to_vec();
        let straight = passing.step(&mut boxes, WINDOW);
        (straight, boxes)
    }

    #[test]
    fn the_second_change_in_a_row_is_drawn_straight_and_kept_when_it_is_over() {
        let mut passing = Passing::default();
        let changed = [canvas(), field()];
        assert_eq!(step(&mut passing, &changed), (None, changed.to_vec()), "it may be the only one");
        for _ in 0..3 {
            assert_eq!(step(&mut passing, &changed), (Some(canvas()), vec![field()]), "it goes on");
        }
        assert_eq!(step(&mut passing, &[field()]), (None, vec![field(), canvas()]), "it is over");
        assert_eq!(step(&mut passing, &[]), (None, Vec::new()), "and nothing is lacking");
    }

    #[test]
    fn small_and_different_ones_are_kept() {
        let mut passing = Passing::default();
        for _ in 0..3 {
            assert_eq!(step(&mut passing, &[field()]), (None, vec![field()]), "small");
        }
        step(&mut passing, &[canvas()]);
        let beside = Rect::from_min_size(pos2(0.0, 0.0), vec2(500.0, 800.0));
        assert_eq!(step(&mut passing, &[beside]), (None, vec![beside]), "another one");
    }

    #[test]
    fn what_is_lacking_beside_the_new_one_is_not_forgotten() {
        let mut passing = Passing::default();
        let larger = canvas().expand(10.0);
        step(&mut passing, &[larger]);
        assert_eq!(step(&mut passing, &[larger]).0, Some(larger));
        let (straight, kept) = step(&mut passing, &[canvas()]);
        assert_eq!((straight, kept), (Some(canvas()), vec![larger]));
    }
}
