//! The cursor of the keyboard: drawing and reshaping without a mouse. It makes the inputs that a mouse would have made, so
//! that every tool works with it.

use super::{Input, Modifiers, Pointer, Scene, SelectTool, Tool, clamped, grip_at, midpoints, shapes_at};
use crate::geometry::{Handle, Point, Transform, Vector};
use crate::model::{LocalId, Shape};

/// Far enough that a thing that was picked up is dragged, not clicked, however little it moved.
const PICKED_UP_UI: Vector = Vector::new(1_000.0, 0.0);

/// Where the keyboard's cursor is and what it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CanvasCursor {
    /// Image pixels, inside the image.
    pub at: Point,
    hold: Hold,
}

/// What the cursor holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// Nothing; a point was placed here last, if at all.
    Nothing {
        /// In image pixels.
        placed: Option<Point>,
    },
    /// Something, picked up here.
    Something {
        /// In image pixels.
        from: Point,
    },
}

/// A key of the cursor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CursorKey {
    /// Moves it, in image pixels.
    Move(Vector),
    /// Places a point, picks up or puts down.
    Press,
    /// To the next vertex, midpoint or handle of the selected shape.
    NextGrip,
    /// To the one before.
    PreviousGrip,
}

impl CanvasCursor {
    /// A cursor at `at`.
    #[must_use]
    pub const fn new(at: Point) -> Self {
        Self { at, hold: Hold::Nothing { placed: None } }
    }

    /// Whether it holds something.
    #[must_use]
    pub const fn holds(&self) -> bool {
        matches!(self.hold, Hold::Something { .. })
    }

    /// Takes a key and says which inputs a mouse would have made.
    #[must_use]
    pub fn step(
        self,
        key: CursorKey,
        modifiers: Modifiers,
        tool: &Tool,
        scene: &Scene<'_>,
        ui_from_image: Transform,
    ) -> (Self, Vec<Input>) {
        let mut cursor = self;
        if !tool.is_busy() && cursor.holds() {
            cursor.hold = Hold::Nothing { placed: None }; // cancelled, or its shape is gone
        }
        let pointer = |cursor: &Self| {
            let mut ui = ui_from_image.apply(cursor.at);
            if let Hold::Something { from } = cursor.hold
                && from != cursor.at
            {
                ui = ui + PICKED_UP_UI;
            }
            Pointer { at: cursor.at, ui, modifiers }
        };
        match key {
            CursorKey::Move(by) => {
                cursor.at = clamped(cursor.at + by, scene.image);
                let inputs = vec![Input::Move(pointer(&cursor))];
                (cursor, inputs)
            }
            CursorKey::NextGrip | CursorKey::PreviousGrip => {
                cursor.at = next_grip(cursor.at, key, scene).unwrap_or(cursor.at);
                let inputs = vec![Input::Move(pointer(&cursor))];
                (cursor, inputs)
            }
            CursorKey::Press => {
                let p = pointer(&cursor);
                match (cursor.hold, tool) {
                    (Hold::Something { .. }, _) => {
                        cursor.hold = Hold::Nothing { placed: None };
                        (cursor, vec![Input::Move(p), Input::Up(p)])
                    }
                    (Hold::Nothing { .. }, Tool::Select(select)) if picks_up(select, cursor.at, scene) => {
                        cursor.hold = Hold::Something { from: cursor.at };
                        (cursor, vec![Input::Down(p)])
                    }
                    // Twice at one place ends a polygon, as a double click does.
                    (Hold::Nothing { placed: Some(placed) }, Tool::Polygon(_))
                        if placed == cursor.at && tool.is_busy() =>
                    {
                        cursor.hold = Hold::Nothing { placed: None };
                        (cursor, vec![Input::DoubleClick(p), Input::Up(p)])
                    }
                    _ => {
                        cursor.hold = Hold::Nothing { placed: Some(cursor.at) };
                        (cursor, vec![Input::Down(p), Input::Up(p)])
                    }
                }
            }
        }
    }
}

/// Whether a press here takes hold of something: a grip of the selected shape, or a selected shape itself.
fn picks_up(select: &SelectTool, at: Point, scene: &Scene<'_>) -> bool {
    let idle = matches!(select, SelectTool::Idle { .. });
    let on_grip = selected_shape(scene).is_some_and(|(_, shape)| grip_at(shape, at, scene.zoom).is_some());
    idle && (on_grip || shapes_at(scene, at).first().is_some_and(|lid| scene.selection.contains(*lid)))
}

fn selected_shape<'a>(scene: &Scene<'a>) -> Option<(LocalId, &'a Shape)> {
    let lid = scene.selection.single()?;
    Some((lid, scene.document.get(lid)?.shape()?))
}

/// The grip after (or before) the one that is nearest, in the order of the ring.
fn next_grip(at: Point, key: CursorKey, scene: &Scene<'_>) -> Option<Point> {
    let grips: Vec<Point> = match selected_shape(scene)?.1 {
        Shape::Box(rect) => Handle::ALL.iter().map(|handle| handle.position(*rect)).collect(),
        Shape::Polygon(ring) => {
            let mut middles = midpoints(ring, scene.zoom).peekable();
            let mut grips = Vec::with_capacity(2 * ring.len());
            for (i, vertex) in ring.points().iter().enumerate() {
                grips.push(*vertex);
                grips.extend(middles.next_if(|(edge, _)| *edge == i).map(|(_, middle)| middle));
            }
            grips
        }
        Shape::Point(_) | Shape::Kept(_) => return None,
    };
    let n = grips.len();
    let (nearest, distance) =
        grips.iter().enumerate().map(|(i, grip)| (i, grip.distance(at))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let next = match key {
        _ if distance > 1e-6 => nearest,
        CursorKey::PreviousGrip => (nearest + n - 1) % n,
        _ => (nearest + 1) % n,
    };
    grips.get(next).copied()
}
