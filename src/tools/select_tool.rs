//! Selecting, moving and reshaping.

use super::bounds::{clamped_ring, resized};
use super::{CLICK_SLOP_UI, Cursor, Grip, Input, Key, Outcome, Pointer, Preview, Scene};
use super::{FRAME_MARGIN_UI, clamped, grip_at, moved_inside, shapes_at};
use crate::geometry::{Handle, Point, Rect, Ring, Vector};
use crate::model::{Edit, LocalId, Shape};

/// Selects, moves and reshapes.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectTool {
    /// Waits.
    Idle {
        /// Where the last click was, so that the next one there takes the shape below.
        last_click_ui: Option<Point>,
        /// The vertex that Delete would remove.
        vertex: Option<(LocalId, usize)>,
    },
    /// Pressed on nothing: a rubber band, or a click that clears the selection.
    PointingCanvas {
        /// Where.
        from: Pointer,
    },
    /// Pressed on a shape: a move, or a click that selects.
    PointingShape {
        /// Where.
        from: Pointer,
        /// What a click would select.
        lid: LocalId,
    },
    /// Pressed on a grip of the selected shape.
    PointingGrip {
        /// Where.
        from: Pointer,
        /// Whose grip.
        lid: LocalId,
        /// Which grip.
        grip: Grip,
    },
    /// The rubber band is open.
    Brushing {
        /// One corner, image pixels.
        from: Point,
        /// The other.
        to: Pointer,
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
    /// A vertex is being dragged.
    DraggingVertex {
        /// Whose.
        lid: LocalId,
        /// Which, in `ring`.
        index: usize,
        /// The ring as it was (with the new vertex, if it came from a midpoint).
        ring: Ring,
        /// Where the pointer is.
        to: Pointer,
    },
}

const IDLE: SelectTool = SelectTool::Idle { last_click_ui: None, vertex: None };

impl Default for SelectTool {
    fn default() -> Self {
        IDLE
    }
}

impl SelectTool {
    /// See [`super::Tool::step`].
    #[must_use]
    pub fn step(self, input: Input, scene: &Scene<'_>) -> (Self, Vec<Outcome>) {
        if self.holds_what_is_gone(scene) {
            return (IDLE, Vec::new()); // deleted meanwhile, by undo or by somebody else
        }
        match (self, input) {
            (_, Input::Cancel) => (IDLE, Vec::new()),
            (Self::Idle { vertex, .. }, Input::Key(Key::Delete)) => {
                // Chosen elsewhere meanwhile (in a list, by a key): then the vertex is not what is meant.
                delete_vertex(vertex.filter(|(lid, _)| scene.selection.single() == Some(*lid)), scene)
            }
            (Self::Idle { last_click_ui, .. }, Input::Down(p) | Input::DoubleClick(p)) => {
                press(p, last_click_ui, scene)
            }
            (Self::PointingCanvas { from }, Input::Move(p)) if dragged(from, p) => {
                (Self::Brushing { from: from.at, to: p }, Vec::new())
            }
            (Self::PointingCanvas { from }, Input::Up(_)) => {
                let keep = from.modifiers.ctrl || from.modifiers.shift;
                (IDLE, if keep { Vec::new() } else { vec![Outcome::Select(Vec::new())] })
            }
            (Self::PointingShape { from, lid }, Input::Move(p)) if dragged(from, p) => start_move(from, lid, p, scene),
            (Self::PointingShape { from, lid }, Input::Up(_)) => click(from, lid),
            (Self::PointingGrip { from, lid, grip }, Input::Move(p)) if dragged(from, p) => {
                start_grip(lid, grip, p, scene)
            }
            (Self::PointingGrip { from, lid, grip }, Input::Up(_)) => click_grip(from, lid, grip, scene),
            (Self::Brushing { from, .. }, Input::Move(p)) => (Self::Brushing { from, to: p }, Vec::new()),
            (Self::Brushing { from, .. }, Input::Up(p)) => (IDLE, brushed(from, p, scene)),
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
            (Self::DraggingVertex { lid, index, ring, .. }, Input::Move(p)) => {
                (Self::DraggingVertex { lid, index, ring, to: p }, Vec::new())
            }
            (Self::DraggingVertex { lid, index, ring, .. }, Input::Up(p)) => {
                let shape = Shape::Polygon(ring.with_vertex(index, clamped(p.at, scene.image)));
                let idle = Self::Idle { last_click_ui: None, vertex: Some((lid, index)) };
                (idle, vec![Outcome::Edit(Edit::SetShape { lid, shape })])
            }
            (state, _) => (state, Vec::new()),
        }
    }

    /// Whether nothing is left of what this state holds by id.
    fn holds_what_is_gone(&self, scene: &Scene<'_>) -> bool {
        let gone = |lid: &LocalId| scene.document.get(*lid).is_none();
        match self {
            Self::PointingShape { lid, .. }
            | Self::PointingGrip { lid, .. }
            | Self::Resizing { lid, .. }
            | Self::DraggingVertex { lid, .. } => gone(lid),
            Self::Translating { snapshot, .. } => snapshot.iter().all(|(lid, _)| gone(lid)),
            Self::Idle { .. } | Self::PointingCanvas { .. } | Self::Brushing { .. } => false,
        }
    }

    /// The vertex that Delete would remove, to be drawn filled.
    #[must_use]
    pub const fn active_vertex(&self) -> Option<(LocalId, usize)> {
        match self {
            Self::Idle { vertex, .. } => *vertex,
            Self::DraggingVertex { lid, index, .. } => Some((*lid, *index)),
            _ => None,
        }
    }

    pub(super) fn previews(&self, scene: &Scene<'_>) -> Vec<Preview> {
        match self {
            Self::Brushing { from, to } => vec![Preview::Band(Rect::from_corners(*from, to.at))],
            Self::Translating { from, to, snapshot } => {
                let by = move_by(*from, *to, snapshot, scene);
                snapshot.iter().map(|(lid, shape)| Preview::Changed(*lid, shape.moved(by))).collect()
            }
            Self::Resizing { lid, handle, snapshot, to } => {
                vec![Preview::Changed(*lid, resize(snapshot, *handle, *to, scene))]
            }
            Self::DraggingVertex { lid, index, ring, to } => {
                let ring = ring.with_vertex(*index, clamped(to.at, scene.image));
                vec![Preview::Changed(*lid, Shape::Polygon(ring))]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn cursor(&self, at: Option<Pointer>, scene: &Scene<'_>) -> Cursor {
        match (self, at) {
            (Self::Translating { .. }, _) => Cursor::Move,
            (Self::Resizing { handle, .. }, _) => handle_cursor(*handle),
            (Self::DraggingVertex { .. }, _) => Cursor::Vertex,
            (Self::Idle { .. }, Some(p)) => match selected_grip(p.at, scene) {
                Some((_, Grip::Handle(handle))) => handle_cursor(handle),
                Some((_, Grip::Vertex(_) | Grip::Midpoint(_))) => Cursor::Vertex,
                None if shapes_at(scene, p.at).is_empty() => Cursor::Arrow,
                None => Cursor::Move,
            },
            _ => Cursor::Arrow,
        }
    }

    pub(super) const fn hint(&self) -> &'static str {
        match self {
            Self::Idle { vertex: Some(_), .. } => "Delete removes the vertex · drag it to move · Esc lets go",
            Self::Idle { .. } => {
                "Click to select, again for the one below · drag to move · Ctrl+click adds · drag on nothing for a rubber band"
            }
            Self::PointingCanvas { .. } | Self::Brushing { .. } => {
                "Release to select what the band touches · Ctrl adds · Esc cancels"
            }
            Self::PointingShape { .. } | Self::Translating { .. } => {
                "Release to put it down · Shift keeps to one axis · Esc cancels"
            }
            Self::PointingGrip { .. } | Self::Resizing { .. } => "Release to finish · Esc cancels",
            Self::DraggingVertex { .. } => "Release to place the vertex · Esc cancels",
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
            Self::DraggingVertex { .. } => "select.dragging_vertex",
        }
    }
}

fn dragged(from: Pointer, to: Pointer) -> bool {
    from.ui.distance(to.ui) > CLICK_SLOP_UI
}

/// The grip of the one selected shape under `at`.
fn selected_grip(at: Point, scene: &Scene<'_>) -> Option<(LocalId, Grip)> {
    let lid = scene.selection.single().filter(|lid| !scene.untouchable.contains(lid))?;
    let shape = scene.document.get(lid)?.shape()?;
    grip_at(shape, at, scene.zoom).map(|grip| (lid, grip))
}

fn press(p: Pointer, last_click_ui: Option<Point>, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    if let Some((lid, grip)) = selected_grip(p.at, scene) {
        return (SelectTool::PointingGrip { from: p, lid, grip }, Vec::new());
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
        None => (SelectTool::PointingCanvas { from: p }, Vec::new()),
    }
}

fn click(from: Pointer, lid: LocalId) -> (SelectTool, Vec<Outcome>) {
    let idle = SelectTool::Idle { last_click_ui: Some(from.ui), vertex: None };
    let add = from.modifiers.ctrl || from.modifiers.shift;
    (idle, vec![if add { Outcome::Toggle(lid) } else { Outcome::Select(vec![lid]) }])
}

fn click_grip(from: Pointer, lid: LocalId, grip: Grip, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    match grip {
        Grip::Vertex(index) if from.modifiers.alt => delete_vertex(Some((lid, index)), scene),
        Grip::Vertex(index) => (SelectTool::Idle { last_click_ui: None, vertex: Some((lid, index)) }, Vec::new()),
        Grip::Midpoint(index) => {
            let Some(Shape::Polygon(ring)) = scene.document.get(lid).and_then(|a| a.shape()) else {
                return (IDLE, Vec::new());
            };
            let at = midpoint(ring, index);
            let shape = Shape::Polygon(ring.with_inserted(index, at));
            let idle = SelectTool::Idle { last_click_ui: None, vertex: Some((lid, index + 1)) };
            (idle, vec![Outcome::Edit(Edit::SetShape { lid, shape })])
        }
        Grip::Handle(_) => (IDLE, Vec::new()),
    }
}

fn midpoint(ring: &Ring, index: usize) -> Point {
    let points = ring.points();
    points[index].lerp(points[(index + 1) % points.len()], 0.5)
}

fn delete_vertex(vertex: Option<(LocalId, usize)>, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let Some((lid, index)) = vertex else { return (IDLE, Vec::new()) };
    let Some(Shape::Polygon(ring)) = scene.document.get(lid).and_then(|a| a.shape()) else {
        return (IDLE, Vec::new());
    };
    match ring.without_vertex(index) {
        Some(ring) => (IDLE, vec![Outcome::Edit(Edit::SetShape { lid, shape: Shape::Polygon(ring) })]),
        None => (
            IDLE,
            vec![Outcome::Refused(
                "A polygon keeps at least three vertices; delete the whole shape instead".to_owned(),
            )],
        ),
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

fn start_grip(lid: LocalId, grip: Grip, to: Pointer, scene: &Scene<'_>) -> (SelectTool, Vec<Outcome>) {
    let Some(shape) = scene.document.get(lid).and_then(|a| a.shape()) else { return (IDLE, Vec::new()) };
    let state = match (grip, shape) {
        (Grip::Handle(handle), shape) => SelectTool::Resizing { lid, handle, snapshot: shape.clone(), to },
        (Grip::Vertex(index), Shape::Polygon(ring)) => {
            SelectTool::DraggingVertex { lid, index, ring: ring.clone(), to }
        }
        (Grip::Midpoint(index), Shape::Polygon(ring)) => {
            let ring = ring.with_inserted(index, midpoint(ring, index));
            SelectTool::DraggingVertex { lid, index: index + 1, ring, to }
        }
        _ => IDLE,
    };
    (state, Vec::new())
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
    let mut edits: Vec<Edit> = snapshot
        .iter()
        .filter(|(lid, _)| scene.document.get(*lid).is_some())
        .map(|(lid, shape)| Edit::SetShape { lid: *lid, shape: shape.moved(by) })
        .collect();
    match edits.len() {
        0 => Vec::new(),
        1 => vec![Outcome::Edit(edits.remove(0))],
        _ => vec![Outcome::Edit(Edit::Batch(edits))],
    }
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

fn brushed(from: Point, to: Pointer, scene: &Scene<'_>) -> Vec<Outcome> {
    let band = Rect::from_corners(from, to.at);
    let Some(index) = scene.document.index_of(scene.input) else { return Vec::new() };
    let mut lids: Vec<LocalId> = index
        .touching(band)
        .filter(|lid| !scene.untouchable.contains(lid))
        .filter(|lid| scene.document.get(*lid).and_then(|a| a.shape()).is_some_and(|s| touches(s, band)))
        .collect();
    lids.sort_unstable();
    let add = to.modifiers.ctrl || to.modifiers.shift;
    vec![if add { Outcome::ExtendSelection(lids) } else { Outcome::Select(lids) }]
}

/// Whether the shape itself (not only its bounds) has a part inside the band.
fn touches(shape: &Shape, band: Rect) -> bool {
    match shape {
        Shape::Box(_) | Shape::Point(_) => true,
        Shape::Kept(_) => false,
        Shape::Polygon(ring) => {
            let outline = Ring::new(band.corners().to_vec());
            ring.points().iter().any(|p| band.contains(*p))
                || band.corners().iter().any(|c| ring.contains(*c))
                || ring.edges().any(|(a, b)| outline.edges().any(|(c, d)| crosses(a, b, c, d)))
        }
    }
}

fn crosses(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q - p).cross(r - p) > 0.0;
    side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
}

const fn handle_cursor(handle: Handle) -> Cursor {
    match handle {
        Handle::TopLeft | Handle::BottomRight => Cursor::ResizeNwSe,
        Handle::TopRight | Handle::BottomLeft => Cursor::ResizeNeSw,
        Handle::Left | Handle::Right => Cursor::ResizeHorizontal,
        Handle::Top | Handle::Bottom => Cursor::ResizeVertical,
    }
}
