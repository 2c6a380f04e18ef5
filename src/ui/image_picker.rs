//! The list of images without a window: what the filter box asks for, in which order, what is selected in it.

use crate::model::InputId;
use crate::model::image_query::{ImageQuery, ImageSort, SortDirection};
use crate::runtime::{FindImages, FoundImages, InputRow, Request};
use std::collections::{HashMap, HashSet};

/// How far the project is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Images with an annotation.
    pub labelled: usize,
    /// Annotations that somebody has to decide about.
    pub open: usize,
}

/// What the list of images shows. Rows are named by their place in `Editor::inputs`, images by their id.
#[derive(Debug, Default)]
pub struct ImagePicker {
    /// The filter box is to get the keyboard.
    pub wants_focus: bool,
    text: String,
    fault: Option<String>,
    query: ImageQuery,
    sort: ImageSort,
    direction: SortDirection,
    asked: u64,
    answered: u64,
    /// What the store found for the question answered last; `None`: every image as it was added.
    found: Option<Vec<InputId>>,
    /// The same as places in the list.
    order: Option<Vec<usize>>,
    places: HashMap<InputId, usize>,
    selected: HashSet<InputId>,
    anchor: Option<InputId>,
    progress: Option<Progress>,
}

impl ImagePicker {
    /// What was typed into the filter box.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why what was typed cannot be read; the list is the one before it.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// By what the list is ordered.
    #[must_use]
    pub const fn sort(&self) -> (ImageSort, SortDirection) {
        (self.sort, self.direction)
    }

    /// Whether a filter is set.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        !self.query.is_all()
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.asked != self.answered
    }

    /// Takes what was typed into the filter box. What has to be asked for it, if anything.
    pub fn set_text(&mut self, text: &str) -> Option<Request> {
        text.clone_into(&mut self.text);
        match ImageQuery::parse(text) {
            Ok(query) => {
                self.fault = None;
                self.query = query;
                self.ask()
            }
            Err(fault) => {
                self.fault = Some(fault.0);
                None
            }
        }
    }

    /// Orders the list. What has to be asked for it, if anything.
    pub fn set_sort(&mut self, sort: ImageSort, direction: SortDirection) -> Option<Request> {
        (self.sort, self.direction) = (sort, direction);
        self.ask()
    }

    /// Asks for the list anew; `None`: it needs no asking.
    pub fn ask(&mut self) -> Option<Request> {
        self.asked += 1;
        if self.query.is_all() && (self.sort, self.direction) == Default::default() {
            self.answered = self.asked;
            (self.found, self.order) = (None, None);
            return None;
        }
        Some(Request::FindImages(Box::new(FindImages {
            number: self.asked,
            query: self.query.clone(),
            sort: self.sort,
            direction: self.direction,
        })))
    }

    /// Whether the list depends on what the images are like, so that a change asks for it anew.
    #[must_use]
    pub const fn depends_on_content(&self) -> bool {
        self.found.is_some() || self.asked != self.answered
    }

    /// Takes an answer in; one to an older question is passed over.
    pub fn take_found(&mut self, found: FoundImages) {
        if found.number != self.asked {
            return;
        }
        self.answered = found.number;
        self.order = Some(found.images.iter().filter_map(|id| self.places.get(id).copied()).collect());
        self.found = Some(found.images);
    }

    /// The list of images is another one.
    pub fn take_inputs(&mut self, inputs: &[InputRow]) {
        self.places = inputs.iter().enumerate().map(|(at, row)| (row.id.clone(), at)).collect();
        let places = &self.places;
        self.selected.retain(|id| places.contains_key(id));
        self.order = self.found.as_ref().map(|ids| ids.iter().filter_map(|id| places.get(id).copied()).collect());
        self.progress = None;
    }

    /// Counts of images changed.
    pub const fn forget_progress(&mut self) {
        self.progress = None;
    }

    /// How far the project is.
    pub fn progress(&mut self, inputs: &[InputRow]) -> Progress {
        *self.progress.get_or_insert_with(|| Progress {
            labelled: inputs.iter().filter(|row| row.annotations > 0).count(),
            open: inputs.iter().map(|row| row.open).sum(),
        })
    }

    /// The place of an image in `Editor::inputs`.
    #[must_use]
    pub fn place_of(&self, id: &InputId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// How many rows the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.as_ref().map_or(self.places.len(), Vec::len)
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place in `Editor::inputs` of a row of the list.
    #[must_use]
    pub fn at(&self, row: usize) -> Option<usize> {
        match &self.order {
            Some(order) => order.get(row).copied(),
            None => Some(row).filter(|row| *row < self.places.len()),
        }
    }

    /// The row of an image in the list.
    #[must_use]
    pub fn row_of(&self, id: &InputId) -> Option<usize> {
        let place = self.place_of(id)?;
        match &self.order {
            Some(order) => order.iter().position(|p| *p == place),
            None => Some(place),
        }
    }

    // ---- selection -----------------------------------------------------------------------------------------------

    /// Whether an image is selected.
    #[must_use]
    pub fn is_selected(&self, id: &InputId) -> bool {
        self.selected.contains(id)
    }

    /// How many images are selected.
    #[must_use]
    pub fn selected_count(&self) -> usize {
        self.selected.len()
    }

    /// The selected images in the order of the project.
    #[must_use]
    pub fn selected(&self) -> Vec<InputId> {
        let mut ids: Vec<&InputId> = self.selected.iter().collect();
        ids.sort_by_key(|id| self.place_of(id));
        ids.into_iter().cloned().collect()
    }

    /// Selects or leaves one. `shown`: the image on the canvas, which is the first of a selection that begins.
    pub fn toggle(&mut self, id: &InputId, shown: Option<&InputId>) {
        if self.selected.is_empty() {
            self.selected.extend(shown.cloned());
            if shown == Some(id) {
                self.anchor = Some(id.clone());
                return;
            }
        }
        if !self.selected.remove(id) {
            self.selected.insert(id.clone());
        }
        self.anchor = Some(id.clone());
    }

    /// Selects from the anchor (or the shown image) to this one, as the list stands.
    pub fn extend_to(&mut self, id: &InputId, shown: Option<&InputId>, inputs: &[InputRow]) {
        let anchor = self.anchor.clone().or_else(|| shown.cloned()).unwrap_or_else(|| id.clone());
        let (Some(from), Some(to)) = (self.row_of(&anchor).or_else(|| self.row_of(id)), self.row_of(id)) else {
            return;
        };
        self.selected.clear();
        for row in from.min(to)..=from.max(to) {
            self.selected.extend(self.at(row).and_then(|place| inputs.get(place)).map(|row| row.id.clone()));
        }
        self.anchor = Some(anchor);
    }

    /// Selects every image of the list.
    pub fn select_all(&mut self, inputs: &[InputRow]) {
        self.selected = (0..self.len()).filter_map(|row| inputs.get(self.at(row)?)).map(|row| row.id.clone()).collect();
    }

    /// Selects nothing; a selection that begins starts from this image.
    pub fn select_none(&mut self, anchor: Option<&InputId>) {
        self.selected.clear();
        self.anchor = anchor.cloned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: usize) -> Vec<InputRow> {
        (0..n)
            .map(|i| InputRow {
                id: InputId(format!("i{i}")),
                name: format!("{i}.png"),
                size: None,
                annotations: i % 2,
                open: 0,
                unsent: 0,
                problems: 0,
            })
            .collect()
    }

    fn id(i: usize) -> InputId {
        InputId(format!("i{i}"))
    }

    fn picker(inputs: &[InputRow]) -> ImagePicker {
        let mut picker = ImagePicker::default();
        picker.take_inputs(inputs);
        picker
    }

    #[test]
    fn without_a_filter_nothing_is_asked_and_every_image_is_listed() {
        let inputs = rows(5);
        let mut picker = picker(&inputs);
        assert!(picker.set_text("  ").is_none(), "nothing to ask");
        assert_eq!((picker.len(), picker.at(4), picker.at(5)), (5, Some(4), None));
        assert_eq!(picker.progress(&inputs), Progress { labelled: 2, open: 0 });
    }

    #[test]
    fn only_the_answer_to_the_last_question_counts() {
        let inputs = rows(5);
        let mut picker = picker(&inputs);
        assert!(picker.set_text("n>0").is_some() && picker.set_text("n>1").is_some(), "both are asked");
        picker.take_found(FoundImages { number: 1, images: vec![id(1), id(3)] });
        assert!(picker.is_waiting() && picker.len() == 5, "the first answer comes too late");
        picker.take_found(FoundImages { number: 2, images: vec![id(3), id(1)] });
        assert!(!picker.is_waiting(), "answered");
        assert_eq!((picker.len(), picker.at(0), picker.row_of(&id(1))), (2, Some(3), Some(1)), "in its order");
        assert_eq!(picker.row_of(&id(0)), None, "not in the list");
        assert!(picker.set_text("n>nothing").is_none(), "what cannot be read is not asked");
        assert_eq!((picker.len(), picker.fault().is_some()), (2, true), "the list stays, with a complaint");
        assert!(picker.set_text("").is_none() && picker.fault().is_none() && picker.len() == 5, "all of them again");
    }

    #[test]
    fn ctrl_and_shift_select_as_everywhere() {
        let inputs = rows(6);
        let mut picker = picker(&inputs);
        picker.toggle(&id(3), Some(&id(1)));
        assert_eq!(picker.selected(), [id(1), id(3)], "the shown one is the first of it");
        picker.toggle(&id(1), Some(&id(1)));
        assert_eq!(picker.selected(), [id(3)], "once more takes it out");
        picker.select_none(Some(&id(4)));
        picker.extend_to(&id(2), Some(&id(4)), &inputs);
        assert_eq!(picker.selected(), [id(2), id(3), id(4)], "from the anchor, in the list's order");
        picker.extend_to(&id(5), Some(&id(2)), &inputs);
        assert_eq!(picker.selected(), [id(4), id(5)], "the anchor stays");
        picker.select_all(&inputs);
        assert_eq!(picker.selected_count(), 6);
        picker.take_inputs(&inputs[..2]);
        assert_eq!(picker.selected(), [id(0), id(1)], "what is gone is not selected");
    }

    #[test]
    fn select_all_means_the_list_and_not_the_project() {
        let inputs = rows(6);
        let mut picker = picker(&inputs);
        assert!(picker.set_text("n>0").is_some(), "asked");
        picker.take_found(FoundImages { number: 1, images: vec![id(1), id(5)] });
        picker.select_all(&inputs);
        assert_eq!(picker.selected(), [id(1), id(5)]);
    }
}
