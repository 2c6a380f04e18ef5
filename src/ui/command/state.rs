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
        if self.row().scope == Scope::Cursor {
            return editor.shaping.cursor.is_some();
        }
        if let Some(at) = self.concept_index() {
            return editor.concepts.of_digit(at).is_some();
        }
        match self {
            // In review mode these keys belong to the decisions.
            Self::PreviousImage | Self::NextImage | Self::NextUnlabelled => !reviewing,
            Self::SelectPreviousImage | Self::SelectNextImage => !reviewing,
            Self::ToolBox | Self::ToolExtreme | Self::ToolPolygon => editor.can_draw(),
            Self::Unite | Self::Subtract | Self::Intersect => editor.selection.len() > 1,
            Self::FinishShape => editor.tool.places_points(),
            Self::Simplify | Self::Smooth => !editor.selection.is_empty(),
            Self::Copy | Self::Duplicate | Self::FitSelection => !editor.selection.is_empty(),
            Self::EditConcept => !editor.selection.is_empty(),
            _ if self.nudge().is_some() || self.corner().is_some() => !editor.selection.is_empty(),
            Self::LabelRegion => editor.selection.len() == 1,
            Self::Assign | Self::RemoveImage => editor.current().is_some(),
            Self::DeleteAll => editor.current().is_some() && editor.may_delete == Allowed::Yes,
            Self::Delete if editor.may_delete == Allowed::No => editor.tool.is_busy(),
            Self::Delete => !editor.selection.is_empty() || editor.tool.is_busy(),
            Self::LabelImage => editor.is_ready(),
            Self::ShowAll => editor.sight.hides_something(),
            Self::UnlockAll => editor.sight.locks_something(),
            Self::Hide | Self::Lock | Self::HideAll | Self::LockAll => editor.is_ready(),
            Self::NextDigits | Self::PreviousDigits => editor.concepts.pages() > 1,
            Self::Solo => editor.sight.is_solo() || !editor.selection.is_empty(),
            Self::HideConcept | Self::LockConcept | Self::SoloConcept => editor.meant_concept().is_some(),
            Self::NewKey => editor.bound_to.is_some(),
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

    /// Why it cannot be used now, in a few words; `None` where it can.
    #[must_use]
    pub fn why_not(self, editor: Option<&Editor>) -> Option<&'static str> {
        if self.is_enabled(editor) {
            return None;
        }
        let Some(editor) = editor else { return Some("No project is open") };
        if self.row().scope == Scope::Review {
            return Some("Only in review");
        }
        Some(match self {
            Self::Delete | Self::DeleteAll if editor.may_delete == Allowed::No => {
                "Your key lacks the scope Annotations_Delete; ask the owner of the app"
            }
            Self::PreviousImage | Self::NextImage | Self::NextUnlabelled => {
                "Not in review: J and K go on and back there"
            }
            Self::ToolBox | Self::ToolPolygon => "The image is not there, or its size is not known",
            Self::LabelRegion => "Select one shape first",
            Self::Assign | Self::RemoveImage | Self::DeleteAll | Self::LabelImage => "The image is not there yet",
            Self::NewKey => "The bundled server needs no key",
            Self::ShowAll => "Nothing is hidden",
            Self::UnlockAll => "Nothing is locked",
            Self::Hide | Self::Lock | Self::HideAll | Self::LockAll => "The image is not there yet",
            Self::NextDigits | Self::PreviousDigits => "The digits choose all of them already",
            Self::HideConcept | Self::LockConcept | Self::SoloConcept => "Select a shape or a concept first",
            _ if self.concept_index().is_some() => "The list of concepts is shorter",
            _ if editor.selection.is_empty() => "Select something first",
            _ => "Not now",
        })
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
                | (Self::ToolExtreme, Tool::Extreme(_))
                | (Self::ToolPolygon, Tool::Polygon(_))
                | (Self::ToolSlice, Tool::Slice(_))
                | (Self::ToolPan, Tool::Pan(_))
        ) || matches!((self, &editor.review), (Self::ToggleReview, Some(_)))
    }
}
