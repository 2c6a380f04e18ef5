//! What the window is asked by tests, and by who does to its project what comes from elsewhere.

use super::{App, ConceptPopup, Editor, Gallery};

impl App {
    /// The open project, for tests.
    #[must_use]
    pub const fn editor(&self) -> Option<&Editor> {
        self.editor.as_ref()
    }

    /// The same, for tests that do what comes from elsewhere.
    pub const fn editor_mut(&mut self) -> Option<&mut Editor> {
        self.editor.as_mut()
    }

    /// The part of the image plane that the canvas shows, for tests.
    #[must_use]
    pub fn visible(&self) -> crate::geometry::Rect {
        self.canvas.view.visible()
    }

    /// The concept popup, for tests.
    #[must_use]
    pub const fn popup(&self) -> Option<&ConceptPopup> {
        self.popup.as_ref()
    }

    /// Ui points per image pixel, for tests.
    #[must_use]
    pub const fn zoom(&self) -> f64 {
        self.canvas.view.zoom()
    }

    /// The pictures of the window, for tests.
    #[must_use]
    pub const fn images(&self) -> &Gallery {
        &self.images
    }

    /// Frames drawn so far.
    #[must_use]
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// What the window has asked of the background work so far: reads, edits, settings.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.requests
    }
}
