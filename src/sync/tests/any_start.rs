//! From any beginning (what is wanted, what was seen last, what is believed, what the server really has) to rest, with a
//! server that behaves: everything agrees in the end or waits for a person, and nobody's change is lost.

use super::*;

/// What a run begins with.
#[derive(Clone, Debug)]
struct Start {
    record: Record,
    theirs: Option<api::Annotation>,
}

/// The store of one record, and a server that does at once and for good what it is asked.
struct World {
    engine: Engine,
    now_ms: i64,
    random: u64,
    rows: BTreeMap<LocalId, Record>,
    server: BTreeMap<String, api::Annotation>,
    requests: usize,
}

impl World {
    fn new(start: &Start) -> Self {
        let server = start.theirs.clone().map(|row| ("s".to_owned(), row)).into_iter().collect();
        let rows = BTreeMap::from([(LID, start.record.clone())]);
        Self { engine: Engine::new(), now_ms: 10_000_000, random: 0, rows, server, requests: 0 }
    }

    /// Begins, and looks twice at all that the server has: the first look may come before the end of a doubt.
    fn run(&mut self) -> Result<(), String> {
        let not_clean: Vec<Record> = self.rows.values().filter(|row| !row.is_clean()).cloned().collect();
        self.come_to_rest(vec![Event::Loaded(not_clean), Event::Pull(PullScope::All)])?;
        self.come_to_rest(vec![Event::Pull(PullScope::All)])
    }

    /// Until nothing is left to do.
    fn come_to_rest(&mut self, events: Vec<Event>) -> Result<(), String> {
        let mut events = std::collections::VecDeque::from(events);
        let mut wake_ms = None;
        for _ in 0..1_000 {
            let event = match (events.pop_front(), wake_ms.take()) {
                (Some(event), at) => {
                    wake_ms = at;
                    event
                }
                (None, None) => return Ok(()),
                (None, Some(at)) => {
                    self.now_ms = at;
                    Event::Tick
                }
            };
            let random = &mut self.random;
            let mut next = || {
                *random += 1;
                *random
            };
            for effect in self.engine.handle(event, self.now_ms, &mut next) {
                match effect {
                    Effect::WakeAt(at) => wake_ms = Some(at),
                    other => events.extend(self.done(other)?),
                }
            }
        }
        Err(format!("not at rest: {:?}", self.rows))
    }

    fn done(&mut self, effect: Effect) -> Result<Option<Event>, String> {
        Ok(match effect {
            Effect::Commit(commit) => {
                let mut stale = Vec::new();
                for update in &commit.updates {
                    if !self.rows.get_mut(&update.lid).is_some_and(|row| update.apply_to(row)) {
                        stale.push(update.lid);
                    }
                }
                for forget in &commit.forget {
                    self.rows.remove(&forget.lid);
                }
                Some(Event::Committed { token: commit.token, stale })
            }
            Effect::AddRemote { records, .. } => {
                for new in records {
                    self.rows.insert(new.lid, Record::from_server(new.lid, new.annotation));
                }
                None
            }
            Effect::ListLocal { pull_id, .. } => {
                let present = |row: &&Record| row.view == View::Present;
                let records = self.rows.values().filter(present).cloned().collect();
                Some(Event::LocalListing { pull_id, records })
            }
            Effect::Send { call_id, call, .. } => Some(self.answer(call_id, call)?),
            Effect::ShowRemote(_) | Effect::State(_) | Effect::WakeAt(_) | Effect::Stopped => None,
        })
    }

    fn answer(&mut self, call_id: u64, call: Call) -> Result<Event, String> {
        self.requests += 1;
        let answer = match call {
            Call::Post(list) => self.write(list, |there| !there, 40_010),
            Call::Patch { action: PatchAction::Overwrite, annotations } => {
                self.write(annotations, |there| there, 11_101)
            }
            Call::Patch { action: PatchAction::MergeStatus, annotations } => {
                let whole = |row: api::Annotation| {
                    let old = self.server.get(&row.id).cloned().unwrap_or_default();
                    api::Annotation { status: row.status, id: row.id, input_id: row.input_id, ..old }
                };
                let annotations = annotations.into_iter().map(whole).collect();
                self.write(annotations, |there| there, 11_101)
            }
            Call::Delete(keys) => {
                keys.iter().for_each(|key| drop(self.server.remove(&key.sid)));
                Answer::Done
            }
            Call::ReadBack(keys) => {
                Answer::Rows(keys.iter().filter_map(|k| self.server.get(&k.sid).cloned()).collect())
            }
            Call::Probe => Answer::Done,
            Call::ListPage { page, .. } => {
                let rows: Vec<_> = if page == 1 { self.server.values().cloned().collect() } else { Vec::new() };
                let keys: Vec<Key> = rows.iter().map(Key::of_row).collect();
                let known = self.rows.values().filter(|row| keys.contains(&Key::of(row))).cloned().collect();
                return Ok(Event::Page { call_id, rows, passed_over: Vec::new(), known });
            }
        };
        Ok(Event::Answer { call_id, answer })
    }

    fn write(&mut self, list: Vec<api::Annotation>, fits: impl Fn(bool) -> bool, else_code: u32) -> Answer {
        let item = |row: api::Annotation| {
            let done = fits(self.server.contains_key(&row.id));
            let code = if done { api::StatusCode::ANNOTATION_SUCCESS } else { api::StatusCode(else_code) };
            let sid = row.id.clone();
            if done {
                self.server.insert(sid.clone(), row);
            }
            Item { sid, code, reason: String::new(), req_id: String::new(), annotation: None }
        };
        let items: Vec<Item> = list.into_iter().map(item).collect();
        let all = items.iter().all(|item| item.code == api::StatusCode::ANNOTATION_SUCCESS);
        Answer::Items { envelope: if all { Envelope::Success } else { Envelope::Mixed }, items }
    }
}

/// Every combination that can stand in the store, and some that cannot.
fn any_start() -> impl Strategy<Value = Start> {
    let maybe = || proptest::option::weighted(0.7, any_row());
    let view = proptest::sample::select(vec![View::Never, View::Unknown, View::Absent, View::Present]);
    let verb = proptest::sample::select(vec![Verb::Post, Verb::Patch, Verb::Delete]);
    (maybe(), maybe(), maybe(), view, 1..4_u64, proptest::option::of(verb), any::<bool>()).prop_map(
        |(desired, base, theirs, view, rev, sent, acked)| {
            let base = base.filter(|_| matches!(view, View::Unknown | View::Present));
            let known = acked || base.is_some();
            let mut record = Record { rev, view, base, acked: Acked::Never, ..new_record() };
            record.desired = desired;
            if known && view != View::Never {
                record.acked = Acked::Rev(rev - 1);
            }
            if let (View::Unknown, Some(verb)) = (view, sent) {
                let content = record.desired.as_ref().map(Digest::of).unwrap_or_default();
                record.flight = Some(Flight { verb, rev, sent_at_ms: 9_990_000 });
                record.echoes = vec![Echo { verb, rev, sent_at_ms: 9_990_000, content }];
                record.verify_after_ms = Some(9_990_000 + 120_000);
            }
            Start { record, theirs }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn from_any_start_everything_agrees_or_waits_for_a_person(start in any_start()) {
        let mut world = World::new(&start);
        prop_assert_eq!(world.run(), Ok(()));
        prop_assert!(world.requests <= 30, "{} requests", world.requests);
        let mine = world.rows.get(&LID);
        if mine.is_some_and(|row| row.hold.is_some()) {
            let kept = mine.and_then(|row| row.desired.as_ref());
            prop_assert_eq!(kept.is_some(), start.record.desired.is_some(), "what waits is what they left");
            return Ok(());
        }
        let rows: Vec<&Record> = world.rows.values().filter(|row| row.desired.is_some()).collect();
        prop_assert_eq!(rows.len(), world.server.len(), "as many there as here");
        for row in &rows {
            let (here, there) = (row.desired.as_ref(), world.server.get(&row.sid));
            prop_assert!(here.zip(there).is_some_and(|(a, b)| same_content(a, b)), "{:?}, there {:?}", row, there);
            prop_assert!(row.is_clean(), "{:?}", row);
        }
        // What only one of both changed is as they made it.
        let (Some(base), Some(wanted), Some(theirs)) = (&start.record.base, &start.record.desired, &start.theirs) else {
            return Ok(());
        };
        let end = mine.and_then(|row| row.desired.as_ref());
        prop_assert!(end.is_some(), "both had it, and it is gone");
        let end = end.expect("there");
        for field in [Field::Geometry, Field::Concepts, Field::Status, Field::Info] {
            let differs = |a: &api::Annotation, b: &api::Annotation| differing_fields(a, b).contains(&field);
            let (by_me, by_them) = (differs(base, wanted), differs(base, theirs));
            prop_assert!(!by_me || by_them || !differs(end, wanted), "{field:?}: mine is lost");
            prop_assert!(by_me || !by_them || !differs(end, theirs), "{field:?}: theirs is lost");
            if by_me && by_them && field != Field::Concepts {
                prop_assert!(!differs(end, wanted) && !differs(end, theirs), "{field:?}: nobody was asked");
            }
        }
    }
}
