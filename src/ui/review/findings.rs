//! What the rules say about the shown image, while one works.

use crate::model::rules::{self, Finding, RuleLimits};
use crate::model::{Edit, InputId};
use crate::runtime::{NoticeLevel, SizeKnown};
use crate::ui::editor::Editor;

/// Images with more annotations than this are looked at when a person asks, not with every edit.
const LOOKED_AT_ALWAYS: usize = 2_000;

/// The findings of one image, and the one that is looked at.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In the order of the annotations.
    pub list: Vec<Finding>,
    at: Option<usize>,
    of: Option<(InputId, u64, u64)>,
}

impl Findings {
    /// The finding that is looked at.
    #[must_use]
    pub fn current(&self) -> Option<&Finding> {
        self.at.and_then(|at| self.list.get(at))
    }

    /// Brings the list up to date with what the editor shows.
    pub fn follow(&mut self, editor: &Editor, when: Ask) {
        let Some(input) = editor.current() else { return };
        if !editor.is_ready() {
            return;
        }
        let now = (input.clone(), editor.changes_made, editor.scene_generation);
        if self.of.as_ref() == Some(&now) || when == Ask::IfCheap && editor.document.count_of(input) > LOOKED_AT_ALWAYS
        {
            return;
        }
        let same_image = self.of.as_ref().is_some_and(|of| of.0 == *input);
        self.of = Some(now);
        let size = editor.image_size().filter(|_| editor.size_known() == SizeKnown::Yes);
        self.list = rules::check(editor.document.of_input(input), size, &RuleLimits::default());
        self.at = self.at.filter(|at| same_image && *at < self.list.len());
    }

    /// Goes to the next finding, around, and selects what it is about.
    pub fn go_on(&mut self, editor: &mut Editor) {
        self.follow(editor, Ask::Always);
        if self.list.is_empty() {
            editor.tell(NoticeLevel::Info, "The rules find nothing wrong with this image".to_owned());
            return;
        }
        self.go_to(self.at.map_or(0, |at| (at + 1) % self.list.len()), editor);
    }

    /// Goes to this finding.
    pub fn go_to(&mut self, at: usize, editor: &mut Editor) {
        let Some(finding) = self.list.get(at) else { return };
        self.at = Some(at);
        editor.reveal = Some(finding.lid);
        editor.selection.set([finding.lid]);
        let remedy = finding.rule.remedy().map(|remedy| format!("; Shift+F8: {remedy}")).unwrap_or_default();
        let text = format!("{} of {}: {}{remedy}", at + 1, self.list.len(), finding.rule.text());
        editor.tell(NoticeLevel::Info, text);
    }

    /// Mends what is looked at, as one step.
    pub fn mend(&mut self, editor: &mut Editor) {
        self.follow(editor, Ask::Always);
        let Some(finding) = self.current().cloned() else {
            editor.tell(NoticeLevel::Info, "F8 goes to what the rules find; Shift+F8 mends it".to_owned());
            return;
        };
        let Some(annotation) = editor.document.get(finding.lid).cloned() else { return };
        if let Err(why) = editor.may_change(&annotation) {
            editor.tell(NoticeLevel::Warning, format!("Not mended: {why}"));
            return;
        }
        let mended = editor.image_size().and_then(|size| finding.mend(&annotation, size));
        match mended {
            Some(edit) => {
                let deletes = matches!(edit, Edit::Remove { .. });
                if deletes && editor.may_delete == crate::runtime::Allowed::No {
                    let text = "Not mended: your key lacks the scope Annotations_Delete; ask the owner of the app";
                    editor.tell(NoticeLevel::Warning, text.to_owned());
                    return;
                }
                if editor.edit(&edit) {
                    self.follow(editor, Ask::Always);
                }
            }
            None => {
                let text = format!("This one needs you: {}", finding.rule.text());
                editor.tell(NoticeLevel::Info, text);
            }
        }
    }
}

/// When the rules look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A person asked.
    Always,
    /// With every frame: not on images with very many annotations.
    IfCheap,
}
