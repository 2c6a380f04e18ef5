//! Drawing polygons: click vertex by vertex, or drag to trace.

use super::{CLICK_SLOP_UI, GRIP_REACH_UI, Input, Key, Outcome, Pointer, Preview, Scene, clamped};
use crate::geometry::{Point, Ring, RingFault};
use crate::model::Shape;

/// How far apart, in ui points, the vertices of a traced line are.
const TRACE_STEP_UI: f64 = 10.0;

/// Draws polygons.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum PolygonTool {
    /// Waits.
    #[default]
    Idle,
    /// Some vertices are placed.
    Placing {
        /// The vertices so far.
        points: Vec<Point>,
        /// Vertices taken back, the last one on top.
        taken_back: Vec<Point>,
        /// Where the pointer is.
        next: Pointer,
        /// Whether the button is down.
        press: Press,
    },
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

impl PolygonTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        match (self, input) {
            // A double click here is the echo of the click that closed the last polygon.
            (Self::Idle, Input::Down(p)) => {
                let points = vec![clamped(p.at, scene.image)];
                (Self::Placing { points, taken_back: Vec::new(), next: p, press: Press::Down(p) }, Vec::new())
            }
            (Self::Placing { points, next, .. }, Input::DoubleClick(p)) => {
                let last_near = points.last().is_some_and(|l| l.distance(p.at) * scene.zoom <= GRIP_REACH_UI);
                let points = if last_near { points } else { with(points, p, scene) };
                finish(points, next, scene)
            }
            (Self::Placing { points, next, .. }, Input::Key(Key::Enter)) => finish(points, next, scene),
            (Self::Placing { points, taken_back, next, press }, input) => {
                placing(points, taken_back, next, press, input, scene)
            }
            (state, _) => (state, Vec::new()),
        }
    }

    pub(super) fn preview(&self, scene: &Scene<'_>) -> Option<Preview> {
        let Self::Placing { points, next, .. } = self else { return None };
        let closes = closes_at(points, *next, scene);
        let at = if closes { points[0] } else { constrained(points, *next, scene) };
        Some(Preview::OpenRing { points: points.clone(), next: Some(at), closes })
    }

    pub(super) const fn hint(&self) -> &'static str {
        match self {
            Self::Idle => "Click the first vertex, or drag to trace",
            Self::Placing { .. } => {
                "Click to place · drag to trace · Enter, first vertex or double click closes · Backspace takes back · Shift 45°"
            }
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle => "polygon.idle",
            Self::Placing { press: Press::Tracing { .. }, .. } => "polygon.tracing",
            Self::Placing { .. } => "polygon.placing",
        }
    }
}

fn placing(
    mut points: Vec<Point>,
    mut taken_back: Vec<Point>,
    next: Pointer,
    press: Press,
    input: Input,
    scene: &Scene<'_>,
) -> (PolygonTool, Vec<Outcome>) {
    let stay = |points, taken_back, next, press| (PolygonTool::Placing { points, taken_back, next, press }, Vec::new());
    match input {
        Input::Down(p) if closes_at(&points, p, scene) => finish(points, p, scene),
        Input::Down(p) => stay(with(points, p, scene), Vec::new(), p, Press::Down(p)),
        Input::Move(p) => match press {
            Press::Up => stay(points, taken_back, p, press),
            Press::Down(from) if from.ui.distance(p.ui) <= 2.0 * CLICK_SLOP_UI => stay(points, taken_back, p, press),
            Press::Down(_) => stay(with(points, p, scene), taken_back, p, Press::Tracing { last_ui: p.ui }),
            Press::Tracing { last_ui } if last_ui.distance(p.ui) >= TRACE_STEP_UI => {
                stay(with(points, p, scene), taken_back, p, Press::Tracing { last_ui: p.ui })
            }
            Press::Tracing { .. } => stay(points, taken_back, p, press),
        },
        Input::Up(p) => match press {
            // A traced line that ends on its start is a finished outline.
            Press::Tracing { .. } if closes_at(&points, p, scene) => finish(points, p, scene),
            _ => stay(points, taken_back, p, Press::Up),
        },
        Input::Key(Key::Backspace | Key::Delete) => {
            taken_back.extend(points.pop());
            if points.is_empty() { (PolygonTool::Idle, Vec::new()) } else { stay(points, taken_back, next, press) }
        }
        Input::Key(Key::Redo) => {
            points.extend(taken_back.pop());
            stay(points, taken_back, next, press)
        }
        Input::Cancel => (PolygonTool::Idle, Vec::new()),
        Input::Key(Key::Enter) | Input::DoubleClick(_) => stay(points, taken_back, next, press),
    }
}

fn with(mut points: Vec<Point>, p: Pointer, scene: &Scene<'_>) -> Vec<Point> {
    let at = constrained(&points, p, scene);
    points.push(at);
    points
}

/// Where a vertex would go: inside the image and, with Shift, at a multiple of 45° from the last one.
fn constrained(points: &[Point], p: Pointer, scene: &Scene<'_>) -> Point {
    let mut at = p.at;
    if p.modifiers.shift
        && let Some(last) = points.last()
    {
        let by = at - *last;
        let step = std::f64::consts::FRAC_PI_4;
        let angle = (by.y.atan2(by.x) / step).round() * step;
        let length = by.length();
        at = Point::new(last.x + length * angle.cos(), last.y + length * angle.sin());
    }
    clamped(at, scene.image)
}

/// Whether a click at `p` closes the ring.
fn closes_at(points: &[Point], p: Pointer, scene: &Scene<'_>) -> bool {
    points.len() >= 3 && points[0].distance(p.at) * scene.zoom <= GRIP_REACH_UI
}

fn finish(points: Vec<Point>, next: Pointer, scene: &Scene<'_>) -> (PolygonTool, Vec<Outcome>) {
    let mut ring = Ring::new(points).without_repeats();
    // The click that closes may leave a vertex on top of the first one.
    let near = |a: Point, b: Point| a.distance(b) * scene.zoom < 1.0;
    if ring.len() > 3 && near(ring.points()[0], ring.points()[ring.len() - 1]) {
        ring = ring.without_vertex(ring.len() - 1).unwrap_or(ring);
    }
    match ring.fault() {
        None | Some(RingFault::SelfCrossing) => (PolygonTool::Idle, vec![Outcome::Create(Shape::Polygon(ring))]),
        Some(fault) => {
            let points = ring.points().to_vec();
            let state = PolygonTool::Placing { points, taken_back: Vec::new(), next, press: Press::Up };
            (state, vec![Outcome::Refused(format!("Not finished yet: {fault}"))])
        }
    }
}
