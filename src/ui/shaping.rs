//! Carrying out the commands about shapes: drawing, reshaping, combining, finding, the clipboard and the keyboard's cursor.

use super::app::App;
use super::command::Command;
use super::editor::Corner;
use crate::geometry::{Combine, Vector};
use crate::runtime::NoticeLevel;
use crate::tools::{
    CanvasCursor, CursorKey, ExtremeTool, Input, Key, Modifiers, Reading, Refining, SliceTool, Snapping, Tool,
};
use egui::Ui;

/// With how much simplifying begins, in image pixels.
const FIRST_TOLERANCE_PX: f64 = 2.0;
/// With how many rounds smoothing begins.
const FIRST_ROUNDS: u32 = 3;

impl App {
    /// Carries out a command about shapes; `false`: it is none.
    pub(super) fn execute_on_shapes(&mut self, ui: &Ui, command: Command) -> bool {
        if let Some(key) = command.cursor_key() {
            self.step_cursor(ui, key);
            return true;
        }
        let Some(editor) = &mut self.editor else { return false };
        if let Some((corner, by)) = command.corner() {
            editor.move_corner(corner, by);
            return true;
        }
        match command {
            Command::Copy => {
                if let Some(text) = editor.copy() {
                    ui.copy_text(text);
                }
            }
            Command::Paste => match self.pasted.take() {
                Some(text) => editor.paste_text(&text),
                None => editor.paste(),
            },
            Command::PasteOnNext => self.ask_where_to_paste(),
            Command::Duplicate => editor.duplicate(),
            Command::RepeatLast => editor.repeat_last(self.canvas.pointer().map(|p| p.at)),
            Command::FinishShape => self.canvas.step_tool(editor, Input::Key(Key::Enter)),
            Command::SelectSame => editor.select_same_concept(),
            Command::NextShape => editor.read_on(Reading::Next),
            Command::PreviousShape => editor.read_on(Reading::Previous),
            Command::SelectLeft => editor.select_towards(Vector::new(-1.0, 0.0)),
            Command::SelectRight => editor.select_towards(Vector::new(1.0, 0.0)),
            Command::SelectUp => editor.select_towards(Vector::new(0.0, -1.0)),
            Command::SelectDown => editor.select_towards(Vector::new(0.0, 1.0)),
            Command::WhatLiesHere => self.list_what_lies_here(),
            Command::ToolExtreme => self.take_tool(Tool::Extreme(ExtremeTool::default())),
            Command::ToolSlice => self.take_tool(Tool::Slice(SliceTool::default())),
            Command::ToggleSnap => {
                let snapping = &mut editor.shaping.snapping;
                *snapping = if *snapping == Snapping::On { Snapping::Off } else { Snapping::On };
                let now = if *snapping == Snapping::On { "snap to shapes and the border" } else { "do not snap" };
                editor.tell(NoticeLevel::Info, format!("Vertices {now}"));
            }
            Command::KeyboardCursor => self.toggle_cursor(),
            Command::Unite => editor.combine(Combine::Union),
            Command::Subtract => editor.combine(Combine::Subtract),
            Command::Intersect => editor.combine(Combine::Intersect),
            Command::Mend => editor.mend(),
            Command::Simplify => editor.start_refining(Refining::Simplify { tolerance_px: FIRST_TOLERANCE_PX }),
            Command::Smooth => editor.start_refining(Refining::Smooth { rounds: FIRST_ROUNDS }),
            _ => return false,
        }
        true
    }

    fn ask_where_to_paste(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        let is_last = editor.images_after().is_empty();
        if editor.clip().is_empty() {
            editor.tell(NoticeLevel::Info, "There is nothing to paste; copy shapes with Ctrl+C first".to_owned());
        } else if is_last {
            editor.tell(NoticeLevel::Info, "This is the last image; there is none after it to paste on".to_owned());
        } else {
            self.shaping.open_paste_on();
        }
    }

    fn list_what_lies_here(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        let cursor = editor.shaping.cursor.map(|cursor| cursor.at);
        let selected = editor.selection.iter().next().and_then(|lid| editor.document.get(lid)?.bounds());
        let at = cursor.or(self.canvas.pointer().map(|p| p.at)).or(selected.map(crate::geometry::Rect::center));
        let (Some(at), Some(scene)) = (at, editor.scene(self.canvas.view.zoom())) else { return };
        let lids = crate::tools::shapes_at(&scene, at);
        if lids.is_empty() {
            editor.tell(NoticeLevel::Info, "No shape lies under the pointer".to_owned());
            return;
        }
        let shown = self.canvas.view.ui_from_image().apply(at);
        let pos = super::canvas::feed::pos_from_point(shown) + egui::vec2(12.0, 8.0);
        self.shaping.open_stack(pos, lids, editor);
    }

    /// Switches the keyboard's cursor on, where the pointer is or in the middle of what is seen, or off.
    fn toggle_cursor(&mut self) {
        let Some(editor) = &mut self.editor else { return };
        if editor.shaping.cursor.take().is_some() {
            self.canvas.step_tool(editor, Input::Cancel);
            return;
        }
        let Some(image) = editor.image_size() else { return };
        let at = self.canvas.pointer().map_or_else(|| self.canvas.view.visible().center(), |p| p.at);
        let at = crate::tools::clamped(crate::geometry::Point::new(at.x.round(), at.y.round()), image);
        editor.shaping.cursor = Some(CanvasCursor::new(at));
        let text = "Arrows move the cursor by 1 px, with Shift 10, with Ctrl 50 · Enter or Space places, picks up, puts down · ] next vertex · K ends";
        editor.tell(NoticeLevel::Info, text.to_owned());
    }

    fn step_cursor(&mut self, ui: &Ui, key: CursorKey) {
        let Some(editor) = &mut self.editor else { return };
        let Some(cursor) = editor.shaping.cursor else { return };
        // Shift and Ctrl of the arrows choose the step; to a tool they would mean squares and free vertices.
        let alt = ui.input(|i| i.modifiers.alt);
        let modifiers = if alt { Modifiers::ALT } else { Modifiers::NONE };
        let view = self.canvas.view.ui_from_image();
        let Some(scene) = editor.scene(self.canvas.view.zoom()) else { return };
        let (cursor, inputs) = cursor.step(key, modifiers, &editor.tool, &scene, view);
        editor.shaping.cursor = Some(cursor);
        for input in inputs {
            self.canvas.step_tool(editor, input);
        }
        self.canvas.keep_in_view(cursor.at);
    }
}

impl Command {
    /// What it does with the keyboard's cursor.
    #[must_use]
    pub const fn cursor_key(self) -> Option<CursorKey> {
        Some(match self {
            Self::CursorPlace => CursorKey::Press,
            Self::CursorNextGrip => CursorKey::NextGrip,
            Self::CursorPreviousGrip => CursorKey::PreviousGrip,
            Self::CursorLeft => CursorKey::Move(Vector::new(-1.0, 0.0)),
            Self::CursorRight => CursorKey::Move(Vector::new(1.0, 0.0)),
            Self::CursorUp => CursorKey::Move(Vector::new(0.0, -1.0)),
            Self::CursorDown => CursorKey::Move(Vector::new(0.0, 1.0)),
            Self::CursorLeft10 => CursorKey::Move(Vector::new(-10.0, 0.0)),
            Self::CursorRight10 => CursorKey::Move(Vector::new(10.0, 0.0)),
            Self::CursorUp10 => CursorKey::Move(Vector::new(0.0, -10.0)),
            Self::CursorDown10 => CursorKey::Move(Vector::new(0.0, 10.0)),
            Self::CursorLeft50 => CursorKey::Move(Vector::new(-50.0, 0.0)),
            Self::CursorRight50 => CursorKey::Move(Vector::new(50.0, 0.0)),
            Self::CursorUp50 => CursorKey::Move(Vector::new(0.0, -50.0)),
            Self::CursorDown50 => CursorKey::Move(Vector::new(0.0, 50.0)),
            _ => return None,
        })
    }

    /// Which corner of the selection it moves, and by how many image pixels.
    #[must_use]
    pub const fn corner(self) -> Option<(Corner, Vector)> {
        Some(match self {
            Self::GrowLeft => (Corner::BottomRight, Vector::new(-1.0, 0.0)),
            Self::GrowRight => (Corner::BottomRight, Vector::new(1.0, 0.0)),
            Self::GrowUp => (Corner::BottomRight, Vector::new(0.0, -1.0)),
            Self::GrowDown => (Corner::BottomRight, Vector::new(0.0, 1.0)),
            Self::GrowLeftFar => (Corner::BottomRight, Vector::new(-10.0, 0.0)),
            Self::GrowRightFar => (Corner::BottomRight, Vector::new(10.0, 0.0)),
            Self::GrowUpFar => (Corner::BottomRight, Vector::new(0.0, -10.0)),
            Self::GrowDownFar => (Corner::BottomRight, Vector::new(0.0, 10.0)),
            Self::TopLeftLeft => (Corner::TopLeft, Vector::new(-1.0, 0.0)),
            Self::TopLeftRight => (Corner::TopLeft, Vector::new(1.0, 0.0)),
            Self::TopLeftUp => (Corner::TopLeft, Vector::new(0.0, -1.0)),
            Self::TopLeftDown => (Corner::TopLeft, Vector::new(0.0, 1.0)),
            _ => return None,
        })
    }
}
