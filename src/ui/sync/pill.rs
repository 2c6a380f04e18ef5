//! The pill: whether everything is on disk and whether the server has it; with a sentence on what was kept and what to do.

use crate::runtime::{Access, SyncGate};
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{Button, Color32, Ui};

/// What the pill says.
#[derive(Clone, Debug, PartialEq)]
pub struct Pill {
    /// In a few words: `saved · 3 unsent · offline`.
    pub text: String,
    /// What was kept and what to do, most serious first; a sentence a line.
    pub sentences: Vec<String>,
    /// How serious it is.
    pub color: Color32,
}

impl Pill {
    /// Of the editor as it stands.
    #[must_use]
    pub fn of(editor: &Editor) -> Self {
        let mut pill = Self { text: String::new(), sentences: Vec::new(), color: theme::GOOD };
        let mut words = Vec::new();
        if let Some(reason) = &editor.store_failure {
            pill.color = theme::ERROR;
            pill.sentences.push(format!(
                "{}. Editing is locked until then; it is tried every 5 seconds",
                crate::ui::editor::capitalised(reason)
            ));
            words.push("not saved".to_owned());
        } else {
            words.push(if editor.is_saved() { "saved" } else { "saving" }.to_owned());
        }
        words.extend(pill.counts(editor));
        words.push(pill.gate(editor));
        pill.text = words.join(" · ");
        if editor.sync.problems + editor.sync.conflicts > 0 {
            pill.color = theme::ERROR;
        }
        if pill.sentences.is_empty() {
            pill.sentences.push(if editor.is_saved() {
                "Everything is on disk, and the server has it".to_owned()
            } else {
                "Your last edit is on its way to the disk".to_owned()
            });
        }
        pill
    }

    /// How many wait for what.
    fn counts(&mut self, editor: &Editor) -> Vec<String> {
        let sync = &editor.sync;
        let mut words = Vec::new();
        let mut say = |n: usize, word: String, sentence: String| {
            if n > 0 {
                words.push(word);
                self.sentences.push(sentence);
            }
        };
        say(
            sync.conflicts,
            counted(sync.conflicts, "conflict", "conflicts"),
            format!("{} changed here and on the server; both sides are kept until you decide", things(sync.conflicts)),
        );
        say(
            sync.problems,
            counted(sync.problems, "problem", "problems"),
            format!(
                "The server refused {}, kept here with the reason; retry, edit, discard or export in the plan",
                things(sync.problems)
            ),
        );
        say(
            sync.unsent,
            format!("{} unsent", sync.unsent),
            format!("{} on this disk and not on the server yet", things_are(sync.unsent)),
        );
        say(sync.sending, "sending".to_owned(), format!("{} on the way to the server now", things_are(sync.sending)));
        say(
            sync.unknown,
            format!("{} unknown", sync.unknown),
            format!(
                "Nobody knows yet whether {} arrived; that is read back first, so that nothing is lost or sent twice",
                things(sync.unknown)
            ),
        );
        words
    }

    /// Whether calls go out.
    fn gate(&mut self, editor: &Editor) -> String {
        let sync = &editor.sync;
        let done = editor.is_saved() && sync.unsent + sync.sending + sync.unknown == 0;
        let (word, color, sentence) = match &sync.gate {
            SyncGate::Starting => ("connecting".to_owned(), theme::UNLABELLED, "The server is being asked".to_owned()),
            SyncGate::Online if done => ("synced".to_owned(), theme::GOOD, String::new()),
            SyncGate::Online => ("online".to_owned(), theme::GOOD, String::new()),
            SyncGate::Offline(reason) => (
                "offline".to_owned(),
                theme::WARNING,
                format!(
                    "The server does not answer ({}). Go on working: everything is kept here and sent by itself \
                     when it answers; Send now tries at once",
                    inside(reason)
                ),
            ),
            SyncGate::Misconfigured(reason) => (
                "wrong server".to_owned(),
                theme::ERROR,
                format!(
                    "What answers there is no annotations API ({}). Everything is kept here; look at the address \
                     and the network, then choose Send now",
                    inside(reason)
                ),
            ),
            SyncGate::Waiting { until } => (
                format!("waiting until {until}"),
                theme::WARNING,
                format!(
                    "The server asked to wait until {until}. Everything is kept here and goes out then; go on working"
                ),
            ),
            SyncGate::NoKey(reason) => (
                "no key".to_owned(),
                theme::WARNING,
                format!("{}. Go on working: everything is kept here and goes out once there is a key", inside(reason)),
            ),
            SyncGate::KeyRefused(reason) => (
                "key refused".to_owned(),
                theme::ERROR,
                format!(
                    "The key is refused ({}). Everything is kept here and nothing is sent until you enter a new \
                     key or choose Send now",
                    inside(reason)
                ),
            ),
            SyncGate::Held => (
                "held back".to_owned(),
                theme::WARNING,
                "You hold your edits back: they are kept here until you choose Send now".to_owned(),
            ),
            SyncGate::ReadOnly => {
                let reason = match &editor.access {
                    Access::ReadOnly(reason) => crate::ui::editor::capitalised(reason),
                    Access::ReadWrite => "This project is open for reading only".to_owned(),
                };
                ("read only".to_owned(), theme::WARNING, reason)
            }
        };
        if editor.store_failure.is_none() {
            self.color = color;
        }
        if !sentence.is_empty() {
            self.sentences.insert(0, sentence);
        }
        word
    }
}

/// A sentence in brackets needs no full stop.
fn inside(reason: &str) -> &str {
    reason.trim_end_matches('.')
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn things(n: usize) -> String {
    counted(n, "annotation", "annotations")
}

fn things_are(n: usize) -> String {
    format!("{} {}", things(n), if n == 1 { "is" } else { "are" })
}

/// The pill as a button; a click opens the plan.
pub fn pill_ui(ui: &mut Ui, editor: &Editor, chosen: &mut Vec<Command>) {
    let pill = Pill::of(editor);
    let dot = theme::dot(pill.color);
    let response = ui
        .add(Button::new((dot, pill.text.as_str())))
        .accessible_name(format!("Sync: {}. {}", pill.text, pill.sentences.join(". ")))
        .on_hover_ui(|ui| {
            ui.set_max_width(420.0);
            for sentence in &pill.sentences {
                ui.label(sentence);
            }
            ui.weak(format!("{}\nClick to see what would be sent", editor.server));
        });
    if response.clicked() {
        chosen.push(Command::Plan);
    }
}
