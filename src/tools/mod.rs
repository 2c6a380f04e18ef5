//! The tools as state machines: raw input in, edits and previews out.
//!
//! May use model and geometry. Invariants: a tool never changes the document (it returns [`Outcome`]s); nothing enters
//! the document before the button goes up, so Esc and a lost window cancel for free; a state that holds an id bails out
//! when the id is gone; a moving state recomputes from its snapshot, never from its last frame.

mod bounds;
mod box_tool;
mod hit;
mod input;
mod pan_tool;
mod polygon_tool;
mod select_tool;

pub use bounds::{clamped, moved_inside};
pub use box_tool::BoxTool;
pub use hit::{FRAME_MARGIN_UI, Grip, frame, grip_at, midpoints, shapes_at};
pub use input::{Input, Key, Modifiers, Pointer};
pub use pan_tool::PanTool;
pub use polygon_tool::PolygonTool;
pub use select_tool::SelectTool;

use crate::geometry::{Point, Rect, Size, Vector};
use crate::model::{Document, Edit, InputId, LocalId, Selection, Shape};
use std::collections::HashSet;

/// How far, in ui points, a press may wander and still be a click.
pub const CLICK_SLOP_UI: f64 = 3.0;
/// How near, in ui points, the pointer must be to an outline or a handle to take it.
pub const GRIP_REACH_UI: f64 = 7.0;

/// What a tool may look at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The annotations.
    pub document: &'a Document,
    /// The image that is shown.
    pub input: &'a InputId,
    /// Its size in pixels.
    pub image: Size,
    /// Ui points per image pixel.
    pub zoom: f64,
    /// What is selected.
    pub selection: &'a Selection,
    /// What cannot be taken hold of: hidden or locked.
    pub untouchable: &'a HashSet<LocalId>,
}

impl Scene<'_> {
    /// `ui_points` on the screen, in image pixels.
    #[must_use]
    pub fn image_px(&self, ui_points: f64) -> f64 {
        ui_points / self.zoom
    }
}

/// What a step of a tool asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A finished new shape: give it an id and a concept.
    Create(Shape),
    /// A finished change.
    Edit(Edit),
    /// Select these and nothing else.
    Select(Vec<LocalId>),
    /// Add this one to the selection, or take it out.
    Toggle(LocalId),
    /// Add these to the selection.
    ExtendSelection(Vec<LocalId>),
    /// Move the view by so many ui points.
    PanBy(Vector),
    /// Something could not be done; say so.
    Refused(String),
}

/// What to draw over the picture while a gesture runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// This annotation as it will be.
    Changed(LocalId, Shape),
    /// A new shape that is not finished.
    Draft(Shape),
    /// The vertices of a polygon so far, and where the next one would be.
    OpenRing {
        /// Placed.
        points: Vec<Point>,
        /// Under the pointer.
        next: Option<Point>,
        /// Whether a click here closes it.
        closes: bool,
    },
    /// The rubber band.
    Band(Rect),
}

/// The shape of the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// The arrow.
    Arrow,
    /// Draw here.
    Crosshair,
    /// This can be moved.
    Move,
    /// An open hand.
    Grab,
    /// A closed hand.
    Grabbing,
    /// A vertex or midpoint.
    Vertex,
    /// Resizes along the falling diagonal.
    ResizeNwSe,
    /// Resizes along the rising diagonal.
    ResizeNeSw,
    /// Resizes sideways.
    ResizeHorizontal,
    /// Resizes up and down.
    ResizeVertical,
}

/// The tools.
#[derive(Clone, Debug, PartialEq)]
pub enum Tool {
    /// Select, move, reshape.
    Select(SelectTool),
    /// Draw boxes.
    Box(BoxTool),
    /// Draw polygons.
    Polygon(PolygonTool),
    /// Move the view.
    Pan(PanTool),
}

impl Default for Tool {
    fn default() -> Self {
        Self::Select(SelectTool::default())
    }
}

impl Tool {
    /// Takes one input and says what follows from it.
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        match self {
            Self::Select(tool) => wrap(Self::Select, tool.step(input, scene)),
            Self::Box(tool) => wrap(Self::Box, tool.step(input, scene)),
            Self::Polygon(tool) => wrap(Self::Polygon, tool.step(input, scene)),
            Self::Pan(tool) => wrap(Self::Pan, tool.step(input)),
        }
    }

    /// What to draw over the picture now.
    #[must_use]
    pub fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        match self {
            Self::Select(tool) => tool.previews(scene),
            Self::Box(tool) => tool.preview(scene).into_iter().collect(),
            Self::Polygon(tool) => tool.preview(scene).into_iter().collect(),
            Self::Pan(_) => Vec::new(),
        }
    }

    /// The pointer's shape at `at`.
    #[must_use]
    pub fn cursor(&self, at: Option<Pointer>, scene: &Scene<'_>) -> Cursor {
        match self {
            Self::Select(tool) => tool.cursor(at, scene),
            Self::Box(_) | Self::Polygon(_) => Cursor::Crosshair,
            Self::Pan(tool) => tool.cursor(),
        }
    }

    /// What the next step may be, for the hint line.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Select(tool) => tool.hint(),
            Self::Box(tool) => tool.hint(),
            Self::Polygon(tool) => tool.hint(),
            Self::Pan(_) => "Drag to move the view",
        }
    }

    /// The state's name, for tests and logs: `"select.translating"`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Select(tool) => tool.path(),
            Self::Box(tool) => tool.path(),
            Self::Polygon(tool) => tool.path(),
            Self::Pan(tool) => tool.path(),
        }
    }

    /// Whether a gesture is under way that Esc would cancel.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.path().split_once('.').is_none_or(|(_, state)| state != "idle")
    }
}

fn wrap<T>(into: impl Fn(T) -> Tool, (state, outcomes): (T, Vec<Outcome>)) -> (Tool, Vec<Outcome>) {
    (into(state), outcomes)
}
