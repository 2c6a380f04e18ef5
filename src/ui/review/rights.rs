//! What this desk may change: shown before one tries, because a refusal later is worth less than a sentence now.
//!
//! As the annotations page has it: the owner of the app changes everything; a collaborator what they made or were
//! given, and what models made. Where the server does not say whose key it is, it decides, and what it refuses is listed
//! under problems.

use crate::model::{Annotation, Worker};
use crate::runtime::{Access, QueueRow};
use crate::ui::editor::Editor;

impl Editor {
    /// Whether the user at this desk owns the app; yes where the server does not say who it is.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.user.is_empty() || self.app_owner.is_empty() || self.user == self.app_owner
    }

    /// Whether an annotation of this worker may be changed.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn may_change_of(&self, worker: &Worker) -> Result<(), String> {
        if let Access::ReadOnly(reason) = &self.access {
            return Err(reason.clone());
        }
        match worker {
            Worker::User(maker) if *maker != self.user && !self.is_owner() => Err(format!(
                "{maker} made this annotation; only {maker} and the owner of the app, {}, may change it",
                self.app_owner
            )),
            _ => Ok(()),
        }
    }

    /// Whether this annotation may be changed.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn may_change(&self, annotation: &Annotation) -> Result<(), String> {
        self.may_change_of(&annotation.worker)
    }

    /// Whether this item of the queue may be decided about here.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn may_decide(&self, row: &QueueRow) -> Result<(), String> {
        self.may_change_of(&row.worker)
    }

    /// Whether work may be given to others.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn may_assign(&self) -> Result<(), String> {
        if let Access::ReadOnly(reason) = &self.access {
            return Err(reason.clone());
        }
        if self.is_owner() {
            return Ok(());
        }
        Err(format!("only the owner of the app, {}, may give work to others", self.app_owner))
    }
}
