//! The annotations of the shown image, as a list that costs what is visible. With the focus on it the arrow keys go
//! through it.

use super::row::{RowEnd, RowIcon, icon_button};
use crate::model::{Annotation, LocalId};
use crate::runtime::Mark;
use crate::ui::canvas::color_of;
use crate::ui::editor::Editor;
use crate::ui::sight::SightChange;
use crate::ui::theme;
use egui::{Align, AtomExt as _, Button, EventFilter, Id, Key, Modifiers, RichText, ScrollArea, Sense, Ui};
use egui_material_icons::icons;

/// A row that is narrower has no room for the kind of its shape.
const ROOM_FOR_KIND: f32 = 220.0;

/// What the list keeps.
#[derive(Debug, Default)]
pub struct AnnotationsPanel {
    /// The selection that the list has scrolled to.
    shown: Option<LocalId>,
    /// The row that the keys stand on.
    at: usize,
}

/// What was done to a row.
enum Done {
    Clicked(LocalId),
    Fitted(LocalId),
    Sight(SightChange),
}

impl AnnotationsPanel {
    /// Shows the list; a click selects, with Ctrl adds, a double click shows it close. Says whether to show the
    /// selection close.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor) -> Wish {
        let Some(input) = editor.current().cloned() else { return Wish::Nothing };
        let n = editor.document.count_of(&input);
        header_ui(ui, editor, n);
        if n == 0 {
            ui.weak("None yet: B draws a box, P a polygon, L labels the image");
            return Wish::Nothing;
        }
        let row_height = ui.spacing().interact_size.y;
        let height = (ui.available_height() - 270.0).max(96.0);
        let list = Id::unique("annotation_list");
        let has_focus = self.take_focus_and_keys(ui, list, editor, n);
        let scroll_to = self.scroll_target(editor, &input, row_height + ui.spacing().item_spacing.y);
        let mut area = ScrollArea::vertical().id_salt("annotations").max_height(height).auto_shrink([false, true]);
        if let Some(offset) = scroll_to {
            area = area.vertical_scroll_offset((offset - height / 2.0).max(0.0));
        }
        let mut done: Option<Done> = None;
        let shown = area.show_rows(ui, row_height, n, |ui, rows| {
            let lids: Vec<LocalId> = editor.document.lids_of(&input)[rows].to_vec();
            for lid in lids {
                if let Some(annotation) = editor.document.get(lid) {
                    ui.horizontal(|ui| done = row_ui(ui, editor, annotation, row_height).or(done.take()));
                }
            }
        });
        if has_focus {
            let stroke = ui.visuals().selection.stroke;
            let height = shown.inner_rect.height().min(shown.content_size.y);
            let rect = egui::Rect::from_min_size(shown.inner_rect.min, egui::vec2(shown.inner_rect.width(), height));
            ui.painter().rect_stroke(rect.expand(2.0), 3, stroke, egui::StrokeKind::Outside);
        }
        self.carry_out(ui, editor, list, done)
    }

    fn carry_out(&mut self, ui: &Ui, editor: &mut Editor, list: Id, done: Option<Done>) -> Wish {
        match done {
            None => return Wish::Nothing,
            Some(Done::Sight(change)) => editor.change_sight(change),
            Some(Done::Clicked(lid)) => {
                ui.memory_mut(|m| m.request_focus(list));
                if ui.input(|i| i.modifiers.command) {
                    editor.selection.toggle(lid);
                } else {
                    editor.selection.set([lid]);
                    editor.reveal = Some(lid);
                }
                self.shown = Some(lid); // it is under the pointer: the list stays where it is
                self.at = place_of(editor, lid).unwrap_or(self.at);
            }
            Some(Done::Fitted(lid)) => {
                editor.selection.set([lid]);
                return Wish::FitSelection;
            }
        }
        Wish::Nothing
    }

    /// The list is one stop of Tab; its keys are its own while it has the focus. Says whether it has.
    fn take_focus_and_keys(&mut self, ui: &Ui, list: Id, editor: &mut Editor, n: usize) -> bool {
        let line = egui::Rect::from_min_size(ui.cursor().min, egui::vec2(ui.available_width(), 1.0));
        let response = ui.interact(line, list, Sense::focusable_noninteractive());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ListBox, true, "List of annotations"));
        if !response.has_focus() {
            return false;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(list, filter));
        let page = 10;
        let steps: [(Key, isize); 6] = [
            (Key::ArrowUp, -1),
            (Key::ArrowDown, 1),
            (Key::PageUp, -page),
            (Key::PageDown, page),
            (Key::Home, isize::MIN / 2),
            (Key::End, isize::MAX / 2),
        ];
        for (key, by) in steps {
            // Shift first: a key without modifiers is also taken with it.
            let shift = ui.input_mut(|i| i.consume_key(Modifiers::SHIFT, key));
            let plain = ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
            if plain || shift {
                let at = editor.selection.iter().last().and_then(|lid| place_of(editor, lid));
                self.at = at.unwrap_or(self.at).saturating_add_signed(by).min(n - 1);
                let Some(lid) = lid_at(editor, self.at) else { continue };
                if shift {
                    editor.selection.extend([lid]);
                } else {
                    editor.selection.set([lid]);
                }
                editor.reveal = Some(lid);
            }
        }
        true
    }

    /// How far down the list the newly selected annotation is; `None` where it has been scrolled to already.
    fn scroll_target(&mut self, editor: &Editor, input: &crate::model::InputId, row: f32) -> Option<f32> {
        let selected = editor.selection.iter().last();
        if selected == self.shown {
            return None;
        }
        self.shown = selected;
        let lid = selected?;
        let at = editor.document.lids_of(input).iter().position(|l| *l == lid)?;
        #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
        Some(at as f32 * row)
    }
}

/// What the list wants of the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    Nothing,
    /// Show the selection close.
    FitSelection,
}

fn place_of(editor: &Editor, lid: LocalId) -> Option<usize> {
    editor.document.lids_of(editor.current()?).iter().position(|l| *l == lid)
}

fn lid_at(editor: &Editor, at: usize) -> Option<LocalId> {
    editor.document.lids_of(editor.current()?).get(at).copied()
}

fn header_ui(ui: &mut Ui, editor: &mut Editor, n: usize) {
    ui.horizontal(|ui| {
        ui.strong("Annotations");
        ui.weak(format!("{n}"));
        ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
            if editor.sight.is_solo() && ui.small_button("solo ×").on_hover_text("Shows all again").clicked() {
                editor.change_sight(SightChange::EndSolo);
            }
            let hidden = editor.seen.hidden.len();
            if hidden > 0 {
                let text = format!("{hidden} hidden ×");
                if ui.small_button(text).on_hover_text("Shows all again (Ctrl+Shift+H)").clicked() {
                    editor.change_sight(SightChange::ShowAll);
                }
            }
        });
    });
}

fn row_ui(ui: &mut Ui, editor: &Editor, annotation: &Annotation, height: f32) -> Option<Done> {
    let lid = annotation.lid;
    let mut done = None;
    ui.spacing_mut().item_spacing.x = 2.0;
    let (hidden, locked) = (editor.seen.hidden.contains(&lid), editor.seen.locked.contains(&lid));
    let text = editor.label_text(annotation);
    // A narrow row says what it is; what it is like is in its tooltip.
    let beside = if ui.available_width() < ROOM_FOR_KIND { String::new() } else { beside(editor, annotation) };
    let content =
        (theme::swatch(color_of(editor, annotation)), RichText::new(format!("{text} ")), RichText::new(beside).weak());
    let content = if hidden { (content.0.weak(), content.1.weak().italics(), content.2) } else { content };
    let content = (content.0, content.1.atom_shrink(true), content.2); // else the swatch gives way, and has nothing to give
    let lock = RowIcon { on: icons::ICON_LOCK, off: icons::ICON_LOCK_OPEN, is_on: locked };
    let end = lock.at_the_end(ui.available_width());
    let width = ui.available_width() - end.width();
    let button = Button::selectable(editor.selection.contains(lid), content)
        .right_text((worker_icon(annotation), theme::dot(theme::status_color(annotation.status))))
        .truncate()
        .sense(Sense::CLICK)
        .min_size(egui::vec2(width, height));
    let name = full_name(editor, annotation);
    let row = ui.allocate_ui(egui::vec2(width, height), |ui| ui.add(button)).inner;
    let row = row.accessible_name(&name).on_hover_text(&name);
    if row.double_clicked() {
        done = Some(Done::Fitted(lid));
    } else if row.clicked() {
        done = Some(Done::Clicked(lid));
    }
    if annotation.shape().is_some() {
        if end == RowEnd::LockAndEye
            && icon_button(ui, lock, &format!("{} {text}", if locked { "Unlock" } else { "Lock" }))
        {
            done =
                Some(Done::Sight(if locked { SightChange::Unlock(vec![lid]) } else { SightChange::Lock(vec![lid]) }));
        }
        let eye = RowIcon { on: icons::ICON_VISIBILITY_OFF, off: icons::ICON_VISIBILITY, is_on: hidden };
        if icon_button(ui, eye, &format!("{} {text}", if hidden { "Show" } else { "Hide" })) {
            done = Some(Done::Sight(if hidden { SightChange::Show(vec![lid]) } else { SightChange::Hide(vec![lid]) }));
        }
    }
    done
}

fn worker_icon(annotation: &Annotation) -> RichText {
    let icon = if annotation.worker.is_model() { icons::ICON_SMART_TOY } else { icons::ICON_PERSON };
    icon.rich_text().size(14.0).weak()
}

/// The kind of region, and what is unusual about it.
fn beside(editor: &Editor, annotation: &Annotation) -> String {
    let frame = annotation.frame_text();
    let kind = frame.as_deref().unwrap_or_else(|| annotation.shape().map_or("image", |s| s.kind()));
    let mark = match editor.marks.get(&annotation.lid) {
        None | Some(Mark::Synced) => "",
        Some(Mark::Unsent) => " · unsent",
        Some(Mark::Unknown) => " · unknown",
        Some(Mark::Conflict(_)) => " · conflict",
        Some(Mark::Problem { .. }) => " · refused",
    };
    let outside = if is_outside(editor, annotation) { " · outside the image" } else { "" };
    format!("{kind}{mark}{outside}")
}

fn full_name(editor: &Editor, annotation: &Annotation) -> String {
    let frame = annotation.frame_text();
    let kind = frame.as_deref().unwrap_or_else(|| annotation.shape().map_or("image", |s| s.kind()));
    let mut name = format!(
        "{}, {kind}, {}, by {}",
        editor.label_text(annotation),
        annotation.status.text(),
        annotation.worker.text()
    );
    for (is, word) in [
        (editor.seen.hidden.contains(&annotation.lid), ", hidden"),
        (editor.seen.locked.contains(&annotation.lid), ", locked"),
        (is_outside(editor, annotation), ", outside the image; a double click shows it"),
    ] {
        if is {
            name.push_str(word);
        }
    }
    name
}

/// Whether no part of the shape is on the image.
fn is_outside(editor: &Editor, annotation: &Annotation) -> bool {
    let Some(image) = editor.image_size().map(crate::geometry::Size::rect) else { return false };
    annotation.bounds().is_some_and(|bounds| !bounds.intersects(image))
}
