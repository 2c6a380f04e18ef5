//! The look before something is done to many: how many, of what, on how many images, and some of them as crops.

use crate::model::{InputId, LocalId};
use crate::ui::crop_cache::CropOf;
use crate::ui::editor::Editor;
use crate::ui::gallery::Gallery;
use crate::ui::review::many::{Plan, What};
use crate::ui::theme;
use egui::{Button, Color32, CornerRadius, Key, Modal, Rect, Sense, TextEdit, Ui, pos2, vec2};

/// Crops that are shown of what would be done.
const LOOKED_AT: usize = 18;
/// Labels that are counted one by one.
const LABELS: usize = 6;
const SIDE: f32 = 76.0;
pub(super) const SIDE_PX: u32 = 160;

/// What came of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is still looked at.
    Waits,
    /// Do it.
    Yes,
    /// Do nothing.
    No,
}

/// Shows the look; Enter does it, Esc does nothing.
pub fn plan_ui(ui: &Ui, editor: &Editor, images: &mut Gallery, plan: &mut Plan) -> Answer {
    let (mut yes, mut no) = (false, false);
    let n = plan.lids.len();
    let modal = Modal::new(egui::Id::unique("many")).show(ui, |ui| {
        ui.set_width(560.0);
        let counted = format!("{n} annotation{}", if n == 1 { "" } else { "s" });
        ui.heading(format!(
            "{} {counted} on {} image{}?",
            plan.what.verb(),
            plan.images,
            if plan.images == 1 { "" } else { "s" }
        ));
        let mut labels: Vec<String> = plan.by_concept.iter().take(LABELS).map(|(c, n)| format!("{c} {n}")).collect();
        if plan.by_concept.len() > LABELS {
            labels.push(format!("and {} other labels", plan.by_concept.len() - LABELS));
        }
        ui.label(labels.join(" · "));
        for (why, n) in &plan.left_out {
            ui.colored_label(theme::warning(ui), format!("{n} are left out: {why}"));
        }
        crops_ui(ui, editor, images, &plan.lids);
        if n > LOOKED_AT {
            ui.weak(format!("and {} more", n - LOOKED_AT));
        }
        let mut named = true;
        if let What::Assign(user) = &mut plan.what {
            ui.add_space(4.0);
            ui.label("Copies in the name of this user, pending; the originals stay as they are.");
            let response = ui.add(TextEdit::singleline(user).hint_text("user id")).accessible_name("User");
            if ui.memory(|m| m.focused().is_none()) {
                response.request_focus();
            }
            named = !user.trim().is_empty();
        }
        ui.weak("One step: Z or Ctrl+Z takes all of it back.");
        ui.horizontal(|ui| {
            let button = Button::new(format!("{} {n}", plan.what.verb()));
            yes |= ui.add_enabled(n > 0 && named, button).clicked();
            yes |= n > 0 && named && ui.input(|i| i.key_pressed(Key::Enter));
            no |= ui.button("Cancel").clicked();
        });
    });
    match (yes, no || modal.should_close()) {
        (true, _) => Answer::Yes,
        (_, true) => Answer::No,
        _ => Answer::Waits,
    }
}

fn crops_ui(ui: &mut Ui, editor: &Editor, images: &mut Gallery, lids: &[LocalId]) {
    let Some(review) = &editor.review else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for lid in lids.iter().take(LOOKED_AT) {
            let Some(row) = review.place_of(*lid).map(|place| &review.rows[place]) else { continue };
            let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
            paint_crop(ui, images, rect, CropOf { lid: *lid, input: &row.input, bounds_norm: row.bounds_norm });
            response.on_hover_text(format!("{} on {}", editor.queue_text(row), editor.image_name(&row.input)));
        }
    });
}

/// A crop in the middle of a square, or why there is none.
pub(super) fn paint_crop(ui: &Ui, images: &mut Gallery, rect: Rect, of: CropOf<'_>) {
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(3), ui.visuals().extreme_bg_color);
    let input: &InputId = of.input;
    if let Some((texture, size)) = images.crops().get(of, SIDE_PX) {
        let scale = (rect.width() / size.x).min(rect.height() / size.y);
        let shown = Rect::from_center_size(rect.center(), size * scale);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, shown, uv, Color32::WHITE);
    } else if images.failure_of(input).is_some() {
        let font = egui::FontId::proportional(11.0);
        painter.text(rect.center(), egui::Align2::CENTER_CENTER, "no image", font, ui.visuals().weak_text_color());
    }
}
