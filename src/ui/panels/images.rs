//! The list of images: thumbnails, how far each is, a filter, an order, and a selection for what is done to many at once.

use crate::model::InputId;
use crate::model::image_query::{ImageSort, SortDirection};
use crate::runtime::InputRow;
use crate::ui::command::Command;
use crate::ui::editor::{Editor, ImageScope};
use crate::ui::gallery::Gallery;
use crate::ui::theme;
use egui::{
    Align2, Color32, ComboBox, CornerRadius, FontId, Key, ProgressBar, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use egui_material_icons::icons;

const ROW_HEIGHT: f32 = 64.0;
const THUMBNAIL_PX: u32 = 112;
/// What can be typed, for who points at the box.
const HELP: &str = "Words that must all hold:\n\
    coin · name:*.png · id:…\n\
    concept:cat · status:pending · worker:model · worker:me · kind:mask · score<50%\n\
    n>3 · open · unsent · conflict · refused · labelled · unlabelled\n\
    A comma gives alternatives (concept:cat,dog), a minus turns a word round (-concept:cat),\n\
    quotes hold blanks together (concept:\"hot dog\").";

/// What the panel keeps.
#[derive(Debug, Default)]
pub struct ImagesPanel {
    typed: String,
    scrolled_to: Option<InputId>,
}

impl ImagesPanel {
    /// Shows the list; a click shows the image, with Ctrl or Shift it selects.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor, images: &mut Gallery, chosen: &mut Vec<Command>) {
        ui.add_space(4.0);
        progress_ui(ui, editor, chosen);
        self.filter_ui(ui, editor);
        sort_ui(ui, editor);
        selection_ui(ui, editor, chosen);
        self.list_ui(ui, editor, images);
    }

    fn filter_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let wants_focus = std::mem::take(&mut editor.picker.wants_focus);
        ui.horizontal(|ui| {
            let clears = !self.typed.is_empty();
            // With its margins, and the button, inside the panel: what does not fit would widen it in every frame.
            let width = ui.available_width() - if clears { 54.0 } else { 12.0 };
            let field = TextEdit::singleline(&mut self.typed).hint_text("Filter: concept:cat n>3 unsent");
            let response = ui.add(field.desired_width(width)).on_hover_text(HELP).accessible_name("Filter images");
            if wants_focus {
                response.request_focus();
            }
            let cleared = clears
                && ui.button(icons::ICON_CLOSE.rich_text().size(14.0)).accessible_name("Clear the filter").clicked();
            if cleared {
                self.typed.clear();
            }
            if response.changed() || cleared {
                editor.filter_images(&self.typed);
            }
            if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) && editor.picker.fault().is_none() {
                // On with the first that was found, unless the shown one is among them.
                let row = editor.current().and_then(|id| editor.picker.row_of(id)).unwrap_or(0);
                let first = editor.picker.at(row).and_then(|place| editor.inputs.get(place)).map(|row| row.id.clone());
                if let Some(id) = first {
                    editor.show(&id);
                }
            }
        });
        if let Some(fault) = editor.picker.fault() {
            ui.colored_label(theme::error(ui), fault);
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, editor: &mut Editor, images: &mut Gallery) {
        let n = editor.picker.len();
        if n == 0 && !editor.picker.is_waiting() {
            let none = editor.inputs.is_empty();
            ui.weak(if none { "No images yet: Images, Add images…" } else { "No image matches" });
        }
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if self.scrolled_to.as_ref() != editor.current() {
            self.scrolled_to = editor.current().cloned();
            if let Some(row) = editor.current().and_then(|id| editor.picker.row_of(id)) {
                #[expect(clippy::cast_precision_loss, reason = "a few points are no matter far down the list")]
                let y = row as f32 * (ROW_HEIGHT + ui.spacing().item_spacing.y);
                area = area.vertical_scroll_offset((y - 2.0 * ROW_HEIGHT).max(0.0));
            }
        }
        area.show_rows(ui, ROW_HEIGHT, n, |ui, visible| {
            for row in visible {
                let Some(image) = editor.picker.at(row).and_then(|place| editor.inputs.get(place)).cloned() else {
                    continue;
                };
                let look = RowLook {
                    shown: editor.current() == Some(&image.id),
                    selected: editor.picker.is_selected(&image.id),
                };
                if row_ui(ui, &image, look, images) {
                    let modifiers = ui.input(|i| i.modifiers);
                    editor.click_image(&image.id, modifiers);
                }
            }
        });
    }
}

fn progress_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>) {
    let total = editor.inputs.len();
    let progress = editor.picker.progress(&editor.inputs);
    ui.horizontal_wrapped(|ui| {
        ui.strong("Images");
        ui.weak(format!("{} of {total} labelled", progress.labelled));
        if progress.open > 0 {
            let text = RichText::new(format!("{} to review", progress.open)).color(theme::warning(ui));
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend); // in one piece, below where there is no room
            let tooltip = "Annotations that somebody has to decide about; a click begins the review";
            if ui.link(text).on_hover_text(tooltip).clicked() {
                chosen.push(Command::ToggleReview);
            }
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a bar of a few hundred points")]
    let share = if total == 0 { 0.0 } else { progress.labelled as f32 / total as f32 };
    let bar = ui.add(ProgressBar::new(share).desired_height(4.0).corner_radius(2).fill(theme::GOOD));
    bar.on_hover_text(format!("{:.0} % of the images have an annotation", share * 100.0));
}

fn sort_ui(ui: &mut Ui, editor: &mut Editor) {
    let (sort, direction) = editor.picker.sort();
    let (mut new_sort, mut new_direction) = (sort, direction);
    ui.horizontal_wrapped(|ui| {
        let combo = ComboBox::from_id_salt("image sort").selected_text(sort.text()).width(120.0);
        combo
            .show_ui(ui, |ui| {
                for choice in ImageSort::ALL {
                    ui.selectable_value(&mut new_sort, choice, choice.text());
                }
            })
            .response
            .on_hover_text("By what the images are ordered");
        let (icon, name, other) = match direction {
            SortDirection::Up => (icons::ICON_ARROW_UPWARD, "Ascending", SortDirection::Down),
            SortDirection::Down => (icons::ICON_ARROW_DOWNWARD, "Descending", SortDirection::Up),
        };
        if ui.button(icon.rich_text().size(14.0)).on_hover_text(name).accessible_name(name).clicked() {
            new_direction = other;
        }
        if editor.picker.is_waiting() {
            ui.weak("Looking…");
        } else if editor.picker.is_filtered() {
            ui.weak(format!("{} shown", editor.picker.len()));
        }
    });
    if (new_sort, new_direction) != (sort, direction) {
        editor.sort_images(new_sort, new_direction);
    }
}

/// What can be done to the selected images, while there are some.
fn selection_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>) {
    let n = editor.picker.selected_count();
    if n == 0 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(if n == 1 { "1 image selected".to_owned() } else { format!("{n} images selected") });
        if ui.small_button("Let go").on_hover_text("Selects no image (Esc)").clicked() {
            let shown = editor.images_in(ImageScope::Shown);
            editor.picker.select_none(shown.first());
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let deeds = [(Command::Assign, "Assign…"), (Command::DeleteAll, "Delete…"), (Command::RemoveImage, "Remove…")];
        for (command, short) in deeds {
            let (text, tooltip) = command.text_and_tooltip();
            let enabled = command.is_enabled(Some(editor));
            let button = ui
                .add_enabled(enabled, egui::Button::new(egui::RichText::new(short).small()).small())
                .on_hover_text(tooltip);
            let button = match command.why_not(Some(editor)) {
                Some(why) => button.on_disabled_hover_text(why),
                None => button,
            };
            if button.accessible_name(text).clicked() {
                chosen.push(command);
            }
        }
    });
}

#[derive(Clone, Copy)]
struct RowLook {
    shown: bool,
    selected: bool,
}

fn row_ui(ui: &mut Ui, row: &InputRow, look: RowLook, images: &mut Gallery) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let count = match row.annotations {
        0 => "no annotations".to_owned(),
        1 => "1 annotation".to_owned(),
        n => format!("{n} annotations"),
    };
    let counted = [(row.open, "to review"), (row.unsent, "unsent"), (row.problems, "in trouble")];
    let said: Vec<String> = counted.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}")).collect();
    let state = said.concat() + if look.selected { ", selected" } else { "" };
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, true, look.shown, format!("{}, {count}{state}", row.name)));
    let visuals = ui.visuals();
    let fill = match look {
        RowLook { shown: true, .. } => Some(visuals.selection.bg_fill),
        RowLook { selected: true, .. } => Some(visuals.selection.bg_fill.gamma_multiply(0.5)),
        _ if response.hovered() => Some(visuals.widgets.hovered.weak_bg_fill),
        _ => None,
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
    }
    let thumb = Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(56.0, 56.0));
    thumbnail_ui(ui, thumb, &row.id, images);
    texts_ui(ui, rect, thumb.right() + 8.0, row, &count, look);
    if look.shown {
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect(bar, CornerRadius::same(1), theme::ACCENT, Stroke::NONE, egui::StrokeKind::Inside);
    }
    if look.selected {
        let at = thumb.left_top() + vec2(8.0, 8.0);
        ui.painter().circle_filled(at, 8.0, theme::ACCENT);
        let check = icons::ICON_CHECK;
        ui.painter().text(
            at,
            Align2::CENTER_CENTER,
            check.codepoint,
            FontId::new(12.0, check.font_family()),
            Color32::WHITE,
        );
    }
    response.on_hover_text(format!("{}\n{count}{state}", row.name)).clicked()
}

fn thumbnail_ui(ui: &Ui, thumb: Rect, id: &InputId, images: &mut Gallery) {
    let painter = ui.painter();
    painter.rect_filled(thumb, CornerRadius::same(3), ui.visuals().extreme_bg_color);
    if let Some((texture, size)) = images.thumbnail(id, THUMBNAIL_PX) {
        let scale = (thumb.width() / size.x).min(thumb.height() / size.y);
        let shown = Rect::from_center_size(thumb.center(), size * scale);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, shown, uv, Color32::WHITE);
    }
}

/// The name, the count, and at the right what has to be done about it.
fn texts_ui(ui: &Ui, rect: Rect, left: f32, row: &InputRow, count: &str, look: RowLook) {
    let (painter, visuals) = (ui.painter(), ui.visuals());
    let ink = if look.shown { visuals.strong_text_color() } else { visuals.text_color() };
    let clipped = painter.with_clip_rect(rect.intersect(ui.clip_rect()));
    let job = egui::text::LayoutJob::simple_singleline(row.name.clone(), FontId::proportional(14.0), ink);
    let wrap = egui::text::TextWrapping::truncate_at_width(rect.right() - left - 8.0);
    let galley = clipped.layout_job(egui::text::LayoutJob { wrap, ..job });
    clipped.galley(pos2(left, rect.top() + 18.0 - galley.size().y / 2.0), galley, ink);
    let weak = FontId::proportional(12.0);
    let mut right = rect.right() - 8.0;
    for (n, color) in [(row.problems, theme::ERROR), (row.open, theme::WARNING), (row.unsent, theme::ACCENT)] {
        if n > 0 {
            let at = pos2(right, rect.top() + 42.0);
            let ink = if look.shown { ink } else { theme::ink(ui, color) };
            let shown = clipped.text(at, Align2::RIGHT_CENTER, n.to_string(), weak.clone(), ink);
            clipped.circle_filled(pos2(shown.left() - 7.0, at.y), 3.5, color);
            right = shown.left() - 18.0;
        }
    }
    let job = egui::text::LayoutJob::simple_singleline(count.to_owned(), weak, visuals.weak_text_color());
    let wrap = egui::text::TextWrapping::truncate_at_width((right - left).max(0.0));
    let galley = clipped.layout_job(egui::text::LayoutJob { wrap, ..job });
    clipped.galley(pos2(left, rect.top() + 42.0 - galley.size().y / 2.0), galley, visuals.weak_text_color());
}
