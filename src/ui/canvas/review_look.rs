//! How an item of the review is looked at: centred at a zoom that shows what is around it, the rest dimmed, and how it was
//! before it was edited.

use super::feed::ui_rect;
use super::overlay::{Overlay, dim_around};
use super::{Canvas, View};
use crate::geometry::Point;
use crate::model::{Annotation, InputId, LocalId};
use crate::ui::editor::Editor;
use crate::ui::gallery::Gallery;
use crate::ui::review::{Hand, Look, Review, Shows};
use crate::ui::theme;
use egui::{Color32, Stroke, Ui};
use std::collections::HashMap;
use std::time::Duration;

/// Room around an item that stays bright, ui points.
const BRIGHT_UI: f32 = 24.0;

/// What the canvas keeps while the review is on.
#[derive(Debug, Default)]
pub struct ReviewView {
    /// The item that was centred last.
    focused: u64,
    /// The zoom at which it was shown, and the zoom of the last frame: the ratio is the person's own correction.
    zoom: Option<(f64, f64)>,
    /// How the images were shown before; they are shown so again afterwards.
    before: Option<HashMap<InputId, (f64, Point)>>,
}

impl Canvas {
    /// Centres the item that is up, once for each item; gives every image its place back when the review is over.
    pub(super) fn focus_on_review(&mut self, editor: &mut Editor) {
        let Some(review) = &editor.review else {
            if let Some(before) = self.review.before.take() {
                self.view.show_again(before);
                self.review = ReviewView::default();
            }
            return;
        };
        if self.review.before.is_none() {
            self.review.before = Some(self.view.remembered().clone());
        }
        let Some(row) = review.current() else { return };
        if self.review.focused == review.focus_generation || editor.current() != Some(&row.input) {
            return;
        }
        let lid = row.lid;
        let generation = review.focus_generation;
        let (Some(annotation), true) = (editor.document.get(lid), editor.image_size().is_some()) else { return };
        let bounds = annotation.bounds();
        if let Some((shown, last)) = self.review.zoom.take() {
            editor.correct_review_zoom(last / shown);
        }
        match bounds {
            Some(bounds) => {
                self.view.focus(bounds);
                self.view.zoom_about_middle(editor.review_desk.zoom_correction);
                self.review.zoom = Some((self.view.zoom(), self.view.zoom()));
            }
            None => self.view.fit(),
        }
        self.review.focused = generation;
    }

    /// Notes whether the item is on the screen, with its picture: only then a key decides about it.
    pub(super) fn note_review_seen(&self, ui: &Ui, editor: &mut Editor, images: &Gallery) {
        let is_drawn = editor.is_ready() && editor.current().is_some_and(|input| images.is_seen(input));
        let Some(review) = &mut editor.review else { return };
        let is_up = self.review.focused == review.focus_generation;
        review.note_frame(if is_up && is_drawn { Shows::Item } else { Shows::Other });
        let patience_s = review.patience_s();
        if !review.is_on_screen() && patience_s > 0.0 {
            // Then it is said that it can be decided unseen.
            ui.request_repaint_after(Duration::from_secs_f64(patience_s));
        }
    }

    /// Notes how the person looks at the item; called when this frame's mouse and keys were taken.
    pub(super) fn note_review_zoom(&mut self, editor: &Editor) {
        let is_up = editor.review.as_ref().is_some_and(|review| review.focus_generation == self.review.focused);
        if let Some((_, last)) = self.review.zoom.as_mut().filter(|_| is_up) {
            *last = self.view.zoom();
        }
    }
}

impl View {
    /// Shows every image as it was at that time; what was not shown then is fitted.
    fn show_again(&mut self, before: HashMap<InputId, (f64, Point)>) {
        let shown = self.shown_image().cloned();
        let place = shown.and_then(|input| before.get(&input).copied());
        self.restore(before);
        match place {
            Some((zoom, centre)) => self.place(centre, zoom),
            None => self.fit(),
        }
    }
}

/// How to go on where an image cannot be shown.
pub(super) const fn way_on(editor: &Editor) -> &'static str {
    match editor.review {
        Some(_) => "S skips this one; A, X and C decide about it unseen.",
        None => "D goes on to the next image.",
    }
}

/// Dims what is around the item that is up, and draws how it was.
pub(super) fn paint(overlay: Overlay<'_>, editor: &Editor, canvas: egui::Rect) {
    let Some(review) = &editor.review else { return };
    let Some(annotation) = review.current().and_then(|row| editor.document.get(row.lid)) else { return };
    let Some(bounds) = annotation.bounds() else { return };
    // Not while something else is looked at, as the two sides of a comparison are.
    if review.hand == Hand::Deciding && editor.selection.iter().all(|lid| lid == annotation.lid) {
        let bright = ui_rect(overlay.ui_from_image.apply_rect(bounds)).expand(BRIGHT_UI);
        dim_around(overlay.painter, canvas, bright);
    }
    if let Some(before) = shape_before(editor, review, annotation) {
        overlay.shape(before, Stroke::new(3.0, Color32::from_black_alpha(140)), Color32::TRANSPARENT);
        overlay.shape(before, Stroke::new(1.5, theme::WARNING), Color32::TRANSPARENT);
    }
}

/// Whether a shape is drawn as it is: not the item that is up while one looks at how it was.
pub(super) fn shows_now(editor: &Editor, lid: LocalId) -> bool {
    let Some(review) = editor.review.as_ref().filter(|review| review.look == Look::Before) else { return true };
    let looked_at = review.current().filter(|row| row.lid == lid).and_then(|row| editor.document.get(row.lid));
    looked_at.and_then(|now| shape_before(editor, review, now)).is_none()
}

/// The shape that the item had before its last edit, where that is to be seen and another one.
fn shape_before<'a>(editor: &'a Editor, review: &Review, now: &Annotation) -> Option<&'a crate::model::Shape> {
    if review.look == Look::Now {
        return None;
    }
    let before = editor.history.last_change_of(now.lid)?.before.as_ref()?;
    let shape = before.shape()?;
    (review.look == Look::Before || now.shape() != Some(shape)).then_some(shape)
}
