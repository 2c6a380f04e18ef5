//! The concepts of the project as lists, keys and shapes need them: found by id at once, by letters without delay, with
//! the digit that chooses each and how often it is used.

use super::theme;
use crate::model::{Annotation, Concept, ConceptId};
use egui::{Color32, Key};
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;

/// Digits that choose a concept: 1 to 9, and 0.
pub const DIGITS: usize = 10;

/// The keys of digits, in the order in which they choose.
pub const DIGIT_KEYS: [Key; DIGITS] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9, Key::Num0];

/// Which way the pages of digits are turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To the next ten.
    On,
    /// To the ten before.
    Back,
}

/// The concepts in order. Reads like a slice of them.
#[derive(Clone, Debug, Default)]
pub struct ConceptList {
    concepts: Vec<Concept>,
    /// Name and id in small letters, in the same order.
    lower: Vec<Lower>,
    places: HashMap<ConceptId, usize>,
    digits: BTreeMap<usize, ConceptId>,
    /// Which ten of them the digits choose.
    page: usize,
    counts: HashMap<ConceptId, u64>,
    generation: u64,
}

#[derive(Clone, Debug)]
struct Lower {
    name: String,
    id: String,
}

impl Lower {
    fn of(concept: &Concept) -> Self {
        Self { name: concept.name.to_lowercase(), id: concept.id.0.to_lowercase() }
    }
}

impl Deref for ConceptList {
    type Target = [Concept];
    fn deref(&self) -> &[Concept] {
        &self.concepts
    }
}

impl From<Vec<Concept>> for ConceptList {
    fn from(concepts: Vec<Concept>) -> Self {
        let mut list = Self::default();
        list.replace(concepts);
        list
    }
}

/// How well a concept matches what was typed, the best first; then the recent ones, then the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Whole,
    Beginning,
    WordBeginning,
    Within,
    Id,
}

impl ConceptList {
    /// Takes these in place of what was there; digits and counts stay.
    pub fn replace(&mut self, concepts: Vec<Concept>) {
        self.lower = concepts.iter().map(Lower::of).collect();
        self.places = concepts.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
        self.concepts = concepts;
        self.page = self.page.min(self.pages() - 1);
        self.generation += 1;
    }

    /// Adds one at the end; passed over where its id is there already.
    pub fn push(&mut self, concept: Concept) {
        if self.place(&concept.id).is_none() {
            self.places.insert(concept.id.clone(), self.concepts.len());
            self.lower.push(Lower::of(&concept));
            self.concepts.push(concept);
            self.generation += 1;
        }
    }

    /// Takes a changed name or colour in; passed over where there is no such concept.
    pub fn update(&mut self, concept: Concept) {
        if let Some(at) = self.place(&concept.id) {
            self.lower[at] = Lower::of(&concept);
            self.concepts[at] = concept;
            self.generation += 1;
        }
    }

    /// Moves the concept at `from` to the place `to`; the others close up.
    pub fn move_to(&mut self, from: usize, to: usize) {
        if from < self.len() && to < self.len() && from != to {
            let mut concepts = std::mem::take(&mut self.concepts);
            let moved = concepts.remove(from);
            concepts.insert(to, moved);
            self.replace(concepts);
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self, id: &ConceptId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The concept with this id.
    #[must_use]
    pub fn find(&self, id: &ConceptId) -> Option<&Concept> {
        self.place(id).map(|at| &self.concepts[at])
    }

    /// Grows with every change of the list.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// The colour of a concept: the person's own, or one derived from its place (from its id where it has none).
    #[must_use]
    pub fn color(&self, id: &ConceptId) -> Color32 {
        let place = self.place(id);
        match place.and_then(|at| self.concepts[at].color) {
            Some([r, g, b]) => Color32::from_rgb(r, g, b),
            None => theme::palette_color(place.unwrap_or_else(|| theme::hash(id.as_str()))),
        }
    }

    // ---- digits --------------------------------------------------------------------------------------------------

    /// The concept that digit key `digit` (0 for the key 1, 9 for the key 0) chooses: on the first page the one of
    /// [`Self::of_own_digit`], on the others the one at that place of the page.
    #[must_use]
    pub fn of_digit(&self, digit: usize) -> Option<&ConceptId> {
        if self.page == 0 {
            return self.of_own_digit(digit);
        }
        self.concepts.get(self.page * DIGITS + digit).filter(|_| digit < DIGITS).map(|concept| &concept.id)
    }

    /// The concept that the person gave this digit, else the one at that place of the list, unless that has a digit of
    /// its own.
    #[must_use]
    pub fn of_own_digit(&self, digit: usize) -> Option<&ConceptId> {
        if let Some(id) = self.digits.get(&digit).filter(|id| self.place(id).is_some()) {
            return Some(id);
        }
        let id = &self.concepts.get(digit).filter(|_| digit < DIGITS)?.id;
        self.digits.values().all(|own| own != id).then_some(id)
    }

    /// The digit that chooses a concept, on the page that the digits are on.
    #[must_use]
    pub fn digit_of(&self, id: &ConceptId) -> Option<usize> {
        if self.page > 0 {
            return self.place(id).filter(|at| at / DIGITS == self.page).map(|at| at % DIGITS);
        }
        let own = self.digits.iter().find(|(_, own)| *own == id).map(|(digit, _)| *digit);
        own.or_else(|| self.place(id).filter(|at| self.of_digit(*at) == Some(id)))
    }

    /// How many pages of ten there are; one of an empty list.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.len().div_ceil(DIGITS).max(1)
    }

    /// The page that the digits are on, the first is 0.
    #[must_use]
    pub const fn page(&self) -> usize {
        self.page
    }

    /// The places of the concepts on that page.
    #[must_use]
    pub fn places_of_page(&self) -> std::ops::Range<usize> {
        self.page * DIGITS..((self.page + 1) * DIGITS).min(self.len())
    }

    /// Lets the digits choose the next ten concepts, or the ten before; round at the ends.
    pub fn turn_page(&mut self, turn: Turn) {
        let pages = self.pages();
        let by = match turn {
            Turn::On => 1,
            Turn::Back => pages - 1,
        };
        self.page = (self.page + by) % pages;
    }

    /// Gives a concept a digit of its own (`None`: takes it away). Who had the digit loses it.
    pub fn set_digit(&mut self, id: &ConceptId, digit: Option<usize>) {
        self.digits.retain(|_, own| own != id);
        if let Some(digit) = digit.filter(|digit| *digit < DIGITS) {
            self.digits.insert(digit, id.clone());
        }
    }

    /// The digits that the person gave, for keeping.
    #[must_use]
    pub const fn digits(&self) -> &BTreeMap<usize, ConceptId> {
        &self.digits
    }

    /// Takes back what was kept.
    pub fn restore_digits(&mut self, digits: BTreeMap<usize, ConceptId>) {
        self.digits = digits;
        self.digits.retain(|digit, _| *digit < DIGITS);
    }

    // ---- counts --------------------------------------------------------------------------------------------------

    /// How many annotations of the project carry it.
    #[must_use]
    pub fn count(&self, id: &ConceptId) -> u64 {
        self.counts.get(id).copied().unwrap_or(0)
    }

    /// Takes counts of the whole project in.
    pub fn set_counts(&mut self, counts: HashMap<ConceptId, u64>) {
        self.counts = counts;
    }

    /// An annotation changed.
    pub fn count_change(&mut self, before: Option<&Annotation>, after: Option<&Annotation>) {
        for label in before.iter().flat_map(|a| &a.concepts) {
            if let Some(count) = self.counts.get_mut(&label.id) {
                *count = count.saturating_sub(1);
            }
        }
        for label in after.iter().flat_map(|a| &a.concepts) {
            *self.counts.entry(label.id.clone()).or_default() += 1;
        }
    }

    // ---- search --------------------------------------------------------------------------------------------------

    /// The places of the concepts whose name or id contains what was typed, the best first. With nothing typed all of
    /// them, the recent ones first.
    #[must_use]
    pub fn search(&self, typed: &str, recent: &[ConceptId]) -> Vec<usize> {
        let wanted = typed.trim().to_lowercase();
        let recent: HashMap<&ConceptId, usize> = recent.iter().enumerate().map(|(i, id)| (id, i)).collect();
        let mut found: Vec<(Match, usize, usize)> = Vec::new();
        for (at, lower) in self.lower.iter().enumerate() {
            if let Some(how) = how_it_matches(lower, &wanted) {
                found.push((how, recent.get(&self.concepts[at].id).copied().unwrap_or(usize::MAX), at));
            }
        }
        found.sort_unstable();
        found.into_iter().map(|(_, _, at)| at).collect()
    }

    /// Whether a concept has exactly this name or id.
    #[must_use]
    pub fn has(&self, typed: &str) -> bool {
        let typed = typed.trim();
        self.place(&ConceptId::from(typed)).is_some() || self.iter().any(|c| c.name == typed)
    }
}

fn how_it_matches(lower: &Lower, wanted: &str) -> Option<Match> {
    let Some(first) = lower.name.find(wanted) else {
        return lower.id.contains(wanted).then_some(Match::Id);
    };
    if wanted.is_empty() || first == 0 {
        let whole = lower.name.len() == wanted.len();
        return Some(if whole { Match::Whole } else { Match::Beginning });
    }
    let begins_word = |at: usize| lower.name[..at].chars().next_back().is_some_and(|c| !c.is_alphanumeric());
    let word = lower.name.match_indices(wanted).any(|(at, _)| begins_word(at));
    Some(if word { Match::WordBeginning } else { Match::Within })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> ConceptList {
        let concept = |name: &&str| Concept { id: ConceptId::from(*name), name: (*name).to_owned(), color: None };
        names.iter().map(concept).collect::<Vec<_>>().into()
    }

    fn names<'a>(list: &'a ConceptList, typed: &str, recent: &[ConceptId]) -> Vec<&'a str> {
        list.search(typed, recent).into_iter().map(|at| list[at].name.as_str()).collect()
    }

    #[test]
    fn the_best_match_comes_first() {
        let list = list(&["bobcat", "black cat", "Catfish", "dog", "cat"]);
        assert_eq!(names(&list, "cat", &[]), ["cat", "Catfish", "black cat", "bobcat"], "whole, begin, word, within");
        assert_eq!(names(&list, "  CAT ", &[]), names(&list, "cat", &[]), "case and spaces do not matter");
        assert!(names(&list, "horse", &[]).is_empty(), "nothing like it");
    }

    #[test]
    fn with_nothing_typed_the_recent_ones_come_first() {
        let list = list(&["a", "b", "c", "d"]);
        let recent = [ConceptId::from("c"), ConceptId::from("b")];
        assert_eq!(names(&list, "", &recent), ["c", "b", "a", "d"], "then the order of the list");
    }

    #[test]
    fn a_digit_is_the_place_in_the_list_until_the_person_gives_it_away() {
        let mut list = list(&["a", "b", "c"]);
        let id = ConceptId::from;
        assert_eq!([list.of_digit(0), list.of_digit(2), list.of_digit(3)], [Some(&id("a")), Some(&id("c")), None]);
        list.set_digit(&id("c"), Some(0));
        assert_eq!(list.of_digit(0), Some(&id("c")), "1 is now c");
        assert_eq!(list.of_digit(2), None, "and 3 is free");
        assert_eq!([list.digit_of(&id("c")), list.digit_of(&id("a"))], [Some(0), None], "a lost its own");
        list.set_digit(&id("a"), Some(9));
        list.move_to(2, 0);
        assert_eq!([list.of_digit(0), list.of_digit(9)], [Some(&id("c")), Some(&id("a"))], "wherever they stand");
        list.set_digit(&id("c"), None);
        assert_eq!(list.digit_of(&id("c")), Some(0), "the place counts again");
        list.restore_digits(BTreeMap::from([(0, id("gone")), (77, id("a"))]));
        assert_eq!(list.of_digit(0), Some(&id("c")), "a digit of a concept that is gone falls back to the place");
    }

    #[test]
    fn the_digits_go_through_a_long_list_ten_by_ten() {
        let names: Vec<String> = (1..=23).map(|i| format!("c{i}")).collect();
        let mut list = list(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let id = |name: &str| ConceptId::from(name);
        list.set_digit(&id("c15"), Some(0));
        assert_eq!(
            (list.pages(), list.of_digit(0)),
            (3, Some(&id("c15"))),
            "a digit of its own is one of the first page"
        );
        list.turn_page(Turn::On);
        assert_eq!([list.of_digit(0), list.of_digit(9)], [Some(&id("c11")), Some(&id("c20"))], "the next ten");
        assert_eq!([list.digit_of(&id("c15")), list.digit_of(&id("c1"))], [Some(4), None], "by their places there");
        list.turn_page(Turn::On);
        assert_eq!([list.of_digit(2), list.of_digit(3)], [Some(&id("c23")), None], "what is left");
        assert_eq!(list.places_of_page(), 20..23);
        list.turn_page(Turn::On);
        assert_eq!(list.page(), 0, "and round");
        list.turn_page(Turn::Back);
        list.replace(list.to_vec()[..12].to_vec());
        assert_eq!(list.page(), 1, "a page that is gone is the last one that there is");
    }

    #[test]
    fn counts_follow_the_annotations() {
        let mut list = list(&["a", "b"]);
        let with = |name: &str| {
            let mut annotation = crate::ui::concept_list::tests::annotation();
            annotation.concepts = vec![crate::model::ConceptLabel::positive(ConceptId::from(name))];
            annotation
        };
        list.set_counts(HashMap::from([(ConceptId::from("a"), 5)]));
        list.count_change(Some(&with("a")), Some(&with("b")));
        assert_eq!([list.count(&"a".into()), list.count(&"b".into())], [4, 1], "one was given another label");
        list.count_change(Some(&with("b")), None);
        assert_eq!(list.count(&"b".into()), 0, "and deleted");
    }

    pub fn annotation() -> Annotation {
        Annotation {
            lid: crate::model::LocalId(1),
            input: "i".into(),
            region: None,
            concepts: Vec::new(),
            status: crate::model::Status::Success,
            worker: crate::model::Worker::Me,
            info: crate::model::Info::new(),
            created_at: String::new(),
            kept: None,
        }
    }

    /// Says how long a search among 5,000 concepts takes (run it with `--nocapture`); asserts only what it finds.
    #[test]
    fn five_thousand_concepts_are_searched() {
        let concepts = (0..5_000).map(|i| Concept {
            id: format!("id-{i}").as_str().into(),
            name: format!("Concept number {i}"),
            color: None,
        });
        let list = ConceptList::from(concepts.collect::<Vec<_>>());
        let start = std::time::Instant::now();
        let found = list.search("number 49", &[]);
        println!("searching 5,000 concepts took {:?}", start.elapsed());
        assert_eq!(found.len(), 111, "49, 490 to 499 and 4900 to 4999");
        assert_eq!(list[found[0]].name, "Concept number 49", "in the order of the list");
    }
}
