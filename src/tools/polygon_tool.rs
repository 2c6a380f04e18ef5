//! Drawing polygons: click vertex by vertex, drag to trace, or follow a neighbour's border.

use super::{CLICK_SLOP_UI, GRIP_REACH_UI, Input, Key, Outcome, Pointer, Preview, Scene, at_45_degrees, clamped};
use super::{border_to, snap};
use crate::geometry::{Point, Ring, RingFault};
use crate::model::Shape;

/// How far apart, in ui points, the vertices of a traced line are.
const TRACE_STEP_UI: f64 = 10.0;

/// Draws polygons.
#[derive(Clone, Debug, PartialEq)]
pub enum PolygonTool {
    /// Waits.
    Idle {
        /// Where the pointer is, so that the place where it snaps can be seen.
        hover: Option<Pointer>,
    },
    /// Some vertices are placed.
    Placing(Placing),
}

/// A polygon under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Placing {
    /// The vertices so far.
    points: Vec<Point>,
    /// Vertices taken back, the last one on top.
    taken_back: Vec<Point>,
    /// Where the pointer is.
    next: Pointer,
    /// Whether the button is down.
    press: Press,
}

/// The button while vertices are placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Press {
    /// It is up.
    Up,
    /// It went down here; the vertex is placed already.
    Down(Pointer),
    /// It is dragged: vertices follow the pointer.
    Tracing {
        /// Where the last traced vertex is, in ui points.
        last_ui: Point,
    },
}

impl Default for PolygonTool {
    fn default() -> Self {
        Self::Idle { hover: None }
    }
}

impl PolygonTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        match (self, input) {
            // A double click here is the echo of the click that closed the last polygon.
            (Self::Idle { .. }, Input::Down(p)) => {
                let points = vec![vertex_at(&[], p, scene)];
                let placing = Placing { points, taken_back: Vec::new(), next: p, press: Press::Down(p) };
                (Self::Placing(placing), Vec::new())
            }
            (Self::Idle { .. }, Input::Move(p)) => (Self::Idle { hover: Some(p) }, Vec::new()),
            (Self::Idle { .. }, Input::Cancel) => (Self::default(), Vec::new()),
            (Self::Placing(placing), input) => placing.step(input, scene),
            (state, _) => (state, Vec::new()),
        }
    }

    pub(super) fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        match self {
            Self::Idle { hover } => hover.and_then(|p| snap(p, scene, &[])).map(Preview::Snapped).into_iter().collect(),
            Self::Placing(placing) => placing.previews(scene),
        }
    }

    pub(super) fn hint(&self, scene: Option<&Scene<'_>>) -> &'static str {
        match self {
            Self::Idle { .. } => {
                "Click the first vertex, or drag to trace · snaps to shapes and the border; Ctrl switches that off"
            }
            Self::Placing(placing) if scene.is_some_and(|scene| placing.border(scene).is_some()) => {
                "Alt+click follows the border to here, Alt+Shift+click the other way round · a click goes straight"
            }
            Self::Placing(_) => {
                "Click to place · drag to trace · Enter, first vertex or double click closes · Backspace takes back · Shift 45°"
            }
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle { .. } => "polygon.idle",
            Self::Placing(Placing { press: Press::Tracing { .. }, .. }) => "polygon.tracing",
            Self::Placing(_) => "polygon.placing",
        }
    }
}

impl Placing {
    fn step(mut self, input: Input, scene: &Scene<'_>) -> (PolygonTool, Vec<Outcome>) {
        match input {
            Input::DoubleClick(p) => {
                let last_near = self.points.last().is_some_and(|l| l.distance(p.at) * scene.zoom <= GRIP_REACH_UI);
                if !last_near {
                    self.place(p, scene);
                }
                return self.finish(scene);
            }
            Input::Key(Key::Enter) => return self.finish(scene),
            Input::Down(p) if p.modifiers.alt => return self.follow_border(p, scene),
            Input::Down(p) if self.closes_at(p, scene) => return self.finish(scene),
            Input::Down(p) => {
                self.place(p, scene);
                self.taken_back.clear();
                (self.next, self.press) = (p, Press::Down(p));
            }
            Input::Move(p) => self.trace(p, scene),
            Input::Up(p) => {
                // A traced line that ends on its start is a finished outline.
                if matches!(self.press, Press::Tracing { .. }) && self.closes_at(p, scene) {
                    return self.finish(scene);
                }
                (self.next, self.press) = (p, Press::Up);
            }
            Input::Key(Key::Backspace | Key::Delete) => {
                self.taken_back.extend(self.points.pop());
                if self.points.is_empty() {
                    return (PolygonTool::default(), Vec::new());
                }
            }
            Input::Key(Key::Redo) => self.points.extend(self.taken_back.pop()),
            Input::Cancel => return (PolygonTool::default(), Vec::new()),
            Input::Nudge(_) => {}
        }
        (PolygonTool::Placing(self), Vec::new())
    }

    fn place(&mut self, p: Pointer, scene: &Scene<'_>) {
        let at = vertex_at(&self.points, p, scene);
        self.points.push(at);
    }

    fn trace(&mut self, p: Pointer, scene: &Scene<'_>) {
        let draws = match self.press {
            Press::Up => false,
            Press::Down(from) => from.ui.distance(p.ui) > 2.0 * CLICK_SLOP_UI,
            Press::Tracing { last_ui } => last_ui.distance(p.ui) >= TRACE_STEP_UI,
        };
        if draws {
            self.place(p, scene);
            self.press = Press::Tracing { last_ui: p.ui };
        }
        self.next = p;
    }

    /// The border between the last vertex and the pointer, where there is one.
    fn border(&self, scene: &Scene<'_>) -> Option<Vec<Point>> {
        border_to(*self.points.last()?, self.next, scene)
    }

    fn follow_border(mut self, p: Pointer, scene: &Scene<'_>) -> (PolygonTool, Vec<Outcome>) {
        (self.next, self.press) = (p, Press::Up);
        let Some(border) = self.border(scene) else {
            let text =
                "Alt+click follows a border: the last vertex and this place must both lie on the outline of one shape";
            return (PolygonTool::Placing(self), vec![Outcome::Refused(text.to_owned())]);
        };
        self.points.extend(border);
        self.taken_back.clear();
        // Once round and back on the first vertex: finished.
        if self.points.len() > 3 && self.points.first() == self.points.last() {
            return self.finish(scene);
        }
        (PolygonTool::Placing(self), Vec::new())
    }

    /// Whether a click at `p` closes the ring.
    fn closes_at(&self, p: Pointer, scene: &Scene<'_>) -> bool {
        self.points.len() >= 3 && self.points[0].distance(p.at) * scene.zoom <= GRIP_REACH_UI
    }

    fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        let (closes, p) = (self.closes_at(self.next, scene), self.next);
        let border = if p.modifiers.alt { self.border(scene).unwrap_or_default() } else { Vec::new() };
        let at = if closes { self.points[0] } else { vertex_at(&self.points, p, scene) };
        let next = border.last().copied().unwrap_or(at);
        let mut previews = vec![Preview::OpenRing { points: self.points.clone(), border, next: Some(next), closes }];
        let snapped = if closes || p.modifiers.shift { None } else { snap(p, scene, &[]) };
        previews.extend(snapped.map(Preview::Snapped));
        previews
    }

    fn finish(self, scene: &Scene<'_>) -> (PolygonTool, Vec<Outcome>) {
        let mut ring = Ring::new(self.points).without_repeats();
        // The click that closes may leave a vertex on top of the first one.
        let near = |a: Point, b: Point| a.distance(b) * scene.zoom < 1.0;
        if ring.len() > 3 && near(ring.points()[0], ring.points()[ring.len() - 1]) {
            ring = ring.without_vertex(ring.len() - 1).unwrap_or(ring);
        }
        match ring.fault() {
            None | Some(RingFault::SelfCrossing) => {
                (PolygonTool::default(), vec![Outcome::Create(Shape::Polygon(ring))])
            }
            Some(fault) => {
                let points = ring.points().to_vec();
                let placing = Self { points, taken_back: Vec::new(), next: self.next, press: Press::Up };
                (PolygonTool::Placing(placing), vec![Outcome::Refused(format!("Not finished yet: {fault}"))])
            }
        }
    }
}

/// Where a vertex would go: with Shift at a multiple of 45° from the last one, else where it snaps; inside the image.
fn vertex_at(points: &[Point], p: Pointer, scene: &Scene<'_>) -> Point {
    let at = match points.last() {
        Some(last) if p.modifiers.shift => at_45_degrees(*last, p.at),
        _ => snap(p, scene, &[]).map_or(p.at, |snap| snap.at),
    };
    clamped(at, scene.image)
}
