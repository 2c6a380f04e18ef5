//! Statistics: what there is by status, concept and worker, what was decided by day, and who has how much.

use crate::model::Status;
use crate::runtime::{NoticeLevel, OpenOf, PathPurpose, Request, Statistics};
use crate::ui::dialogs::Stay;
use crate::ui::editor::Editor;
use crate::ui::review::csv::statistics_csv;
use crate::ui::review::status_text;
use crate::ui::theme;
use egui::{Color32, Grid, RichText, ScrollArea, Ui, Window};
use egui_plot::{Bar, BarChart, Legend, Plot};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Days that the chart shows.
const DAYS: usize = 30;

/// Shows the window.
pub fn statistics_window_ui(ui: &Ui, editor: &mut Editor, export: &mut Option<PathPurpose>) -> Stay {
    let mut open = true;
    let place = egui::Rect::from_center_size(ui.content_rect().center(), egui::vec2(640.0, 600.0));
    let window = Window::new("Statistics").open(&mut open).default_size([640.0, 560.0]).default_pos(place.min);
    window.show(ui, |ui| {
        ui.horizontal(|ui| {
            if ui.button("Count again").clicked() {
                editor.outbox.push(Request::LoadStatistics);
            }
            if ui.button("Export as CSV…").clicked() {
                *export = Some(PathPurpose::Statistics);
            }
            if let Some(review) = &editor.review {
                let rate = review.pace.per_hour().map(|r| format!(", {r:.0} an hour")).unwrap_or_default();
                let left = review.pace.time_left(review.left()).map(|t| format!(", {t}")).unwrap_or_default();
                ui.weak(format!("{} decisions since the review was entered{rate}{left}", review.pace.made()));
            }
        });
        ui.separator();
        match editor.review_desk.statistics.clone() {
            None => {
                ui.weak("Counting…");
            }
            Some(statistics) => {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| tables_ui(ui, editor, &statistics));
            }
        }
    });
    if open { Stay::Open } else { Stay::Close }
}

fn tables_ui(ui: &mut Ui, editor: &Editor, statistics: &Statistics) {
    let mut by_status: BTreeMap<Status, u64> = BTreeMap::new();
    let mut by_concept: BTreeMap<String, OpenOf> = BTreeMap::new();
    let mut by_worker: BTreeMap<String, OpenOf> = BTreeMap::new();
    for row in &statistics.stock {
        *by_status.entry(row.status).or_default() += row.annotations;
        let open = if row.status.is_open() { row.annotations } else { 0 };
        let concept = row.concept.as_ref().map_or("no concept", |id| editor.concept_name(id)).to_owned();
        for of in [by_concept.entry(concept).or_default(), by_worker.entry(row.worker.text()).or_default()] {
            of.open += open;
            of.all += row.annotations;
        }
    }
    let all = by_status.values().sum::<u64>().max(1);
    ui.strong("By status");
    Grid::new("by status").num_columns(3).show(ui, |ui| {
        for (status, n) in &by_status {
            ui.label(status_text(*status));
            ui.label(n.to_string());
            bar_ui(ui, &[(*n, theme::status_color(*status))], all);
            ui.end_row();
        }
    });
    open_of_ui(ui, "By concept", &by_concept);
    open_of_ui(ui, "By worker: who has how much", &by_worker);
    ui.add_space(6.0);
    ui.strong("Decided at this desk, by day (UTC)");
    days_ui(ui, statistics);
}

/// Open ones and the others, as bars.
fn open_of_ui(ui: &mut Ui, title: &str, rows: &BTreeMap<String, OpenOf>) {
    ui.add_space(6.0);
    ui.strong(title);
    let most = rows.values().map(|of| of.all).max().unwrap_or(1).max(1);
    let mut sorted: Vec<(&String, &OpenOf)> = rows.iter().collect();
    sorted.sort_by(|a, b| b.1.open.cmp(&a.1.open).then(b.1.all.cmp(&a.1.all)));
    Grid::new(title).num_columns(3).show(ui, |ui| {
        for (name, of) in sorted {
            ui.label(name);
            ui.label(format!("{} open of {}", of.open, of.all));
            bar_ui(ui, &[(of.open, theme::WARNING), (of.all - of.open, theme::GOOD)], most);
            ui.end_row();
        }
    });
}

fn bar_ui(ui: &mut Ui, parts: &[(u64, Color32)], most: u64) {
    const WIDTH: f32 = 220.0;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(WIDTH, 12.0), egui::Sense::hover());
    let mut left = rect.left();
    for (n, color) in parts {
        #[expect(clippy::cast_precision_loss, reason = "the width of a bar")]
        let width = *n as f32 / most as f32 * WIDTH;
        let part = egui::Rect::from_min_size(egui::pos2(left, rect.top()), egui::vec2(width, rect.height()));
        ui.painter().rect_filled(part, egui::CornerRadius::ZERO, *color);
        left += width;
    }
}

fn days_ui(ui: &mut Ui, statistics: &Statistics) {
    let mut days: Vec<&str> = statistics.days.iter().map(|row| row.day.as_str()).collect();
    days.dedup();
    if days.is_empty() {
        ui.weak("Nothing yet");
        return;
    }
    let shown: Vec<String> = days.iter().rev().take(DAYS).rev().map(|day| (*day).to_owned()).collect();
    let mut charts: BTreeMap<Status, Vec<Bar>> = BTreeMap::new();
    for row in &statistics.days {
        let Some(at) = shown.iter().position(|day| *day == row.day) else { continue };
        #[expect(clippy::cast_precision_loss, reason = "the height of a bar")]
        let bar = Bar::new(at as f64, row.decisions as f64).width(0.6).name(&row.day);
        charts.entry(row.status).or_default().push(bar);
    }
    let labels = shown.clone();
    let plot = Plot::new("chart of days")
        .height(150.0)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .legend(Legend::default());
    let plot = plot.x_axis_formatter(move |mark, _| label_at(&labels, mark.value)).show_grid(false);
    plot.show(ui, |plot| {
        let mut below: Vec<BarChart> = Vec::new();
        for (status, bars) in charts {
            let chart = BarChart::new(status_text(status), bars).color(theme::status_color(status));
            let stacked = chart.stack_on(&below.iter().collect::<Vec<_>>());
            below.push(stacked);
        }
        for chart in below {
            plot.bar_chart(chart);
        }
    });
    Grid::new("table of days").num_columns(3).striped(true).show(ui, |ui| {
        for row in statistics.days.iter().rev().take(DAYS) {
            ui.label(&row.day);
            ui.label(RichText::new(status_text(row.status)).color(theme::ink(ui, theme::status_color(row.status))));
            ui.label(row.decisions.to_string());
            ui.end_row();
        }
    });
}

/// The day at a whole place of the axis.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short list")]
fn label_at(days: &[String], place: f64) -> String {
    if place < 0.0 || (place - place.round()).abs() > 0.01 {
        return String::new();
    }
    days.get(place.round() as usize).cloned().unwrap_or_default()
}

/// Has the statistics written to this file.
pub fn export_statistics(editor: &mut Editor, path: PathBuf) {
    let Some(statistics) = &editor.review_desk.statistics else {
        editor.tell(NoticeLevel::Info, "The statistics are still being counted; export them in a moment".to_owned());
        return;
    };
    let text = statistics_csv(statistics, |id| editor.concept_name(id).to_owned());
    editor.outbox.push(Request::WriteText(path, text));
}
