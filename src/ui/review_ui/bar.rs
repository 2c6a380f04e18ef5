//! The bar of the review mode: how far it is, what is up, the keys, and the strip of the last decisions.

use crate::runtime::NoticeLevel;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::panels::menu::shortcut_text;
use crate::ui::review::{Decision, Hand, Past, Review};
use crate::ui::theme;
use egui::{Button, Key, ProgressBar, RichText, TextEdit, Ui};

const KEYS: [(Command, &str); 12] = [
    (Command::Accept, "accept"),
    (Command::Reject, "reject"),
    (Command::RequestChanges, "request changes"),
    (Command::ReviewEdit, "edit"),
    (Command::Negative, "not"),
    (Command::Skip, "skip"),
    (Command::ReviewPrevious, "back"),
    (Command::ReviewNext, "on"),
    (Command::ReviewUndo, "undo"),
    (Command::CropsOfQueue, "gallery"),
    (Command::AcceptAll, "all"),
    (Command::ToggleReview, "leave"),
];

/// Shows the bar while the review is on.
pub fn review_bar_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>) {
    let Some(review) = &editor.review else { return };
    let top = ui.cursor().top();
    ui.horizontal_wrapped(|ui| {
        ui.strong(RichText::new("Review").color(theme::ink(ui, theme::ACCENT)));
        if review.is_waiting() {
            ui.weak("Looking for what waits…");
        } else if review.rows.is_empty() {
            ui.label("Nothing waits for a decision.");
        } else {
            progress_ui(ui, editor, review);
        }
    });
    let refused = review.current().and_then(|row| editor.may_decide(row).err());
    let typing = review.reason.is_some();
    if let Some(why) = &refused {
        ui.horizontal(|ui| {
            ui.label(egui_material_icons::icons::ICON_LOCK.rich_text().color(theme::warning(ui)));
            ui.colored_label(theme::warning(ui), format!("You cannot decide about this one: {why}. S skips it"));
        });
    }
    // As high while a reason is typed as it was before, so that the picture does not jump.
    let height = egui::Id::unique("height of the review bar");
    if typing {
        reason_ui(ui, editor);
        let before = ui.data(|data| data.get_temp(height)).unwrap_or(0.0);
        ui.add_space((top + before - ui.min_rect().bottom()).max(0.0));
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (command, text) in KEYS {
            let decides = matches!(
                command,
                Command::Accept | Command::Reject | Command::RequestChanges | Command::ReviewEdit | Command::Negative
            );
            let key = shortcut_text(ui, command);
            let button = Button::new(format!("{key} {text}")).small();
            let enabled = !(decides && refused.is_some());
            let response = ui.add_enabled(enabled, button).accessible_name(command.text());
            let response = response.on_hover_text(command.text_and_tooltip().1);
            if response.on_disabled_hover_text(refused.as_deref().unwrap_or_default()).clicked() {
                chosen.push(command);
            }
        }
    });
    strip_ui(ui, editor);
    let now = ui.min_rect().bottom() - top;
    ui.data_mut(|data| data.insert_temp(height, now));
}

fn progress_ui(ui: &mut Ui, editor: &Editor, review: &Review) {
    let (done, all) = (review.rows.len() - review.left(), review.rows.len());
    #[expect(clippy::cast_precision_loss, reason = "a progress bar")]
    let part = done as f32 / all as f32;
    ui.add(ProgressBar::new(part).desired_width(140.0).text(format!("{done} done")))
        .accessible_name(format!("Review progress, {done} of {all}"));
    let Some(row) = review.current() else { return };
    let score = row.score.map(|s| format!(" {:.0} %", s * 100.0)).unwrap_or_default();
    ui.label(RichText::new(format!("{}{score}", editor.queue_text(row))).strong());
    let place = review.at + 1;
    if review.hand == Hand::Editing {
        ui.colored_label(theme::ink(ui, theme::ACCENT), "editing: A accepts it, Esc lets it go");
        return;
    }
    ui.weak(format!("by {} · {} · {place} of {all}", row.worker.text(), crate::ui::review::status_text(row.status)));
    if !editor.review_item_is_here() {
        ui.weak("loading…");
    }
    if let Some(rate) = review.pace.per_hour() {
        let left = review.pace.time_left(review.left()).map(|text| format!(" · {text}")).unwrap_or_default();
        ui.weak(format!("{rate:.0} an hour{left}"));
    }
}

/// The reason for asking for changes: typed, or one of the last ones.
fn reason_ui(ui: &mut Ui, editor: &mut Editor) {
    let offered = editor.review_desk.reasons.clone();
    let Some(text) = editor.review.as_mut().and_then(|review| review.reason.as_mut()) else { return };
    let mut done = false;
    ui.horizontal_wrapped(|ui| {
        ui.label("Why?");
        let field =
            TextEdit::singleline(text).hint_text("what is to be changed; Enter sends it back").desired_width(360.0);
        let response = ui.add(field).accessible_name("Reason");
        // Esc is a command like everywhere (`Editor::review_let_go`).
        done = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if ui.memory(|m| m.focused().is_none()) {
            response.request_focus();
        }
        for reason in &offered {
            if ui.small_button(reason).on_hover_text("Sends it back with this reason").clicked() {
                text.clone_from(reason);
                done = true;
            }
        }
    });
    let reason = text.clone();
    if done {
        editor.remember_reason(&reason);
        editor.decide_saying(Decision::RequestChanges, &reason);
    }
    if done {
        if let Some(review) = &mut editor.review {
            review.reason = None;
        }
        ui.memory_mut(egui::Memory::stop_text_input);
    }
}

/// The last decisions; a click goes back to one.
fn strip_ui(ui: &mut Ui, editor: &mut Editor) {
    let Some(review) = &editor.review else { return };
    let mut wanted: Option<Option<usize>> = None;
    ui.horizontal_wrapped(|ui| {
        ui.weak("Last:");
        if review.strip.is_empty() {
            ui.weak("nothing yet"); // the line is there from the beginning, so that the picture does not jump later
        }
        for past in review.strip.iter().rev() {
            let text = RichText::new(format!("{} {}", sign(past), past.text)).color(color(past));
            let name = format!("Decided: {}, {}", past.text, past.decision.text());
            if ui.add(Button::new(text).small()).accessible_name(&name).on_hover_text(name).clicked() {
                wanted = Some(review.place_of(past.lid));
            }
        }
    });
    match wanted {
        Some(Some(place)) => editor.review_go_to(place),
        Some(None) => {
            let text = "The filter that is in use leaves this one out; Everything open in the filter takes it away";
            editor.tell(NoticeLevel::Info, text.to_owned());
        }
        None => {}
    }
}

const fn sign(past: &Past) -> &'static str {
    match past.decision {
        Decision::Accept => "+",
        Decision::Reject => "×",
        Decision::RequestChanges => "?",
    }
}

const fn color(past: &Past) -> egui::Color32 {
    theme::status_color(past.decision.status())
}
