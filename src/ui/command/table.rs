//! The table of commands: one row each. Everything else (menus, palette, keys, the key sheet, the settings, the table in
//! docs/editor.md) is made from it.
//!
//! A row: its name, its keys in the default preset (several with spaces between), its picture, its text, what it does in a
//! sentence. The rows of a group stand in one menu and one [`Scope`]; their order is the order of the menu.

use super::{Menu, Scope};
use egui_material_icons::{MaterialIcon, icons};

/// What the table says of a command.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name in the source, from which its id in the settings file is made.
    pub name: &'static str,
    /// Where it belongs in the menus.
    pub menu: Menu,
    /// When its keys are meant.
    pub scope: Scope,
    /// Its keys in the default preset.
    pub keys: &'static str,
    /// Its picture.
    pub icon: Option<MaterialIcon>,
    /// Its text.
    pub text: &'static str,
    /// What it does.
    pub tooltip: &'static str,
}

macro_rules! commands {
    ($($menu:ident in $scope:ident {
        $($name:ident, $keys:literal, $icon:expr, $text:literal, $tooltip:literal;)*
    })*) => {
        /// An action.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command {
            $($(#[doc = $tooltip] $name,)*)*
        }

        impl Command {
            /// All of them, in the order of the menus.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// What the table says of it.
            #[must_use]
            pub const fn row(self) -> Row {
                match self {
                    $($(Self::$name => Row {
                        name: stringify!($name),
                        menu: Menu::$menu,
                        scope: Scope::$scope,
                        keys: $keys,
                        icon: $icon,
                        text: $text,
                        tooltip: $tooltip,
                    },)*)*
                }
            }
        }
    };
}

commands! {
    File in Desk {
        OpenFolder, "Ctrl+U", Some(icons::ICON_FOLDER_OPEN), "Open a folder of images…", "Makes a project from a folder; no account needed";
        OpenProject, "Ctrl+O", Some(icons::ICON_FOLDER_OPEN), "Open a project…", "Opens a project directory";
        SaveCopy, "", None, "Save a copy elsewhere…", "Writes the whole project database to a folder, with edits that are not on disk yet";
        CheckProject, "", None, "Check for damage", "Looks through every row of the project, and makes the backup of the day";
        Settings, "Ctrl+Comma", Some(icons::ICON_SETTINGS), "Settings…", "Theme, scale, motion and every key";
        Quit, "Ctrl+Q", None, "Quit", "Closes the window; everything is saved already";
    }
    Edit in Desk {
        Undo, "Ctrl+Z", Some(icons::ICON_UNDO), "Undo", "Takes the last step back, also after a restart";
        Redo, "Ctrl+Shift+Z Ctrl+Y", Some(icons::ICON_REDO), "Redo", "Repeats what was taken back";
        Copy, "Ctrl+C", None, "Copy", "Copies the selected shapes";
        Paste, "Ctrl+V", None, "Paste", "Pastes at the same place, on any image";
        PasteOnNext, "Ctrl+Shift+V", None, "Paste on the next images…", "Pastes at the same place on the next images of the list";
        Duplicate, "Ctrl+D", None, "Duplicate", "Duplicates the selection beside it";
        RepeatLast, "T", None, "Repeat the last shape", "Draws the last shape again, with its concepts, where the pointer is";
        Delete, "Delete Backspace", Some(icons::ICON_DELETE), "Delete", "Deletes the selection, or the chosen vertex";
        SelectAll, "Ctrl+A", None, "Select all", "Selects every shape of the image";
        SelectSame, "Shift+C", None, "Select the same concept", "Selects every shape of the image with a concept of the selected one";
        WhatLiesHere, "Q", None, "What lies here…", "Lists the shapes under the pointer, the smallest first";
        FinishShape, "Enter", None, "Finish the shape", "Closes the polygon that is being drawn";
        Escape, "Escape", None, "Cancel", "Cancels the gesture, then the selection";
    }
    View in Desk {
        Fit, "Ctrl+F", Some(icons::ICON_FIT_SCREEN), "Fit image", "Shows the whole image";
        ActualSize, "Ctrl+0", None, "100 %", "Shows one image pixel a screen point";
        FitSelection, "Ctrl+Shift+F", None, "Fit selection", "Shows the selection and what is around it";
        ZoomIn, "Ctrl+Plus Ctrl+Equals", Some(icons::ICON_ZOOM_IN), "Zoom in", "Closer, about the middle";
        ZoomOut, "Ctrl+Minus", Some(icons::ICON_ZOOM_OUT), "Zoom out", "Farther, about the middle";
        Hide, "Ctrl+H", Some(icons::ICON_VISIBILITY_OFF), "Hide selection", "Hides the selected shapes, or all where none is selected; the data stays";
        HideConcept, "Ctrl+Alt+H", None, "Hide the concept", "Hides every shape of the selection's concept, or shows them again";
        ShowAll, "Ctrl+Shift+H", Some(icons::ICON_VISIBILITY), "Show all", "Shows everything hidden";
        HideAll, "", None, "Hide or show all", "Hides every shape, or shows all again where something is hidden";
        Lock, "Ctrl+L", Some(icons::ICON_LOCK), "Lock selection", "Keeps the selected shapes, or all where none is selected, in their place; again: unlocks them";
        LockConcept, "Ctrl+Alt+L", None, "Lock the concept", "Keeps every shape of the selection's concept in its place; again: unlocks them";
        UnlockAll, "Ctrl+Shift+L", Some(icons::ICON_LOCK_OPEN), "Unlock all", "Lets everything be moved again";
        LockAll, "", None, "Lock or unlock all", "Keeps every shape in its place, or lets all be moved again where something is locked";
        Solo, "Alt+H", None, "Solo selection", "Shows nothing but the selection; again: what was shown before";
        SoloConcept, "Alt+Shift+H", None, "Solo the concept", "Shows nothing but the selection's concept; again: everything";
        AdjustPicture, "Ctrl+B", Some(icons::ICON_TUNE), "Adjust the picture…", "Brightness, contrast, gamma, saturation and invert, on the screen only";
        Brighter, "CloseBracket", None, "Brighter", "Shows the picture brighter; the file stays as it is";
        Darker, "OpenBracket", None, "Darker", "Shows the picture darker; the file stays as it is";
        MoreContrast, "Alt+CloseBracket", None, "More contrast", "Shows the picture with more contrast";
        LessContrast, "Alt+OpenBracket", None, "Less contrast", "Shows the picture with less contrast";
        InvertPicture, "Alt+I", None, "Invert the picture", "Shows light as dark and dark as light";
        ResetPicture, "Alt+R", None, "Picture as it is", "Takes brightness, contrast, gamma, saturation and invert back";
        Crosshair, "Alt+X", None, "Crosshair", "Lines through the pointer while something is drawn";
        PixelGrid, "Alt+G", None, "Pixel grid", "Lines between pixels from 800 % on";
        Minimap, "Alt+M", None, "Overview", "The picture in small while only a part of it is seen";
        Labels, "Alt+N", None, "Names at the shapes", "Shows the concepts at the shapes";
        ColorBy, "Alt+C", Some(icons::ICON_PALETTE), "Colour by…", "Goes through: by concept, by shape, by status, by worker";
        ToggleTheme, "", None, "Light or dark", "Switches between light and dark";
        ToggleImages, "F9", None, "Images panel", "Shows or hides the list of images, or the queue in its place";
        ToggleSide, "F10", None, "Concepts and annotations panel", "Shows or hides the panel at the right";
    }
    Images in Desk {
        AddImages, "Ctrl+I", None, "Add images…", "Adds image files to this project";
        ImportAnnotations, "", None, "Import annotations…", "Takes annotations out of a file of another program, after a look";
        ImportFolder, "", None, "Import a folder of annotations…", "Takes annotations out of a folder of files, after a look";
        ExportAnnotations, "", None, "Export annotations…", "Writes the annotations for another program, after a look";
        PreviousImage, "A", None, "Previous image", "Shows the image before this one in the list";
        NextImage, "D", None, "Next image", "Shows the image after this one in the list";
        NextUnlabelled, "N", None, "Next unlabelled image", "Shows the next image without annotations";
        FilterImages, "Slash", None, "Filter images…", "Goes to the filter box of the image list";
        SelectPreviousImage, "Shift+A", None, "Select to the previous image", "Goes back in the list and selects on the way";
        SelectNextImage, "Shift+D", None, "Select to the next image", "Goes on in the list and selects on the way";
        SelectListedImages, "Ctrl+Alt+A", None, "Select all listed images", "Selects every image that the filter shows";
        Assign, "", None, "Assign images…", "Gives images to another user as pending work; owners only";
        DeleteAll, "", None, "Delete their annotations…", "Deletes every annotation of one or many images, after a look at them";
        RemoveImage, "", None, "Remove images…", "Removes images here and on the server, after a look at them";
    }
    Tools in Desk {
        ToolSelect, "V", Some(icons::ICON_ARROW_SELECTOR_TOOL), "Select", "Selects, moves and reshapes";
        ToolBox, "B", Some(icons::ICON_RECTANGLE), "Box", "Draws boxes";
        ToolExtreme, "Shift+B", None, "Box by four points", "Draws boxes by a click on each extreme of the thing";
        ToolPolygon, "P", Some(icons::ICON_PENTAGON), "Polygon", "Draws polygons";
        ToolSlice, "X", None, "Slice", "Cuts shapes in parts by a line";
        ToolPan, "H", Some(icons::ICON_PAN_TOOL), "Pan", "Moves the view; Space does it from any tool";
        KeyboardCursor, "K", None, "Keyboard cursor", "Draws and reshapes with the keys: arrows move it, Enter places";
        ToggleSnap, "Shift+S", None, "Snap", "Vertices snap to shapes and the border; Ctrl switches it off for a moment";
    }
    Annotation in Desk {
        EditConcept, "Ctrl+E", Some(icons::ICON_LABEL), "Choose concept…", "Chooses the concept of the selection";
        LabelImage, "L", Some(icons::ICON_LABEL), "Label the image…", "Puts a concept on the image as a whole";
        LabelRegion, "G", None, "Label this region…", "Adds an annotation of yours on the region of the selected one";
        Unite, "Shift+U", None, "Unite", "Makes one shape of the selected ones";
        Subtract, "Shift+X", None, "Subtract", "Cuts the other selected shapes out of the one selected first";
        Intersect, "Shift+I", None, "Intersect", "Keeps what the selected shapes have in common";
        Simplify, "Shift+M", None, "Simplify…", "Takes vertices away that hardly matter, with a preview";
        Smooth, "Shift+O", None, "Smooth…", "Takes the jags out of outlines, with a preview";
        Mend, "M", None, "Mend the outline", "Puts the vertices of an outline that crosses itself in an order that does not";
    }
    Review in Desk {
        ToggleReview, "R", Some(icons::ICON_FACT_CHECK), "Review", "Enters or leaves the review of pending annotations";
        MyWork, "Shift+W", None, "My open work", "Reviews what is pending in your name";
        NextFinding, "F8", None, "Next finding of the rules", "Goes to what is probably wrong with this image: duplicates, tiny, outside, bow-ties, no concept, contradictions";
        MendFinding, "Shift+F8", None, "Mend the finding", "Mends what the rules found, where that needs no judgement";
        Findings, "", None, "What the rules find…", "Lists what is probably wrong with this image";
        CompareSides, "", None, "Compare two sides…", "Walks through the differences of two people, or of a model and a person, on this image";
        Statistics, "", None, "Statistics…", "Counts by concept, status, worker and day; who has how much";
    }
    Review in Review {
        Accept, "A", Some(icons::ICON_CHECK), "Accept", "The annotation is right; goes on";
        Reject, "X", Some(icons::ICON_CLOSE), "Reject", "The annotation is wrong; goes on";
        RequestChanges, "C", None, "Request changes", "Sends it back to be worked on; goes on";
        RequestChangesSaying, "Shift+C", None, "Request changes, saying why…", "Sends it back with a reason that the next person sees";
        ReviewEdit, "E", Some(icons::ICON_EDIT), "Edit in place", "Takes the item in hand; a decision lets it go";
        Negative, "N", None, "Say not", "Turns what it says into its opposite, and back";
        Skip, "S", None, "Skip", "Goes on without a decision";
        ReviewNext, "J", None, "Next in the queue", "Goes on";
        ReviewPrevious, "K", None, "Previous in the queue", "Goes back";
        ReviewUndo, "Z", None, "Undo decision", "Takes the last decision back";
        ReviewLook, "O", None, "Before or after", "Shows the item as it was before its last edit, as it is, or both";
        AcceptAll, "Shift+A", None, "Accept all…", "Accepts everything in the queue, after a look";
        RejectAll, "Shift+X", None, "Reject all…", "Rejects everything in the queue, after a look";
        CropsOfQueue, "Shift+G", Some(icons::ICON_GRID_VIEW), "Gallery…", "Shows the queue as crops, to choose many and decide about them at once";
        AssignItem, "U", None, "Assign to a user…", "Gives a copy of the item to another user as pending work; owners only";
        AssignAll, "Shift+U", None, "Assign all…", "Gives copies of everything in the queue to another user; owners only";
        ReviewFilter, "F", None, "Filter the queue", "Goes to the filter of the queue";
        ReviewReload, "F5", None, "Compute the queue anew", "Takes in what came since";
    }
    Sync in Desk {
        SyncNow, "Ctrl+S", Some(icons::ICON_SYNC), "Sync now", "Sends what is unsent and fetches what is new";
        Plan, "Ctrl+Alt+S", None, "What would be sent…", "Shows the calls that would go out, problems and conflicts";
        NextTrouble, "F7", None, "Next problem or conflict", "Goes to the next one, over all images";
        Browse, "Ctrl+Shift+S", None, "Ask the server…", "Lists or searches annotations on the server";
        NewKey, "", None, "Enter a new key…", "Takes another key to this project's app, after a test; what is unsent stays";
        Connect, "", None, "Connect to a Clarifai app…", "Makes a project bound to an app on a server";
    }
    Help in Desk {
        Palette, "Ctrl+Shift+P", Some(icons::ICON_SEARCH), "Search a command…", "Finds a command by its name";
        Keys, "F1", Some(icons::ICON_HELP), "Keys", "Shows the keys that work right now";
        FirstSteps, "", None, "First steps", "Shows the card of the five first steps, or hides it";
        FocusPanels, "F6", None, "Go to the panels", "Moves the keyboard to menus and panels; Tab goes on there, Esc returns";
    }
    Direct in Desk {
        Concept1, "1", None, "Concept 1", "Gives the selection, or the next shape, the first concept of the page of digits";
        Concept2, "2", None, "Concept 2", "The second concept of the page";
        Concept3, "3", None, "Concept 3", "The third concept of the page";
        Concept4, "4", None, "Concept 4", "The fourth concept of the page";
        Concept5, "5", None, "Concept 5", "The fifth concept of the page";
        Concept6, "6", None, "Concept 6", "The sixth concept of the page";
        Concept7, "7", None, "Concept 7", "The seventh concept of the page";
        Concept8, "8", None, "Concept 8", "The eighth concept of the page";
        Concept9, "9", None, "Concept 9", "The ninth concept of the page";
        Concept10, "0", None, "Concept 10", "The tenth concept of the page";
        NextDigits, "Period", None, "Next page of digits", "Lets the digits choose the next ten concepts of the list";
        PreviousDigits, "Comma", None, "Previous page of digits", "Lets the digits choose the ten concepts before";
        Loupe, "Z", None, "Loupe", "Enlarges what is under the pointer while the key is held; chosen from here it stays until chosen again";
        NextShape, "Tab", None, "Next shape", "Selects the next shape in reading order";
        PreviousShape, "Shift+Tab", None, "Previous shape", "Selects the shape before in reading order";
        NudgeLeft, "Left", None, "Move left", "Moves the selection one pixel to the left";
        NudgeRight, "Right", None, "Move right", "Moves the selection one pixel to the right";
        NudgeUp, "Up", None, "Move up", "Moves the selection one pixel up";
        NudgeDown, "Down", None, "Move down", "Moves the selection one pixel down";
        NudgeLeftFar, "Shift+Left", None, "Move left by 10", "Moves the selection ten pixels to the left";
        NudgeRightFar, "Shift+Right", None, "Move right by 10", "Moves the selection ten pixels to the right";
        NudgeUpFar, "Shift+Up", None, "Move up by 10", "Moves the selection ten pixels up";
        NudgeDownFar, "Shift+Down", None, "Move down by 10", "Moves the selection ten pixels down";
        GrowLeft, "Ctrl+Left", None, "Right edge to the left", "Moves the bottom right corner one pixel to the left";
        GrowRight, "Ctrl+Right", None, "Right edge to the right", "Moves the bottom right corner one pixel to the right";
        GrowUp, "Ctrl+Up", None, "Bottom edge up", "Moves the bottom right corner one pixel up";
        GrowDown, "Ctrl+Down", None, "Bottom edge down", "Moves the bottom right corner one pixel down";
        GrowLeftFar, "Ctrl+Shift+Left", None, "Right edge to the left by 10", "Moves the bottom right corner ten pixels to the left";
        GrowRightFar, "Ctrl+Shift+Right", None, "Right edge to the right by 10", "Moves the bottom right corner ten pixels to the right";
        GrowUpFar, "Ctrl+Shift+Up", None, "Bottom edge up by 10", "Moves the bottom right corner ten pixels up";
        GrowDownFar, "Ctrl+Shift+Down", None, "Bottom edge down by 10", "Moves the bottom right corner ten pixels down";
        TopLeftLeft, "Alt+Shift+Left", None, "Left edge to the left", "Moves the top left corner one pixel to the left";
        TopLeftRight, "Alt+Shift+Right", None, "Left edge to the right", "Moves the top left corner one pixel to the right";
        TopLeftUp, "Alt+Shift+Up", None, "Top edge up", "Moves the top left corner one pixel up";
        TopLeftDown, "Alt+Shift+Down", None, "Top edge down", "Moves the top left corner one pixel down";
        SelectLeft, "Alt+Left", None, "Shape to the left", "Selects the nearest shape to the left";
        SelectRight, "Alt+Right", None, "Shape to the right", "Selects the nearest shape to the right";
        SelectUp, "Alt+Up", None, "Shape above", "Selects the nearest shape above";
        SelectDown, "Alt+Down", None, "Shape below", "Selects the nearest shape below";
    }
    Direct in Cursor {
        CursorPlace, "Enter Space", None, "Place, pick up, put down", "What a press of the mouse does, at the keyboard's cursor; twice at one place closes a polygon";
        CursorNextGrip, "CloseBracket", None, "Cursor to the next vertex", "Goes to the next vertex, midpoint or handle of the selected shape";
        CursorPreviousGrip, "OpenBracket", None, "Cursor to the vertex before", "Goes to the vertex, midpoint or handle before";
        CursorLeft, "Left", None, "Cursor left", "Moves the keyboard's cursor one pixel to the left";
        CursorRight, "Right", None, "Cursor right", "Moves the keyboard's cursor one pixel to the right";
        CursorUp, "Up", None, "Cursor up", "Moves the keyboard's cursor one pixel up";
        CursorDown, "Down", None, "Cursor down", "Moves the keyboard's cursor one pixel down";
        CursorLeft10, "Shift+Left", None, "Cursor left by 10", "Moves the keyboard's cursor ten pixels to the left";
        CursorRight10, "Shift+Right", None, "Cursor right by 10", "Moves the keyboard's cursor ten pixels to the right";
        CursorUp10, "Shift+Up", None, "Cursor up by 10", "Moves the keyboard's cursor ten pixels up";
        CursorDown10, "Shift+Down", None, "Cursor down by 10", "Moves the keyboard's cursor ten pixels down";
        CursorLeft50, "Ctrl+Left", None, "Cursor left by 50", "Moves the keyboard's cursor fifty pixels to the left";
        CursorRight50, "Ctrl+Right", None, "Cursor right by 50", "Moves the keyboard's cursor fifty pixels to the right";
        CursorUp50, "Ctrl+Up", None, "Cursor up by 50", "Moves the keyboard's cursor fifty pixels up";
        CursorDown50, "Ctrl+Down", None, "Cursor down by 50", "Moves the keyboard's cursor fifty pixels down";
    }
}
