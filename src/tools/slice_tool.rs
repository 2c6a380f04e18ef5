//! Slicing shapes by a line: drag it across, or click twice.

use super::snap::ring_of;
use super::{CLICK_SLOP_UI, Input, Outcome, Pointer, Preview, Scene, at_45_degrees};
use crate::geometry::{Point, Rect, Ring, sliced};
use crate::model::{LocalId, Shape};

/// Slices shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SliceTool {
    /// Waits.
    #[default]
    Idle,
    /// Pressed: a drag or a first click.
    Pointing {
        /// Where.
        from: Pointer,
    },
    /// Dragging the line.
    Drawing {
        /// One end.
        from: Pointer,
        /// The other.
        to: Pointer,
    },
    /// One end was clicked; the pointer carries the other.
    Carrying {
        /// One end.
        from: Pointer,
        /// The other.
        to: Pointer,
    },
}

impl SliceTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        let is_click = |from: Pointer, to: Pointer| from.ui.distance(to.ui) <= CLICK_SLOP_UI;
        match (self, input) {
            (Self::Idle, Input::Down(p)) => (Self::Pointing { from: p }, Vec::new()),
            (Self::Pointing { from }, Input::Move(p)) if !is_click(from, p) => {
                (Self::Drawing { from, to: p }, Vec::new())
            }
            (Self::Pointing { from }, Input::Up(p)) => (Self::Carrying { from, to: p }, Vec::new()),
            (Self::Drawing { from, .. }, Input::Move(p)) => (Self::Drawing { from, to: p }, Vec::new()),
            (Self::Drawing { from, .. }, Input::Up(p)) if is_click(from, p) => {
                (Self::Carrying { from, to: p }, Vec::new())
            }
            (Self::Drawing { from, .. }, Input::Up(p)) => (Self::Idle, slice(from, p, scene)),
            (Self::Carrying { from, .. }, Input::Move(p)) => (Self::Carrying { from, to: p }, Vec::new()),
            (Self::Carrying { from, .. }, Input::Down(p) | Input::DoubleClick(p)) if !is_click(from, p) => {
                (Self::Drawing { from, to: p }, Vec::new())
            }
            (_, Input::Cancel) => (Self::Idle, Vec::new()),
            (state, _) => (state, Vec::new()),
        }
    }

    pub(super) fn previews(&self) -> Vec<Preview> {
        match self {
            Self::Idle | Self::Pointing { .. } => Vec::new(),
            Self::Drawing { from, to } | Self::Carrying { from, to } => {
                vec![Preview::Cut { from: from.at, to: end(*from, *to) }]
            }
        }
    }

    pub(super) const fn hint(&self) -> &'static str {
        match self {
            Self::Idle => {
                "Drag a line right across a shape, or click its two ends · cuts the selected shapes, or all it crosses"
            }
            _ => "Release or click beyond the shape to cut · Shift 45° · Esc cancels",
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle => "slice.idle",
            Self::Pointing { .. } => "slice.pointing",
            Self::Drawing { .. } => "slice.drawing",
            Self::Carrying { .. } => "slice.carrying",
        }
    }
}

fn end(from: Pointer, to: Pointer) -> Point {
    if to.modifiers.shift { at_45_degrees(from.at, to.at) } else { to.at }
}

fn slice(from: Pointer, to: Pointer, scene: &Scene<'_>) -> Vec<Outcome> {
    let line = [from.at, end(from, to)];
    let Some(index) = scene.document.index_of(scene.input) else { return Vec::new() };
    let mut lids: Vec<LocalId> = index
        .touching(Rect::from_corners(line[0], line[1]))
        .filter(|lid| !scene.untouchable.contains(lid))
        .filter(|lid| scene.selection.is_empty() || scene.selection.contains(*lid))
        .collect();
    lids.sort_unstable();
    let parts: Vec<(LocalId, Vec<Shape>)> = lids
        .into_iter()
        .filter_map(|lid| {
            let shape = scene.document.get(lid)?.shape()?;
            let parts = sliced(ring_of(shape)?.as_ref(), &line);
            (parts.len() > 1).then(|| (lid, parts.into_iter().map(|part| shape_like(part, shape)).collect()))
        })
        .collect();
    if parts.is_empty() {
        let whose = if scene.selection.is_empty() { "a shape" } else { "a selected shape" };
        let text = format!("The line does not go right across {whose}; nothing was cut");
        return vec![Outcome::Refused(text)];
    }
    vec![Outcome::Split(parts)]
}

/// The ring as a shape: a box where it came from one and still is one.
#[must_use]
pub fn shape_like(ring: Ring, before: &Shape) -> Shape {
    match (before, ring.bounds()) {
        (Shape::Box(_), Some(bounds)) if ring.len() == 4 && (bounds.area() - ring.area()).abs() < 1e-6 => {
            Shape::Box(bounds)
        }
        _ => Shape::Polygon(ring),
    }
}
