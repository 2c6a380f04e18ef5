//! Drawing boxes: drag, or click twice.

use super::{CLICK_SLOP_UI, Input, Outcome, Pointer, Preview, Scene};
use crate::geometry::{Point, Rect, Size};
use crate::model::Shape;

/// Draws boxes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum BoxTool {
    /// Waits.
    #[default]
    Idle,
    /// Pressed: a drag or a first click.
    Pointing {
        /// Where.
        from: Pointer,
    },
    /// Dragging from corner to corner.
    Drawing {
        /// Where the button went down.
        from: Pointer,
        /// Where the pointer is.
        to: Pointer,
    },
    /// The first corner was clicked; the pointer carries the second.
    Carrying {
        /// Where the first click was.
        from: Pointer,
        /// Where the pointer is.
        to: Pointer,
    },
}

impl BoxTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        match (self, input) {
            // A double click here is the echo of the click that finished the last box.
            (Self::Idle, Input::Down(p)) => (Self::Pointing { from: p }, Vec::new()),
            (Self::Pointing { from }, Input::Move(p)) if from.ui.distance(p.ui) > CLICK_SLOP_UI => {
                (Self::Drawing { from, to: p }, Vec::new())
            }
            (Self::Pointing { from }, Input::Up(p)) => (Self::Carrying { from, to: p }, Vec::new()),
            (Self::Drawing { from, .. }, Input::Move(p)) => (Self::Drawing { from, to: p }, Vec::new()),
            // Dragged out and back: as small as a click, so it is one.
            (Self::Drawing { from, .. }, Input::Up(p)) if from.ui.distance(p.ui) <= CLICK_SLOP_UI => {
                (Self::Carrying { from, to: p }, Vec::new())
            }
            (Self::Drawing { from, .. }, Input::Up(p)) => (Self::Idle, finish(from, p, scene)),
            (Self::Carrying { from, .. }, Input::Move(p)) => (Self::Carrying { from, to: p }, Vec::new()),
            (Self::Carrying { from, .. }, Input::Down(p) | Input::DoubleClick(p)) => {
                if from.ui.distance(p.ui) > CLICK_SLOP_UI {
                    (Self::Drawing { from, to: p }, Vec::new())
                } else {
                    (Self::Carrying { from, to: p }, Vec::new())
                }
            }
            (_, Input::Cancel) => (Self::Idle, Vec::new()),
            (state, _) => (state, Vec::new()),
        }
    }

    pub(super) fn preview(&self, scene: &Scene<'_>) -> Option<Preview> {
        match self {
            Self::Idle | Self::Pointing { .. } => None,
            Self::Drawing { from, to } | Self::Carrying { from, to } => {
                rect_between(*from, *to, scene.image).map(|rect| Preview::Draft(Shape::Box(rect)))
            }
        }
    }

    pub(super) const fn hint(&self) -> &'static str {
        match self {
            Self::Idle => "Drag a box, or click two corners · Shift square · Ctrl from the centre",
            Self::Pointing { .. } | Self::Drawing { .. } => {
                "Release to finish · Shift square · Ctrl from the centre · Esc cancels"
            }
            Self::Carrying { .. } => "Click the opposite corner · Esc cancels",
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle => "box.idle",
            Self::Pointing { .. } => "box.pointing",
            Self::Drawing { .. } => "box.drawing",
            Self::Carrying { .. } => "box.carrying",
        }
    }
}

fn finish(from: Pointer, to: Pointer, scene: &Scene<'_>) -> Vec<Outcome> {
    match rect_between(from, to, scene.image) {
        Some(rect) => vec![Outcome::Create(Shape::Box(rect))],
        None if is_flat(from.at, to.at) => {
            vec![Outcome::Refused("The box would be flat; drag sideways and down. Nothing was drawn".to_owned())]
        }
        None => vec![Outcome::Refused("The box lies wholly outside the image; nothing was drawn".to_owned())],
    }
}

/// Whether the two corners are level with or right above one another.
fn is_flat(a: Point, b: Point) -> bool {
    let by = b - a;
    by.x.abs() <= 0.0 || by.y.abs() <= 0.0
}

/// The box of a drag, cropped to the image; `None` where nothing of it is inside.
fn rect_between(from: Pointer, to: Pointer, image: Size) -> Option<Rect> {
    let (a, mut b) = (from.at, to.at);
    if to.modifiers.shift {
        let side = (b.x - a.x).abs().max((b.y - a.y).abs());
        b = Point::new(a.x + side.copysign(b.x - a.x), a.y + side.copysign(b.y - a.y));
    }
    let rect = if to.modifiers.ctrl { Rect::from_corners(a - (b - a), b) } else { Rect::from_corners(a, b) };
    rect.cropped_to(image.rect())
}
