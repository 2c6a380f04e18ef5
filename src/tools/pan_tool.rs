//! Moving the view by dragging.

use super::{Cursor, Input, Outcome};
use crate::geometry::Point;

/// Moves the view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PanTool {
    /// Waits.
    #[default]
    Idle,
    /// The button is down; `last_ui` is where the pointer was.
    Dragging {
        /// In ui points.
        last_ui: Point,
    },
}

impl PanTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input) -> (Self, Vec<Outcome>) {
        match (self, input) {
            (_, Input::Down(p) | Input::DoubleClick(p)) => (Self::Dragging { last_ui: p.ui }, Vec::new()),
            (Self::Dragging { last_ui }, Input::Move(p)) => {
                (Self::Dragging { last_ui: p.ui }, vec![Outcome::PanBy(p.ui - last_ui)])
            }
            (Self::Dragging { last_ui }, Input::Up(p)) => (Self::Idle, vec![Outcome::PanBy(p.ui - last_ui)]),
            (Self::Dragging { .. }, Input::Cancel) => (Self::Idle, Vec::new()),
            (state, _) => (state, Vec::new()),
        }
    }

    pub(super) const fn cursor(self) -> Cursor {
        match self {
            Self::Idle => Cursor::Grab,
            Self::Dragging { .. } => Cursor::Grabbing,
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle => "pan.idle",
            Self::Dragging { .. } => "pan.dragging",
        }
    }
}
