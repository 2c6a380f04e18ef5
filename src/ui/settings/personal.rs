//! The settings of the person at this window: what is changed is in force in the next frame, and written.

use super::{Motion, PanelShown, Settings, Theme, WindowPlace};
use crate::runtime::{FoundSettings, SettingsKeeper};
use crate::ui::wheel::is_slow;
use egui::{Context, ThemePreference};
use std::path::Path;
use std::task::Waker;

/// The settings, what was kept of them, and what the person has to be told about them.
pub struct Personal {
    /// As they are now; whoever changes them does no more than that.
    pub settings: Settings,
    /// What the person has not acknowledged yet.
    pub notes: Vec<String>,
    kept: Settings,
    keeper: Option<SettingsKeeper>,
    waker: Waker,
}

impl Personal {
    /// Settings that are kept nowhere.
    #[must_use]
    pub fn forgotten(ctx: &Context) -> Self {
        let mut settings = Settings::default();
        settings.first_steps.shown = PanelShown::Closed; // it would come back every time
        apply(&settings, ctx);
        Self { kept: settings.clone(), settings, notes: Vec::new(), keeper: None, waker: Waker::noop().clone() }
    }

    /// Settings as they were found, in force from now on.
    #[must_use]
    pub fn new(found: FoundSettings, ctx: &Context, waker: Waker) -> Self {
        let (settings, not_understood) = Settings::from_values(&found.values);
        apply(&settings, ctx);
        let mut notes = found.notes;
        if !not_understood.is_empty() {
            notes.push(format!("{}: {}", found.keeper.file().display(), not_understood.join(". ")));
        }
        // What was not understood is kept under another name, so that it is told once.
        let kept = if not_understood.is_empty() { settings.clone() } else { Settings::default() };
        Self { settings, notes, kept, keeper: Some(found.keeper), waker }
    }

    /// The file that they are kept in.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.keeper.as_ref().map(SettingsKeeper::file)
    }

    /// Remembers how large the window is, for the next start.
    pub fn remember_window(&mut self, ctx: &Context) {
        let zoom = ctx.zoom_factor();
        let (rect, maximized) = ctx.input(|i| (i.viewport().inner_rect, i.viewport().maximized.unwrap_or_default()));
        let Some(rect) = rect.filter(egui::Rect::is_positive) else { return };
        let size = [(rect.width() * zoom).round(), (rect.height() * zoom).round()];
        // A window that fills the screen goes back to the size that it had before.
        let before = self.settings.window.map(|w| w.size);
        let size = if maximized { before.unwrap_or(size) } else { size };
        self.settings.window = Some(WindowPlace { size, maximized });
    }

    /// Puts what changed in force and has it written.
    pub fn follow(&mut self, ctx: &Context) {
        if let Some(failure) = self.keeper.as_ref().and_then(SettingsKeeper::failure)
            && !self.notes.contains(&failure)
        {
            self.notes.push(failure);
        }
        if self.settings == self.kept {
            return;
        }
        apply(&self.settings, ctx);
        if let Some(keeper) = &mut self.keeper {
            keeper.keep(self.settings.values(), &self.waker);
        }
        self.kept = self.settings.clone();
    }
}

fn apply(settings: &Settings, ctx: &Context) {
    ctx.set_theme(match settings.theme {
        Theme::System => ThemePreference::System,
        Theme::Light => ThemePreference::Light,
        Theme::Dark => ThemePreference::Dark,
    });
    ctx.set_zoom_factor(settings.scale);
    // Where a processor draws, what fades or glides costs a frame after the other, each as dear as all that it shows.
    let (animation, scroll) = match settings.motion {
        Motion::Full if is_slow(ctx) => (0.0, egui::style::ScrollAnimation::none()),
        Motion::Full => (egui::Style::default().animation_time, egui::style::ScrollAnimation::default()),
        Motion::Reduced => (0.0, egui::style::ScrollAnimation::none()),
    };
    ctx.all_styles_mut(|style| (style.animation_time, style.scroll_animation) = (animation, scroll));
    settings.keymap().install(ctx);
    ctx.request_repaint();
}
