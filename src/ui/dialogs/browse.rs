//! Asking the server: every listing and search of the annotations API, and what came of it.

use super::Stay;
use crate::model::{ConceptId, InputId, LocalId, Status, Worker};
use crate::runtime::{BROWSE_PAGE, BrowseQuery, BrowseRow, BrowseSearch, Browsed, Request};
use crate::ui::editor::{Editor, ImageScope};
use crate::ui::theme;
use egui::{ComboBox, Grid, ScrollArea, TextEdit, Ui, Window};

/// The kinds of question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    UserMade,
    All,
    ThisImage,
    SelectedImages,
    Images,
    Selected,
    Pairs,
    Users,
    Models,
    Task,
    Search,
    Workers,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::UserMade,
        Self::All,
        Self::ThisImage,
        Self::SelectedImages,
        Self::Images,
        Self::Selected,
        Self::Pairs,
        Self::Users,
        Self::Models,
        Self::Task,
        Self::Search,
        Self::Workers,
    ];

    const fn text(self) -> &'static str {
        match self {
            Self::UserMade => "Annotations made by users",
            Self::All => "Annotations made by users and models",
            Self::ThisImage => "Annotations of this image",
            Self::SelectedImages => "Annotations of the selected images",
            Self::Images => "Annotations of these images",
            Self::Selected => "Exactly the selected annotations",
            Self::Pairs => "Exactly these annotations",
            Self::Users => "Annotations made by these users",
            Self::Models => "Annotations made by these model versions",
            Self::Task => "Annotations of this task",
            Self::Search => "Annotations that match a search",
            Self::Workers => "Who annotated",
        }
    }

    /// What is to be typed for it.
    const fn hint(self) -> Option<&'static str> {
        match self {
            Self::Images | Self::Users | Self::Models => Some("ids, with commas between"),
            Self::Pairs => Some("image id/annotation id, with commas between"),
            Self::Task => Some("id of the task"),
            _ => None,
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
        Window::new("Annotations on the server")
            .open(&mut open)
            .default_pos([290.0, 90.0])
            .default_size([620.0, 420.0])
            .show(ui, |ui| {
                self.question_ui(ui, editor);
                ui.separator();
                self.answer_ui(ui, editor);
            });
        if open { Stay::Open } else { Stay::Close }
    }

    fn question_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        ui.horizontal_wrapped(|ui| {
            let before = self.kind;
            let shown = ComboBox::from_id_salt("kind").width(260.0).height(400.0).selected_text(before.text()).show_ui(
                ui,
                |ui| {
                    for kind in Kind::ALL {
                        ui.selectable_value(&mut self.kind, kind, kind.text());
                    }
                },
            );
            shown.response.accessible_name("Which annotations");
            if self.kind != before {
                self.page = 1;
            }
            if let Some(hint) = self.kind.hint() {
                let field = TextEdit::singleline(&mut self.names).hint_text(hint);
                ui.add(field.desired_width(280.0)).accessible_name("Ids");
            }
        });
        if self.kind == Kind::Search {
            self.search_ui(ui);
        }
        ui.horizontal(|ui| {
            let full = matches!(&editor.browsed, Some(Ok(listed)) if length(listed) >= BROWSE_PAGE);
            let asked = ui.button("Ask").clicked();
            let back = ui.add_enabled(self.page > 1, egui::Button::new("Page before")).clicked();
            let on = ui.add_enabled(full, egui::Button::new("Next page")).clicked();
            ui.weak(format!("page {}", self.page));
            if asked {
                self.page = 1;
            }
            self.page = if on { self.page + 1 } else { self.page }.saturating_sub(u32::from(back)).max(1);
            if asked || back || on {
                self.ask(editor);
            }
        });
    }

    fn ask(&mut self, editor: &mut Editor) {
        self.waiting = true;
        editor.browsed = None;
        editor.outbox.push(Request::Browse(self.query(editor), self.page));
    }

    fn search_ui(&mut self, ui: &mut Ui) {
        Grid::new("search").num_columns(4).show(ui, |ui| {
            ui.label("Concept");
            ui.add(TextEdit::singleline(&mut self.concept).desired_width(140.0)).accessible_name("Concept id");
            ui.label("User");
            ui.add(TextEdit::singleline(&mut self.user).desired_width(140.0)).accessible_name("User id");
            ui.end_row();
            ui.label("Status");
            let shown = ComboBox::from_id_salt("status")
                .selected_text(self.status.map_or("any", Status::text))
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.status, None, "any");
                    for status in [
                        Status::Success,
                        Status::Pending,
                        Status::AwaitingReview,
                        Status::AwaitingConsensusReview,
                        Status::ReviewDenied,
                    ] {
                        ui.selectable_value(&mut self.status, Some(status), status.text());
                    }
                });
            shown.response.accessible_name("Status");
            ui.label("Region");
            let shown =
                ComboBox::from_id_salt("region").selected_text(self.region_kind.unwrap_or("any")).show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.region_kind, None, "any");
                    for kind in ["bounding_box", "polygon", "point", "mask", "span"] {
                        ui.selectable_value(&mut self.region_kind, Some(kind), kind);
                    }
                });
            shown.response.accessible_name("Region");
            ui.end_row();
        });
    }

    fn query(&self, editor: &Editor) -> BrowseQuery {
        let names = || self.names.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned);
        let typed = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        match self.kind {
            Kind::UserMade => BrowseQuery::UserMade,
            Kind::All => BrowseQuery::All,
            Kind::ThisImage => BrowseQuery::Inputs(editor.current().cloned().into_iter().collect()),
            Kind::Selected => BrowseQuery::Annotations(editor.selection.iter().collect()),
            Kind::SelectedImages => BrowseQuery::Inputs(editor.images_in(ImageScope::Selected)),
            Kind::Images => BrowseQuery::Inputs(names().map(InputId).collect()),
            Kind::Pairs => BrowseQuery::Pairs(
                names().filter_map(|n| n.split_once('/').map(|(i, a)| (i.to_owned(), a.to_owned()))).collect(),
            ),
            Kind::Task => BrowseQuery::Task(self.names.trim().to_owned()),
            Kind::Workers => BrowseQuery::Workers,
            Kind::Users => BrowseQuery::Users(names().collect()),
            Kind::Models => BrowseQuery::ModelVersions(names().collect()),
            Kind::Search => BrowseQuery::Search(BrowseSearch {
                status: self.status,
                concept: typed(&self.concept).map(ConceptId),
                user: typed(&self.user),
                region_kind: self.region_kind,
            }),
        }
    }

    fn answer_ui(&mut self, ui: &mut Ui, editor: &mut Editor) {
        let mut go_to: Option<(InputId, Option<LocalId>)> = None;
        let mut made_by: Option<Worker> = None;
        match &editor.browsed {
            None if self.waiting => {
                ui.weak("Asking…");
            }
            None => {
                ui.weak("What is fetched here is shown, not taken over; Ctrl+S does that.");
            }
            Some(Err(reason)) => {
                ui.colored_label(theme::error(ui), reason);
            }
            Some(Ok(listed)) if length(listed) == 0 => {
                ui.weak("Nothing more");
            }
            Some(Ok(Browsed::Annotations(rows))) => {
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
            Some(Ok(Browsed::Workers(workers))) => {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    for worker in workers {
                        let link = ui.link(worker.text()).on_hover_text("Lists what they made");
                        made_by = link.clicked().then(|| worker.clone()).or(made_by.take());
                    }
                });
            }
        }
        if let Some((input, lid)) = go_to {
            editor.show(&input);
            editor.selection.set(lid.filter(|lid| editor.document.get(*lid).is_some()));
        }
        if let Some(worker) = made_by {
            (self.kind, self.names) = match worker {
                Worker::Me => (Kind::Users, editor.user.clone()),
                Worker::User(id) => (Kind::Users, id),
                Worker::Model { version, .. } => (Kind::Models, version),
            };
            self.page = 1;
            self.ask(editor);
        }
    }
}

const fn length(listed: &Browsed) -> usize {
    match listed {
        Browsed::Annotations(rows) => rows.len(),
        Browsed::Workers(workers) => workers.len(),
    }
}

fn row_ui(ui: &mut Ui, row: &BrowseRow) -> bool {
    let clicked = ui.link(row.sid.get(..12).unwrap_or(&row.sid)).on_hover_text(&row.sid).clicked();
    ui.label(format!("{} · {}", row.input, row.kind));
    ui.label(&row.concepts);
    ui.label(row.worker.text());
    ui.colored_label(theme::ink(ui, theme::status_color(row.status)), row.status.text());
    ui.end_row();
    clicked
}
