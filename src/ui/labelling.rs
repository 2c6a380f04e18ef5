//! Concepts on annotations and in the list: giving, taking, making, renaming, ordering.

use super::concept_list::Turn;
use super::editor::Editor;
use super::names::shown;
use crate::model::{Annotation, Concept, ConceptId, ConceptLabel, Edit, LocalId};
use crate::runtime::{Pull, Request, SyncStatus};

/// The setting of a project that remembers which digit chooses which concept.
pub const DIGITS_SETTING: &str = "concept_digits";
/// The setting of a project that remembers the concepts used last.
pub const RECENT_SETTING: &str = "recent_concepts";
/// Concepts that are remembered as used last.
const RECENT_MAX: usize = 30;

impl Editor {
    /// Gives every selected annotation this concept in place of what it had; with nothing selected, makes it active.
    pub fn choose_concept(&mut self, concept: &ConceptId) {
        self.use_concept(concept);
        self.active_concept = Some(concept.clone());
        let lids: Vec<LocalId> = self.selection.iter().collect();
        self.set_concepts(&lids, &[ConceptLabel::positive(concept.clone())]);
    }

    /// Gives these annotations exactly these labels, as one step.
    pub fn set_concepts(&mut self, lids: &[LocalId], concepts: &[ConceptLabel]) {
        let set = |lid: &LocalId| Edit::SetConcepts { lid: *lid, concepts: concepts.to_vec() };
        self.edit_all(lids.iter().map(set).collect());
    }

    /// Gives these annotations this label beside what they have (in place of the same concept with another value), as
    /// one step.
    pub fn add_concept(&mut self, lids: &[LocalId], label: &ConceptLabel) {
        let added = |lid: &LocalId| {
            let mut concepts = self.document.get(*lid)?.concepts.clone();
            match concepts.iter_mut().find(|c| c.id == label.id) {
                Some(there) => there.value = label.value,
                None => concepts.push(label.clone()),
            }
            Some(Edit::SetConcepts { lid: *lid, concepts })
        };
        self.edit_all(lids.iter().filter_map(added).collect());
    }

    fn edit_all(&mut self, mut edits: Vec<Edit>) {
        match edits.len() {
            0 => {}
            1 => {
                self.edit(&edits.remove(0));
            }
            _ => {
                self.edit(&Edit::Batch(edits));
            }
        }
    }

    /// Remembers a concept as used last, and makes it where it is new.
    pub fn use_concept(&mut self, id: &ConceptId) {
        if self.recent_concepts.first() != Some(id) {
            self.recent_concepts.retain(|c| c != id);
            self.recent_concepts.insert(0, id.clone());
            self.recent_concepts.truncate(RECENT_MAX);
            if let Ok(kept) = serde_json::to_value(&self.recent_concepts) {
                self.outbox.push(Request::PutSetting(RECENT_SETTING.to_owned(), kept));
            }
        }
        if self.concepts.place(id).is_none() {
            let concept = Concept { id: id.clone(), name: id.0.clone(), color: None };
            self.concepts.push(concept.clone());
            self.outbox.push(Request::PutConcept(concept));
        }
    }

    /// Takes a concept of the server into the list, with its name.
    pub fn adopt_concept(&mut self, concept: Concept) {
        if self.concepts.place(&concept.id).is_none() {
            self.concepts.push(concept.clone());
            self.outbox.push(Request::PutConcept(concept));
        }
    }

    /// The name of a concept for people.
    #[must_use]
    pub fn concept_name<'a>(&'a self, id: &'a ConceptId) -> &'a str {
        self.concepts.find(id).map_or(id.as_str(), |c| c.name.as_str())
    }

    /// The labels of an annotation in words: `cat`, `not dog`, `no concept`.
    #[must_use]
    pub fn label_text(&self, annotation: &Annotation) -> String {
        if annotation.concepts.is_empty() {
            return "no concept".to_owned();
        }
        let words: Vec<String> = annotation
            .concepts
            .iter()
            .map(|label| {
                let name = shown(self.concept_name(&label.id));
                if label.is_negative() { format!("not {name}") } else { name }
            })
            .collect();
        words.join(", ")
    }

    /// Shows a concept by another name, here only: its id and the server's name stay.
    pub fn rename_concept(&mut self, id: &ConceptId, name: &str) {
        self.change_concept(id, |concept| name.trim().clone_into(&mut concept.name));
    }

    /// Shows a concept in another colour; `None`: in the derived one.
    pub fn recolor_concept(&mut self, id: &ConceptId, color: Option<[u8; 3]>) {
        self.change_concept(id, |concept| concept.color = color);
    }

    /// Shows a concept in another colour without keeping it: it is still being chosen.
    pub fn show_concept_color(&mut self, id: &ConceptId, color: [u8; 3]) {
        if let Some(concept) = self.concepts.find(id) {
            self.concepts.update(Concept { color: Some(color), ..concept.clone() });
            self.look_generation += 1;
        }
    }

    fn change_concept(&mut self, id: &ConceptId, change: impl FnOnce(&mut Concept)) {
        let Some(before) = self.concepts.find(id) else { return };
        let mut after = before.clone();
        change(&mut after);
        if *before != after {
            self.concepts.update(after.clone());
            self.look_generation += 1;
            self.outbox.push(Request::PutConcept(after));
        }
    }

    /// Moves a concept to another place of the list. Colours derived from places are made their own first, so that no
    /// concept looks different for it.
    pub fn move_concept(&mut self, id: &ConceptId, to: usize) {
        let Some(from) = self.concepts.place(id) else { return };
        let to = to.min(self.concepts.len().saturating_sub(1));
        if from == to {
            return;
        }
        let colours: Vec<egui::Color32> = self.concepts.iter().map(|c| self.concepts.color(&c.id)).collect();
        let mut concepts = self.concepts.to_vec();
        for (concept, color) in concepts.iter_mut().zip(colours) {
            concept.color.get_or_insert([color.r(), color.g(), color.b()]);
        }
        self.concepts.replace(concepts);
        self.concepts.move_to(from, to);
        self.outbox.push(Request::OrderConcepts(self.concepts.to_vec()));
    }

    /// Lets a digit choose this concept; `None`: whatever digit its place gives it.
    pub fn set_concept_digit(&mut self, id: &ConceptId, digit: Option<usize>) {
        self.concepts.set_digit(id, digit);
        if let Ok(kept) = serde_json::to_value(self.concepts.digits()) {
            self.outbox.push(Request::PutSetting(DIGITS_SETTING.to_owned(), kept));
        }
    }

    /// Turns to another page of digits, and says what they choose there.
    pub fn turn_digits(&mut self, turn: Turn) {
        self.concepts.turn_page(turn);
        let places = self.concepts.places_of_page();
        let names: Vec<String> = self.concepts[places.clone()].iter().take(3).map(|c| shown(&c.name)).collect();
        let more = if places.len() > names.len() { ", …" } else { "" };
        let text =
            format!("The digits choose concepts {} to {}: {}{more}", places.start + 1, places.end, names.join(", "));
        self.tell(crate::runtime::NoticeLevel::Info, text);
    }

    /// Selects every shape of the shown image that carries this concept and is seen.
    pub fn select_concept(&mut self, id: &ConceptId) {
        let Some(input) = self.current().cloned() else { return };
        let carries = |a: &&Annotation| a.concepts.iter().any(|c| c.id == *id) && !self.seen.hidden.contains(&a.lid);
        let lids: Vec<LocalId> = self.document.of_input(&input).filter(carries).map(|a| a.lid).collect();
        if lids.is_empty() {
            let text = format!("No shape of this image that is seen is {}", shown(self.concept_name(id)));
            self.tell(crate::runtime::NoticeLevel::Info, text);
        }
        self.selection.set(lids);
    }

    /// How the sync stands. When others' work has come in, the counts are asked for anew.
    pub(super) fn take_sync(&mut self, status: SyncStatus) {
        if self.sync.pull == Pull::Running && status.pull == Pull::Idle {
            self.outbox.push(Request::CountConcepts);
        }
        self.sync = status;
        self.follow_troubles();
    }
}
