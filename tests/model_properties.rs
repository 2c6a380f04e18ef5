//! The edit model under any sequence of edits: nothing is lost, nothing is invented, and undo means undo.

use labelwright::geometry::{Point, Rect, Ring};
use labelwright::model::{
    Annotation, Change, ConceptId, ConceptLabel, Document, Edit, EditError, Entry, EntryKind, History, Info, InputId,
    LocalId, Map, Region, Shape, Status, StepBack, Worker,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Few ids, so that edits meet one another.
const LIDS: u128 = 6;

fn input(lid: LocalId) -> InputId {
    InputId(format!("image {}", lid.0 % 2))
}

/// A document and its history, driven as the editor drives them.
#[derive(Debug, Default)]
struct Desk {
    document: Document,
    history: History,
    journal: Vec<Entry>,
}

impl Desk {
    fn new() -> Self {
        let mut desk = Self::default();
        for lid in 0..2 {
            desk.document.load(&input(LocalId(lid)), Vec::new());
        }
        desk
    }

    fn commit(&mut self, edit: &Edit, kind: EntryKind) -> Result<bool, EditError> {
        let changes = self.document.apply(edit)?;
        if changes.is_empty() {
            return Ok(false);
        }
        let input = changes.iter().find_map(|c| c.after.as_ref().or(c.before.as_ref())).map(|a| a.input.clone());
        let entry = Entry { seq: self.history.next_seq(), kind, title: edit.title(), input, changes, elsewhere: 0 };
        self.journal.push(entry.clone());
        self.history.push(entry);
        Ok(true)
    }

    fn edit(&mut self, edit: &Edit) -> Result<bool, EditError> {
        self.commit(edit, EntryKind::Do)
    }

    /// One step back or forth; whether there was one.
    fn step(&mut self, step: StepBack) -> bool {
        let Some(entry) = self.history.next(step).cloned() else { return false };
        let inverse = Edit::Batch(entry.changes.iter().rev().map(Change::inverse).collect());
        let kind = match step {
            StepBack::Undo => EntryKind::Undo(entry.seq),
            StepBack::Redo => EntryKind::Redo(entry.seq),
        };
        if !matches!(self.commit(&inverse, kind), Ok(true)) {
            self.history.skip(step);
        }
        true
    }

    fn content(&self) -> BTreeMap<LocalId, Annotation> {
        (0..2)
            .flat_map(|lid| self.document.of_input(&input(LocalId(lid))).cloned().collect::<Vec<_>>())
            .map(|a| (a.lid, a))
            .collect()
    }
}

fn annotation(lid: LocalId, shape: Option<Shape>) -> Annotation {
    Annotation {
        lid,
        input: input(lid),
        region: shape.map(|shape| Region { id: None, shape }),
        concepts: Vec::new(),
        status: Status::Success,
        worker: Worker::Me,
        info: Info::new(),
        created_at: String::new(),
        kept: None,
    }
}

fn points(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Point>> {
    prop::collection::vec((0_u16..200, 0_u16..200), n)
        .prop_map(|v| v.into_iter().map(|(x, y)| Point::new(f64::from(x), f64::from(y))).collect())
}

/// Also shapes that are refused: flat boxes, polygons of two points.
fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => points(2..3).prop_map(|p| Shape::Box(Rect::from_corners(p[0], p[1]))),
        3 => points(2..7).prop_map(|p| Shape::Polygon(Ring::new(p))),
        1 => points(1..2).prop_map(|p| Shape::Point(p[0])),
        1 => Just(Shape::Kept("mask".to_owned())),
    ]
}

fn lid() -> impl Strategy<Value = LocalId> {
    (0..LIDS).prop_map(LocalId)
}

fn labels() -> impl Strategy<Value = Vec<ConceptLabel>> {
    prop::collection::vec((0_u8..4, prop::bool::ANY), 0..3).prop_map(|labels| {
        let label = |(id, there): (u8, bool)| ConceptLabel {
            id: ConceptId(format!("c{id}")),
            value: f32::from(u8::from(there)),
        };
        labels.into_iter().map(label).collect()
    })
}

fn status() -> impl Strategy<Value = Status> {
    prop::sample::select(vec![
        Status::Success,
        Status::Pending,
        Status::AwaitingReview,
        Status::ReviewDenied,
        Status::Other(7),
    ])
}

fn info() -> impl Strategy<Value = Info> {
    (0_u8..3).prop_map(|n| if n == 0 { Info::new() } else { Map::from_iter([("n".to_owned(), n.into())]).into() })
}

fn single_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (lid(), prop::option::weighted(0.8, shape())).prop_map(|(lid, shape)| Edit::Add(Box::new(annotation(lid, shape)))),
        2 => lid().prop_map(|lid| Edit::Remove { lid }),
        3 => (lid(), shape()).prop_map(|(lid, shape)| Edit::SetShape { lid, shape }),
        2 => (lid(), labels()).prop_map(|(lid, concepts)| Edit::SetConcepts { lid, concepts }),
        2 => (lid(), status()).prop_map(|(lid, status)| Edit::SetStatus { lid, status }),
        1 => (lid(), info()).prop_map(|(lid, info)| Edit::SetInfo { lid, info }),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => single_edit(),
        1 => prop::collection::vec(single_edit(), 0..5).prop_map(Edit::Batch),
    ]
}

/// What a person does.
#[derive(Clone, Debug)]
enum Deed {
    Edit(Edit),
    Undo,
    Redo,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![5 => edit().prop_map(Deed::Edit), 2 => Just(Deed::Undo), 1 => Just(Deed::Redo)];
    prop::collection::vec(deed, 0..40)
}

fn done(desk: &mut Desk, deeds: &[Deed]) {
    for deed in deeds {
        match deed {
            Deed::Edit(edit) => drop(desk.edit(edit)),
            Deed::Undo => drop(desk.step(StepBack::Undo)),
            Deed::Redo => drop(desk.step(StepBack::Redo)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undo_of_everything_is_the_start_and_redo_of_everything_is_the_end(edits in prop::collection::vec(edit(), 0..40)) {
        let mut desk = Desk::new();
        let start = desk.content();
        let made = edits.iter().filter(|edit| desk.edit(edit) == Ok(true)).count();
        let end = desk.content();
        prop_assert_eq!(desk.history.undo_depth(), made, "every edit is one step");
        for _ in 0..made {
            prop_assert!(desk.step(StepBack::Undo), "a step to take back");
        }
        prop_assert_eq!(desk.content(), start, "undo of all");
        prop_assert_eq!(desk.history.undo_depth(), 0, "nothing more to undo");
        prop_assert_eq!(desk.history.redo_depth(), made, "all can be repeated");
        for _ in 0..made {
            prop_assert!(desk.step(StepBack::Redo), "a step to repeat");
        }
        prop_assert_eq!(desk.content(), end, "redo of all");
    }

    #[test]
    fn one_undo_and_one_redo_anywhere_change_nothing(deeds in deeds()) {
        let mut desk = Desk::new();
        done(&mut desk, &deeds);
        let before = desk.content();
        if desk.step(StepBack::Undo) {
            desk.step(StepBack::Redo);
            prop_assert_eq!(desk.content(), before, "there and back");
        }
    }

    #[test]
    fn a_batch_is_made_whole_or_not_at_all(deeds in deeds(), batch in prop::collection::vec(single_edit(), 1..6)) {
        let mut desk = Desk::new();
        done(&mut desk, &deeds);
        let before = desk.content();
        let mut one_by_one = Document::new();
        for lid in 0..2 {
            let of = desk.document.of_input(&input(LocalId(lid))).cloned().collect::<Vec<_>>();
            one_by_one.load(&input(LocalId(lid)), of);
        }
        let all_can = batch.iter().all(|edit| one_by_one.apply(edit).is_ok());
        let made = desk.document.apply(&Edit::Batch(batch));
        prop_assert_eq!(made.is_ok(), all_can, "a batch can be made where each of its edits can");
        if let Ok(changes) = made {
            let after = desk.content();
            for (lid, annotation) in &after {
                prop_assert_eq!(one_by_one.get(*lid), Some(annotation), "the same as one by one");
            }
            for change in &changes {
                prop_assert_eq!(before.get(&change.lid), change.before.as_ref(), "before");
                prop_assert_eq!(after.get(&change.lid), change.after.as_ref(), "after");
            }
            let touched = |lid: &LocalId| changes.iter().filter(|c| c.lid == *lid).count();
            for lid in (0..LIDS).map(LocalId) {
                let differs = before.get(&lid) != after.get(&lid);
                prop_assert_eq!(touched(&lid), usize::from(differs), "one change for each that differs");
            }
        } else {
            prop_assert_eq!(desk.content(), before, "refused: as it was");
        }
        prop_assert_eq!(desk.document.check(), Ok(()), "the parts agree");
    }

    #[test]
    fn the_index_finds_what_looking_at_everything_finds(deeds in deeds(), window in points(2..3)) {
        let mut desk = Desk::new();
        let area = Rect::from_corners(window[0], window[1]);
        for deed in &deeds {
            done(&mut desk, std::slice::from_ref(deed));
            prop_assert_eq!(desk.document.check(), Ok(()), "after {:?}", deed);
        }
        for image in (0..2).map(|lid| input(LocalId(lid))) {
            let index = desk.document.index_of(&image).expect("a loaded image");
            let mut found: Vec<LocalId> = index.touching(area).collect();
            found.sort_unstable();
            let mut expected: Vec<LocalId> = desk
                .document
                .of_input(&image)
                .filter(|a| a.bounds().is_some_and(|b| b.intersects(area)))
                .map(|a| a.lid)
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected, "in {:?}", area);
        }
    }

    #[test]
    fn a_journal_read_back_gives_the_same_stacks(deeds in deeds()) {
        let mut desk = Desk::new();
        done(&mut desk, &deeds);
        let text = serde_json::to_string(&desk.journal).expect("a journal is JSON");
        let read: Vec<Entry> = serde_json::from_str(&text).expect("that can be read back");
        let mut again = History::from_entries(read);
        prop_assert_eq!(again.undo_depth(), desk.history.undo_depth(), "undo");
        prop_assert_eq!(again.redo_depth(), desk.history.redo_depth(), "redo");
        prop_assert_eq!(again.next_seq(), desk.history.next_seq(), "the next number");
        for step in [StepBack::Undo, StepBack::Redo] {
            loop {
                prop_assert_eq!(again.next(step), desk.history.next(step), "{:?}", step);
                if again.next(step).is_none() {
                    break;
                }
                again.skip(step);
                desk.history.skip(step);
            }
        }
    }

    #[test]
    fn undo_of_one_annotation_leaves_anothers_later_change_alone(
        deeds in deeds(), (mine, theirs) in (single_edit(), single_edit())
    ) {
        let mut desk = Desk::new();
        done(&mut desk, &deeds);
        let Ok(true) = desk.edit(&mine) else { return Ok(()) };
        let touched = desk.journal.last().expect("the edit").changes[0].lid;
        // Somebody else changes another annotation; it comes in by the other door.
        let mut elsewhere = Document::new();
        for lid in 0..2 {
            elsewhere.load(&input(LocalId(lid)), desk.document.of_input(&input(LocalId(lid))).cloned().collect::<Vec<_>>());
        }
        let Ok(remote) = elsewhere.apply(&theirs) else { return Ok(()) };
        prop_assume!(remote.iter().all(|c| c.lid != touched));
        prop_assert_eq!(desk.document.apply_remote(&remote), remote.clone(), "taken in as it is");
        desk.step(StepBack::Undo);
        for change in &remote {
            prop_assert_eq!(desk.document.get(change.lid), change.after.as_ref(), "theirs stays");
        }
        desk.step(StepBack::Redo);
        for change in &remote {
            prop_assert_eq!(desk.document.get(change.lid), change.after.as_ref(), "also after redo");
        }
        prop_assert_eq!(desk.document.check(), Ok(()), "the parts agree");
    }

    #[test]
    fn undo_of_one_field_leaves_anothers_later_change_of_another_field_alone(
        labels in labels(), theirs in status(), before in shape(), after in shape()
    ) {
        let mut desk = Desk::new();
        let lid = LocalId(0);
        prop_assume!(desk.edit(&Edit::Add(Box::new(annotation(lid, Some(before.clone()))))) == Ok(true));
        prop_assume!(desk.edit(&Edit::SetShape { lid, shape: after }) == Ok(true));
        let mut remote = desk.document.get(lid).expect("it").clone();
        (remote.status, remote.concepts) = (theirs, dedup(labels));
        desk.document.apply_remote(&[Change { lid, before: None, after: Some(remote.clone()) }]);
        desk.step(StepBack::Undo);
        let now = desk.document.get(lid).expect("it").clone();
        prop_assert_eq!(now.shape(), Some(&before), "mine is undone");
        prop_assert_eq!((now.status, now.concepts), (remote.status, remote.concepts), "theirs is not");
    }

    #[test]
    fn what_comes_from_elsewhere_for_an_image_that_is_not_loaded_is_passed_over(shape in shape(), edit in edit()) {
        let mut desk = Desk::new();
        drop(desk.edit(&edit));
        let before = desk.content();
        let foreign = Annotation { input: InputId::from("not loaded"), ..annotation(LocalId(99), Some(shape)) };
        let change = Change { lid: foreign.lid, before: None, after: Some(foreign) };
        prop_assert_eq!(desk.document.apply_remote(&[change]), vec![], "nothing taken");
        prop_assert_eq!(desk.content(), before, "nothing changed");
        prop_assert!(!desk.document.is_loaded(&InputId::from("not loaded")), "and it does not count as loaded");
    }

    #[test]
    fn an_image_unloaded_and_loaded_again_is_as_it_was(deeds in deeds()) {
        let mut desk = Desk::new();
        done(&mut desk, &deeds);
        let before = desk.content();
        let image = input(LocalId(0));
        let kept: Vec<Annotation> = desk.document.of_input(&image).cloned().collect();
        desk.document.unload(&image);
        prop_assert!(!desk.document.is_loaded(&image), "gone from memory");
        prop_assert_eq!(desk.document.count_of(&image), 0, "all of it");
        prop_assert_eq!(desk.document.check(), Ok(()), "the rest agrees");
        desk.document.load(&image, kept);
        prop_assert_eq!(desk.content(), before, "as it was");
        prop_assert_eq!(desk.document.check(), Ok(()), "and agrees");
    }
}

fn dedup(mut labels: Vec<ConceptLabel>) -> Vec<ConceptLabel> {
    let mut seen = Vec::new();
    labels.retain(|label| {
        !seen.contains(&label.id) && {
            seen.push(label.id.clone());
            true
        }
    });
    labels
}
