//! Connecting to an app on a server: the key is tested before it is taken.

use super::Stay;
use crate::runtime::RemoteApp;
use crate::ui::theme;
use egui::{Grid, Modal, Spinner, TextEdit, Ui};
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
            ui.set_width(460.0);
            ui.heading("Connect to a Clarifai app");
            ui.label("Makes a project on this computer that syncs with the app. The key goes to the system's keyring, never to a file.");
            Grid::new("connect").num_columns(2).show(ui, |ui| {
                for (name, text) in
                    [("Server", &mut self.server), ("User", &mut self.user), ("App", &mut self.app)]
                {
                    ui.label(name);
                    if ui.add(TextEdit::singleline(text).desired_width(340.0)).accessible_name(name).changed() {
                        self.test = None;
                    }
                    ui.end_row();
                }
                ui.label("Key");
                let field = TextEdit::singleline(&mut self.key).password(true).desired_width(340.0);
                if ui.add(field).accessible_name("Key").changed() {
                    self.test = None;
                }
                ui.end_row();
            });
            let passed = self.test_ui(ui);
            ui.horizontal(|ui| {
                let filled = [&self.server, &self.user, &self.app, &self.key].iter().all(|t| !t.trim().is_empty());
                let idle = self.test.as_ref().is_none_or(|t| t.ready().is_some());
                if ui.add_enabled(filled && idle, egui::Button::new("Test")).clicked() {
                    self.test = Some(test(self.form()));
                }
                if ui.add_enabled(passed, egui::Button::new("Connect")).clicked() {
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

    fn test_ui(&self, ui: &mut Ui) -> bool {
        match self.test.as_ref().map(Promise::ready) {
            None => {
                ui.weak("The key is tested before it is taken.");
                false
            }
            Some(None) => {
                ui.add(Spinner::new());
                false
            }
            Some(Some(Ok(who))) => {
                ui.colored_label(theme::GOOD, who);
                true
            }
            Some(Some(Err(reason))) => {
                ui.colored_label(theme::ERROR, reason);
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
