//! What an import or an export would do, as it is shown before the deed.

use crate::runtime::exchange::{ExportReport, ImportReport, Row, Tense, Weight};
use crate::ui::theme;
use egui::{Grid, Label, RichText, ScrollArea, Ui};

/// What a look found.
pub enum Looked {
    /// Of an import.
    Import(Box<ImportReport>),
    /// Of an export.
    Export(Box<ExportReport>),
}

impl Looked {
    /// Shows it.
    pub fn ui(&self, ui: &mut Ui) {
        let (heading, rows, notes) = match self {
            Self::Import(report) => (report.heading(), report.rows(Tense::Before), &[][..]),
            Self::Export(report) => (report.heading(), report.rows(), &report.notes[..]),
        };
        // At once as high as it is going to be: a dialog that grows frame by frame runs away from the pointer.
        let height = (ui.content_rect().height() - 400.0).max(160.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(
            ui,
            |ui| {
                ui.strong(heading);
                if rows.is_empty() && matches!(self, Self::Export(_)) {
                    ui.label("Nothing is lost: the format has a place for all of it.");
                }
                Grid::new("rows").num_columns(2).spacing([10.0, 4.0]).show(ui, |ui| {
                    for row in &rows {
                        row_ui(ui, row);
                    }
                });
                for note in notes {
                    ui.colored_label(theme::warning(ui), note);
                }
            },
        );
    }
}

/// The count on the right of its column; the text, and below it examples or what is wrong.
fn row_ui(ui: &mut Ui, row: &Row) {
    let color = match row.weight {
        Weight::Plain => ui.visuals().text_color(),
        Weight::Loss => theme::warning(ui),
        Weight::Problem => theme::error(ui),
    };
    ui.with_layout(egui::Layout::right_to_left(egui::Align::TOP), |ui| {
        ui.label(RichText::new(row.count.to_string()).strong());
    });
    ui.vertical(|ui| {
        ui.set_max_width(500.0);
        ui.add(Label::new(RichText::new(&row.text).color(color)).wrap());
        for one in &row.more {
            ui.add(Label::new(RichText::new(one).weak()).wrap());
        }
        let listed = row.more.len();
        if row.weight == Weight::Problem && row.count > listed {
            ui.weak(format!("and {} more", row.count - listed));
        }
    });
    ui.end_row();
}
