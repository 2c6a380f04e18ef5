//! The concepts of an annotation as chips: present or not, one more, one less.

use crate::model::{Annotation, ConceptLabel};
use crate::ui::canvas::overlay::ink_on;
use crate::ui::editor::Editor;
use crate::ui::names::shown;
use egui::{Button, RichText, Ui};
use egui_material_icons::icons;

/// What was done to a chip.
enum Done {
    Toggled(usize),
    Removed(usize),
}

/// Shows the chips of one annotation.
pub fn labels_ui(ui: &mut Ui, editor: &mut Editor, annotation: &Annotation) {
    let mut done: Option<Done> = None;
    for (i, label) in annotation.concepts.iter().enumerate() {
        ui.horizontal(|ui| done = chip_ui(ui, editor, label, i).or(done.take()));
    }
    ui.horizontal(|ui| {
        let add = ui.add(Button::new((icons::ICON_ADD.rich_text(), "concept")).small());
        if add.accessible_name("Add a concept").on_hover_text("One more concept on this region").clicked() {
            editor.adds_concept = Some(annotation.lid);
        }
        let choose = ui.small_button("choose…").accessible_name("Choose concept");
        if choose.on_hover_text("A concept in place of these (Ctrl+E)").clicked() {
            editor.wants_concept = Some(annotation.lid);
        }
    });
    let mut labels = annotation.concepts.clone();
    match done {
        Some(Done::Toggled(i)) => labels[i].value = if labels[i].is_negative() { 1.0 } else { 0.0 },
        Some(Done::Removed(i)) => {
            labels.remove(i);
        }
        None => return,
    }
    editor.set_concepts(&[annotation.lid], &labels);
}

fn chip_ui(ui: &mut Ui, editor: &Editor, label: &ConceptLabel, i: usize) -> Option<Done> {
    let mut done = None;
    let name = shown(editor.concept_name(&label.id));
    let color = editor.concepts.color(&label.id);
    let not = if label.is_negative() { "not " } else { "" };
    let mut text = RichText::new(format!("{not}{name}")).color(ink_on(color));
    if label.is_negative() {
        text = text.strikethrough();
    }
    let chip = ui.add(Button::new(text).fill(color).small()).accessible_name(format!("{not}{name}, click for not"));
    let present = if label.is_negative() { "Not here" } else { "Here" };
    if chip.on_hover_text(format!("{present}; a click switches between here and not here")).clicked() {
        done = Some(Done::Toggled(i));
    }
    if label.value > 0.0 && label.value < 1.0 {
        ui.weak(format!("{:.0} %", label.value * 100.0));
    }
    let remove = ui.add(Button::new(icons::ICON_REMOVE.rich_text()).small());
    if remove.accessible_name(format!("Remove {name}")).on_hover_text("Takes this concept off the region").clicked() {
        done = Some(Done::Removed(i));
    }
    done
}
