//! Connecting to an app on a server, which makes a project: the key is tested before it is taken. A new key to the app of
//! the open project is `sync::key`'s.

use super::Stay;
use crate::runtime::{KEY_VARIABLE, RemoteApp};
use crate::ui::theme;
use egui::{Grid, Key, Modal, Spinner, TextEdit, Ui};
use poll_promise::Promise;
use secrecy::SecretString;

/// What the test of a key said: who it belongs to, or in a sentence what is wrong.
pub type Tested = Result<String, String>;

/// The dialog while it is open.
pub struct ConnectDialog {
    server: String,
    user: String,
    app: String,
    key: String,
    test: Option<Promise<Tested>>,
}

impl Default for ConnectDialog {
    fn default() -> Self {
        Self {
            server: "https://api.clarifai.com".to_owned(),
            user: String::new(),
            app: String::new(),
            key: String::new(),
            test: None,
        }
    }
}

impl ConnectDialog {
    /// Shows it. `test` starts the test of a form; a form that passed is returned when the person takes it.
    pub fn ui(&mut self, ui: &Ui, test: &dyn Fn(RemoteApp) -> Promise<Tested>) -> (Stay, Option<RemoteApp>) {
        let mut stay = Stay::Open;
        let mut taken = None;
        let modal = Modal::new(egui::Id::unique("connect")).show(ui, |ui| {
            ui.set_width(500.0_f32.min(ui.content_rect().width() - 60.0));
            ui.heading("Connect to a Clarifai app");
            ui.label("Makes a project on this computer that syncs with the app.");
            ui.label(format!(
                "The key goes to the system's keyring, never to a file. Where there is no keyring it is asked for at each \
                 start, or taken from the environment variable {KEY_VARIABLE}."
            ));
            let entered = self.form_ui(ui);
            let passed = self.test_ui(ui);
            ui.horizontal(|ui| {
                let filled = [&self.server, &self.user, &self.app, &self.key].iter().all(|t| !t.trim().is_empty());
                let idle = self.test.as_ref().is_none_or(|t| t.ready().is_some());
                let again = ui.add_enabled(filled && idle, egui::Button::new("Test")).clicked();
                if again || (entered && filled && idle && !passed) {
                    self.test = Some(test(self.form()));
                }
                if ui.add_enabled(passed, egui::Button::new("Connect")).clicked() || (entered && passed) {
                    taken = Some(self.form());
                    stay = Stay::Close;
                }
                if ui.button("Cancel").clicked() {
                    stay = Stay::Close;
                }
            });
        });
        if modal.should_close() {
            stay = Stay::Close;
        }
        (stay, taken)
    }

    /// The fields; whether Enter was pressed in one.
    fn form_ui(&mut self, ui: &mut Ui) -> bool {
        let mut entered = false;
        Grid::new("connect").num_columns(2).show(ui, |ui| {
            let fields = [
                ("Server", &mut self.server, "https://api.clarifai.com"),
                ("User", &mut self.user, "the owner of the app"),
                ("App", &mut self.app, "the app's id"),
                ("Key", &mut self.key, "a personal access token, or a key of the app"),
            ];
            for (name, text, hint) in fields {
                ui.label(name);
                let is_key = name == "Key";
                let field = TextEdit::singleline(text).password(is_key).hint_text(hint).desired_width(380.0);
                let response = ui.add(field).accessible_name(name);
                if response.changed() {
                    self.test = None;
                }
                entered |= response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
                if ui.memory(|m| m.focused().is_none()) && name == "User" {
                    response.request_focus();
                }
                ui.end_row();
            }
        });
        entered
    }

    fn test_ui(&self, ui: &mut Ui) -> bool {
        match self.test.as_ref().map(Promise::ready) {
            None => {
                ui.weak("The key is tested before it is taken.");
                false
            }
            Some(None) => {
                ui.horizontal(|ui| {
                    ui.add(Spinner::new()).accessible_name("Testing");
                    ui.weak("Asking the server…");
                });
                false
            }
            Some(Some(Ok(who))) => {
                ui.colored_label(theme::good(ui), who);
                true
            }
            Some(Some(Err(reason))) => {
                ui.colored_label(theme::error(ui), reason);
                false
            }
        }
    }

    fn form(&self) -> RemoteApp {
        RemoteApp {
            server: self.server.trim().to_owned(),
            user: self.user.trim().to_owned(),
            app: self.app.trim().to_owned(),
            key: SecretString::from(self.key.trim().to_owned()),
        }
    }
}
