//! The plan: what would be sent now, what is in trouble and why, and whether sending waits for the person.

use super::Stay;
use crate::model::{InputId, LocalId};
use crate::runtime::{Keep, PlanReport, Request, Sending, SyncGate, Trouble, TroubleKind};
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Grid, RichText, ScrollArea, Ui, Window};

/// The window while it is open.
#[derive(Debug, Default)]
pub struct PlanWindow {
    asked_for: Option<(usize, usize, usize)>,
}

/// What a row asks for.
enum Wish {
    GoTo(InputId, LocalId),
    Ask(Request),
    KeepBoth(LocalId),
    Export(String),
}

impl PlanWindow {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor, chosen: &mut Vec<Command>) -> Stay {
        // Computed anew whenever the counts in the pill change, not every frame.
        let counts = (editor.sync.unsent + editor.sync.sending, editor.sync.conflicts, editor.sync.problems);
        if self.asked_for != Some(counts) {
            self.asked_for = Some(counts);
            editor.outbox.push(Request::LoadPlan);
        }
        let mut open = true;
        Window::new("What would be sent now").open(&mut open).default_size([560.0, 380.0]).show(ui, |ui| {
            Self::head_ui(ui, editor, chosen);
            ui.separator();
            let plan = editor.plan.clone();
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| match &plan {
                None => {
                    ui.weak("Looking…");
                }
                Some(plan) => plan_ui(ui, editor, plan),
            });
        });
        if open { Stay::Open } else { Stay::Close }
    }

    fn head_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>) {
        ui.label(&editor.server);
        if let SyncGate::Offline(reason) | SyncGate::KeyRefused(reason) = &editor.sync.gate {
            ui.colored_label(theme::WARNING, reason);
        }
        ui.horizontal(|ui| {
            if ui.button("Send and fetch now").clicked() {
                chosen.push(Command::SyncNow);
            }
            let mut held = editor.sending == Sending::WhenISay;
            if ui.checkbox(&mut held, "Send only when I say").changed() {
                editor.sending = if held { Sending::WhenISay } else { Sending::AsEdited };
                editor.outbox.push(Request::Sending(editor.sending));
            }
        });
    }
}

fn plan_ui(ui: &mut Ui, editor: &mut Editor, plan: &PlanReport) {
    if plan.images.is_empty() && plan.troubles.is_empty() {
        ui.label("Nothing: the server has everything.");
    }
    if !plan.images.is_empty() {
        Grid::new("plan").num_columns(2).striped(true).show(ui, |ui| {
            for row in &plan.images {
                let name =
                    editor.inputs.iter().find(|i| i.id == row.input).map_or(row.input.as_str(), |i| i.name.as_str());
                ui.label(name);
                let parts = [
                    (row.posts, "POST"),
                    (row.patches, "PATCH"),
                    (row.deletes, "DELETE"),
                    (row.read_backs, "to read back"),
                ];
                let said: Vec<String> =
                    parts.iter().filter(|(n, _)| *n > 0).map(|(n, verb)| format!("{n} {verb}")).collect();
                ui.label(said.join(", "));
                ui.end_row();
            }
        });
    }
    let mut wish = None;
    for trouble in &plan.troubles {
        ui.separator();
        ui.push_id(trouble.lid.0, |ui| trouble_ui(ui, editor, trouble, &mut wish));
    }
    match wish {
        None => {}
        Some(Wish::GoTo(input, lid)) => {
            editor.show(&input);
            editor.selection.set([lid]);
        }
        Some(Wish::Ask(request)) => editor.outbox.push(request),
        Some(Wish::KeepBoth(lid)) => editor.keep_both(lid),
        Some(Wish::Export(text)) => ui.copy_text(text),
    }
}

fn trouble_ui(ui: &mut Ui, editor: &Editor, trouble: &Trouble, wish: &mut Option<Wish>) {
    let name = editor.inputs.iter().find(|i| i.id == trouble.input).map_or(trouble.input.as_str(), |i| i.name.as_str());
    let lid = trouble.lid;
    match &trouble.kind {
        TroubleKind::Refused { reason, req_id } => {
            ui.label(RichText::new(format!("{name}: the server refused it")).color(theme::ERROR));
            ui.label(reason);
            if !req_id.is_empty() {
                ui.weak(format!("request {req_id}"));
            }
        }
        TroubleKind::Conflict { fields } => {
            ui.label(RichText::new(format!("{name}: changed on both sides")).color(theme::WARNING));
            Grid::new("fields").num_columns(4).striped(true).show(ui, |ui| {
                for head in ["", "it was", "mine", "theirs"] {
                    ui.weak(head);
                }
                ui.end_row();
                for row in fields {
                    for cell in row {
                        ui.label(cell);
                    }
                    ui.end_row();
                }
            });
        }
    }
    ui.horizontal(|ui| {
        if ui.button("Edit").on_hover_text("Goes there").clicked() {
            *wish = Some(Wish::GoTo(trouble.input.clone(), lid));
        }
        let buttons = match trouble.kind {
            TroubleKind::Refused { .. } => [
                ("Try again", Wish::Ask(Request::RetryItem(lid))),
                ("Give up my change", Wish::Ask(Request::DiscardItem(lid))),
            ],
            TroubleKind::Conflict { .. } => [
                ("Keep mine", Wish::Ask(Request::Resolve(lid, Keep::Mine))),
                ("Take theirs", Wish::Ask(Request::Resolve(lid, Keep::Theirs))),
            ],
        };
        for (text, asked) in buttons {
            if ui.button(text).clicked() {
                *wish = Some(asked);
            }
        }
        if matches!(trouble.kind, TroubleKind::Conflict { .. })
            && ui.add_enabled(editor.document.get(lid).is_some(), egui::Button::new("Keep both")).clicked()
        {
            *wish = Some(Wish::KeepBoth(lid));
        }
        if ui.button("Copy as JSON").clicked() {
            *wish = Some(Wish::Export(trouble.export.clone()));
        }
    });
}
