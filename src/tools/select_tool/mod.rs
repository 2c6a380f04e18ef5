//! Selecting, moving and reshaping.

mod band;
mod reshape;

pub use band::{Takes, takes};
pub use reshape::VertexDrag;

use super::bounds::{clamped_ring, resized};
use super::{CLICK_SLOP_UI, Cursor, Grip, Input, Key, Outcome, Pointer, Preview, Scene, Vertices};
use super::{FRAME_MARGIN_UI, grip_at, moved_inside, reachable_ring, shapes_at, vertex_grip_at};
use crate::geometry::{Handle, Point, Rect, Vector};
use crate::model::{Edit, LocalId, Shape};

/// Selects, moves and reshapes.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectTool {
    /// Waits.
    Idle {
        /// Where the last click was, so that the next one there takes the shape below.
        last_click_ui: Option<Point>,
        /// The chosen vertices: what Delete removes and arrows move.
        vertices: Vertices,
    },
    /// Pressed on nothing: a rubber band, or a click that clears the selection.
    PointingCanvas {
        /// Where.
        from: Pointer,
        /// The chosen vertices.
        vertices: Vertices,
    },
    /// Pressed on a shape: a move, or a click that selects.
    PointingShape {
        /// Where.
        from: Pointer,
        /// What a click would select.
        lid: LocalId,
    },
    /// Pressed on a grip of a selected shape.
    PointingGrip {
        /// Where.
        from: Pointer,
        /// Whose grip.
        lid: LocalId,
        /// Which grip.
        grip: Grip,
        /// The chosen vertices.
        vertices: Vertices,
    },
    /// The rubber band is open.
    Brushing {
        /// One corner, image pixels.
        from: Point,
        /// The other.
        to: Pointer,
        /// The vertices chosen before.
        vertices: Vertices,
    },
    /// The selection is being moved.
    Translating {
        /// Where the button went down.
        from: Point,
        /// Where the pointer is.
        to: Pointer,
        /// The shapes as they were.
        snapshot: Vec<(LocalId, Shape)>,
    },
    /// A handle is being dragged.
    Resizing {
        /// Whose.
        lid: LocalId,
        /// Which.
        handle: Handle,
        /// The shape as it was.
        snapshot: Shape,
        /// Where the pointer is.
        to: Pointer,
    },
    /// Vertices are being dragged.
    DraggingVertices {
        /// Which, and the rings as they were.
        drag: VertexDrag,
        /// Where the pointer is.
        to: Pointer,
    },
}

const IDLE: SelectTool = SelectTool::Idle { last_click_ui: None, vertices: Vertices::NONE };

impl Default for SelectTool {
    fn default() -> Self {
        IDLE
    }
}

impl SelectTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        let Some(state) = self.without_what_is_gone(scene) else {
            return (IDLE, Vec::new()); // deleted meanwhile, by undo or by somebody else
        };
        match (state, input) {
            (_, Input::Cancel) => (IDLE, Vec::new()),
            (Self::Idle { vertices, .. }, Input::Key(Key::Delete)) => reshape::remove(&vertices, scene),
            (Self::Idle { vertices, .. }, Input::Nudge(by)) => reshape::nudge(vertices, by, scene),
            (Self::Idle { last_click_ui, vertices }, Input::Down(p) | Input::DoubleClick(p)) => {
                press(p, last_click_ui, vertices, scene)
            }
            (Self::PointingCanvas { from, vertices }, Input::Move(p)) if dragged(from, p) => {
                (Self::Brushing { from: from.at, to: p, vertices }, Vec::new())
            }
            (Self::PointingCanvas { from, .. }, Input::Up(_)) => {
                let keep = from.modifiers.ctrl || from.modifiers.shift || from.modifiers.alt;
                (IDLE, if keep { Vec::new() } else { vec![Outcome::Select(Vec::new())] })
            }
            (Self::PointingShape { from, lid }, Input::Move(p)) if dragged(from, p) => start_move(from, lid, p, scene),
            (Self::PointingShape { from, lid }, Input::Up(_)) => click(from, lid),
            (Self::PointingGrip { from, lid, grip, vertices }, Input::Move(p)) if dragged(from, p) => {
                (start_grip(from, (lid, grip), vertices, p, scene), Vec::new())
            }
            (Self::PointingGrip { from, lid, grip, vertices }, Input::Up(_)) => {
                click_grip(from, (lid, grip), vertices, scene)
            }
            (Self::Brushing { from, vertices, .. }, input @ (Input::Move(_) | Input::Up(_))) => {
                band::follow(from, vertices, input, scene).unwrap_or_default()
            }
            (Self::Translating { from, snapshot, .. }, Input::Move(p)) => {
                (Self::Translating { from, to: p, snapshot }, Vec::new())
            }
            (Self::Translating { from, snapshot, .. }, Input::Up(p)) => (IDLE, moved(from, p, &snapshot, scene)),
            (Self::Resizing { lid, handle, snapshot, .. }, Input::Move(p)) => {
                (Self::Resizing { lid, handle, snapshot, to: p }, Vec::new())
            }
            (Self::Resizing { lid, handle, snapshot, .. }, Input::Up(p)) => {
                let shape = resize(&snapshot, handle, p, scene);
                let unchanged = shape == snapshot || shape.fault().is_some();
                (IDLE, if unchanged { Vec::new() } else { vec![Outcome::Edit(Edit::SetShape { lid, shape })] })
            }
            (Self::DraggingVertices { drag, .. }, Input::Move(p)) => {
                (Self::DraggingVertices { drag, to: p }, Vec::new())
            }
            (Self::DraggingVertices { drag, .. }, Input::Up(p)) => drag.drop_at(p, scene),
            (state, _) => (state, Vec::new()),
        }
    }

    /// The same state without what it holds by id and is gone; `None` where nothing of that is left.
    fn without_what_is_gone(self, scene: &Scene<'_>) -> Option<Self> {
        let there = |lid: LocalId| scene.document.get(lid).is_some();
        let kept = |vertices: Vertices| vertices.still_there(scene);
        Some(match self {
            Self::Idle { last_click_ui, vertices } => Self::Idle { last_click_ui, vertices: kept(vertices) },
            Self::PointingCanvas { from, vertices } => Self::PointingCanvas { from, vertices: kept(vertices) },
            Self::Brushing { from, to, vertices } => Self::Brushing { from, to, vertices: kept(vertices) },
            Self::PointingShape { lid, .. } | Self::Resizing { lid, .. } if there(lid) => self,
            Self::PointingGrip { from, lid, grip, vertices } if there(lid) => {
                Self::PointingGrip { from, lid, grip, vertices: kept(vertices) }
            }
            Self::Translating { ref snapshot, .. } if snapshot.iter().any(|(lid, _)| there(*lid)) => self,
            Self::DraggingVertices { drag, to } => Self::DraggingVertices { drag: drag.still_there(scene)?, to },
            _ => return None,
        })
    }

    /// The chosen vertices: what Delete would remove, to be drawn filled.
    #[must_use]
    pub fn vertices(&self) -> Vertices {
        match self {
            Self::Idle { vertices, .. }
            | Self::PointingCanvas { vertices, .. }
            | Self::PointingGrip { vertices, .. }
            | Self::Brushing { vertices, .. } => vertices.clone(),
            Self::DraggingVertices { drag, .. } => drag.vertices(),
            _ => Vertices::NONE,
        }
    }

    pub(super) fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        match self {
            Self::Brushing { from, to, .. } => {
                vec![Preview::Band { rect: Rect::from_corners(*from, to.at), takes: takes(*from, *to) }]
            }
            Self::Translating { from, to, snapshot } => {
                let by = move_by(*from, *to, snapshot, scene);
                snapshot.iter().map(|(lid, shape)| Preview::Changed(*lid, shape.moved(by))).collect()
            }
            Self::Resizing { lid, handle, snapshot, to } => {
                vec![Preview::Changed(*lid, resize(snapshot, *handle, *to, scene))]
            }
            Self::DraggingVertices { drag, to } => drag.previews(*to, scene),
            _ => Vec::new(),
        }
    }

    pub(super) fn cursor(&self, at: Option<Pointer>, scene: &Scene<'_>) -> Cursor {
        match (self, at) {
            (Self::Translating { .. }, _) => Cursor::Move,
            (Self::Resizing { handle, .. }, _) => handle_cursor(*handle),
            (Self::DraggingVertices { .. }, _) => Cursor::Vertex,
            (Self::Idle { .. }, Some(p)) => match selected_grip(p.at, scene) {
                Some((_, Grip::Handle(handle))) => handle_cursor(handle),
                Some((_, Grip::Vertex(_) | Grip::Midpoint(_))) => Cursor::Vertex,
                None if shapes_at(scene, p.at).is_empty() => Cursor::Arrow,
                None => Cursor::Move,
            },
            _ => Cursor::Arrow,
        }
    }

    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::Idle { vertices, .. } if !vertices.is_empty() => {
                "Delete removes the chosen vertices · drag or arrows move them · Ctrl+click takes more · Esc lets go"
            }
            Self::Idle { .. } => {
                "Click to select, again for the one below · drag to move · Ctrl+click adds · drag on nothing for a rubber band"
            }
            Self::PointingCanvas { .. } | Self::Brushing { .. } => {
                "Rightwards takes what lies inside, leftwards what it touches, Alt vertices · Ctrl adds · Esc cancels"
            }
            Self::PointingShape { .. } | Self::Translating { .. } => {
                "Release to put it down · Shift keeps to one axis · Esc cancels"
            }
            Self::PointingGrip { .. } | Self::Resizing { .. } => "Release to finish · Esc cancels",
            Self::DraggingVertices { .. } => {
                "Release to place · snaps to vertices, edges and the border; Ctrl switches that off · Esc cancels"
            }
        }
    }

    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Idle { .. } => "select.idle",
            Self::PointingCanvas { .. } => "select.pointing_canvas",
            Self::PointingShape { .. } => "select.pointing_shape",
            Self::PointingGrip { .. } => "select.pointing_grip",
            Self::Brushing { .. } => "select.brushing",
            Self::Translating { .. } => "select.translating",
            Self::Resizing { .. } => "select.resizing",
            Self::DraggingVertices { .. } => "select.dragging_vertex",
        }
    }
}

fn dragged(from: Pointer, to: Pointer) -> bool {
    from.ui.distance(to.ui) > CLICK_SLOP_UI
}

/// The grip under `at`: of the one selected shape, or a vertex or midpoint of several selected polygons.
fn selected_grip(at: Point, scene: &Scene<'_>) -> Option<(LocalId, Grip)> {
    if let Some(lid) = scene.selection.single() {
        let shape = scene.document.get(lid).filter(|_| !scene.untouchable.contains(&lid))?.shape()?;
        return grip_at(shape, at, scene.zoom).map(|grip| (lid, grip));
    }
    let index = scene.document.index_of(scene.input)?;
    let near = index.near(at, scene.image_px(super::GRIP_REACH_UI));
    let mut lids: Vec<LocalId> = near.filter(|lid| scene.selection.contains(*lid)).collect();
    lids.sort_unstable();
    lids.into_iter().find_map(|lid| Some((lid, vertex_grip_at(reachable_ring(scene, lid)?, at, scene.zoom)?)))
}

fn press(
    p: Pointer,
    last_click_ui: Option<Point>,
    vertices: Vertices,
    scene: &Scene<'_>,
) -> (SelectTool, Vec<Outcome>) {
    if let Some((lid, grip)) = selected_grip(p.at, scene) {
        return (SelectTool::PointingGrip { from: p, lid, grip, vertices }, Vec::new());
    }
    if p.modifiers.alt {
        return (SelectTool::PointingCanvas { from: p, vertices }, Vec::new());
    }
    let stack = shapes_at(scene, p.at);
    let again = last_click_ui.is_some_and(|last| last.distance(p.ui) <= CLICK_SLOP_UI);
    let current = scene.selection.single().and_then(|lid| stack.iter().position(|l| *l == lid));
    let take = match current {
        Some(i) if again => stack.get((i + 1) % stack.len()),
        _ => stack.first(),
    };
    match take {
        Some(&lid) => (SelectTool::PointingShape { from: p, lid }, Vec::new()),
        None => (SelectTool::PointingCanvas { from: p, vertices }, Vec::new()),
    }
}

fn click(from: Pointer, lid: LocalId) -> (SelectTool, Vec<Outcome>) {
    let idle = SelectTool::Idle { last_click_ui: Some(from.ui), vertices: Vertices::NONE };
    let add = from.modifiers.ctrl || from.modifiers.shift;
    (idle, vec![if add { Outcome::Toggle(lid) } else { Outcome::Select(vec![lid]) }])
}

fn click_grip(
    from: Pointer,
    (lid, grip): (LocalId, Grip),
    mut vertices: Vertices,
    scene: &Scene<'_>,
) -> (SelectTool, Vec<Outcome>) {
    let add = from.modifiers.ctrl || from.modifiers.shift;
    match grip {
        Grip::Vertex(index) if from.modifiers.alt => reshape::remove(&Vertices::one(lid, index), scene),
        Grip::Vertex(index) if add => {
            vertices.toggle(lid, index);
            (SelectTool::Idle { last_click_ui: None, vertices }, Vec::new())
        }
        Grip::Vertex(index) => {
            (SelectTool::Idle { last_click_ui: None, vertices: Vertices::one(lid, index) }, Vec::new())
        }
        Grip::Midpoint(edge) => reshape::insert(lid, edge, scene),
        Grip::Handle(_) => (IDLE, Vec::new()),
    }
}

/// Starts to move the selection, or the shape under the pointer where that is not part of it.
fn start_move(from: Pointer, lid: LocalId, to: Pointer, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let inside_selected = scene
        .selection
        .iter()
        .any(|s| scene.document.get(s).is_some_and(|a| a.shape().is_some_and(|s| s.contains(from.at))));
    let (lids, mut outcomes) = if scene.selection.contains(lid) || inside_selected {
        (scene.selection.iter().collect::<Vec<_>>(), Vec::new())
    } else {
        (vec![lid], vec![Outcome::Select(vec![lid])])
    };
    let snapshot: Vec<(LocalId, Shape)> = lids
        .into_iter()
        .filter(|lid| !scene.untouchable.contains(lid))
        .filter_map(|lid| Some((lid, scene.document.get(lid)?.shape()?.clone())))
        .collect();
    if snapshot.is_empty() {
        outcomes.push(Outcome::Refused("The selected shapes are locked or hidden".to_owned()));
        return (IDLE, outcomes);
    }
    (SelectTool::Translating { from: from.at, to, snapshot }, outcomes)
}

fn start_grip(
    from: Pointer,
    (lid, grip): (LocalId, Grip),
    vertices: Vertices,
    to: Pointer,
    scene: &Scene<'_>,
) -> SelectTool {
    let shape = scene.document.get(lid).and_then(|a| a.shape());
    let drag = match grip {
        _ if from.modifiers.alt => return SelectTool::Brushing { from: from.at, to, vertices },
        Grip::Handle(handle) => {
            let resizing = |shape: &Shape| SelectTool::Resizing { lid, handle, snapshot: shape.clone(), to };
            return shape.map_or(IDLE, resizing);
        }
        Grip::Vertex(index) => VertexDrag::of_vertex(lid, index, &vertices, scene),
        Grip::Midpoint(edge) => VertexDrag::of_midpoint(lid, edge, scene),
    };
    drag.map_or(IDLE, |drag| SelectTool::DraggingVertices { drag, to })
}

/// How far the snapshot moves: all together, none of it out of the image, along one axis with Shift.
fn move_by(from: Point, to: Pointer, snapshot: &[(LocalId, Shape)], scene: &Scene<'_>) -> Vector {
    let mut by = to.at - from;
    if to.modifiers.shift {
        by = if by.x.abs() >= by.y.abs() { Vector::new(by.x, 0.0) } else { Vector::new(0.0, by.y) };
    }
    let bounds = snapshot.iter().filter_map(|(_, shape)| shape.bounds()).reduce(Rect::union);
    bounds.map_or(by, |bounds| moved_inside(bounds, by, scene.image))
}

fn moved(from: Point, to: Pointer, snapshot: &[(LocalId, Shape)], scene: &Scene<'_>) -> Vec<Outcome> {
    let by = move_by(from, to, snapshot, scene);
    if by == Vector::default() {
        return Vec::new();
    }
    let edits: Vec<Edit> = snapshot
        .iter()
        .filter(|(lid, _)| scene.document.get(*lid).is_some())
        .map(|(lid, shape)| Edit::SetShape { lid: *lid, shape: shape.moved(by) })
        .collect();
    if edits.is_empty() { Vec::new() } else { vec![Outcome::Edit(Edit::of(edits))] }
}

fn resize(snapshot: &Shape, handle: Handle, to: Pointer, scene: &Scene<'_>) -> Shape {
    let Some(before) = snapshot.bounds() else { return snapshot.clone() };
    let mut at = to.at;
    if matches!(snapshot, Shape::Polygon(_)) {
        // Its handles stand on a frame beside it.
        let margin = scene.image_px(FRAME_MARGIN_UI);
        at = at - Vector::new(f64::from(handle.horizontal()) * margin, f64::from(handle.vertical()) * margin);
    }
    let mut after = handle.drag(before, at);
    let corner = handle.horizontal() != 0 && handle.vertical() != 0;
    if to.modifiers.shift && corner {
        let (dx, dy) = (f64::from(handle.horizontal()), f64::from(handle.vertical()));
        let fixed = Point::new(
            if dx > 0.0 { before.min.x } else { before.max.x },
            if dy > 0.0 { before.min.y } else { before.max.y },
        );
        let side = after.width().max(after.height());
        after = Rect::from_corners(fixed, Point::new(fixed.x + dx * side, fixed.y + dy * side));
    }
    match resized(snapshot, after, scene.image) {
        Shape::Polygon(ring) => Shape::Polygon(clamped_ring(&ring, scene.image)),
        shape => shape,
    }
}

const fn handle_cursor(handle: Handle) -> Cursor {
    match handle {
        Handle::TopLeft | Handle::BottomRight => Cursor::ResizeNwSe,
        Handle::TopRight | Handle::BottomLeft => Cursor::ResizeNeSw,
        Handle::Left | Handle::Right => Cursor::ResizeHorizontal,
        Handle::Top | Handle::Bottom => Cursor::ResizeVertical,
    }
}
