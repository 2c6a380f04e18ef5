//! The editor's list of images: going through it, selecting in it, and what is done to many images at once.

use super::Editor;
use crate::model::image_query::{ImageSort, SortDirection};
use crate::model::{Edit, InputId, LocalId, Status, Worker};
use crate::runtime::{InputRow, NoticeLevel, Request};

/// Which images a command on many is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageScope {
    /// The shown one.
    Shown,
    /// The selected ones.
    Selected,
    /// All in the list, as the filter has it.
    Listed,
}

impl Editor {
    /// The place of the shown image in [`Editor::inputs`].
    #[must_use]
    pub fn current_index(&self) -> Option<usize> {
        self.picker.place_of(self.current()?)
    }

    /// Shows the image `by` places further in the list.
    pub fn step_image(&mut self, by: isize) {
        let Some(current) = self.current() else { return };
        let last = self.picker.len().saturating_sub(1);
        // From an image that the filter leaves out the way leads to the first of the list.
        let row = self.picker.row_of(current).map_or(0, |at| at.saturating_add_signed(by).min(last));
        self.show_row(row);
    }

    fn show_row(&mut self, row: usize) {
        if let Some(id) = self.picker.at(row).and_then(|place| self.inputs.get(place)).map(|row| row.id.clone()) {
            self.show(&id);
        }
    }

    /// Shows the next image of the list without annotations, after the shown one and around.
    pub fn next_unlabelled(&mut self) {
        let n = self.picker.len();
        let at = self.current().and_then(|id| self.picker.row_of(id)).map_or(n, |row| row + 1);
        let unlabelled = |row: &usize| {
            self.picker.at(*row).and_then(|place| self.inputs.get(place)).is_some_and(|image| image.annotations == 0)
        };
        match (0..n).map(|by| (at + by) % n).find(unlabelled) {
            Some(row) => self.show_row(row),
            None if self.picker.is_filtered() => {
                let text = "Every image that the filter shows has an annotation".to_owned();
                self.tell(NoticeLevel::Info, text);
            }
            None => self.tell(NoticeLevel::Info, "Every image has an annotation".to_owned()),
        }
    }

    /// The images that are likely to be shown next, the likeliest first.
    #[must_use]
    pub fn neighbours(&self, ahead: usize) -> Vec<&str> {
        let Some(row) = self.current().and_then(|id| self.picker.row_of(id)) else { return Vec::new() };
        let rows = (row + 1..=row + ahead).chain(row.checked_sub(1));
        rows.filter_map(|row| self.inputs.get(self.picker.at(row)?)).map(|row| row.id.as_str()).collect()
    }

    // ---- the list ------------------------------------------------------------------------------------------------

    /// Filters the list by what was typed.
    pub fn filter_images(&mut self, text: &str) {
        let asked = self.picker.set_text(text);
        self.outbox.extend(asked);
    }

    /// Orders the list.
    pub fn sort_images(&mut self, sort: ImageSort, direction: SortDirection) {
        let asked = self.picker.set_sort(sort, direction);
        self.outbox.extend(asked);
    }

    /// Another list of images. Where the shown one went, the one in its place is shown.
    pub(super) fn take_inputs(&mut self, inputs: Vec<InputRow>) {
        let at = self.current_index();
        self.inputs = inputs;
        self.picker.take_inputs(&self.inputs);
        self.refilter();
        let gone = self.current().filter(|id| self.picker.place_of(id).is_none()).cloned();
        if let Some(gone) = gone {
            self.forget(&gone);
        }
        if self.current().is_none() {
            let place = at.unwrap_or(0).min(self.inputs.len().saturating_sub(1));
            if let Some(id) = self.inputs.get(place).map(|row| row.id.clone()) {
                self.show(&id);
            }
        }
    }

    /// Counts of some images.
    pub(super) fn take_counts(&mut self, rows: Vec<InputRow>) {
        for row in rows {
            if let Some(place) = self.picker.place_of(&row.id) {
                self.inputs[place] = row;
            }
        }
        self.picker.forget_progress();
        self.refilter();
    }

    fn refilter(&mut self) {
        if self.picker.depends_on_content() {
            let asked = self.picker.ask();
            self.outbox.extend(asked);
        }
    }

    // ---- selecting -----------------------------------------------------------------------------------------------

    /// A click on an image of the list: shows it; with Ctrl selects it, with Shift everything up to it.
    pub fn click_image(&mut self, id: &InputId, modifiers: egui::Modifiers) {
        let shown = self.current().cloned();
        if modifiers.shift {
            self.picker.extend_to(id, shown.as_ref(), &self.inputs);
        } else if modifiers.command {
            self.picker.toggle(id, shown.as_ref());
        } else {
            self.picker.select_none(Some(id));
            self.show(id);
        }
    }

    /// Goes on in the list and selects on the way.
    pub fn extend_images(&mut self, by: isize) {
        let from = self.current().cloned();
        self.step_image(by);
        if let Some(to) = self.current().cloned() {
            self.picker.extend_to(&to, from.as_ref(), &self.inputs);
        }
    }

    /// Selects all images of the list.
    pub fn select_listed(&mut self) {
        self.picker.select_all(&self.inputs);
        let n = self.picker.selected_count();
        self.tell(NoticeLevel::Info, format!("{n} images selected; Esc lets go of them"));
    }

    /// The images that a command is about.
    #[must_use]
    pub fn images_in(&self, scope: ImageScope) -> Vec<InputId> {
        match scope {
            ImageScope::Shown => self.current().cloned().into_iter().collect(),
            ImageScope::Selected => self.picker.selected(),
            ImageScope::Listed => (0..self.picker.len())
                .filter_map(|row| self.inputs.get(self.picker.at(row)?))
                .map(|row| row.id.clone())
                .collect(),
        }
    }

    // ---- many at once --------------------------------------------------------------------------------------------

    /// Asks what is on these images; the answer comes in [`Editor::images_look`] with this number.
    pub fn look_at_images(&mut self, images: Vec<InputId>) -> u64 {
        self.looks_asked += 1;
        self.outbox.push(Request::LookAtImages(self.looks_asked, images));
        self.looks_asked
    }

    /// Deletes these annotations wherever they are, as one step.
    pub fn delete_everywhere(&mut self, lids: &[LocalId]) {
        if !lids.is_empty() {
            self.edit_anywhere(Edit::Batch(lids.iter().map(|lid| Edit::Remove { lid: *lid }).collect()));
        }
    }

    /// Assigns images to a user, as one step: an annotation of theirs on each that is pending and says nothing yet.
    pub fn assign_images(&mut self, images: &[InputId], user: &str) {
        let adds: Vec<Edit> = images
            .iter()
            .map(|input| {
                let mut annotation = self.new_annotation(super::new_lid(), input.clone(), None, Vec::new());
                annotation.worker = Worker::User(user.to_owned());
                annotation.status = Status::Pending;
                Edit::Add(Box::new(annotation))
            })
            .collect();
        let n = adds.len();
        if n > 0 && self.edit_anywhere(Edit::Batch(adds)) {
            let images = if n == 1 { "1 image".to_owned() } else { format!("{n} images") };
            self.tell(NoticeLevel::Info, format!("Assigned {images} to {user}, as pending"));
        }
    }

    /// Removes images here and on the server; this cannot be undone. They leave the list when the server has let go.
    pub fn remove_images(&mut self, images: Vec<InputId>) {
        if !images.is_empty() {
            self.outbox.push(Request::RemoveImages(images));
        }
    }
}
