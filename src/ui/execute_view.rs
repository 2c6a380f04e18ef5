//! Carrying out the commands of the view: what is seen, and how.

use super::app::App;
use super::command::{Command, Keymap};
use super::editor::Editor;
use super::panels::picture::PictureWindow;
use super::sight::SightChange;
use super::view_options::{Adjust, ViewOptions};
use crate::runtime::NoticeLevel;
use egui::Ui;

/// How far a key changes the brightness.
const BRIGHTNESS_STEP: f32 = 0.05;
/// How far a key changes the contrast, times.
const CONTRAST_STEP: f32 = 1.15;

impl App {
    /// Carries out what belongs to the view; says whether it did.
    pub(super) fn execute_view(&mut self, ui: &Ui, command: Command) -> bool {
        let Some(editor) = &mut self.editor else { return false };
        match command {
            Command::AdjustPicture => {
                self.picture = if self.picture.is_some() { None } else { Some(PictureWindow) };
            }
            // While its key is held the canvas shows it anyway.
            Command::Loupe if is_held(ui, Command::Loupe) => {}
            Command::Loupe => self.canvas.loupe.toggle_pinned(),
            _ => return change_sight(editor, command) || change_view(editor, command),
        }
        true
    }
}

/// Whether a key of this command is down.
#[must_use]
pub(super) fn is_held(ui: &Ui, command: Command) -> bool {
    let keymap = Keymap::of(ui);
    ui.input(|i| keymap.keys(command).iter().any(|c| i.key_down(c.key) && i.modifiers.matches_exact(c.modifiers)))
}

fn change_sight(editor: &mut Editor, command: Command) -> bool {
    match command {
        Command::Hide => editor.hide_selection(),
        Command::ShowAll => editor.change_sight(SightChange::ShowAll),
        Command::HideAll => editor.toggle_hide_all(),
        Command::Lock => editor.toggle_lock(),
        Command::LockAll => editor.toggle_lock_all(),
        Command::UnlockAll => editor.change_sight(SightChange::UnlockAll),
        Command::Solo => editor.toggle_solo(),
        Command::HideConcept | Command::LockConcept | Command::SoloConcept => {
            let Some(id) = editor.meant_concept() else { return true };
            editor.change_sight(match command {
                Command::HideConcept => SightChange::ToggleConcept(id),
                Command::LockConcept => SightChange::ToggleLockedConcept(id),
                _ => SightChange::ToggleSoloConcept(id),
            });
        }
        _ => return false,
    }
    true
}

fn change_view(editor: &mut Editor, command: Command) -> bool {
    let adjust: fn(&mut Adjust) = match command {
        Command::Brighter => |a| a.brightness += BRIGHTNESS_STEP,
        Command::Darker => |a| a.brightness -= BRIGHTNESS_STEP,
        Command::MoreContrast => |a| a.contrast *= CONTRAST_STEP,
        Command::LessContrast => |a| a.contrast /= CONTRAST_STEP,
        Command::InvertPicture => |a| *a = a.inverted(),
        Command::ResetPicture => |a| *a = Adjust::default(),
        _ => return switch_view(editor, command),
    };
    editor.change_view(|view| adjust(&mut view.adjust));
    let now = editor.view.adjust;
    let text = if now.is_neutral() {
        "The picture is shown as it is".to_owned()
    } else {
        format!(
            "Brightness {:+.0} %, contrast {:.0} %; only on the screen. Alt+R shows the picture as it is",
            now.brightness * 100.0,
            now.contrast * 100.0
        )
    };
    editor.tell(NoticeLevel::Info, text);
    true
}

fn switch_view(editor: &mut Editor, command: Command) -> bool {
    let change: fn(&mut ViewOptions) = match command {
        Command::Crosshair => |v| v.crosshair = v.crosshair.toggled(),
        Command::PixelGrid => |v| v.pixel_grid = v.pixel_grid.toggled(),
        Command::Minimap => |v| v.minimap = v.minimap.toggled(),
        Command::Labels => |v| v.labels = v.labels.toggled(),
        Command::ColorBy => |v| v.color_by = v.color_by.next(),
        _ => return false,
    };
    editor.change_view(change);
    if command == Command::ColorBy {
        editor.tell(NoticeLevel::Info, format!("Coloured by {}", editor.view.color_by.text()));
    }
    true
}
