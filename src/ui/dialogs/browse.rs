//! Asking the server: every listing and search of the annotations API, and what came of it.

use super::Stay;
use crate::model::{ConceptId, InputId, LocalId, Status};
use crate::runtime::{BrowseQuery, BrowseRow, BrowseSearch, Request};
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{ComboBox, Grid, ScrollArea, TextEdit, Ui, Window};

/// The kinds of question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    UserMade,
    All,
    ThisImage,
    Selected,
    Users,
    Models,
    Search,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::UserMade, Self::All, Self::ThisImage, Self::Selected, Self::Users, Self::Models, Self::Search];

    const fn text(self) -> &'static str {
        match self {
            Self::UserMade => "made by users",
            Self::All => "made by users and models",
            Self::ThisImage => "of this image",
            Self::Selected => "exactly the selected ones",
            Self::Users => "made by these users",
            Self::Models => "made by these model versions",
            Self::Search => "that match a search",
        }
    }
}

/// The window while it is open.
#[derive(Debug)]
pub struct BrowseWindow {
    kind: Kind,
    names: String,
    concept: String,
    user: String,
    status: Option<Status>,
    region_kind: Option<&'static str>,
    page: u32,
    waiting: bool,
}

impl Default for BrowseWindow {
    fn default() -> Self {
        Self {
            kind: Kind::default(),
            names: String::new(),
            concept: String::new(),
            user: String::new(),
            status: None,
            region_kind: None,
            page: 1,
            waiting: false,
        }
    }
}

impl BrowseWindow {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> Stay {
        let mut open = true;
        Window::new("Annotations on the server").open(&mut open).default_size([620.0, 420.0]).show(ui, |ui| {
            self.question_ui(ui, editor);
            ui.separator();
            self.answer_ui(ui, editor);
        });
        if open { Stay::Open } else { Stay::Close }
    }

    fn question_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        ui.horizontal_wrapped(|ui| {
            ui.label("Annotations");
            ComboBox::from_id_salt("kind").selected_text(self.kind.text()).show_ui(ui, |ui| {
                for kind in Kind::ALL {
                    ui.selectable_value(&mut self.kind, kind, kind.text());
                }
            });
            if matches!(self.kind, Kind::Users | Kind::Models) {
                let field = TextEdit::singleline(&mut self.names).hint_text("ids, with commas between");
                ui.add(field.desired_width(220.0)).accessible_name("Ids");
            }
        });
        if self.kind == Kind::Search {
            self.search_ui(ui);
        }
        ui.horizontal(|ui| {
            let asked = ui.button("Ask").clicked();
            let back = ui.add_enabled(self.page > 1, egui::Button::new("Page before")).clicked();
            let on = ui.button("Next page").clicked();
            ui.weak(format!("page {}", self.page));
            if asked {
                self.page = 1;
            }
            self.page = if on { self.page + 1 } else { self.page }.saturating_sub(u32::from(back)).max(1);
            if asked || back || on {
                self.waiting = true;
                editor.browsed = None;
                editor.outbox.push(Request::Browse(self.query(editor), self.page));
            }
        });
    }

    fn search_ui(&mut self, ui: &mut Ui) {
        Grid::new("search").num_columns(4).show(ui, |ui| {
            ui.label("Concept");
            ui.add(TextEdit::singleline(&mut self.concept).desired_width(140.0)).accessible_name("Concept id");
            ui.label("User");
            ui.add(TextEdit::singleline(&mut self.user).desired_width(140.0)).accessible_name("User id");
            ui.end_row();
            ui.label("Status");
            ComboBox::from_id_salt("status").selected_text(self.status.map_or("any", Status::text)).show_ui(ui, |ui| {
                ui.selectable_value(&mut self.status, None, "any");
                for status in [Status::Success, Status::Pending, Status::AwaitingReview, Status::ReviewDenied] {
                    ui.selectable_value(&mut self.status, Some(status), status.text());
                }
            });
            ui.label("Region");
            ComboBox::from_id_salt("region").selected_text(self.region_kind.unwrap_or("any")).show_ui(ui, |ui| {
                ui.selectable_value(&mut self.region_kind, None, "any");
                for kind in ["bounding_box", "polygon", "point", "mask"] {
                    ui.selectable_value(&mut self.region_kind, Some(kind), kind);
                }
            });
            ui.end_row();
        });
    }

    fn query(&self, editor: &Editor) -> BrowseQuery {
        let names = || self.names.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect();
        let typed = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        match self.kind {
            Kind::UserMade => BrowseQuery::UserMade,
            Kind::All => BrowseQuery::All,
            Kind::ThisImage => BrowseQuery::Inputs(editor.current().cloned().into_iter().collect()),
            Kind::Selected => BrowseQuery::Annotations(editor.selection.iter().collect()),
            Kind::Users => BrowseQuery::Users(names()),
            Kind::Models => BrowseQuery::ModelVersions(names()),
            Kind::Search => BrowseQuery::Search(BrowseSearch {
                status: self.status,
                concept: typed(&self.concept).map(ConceptId),
                user: typed(&self.user),
                region_kind: self.region_kind,
            }),
        }
    }

    fn answer_ui(&self, ui: &mut Ui, editor: &mut Editor) {
        let mut go_to: Option<(InputId, Option<LocalId>)> = None;
        match &editor.browsed {
            None if self.waiting => {
                ui.weak("Asking…");
            }
            None => {
                ui.weak("What is fetched here is shown, not taken over; Ctrl+S does that.");
            }
            Some(Err(reason)) => {
                ui.colored_label(theme::ERROR, reason);
            }
            Some(Ok(rows)) if rows.is_empty() => {
                ui.weak("Nothing more");
            }
            Some(Ok(rows)) => {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    Grid::new("rows").num_columns(5).striped(true).show(ui, |ui| {
                        for row in rows {
                            if row_ui(ui, row) {
                                go_to = Some((row.input.clone(), row.lid));
                            }
                        }
                    });
                });
            }
        }
        if let Some((input, lid)) = go_to {
            editor.show(&input);
            editor.selection.set(lid.filter(|lid| editor.document.get(*lid).is_some()));
        }
    }
}

fn row_ui(ui: &mut Ui, row: &BrowseRow) -> bool {
    let clicked = ui.link(row.sid.get(..12).unwrap_or(&row.sid)).on_hover_text(&row.sid).clicked();
    ui.label(format!("{} · {}", row.input, row.kind));
    ui.label(&row.concepts);
    ui.label(row.worker.text());
    ui.colored_label(theme::status_color(row.status), row.status.text());
    ui.end_row();
    clicked
}
