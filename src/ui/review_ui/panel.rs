//! The panel of the review, in the place of the list of images: the item that is up, the filter, and the queue.

use super::filter::FormScroll;
use super::{card, filter};
use crate::model::LocalId;
use crate::runtime::QueueFilter;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, CollapsingHeader, Frame, RichText, ScrollArea, Ui};

/// A panel that is lower than this, ui points, has no room for the card and the filter one above the other.
const LOW_UI: f32 = 560.0;
/// The queue's part of the height of such a panel, at least.
const OF_THE_QUEUE: f32 = 0.3;

/// What the panel keeps.
#[derive(Debug, Default)]
pub struct QueuePanel {
    form: filter::FilterForm,
    opens_filter: Option<bool>,
    scrolled_to: Option<LocalId>,
}

impl QueuePanel {
    /// Opens the filter and puts the cursor into it.
    pub const fn open_filter(&mut self) {
        self.opens_filter = Some(true);
        (self.form.wants_focus, self.form.wants_view) = (true, true);
    }

    /// Whether somebody asked for what is in it.
    pub const fn is_wanted(&self) -> bool {
        self.opens_filter.is_some()
    }

    /// Shows what is in the panel.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>, findings: usize) {
        let room = ui.available_height();
        if room < LOW_UI {
            // The queue keeps its part of the height, however long the card and the filter are.
            let height = room * (1.0 - OF_THE_QUEUE);
            let above = ScrollArea::vertical().id_salt("above").max_height(height).auto_shrink([false, true]);
            let scroll = FormScroll::WithTheCard;
            above.show(ui, |ui| self.above_ui(ui, editor, chosen, (findings, scroll)));
        } else {
            self.above_ui(ui, editor, chosen, (findings, FormScroll::Itself));
        }
        ui.separator();
        self.queue_ui(ui, editor);
    }

    /// The item that is up, and the filter.
    fn above_ui(
        &mut self,
        ui: &mut Ui,
        editor: &mut Editor,
        chosen: &mut Vec<Command>,
        (findings, scroll): (usize, FormScroll),
    ) {
        ui.add_space(4.0);
        Frame::group(ui.style()).show(ui, |ui| {
            ui.set_width(ui.available_width());
            card::card_ui(ui, editor);
            if findings > 0 {
                let text = format!("{findings} findings of the rules on this image (F8)");
                if ui.link(RichText::new(text).color(theme::warning(ui))).clicked() {
                    chosen.push(Command::Findings);
                }
            }
        });
        let is_filtered = editor.review.as_ref().is_some_and(|review| review.filter != QueueFilter::default());
        let title = if is_filtered { "Filter (in use) and counts" } else { "Filter and counts" };
        let title = RichText::new(title);
        let title = if is_filtered { title.color(theme::ink(ui, theme::ACCENT)) } else { title };
        let header = CollapsingHeader::new(title).id_salt("filter").default_open(false);
        let shown = header.open(self.opens_filter.take()).show(ui, |ui| {
            self.form.ui(ui, editor, scroll);
        });
        if shown.fully_open() {
            self.form.wants_view = false; // it has slid open, and what is wanted was there
        }
    }

    fn queue_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let Some(review) = &editor.review else { return };
        ui.horizontal(|ui| {
            ui.strong("Queue");
            ui.weak(format!("{} left of {}", review.left(), review.rows.len()));
        });
        let row_height = ui.spacing().interact_size.y;
        let mut area = ScrollArea::vertical().id_salt("rows").auto_shrink(false);
        let up = review.current().map(|row| row.lid);
        if self.scrolled_to != up {
            self.scrolled_to = up;
            #[expect(clippy::cast_precision_loss, reason = "row numbers are small")]
            let y = review.at as f32 * (row_height + ui.spacing().item_spacing.y);
            area = area.vertical_scroll_offset((y - 3.0 * row_height).max(0.0));
        }
        let mut wanted = None;
        area.show_rows(ui, row_height, review.rows.len(), |ui, visible| {
            for place in visible {
                let row = &review.rows[place];
                let decided = review.decided.contains(&row.lid);
                let score = row.score.map(|s| format!(" {:.0} %", s * 100.0)).unwrap_or_default();
                let text = format!("{}{score}", editor.queue_text(row));
                let text = if decided { RichText::new(text).weak() } else { RichText::new(text) };
                let image = RichText::new(editor.image_name(&row.input)).weak().small();
                let button =
                    Button::selectable(place == review.at, (theme::dot(theme::status_color(row.status)), text, image))
                        .truncate()
                        .min_size(egui::vec2(ui.available_width(), row_height));
                let name = format!("Item {}: {}", place + 1, editor.queue_text(row));
                if ui.add(button).accessible_name(name).clicked() {
                    wanted = Some(place);
                }
            }
        });
        if let Some(place) = wanted {
            editor.review_go_to(place);
        }
    }
}
