//! The card of five first steps. Each disappears as it is done, wherever and however it is done; the card can be put away
//! and comes back from the Help menu.

use super::command::Command;
use super::panels::menu::shortcut_text;
use super::settings::{FirstStep, FirstSteps, PanelShown};
use crate::model::{Change, EntryKind, Shape};
use crate::runtime::{Commit, Request};
use egui::{Button, Frame, Id, Order, RichText, Ui};
use egui_material_icons::icons;

/// The smallest canvas on which the card is shown.
const ROOM: egui::Vec2 = egui::vec2(420.0, 340.0);

impl FirstStep {
    /// What to do, and the command that begins it.
    const fn text_and_command(self) -> (&'static str, Command) {
        match self {
            Self::Box => ("Draw a box: drag from corner to corner", Command::ToolBox),
            Self::Polygon => ("Draw a polygon: click its corners, Enter closes it", Command::ToolPolygon),
            Self::Review => ("Review one: A accepts, X rejects", Command::ToggleReview),
            Self::Undo => ("Undo something", Command::Undo),
            Self::Connect => ("Connect to a Clarifai app", Command::Connect),
        }
    }
}

impl FirstSteps {
    /// Sees what was done in what leaves for the disk.
    pub fn see(&mut self, leaving: &[Request]) {
        if self.shown == PanelShown::Closed {
            return;
        }
        for request in leaving {
            if let Request::Commit(commit) = request {
                self.done.extend(steps_of(commit));
            }
        }
        self.close_when_done();
    }

    /// Something was done that leaves no edit.
    pub fn did(&mut self, step: FirstStep) {
        self.done.insert(step);
        self.close_when_done();
    }

    fn close_when_done(&mut self) {
        if self.done.len() == FirstStep::ALL.len() {
            self.shown = PanelShown::Closed;
        }
    }

    /// Shows the card at the lower left of the canvas.
    pub fn ui(&mut self, ui: &Ui, canvas: egui::Rect, chosen: &mut Vec<Command>) {
        // On a canvas that it would cover it waits for a larger one.
        if self.shown == PanelShown::Closed || canvas.width() < ROOM.x || canvas.height() < ROOM.y {
            return;
        }
        let area = egui::Area::new(Id::unique("first steps")).order(Order::Middle).pivot(egui::Align2::LEFT_BOTTOM);
        area.fixed_pos(canvas.left_bottom() + egui::vec2(16.0, -16.0)).constrain_to(canvas).show(ui, |ui| {
            Frame::popup(ui.style()).inner_margin(12.0).show(ui, |ui| {
                ui.set_width(330.0);
                ui.horizontal(|ui| {
                    ui.strong(format!("First steps: {} of {} done", self.done.len(), FirstStep::ALL.len()));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let close = Button::new("×").frame(false);
                        let close = ui.add(close).accessible_name("Put the first steps away");
                        if close.on_hover_text("Help, First steps brings them back").clicked() {
                            self.shown = PanelShown::Closed;
                        }
                    });
                });
                for step in FirstStep::ALL.into_iter().filter(|step| !self.done.contains(step)) {
                    let (text, command) = step.text_and_command();
                    let circle = icons::ICON_RADIO_BUTTON_UNCHECKED.rich_text().size(16.0);
                    let button = Button::new((circle, text))
                        .frame_when_inactive(false)
                        .shortcut_text(shortcut_text(ui, command))
                        .min_size(egui::vec2(ui.available_width(), 24.0));
                    if ui.add(button).accessible_name(text).clicked() {
                        chosen.push(command);
                    }
                }
                ui.separator();
                ui.label(RichText::new("Or with images of your own, without an account:").weak());
                ui.horizontal(|ui| {
                    if ui.button(Command::OpenFolder.text()).clicked() {
                        chosen.push(Command::OpenFolder);
                    }
                });
            });
        });
    }
}

/// The steps that an edit is.
fn steps_of(commit: &Commit) -> Vec<FirstStep> {
    match commit.kind {
        EntryKind::Undo(_) => vec![FirstStep::Undo],
        EntryKind::Redo(_) => Vec::new(),
        EntryKind::Do | EntryKind::Part(_) => commit.changes.iter().filter_map(step_of).collect(),
    }
}

fn step_of(change: &Change) -> Option<FirstStep> {
    let after = change.after.as_ref()?;
    match &change.before {
        None => match after.shape()? {
            Shape::Box(_) => Some(FirstStep::Box),
            Shape::Polygon(_) => Some(FirstStep::Polygon),
            _ => None,
        },
        Some(before) => (before.status.is_open() && !after.status.is_open()).then_some(FirstStep::Review),
    }
}
