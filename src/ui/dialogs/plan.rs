//! The plan: what would be sent now, what is in trouble and why, and whether sending waits for the person.

use super::Stay;
use crate::model::{InputId, LocalId};
use crate::runtime::{PlanReport, Request, Sending, SyncGate, Trouble, TroubleKind};
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::sync::Settle;
use crate::ui::sync::pill::Pill;
use crate::ui::theme;
use egui::{Button, Grid, Modal, RichText, ScrollArea, Ui};

/// Images that are listed one by one; the sums count all.
const IMAGES_LISTED: usize = 200;
/// Problems that are listed; the next ones follow when these are settled.
const TROUBLES_LISTED: usize = 60;

/// The window while it is open.
#[derive(Debug, Default)]
pub struct PlanWindow {
    asked_for: Option<[usize; 4]>,
}

/// What a row asks for.
enum Wish {
    GoTo(InputId, LocalId),
    Ask(Request),
    Settle(InputId, LocalId, Settle),
    Export(String),
}

impl PlanWindow {
    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor, chosen: &mut Vec<Command>) -> Stay {
        // Computed anew whenever the counts in the pill change, not every frame.
        let sync = &editor.sync;
        let counts = [sync.unsent + sync.sending, sync.unknown, sync.conflicts, sync.problems];
        let first = self.asked_for.is_none();
        if self.asked_for != Some(counts) {
            self.asked_for = Some(counts);
            editor.outbox.push(Request::LoadPlan);
        }
        let mut stay = Stay::Open;
        let modal = Modal::new(egui::Id::unique("plan")).show(ui, |ui| {
            let room = ui.content_rect().size();
            ui.set_width(680.0_f32.min(room.x - 60.0));
            ui.heading("What would be sent now");
            head_ui(ui, editor, chosen, first, &mut stay);
            ui.separator();
            let plan = editor.plan.clone();
            // As high as there is room for: a modal keeps the size that it had while nothing was there yet.
            let height = (room.y - 260.0).max(120.0);
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| match &plan {
                None => {
                    ui.weak("Looking…");
                }
                Some(plan) => plan_ui(ui, editor, plan, &mut stay),
            });
        });
        if modal.should_close() { Stay::Close } else { stay }
    }
}

fn head_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>, first: bool, stay: &mut Stay) {
    ui.weak(&editor.server);
    let pill = Pill::of(editor);
    ui.label(RichText::new(&pill.text).color(theme::ink(ui, pill.color)).strong());
    for sentence in &pill.sentences {
        ui.label(sentence);
    }
    ui.horizontal_wrapped(|ui| {
        let writable = editor.sync.gate != SyncGate::ReadOnly;
        let send = ui.add_enabled(writable, Button::new("Send now"));
        if first {
            send.request_focus(); // Tab and Enter work from here
        }
        if send.on_hover_text("Sends what is unsent and fetches what is new").clicked() {
            chosen.push(Command::SyncNow);
        }
        let mut held = editor.sending == Sending::WhenISay;
        if ui.add_enabled(writable, egui::Checkbox::new(&mut held, "Send only when I say")).changed() {
            editor.sending = if held { Sending::WhenISay } else { Sending::AsEdited };
            editor.outbox.push(Request::Sending(editor.sending));
        }
        let enter = match editor.sync.gate {
            SyncGate::NoKey(_) => Some("Enter the key…"),
            SyncGate::KeyRefused(_) => Some("Enter a new key…"),
            _ => None,
        };
        if enter.is_some_and(|text| ui.button(text).clicked()) {
            chosen.push(Command::NewKey);
            *stay = Stay::Close;
        }
        if ui.button("Close").clicked() {
            *stay = Stay::Close;
        }
    });
}

fn plan_ui(ui: &mut Ui, editor: &mut Editor, plan: &PlanReport, stay: &mut Stay) {
    if plan.images.is_empty() && plan.troubles.is_empty() {
        ui.label("Nothing: the server has everything.");
    }
    images_ui(ui, editor, plan);
    let mut wish = None;
    if !plan.troubles.is_empty() {
        ui.add_space(6.0);
        let n = plan.troubles.len();
        ui.strong(if n == 1 { "1 needs you".to_owned() } else { format!("{n} need you") });
    }
    for trouble in plan.troubles.iter().take(TROUBLES_LISTED) {
        ui.separator();
        ui.push_id(trouble.lid.0, |ui| trouble_ui(ui, editor, trouble, &mut wish));
    }
    if plan.troubles.len() > TROUBLES_LISTED {
        ui.weak(format!("and {} more, listed when these are settled", plan.troubles.len() - TROUBLES_LISTED));
    }
    match wish {
        None => {}
        Some(Wish::GoTo(input, lid)) => {
            editor.go_to(&input, lid);
            *stay = Stay::Close;
        }
        Some(Wish::Ask(request)) => editor.outbox.push(request),
        Some(Wish::Settle(input, lid, how)) => editor.settle(&input, lid, how),
        Some(Wish::Export(text)) => editor.settling.export = Some(text),
    }
}

/// The calls, image by image.
fn images_ui(ui: &mut Ui, editor: &Editor, plan: &PlanReport) {
    if plan.images.is_empty() {
        return;
    }
    let (posts, patches, deletes) = plan.totals();
    let images = plan.images.len();
    let on = if images == 1 { "1 image".to_owned() } else { format!("{images} images") };
    ui.strong(format!("{} on {on}", calls(posts, patches, deletes, 0)));
    Grid::new("plan").num_columns(2).striped(true).show(ui, |ui| {
        for row in plan.images.iter().take(IMAGES_LISTED) {
            ui.label(image_name(editor, &row.input));
            ui.label(calls(row.posts, row.patches, row.deletes, row.read_backs));
            ui.end_row();
        }
    });
    if images > IMAGES_LISTED {
        ui.weak(format!("and {} more images", images - IMAGES_LISTED));
    }
}

fn calls(posts: usize, patches: usize, deletes: usize, read_backs: usize) -> String {
    let parts = [(posts, "POST"), (patches, "PATCH"), (deletes, "DELETE"), (read_backs, "to read back first")];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, verb)| format!("{n} {verb}")).collect();
    if said.is_empty() { "no call".to_owned() } else { said.join(", ") }
}

fn image_name<'a>(editor: &'a Editor, input: &'a InputId) -> &'a str {
    editor.inputs.iter().find(|row| row.id == *input).map_or(input.as_str(), |row| row.name.as_str())
}

fn trouble_ui(ui: &mut Ui, editor: &Editor, trouble: &Trouble, wish: &mut Option<Wish>) {
    let name = image_name(editor, &trouble.input);
    let what = &trouble.what;
    match &trouble.kind {
        TroubleKind::Refused { code, reason, req_id } => {
            ui.label(RichText::new(format!("{name}, {what}: the server refused it")).color(theme::error(ui)));
            let request = if req_id.is_empty() { String::new() } else { format!(", request {req_id}") };
            ui.label(format!("{reason} (code {code}{request})"));
        }
        TroubleKind::Conflict { fields } => {
            ui.label(RichText::new(format!("{name}, {what}: changed on both sides")).color(theme::warning(ui)));
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
    ui.horizontal_wrapped(|ui| buttons_ui(ui, trouble, wish));
}

fn buttons_ui(ui: &mut Ui, trouble: &Trouble, wish: &mut Option<Wish>) {
    let (lid, what) = (trouble.lid, &trouble.what);
    let go_to = || Wish::GoTo(trouble.input.clone(), lid);
    let settle = |how| Wish::Settle(trouble.input.clone(), lid, how);
    let buttons = match trouble.kind {
        TroubleKind::Refused { .. } => vec![
            ("Retry", "Sends it again", Wish::Ask(Request::RetryItem(lid))),
            ("Edit", "Goes there and selects it; what you change is sent again", go_to()),
            ("Discard", "Gives your change up and takes the server's state", Wish::Ask(Request::DiscardItem(lid))),
        ],
        TroubleKind::Conflict { .. } => vec![
            ("Show", "Goes there: both sides on the image, and a choice field by field", go_to()),
            ("Keep mine", "What you made goes to the server", settle(Settle::Mine)),
            ("Take theirs", "What the server has; undo brings yours back", settle(Settle::Theirs)),
        ],
    };
    for (text, hover, asked) in buttons {
        let button = ui.button(text).on_hover_text(hover);
        if button.accessible_name(format!("{text}: {what}")).clicked() {
            *wish = Some(asked);
        }
    }
    let export = ui.button("Export…").on_hover_text("Writes it to a file as JSON, with the reason");
    if export.accessible_name(format!("Export: {what}")).clicked() {
        *wish = Some(Wish::Export(trouble.export.clone()));
    }
}
