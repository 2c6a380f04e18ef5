//! Asking for a key to the app of this project: another one, or one at all. It is tested before it is taken.

use crate::runtime::{KEY_VARIABLE, KeyNews, Request};
use crate::ui::dialogs::Stay;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Key, Modal, Spinner, TextEdit, Ui};
use secrecy::SecretString;

/// The dialog while it is open.
#[derive(Default)]
pub struct KeyDialog {
    /// Why it is asked for, where the person did not ask for it.
    why: Option<String>,
    key: String,
    asked: Asked,
}

#[derive(Default, PartialEq, Eq)]
enum Asked {
    #[default]
    No,
    /// The server is being asked.
    Waiting,
}

impl KeyDialog {
    /// There is no key: why, in a sentence.
    #[must_use]
    pub fn because(why: String) -> Self {
        Self { why: Some(why), ..Self::default() }
    }

    /// Shows it.
    pub fn ui(&mut self, ui: &Ui, editor: &mut Editor) -> Stay {
        let mut stay = Stay::Open;
        let mut send = false;
        let modal = Modal::new(egui::Id::unique("new key")).show(ui, |ui| {
            ui.set_width(460.0);
            ui.heading(if self.why.is_some() { "The key to this project's app" } else { "Enter a new key" });
            ui.label(format!("For {}", editor.server));
            if let Some(why) = &self.why {
                ui.label(why);
                ui.label("Everything can be edited without it, and is sent once the key is there.");
            }
            ui.weak(format!(
                "The server is asked before the key is taken. It goes to the system's keyring, never to a file; where \
                 there is none, set {KEY_VARIABLE} before the next start. What is unsent stays here meanwhile."
            ));
            let field = TextEdit::singleline(&mut self.key).password(true).desired_width(f32::INFINITY);
            let response = ui.add(field).accessible_name("Key");
            // Before the focus is asked for again.
            send |= response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            if ui.memory(|m| m.focused().is_none()) {
                response.request_focus();
            }
            self.news_ui(ui, editor, &mut stay);
            ui.horizontal(|ui| {
                let ready = !self.key.trim().is_empty() && self.asked == Asked::No;
                send |= ui.add_enabled(ready, egui::Button::new("Use this key")).clicked();
                let later = if self.why.is_some() { "Work without the server" } else { "Cancel" };
                if ui.button(later).clicked() {
                    stay = Stay::Close;
                }
            });
        });
        if send && !self.key.trim().is_empty() && self.asked == Asked::No {
            editor.settling.key = None;
            self.asked = Asked::Waiting;
            editor.outbox.push(Request::UseKey(SecretString::from(self.key.trim().to_owned())));
        }
        if modal.should_close() {
            stay = Stay::Close;
        }
        if stay == Stay::Close {
            editor.settling.key = None;
        }
        stay
    }

    fn news_ui(&mut self, ui: &mut Ui, editor: &mut Editor, stay: &mut Stay) {
        if editor.settling.key.is_some() {
            self.asked = Asked::No;
        }
        match editor.settling.key.clone() {
            None if self.asked == Asked::Waiting => {
                ui.add(Spinner::new());
            }
            None => {}
            Some(KeyNews::Taken(_)) => *stay = Stay::Close,
            Some(KeyNews::Refused(reason)) => {
                ui.colored_label(theme::error(ui), format!("Not taken: {reason}"));
            }
            Some(KeyNews::Another { user, before }) => {
                let text = format!(
                    "This key belongs to {user}. What is unsent here was made as {before} and would go out in the name \
                     of {user}."
                );
                ui.colored_label(theme::warning(ui), text);
                if ui.button(format!("Send it as {user}")).clicked() {
                    editor.outbox.push(Request::SendAs(user));
                }
            }
        }
    }
}
