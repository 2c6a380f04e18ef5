//! The filter of the queue as a form, with the filters that were saved and the counts.

use crate::model::{ConceptId, Status, Worker};
use crate::runtime::{QueueFilter, QueueOrder, QueueWhose, Sample};
use crate::ui::editor::Editor;
use crate::ui::review::status_text;
use crate::ui::theme;
use egui::{Button, ComboBox, DragValue, Grid, RichText, ScrollArea, TextEdit, Ui};

const ORDERS: [(QueueOrder, &str); 5] = [
    (QueueOrder::Image, "image"),
    (QueueOrder::Score, "score, least sure first"),
    (QueueOrder::Concept, "concept"),
    (QueueOrder::Area, "area, smallest first"),
    (QueueOrder::Age, "age, oldest first"),
];
const WHOSE: [(QueueWhose, &str); 4] = [
    (QueueWhose::Anybody, "anybody's"),
    (QueueWhose::Mine, "mine"),
    (QueueWhose::NotMine, "not mine"),
    (QueueWhose::AssignedToMe, "assigned to me"),
];
const KNOWN: [Status; 5] =
    [Status::Pending, Status::AwaitingReview, Status::AwaitingConsensusReview, Status::Success, Status::ReviewDenied];

/// Concepts whose open annotations are counted one by one.
const CONCEPTS_COUNTED: usize = 12;

/// What brings the parts of the form into view that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormScroll {
    /// An area of its own.
    Itself,
    /// The area that it is in, together with what stands above it.
    WithTheCard,
}

/// The form while it is open.
#[derive(Debug, Default)]
pub struct FilterForm {
    /// Puts the cursor into it.
    pub wants_focus: bool,
    /// Brings the field with the cursor into view.
    pub wants_view: bool,
    /// Where that field is.
    focused: Option<egui::Rect>,
    draft: Option<QueueFilter>,
    name: String,
}

impl FilterForm {
    /// Shows the form; a change takes effect at once.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut Editor, scroll: FormScroll) {
        let Some(used) = editor.review.as_ref().map(|review| review.filter.clone()) else { return };
        let mut filter = self.draft.take().unwrap_or_else(|| used.clone());
        Self::saved_ui(ui, editor, &mut filter);
        ui.horizontal_wrapped(|ui| {
            if ui.button("Everything open").on_hover_text("Takes the filter away").clicked() {
                filter = QueueFilter::default();
            }
            let name = TextEdit::singleline(&mut self.name).hint_text("save as…").desired_width(90.0);
            ui.add(name).accessible_name("Name of the filter");
            if ui.add_enabled(!self.name.trim().is_empty(), Button::new("Save")).clicked() {
                let name = std::mem::take(&mut self.name);
                editor.save_filter(&name);
            }
        });
        // On a narrow window it is wider than the panel. Two areas, one in the other, would each bring only its own part into
        // view, and how high the room is says nothing: also inside of an area it has an end.
        let form = match scroll {
            FormScroll::Itself => ScrollArea::both().max_height((ui.available_height() * 0.6).max(200.0)),
            FormScroll::WithTheCard => ScrollArea::horizontal(),
        };
        let typing = form.id_salt("form").auto_shrink([false, true]).show(ui, |ui| {
            Self::status_ui(ui, editor, &mut filter);
            Self::open_ui(ui, editor, &mut filter);
            let typing = self.fields_ui(ui, editor, &mut filter);
            self.scroll_if_wanted(ui);
            typing
        });
        let typing = typing.inner;
        if scroll == FormScroll::WithTheCard {
            self.scroll_if_wanted(ui); // up and down; to and fro was the other's
        }
        if filter == used {
            return;
        }
        // What is being typed is asked for when it is typed, not letter by letter.
        if typing {
            self.draft = Some(filter);
        } else {
            editor.review_with(filter);
        }
    }

    /// Brings the field with the cursor into view, by the area around `ui`.
    fn scroll_if_wanted(&self, ui: &Ui) {
        if let Some(rect) = self.focused.filter(|_| self.wants_view) {
            ui.scroll_to_rect(rect, Some(egui::Align::Center));
        }
    }

    fn saved_ui(ui: &mut Ui, editor: &mut Editor, filter: &mut QueueFilter) {
        if editor.review_desk.saved.is_empty() {
            return;
        }
        let mut forgotten = None;
        ui.horizontal_wrapped(|ui| {
            for saved in &editor.review_desk.saved {
                let button = Button::selectable(saved.filter == *filter, &saved.name);
                let response = ui.add(button).on_hover_text("Click uses it, a secondary click forgets it");
                if response.clicked() {
                    *filter = saved.filter.clone();
                }
                if response.secondary_clicked() {
                    forgotten = Some(saved.name.clone());
                }
            }
        });
        if let Some(name) = forgotten {
            editor.forget_filter(&name);
        }
    }

    /// Statuses with how many there are; unknown ones are listed like the others.
    fn status_ui(ui: &mut Ui, editor: &Editor, filter: &mut QueueFilter) {
        let tally = &editor.review_desk.tally.by_status;
        let unknown = tally.iter().map(|(status, _)| *status).filter(|status| !KNOWN.contains(status));
        let all: Vec<Status> = KNOWN.into_iter().chain(unknown).collect();
        for status in all {
            let n = tally.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n);
            let is_default = filter.statuses.is_empty();
            let mut on = if is_default { status.is_open() } else { filter.statuses.contains(&status) };
            ui.horizontal(|ui| {
                let changed = ui.checkbox(&mut on, status_text(status)).changed();
                ui.weak(n.to_string());
                if changed {
                    if is_default {
                        filter.statuses = KNOWN.into_iter().filter(|s| s.is_open()).collect();
                    }
                    filter.statuses.retain(|s| *s != status);
                    if on {
                        filter.statuses.push(status);
                    }
                    filter.statuses.sort_unstable();
                }
            });
        }
    }

    /// Of which concepts the most is open; a click asks for one alone, again for all.
    fn open_ui(ui: &mut Ui, editor: &Editor, filter: &mut QueueFilter) {
        let mut open: Vec<_> = editor.review_desk.tally.by_concept.iter().filter(|(_, of)| of.open > 0).collect();
        open.sort_by_key(|(_, of)| std::cmp::Reverse(of.open));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            for (id, of) in open.iter().take(CONCEPTS_COUNTED) {
                let is_asked = filter.concept.as_ref() == Some(id);
                let text = RichText::new(format!("{} {}", editor.concept_name(id), of.open)).small();
                let button = ui.add(Button::selectable(is_asked, text).frame(true));
                let tooltip = format!("{} of {} wait for a decision; a click asks for them alone", of.open, of.all);
                if button.on_hover_text(tooltip).clicked() {
                    filter.concept = (!is_asked).then(|| id.clone());
                }
            }
            if open.len() > CONCEPTS_COUNTED {
                ui.weak(RichText::new(format!("and {} more", open.len() - CONCEPTS_COUNTED)).small());
            }
        });
    }

    /// The other fields; says whether something is being typed.
    fn fields_ui(&mut self, ui: &mut Ui, editor: &Editor, filter: &mut QueueFilter) -> bool {
        let mut typing = false;
        Grid::new("fields").num_columns(2).show(ui, |ui| {
            row(ui, "Order", |ui| choice_ui(ui, "order", &ORDERS, &mut filter.order));
            row(ui, "Whose", |ui| choice_ui(ui, "whose", &WHOSE, &mut filter.whose));
            row(ui, "Concept", |ui| concept_ui(ui, editor, &mut filter.concept));
            row(ui, "Made by", |ui| worker_ui(ui, editor, &mut filter.worker));
            row(ui, "Version", |ui| {
                let mut text = filter.model_version.clone().unwrap_or_default();
                typing |= text_ui(ui, "Model version", "any", &mut text);
                filter.model_version = (!text.trim().is_empty()).then_some(text);
            });
            row(ui, "Image", |ui| {
                let field =
                    TextEdit::singleline(&mut filter.image_name).hint_text("part of its name").desired_width(130.0);
                let response = ui.add(field).accessible_name("Image name");
                typing |= response.has_focus();
                if std::mem::take(&mut self.wants_focus) {
                    response.request_focus();
                }
                self.focused = Some(response.rect);
            });
            row(ui, "Score", |ui| {
                typing |= range_ui(ui, "score", &mut filter.score_min, &mut filter.score_max);
            });
            row(ui, "Size", |ui| {
                typing |= range_ui(ui, "size", &mut filter.area_min, &mut filter.area_max);
            });
            row(ui, "Since", |ui| typing |= text_ui(ui, "Made since", "2026-01-31", &mut filter.since));
            row(ui, "Until", |ui| typing |= text_ui(ui, "Made until", "2026-01-31", &mut filter.until));
            row(ui, "Sample", |ui| typing |= sample_ui(ui, &mut filter.sample));
        });
        typing
    }
}

fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.label(name);
    ui.horizontal(content);
    ui.end_row();
}

fn choice_ui<T: Copy + PartialEq>(ui: &mut Ui, id: &str, choices: &[(T, &str)], value: &mut T) {
    let shown = choices.iter().find(|(v, _)| v == value).map_or("", |(_, text)| text);
    ComboBox::from_id_salt(id).selected_text(shown).width(140.0).show_ui(ui, |ui| {
        for (choice, text) in choices {
            ui.selectable_value(value, *choice, *text);
        }
    });
}

fn concept_ui(ui: &mut Ui, editor: &Editor, value: &mut Option<ConceptId>) {
    let shown = value.as_ref().map_or("any", |id| editor.concept_name(id)).to_owned();
    ComboBox::from_id_salt("concept").selected_text(shown).width(140.0).show_ui(ui, |ui| {
        ui.selectable_value(value, None, "any");
        for (id, of) in &editor.review_desk.tally.by_concept {
            let color = theme::concept_color(id, &editor.concepts);
            let counts = RichText::new(format!("{} of {}", of.open, of.all)).weak();
            let button =
                Button::selectable(value.as_ref() == Some(id), (theme::swatch(color), editor.concept_name(id), counts));
            if ui.add(button).clicked() {
                *value = Some(id.clone());
            }
        }
    });
}

fn worker_ui(ui: &mut Ui, editor: &Editor, value: &mut Option<Worker>) {
    let shown = value.as_ref().map_or_else(|| "anybody".to_owned(), Worker::text);
    ComboBox::from_id_salt("worker").selected_text(shown).width(140.0).show_ui(ui, |ui| {
        ui.selectable_value(value, None, "anybody");
        for (worker, of) in &editor.review_desk.tally.by_worker {
            let counts = RichText::new(format!("{} of {}", of.open, of.all)).weak();
            if ui.add(Button::selectable(value.as_ref() == Some(worker), (worker.text(), counts))).clicked() {
                *value = Some(worker.clone());
            }
        }
    });
}

fn text_ui(ui: &mut Ui, name: &str, hint: &str, value: &mut String) -> bool {
    ui.add(TextEdit::singleline(value).hint_text(hint).desired_width(130.0)).accessible_name(name).has_focus()
}

/// From and to, in percent; the ends are no limits.
fn range_ui(ui: &mut Ui, name: &str, from: &mut Option<f64>, to: &mut Option<f64>) -> bool {
    let (mut low, mut high) = (from.unwrap_or(0.0) * 100.0, to.unwrap_or(1.0) * 100.0);
    let field = |value| DragValue::new(value).range(0.0..=100.0).suffix(" %").speed(0.5).max_decimals(2);
    let first = ui.add(field(&mut low)).accessible_name(format!("Least {name}"));
    ui.label("to");
    let second = ui.add(field(&mut high)).accessible_name(format!("Greatest {name}"));
    if first.changed() {
        *from = (low > 0.0).then_some(low / 100.0);
    }
    if second.changed() {
        *to = (high < 100.0).then_some(high / 100.0);
    }
    [first, second].iter().any(|r| r.dragged() || r.has_focus())
}

/// A random part in percent; another seed draws another part.
fn sample_ui(ui: &mut Ui, sample: &mut Option<Sample>) -> bool {
    let mut drawn = sample.unwrap_or(Sample { percent: 100.0, seed: 1 });
    let field = DragValue::new(&mut drawn.percent).range(0.1..=100.0).suffix(" %").speed(0.5).max_decimals(1);
    let response = ui.add(field).accessible_name("Random sample");
    let again = ui.add_enabled(sample.is_some(), Button::new("another").small());
    if again.on_hover_text("Draws another part of the same size").clicked() {
        drawn.seed += 1;
    }
    *sample = (drawn.percent < 100.0).then_some(drawn);
    response.dragged() || response.has_focus()
}
