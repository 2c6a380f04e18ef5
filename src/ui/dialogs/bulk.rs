//! What is done to many images at once: which ones, a look at what it touches, and then the deed.

use super::Stay;
use crate::model::{InputId, LocalId};
use crate::runtime::ImagesLook;
use crate::ui::editor::{Editor, ImageScope};
use crate::ui::theme;
use egui::{Button, Key, Modal, ScrollArea, TextEdit, Ui};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Delete all annotations.
    DeleteAnnotations,
    /// Give the images to a user as pending work.
    Assign,
    /// Remove the images with their annotations.
    RemoveImages,
}

/// The dialog while it is open.
#[derive(Debug)]
pub struct BulkDialog {
    deed: Deed,
    scope: ImageScope,
    user: String,
    /// The number of the question that was asked for `scope`; `None`: not asked yet.
    asked: Option<u64>,
}

/// What would be done, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Plan {
    images: Vec<InputId>,
    annotations: Vec<LocalId>,
    /// In words, what stays as it is.
    spared: Vec<String>,
}

impl BulkDialog {
    /// About the selected images, or the shown one where none is selected.
    #[must_use]
    pub fn new(deed: Deed, editor: &Editor) -> Self {
        let scope = if editor.picker.selected_count() > 0 { ImageScope::Selected } else { ImageScope::Shown };
        Self { deed, scope, user: String::new(), asked: None }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> Stay {
        let (mut yes, mut no) = (false, false);
        let modal = Modal::new(egui::Id::unique("bulk")).show(ui, |ui| {
            ui.set_width(480.0);
            ui.heading(match self.deed {
                Deed::DeleteAnnotations => "Delete all annotations of these images",
                Deed::Assign => "Assign images",
                Deed::RemoveImages => "Remove images",
            });
            self.scope_ui(ui, editor);
            if let (Deed::Assign, Err(reason)) = (self.deed, editor.may_assign()) {
                ui.colored_label(theme::error(ui), format!("You cannot assign images: {reason}"));
                no |= ui.button("Cancel").clicked();
                return;
            }
            if self.deed == Deed::Assign {
                let field = TextEdit::singleline(&mut self.user).hint_text("user id, as the server has it");
                let response = ui.add(field.desired_width(f32::INFINITY)).accessible_name("User");
                yes |= response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
                if ui.memory(|m| m.focused().is_none()) {
                    response.request_focus();
                }
            }
            let asked = *self.asked.get_or_insert_with(|| {
                let images = editor.images_in(self.scope);
                editor.look_at_images(images)
            });
            let look = editor.images_look.take().filter(|look| look.number == asked);
            let Some(look) = look else {
                ui.weak("Looking at what is there…");
                no |= ui.button("Cancel").clicked();
                return;
            };
            let plan = plan(self.deed, &look, self.user.trim());
            ui.label(sentence(self.deed, &plan, self.user.trim()));
            for line in &plan.spared {
                ui.weak(line);
            }
            list_ui(ui, editor, &look);
            ui.horizontal(|ui| {
                let can = plan.is_something(self.deed) && (self.deed != Deed::Assign || !self.user.trim().is_empty());
                let button = ui.add_enabled(can, Button::new(verb(self.deed, &plan)));
                if can && self.deed != Deed::Assign && ui.memory(|m| m.focused().is_none()) {
                    button.request_focus(); // Enter answers
                }
                yes = button.clicked() || (yes && can);
                no |= ui.button("Cancel").clicked();
            });
            editor.images_look = Some(look);
            if yes {
                self.carry_out(editor, plan);
            }
        });
        if yes || no || modal.should_close() { Stay::Close } else { Stay::Open }
    }

    fn scope_ui(&mut self, ui: &mut Ui, editor: &Editor) {
        let before = self.scope;
        let name = editor.current_index().map_or("", |at| editor.inputs[at].name.as_str());
        let (selected, listed) = (editor.picker.selected_count(), editor.picker.len());
        ui.radio_value(&mut self.scope, ImageScope::Shown, format!("This image ({name})"));
        ui.add_enabled_ui(selected > 0, |ui| {
            ui.radio_value(&mut self.scope, ImageScope::Selected, format!("The {selected} selected images"));
        });
        let all = if editor.picker.is_filtered() {
            format!("All {listed} images that match “{}”", editor.picker.text())
        } else {
            format!("All {listed} images")
        };
        ui.add_enabled_ui(listed > 0, |ui| ui.radio_value(&mut self.scope, ImageScope::Listed, all));
        if self.scope != before {
            self.asked = None;
        }
    }

    fn carry_out(&self, editor: &mut Editor, plan: Plan) {
        match self.deed {
            Deed::DeleteAnnotations => editor.delete_everywhere(&plan.annotations),
            Deed::Assign => editor.assign_images(&plan.images, self.user.trim()),
            Deed::RemoveImages => editor.remove_images(plan.images),
        }
    }
}

impl Plan {
    const fn is_something(&self, deed: Deed) -> bool {
        match deed {
            Deed::DeleteAnnotations => !self.annotations.is_empty(),
            Deed::Assign | Deed::RemoveImages => !self.images.is_empty(),
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn plan(deed: Deed, look: &ImagesLook, user: &str) -> Plan {
    let mut plan = Plan::default();
    let mut spared = 0;
    for image in &look.images {
        let spare = match deed {
            Deed::DeleteAnnotations => image.deletable.is_empty(),
            Deed::Assign => image.pending_with.iter().any(|with| with == user),
            Deed::RemoveImages => image.unsent > 0,
        };
        spared += usize::from(spare);
        if !spare {
            plan.images.push(image.input.clone());
            plan.annotations.extend(&image.deletable);
        }
    }
    match deed {
        Deed::DeleteAnnotations => {
            let stay: usize = look.images.iter().map(|image| image.input_level).sum();
            if stay > 0 {
                let text =
                    format!("{} that came with their images stay; they go with the image.", counted(stay, "label"));
                plan.spared.push(text);
            }
        }
        Deed::Assign if spared > 0 => {
            plan.spared.push(format!("{} with {user} already and passed over.", are(spared)));
        }
        Deed::RemoveImages if spared > 0 => {
            let text = "edits that are not on the server as they are here: send or discard them first.";
            plan.spared.push(format!("{} because of {text}", stay(spared)));
        }
        Deed::Assign | Deed::RemoveImages => {}
    }
    plan
}

fn are(n: usize) -> String {
    if n == 1 { "1 image is".to_owned() } else { format!("{n} images are") }
}

fn stay(n: usize) -> String {
    if n == 1 { "1 image stays".to_owned() } else { format!("{n} images stay") }
}

fn sentence(deed: Deed, plan: &Plan, user: &str) -> String {
    let (images, annotations) = (counted(plan.images.len(), "image"), counted(plan.annotations.len(), "annotation"));
    match deed {
        Deed::DeleteAnnotations => format!("{annotations} of {images} will be deleted. One undo brings them back."),
        Deed::Assign if user.is_empty() => format!("Who is to get {images} as pending work?"),
        Deed::Assign => format!("{images} will be pending work of {user}. One undo takes that back."),
        Deed::RemoveImages => {
            format!("{images} with {annotations} will be removed, here and on the server. This cannot be undone.")
        }
    }
}

fn verb(deed: Deed, plan: &Plan) -> String {
    match deed {
        Deed::DeleteAnnotations => format!("Delete {}", counted(plan.annotations.len(), "annotation")),
        Deed::Assign => format!("Assign {}", counted(plan.images.len(), "image")),
        Deed::RemoveImages => format!("Remove {}", counted(plan.images.len(), "image")),
    }
}

/// The images by name, with what is on each.
fn list_ui(ui: &mut Ui, editor: &Editor, look: &ImagesLook) {
    let height = ui.text_style_height(&egui::TextStyle::Body);
    ScrollArea::vertical().max_height(160.0).auto_shrink([false, true]).show_rows(
        ui,
        height,
        look.images.len(),
        |ui, visible| {
            for image in &look.images[visible] {
                let place = editor.picker.place_of(&image.input);
                let name = place.map_or(image.input.as_str(), |at| editor.inputs[at].name.as_str());
                let mut text = format!("{name}: {}", counted(image.deletable.len(), "annotation"));
                for (n, what) in [(image.input_level, "of the image itself"), (image.unsent, "unsent")] {
                    if n > 0 {
                        text = format!("{text}, {n} {what}");
                    }
                }
                ui.weak(text);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::ImageLook;

    fn look() -> ImagesLook {
        let image = |id: &str, lids: &[u128], input_level, unsent, with: &[&str]| ImageLook {
            input: InputId(id.to_owned()),
            deletable: lids.iter().map(|n| LocalId(*n)).collect(),
            input_level,
            unsent,
            pending_with: with.iter().map(|w| (*w).to_owned()).collect(),
        };
        let images = vec![image("a", &[1, 2], 0, 0, &["bob"]), image("b", &[], 1, 0, &[]), image("c", &[3], 0, 1, &[])];
        ImagesLook { number: 1, images }
    }

    #[test]
    fn deleting_counts_what_goes_and_says_what_stays() {
        let plan = plan(Deed::DeleteAnnotations, &look(), "");
        assert_eq!(plan.annotations, [LocalId(1), LocalId(2), LocalId(3)]);
        let text = sentence(Deed::DeleteAnnotations, &plan, "");
        assert_eq!(text, "3 annotations of 2 images will be deleted. One undo brings them back.");
        assert_eq!(plan.spared, ["1 label that came with their images stay; they go with the image."]);
    }

    #[test]
    fn who_has_an_image_already_does_not_get_it_twice() {
        let plan = plan(Deed::Assign, &look(), "bob");
        assert_eq!(plan.images, [InputId("b".to_owned()), InputId("c".to_owned())]);
        assert_eq!(plan.spared, ["1 image is with bob already and passed over."]);
        assert_eq!(verb(Deed::Assign, &plan), "Assign 2 images");
    }

    #[test]
    fn an_image_with_unsent_edits_is_not_removed() {
        let plan = plan(Deed::RemoveImages, &look(), "");
        assert_eq!(plan.images, [InputId("a".to_owned()), InputId("b".to_owned())]);
        assert!(plan.spared[0].starts_with("1 image stays because of edits"), "{:?}", plan.spared);
        assert!(sentence(Deed::RemoveImages, &plan, "").contains("cannot be undone"), "said before");
    }
}
