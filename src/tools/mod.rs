//! The tools as state machines: raw input in, edits and previews out.
//!
//! May use model and geometry. Invariants: a tool never changes the document (it returns [`Outcome`]s); nothing enters
//! the document before the button goes up, so Esc and a lost window cancel for free; a state that holds an id bails out
//! when the id is gone; a moving state recomputes from its snapshot, never from its last frame.

//!
//! | file | what |
//! |---|---|
//! | `select_tool` | selecting, moving, reshaping |
//! | `box_tool`, `extreme_tool`, `polygon_tool`, `slice_tool`, `pan_tool` | the other tools |
//! | `canvas_cursor` | the keyboard as a mouse |
//! | `combine`, `refine` | union and the like, mending; simplifying and smoothing with a preview |
//! | `snap`, `hit`, `bounds`, `order` | what the tools are made of |

mod bounds;
mod box_tool;
mod canvas_cursor;
mod combine;
mod extreme_tool;
mod hit;
mod input;
mod order;
mod pan_tool;
mod polygon_tool;
mod refine;
mod select_tool;
mod slice_tool;
mod snap;
mod vertices;

pub use bounds::{clamped, clamped_ring, moved_inside, resized};
pub use box_tool::BoxTool;
pub use canvas_cursor::{CanvasCursor, CursorKey};
pub use combine::{Combination, combine, mend};
pub use extreme_tool::ExtremeTool;
pub use hit::{FRAME_MARGIN_UI, Grip, frame, grip_at, midpoints, shapes_at, vertex_grip_at};
pub use input::{Input, Key, Modifiers, Pointer};
pub use order::{Reading, neighbour, read_on, reading_order};
pub use pan_tool::PanTool;
pub use polygon_tool::PolygonTool;
pub use refine::{Refine, Refining};
pub use select_tool::{SelectTool, Takes};
pub use slice_tool::{SliceTool, shape_like};
pub use snap::{SNAP_REACH_UI, Snapping, border_to, ring_of, snap};
pub use vertices::{Vertices, reachable_ring};

use crate::geometry::{Outline, Point, Rect, Size, Snap, Vector};
use crate::model::{Document, Edit, InputId, LocalId, Selection, Shape};
use std::collections::HashSet;
use std::sync::Arc;

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
    /// Whether vertices snap.
    pub snapping: Snapping,
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
    /// These annotations in parts: the first part stays in its place, the others are copies with new ids.
    Split(Vec<(LocalId, Vec<Shape>)>),
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
        /// What a click would add of a neighbour's border.
        border: Vec<Point>,
        /// Under the pointer.
        next: Option<Point>,
        /// Whether a click here closes it.
        closes: bool,
    },
    /// Vertices of this polygon as they will be; the others stay.
    Reshaped {
        /// Whose.
        lid: LocalId,
        /// The ring as it was.
        outline: Arc<Outline>,
        /// The vertices that move, and where to.
        moved: Vec<(usize, Point)>,
    },
    /// A vertex snaps here.
    Snapped(Snap),
    /// An outline would cross itself here.
    Crossings(Vec<Point>),
    /// Points that are placed.
    Dots(Vec<Point>),
    /// The line that cuts.
    Cut {
        /// One end.
        from: Point,
        /// The other.
        to: Point,
    },
    /// The rubber band.
    Band {
        /// Where it is.
        rect: Rect,
        /// What it takes.
        takes: Takes,
    },
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
    /// Draw boxes by four extreme points.
    Extreme(ExtremeTool),
    /// Draw polygons.
    Polygon(PolygonTool),
    /// Cut shapes by a line.
    Slice(SliceTool),
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
            Self::Extreme(tool) => wrap(Self::Extreme, tool.step(input, scene)),
            Self::Polygon(tool) => wrap(Self::Polygon, tool.step(input, scene)),
            Self::Slice(tool) => wrap(Self::Slice, tool.step(input, scene)),
            Self::Pan(tool) => wrap(Self::Pan, tool.step(input)),
        }
    }

    /// What to draw over the picture now.
    #[must_use]
    pub fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        match self {
            Self::Select(tool) => tool.previews(scene),
            Self::Box(tool) => tool.preview(scene).into_iter().collect(),
            Self::Extreme(tool) => tool.previews(scene),
            Self::Polygon(tool) => tool.previews(scene),
            Self::Slice(tool) => tool.previews(),
            Self::Pan(_) => Vec::new(),
        }
    }

    /// The pointer's shape at `at`.
    #[must_use]
    pub fn cursor(&self, at: Option<Pointer>, scene: &Scene<'_>) -> Cursor {
        match self {
            Self::Select(tool) => tool.cursor(at, scene),
            Self::Box(_) | Self::Extreme(_) | Self::Polygon(_) | Self::Slice(_) => Cursor::Crosshair,
            Self::Pan(tool) => tool.cursor(),
        }
    }

    /// What the next step may be, for the hint line.
    #[must_use]
    pub fn hint(&self, scene: Option<&Scene<'_>>) -> &'static str {
        match self {
            Self::Select(tool) => tool.hint(),
            Self::Box(tool) => tool.hint(),
            Self::Extreme(tool) => tool.hint(),
            Self::Polygon(tool) => tool.hint(scene),
            Self::Slice(tool) => tool.hint(),
            Self::Pan(_) => "Drag to move the view",
        }
    }

    /// The state's name, for tests and logs: `"select.translating"`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Select(tool) => tool.path(),
            Self::Box(tool) => tool.path(),
            Self::Extreme(tool) => tool.path(),
            Self::Polygon(tool) => tool.path(),
            Self::Slice(tool) => tool.path(),
            Self::Pan(tool) => tool.path(),
        }
    }

    /// Whether Backspace, Undo and Redo are about the points of a shape under way.
    #[must_use]
    pub fn places_points(&self) -> bool {
        matches!(self, Self::Polygon(_) | Self::Extreme(_)) && self.is_busy()
    }

    /// Whether it makes new shapes, which needs an image of known size.
    #[must_use]
    pub const fn draws(&self) -> bool {
        matches!(self, Self::Box(_) | Self::Extreme(_) | Self::Polygon(_))
    }

    /// The chosen vertices.
    #[must_use]
    pub fn vertices(&self) -> Vertices {
        match self {
            Self::Select(select) => select.vertices(),
            _ => Vertices::NONE,
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

/// The point at the distance of `to` in the multiple of 45° from `from` that is nearest.
fn at_45_degrees(from: Point, to: Point) -> Point {
    let by = to - from;
    let step = std::f64::consts::FRAC_PI_4;
    let angle = (by.y.atan2(by.x) / step).round() * step;
    from + Vector::new(angle.cos(), angle.sin()) * by.length()
}
