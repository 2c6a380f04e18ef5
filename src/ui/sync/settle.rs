//! Decisions about conflicts, and the way from one problem to the next.

use crate::model::{Annotation, Edit, Field, InputId, LocalId, Region, Shape};
use crate::runtime::{Conflict, Keep, KeyNews, Mark, NoticeLevel, Request, Trouble};
use crate::ui::editor::{Editor, new_lid};
use std::collections::BTreeSet;

/// How a conflict is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settle {
    /// What is wanted here.
    Mine,
    /// What the server has.
    Theirs,
    /// Theirs, and a copy of mine beside it.
    Both,
    /// Mine, but theirs in these fields.
    TheirsIn(BTreeSet<Field>),
}

/// What is being decided.
#[derive(Debug, Default)]
pub struct Settling {
    /// The problem or conflict that was gone to last.
    pub looked_at: Option<LocalId>,
    /// The fields of the shown conflict in which theirs is chosen.
    pub theirs_in: BTreeSet<Field>,
    /// A problem that is to be written to a file.
    pub export: Option<String>,
    /// What became of a new key.
    pub key: Option<KeyNews>,
    /// The canvas shall show it.
    pub focus: Option<LocalId>,
    /// What is decided as soon as the image is loaded.
    waiting: Option<(LocalId, Settle)>,
    /// The next problem is wanted as soon as the list is there.
    wants_next: bool,
    /// The counts for which the list was asked.
    listed: (usize, usize),
}

impl Editor {
    /// The conflict that is shown: of the one selected annotation, or the one that was gone to.
    #[must_use]
    pub fn shown_conflict(&self) -> Option<(LocalId, &Conflict)> {
        let of = |lid: LocalId| match self.marks.get(&lid) {
            Some(Mark::Conflict(conflict)) if Some(&conflict.input) == self.current() => Some((lid, conflict.as_ref())),
            _ => None,
        };
        match self.selection.single() {
            Some(lid) => of(lid),
            // What is deleted here cannot be selected.
            None if self.selection.is_empty() => self.settling.looked_at.and_then(of),
            None => None,
        }
    }

    /// Settles a conflict: what is taken of theirs becomes an edit like any other, then the engine is told.
    pub fn settle(&mut self, input: &InputId, lid: LocalId, how: Settle) {
        if !self.document.is_loaded(input) {
            self.go_to(input, lid);
            self.settling.waiting = Some((lid, how));
            return;
        }
        let Some(Mark::Conflict(conflict)) = self.marks.get(&lid).cloned() else { return };
        let mine = self.document.get(lid).cloned();
        let keep = match self.edit_for(lid, &conflict, mine.as_ref(), &how) {
            Ok(None) => Keep::Mine,
            Ok(Some(edit)) if self.edit(&edit) => Keep::Mine,
            Ok(Some(_)) => return, // the notice says why; the conflict stays open
            Err(NotAnEdit) => Keep::Theirs,
        };
        self.settling.theirs_in.clear();
        self.outbox.push(Request::Resolve(lid, keep));
    }

    /// The edit that makes the document what was decided; none where that is how it is.
    fn edit_for(
        &self,
        lid: LocalId,
        conflict: &Conflict,
        mine: Option<&Annotation>,
        how: &Settle,
    ) -> Result<Option<Edit>, NotAnEdit> {
        let all = conflict.fields.iter().copied().collect();
        match (how, mine, &conflict.theirs) {
            (Settle::Mine, ..) | (_, None, None) => Ok(None),
            (Settle::TheirsIn(fields), Some(mine), Some(theirs)) => taking(lid, mine, theirs, fields),
            (Settle::Theirs, Some(mine), Some(theirs)) => taking(lid, mine, theirs, &all),
            (Settle::Both, Some(mine), Some(theirs)) => {
                let region = mine.region.clone().map(|region| Region { id: None, ..region });
                let mut copy = self.new_annotation(new_lid(), mine.input.clone(), region, mine.concepts.clone());
                (copy.status, copy.info) = (mine.status, mine.info.clone());
                let mut edits = vec![Edit::Add(Box::new(copy))];
                edits.extend(taking(lid, mine, theirs, &all)?);
                Ok(Some(Edit::Batch(edits)))
            }
            (_, Some(_), None) => Ok(Some(Edit::Remove { lid })),
            (_, None, Some(theirs)) => Ok(Some(Edit::Add(Box::new(Annotation { lid, ..theirs.clone() })))),
        }
    }

    /// Shows the image of an annotation and selects it there.
    pub fn go_to(&mut self, input: &InputId, lid: LocalId) {
        self.show(input);
        self.settling.looked_at = Some(lid);
        self.settling.theirs_in.clear();
        self.arrive(input);
    }

    /// Selects what was gone to, once its image is loaded.
    fn arrive(&mut self, input: &InputId) {
        let Some(lid) = self.settling.looked_at else { return };
        if self.current() != Some(input) || !self.document.is_loaded(input) {
            return;
        }
        if self.document.get(lid).is_some() {
            self.selection.set([lid]);
        } else {
            self.selection.clear();
        }
        self.settling.focus = Some(lid);
    }

    /// Goes to the next problem or conflict, over all images and round.
    pub fn next_trouble(&mut self) {
        if self.sync.problems + self.sync.conflicts == 0 {
            self.tell(NoticeLevel::Info, "There are no problems and no conflicts".to_owned());
            return;
        }
        let Some(plan) = &self.plan else {
            self.settling.wants_next = true;
            self.outbox.push(Request::LoadPlan);
            return;
        };
        let here = self.selection.single().or(self.settling.looked_at);
        let at = plan.troubles.iter().position(|trouble| Some(trouble.lid) == here);
        let next = at.map_or(0, |at| (at + 1) % plan.troubles.len());
        if let Some(Trouble { input, lid, .. }) = plan.troubles.get(next).cloned() {
            self.go_to(&input, lid);
        }
    }

    /// Keeps the list of problems as new as the counts in the pill.
    pub(in crate::ui) fn follow_troubles(&mut self) {
        let counts = (self.sync.problems, self.sync.conflicts);
        if self.settling.listed != counts {
            self.settling.listed = counts;
            self.outbox.push(Request::LoadPlan);
        }
    }

    /// The list of problems came.
    pub(in crate::ui) fn troubles_listed(&mut self) {
        if std::mem::take(&mut self.settling.wants_next) && self.plan.as_ref().is_some_and(|p| !p.troubles.is_empty()) {
            self.next_trouble();
        }
    }

    /// The annotations of an image came.
    pub(in crate::ui) fn troubles_loaded(&mut self, input: &InputId) {
        let going_there = self.settling.looked_at.is_some_and(|lid| {
            self.document.get(lid).is_some_and(|a| a.input == *input) || self.marks.contains_key(&lid)
        });
        if going_there && self.selection.is_empty() {
            self.arrive(input);
        }
        if let Some((lid, how)) = self.settling.waiting.take() {
            match self.marks.get(&lid) {
                Some(Mark::Conflict(conflict)) if conflict.input == *input => self.settle(input, lid, how),
                _ => self.settling.waiting = Some((lid, how)).filter(|_| self.current() != Some(input)),
            }
        }
    }
}

/// What the server has cannot be made by an edit (a region that is kept and not drawn): the engine takes it whole.
struct NotAnEdit;

fn taking(
    lid: LocalId,
    mine: &Annotation,
    theirs: &Annotation,
    fields: &BTreeSet<Field>,
) -> Result<Option<Edit>, NotAnEdit> {
    let drawn = |a: &Annotation| a.shape().is_some_and(|shape| !matches!(shape, Shape::Kept(_)));
    if fields.contains(&Field::Geometry) && !(drawn(mine) && drawn(theirs)) {
        return Err(NotAnEdit);
    }
    let fields: Vec<Field> = fields.iter().copied().collect();
    Ok((!fields.is_empty()).then(|| Edit::restoring(lid, theirs, &fields)))
}
