//! What the mouse does, and keys that only mean something in the middle of a gesture: for the key sheet. They cannot be
//! set; everything that can is a command.

use crate::tools::Tool;

/// A gesture and what it does.
pub type Gesture = (&'static str, &'static str);

const ANYWHERE: &[Gesture] = &[
    ("wheel", "zoom about the pointer"),
    ("Shift+wheel", "pan"),
    ("Space+drag, middle drag", "pan from any tool"),
    ("middle double click", "fit the image"),
    ("right click", "menu of what is there"),
];
const SELECT: &[Gesture] = &[
    ("click, click again", "the smallest shape, then the one below"),
    ("Ctrl+click", "add to the selection, or take out"),
    ("drag on nothing, rightwards", "rubber band: what it encloses"),
    ("drag on nothing, leftwards", "rubber band: what it touches"),
    ("drag a handle or vertex", "reshape"),
    ("click a midpoint", "insert a vertex"),
    ("Alt+click a vertex", "remove it"),
    ("Ctrl+click vertices, Alt+drag", "choose several"),
    ("Ctrl while dragging a vertex", "no snapping"),
];
const BOX: &[Gesture] = &[("drag, or click twice", "draw the box"), ("Shift", "square"), ("Ctrl", "from the centre")];
const POLYGON: &[Gesture] = &[
    ("click", "place a vertex"),
    ("drag", "trace freehand"),
    ("Shift", "keep to 45°"),
    ("Ctrl", "no snapping"),
    ("Alt+click, Alt+Shift+click", "follow a border, the longer way round"),
    ("Enter, double click, first vertex", "close it"),
    ("Backspace", "take the last vertex back"),
];
const EXTREME: &[Gesture] =
    &[("click four times", "top, bottom, left, right, in any order"), ("Backspace", "take the last point back")];
const SLICE: &[Gesture] = &[("drag across, or click twice", "cut what the line crosses"), ("Shift", "keep to 45°")];
const PAN: &[Gesture] = &[("drag", "move the view")];

/// The gestures of the tool in hand.
#[must_use]
pub const fn of_tool(tool: &Tool) -> (&'static str, &'static [Gesture]) {
    match tool {
        Tool::Select(_) => ("Mouse: Select", SELECT),
        Tool::Box(_) => ("Mouse: Box", BOX),
        Tool::Extreme(_) => ("Mouse: Box by four points", EXTREME),
        Tool::Slice(_) => ("Mouse: Slice", SLICE),
        Tool::Polygon(_) => ("Mouse: Polygon", POLYGON),
        Tool::Pan(_) => ("Mouse: Pan", PAN),
    }
}

/// The gestures that work with every tool.
#[must_use]
pub const fn anywhere() -> (&'static str, &'static [Gesture]) {
    ("Mouse: everywhere", ANYWHERE)
}
