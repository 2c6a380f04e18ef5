//! What the canvas saw, in order.

use crate::geometry::{Point, Vector};

/// Which modifier keys were down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Ctrl (Command on a Mac).
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
}

impl Modifiers {
    /// None of them.
    pub const NONE: Self = Self { shift: false, ctrl: false, alt: false };
    /// Only Shift.
    pub const SHIFT: Self = Self { shift: true, ctrl: false, alt: false };
    /// Only Ctrl.
    pub const CTRL: Self = Self { shift: false, ctrl: true, alt: false };
    /// Only Alt.
    pub const ALT: Self = Self { shift: false, ctrl: false, alt: true };
    /// Alt and Shift.
    pub const ALT_SHIFT: Self = Self { shift: true, ctrl: false, alt: true };
}

/// Where the pointer was, in both frames, and with which modifiers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// In image pixels.
    pub at: Point,
    /// In ui points.
    pub ui: Point,
    /// Keys held.
    pub modifiers: Modifiers,
}

/// Keys that mean something to a tool in the middle of a gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Finish.
    Enter,
    /// Take the last vertex back.
    Backspace,
    /// Put a vertex back in.
    Redo,
    /// Remove what is under the pointer or selected.
    Delete,
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input {
    /// The primary button went down.
    Down(Pointer),
    /// The pointer moved, button up or down.
    Move(Pointer),
    /// The primary button went up.
    Up(Pointer),
    /// The primary button went down a second time at the same place, soon.
    DoubleClick(Pointer),
    /// A key.
    Key(Key),
    /// Move what is chosen a step, in image pixels.
    Nudge(Vector),
    /// Esc, a lost window, another tool.
    Cancel,
}
