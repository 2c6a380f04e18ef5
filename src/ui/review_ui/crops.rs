//! The gallery: the queue as crops, of one concept or of all, to choose many by mouse and keys and decide about them at
//! once.

use super::many::paint_crop;
use crate::model::{ConceptId, LocalId};
use crate::runtime::QueueRow;
use crate::ui::crop_cache::CropOf;
use crate::ui::dialogs::Stay;
use crate::ui::editor::Editor;
use crate::ui::gallery::Gallery;
use crate::ui::review::many::{Plan, What};
use crate::ui::review::{Decision, Review};
use crate::ui::theme;
use egui::{
    Button, ComboBox, CornerRadius, Key, Modifiers, RichText, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, Window,
    vec2,
};
use std::collections::{BTreeMap, BTreeSet};

const TILE: f32 = 116.0;
const GAP: f32 = 6.0;

/// The gallery while it is open.
#[derive(Debug, Default)]
pub struct CropsWindow {
    concept: Option<ConceptId>,
    chosen: BTreeSet<LocalId>,
    cursor: usize,
    anchor: usize,
    columns: usize,
    scrolls: bool,
}

/// What the keys and the mouse ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    /// To this place, choosing nothing.
    To(usize),
    /// To this place, choosing everything from the anchor to it.
    Extend(usize),
    /// Chooses the one at this place, or lets it go.
    Toggle(usize),
}

impl CropsWindow {
    /// Forgets what is chosen: it was decided.
    pub fn forget_choice(&mut self) {
        self.chosen.clear();
    }

    /// Shows it; the plan is what is to be looked at before it is done.
    pub fn ui(&mut self, ui: &Ui, editor: &Editor, images: &mut Gallery) -> (Stay, Option<Plan>) {
        let Some(review) = &editor.review else { return (Stay::Close, None) };
        let undecided = |row: &&QueueRow| !review.decided.contains(&row.lid);
        let of_concept = |row: &&QueueRow| self.concept.as_ref().is_none_or(|concept| row.concepts.contains(concept));
        let rows: Vec<&QueueRow> = review.rows.iter().filter(undecided).filter(of_concept).collect();
        self.chosen.retain(|lid| review.place_of(*lid).is_some() && !review.decided.contains(lid));
        self.cursor = self.cursor.min(rows.len().saturating_sub(1));
        if !rows.is_empty()
            && let Some(to) = self.keys(ui, self.columns.max(1), rows.len())
        {
            self.moved(to, &rows);
            self.scrolls = true;
        }
        let mut open = true;
        let mut asked = None;
        let place = ui.content_rect().scale_from_center(0.8);
        let window = Window::new("Gallery").open(&mut open).default_size(place.size()).default_pos(place.min);
        window.show(ui, |ui| {
            asked = self.head_ui(ui, editor, review, &rows);
            ui.separator();
            self.grid_ui(ui, editor, images, &rows);
        });
        let escape = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
        let stay = if open && !escape { Stay::Open } else { Stay::Close };
        (stay, asked.and_then(|decision| self.plan(editor, &rows, decision)))
    }

    /// What is chosen; where nothing is, the one under the cursor.
    fn plan(&self, editor: &Editor, rows: &[&QueueRow], decision: Decision) -> Option<Plan> {
        let mut lids: Vec<LocalId> = rows.iter().map(|row| row.lid).filter(|lid| self.chosen.contains(lid)).collect();
        if lids.is_empty() {
            lids.extend(rows.get(self.cursor).map(|row| row.lid));
        }
        if lids.is_empty() { None } else { editor.plan_these(What::Decide(decision), &lids) }
    }

    fn head_ui(&mut self, ui: &mut Ui, editor: &Editor, review: &Review, rows: &[&QueueRow]) -> Option<Decision> {
        let mut asked = None;
        ui.horizontal_wrapped(|ui| {
            self.concept_ui(ui, editor, review);
            ui.strong(format!("{} chosen of {}", self.chosen.len(), rows.len()));
            for (text, decision, key) in [
                ("A accept chosen", Decision::Accept, Key::A),
                ("X reject chosen", Decision::Reject, Key::X),
                ("C request changes", Decision::RequestChanges, Key::C),
            ] {
                let pressed = ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
                if ui.button(text).clicked() || pressed {
                    asked = Some(decision);
                }
            }
            let all = ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::A));
            if ui.add(Button::new("Choose all").small()).clicked() || all {
                self.chosen = rows.iter().map(|row| row.lid).collect();
            }
            if ui.add(Button::new("Choose none").small()).clicked() {
                self.chosen.clear();
            }
        });
        ui.weak("Arrows move, Space chooses, Shift+arrows choose a row of them, Ctrl+A all; click, Ctrl+click, Shift+click; Esc leaves");
        asked
    }

    fn concept_ui(&mut self, ui: &mut Ui, editor: &Editor, review: &Review) {
        let mut counts: BTreeMap<&ConceptId, usize> = BTreeMap::new();
        for concept in review.rows.iter().filter(|row| !review.decided.contains(&row.lid)).flat_map(|row| &row.concepts)
        {
            *counts.entry(concept).or_default() += 1;
        }
        let shown = self.concept.as_ref().map_or("all concepts", |id| editor.concept_name(id)).to_owned();
        let before = self.concept.clone();
        ComboBox::from_id_salt("crops of").selected_text(shown).show_ui(ui, |ui| {
            ui.selectable_value(&mut self.concept, None, "all concepts");
            for (id, n) in counts {
                let color = theme::concept_color(id, &editor.concepts);
                let of = RichText::new(n.to_string()).weak();
                let button = Button::selectable(
                    before.as_ref() == Some(id),
                    (theme::swatch(color), editor.concept_name(id), of),
                );
                if ui.add(button).clicked() {
                    self.concept = Some(id.clone());
                }
            }
        });
        if self.concept != before {
            self.chosen.clear();
            (self.cursor, self.anchor) = (0, 0);
        }
    }

    fn grid_ui(&mut self, ui: &mut Ui, editor: &Editor, images: &mut Gallery, rows: &[&QueueRow]) {
        if rows.is_empty() {
            ui.weak("Nothing left to decide");
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of columns")]
        let columns = (((ui.available_width() - 16.0) / (TILE + GAP)).floor() as usize).max(1);
        self.columns = columns;
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        let lines = rows.len().div_ceil(columns);
        let mut clicked = None;
        let mut area = ScrollArea::vertical().id_salt("crops").auto_shrink(false);
        if std::mem::take(&mut self.scrolls) {
            #[expect(clippy::cast_precision_loss, reason = "a row number")]
            let y = (self.cursor / columns) as f32 * (TILE + GAP);
            area = area.vertical_scroll_offset((y - TILE).max(0.0));
        }
        area.show_rows(ui, TILE, lines, |ui, visible| {
            for line in visible {
                ui.horizontal(|ui| {
                    for (place, row) in rows.iter().enumerate().skip(line * columns).take(columns) {
                        if let Some(to) = self.tile_ui(ui, editor, images, row, place) {
                            clicked = Some(to);
                        }
                    }
                });
            }
        });
        if let Some(to) = clicked {
            self.moved(to, rows);
            ui.request_repaint(); // the count above was drawn already
        }
    }

    fn keys(&self, ui: &Ui, columns: usize, n: usize) -> Option<Move> {
        let step = |key| -> usize {
            match key {
                Key::ArrowLeft => self.cursor.saturating_sub(1),
                Key::ArrowRight => (self.cursor + 1).min(n - 1),
                Key::ArrowUp => self.cursor.saturating_sub(columns),
                _ => (self.cursor + columns).min(n - 1),
            }
        };
        ui.input_mut(|i| {
            for key in [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown] {
                if i.consume_key(Modifiers::SHIFT, key) {
                    return Some(Move::Extend(step(key)));
                }
                if i.consume_key(Modifiers::NONE, key) {
                    return Some(Move::To(step(key)));
                }
            }
            i.consume_key(Modifiers::NONE, Key::Space).then_some(Move::Toggle(self.cursor))
        })
    }

    fn moved(&mut self, to: Move, rows: &[&QueueRow]) {
        match to {
            Move::To(place) => (self.cursor, self.anchor) = (place, place),
            Move::Toggle(place) => {
                (self.cursor, self.anchor) = (place, place);
                let lid = rows[place].lid;
                if !self.chosen.remove(&lid) {
                    self.chosen.insert(lid);
                }
            }
            Move::Extend(place) => {
                self.cursor = place;
                let (from, to) = (self.anchor.min(place), self.anchor.max(place));
                self.chosen.extend(rows[from.min(rows.len() - 1)..=to.min(rows.len() - 1)].iter().map(|row| row.lid));
            }
        }
    }

    fn tile_ui(
        &self,
        ui: &mut Ui,
        editor: &Editor,
        images: &mut Gallery,
        row: &QueueRow,
        place: usize,
    ) -> Option<Move> {
        let (rect, response) = ui.allocate_exact_size(vec2(TILE, TILE), Sense::click());
        let chosen = self.chosen.contains(&row.lid);
        let text = editor.queue_text(row);
        let score = row.score.map(|s| format!(" {:.0} %", s * 100.0)).unwrap_or_default();
        response.widget_info(|| {
            WidgetInfo::selected(Role::CheckBox, true, chosen, format!("Crop {}: {text}{score}", place + 1))
        });
        paint_crop(
            ui,
            images,
            rect.shrink(3.0),
            CropOf { lid: row.lid, input: &row.input, bounds_norm: row.bounds_norm },
        );
        let painter = ui.painter();
        let label =
            painter.layout_no_wrap(format!("{text}{score}"), egui::FontId::proportional(11.0), egui::Color32::WHITE);
        let strip =
            egui::Rect::from_min_max(rect.left_bottom() - vec2(-3.0, 20.0), rect.right_bottom() - vec2(3.0, 3.0));
        painter.rect_filled(strip, CornerRadius::ZERO, egui::Color32::from_black_alpha(150));
        painter.with_clip_rect(strip).galley(strip.min + vec2(4.0, 1.0), label, egui::Color32::WHITE);
        if chosen {
            painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(3.0, theme::ACCENT), egui::StrokeKind::Inside);
            let at = rect.right_top() + vec2(-14.0, 14.0);
            painter.circle_filled(at, 9.0, theme::ACCENT);
            painter.line_segment([at + vec2(-4.0, 0.0), at + vec2(-1.0, 3.5)], Stroke::new(2.0, egui::Color32::WHITE));
            painter.line_segment([at + vec2(-1.0, 3.5), at + vec2(4.5, -3.5)], Stroke::new(2.0, egui::Color32::WHITE));
        }
        if place == self.cursor {
            let stroke = Stroke::new(1.5, ui.visuals().strong_text_color());
            painter.rect_stroke(rect.shrink(1.0), CornerRadius::same(4), stroke, egui::StrokeKind::Outside);
        }
        let response = response.on_hover_text(format!(
            "{text}{score} by {} on {}",
            row.worker.text(),
            editor.image_name(&row.input)
        ));
        response.clicked().then(|| {
            let modifiers = ui.input(|i| i.modifiers);
            if modifiers.shift { Move::Extend(place) } else { Move::Toggle(place) }
        })
    }
}
