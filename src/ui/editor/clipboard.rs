//! Copying, pasting, duplicating, and drawing the last shape again.

use super::{Editor, new_lid};
use crate::geometry::{Combine, Point, Size, Vector, combined};
use crate::model::{Annotation, Clip, ClipShape, ConceptLabel, Edit, InputId, LocalId, Region, Shape};
use crate::runtime::NoticeLevel;
use crate::tools::{moved_inside, ring_of};
use crate::ui::names::concept_id_from;

/// How far from the original a duplicate lies, in image pixels.
const BESIDE_PX: f64 = 10.0;
/// Shapes are pasted onto at most so many images at once.
pub const MOST_IMAGES: usize = 1_000;

/// The shape that was drawn last.
#[derive(Clone, Debug)]
pub(super) struct LastDrawn {
    lid: LocalId,
    shape: Shape,
    concepts: Vec<ConceptLabel>,
}

impl Editor {
    /// Copies what is selected. The text is for the clipboard of the desktop.
    pub fn copy(&mut self) -> Option<String> {
        let clip = Clip::of(self.selection.iter().filter_map(|lid| self.document.get(lid)));
        if clip.is_empty() {
            return None;
        }
        let name = self.current_index().map(|at| self.inputs[at].name.clone()).unwrap_or_default();
        let text = clip.write(&name, self.image_size());
        let n = clip.shapes.len();
        self.tell(NoticeLevel::Info, format!("Copied {n}; paste puts them at the same place of any image"));
        self.shaping.clip = clip;
        Some(text)
    }

    /// What would be pasted.
    #[must_use]
    pub const fn clip(&self) -> &Clip {
        &self.shaping.clip
    }

    /// Pastes a text from the clipboard onto the shown image, at the same place. What is no shapes is told, and what was
    /// copied before stays.
    pub fn paste_text(&mut self, text: &str) {
        match Clip::read(text) {
            Ok(read) => {
                self.shaping.clip = read.clip;
                self.paste();
                if read.passed_over > 0 {
                    let n = read.passed_over;
                    let text =
                        format!("{n} of the shapes on the clipboard are of a kind that is not drawn here, or broken");
                    self.tell(NoticeLevel::Warning, text);
                }
            }
            Err(reason) => {
                let kept = self.shaping.clip.shapes.len();
                let menu = if kept > 0 { ". Edit, Paste still has what was copied here" } else { "" };
                self.tell(NoticeLevel::Warning, format!("{reason}{menu}"));
            }
        }
    }

    /// Pastes what was copied onto the shown image, at the same place.
    pub fn paste(&mut self) {
        if self.shaping.clip.is_empty() {
            self.tell(NoticeLevel::Info, "There is nothing to paste; copy shapes with Ctrl+C first".to_owned());
        } else {
            self.put_down(self.shaping.clip.clone(), Vector::default());
        }
    }

    /// Duplicates what is selected, a little to the side.
    pub fn duplicate(&mut self) {
        let clip = Clip::of(self.selection.iter().filter_map(|lid| self.document.get(lid)));
        self.put_down(clip, Vector::new(BESIDE_PX, BESIDE_PX));
    }

    fn put_down(&mut self, clip: Clip, by: Vector) {
        let (Some(input), Some(image)) = (self.current.clone(), self.image_size()) else { return };
        if !self.is_ready() {
            return;
        }
        let n = clip.shapes.len();
        let added = self.added(clip, by, &input, image);
        let lids: Vec<LocalId> = added.iter().map(|a| a.lid).collect();
        self.tell_what_is_outside(n - added.len(), "this image");
        let edits: Vec<Edit> = added.into_iter().map(|a| Edit::Add(Box::new(a))).collect();
        if !edits.is_empty() && self.edit(&Edit::Batch(edits)) {
            self.selection.set(lids);
        }
    }

    /// Pastes what was copied onto the next images of the list, at the same place, as one step.
    pub fn paste_on_next(&mut self, images: usize) {
        let clip = self.shaping.clip.clone();
        let rows = self.images_after();
        let rows = rows.into_iter().take(images.min(MOST_IMAGES));
        let (mut edits, mut outside, mut unknown) = (Vec::new(), 0, 0);
        for (input, size) in rows {
            let Some(size) = size else {
                unknown += 1;
                continue;
            };
            let added = self.added(clip.clone(), Vector::default(), &input, size);
            outside += clip.shapes.len() - added.len();
            edits.extend(added.into_iter().map(|a| Edit::Add(Box::new(a))));
        }
        self.tell_what_is_outside(outside, "those images");
        if unknown > 0 {
            let text =
                format!("{unknown} images were passed over: their size is not known, so nothing can be drawn on them");
            self.tell(NoticeLevel::Warning, text);
        }
        if !edits.is_empty() {
            self.edit_anywhere(Edit::Batch(edits));
        }
    }

    /// The images after the shown one in the list, as the filter has it, with their sizes.
    #[must_use]
    pub fn images_after(&self) -> Vec<(InputId, Option<Size>)> {
        let Some(row) = self.current().and_then(|id| self.picker.row_of(id)) else { return Vec::new() };
        let rows = (row + 1..self.picker.len()).filter_map(|row| self.inputs.get(self.picker.at(row)?));
        rows.map(|row| (row.id.clone(), row.size)).collect()
    }

    fn tell_what_is_outside(&mut self, n: usize, whose: &str) {
        if n > 0 {
            let text = format!("{n} of the copied shapes lie outside {whose} and were not pasted");
            self.tell(NoticeLevel::Warning, text);
        }
    }

    /// New annotations of what is on the clip, on an image of that size; without what lies outside.
    fn added(&mut self, clip: Clip, by: Vector, input: &InputId, image: Size) -> Vec<Annotation> {
        let mut added = Vec::new();
        for ClipShape { shape, concepts } in clip.shapes {
            let region = match shape.map(|shape| placed(&shape, by, image)) {
                None => None,
                Some(Some(shape)) => Some(Region { id: None, shape }),
                Some(None) => continue,
            };
            let concepts = concepts.into_iter().filter(|label| self.knows_or_makes(label)).collect();
            added.push(self.new_annotation(new_lid(), input.clone(), region, concepts));
        }
        added
    }

    /// Whether the concept is there, or can be made now.
    fn knows_or_makes(&mut self, label: &ConceptLabel) -> bool {
        if self.concepts.find(&label.id).is_some() {
            return true;
        }
        match concept_id_from(label.id.as_str()) {
            Ok(id) => {
                self.use_concept(&id);
                true
            }
            Err(reason) => {
                self.tell(NoticeLevel::Warning, format!("A label was left out. {reason}"));
                false
            }
        }
    }

    /// Remembers what was drawn last.
    pub(super) fn remember_drawn(&mut self, lid: LocalId, shape: Shape, concepts: Vec<ConceptLabel>) {
        self.shaping.last_drawn = Some(LastDrawn { lid, shape, concepts });
    }

    /// Draws the last shape again with its labels: in the middle of `at`, or a little beside it.
    pub fn repeat_last(&mut self, at: Option<Point>) {
        let Some(last) = self.shaping.last_drawn.clone() else {
            self.tell(NoticeLevel::Info, "Nothing was drawn yet that could be repeated".to_owned());
            return;
        };
        // As it is now, where it is still there: it may have been labelled or reshaped since.
        let now = self.document.get(last.lid);
        let shape = now.and_then(Annotation::shape).cloned().unwrap_or(last.shape);
        let concepts = now.map_or(last.concepts, |a| a.concepts.clone());
        let (Some(bounds), Some(input), Some(image)) = (shape.bounds(), self.current.clone(), self.image_size()) else {
            return;
        };
        if !self.can_draw() || !self.is_ready() {
            return;
        }
        let by = at.map_or(Vector::new(BESIDE_PX, BESIDE_PX), |at| at - bounds.center());
        let by = moved_inside(bounds, by, image);
        let Some(shape) = placed(&shape, by, image) else {
            self.tell_what_is_outside(1, "this image");
            return;
        };
        let lid = new_lid();
        let annotation =
            self.new_annotation(lid, input, Some(Region { id: None, shape: shape.clone() }), concepts.clone());
        if self.edit(&Edit::Add(Box::new(annotation))) {
            self.selection.set([lid]);
            self.remember_drawn(lid, shape, concepts);
        }
    }
}

/// The shape as it lands on an image of this size: moved as far as the image reaches, what sticks out cut off; `None`
/// where it lies outside.
fn placed(shape: &Shape, by: Vector, image: Size) -> Option<Shape> {
    let bounds = shape.bounds()?;
    let moved = shape.moved(moved_inside(bounds, by, image));
    if image.rect().contains_rect(moved.bounds()?) {
        return Some(moved);
    }
    match &moved {
        Shape::Box(rect) => rect.cropped_to(image.rect()).map(Shape::Box),
        Shape::Polygon(ring) => {
            let border = ring_of(&Shape::Box(image.rect()))?.into_owned();
            let parts = combined(&[ring.clone(), border], Combine::Intersect);
            parts.into_iter().next().map(|area| Shape::Polygon(area.outer))
        }
        Shape::Point(_) | Shape::Kept(_) => None,
    }
}
