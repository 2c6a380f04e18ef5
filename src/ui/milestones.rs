//! For who measures: says in the log, at the level debug, when the shown image got so far. It is said in the frame after the one
//! that drew it, so that the time it took to put it on the screen is in it; without that level nothing is done.

use super::canvas::Canvas;
use super::editor::Editor;
use super::gallery::Gallery;
use crate::model::InputId;
use egui::Ui;

/// How far an image is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    #[default]
    Nothing,
    Pixels,
    Sharp,
}

/// What has been said of the shown image.
#[derive(Debug, Default)]
pub(super) struct Milestones {
    input: Option<InputId>,
    stage: Stage,
    shapes: bool,
    canvas: Option<egui::Rect>,
    /// What the frame before this one has reached.
    reached: Vec<&'static str>,
}

impl Milestones {
    /// At the start of a frame: the one before it is on the screen.
    pub fn tell(&mut self) {
        for what in self.reached.drain(..) {
            let image = self.input.as_ref().map_or("", |input| input.as_str());
            tracing::debug!(image, "on screen: {what}");
        }
    }

    /// At the end of a frame: what it draws that was not there before.
    pub fn note(&mut self, ui: &Ui, editor: &Editor, images: &Gallery, (canvas, shown): (egui::Rect, &Canvas)) {
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        if self.input.as_ref() != editor.current() {
            *self = Self { input: editor.current().cloned(), canvas: self.canvas, ..Self::default() };
        }
        if self.canvas != Some(canvas) {
            self.canvas = Some(canvas);
            tracing::debug!(?canvas, "canvas");
        }
        // Until it is decoded, what is drawn are the tiles of the image before it.
        let is_its_own = editor.current().is_some_and(|input| images.size_of(input).is_some());
        let stage = match (is_its_own && images.has_pixels(), images.is_sharp()) {
            (true, true) => Stage::Sharp,
            (true, false) => Stage::Pixels,
            (false, _) => Stage::Nothing,
        };
        if self.stage == Stage::Nothing && stage > Stage::Nothing {
            self.reached.push("pixels");
        }
        if self.stage != Stage::Sharp && stage == Stage::Sharp {
            self.reached.push("sharp");
        }
        if !self.shapes && editor.is_ready() && shown.is_complete() {
            self.shapes = true;
            self.reached.push("shapes");
        }
        self.stage = stage;
        if !self.reached.is_empty() {
            ui.request_repaint();
        }
    }
}
