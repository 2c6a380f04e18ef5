//! Every action of the program, once: its text, its key, its icon and when it can be used. Menus, toolbar, palette, keys
//! and the key sheet are all made from this list.

use super::editor::Editor;
use crate::runtime::Allowed;
use crate::tools::Tool;
use egui::{Key, KeyboardShortcut, Modifiers};
use egui_material_icons::{MaterialIcon, icons};

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Make a project from a folder of images.
    OpenFolder,
    /// Open a project directory.
    OpenProject,
    /// Add image files to this project.
    AddImages,
    /// Close the window.
    Quit,
    /// Take the last step back.
    Undo,
    /// Repeat what was taken back.
    Redo,
    /// Delete the selection.
    Delete,
    /// Copy the selection.
    Copy,
    /// Paste at the same place.
    Paste,
    /// Duplicate the selection.
    Duplicate,
    /// Select every shape of the image.
    SelectAll,
    /// Select nothing, leave a gesture.
    Escape,
    /// Select and edit.
    ToolSelect,
    /// Draw boxes.
    ToolBox,
    /// Draw polygons.
    ToolPolygon,
    /// Move the view.
    ToolPan,
    /// Show the whole image.
    Fit,
    /// One image pixel a screen point.
    ActualSize,
    /// Show the selection.
    FitSelection,
    /// Closer.
    ZoomIn,
    /// Farther.
    ZoomOut,
    /// Hide the selection, or show all again.
    Hide,
    /// Show everything hidden.
    ShowAll,
    /// Light or dark.
    ToggleTheme,
    /// The image before.
    PreviousImage,
    /// The image after.
    NextImage,
    /// The next image without annotations.
    NextUnlabelled,
    /// Choose the concept of the selection.
    EditConcept,
    /// Label the whole image.
    LabelImage,
    /// A new annotation of mine on the selected region.
    LabelRegion,
    /// Assign the image to a user.
    Assign,
    /// Delete every annotation of the image.
    DeleteAll,
    /// Remove the image.
    RemoveImage,
    /// What would be sent now.
    Plan,
    /// Ask the server for annotations.
    Browse,
    /// Enter or leave the review.
    ToggleReview,
    /// Accept what is up.
    Accept,
    /// Reject what is up.
    Reject,
    /// Ask for changes.
    RequestChanges,
    /// Go on without a decision.
    Skip,
    /// The next in the queue.
    ReviewNext,
    /// The one before in the queue.
    ReviewPrevious,
    /// Take the last decision back.
    ReviewUndo,
    /// Send and fetch now.
    SyncNow,
    /// Bind the project of a Clarifai app.
    Connect,
    /// All commands, by name.
    Palette,
    /// The keys that work now.
    Keys,
}

/// Where a command belongs in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Projects and images.
    File,
    /// Undo, clipboard, selection.
    Edit,
    /// What is shown how.
    View,
    /// What the mouse does.
    Tools,
    /// Concepts.
    Annotation,
    /// Decisions.
    Review,
    /// The server.
    Sync,
    /// Keys.
    Help,
}

impl Menu {
    /// In the order of the menu bar.
    pub const ALL: [Self; 8] =
        [Self::File, Self::Edit, Self::View, Self::Tools, Self::Annotation, Self::Review, Self::Sync, Self::Help];

    /// Its title.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Tools => "Tools",
            Self::Annotation => "Annotation",
            Self::Review => "Review",
            Self::Sync => "Sync",
            Self::Help => "Help",
        }
    }
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Command {
    /// All of them, in the order of the menus.
    pub const ALL: &'static [Self] = &[
        Self::OpenFolder,
        Self::OpenProject,
        Self::AddImages,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::Copy,
        Self::Paste,
        Self::Duplicate,
        Self::Delete,
        Self::SelectAll,
        Self::Escape,
        Self::Fit,
        Self::ActualSize,
        Self::FitSelection,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Hide,
        Self::ShowAll,
        Self::ToggleTheme,
        Self::PreviousImage,
        Self::NextImage,
        Self::NextUnlabelled,
        Self::ToolSelect,
        Self::ToolBox,
        Self::ToolPolygon,
        Self::ToolPan,
        Self::EditConcept,
        Self::LabelImage,
        Self::LabelRegion,
        Self::Assign,
        Self::DeleteAll,
        Self::RemoveImage,
        Self::ToggleReview,
        Self::Accept,
        Self::Reject,
        Self::RequestChanges,
        Self::Skip,
        Self::ReviewNext,
        Self::ReviewPrevious,
        Self::ReviewUndo,
        Self::SyncNow,
        Self::Plan,
        Self::Browse,
        Self::Connect,
        Self::Palette,
        Self::Keys,
    ];

    /// Its name, and what it does in a sentence.
    #[must_use]
    pub const fn text_and_tooltip(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenFolder => ("Open a folder of images…", "Makes a project from a folder; no account needed"),
            Self::OpenProject => ("Open a project…", "Opens a project directory"),
            Self::AddImages => ("Add images…", "Adds image files to this project"),
            Self::Quit => ("Quit", "Closes the window; everything is saved already"),
            Self::Undo => ("Undo", "Takes the last step back, also after a restart"),
            Self::Redo => ("Redo", "Repeats what was taken back"),
            Self::Delete => ("Delete", "Deletes the selection, or the chosen vertex"),
            Self::Copy => ("Copy", "Copies the selected shapes"),
            Self::Paste => ("Paste", "Pastes at the same place, on any image"),
            Self::Duplicate => ("Duplicate", "Duplicates the selection beside it"),
            Self::SelectAll => ("Select all", "Selects every shape of the image"),
            Self::Escape => ("Cancel", "Cancels the gesture, then the selection"),
            Self::ToolSelect => ("Select", "Selects, moves and reshapes"),
            Self::ToolBox => ("Box", "Draws boxes"),
            Self::ToolPolygon => ("Polygon", "Draws polygons"),
            Self::ToolPan => ("Pan", "Moves the view; Space does it from any tool"),
            Self::Fit => ("Fit image", "Shows the whole image"),
            Self::ActualSize => ("100 %", "Shows one image pixel a screen point"),
            Self::FitSelection => ("Fit selection", "Shows the selection and what is around it"),
            Self::ZoomIn => ("Zoom in", "Closer, about the middle"),
            Self::ZoomOut => ("Zoom out", "Farther, about the middle"),
            Self::Hide => ("Hide selection", "Hides the selected shapes from view; the data stays"),
            Self::ShowAll => ("Show all", "Shows everything hidden"),
            Self::ToggleTheme => ("Light or dark", "Switches between light and dark"),
            Self::PreviousImage => ("Previous image", "Shows the image before this one"),
            Self::NextImage => ("Next image", "Shows the image after this one"),
            Self::NextUnlabelled => ("Next unlabelled image", "Shows the next image without annotations"),
            Self::EditConcept => ("Choose concept…", "Chooses the concept of the selection"),
            Self::LabelImage => ("Label the image…", "Puts a concept on the image as a whole"),
            Self::LabelRegion => {
                ("Label this region…", "Adds an annotation of yours on the region of the selected one")
            }
            Self::Assign => ("Assign this image…", "Gives the image to another user as pending work; owners only"),
            Self::DeleteAll => {
                ("Delete all of this image…", "Deletes every annotation of this image, after a question")
            }
            Self::RemoveImage => ("Remove this image…", "Removes the image here and on the server, after a question"),
            Self::Plan => ("What would be sent…", "Shows the calls that would go out, problems and conflicts"),
            Self::Browse => ("Ask the server…", "Lists or searches annotations on the server"),
            Self::ToggleReview => ("Review", "Enters or leaves the review of pending annotations"),
            Self::Accept => ("Accept", "The annotation is right; goes on"),
            Self::Reject => ("Reject", "The annotation is wrong; goes on"),
            Self::RequestChanges => ("Request changes", "Sends it back to be worked on; goes on"),
            Self::Skip => ("Skip", "Goes on without a decision"),
            Self::ReviewNext => ("Next in the queue", "Goes on"),
            Self::ReviewPrevious => ("Previous in the queue", "Goes back"),
            Self::ReviewUndo => ("Undo decision", "Takes the last decision back"),
            Self::SyncNow => ("Sync now", "Sends what is unsent and fetches what is new"),
            Self::Connect => ("Connect to a Clarifai app…", "Makes a project bound to an app on a server"),
            Self::Palette => ("Search a command…", "Finds a command by its name"),
            Self::Keys => ("Keys", "Shows the keys that work right now"),
        }
    }

    /// Why it cannot be used now, where that needs saying.
    #[must_use]
    pub fn why_not(self, editor: &Editor) -> Option<&'static str> {
        let deletes = matches!(self, Self::Delete | Self::DeleteAll);
        (deletes && editor.may_delete == Allowed::No)
            .then_some("Your key lacks the scope Annotations_Delete; ask the owner of the app")
    }

    /// Its name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.text_and_tooltip().0
    }

    /// Where it stands in the menus.
    #[must_use]
    pub const fn menu(self) -> Menu {
        match self {
            Self::OpenFolder | Self::OpenProject | Self::AddImages | Self::Quit => Menu::File,
            Self::Undo | Self::Redo | Self::Delete | Self::Copy | Self::Paste | Self::Duplicate => Menu::Edit,
            Self::SelectAll | Self::Escape => Menu::Edit,
            Self::Fit | Self::ActualSize | Self::FitSelection | Self::ZoomIn | Self::ZoomOut => Menu::View,
            Self::Hide | Self::ShowAll | Self::ToggleTheme => Menu::View,
            Self::PreviousImage | Self::NextImage | Self::NextUnlabelled => Menu::View,
            Self::ToolSelect | Self::ToolBox | Self::ToolPolygon | Self::ToolPan => Menu::Tools,
            Self::EditConcept | Self::LabelImage | Self::LabelRegion => Menu::Annotation,
            Self::Assign | Self::DeleteAll | Self::RemoveImage => Menu::Annotation,
            Self::ToggleReview | Self::Accept | Self::Reject | Self::RequestChanges => Menu::Review,
            Self::Skip | Self::ReviewNext | Self::ReviewPrevious | Self::ReviewUndo => Menu::Review,
            Self::SyncNow | Self::Plan | Self::Browse | Self::Connect => Menu::Sync,
            Self::Palette | Self::Keys => Menu::Help,
        }
    }

    /// Its keys, the one to show first. Where several commands share a key, the mode decides ([`Self::is_enabled`]).
    #[must_use]
    pub fn shortcuts(self) -> Vec<KeyboardShortcut> {
        let keys: &[(Modifiers, Key)] = match self {
            Self::OpenFolder => &[(CTRL, Key::U)],
            Self::OpenProject => &[(CTRL, Key::O)],
            Self::AddImages => &[(CTRL, Key::I)],
            Self::Quit => &[(CTRL, Key::Q)],
            Self::Undo => &[(CTRL, Key::Z)],
            Self::Redo => &[(CTRL_SHIFT, Key::Z), (CTRL, Key::Y)],
            Self::Delete => &[(NONE, Key::Delete), (NONE, Key::Backspace)],
            Self::Copy => &[(CTRL, Key::C)],
            Self::Paste => &[(CTRL, Key::V)],
            Self::Duplicate => &[(CTRL, Key::D)],
            Self::SelectAll => &[(CTRL, Key::A)],
            Self::Escape => &[(NONE, Key::Escape)],
            Self::ToolSelect => &[(NONE, Key::V)],
            Self::ToolBox => &[(NONE, Key::B)],
            Self::ToolPolygon => &[(NONE, Key::P)],
            Self::ToolPan => &[(NONE, Key::H)],
            Self::Fit => &[(CTRL, Key::F)],
            Self::ActualSize => &[(CTRL, Key::Num0)],
            Self::FitSelection => &[(CTRL_SHIFT, Key::F)],
            Self::ZoomIn => &[(CTRL, Key::Plus), (CTRL, Key::Equals)],
            Self::ZoomOut => &[(CTRL, Key::Minus)],
            Self::Hide => &[(CTRL, Key::H)],
            Self::ShowAll => &[(CTRL_SHIFT, Key::H)],
            Self::ToggleTheme | Self::Connect | Self::Assign | Self::DeleteAll | Self::RemoveImage => &[],
            Self::LabelRegion => &[(NONE, Key::G)],
            Self::Browse => &[(CTRL_SHIFT, Key::S)],
            Self::Plan => &[(CTRL, Key::L)],
            Self::PreviousImage | Self::Accept => &[(NONE, Key::A)],
            Self::NextImage => &[(NONE, Key::D)],
            Self::NextUnlabelled => &[(NONE, Key::N)],
            Self::EditConcept => &[(CTRL, Key::E)],
            Self::LabelImage => &[(NONE, Key::L)],
            Self::ToggleReview => &[(NONE, Key::R)],
            Self::Reject => &[(NONE, Key::X)],
            Self::RequestChanges => &[(NONE, Key::C)],
            Self::Skip => &[(NONE, Key::S)],
            Self::ReviewNext => &[(NONE, Key::J)],
            Self::ReviewPrevious => &[(NONE, Key::K)],
            Self::ReviewUndo => &[(NONE, Key::Z)],
            Self::SyncNow => &[(CTRL, Key::S)],
            Self::Palette => &[(CTRL_SHIFT, Key::P)],
            Self::Keys => &[(NONE, Key::F1)],
        };
        keys.iter().map(|(modifiers, key)| KeyboardShortcut::new(*modifiers, *key)).collect()
    }

    /// Its picture, where it has one.
    #[must_use]
    pub const fn icon(self) -> Option<MaterialIcon> {
        Some(match self {
            Self::ToolSelect => icons::ICON_ARROW_SELECTOR_TOOL,
            Self::ToolBox => icons::ICON_RECTANGLE,
            Self::ToolPolygon => icons::ICON_PENTAGON,
            Self::ToolPan => icons::ICON_PAN_TOOL,
            Self::Undo => icons::ICON_UNDO,
            Self::Redo => icons::ICON_REDO,
            Self::Delete => icons::ICON_DELETE,
            Self::Fit => icons::ICON_FIT_SCREEN,
            Self::ZoomIn => icons::ICON_ZOOM_IN,
            Self::ZoomOut => icons::ICON_ZOOM_OUT,
            Self::ToggleReview => icons::ICON_FACT_CHECK,
            Self::Accept => icons::ICON_CHECK,
            Self::Reject => icons::ICON_CLOSE,
            Self::SyncNow => icons::ICON_SYNC,
            Self::Palette => icons::ICON_SEARCH,
            Self::Keys => icons::ICON_HELP,
            Self::EditConcept | Self::LabelImage => icons::ICON_LABEL,
            Self::OpenFolder | Self::OpenProject => icons::ICON_FOLDER_OPEN,
            _ => return None,
        })
    }

    /// Whether it can be used now.
    #[must_use]
    pub fn is_enabled(self, editor: Option<&Editor>) -> bool {
        let Some(editor) = editor else {
            return matches!(
                self,
                Self::OpenFolder
                    | Self::OpenProject
                    | Self::Quit
                    | Self::ToggleTheme
                    | Self::Connect
                    | Self::Palette
                    | Self::Keys
            );
        };
        let reviewing = editor.review.is_some();
        match self {
            Self::Accept | Self::Reject | Self::RequestChanges | Self::Skip => reviewing,
            Self::ReviewNext | Self::ReviewPrevious | Self::ReviewUndo => reviewing,
            // In review mode these keys belong to the decisions.
            Self::PreviousImage | Self::NextImage | Self::NextUnlabelled => !reviewing,
            Self::ToolBox | Self::ToolPolygon => editor.can_draw(),
            Self::Copy | Self::Duplicate | Self::FitSelection | Self::Hide => !editor.selection.is_empty(),
            Self::EditConcept => !editor.selection.is_empty(),
            Self::LabelRegion => editor.selection.len() == 1,
            Self::Assign | Self::RemoveImage => editor.is_ready(),
            Self::DeleteAll => editor.is_ready() && editor.may_delete == Allowed::Yes,
            Self::Delete if editor.may_delete == Allowed::No => editor.tool.is_busy(),
            Self::Delete => !editor.selection.is_empty() || editor.tool.is_busy(),
            Self::LabelImage => editor.is_ready(),
            Self::ShowAll => !editor.hidden.is_empty(),
            _ => true,
        }
    }

    /// Whether it is a mode that is on.
    #[must_use]
    pub const fn is_on(self, editor: &Editor) -> bool {
        matches!(
            (self, &editor.tool),
            (Self::ToolSelect, Tool::Select(_))
                | (Self::ToolBox, Tool::Box(_))
                | (Self::ToolPolygon, Tool::Polygon(_))
                | (Self::ToolPan, Tool::Pan(_))
        ) || matches!((self, &editor.review), (Self::ToggleReview, Some(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_command_is_listed_once_and_says_what_it_does() {
        for (i, command) in Command::ALL.iter().enumerate() {
            assert!(!Command::ALL[..i].contains(command), "{command:?} stands twice");
            let (text, tooltip) = command.text_and_tooltip();
            assert!(!text.is_empty() && !tooltip.is_empty() && text != tooltip, "{command:?} says nothing new");
        }
    }

    #[test]
    fn no_key_means_two_things_outside_the_review() {
        let review = |c: &Command| c.menu() == Menu::Review && *c != Command::ToggleReview;
        let mut by_key: BTreeMap<String, Command> = BTreeMap::new();
        for command in Command::ALL.iter().filter(|c| !review(c)) {
            for shortcut in command.shortcuts() {
                let clash = by_key.insert(format!("{shortcut:?}"), *command);
                assert_eq!(clash, None, "{shortcut:?} also means {command:?}");
            }
        }
    }
}
