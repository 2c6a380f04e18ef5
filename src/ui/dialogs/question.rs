//! Questions before something that cannot be undone or that touches much, and the one that asks for a user.

use super::Stay;
use egui::{Key, Modal, TextEdit, Ui};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Delete so many annotations of the shown image?
    DeleteAll(usize),
    /// Remove the image of that name, with so many annotations?
    RemoveImage(String, usize),
    /// Assign the shown image to whom? What was typed so far.
    Assign(String),
}

impl Question {
    /// Shows it; the answer, once there is one, is yes.
    pub fn ui(&mut self, ui: &Ui) -> (Stay, bool) {
        let (mut yes, mut no) = (false, false);
        let modal = Modal::new(egui::Id::unique("question")).show(ui, |ui| {
            ui.set_width(440.0);
            let (text, verb) = match self {
                Self::DeleteAll(n) => {
                    (format!("Delete all {n} annotations of this image? One undo brings them back."), "Delete")
                }
                Self::RemoveImage(name, n) => (
                    format!("Remove {name} and its {n} annotations, here and on the server? This cannot be undone."),
                    "Remove",
                ),
                Self::Assign(_) => {
                    ("Assign this image to which user? They get it as pending work.".to_owned(), "Assign")
                }
            };
            ui.label(text);
            if let Self::Assign(user) = self {
                let response = ui.add(TextEdit::singleline(user).hint_text("user id")).accessible_name("User");
                if ui.memory(|m| m.focused().is_none()) {
                    response.request_focus();
                }
                yes |= response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            }
            ui.horizontal(|ui| {
                yes |= ui.button(verb).clicked();
                no |= ui.button("Cancel").clicked();
            });
        });
        let empty = matches!(self, Self::Assign(user) if user.trim().is_empty());
        let answered = yes && !empty;
        let stay = if answered || no || modal.should_close() { Stay::Close } else { Stay::Open };
        (stay, answered)
    }
}
