//! Small windows about shapes: simplify and smooth, a question about holes, what lies under the pointer, on how many images
//! to paste.

use super::Stay;
use crate::model::{LocalId, Selection};
use crate::runtime::NoticeLevel;
use crate::tools::Refining;
use crate::ui::canvas;
use crate::ui::editor::{Editor, MOST_IMAGES};
use egui::{Area, Frame, Id, Key, Modal, Modifiers, Order, Pos2, Slider, TextEdit, Ui};

/// The tolerance of simplifying goes up to this, in image pixels.
const COARSEST_PX: f64 = 100.0;
/// The most rounds of smoothing.
const SMOOTHEST: u32 = 50;

/// Those that are open.
#[derive(Debug, Default)]
pub struct ShapingDialogs {
    stack: Option<StackMenu>,
    /// What was typed so far.
    paste_on: Option<String>,
}

/// The list of what lies under the pointer.
#[derive(Debug)]
struct StackMenu {
    at: Pos2,
    lids: Vec<LocalId>,
    row: usize,
    before: Selection,
}

impl ShapingDialogs {
    /// Whether one of them has the keys.
    #[must_use]
    pub const fn is_open(&self, editor: Option<&Editor>) -> bool {
        let asks = match editor {
            Some(editor) => editor.shaping.refine.is_some() || editor.shaping.with_holes.is_some(),
            None => false,
        };
        asks || self.stack.is_some() || self.paste_on.is_some()
    }

    /// Lists these shapes at `at`.
    pub fn open_stack(&mut self, at: Pos2, lids: Vec<LocalId>, editor: &mut Editor) {
        let before = editor.selection.clone();
        editor.selection.set(lids.first().copied());
        self.stack = Some(StackMenu { at, lids, row: 0, before });
    }

    /// Asks on how many images to paste.
    pub fn open_paste_on(&mut self) {
        self.paste_on = Some(String::new());
    }

    /// Shows those that are open.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor, canvas: egui::Rect) {
        refine_ui(ui, editor, canvas);
        holes_ui(ui, editor);
        if let Some(stack) = &mut self.stack
            && stack.ui(ui, editor) == Stay::Close
        {
            self.stack = None;
        }
        if let Some(typed) = &mut self.paste_on
            && paste_on_ui(ui, editor, typed) == Stay::Close
        {
            self.paste_on = None;
        }
    }
}

/// Enter and Esc, taken so that nobody else gets them.
fn answer_keys(ui: &Ui) -> (bool, bool) {
    ui.input_mut(|i| (i.consume_key(Modifiers::NONE, Key::Enter), i.consume_key(Modifiers::NONE, Key::Escape)))
}

fn refine_ui(ui: &Ui, editor: &mut Editor, canvas: egui::Rect) {
    let Some(refine) = &editor.shaping.refine else { return };
    let (how, (before, after)) = (refine.how(), refine.counts());
    let (mut enter, mut escape) = answer_keys(ui);
    let mut wanted = how;
    let title = match how {
        Refining::Simplify { .. } => "Simplify",
        Refining::Smooth { .. } => "Smooth",
    };
    let frame = Area::new(Id::unique("refine")).order(Order::Foreground).fixed_pos(canvas.min + egui::vec2(12.0, 44.0));
    frame.show(ui, |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(280.0);
            ui.strong(title);
            let slider = match &mut wanted {
                Refining::Simplify { tolerance_px } => {
                    let slider = Slider::new(tolerance_px, 0.0..=COARSEST_PX).logarithmic(true).smallest_positive(0.1);
                    ui.add(slider.suffix(" px").max_decimals(1)).accessible_name("Tolerance")
                }
                Refining::Smooth { rounds } => {
                    ui.add(Slider::new(rounds, 0..=SMOOTHEST).suffix(" times")).accessible_name("Rounds")
                }
            };
            // The arrows work on it at once.
            if ui.memory(|m| m.focused().is_none()) {
                slider.request_focus();
            }
            let fewer = 100.0 * (1.0 - share(after, before));
            ui.label(format!("{before} to {after} vertices ({fewer:.0} % fewer)"));
            ui.horizontal(|ui| {
                enter |= ui.button("Apply").clicked();
                escape |= ui.button("Cancel").clicked();
                ui.weak("Left and Right · Enter · Esc");
            });
        });
    });
    if !editor.refine(wanted) || escape {
        editor.shaping.refine = None;
    } else if enter {
        editor.finish_refining();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of vertices are far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn holes_ui(ui: &Ui, editor: &mut Editor) {
    let Some(combination) = editor.shaping.with_holes.clone() else { return };
    let (mut yes, mut no) = answer_keys(ui);
    let n = combination.holes();
    let holes = if n == 1 { "a hole".to_owned() } else { format!("{n} holes") };
    let modal = Modal::new(Id::unique("holes")).show(ui, |ui| {
        ui.set_width(440.0);
        ui.heading(format!("This makes {holes}"));
        ui.label(
            "The service knows polygons of one outline without holes. The outline can be cut open with a bridge that has no \
             width: the area stays exactly the same, and the outline runs along the bridge in and out again.",
        );
        ui.horizontal(|ui| {
            yes |= ui.button("Cut open with a bridge").clicked();
            no |= ui.button("Cancel").clicked();
        });
    });
    if no || (modal.should_close() && !yes) {
        editor.shaping.with_holes = None;
    } else if yes {
        editor.take_combination(&combination);
    }
}

fn paste_on_ui(ui: &Ui, editor: &mut Editor, typed: &mut String) -> Stay {
    let (mut yes, mut no) = answer_keys(ui);
    let left = editor.images_after().len().min(MOST_IMAGES);
    let copied = editor.clip().shapes.len();
    let modal = Modal::new(Id::unique("paste_on")).show(ui, |ui| {
        ui.set_width(400.0);
        let shapes = if copied == 1 { "the copied shape".to_owned() } else { format!("the {copied} copied shapes") };
        ui.label(format!("Paste {shapes} at the same place on how many of the next {left} images?"));
        let field = ui.add(TextEdit::singleline(typed).hint_text("1").desired_width(80.0)).accessible_name("Images");
        if ui.memory(|m| m.focused().is_none()) {
            field.request_focus();
        }
        ui.horizontal(|ui| {
            yes |= ui.button("Paste").clicked();
            no |= ui.button("Cancel").clicked();
        });
    });
    let images = if typed.trim().is_empty() { Some(1) } else { typed.trim().parse::<usize>().ok().filter(|n| *n > 0) };
    match images {
        Some(images) if yes => editor.paste_on_next(images.min(left)),
        None if yes => editor.tell(NoticeLevel::Warning, "That is no number of images; nothing was pasted".to_owned()),
        _ => {}
    }
    if yes || no || modal.should_close() { Stay::Close } else { Stay::Open }
}

impl StackMenu {
    fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> Stay {
        let (enter, escape) = answer_keys(ui);
        let (down, up) = ui.input_mut(|i| {
            (i.consume_key(Modifiers::NONE, Key::ArrowDown), i.consume_key(Modifiers::NONE, Key::ArrowUp))
        });
        self.lids.retain(|lid| editor.document.get(*lid).is_some());
        let n = self.lids.len();
        if n == 0 {
            return Stay::Close;
        }
        self.row = (self.row + usize::from(down) + (n - 1) * usize::from(up)) % n;
        let mut clicked = false;
        let area = Area::new(Id::unique("stack")).order(Order::Foreground).constrain(true).fixed_pos(self.at);
        let shown = area.show(ui, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(260.0);
                ui.weak(format!("{n} under the pointer, the smallest first"));
                for (i, lid) in self.lids.iter().enumerate() {
                    let Some(annotation) = editor.document.get(*lid) else { continue };
                    let Some(shape) = annotation.shape() else { continue };
                    let text =
                        format!("{} · {} · {:.0} px²", editor.label_text(annotation), shape.kind(), shape.area());
                    let color = canvas::color_of(editor, annotation);
                    let row = ui.horizontal(|ui| {
                        let (swatch, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
                        ui.painter().rect_filled(swatch, 2.0, color);
                        ui.selectable_label(i == self.row, text)
                    });
                    if row.inner.hovered() && ui.input(|i| i.pointer.is_moving()) {
                        self.row = i;
                    }
                    if row.inner.clicked() {
                        self.row = i;
                        clicked = true;
                    }
                }
            });
        });
        // Seen on the canvas while one goes through the list.
        editor.selection.set(self.lids.get(self.row).copied());
        if escape {
            editor.selection = self.before.clone();
            let document = &editor.document;
            editor.selection.keep_only(|lid| document.get(lid).is_some());
        }
        let done = enter || clicked || escape || shown.response.clicked_elsewhere();
        if done { Stay::Close } else { Stay::Open }
    }
}
