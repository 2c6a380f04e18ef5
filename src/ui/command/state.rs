//! When a command can be used, and why not.

use super::{Command, Scope};
use crate::runtime::Allowed;
use crate::tools::Tool;
use crate::ui::editor::Editor;
use crate::ui::view_options::Invert;

impl Command {
    /// Whether it can be used now.
    #[must_use]
    pub fn is_enabled(self, editor: Option<&Editor>) -> bool {
        let Some(editor) = editor else { return self.works_without_project() };
        let reviewing = editor.review.is_some();
        if self.row().scope == Scope::Review {
            return reviewing;
        }
        if let Some(at) = self.concept_index() {
            return editor.concepts.of_digit(at).is_some();
        }
        match self {
            // In review mode these keys belong to the decisions.
            Self::PreviousImage | Self::NextImage | Self::NextUnlabelled => !reviewing,
            Self::SelectPreviousImage | Self::SelectNextImage => !reviewing,
            Self::ToolBox | Self::ToolPolygon => editor.can_draw(),
            Self::Copy | Self::Duplicate | Self::FitSelection => !editor.selection.is_empty(),
            Self::EditConcept => !editor.selection.is_empty(),
            _ if self.nudge().is_some() => !editor.selection.is_empty(),
            Self::LabelRegion => editor.selection.len() == 1,
            Self::Assign | Self::RemoveImage => editor.current().is_some(),
            Self::DeleteAll => editor.current().is_some() && editor.may_delete == Allowed::Yes,
            Self::Delete if editor.may_delete == Allowed::No => editor.tool.is_busy(),
            Self::Delete => !editor.selection.is_empty() || editor.tool.is_busy(),
            Self::LabelImage => editor.is_ready(),
            Self::ShowAll => editor.sight.hides_something(),
            Self::UnlockAll => editor.sight.locks_something(),
            Self::Hide | Self::Lock => editor.is_ready(),
            Self::Solo => editor.sight.is_solo() || !editor.selection.is_empty(),
            Self::HideConcept | Self::LockConcept | Self::SoloConcept => editor.meant_concept().is_some(),
            _ => true,
        }
    }

    const fn works_without_project(self) -> bool {
        matches!(
            self,
            Self::OpenFolder
                | Self::OpenProject
                | Self::Settings
                | Self::Quit
                | Self::ToggleTheme
                | Self::Connect
                | Self::Palette
                | Self::Keys
                | Self::FocusPanels
        )
    }

    /// Why it cannot be used now, where that needs saying.
    #[must_use]
    pub fn why_not(self, editor: &Editor) -> Option<&'static str> {
        let deletes = matches!(self, Self::Delete | Self::DeleteAll);
        (deletes && editor.may_delete == Allowed::No)
            .then_some("Your key lacks the scope Annotations_Delete; ask the owner of the app")
    }

    /// Whether it is a mode that is on.
    #[must_use]
    pub const fn is_on(self, editor: &Editor) -> bool {
        let view = &editor.view;
        let switch = match self {
            Self::Crosshair => Some(view.crosshair),
            Self::PixelGrid => Some(view.pixel_grid),
            Self::Minimap => Some(view.minimap),
            Self::Labels => Some(view.labels),
            _ => None,
        };
        if let Some(switch) = switch {
            return switch.is_on();
        }
        if matches!(self, Self::Solo) {
            return editor.sight.is_solo();
        }
        if matches!(self, Self::InvertPicture) {
            return matches!(view.adjust.invert, Invert::Yes);
        }
        matches!(
            (self, &editor.tool),
            (Self::ToolSelect, Tool::Select(_))
                | (Self::ToolBox, Tool::Box(_))
                | (Self::ToolPolygon, Tool::Polygon(_))
                | (Self::ToolPan, Tool::Pan(_))
        ) || matches!((self, &editor.review), (Self::ToggleReview, Some(_)))
    }
}
