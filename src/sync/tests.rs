//! Three-way merge as a table, its laws, and the engine in a few steps that can be read. The rest is the simulation's.

use super::*;
use crate::api;
use crate::model::{Field, LocalId};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

mod any_start;

/// A box at `place`, labels by name (`-x` says "not x"), a status and an information.
fn row(place: f32, labels: &str, status: u32, info: u32) -> api::Annotation {
    let concepts: Vec<_> = labels
        .split_whitespace()
        .map(|name| match name.strip_prefix('-') {
            Some(name) => json!({"id": name, "value": 0.0}),
            None => json!({"id": name, "value": 1.0}),
        })
        .collect();
    serde_json::from_value(
        json!({"id": "s", "input_id": "i", "status": {"code": status}, "annotation_info": {"n": info},
        "data": {"regions": [{"region_info": {"bounding_box": {"top_row": 0.0, "left_col": place, "bottom_row": 1.0,
        "right_col": 1.0}}, "data": {"concepts": concepts}}]}}),
    )
    .expect("it parses")
}

fn seen(base: &api::Annotation) -> Past<'_> {
    Past { base: Some(base), echoes: &[], acked: Acked::Never }
}

/// Each line: base, mine, theirs, and what comes of it (none: these fields clash).
#[test]
fn merges_field_by_field() {
    let base = row(0.1, "cat", 24150, 0);
    let clash = |fields: &[Field]| Merge::Conflict(fields.to_vec());
    let wanted = |a: api::Annotation| Merge::Wanted(Box::new(a));
    for (what, mine, theirs, expected) in [
        ("only mine", row(0.2, "cat", 24150, 0), base.clone(), wanted(row(0.2, "cat", 24150, 0))),
        ("only theirs", base.clone(), row(0.1, "dog", 24150, 0), wanted(row(0.1, "dog", 24150, 0))),
        ("different fields", row(0.2, "cat", 24150, 0), row(0.1, "cat", 24151, 7), wanted(row(0.2, "cat", 24151, 7))),
        ("the same change", row(0.2, "cat", 24150, 0), row(0.2, "cat", 24150, 0), wanted(row(0.2, "cat", 24150, 0))),
        ("one place, two ways", row(0.2, "cat", 24150, 0), row(0.3, "cat", 24150, 0), clash(&[Field::Geometry])),
        (
            "two labels added",
            row(0.1, "cat a", 24150, 0),
            row(0.1, "cat b", 24150, 0),
            wanted(row(0.1, "cat a b", 24150, 0)),
        ),
        ("one label, two ways", row(0.1, "cat a", 24150, 0), row(0.1, "cat -a", 24150, 0), clash(&[Field::Concepts])),
        (
            "two answers to one question",
            row(0.1, "dog", 24150, 0),
            row(0.1, "bird", 24150, 0),
            clash(&[Field::Concepts]),
        ),
        (
            "exchanged and added",
            row(0.1, "dog", 24150, 0),
            row(0.1, "cat b", 24150, 0),
            wanted(row(0.1, "dog b", 24150, 0)),
        ),
    ] {
        assert_eq!(merge(seen(&base), &mine, &theirs), expected, "{what}");
    }
}

#[test]
fn a_late_write_of_ours_is_not_another_editor() {
    let (base, old, new) = (row(0.1, "cat", 24150, 0), row(0.2, "cat", 24150, 0), row(0.3, "cat", 24150, 0));
    let echo = Echo { verb: Verb::Patch, rev: 2, sent_at_ms: 0, content: Digest::of(&old) };
    let past = Past { base: Some(&base), echoes: &[echo], acked: Acked::Rev(1) };
    assert_eq!(merge(past, &new, &old), Merge::Wanted(Box::new(new.clone())), "mine is newer");
    let touched = row(0.2, "cat", 24151, 0);
    assert_eq!(
        merge(past, &new, &touched),
        Merge::Wanted(Box::new(row(0.3, "cat", 24151, 0))),
        "only the status is theirs"
    );
    assert_eq!(merge(past, &base, &row(0.4, "cat", 24150, 0)), Merge::Conflict(vec![Field::Geometry]), "taken back");
}

#[test]
fn an_edit_on_an_old_copy_changes_only_what_it_changed() {
    let (before, after) = (row(0.1, "cat dog", 24150, 0), row(0.1, "cat bird", 24150, 0));
    let now = row(0.5, "cat dog x", 24151, 3);
    assert!(same_content(&rebase(&before, &after, &now), &row(0.5, "cat bird x", 24151, 3)));
}

fn any_row() -> impl Strategy<Value = api::Annotation> {
    let labels = proptest::sample::subsequence(vec!["a", "-b", "c", "d"], 0..=4);
    let statuses = proptest::sample::select(vec![24150_u32, 24151, 24158]);
    (0..4_u8, labels, statuses, 0..3_u32)
        .prop_map(|(place, labels, status, info)| row(f32::from(place) / 8.0, &labels.join(" "), status, info))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    /// Who is "mine" does not matter for whether it clashes, nor for what comes of it.
    #[test]
    fn merging_is_symmetric(base in any_row(), a in any_row(), b in any_row()) {
        match (merge(seen(&base), &a, &b), merge(seen(&base), &b, &a)) {
            (Merge::Wanted(x), Merge::Wanted(y)) => prop_assert!(same_content(&x, &y)),
            (Merge::Conflict(x), Merge::Conflict(y)) => prop_assert_eq!(x, y),
            (x, y) => prop_assert!(false, "{:?} but {:?}", x, y),
        }
    }

    /// What came of a merge, merged again with either side, changes nothing.
    #[test]
    fn merging_again_changes_nothing(base in any_row(), a in any_row(), b in any_row()) {
        if let Merge::Wanted(m) = merge(seen(&base), &a, &b) {
            prop_assert!(matches!(merge(seen(&b), &m, &b), Merge::Wanted(same) if same_content(&same, &m)));
            prop_assert!(matches!(merge(seen(&base), &a, &a), Merge::Wanted(same) if same_content(&same, &a)));
        }
    }

    /// No field is lost: every field of a merge is one side's, and a side's change is there.
    #[test]
    fn no_change_is_lost(base in any_row(), a in any_row(), b in any_row()) {
        if let Merge::Wanted(m) = merge(seen(&base), &a, &b) {
            for field in [Field::Geometry, Field::Status, Field::Info] {
                let differs = |x: &api::Annotation, y: &api::Annotation| differing_fields(x, y).contains(&field);
                prop_assert!(!differs(&base, &a) || !differs(&m, &a), "mine is there");
                prop_assert!(!differs(&base, &b) || !differs(&m, &b), "theirs is there");
            }
        }
    }

    /// The digest says what the comparison says.
    #[test]
    fn digests_agree_with_comparison(a in any_row(), b in any_row()) {
        prop_assert_eq!(Digest::of(&a) == Digest::of(&b), same_content(&a, &b));
    }

    /// An edit carried over to the copy on which it was made is the edit.
    #[test]
    fn rebasing_on_the_same_copy_is_the_edit(before in any_row(), after in any_row()) {
        prop_assert!(same_content(&rebase(&before, &after, &before), &after));
    }
}

/// An engine, its clock and what it said last.
struct Bench {
    engine: Engine,
    now_ms: i64,
    random: u64,
}

impl Bench {
    fn new() -> Self {
        Self::of(Engine::new())
    }

    fn of(engine: Engine) -> Self {
        Self { engine, now_ms: 1_000_000, random: 0 }
    }

    /// Tells it something after `wait_ms`; what it wants done, without the pill and the alarm clock.
    fn after(&mut self, wait_ms: i64, event: Event) -> Vec<Effect> {
        self.now_ms += wait_ms;
        let random = &mut self.random;
        let mut next = || {
            *random += 1;
            *random
        };
        let effects = self.engine.handle(event, self.now_ms, &mut next);
        effects.into_iter().filter(|e| !matches!(e, Effect::State(_) | Effect::WakeAt(_))).collect()
    }

    /// Lets a write of one record leave: its commit, and the call.
    fn send(&mut self, wait_ms: i64) -> (u64, Call) {
        let effects = self.after(wait_ms, Event::Tick);
        let [Effect::Commit(commit)] = effects.as_slice() else { panic!("first the commit: {effects:?}") };
        assert_eq!(commit.updates[0].view, View::Unknown, "before the first byte");
        assert_eq!(commit.updates[0].base, BaseUpdate::Kept, "and nothing else of the row is written anew");
        let effects = self.after(1, Event::Committed { token: commit.token, stale: Vec::new() });
        match effects.as_slice() {
            [Effect::Send { call_id, call, .. }] => (*call_id, call.clone()),
            other => panic!("then the call: {other:?}"),
        }
    }

    fn commit_all(&mut self, effects: &[Effect]) -> Vec<Effect> {
        let tokens = effects.iter().filter_map(|e| if let Effect::Commit(c) = e { Some(c.token) } else { None });
        let tokens: Vec<u64> = tokens.collect();
        tokens.into_iter().flat_map(|token| self.after(1, Event::Committed { token, stale: Vec::new() })).collect()
    }
}

const LID: LocalId = LocalId(7);

fn new_record() -> Record {
    Record::new(LID, "s".to_owned(), "i".to_owned(), row(0.1, "cat", 24150, 0))
}

fn done(sid: &str) -> Answer {
    let code = api::StatusCode::ANNOTATION_SUCCESS;
    let item = Item { sid: sid.to_owned(), code, reason: String::new(), req_id: String::new(), annotation: None };
    Answer::Items { envelope: Envelope::Success, items: vec![item] }
}

#[test]
fn create_and_delete_before_sending_is_nothing() {
    let mut bench = Bench::new();
    assert_eq!(bench.after(0, Event::LocalEdit(vec![new_record()])), []);
    let gone = Record { desired: None, rev: 2, ..new_record() };
    let effects = bench.after(10, Event::LocalEdit(vec![gone]));
    let [Effect::Commit(commit)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((commit.updates.len(), &commit.forget), (0, &vec![Forget { lid: LID, rev: 2 }]), "not even a tombstone");
    assert_eq!(bench.after(3_000, Event::Tick), [], "nobody needs to know");
}

#[test]
fn an_edit_during_the_flight_is_sent_after_it() {
    let mut bench = Bench::new();
    bench.after(0, Event::LocalEdit(vec![new_record()]));
    let (call_id, call) = bench.send(250);
    assert!(matches!(call, Call::Post(list) if list.len() == 1));
    let moved = Record { desired: Some(row(0.2, "cat", 24150, 0)), rev: 2, ..new_record() };
    assert_eq!(bench.after(10, Event::LocalEdit(vec![moved])), [], "one write at a time");
    let effects = bench.after(10, Event::Answer { call_id, answer: done("s") });
    bench.commit_all(&effects);
    assert_eq!(bench.engine.record(LID).map(|r| r.acked), Some(Acked::Rev(1)), "the first, not the second");
    let (_, call) = bench.send(2_000);
    assert!(matches!(call, Call::Patch { action: PatchAction::Overwrite, .. }), "{call:?}");
}

#[test]
fn a_timeout_is_read_back_and_a_deletion_that_is_taken_back_gets_a_new_id() {
    let mut bench = Bench::new();
    bench.after(0, Event::Loaded(Vec::new()));
    bench.after(6_000, Event::LocalEdit(vec![new_record()]));
    let (call_id, _) = bench.send(250);
    let timeout = Answer::Unknown { reason: "timeout".to_owned() };
    assert_eq!(bench.after(30_000, Event::Answer { call_id, answer: timeout }), []);
    let effects = bench.after(6_000, Event::Tick);
    let [Effect::Send { call_id, call: Call::ReadBack(keys), .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(keys[0].sid, "s");
    let effects =
        bench.after(10, Event::Answer { call_id: *call_id, answer: Answer::Rows(vec![row(0.1, "cat", 24150, 0)]) });
    bench.commit_all(&effects);
    let record = bench.engine.record(LID).cloned().expect("held");
    assert!(record.verify_after_ms.is_some(), "it may land once more: suspect");
    assert_eq!(next_step(&record), Step::Verify(record.verify_after_ms.unwrap_or(0)));

    bench.after(10, Event::LocalEdit(vec![Record { desired: None, rev: 2, ..new_record() }]));
    let (call_id, call) = bench.send(2_000);
    assert!(matches!(call, Call::Delete(_)));
    let effects = bench.after(10, Event::Answer { call_id, answer: Answer::Done });
    bench.commit_all(&effects);
    let undone = Record { rev: 3, ..new_record() };
    assert_eq!(bench.after(10, Event::LocalEdit(vec![undone])), [], "not while the first POST may still land");
    assert!(needs_new_sid(bench.engine.record(LID).expect("held")));
    let effects = bench.after(130_000, Event::Tick);
    let [Effect::Send { call_id, .. }] = effects.as_slice() else { panic!("first it is verified: {effects:?}") };
    let effects = bench.after(10, Event::Answer { call_id: *call_id, answer: Answer::Rows(Vec::new()) });
    let effects = bench.commit_all(&effects);
    let [Effect::Commit(commit)] = effects.as_slice() else { panic!("a new id: {effects:?}") };
    assert_ne!(commit.updates[0].sid, "s");
    assert_eq!(commit.updates[0].sid.len(), 32);
}

/// Which annotations of a page are new to the project, if this page comes as soon as it is asked for.
fn new_on_page(bench: &mut Bench, wait_ms: i64, rows: &[api::Annotation]) -> Vec<String> {
    let mut effects = bench.after(wait_ms, Event::Pull(PullScope::All));
    let mut new = Vec::new();
    loop {
        let (call_id, page) = loop {
            let asked = effects.iter().find_map(|effect| match effect {
                Effect::Send { call_id, call: Call::ListPage { page, .. }, .. } => Some((*call_id, *page)),
                _ => None,
            });
            if let Some(asked) = asked {
                break asked;
            }
            effects = bench.after(1, Event::Tick);
        };
        let rows = if page == 1 { rows.to_vec() } else { Vec::new() };
        effects = bench.after(1, Event::Page { call_id, rows, passed_over: Vec::new(), known: Vec::new() });
        for effect in &effects {
            match effect {
                Effect::AddRemote { records, .. } => new.extend(records.iter().map(|r| r.annotation.id.clone())),
                Effect::ListLocal { pull_id, .. } => {
                    bench.after(1, Event::LocalListing { pull_id: *pull_id, records: Vec::new() });
                    return new;
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_listing_that_is_behind_does_not_bring_in_again_what_has_another_id_by_now() {
    let old = row(0.1, "cat", 24150, 0);
    for (engine, expected) in [
        (Engine::new(), Vec::<String>::new()),
        #[cfg(debug_assertions)]
        (Engine::with_seeded_bug(Bug::ReplacedIdsAreForgotten), vec!["s".to_owned()]),
    ] {
        let mut bench = Bench::of(engine);
        bench.after(0, Event::Loaded(Vec::new()));
        bench.after(6_000, Event::LocalEdit(vec![new_record()]));
        let (call_id, _) = bench.send(250);
        let effects = bench.after(10, Event::Answer { call_id, answer: done("s") });
        bench.commit_all(&effects);
        bench.after(10, Event::LocalEdit(vec![Record { desired: None, rev: 2, ..new_record() }]));
        let (call_id, _) = bench.send(2_000);
        let effects = bench.after(10, Event::Answer { call_id, answer: Answer::Done });
        bench.commit_all(&effects);
        let effects = bench.after(10, Event::LocalEdit(vec![Record { rev: 3, ..new_record() }]));
        bench.commit_all(&effects);
        assert_ne!(bench.engine.record(LID).map(|record| record.sid.as_str()), Some("s"), "it has another id");
        assert_eq!(new_on_page(&mut bench, 10, std::slice::from_ref(&old)), expected, "the listing is behind");
        assert_eq!(new_on_page(&mut bench, 6_000, std::slice::from_ref(&old)), ["s"], "someone made it again");
    }
}

#[test]
fn only_where_nobody_ever_edited_anything_is_a_listing_asked_for_at_once() {
    let asks =
        |effects: &[Effect]| effects.iter().any(|e| matches!(e, Effect::Send { call: Call::ListPage { .. }, .. }));
    for (never_edited, expected) in [(false, false), (true, true)] {
        let mut bench = Bench::new();
        bench.after(0, Event::Loaded(Vec::new()));
        if never_edited {
            bench.after(0, Event::NeverEdited);
        }
        assert_eq!(asks(&bench.after(1, Event::Pull(PullScope::All))), expected, "at once, {never_edited}");
    }
}

#[test]
fn a_conflict_waits_and_a_decision_about_an_older_revision_is_dropped() {
    let mut bench = Bench::new();
    let base = row(0.1, "cat", 24150, 0);
    let clean = Record::from_server(LID, base.clone());
    bench.after(0, Event::Loaded(Vec::new()));
    bench.after(6_000, Event::LocalEdit(vec![Record { desired: Some(row(0.2, "cat", 24150, 0)), rev: 2, ..clean }]));
    let effects = bench.after(300, Event::Tick);
    let effects = if effects.is_empty() { bench.after(1, Event::Tick) } else { effects };
    let call_id = effects
        .iter()
        .chain(&[])
        .find_map(|e| if let Effect::Send { call_id, .. } = e { Some(*call_id) } else { None });
    let theirs = row(0.3, "cat", 24150, 0);
    let call_id = call_id.unwrap_or(1);
    let effects = bench.after(10, Event::Answer { call_id, answer: Answer::Rows(vec![theirs.clone()]) });
    bench.commit_all(&effects);
    let hold = bench.engine.record(LID).and_then(|r| r.hold.clone());
    assert!(matches!(hold, Some(Hold::Conflict { fields, .. }) if fields == [Field::Geometry]));
    assert_eq!(bench.after(60_000, Event::Tick), [], "it waits");

    let effects = bench.after(10, Event::Resolve { lid: LID, resolution: Resolution::Theirs });
    let [Effect::Commit(commit)] = effects.as_slice() else { panic!("{effects:?}") };
    let token = commit.token;
    let newer = Record { desired: Some(row(0.4, "cat", 24150, 0)), rev: 3, ..Record::from_server(LID, base) };
    bench.after(1, Event::LocalEdit(vec![newer]));
    bench.after(1, Event::Committed { token, stale: vec![LID] });
    let hold = bench.engine.record(LID).and_then(|r| r.hold.clone());
    assert!(matches!(hold, Some(Hold::Conflict { .. })), "they edited after deciding: asked again");
}

#[test]
fn the_plan_counts_calls_by_input() {
    let post = new_record();
    let patch = Record {
        desired: Some(row(0.2, "cat", 24150, 0)),
        ..Record::from_server(LocalId(8), row(0.1, "cat", 24150, 0))
    };
    let delete = Record { desired: None, ..Record::from_server(LocalId(9), row(0.1, "cat", 24150, 0)) };
    let clean = Record::from_server(LocalId(10), row(0.1, "cat", 24150, 0));
    let plan = plan([&post, &patch, &delete, &clean]);
    let expected =
        InputPlan { posts: vec![LID], patches: vec![LocalId(8)], deletes: vec![LocalId(9)], ..InputPlan::default() };
    assert_eq!(plan.inputs, BTreeMap::from([("i".to_owned(), expected)]));
    assert_eq!(plan.writes(), 3);
}

#[test]
fn a_page_of_nothing_but_what_is_passed_over_is_not_the_end_of_the_listing() {
    let mut bench = Bench::new();
    let mut effects = bench.after(0, Event::Pull(PullScope::All));
    let mut pages = Vec::new();
    for wait in 0..20 {
        let asked = effects.iter().find_map(|effect| match effect {
            Effect::Send { call_id, call: Call::ListPage { page, .. }, .. } => Some((*call_id, *page)),
            _ => None,
        });
        effects = match asked {
            None => bench.after(1_000 * wait, Event::Tick),
            Some((call_id, page)) => {
                pages.push(page);
                // As in an app of a thousand inputs, whose input-level annotations are older than all others.
                let passed_over =
                    if page == 1 { vec![Key { input_id: "i".into(), sid: "s".into() }] } else { Vec::new() };
                let rows = if page == 2 { vec![row(0.1, "cat", 24150, 0)] } else { Vec::new() };
                bench.after(0, Event::Page { call_id, rows, passed_over, known: Vec::new() })
            }
        };
        if let Some(records) = effects.iter().find_map(|effect| match effect {
            Effect::AddRemote { records, .. } => Some(records),
            _ => None,
        }) {
            assert_eq!((records.len(), pages.as_slice()), (1, &[1, 2][..]), "found behind it");
            return;
        }
    }
    panic!("the second page was never asked for: {pages:?}");
}

#[test]
fn a_pull_that_is_called_off_takes_in_what_came_and_looks_for_nothing_that_is_missing() {
    let mut bench = Bench::new();
    let asked = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Send { call_id, call: Call::ListPage { .. }, .. } => Some(*call_id),
            _ => None,
        })
    };
    let mut effects = bench.after(0, Event::Pull(PullScope::All));
    let mut wait = 0;
    let call_id = loop {
        if let Some(call_id) = asked(&effects) {
            break call_id;
        }
        wait += 1;
        assert!(wait < 20, "a page is asked for");
        effects = bench.after(1_000 * wait, Event::Tick);
    };
    bench.after(0, Event::StopPulling);
    let rows = vec![row(0.1, "cat", 24150, 0)];
    let effects = bench.after(0, Event::Page { call_id, rows, passed_over: Vec::new(), known: Vec::new() });
    assert!(
        effects.iter().any(|e| matches!(e, Effect::AddRemote { records, .. } if records.len() == 1)),
        "{effects:?}"
    );
    for wait in 0..20 {
        let effects = bench.after(1_000 * wait, Event::Tick);
        let goes_on =
            |e: &Effect| matches!(e, Effect::Send { call: Call::ListPage { .. }, .. } | Effect::ListLocal { .. });
        assert!(!effects.iter().any(goes_on), "no further page, and no look at what no page showed: {effects:?}");
    }
}

#[test]
fn ten_thousand_edits_wait_and_an_event_costs_what_it_touches() {
    let mut bench = Bench::new();
    bench.after(0, Event::SendPolicy(SendPolicy::WhenISay));
    let record = |n: u128| Record { lid: LocalId(n), sid: format!("s{n}"), ..new_record() };
    bench.after(0, Event::LocalEdit((0..10_000).map(record).collect()));
    for n in 0..1_000 {
        let effects = bench.after(1, Event::LocalEdit(vec![Record { rev: 2, ..record(n) }]));
        assert_eq!(effects, [], "nothing is sent, so nothing but the pill changes");
    }
    let key = |sid: &str| Key { input_id: "i".to_owned(), sid: sid.to_owned() };
    assert_eq!(bench.engine.view_of_held(&key("s7")), Some(View::Never), "at the end of a pull the store is not asked");
    assert_eq!(bench.engine.view_of_held(&key("another")), None, "but for what is not held");
}
