//! Drawing boxes by their four extreme points: one click each on the top, the bottom, the left and the right of the thing.

use super::{Input, Key, Outcome, Pointer, Preview, Scene, clamped};
use crate::geometry::{Point, Rect};
use crate::model::Shape;

/// As many clicks make a box.
const EXTREMES: usize = 4;

/// Draws boxes by four clicks, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ExtremeTool {
    /// Waits.
    #[default]
    Idle,
    /// Some extremes are placed.
    Placing {
        /// The extremes so far.
        points: Vec<Point>,
        /// Extremes taken back, the last one on top.
        taken_back: Vec<Point>,
        /// Where the pointer is.
        next: Pointer,
    },
}

impl ExtremeTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        let stay = |points, taken_back, next| (Self::Placing { points, taken_back, next }, Vec::new());
        match (self, input) {
            (Self::Idle, Input::Down(p)) => stay(vec![clamped(p.at, scene.image)], Vec::new(), p),
            (Self::Placing { mut points, .. }, Input::Down(p) | Input::DoubleClick(p)) => {
                points.push(clamped(p.at, scene.image));
                if points.len() < EXTREMES { stay(points, Vec::new(), p) } else { finish(points, p) }
            }
            (Self::Placing { points, taken_back, .. }, Input::Move(p)) => stay(points, taken_back, p),
            (Self::Placing { mut points, mut taken_back, next }, Input::Key(Key::Backspace | Key::Delete)) => {
                taken_back.extend(points.pop());
                if points.is_empty() { (Self::Idle, Vec::new()) } else { stay(points, taken_back, next) }
            }
            (Self::Placing { mut points, mut taken_back, next }, Input::Key(Key::Redo)) => {
                points.extend(taken_back.pop());
                if points.len() < EXTREMES { stay(points, taken_back, next) } else { finish(points, next) }
            }
            (_, Input::Cancel) => (Self::Idle, Vec::new()),
            (state, _) => (state, Vec::new()),
        }
    }

    pub(super) fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        let Self::Placing { points, next, .. } = self else { return Vec::new() };
        let here = clamped(next.at, scene.image);
        let mut previews = vec![Preview::Dots(points.clone())];
        let rect = Rect::around(points.iter().copied().chain([here]));
        previews.extend(rect.filter(|r| r.is_valid()).map(|rect| Preview::Draft(Shape::Box(rect))));
        previews
    }

    pub(super) const fn hint(&self) -> &'static str {
        match self {
            Self::Idle => "Click the top, bottom, left and right of the thing, in any order",
            Self::Placing { .. } => {
                "Click the next extreme; the fourth finishes · Backspace takes one back · Esc cancels"
            }
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle => "extreme.idle",
            Self::Placing { .. } => "extreme.placing",
        }
    }
}

fn finish(mut points: Vec<Point>, next: Pointer) -> (ExtremeTool, Vec<Outcome>) {
    match Rect::around(points.iter().copied()).filter(|rect| rect.is_valid()) {
        Some(rect) => (ExtremeTool::Idle, vec![Outcome::Create(Shape::Box(rect))]),
        None => {
            points.pop();
            let text = "The four points lie on one line, so the box would be flat; place the last one elsewhere";
            let state = ExtremeTool::Placing { points, taken_back: Vec::new(), next };
            (state, vec![Outcome::Refused(text.to_owned())])
        }
    }
}
