//! Hidden, locked, alone: what is seen and what can be taken hold of. A matter of view: it never changes the data, and
//! nothing that is hidden is deleted by accident, because it is never selected.

use super::editor::Editor;
use crate::model::{Annotation, Change, ConceptId, Edit, LocalId};
use crate::runtime::{NoticeLevel, Request};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// The setting of a project that remembers it.
pub const SETTING: &str = "sight";

/// What is hidden, locked and shown alone in this project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sight {
    hidden: Reach,
    locked: Reach,
    /// While it is set, nothing else is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    solo: Option<Reach>,
}

/// Some shapes, every shape of some concepts, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Reach {
    everything: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    shapes: BTreeSet<LocalId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    concepts: BTreeSet<ConceptId>,
    /// Not these, whatever else is said.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    except: BTreeSet<LocalId>,
}

impl Reach {
    fn is_empty(&self) -> bool {
        !self.everything && self.shapes.is_empty() && self.concepts.is_empty()
    }

    fn covers(&self, annotation: &Annotation) -> bool {
        if self.except.contains(&annotation.lid) {
            return false;
        }
        self.everything || self.shapes.contains(&annotation.lid) || self.covers_concepts(annotation)
    }

    /// With several concepts only where each is covered: what is hidden with one would else be missed in the other.
    fn covers_concepts(&self, annotation: &Annotation) -> bool {
        let covered = |c: &crate::model::ConceptLabel| self.concepts.contains(&c.id);
        !self.concepts.is_empty() && !annotation.concepts.is_empty() && annotation.concepts.iter().all(covered)
    }

    fn add(&mut self, lids: &[LocalId]) {
        for lid in lids {
            self.except.remove(lid);
            self.shapes.insert(*lid);
        }
    }

    /// Takes these out, also where a concept or everything covers them.
    fn spare(&mut self, lids: &[LocalId]) {
        for lid in lids {
            self.shapes.remove(lid);
            if self.everything || !self.concepts.is_empty() {
                self.except.insert(*lid);
            }
        }
    }

    fn toggle_concept(&mut self, id: &ConceptId) {
        if !self.concepts.remove(id) {
            self.concepts.insert(id.clone());
        }
        if self.is_empty() {
            self.except.clear();
        }
    }
}

impl Sight {
    /// Whether it is seen.
    #[must_use]
    pub fn hides(&self, annotation: &Annotation) -> bool {
        match &self.solo {
            Some(solo) => !solo.covers(annotation),
            None => self.hidden.covers(annotation),
        }
    }

    /// Whether it must not be moved or deleted.
    #[must_use]
    pub fn locks(&self, annotation: &Annotation) -> bool {
        self.locked.covers(annotation)
    }

    /// Whether anything is hidden, by whatever means.
    #[must_use]
    pub fn hides_something(&self) -> bool {
        self.solo.is_some() || !self.hidden.is_empty()
    }

    /// Whether anything is locked.
    #[must_use]
    pub fn locks_something(&self) -> bool {
        !self.locked.is_empty()
    }

    /// Whether something is shown alone.
    #[must_use]
    pub const fn is_solo(&self) -> bool {
        self.solo.is_some()
    }

    /// Whether every shape of a concept is hidden.
    #[must_use]
    pub fn hides_concept(&self, id: &ConceptId) -> bool {
        match &self.solo {
            Some(solo) => !solo.concepts.contains(id),
            None => self.hidden.everything || self.hidden.concepts.contains(id),
        }
    }

    /// Whether every shape of a concept is locked.
    #[must_use]
    pub fn locks_concept(&self, id: &ConceptId) -> bool {
        self.locked.everything || self.locked.concepts.contains(id)
    }

    /// What is drawn now is seen, whatever else is not.
    fn admit(&mut self, lid: LocalId) {
        match &mut self.solo {
            Some(solo) => solo.add(&[lid]),
            None => self.hidden.spare(&[lid]),
        }
    }
}

/// Which change of the view is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SightChange {
    /// Hide these shapes.
    Hide(Vec<LocalId>),
    /// Show these shapes again.
    Show(Vec<LocalId>),
    /// Hide everything.
    HideEverything,
    /// Show all again: nothing is hidden or alone.
    ShowAll,
    /// Hide the shapes of a concept, or show them again.
    ToggleConcept(ConceptId),
    /// Lock these shapes.
    Lock(Vec<LocalId>),
    /// Unlock these shapes.
    Unlock(Vec<LocalId>),
    /// Lock everything.
    LockEverything,
    /// Unlock all.
    UnlockAll,
    /// Lock the shapes of a concept, or unlock them.
    ToggleLockedConcept(ConceptId),
    /// Show nothing but these shapes.
    Solo(Vec<LocalId>),
    /// Show nothing but the shapes of this concept; again: everything.
    ToggleSoloConcept(ConceptId),
    /// Show what was shown before.
    EndSolo,
}

impl Sight {
    /// Makes a change.
    pub fn change(&mut self, change: SightChange) {
        match change {
            SightChange::Hide(lids) => match &mut self.solo {
                Some(solo) => solo.spare(&lids),
                None => self.hidden.add(&lids),
            },
            SightChange::Show(lids) => match &mut self.solo {
                Some(solo) => solo.add(&lids),
                None => self.hidden.spare(&lids),
            },
            SightChange::HideEverything => self.hidden = Reach { everything: true, ..Reach::default() },
            SightChange::ShowAll => (self.hidden, self.solo) = (Reach::default(), None),
            SightChange::ToggleConcept(id) => self.toggle_hidden_concept(&id),
            SightChange::Lock(lids) => self.locked.add(&lids),
            SightChange::Unlock(lids) => self.locked.spare(&lids),
            SightChange::LockEverything => self.locked = Reach { everything: true, ..Reach::default() },
            SightChange::UnlockAll => self.locked = Reach::default(),
            SightChange::ToggleLockedConcept(id) => self.locked.toggle_concept(&id),
            SightChange::Solo(lids) => {
                self.solo = Some(Reach { shapes: lids.into_iter().collect(), ..Reach::default() });
            }
            SightChange::ToggleSoloConcept(id) => {
                let alone = Reach { concepts: BTreeSet::from([id]), ..Reach::default() };
                self.solo = if self.solo.as_ref() == Some(&alone) { None } else { Some(alone) };
            }
            SightChange::EndSolo => self.solo = None,
        }
    }

    fn toggle_hidden_concept(&mut self, id: &ConceptId) {
        match &mut self.solo {
            Some(solo) => {
                solo.toggle_concept(id);
                if solo.is_empty() {
                    self.solo = None;
                }
            }
            None => self.hidden.toggle_concept(id),
        }
    }
}

/// What the shown image's shapes come to: kept ready, because the canvas asks for every shape in every frame.
#[derive(Debug, Default)]
pub struct Seen {
    /// Not drawn.
    pub hidden: HashSet<LocalId>,
    /// Not moved.
    pub locked: HashSet<LocalId>,
    /// Either.
    pub untouchable: HashSet<LocalId>,
}

impl Seen {
    fn take(&mut self, sight: &Sight, lid: LocalId, annotation: Option<&Annotation>) {
        let hidden = annotation.is_some_and(|a| sight.hides(a));
        let locked = annotation.is_some_and(|a| sight.locks(a));
        for (set, is) in
            [(&mut self.hidden, hidden), (&mut self.locked, locked), (&mut self.untouchable, hidden || locked)]
        {
            if is {
                set.insert(lid);
            } else {
                set.remove(&lid);
            }
        }
    }
}

impl Editor {
    /// Hides, shows, locks, unlocks or shows alone.
    pub fn change_sight(&mut self, change: SightChange) {
        self.sight.change(change);
        self.sight_changed();
    }

    fn sight_changed(&mut self) {
        self.refresh_seen();
        let hidden = &self.seen.hidden;
        self.selection.keep_only(|lid| !hidden.contains(&lid));
        self.look_generation += 1;
        self.keep_sight();
    }

    fn keep_sight(&mut self) {
        if let Ok(kept) = serde_json::to_value(&self.sight) {
            self.outbox.push(Request::PutSetting(SETTING.to_owned(), kept));
        }
    }

    /// Ctrl+H: the selection, or everything where nothing is selected.
    pub fn hide_selection(&mut self) {
        let lids: Vec<LocalId> = self.selection.iter().collect();
        let change = if lids.is_empty() { SightChange::HideEverything } else { SightChange::Hide(lids) };
        self.change_sight(change);
        let text = "Hidden; Ctrl+Shift+H shows all again. Nothing was deleted";
        self.tell(NoticeLevel::Info, text.to_owned());
    }

    /// Hides every shape, or shows all again where something is hidden.
    pub fn toggle_hide_all(&mut self) {
        let (change, text) = if self.sight.hides_something() {
            (SightChange::ShowAll, "All is shown again")
        } else {
            (SightChange::HideEverything, "All is hidden; the same again shows it. Nothing was deleted")
        };
        self.change_sight(change);
        self.tell(NoticeLevel::Info, text.to_owned());
    }

    /// Locks every shape, or unlocks all where something is locked.
    pub fn toggle_lock_all(&mut self) {
        let (change, text) = if self.sight.locks_something() {
            (SightChange::UnlockAll, "Nothing is locked any more")
        } else {
            (SightChange::LockEverything, "Everything is locked; the same again unlocks it")
        };
        self.change_sight(change);
        self.tell(NoticeLevel::Info, text.to_owned());
    }

    /// Ctrl+L: the selection, or everything where nothing is selected; unlocks where all of that is locked.
    pub fn toggle_lock(&mut self) {
        let lids: Vec<LocalId> = self.selection.iter().collect();
        let all_locked = lids.iter().all(|lid| self.seen.locked.contains(lid));
        let change = match (lids.is_empty(), all_locked) {
            (true, _) if self.sight.locks_something() => SightChange::UnlockAll,
            (true, _) => SightChange::LockEverything,
            (false, true) => SightChange::Unlock(lids),
            (false, false) => SightChange::Lock(lids),
        };
        let text = match &change {
            SightChange::UnlockAll => "Nothing is locked any more",
            SightChange::LockEverything => "Everything is locked; Ctrl+L unlocks",
            SightChange::Unlock(_) => "Unlocked",
            _ => "Locked: it stays where it is until Ctrl+L unlocks it",
        };
        self.change_sight(change);
        self.tell(NoticeLevel::Info, text.to_owned());
    }

    /// Alt+H: the selection alone; again: everything that was seen before.
    pub fn toggle_solo(&mut self) {
        let lids: Vec<LocalId> = self.selection.iter().collect();
        let change = if self.sight.is_solo() { SightChange::EndSolo } else { SightChange::Solo(lids) };
        self.change_sight(change);
    }

    /// The concept that the concept commands mean: the selection's first, or the one that is drawn with.
    #[must_use]
    pub fn meant_concept(&self) -> Option<ConceptId> {
        let selected = self.selection.iter().find_map(|lid| self.document.get(lid)?.concepts.first());
        selected.map(|label| label.id.clone()).or_else(|| self.active_concept.clone())
    }

    /// Looks at every shape of the shown image anew.
    pub fn refresh_seen(&mut self) {
        self.seen = Seen::default();
        let Some(input) = self.current().cloned() else { return };
        if !self.sight.hides_something() && !self.sight.locks_something() {
            return;
        }
        for annotation in self.document.of_input(&input) {
            self.seen.take(&self.sight, annotation.lid, Some(annotation));
        }
    }

    /// Annotations changed: what the person made is seen, and concepts hide what they now label.
    pub(super) fn see_changes(&mut self, changes: &[Change], mine: bool) {
        let admitted = |change: &&Change| {
            mine && change.before.is_none() && change.after.as_ref().is_some_and(|a| self.sight.hides(a))
        };
        let admitted: Vec<LocalId> = changes.iter().filter(admitted).map(|c| c.lid).collect();
        for lid in &admitted {
            self.sight.admit(*lid);
        }
        for change in changes {
            self.seen.take(&self.sight, change.lid, change.after.as_ref());
        }
        if !admitted.is_empty() {
            self.keep_sight();
        }
    }

    /// The edit without what it would do to locked shapes; `None` where nothing is left of it. Tells the person.
    ///
    /// Of several deletions those of locked shapes are left out; anything else is made whole or not at all. Labels and
    /// decisions go through: a lock keeps a shape in its place.
    pub(super) fn without_locked<'a>(&mut self, edit: &'a Edit) -> Option<Cow<'a, Edit>> {
        if !self.sight.locks_something() {
            return Some(Cow::Borrowed(edit));
        }
        let locked = |lid: LocalId| self.document.get(lid).is_some_and(|a| self.sight.locks(a));
        let held = count_held(edit, &locked);
        if held == 0 {
            return Some(Cow::Borrowed(edit));
        }
        let shapes = if held == 1 { "One shape is".to_owned() } else { format!("{held} shapes are") };
        if let Edit::Batch(parts) = edit
            && parts.iter().all(|part| matches!(part, Edit::Remove { .. }))
        {
            let rest: Vec<Edit> = parts.iter().filter(|part| count_held(part, &locked) == 0).cloned().collect();
            if !rest.is_empty() {
                self.tell(NoticeLevel::Warning, format!("{shapes} locked and stayed; Ctrl+L unlocks what is selected"));
                return Some(Cow::Owned(Edit::Batch(rest)));
            }
        }
        let text = format!("{shapes} locked; nothing was changed. Ctrl+L unlocks what is selected");
        self.tell(NoticeLevel::Warning, text);
        None
    }
}

/// How many locked shapes an edit would move or delete.
fn count_held(edit: &Edit, locked: &impl Fn(LocalId) -> bool) -> usize {
    match edit {
        Edit::Batch(parts) => parts.iter().map(|part| count_held(part, locked)).sum(),
        Edit::Remove { lid } | Edit::SetShape { lid, .. } => usize::from(locked(*lid)),
        Edit::Add(_) | Edit::SetConcepts { .. } | Edit::SetStatus { .. } | Edit::SetInfo { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConceptLabel, Info, Status, Worker};

    fn annotation(lid: u128, concepts: &[&str]) -> Annotation {
        Annotation {
            lid: LocalId(lid),
            input: "i".into(),
            region: None,
            concepts: concepts.iter().map(|c| ConceptLabel::positive(ConceptId::from(*c))).collect(),
            status: Status::Success,
            worker: Worker::Me,
            info: Info::new(),
            created_at: String::new(),
            kept: None,
        }
    }

    fn seen(sight: &Sight) -> Vec<u128> {
        let all =
            [annotation(1, &["cat"]), annotation(2, &["dog"]), annotation(3, &["cat", "dog"]), annotation(4, &[])];
        all.iter().filter(|a| !sight.hides(a)).map(|a| a.lid.0).collect()
    }

    #[test]
    fn one_a_concept_or_everything_is_hidden_and_comes_back() {
        let mut sight = Sight::default();
        sight.change(SightChange::Hide(vec![LocalId(2)]));
        assert_eq!(seen(&sight), [1, 3, 4], "one");
        sight.change(SightChange::ToggleConcept("cat".into()));
        assert_eq!(seen(&sight), [3, 4], "a concept; what is also a dog is still seen");
        sight.change(SightChange::ShowAll);
        assert_eq!(seen(&sight), [1, 2, 3, 4], "all back");
        sight.change(SightChange::HideEverything);
        assert!(seen(&sight).is_empty() && sight.hides_something(), "everything");
        sight.change(SightChange::Show(vec![LocalId(4)]));
        assert_eq!(seen(&sight), [4], "but this one");
        sight.change(SightChange::Hide(vec![LocalId(4)]));
        assert!(seen(&sight).is_empty(), "and again");
    }

    #[test]
    fn alone_is_alone_and_what_was_hidden_before_is_hidden_after() {
        let mut sight = Sight::default();
        sight.change(SightChange::Hide(vec![LocalId(1)]));
        sight.change(SightChange::Solo(vec![LocalId(1), LocalId(4)]));
        assert_eq!(seen(&sight), [1, 4], "nothing but these, hidden or not");
        sight.change(SightChange::EndSolo);
        assert_eq!(seen(&sight), [2, 3, 4], "as before");
        sight.change(SightChange::ToggleSoloConcept("dog".into()));
        assert_eq!(seen(&sight), [2], "one concept");
        sight.admit(LocalId(4));
        assert_eq!(seen(&sight), [2, 4], "what is drawn meanwhile is seen");
        sight.change(SightChange::ShowAll);
        sight.change(SightChange::ToggleSoloConcept("dog".into()));
        sight.change(SightChange::ToggleSoloConcept("dog".into()));
        assert_eq!(seen(&sight), [1, 2, 3, 4], "twice is off");
    }

    #[test]
    fn it_is_remembered_and_what_a_future_version_wrote_is_read_as_far_as_it_goes() {
        let mut sight = Sight::default();
        sight.change(SightChange::Lock(vec![LocalId(7)]));
        sight.change(SightChange::ToggleLockedConcept("cat".into()));
        sight.change(SightChange::Solo(vec![LocalId(2)]));
        let kept = serde_json::to_value(&sight).expect("plain data");
        assert_eq!(serde_json::from_value::<Sight>(kept).expect("its own"), sight, "whole");
        let future = serde_json::json!({"hidden": {"everything": true, "new": 1}, "more": []});
        let read: Sight = serde_json::from_value(future).expect("known parts");
        assert!(seen(&read).is_empty(), "everything is hidden");
    }
}
