//! A desk without a window: the program's own runtime, and a list of what the person wants, kept apart from it.

use super::service::{INPUT, SIZE_PX, USER};
use labelwright::geometry::{Point, Rect};
use labelwright::model::{
    Annotation, Change, ConceptId, ConceptLabel, EntryKind, InputId, LocalId, Region, Shape, Status, Worker,
};
use labelwright::runtime::{
    self, Access, Commit, Event, Link, Opening, PlanReport, Pull, Request, SyncGate, SyncStatus,
};
use labelwright::store::{
    Binding, InputRow, InputSource, InputState, NewProject, PixelSize, Project, Request as StoreRequest, StoreEvent,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::channel;
use std::task::Waker;
use std::time::{Duration, Instant};

/// How much faster time goes for the client.
pub const SPEED: u32 = 20;
/// Really; generous, because two slow cores may be shared.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// When the person at this desk has seen enough of "offline" and presses the button.
const PRESSES_AFTER: Duration = Duration::from_millis(1_000);

/// Makes a project with the one image, bound to an app of a server.
pub fn make_project(dir: &Path, url: &str, app: &str) {
    let binding = Binding::Remote { base_url: url.to_owned(), user_id: USER.to_owned(), app_id: app.to_owned() };
    let new = NewProject { name: app.to_owned(), binding };
    let project = Project::create(dir, &new, 1_790_000_000_000).expect("a project").project;
    let (sender, events) = channel();
    let store = project.start(sender, Waker::noop().clone()).expect("a thread");
    let input = InputRow {
        id: InputId::from(INPUT),
        name: format!("{INPUT}.png"),
        size: Some(PixelSize { width_px: SIZE_PX.0, height_px: SIZE_PX.1 }),
        orientation: None,
        source: InputSource::Other { kind: "not looked at".to_owned() },
        position: 0,
        state: InputState { on_server: true, ..InputState::default() },
    };
    store.send(StoreRequest::PutInputs { token: 1, inputs: vec![input] }).expect("sent");
    assert!(matches!(events.recv_timeout(PATIENCE), Ok(StoreEvent::Done { .. })));
    store.shutdown();
}

pub struct Desk {
    link: Link,
    seq: u64,
    durable: u64,
    pub status: SyncStatus,
    pub shown: BTreeMap<u64, Annotation>,
    /// What should be on the server in the end: who, and the left edge of their box.
    pub wanted: BTreeMap<u64, i64>,
    plans: Vec<PlanReport>,
    told: Vec<String>,
    trouble_since: Option<Instant>,
}

impl Desk {
    pub fn open(dir: &Path) -> Self {
        let link = runtime::start(Opening::Project(dir.to_owned()), Waker::noop()).expect("threads");
        let mut desk = Self {
            link,
            seq: 0,
            durable: 0,
            status: SyncStatus::default(),
            shown: BTreeMap::new(),
            wanted: BTreeMap::new(),
            plans: Vec::new(),
            told: Vec::new(),
            trouble_since: None,
        };
        loop {
            match desk.link.events.recv_timeout(PATIENCE).expect("it opens") {
                Event::Opened(opened) => {
                    assert_eq!(opened.access, Access::ReadWrite);
                    desk.seq = opened.history.last().map_or(0, |entry| entry.seq);
                    desk.durable = desk.seq;
                    return desk;
                }
                Event::OpenFailed(reason) => panic!("{reason}"),
                _ => {}
            }
        }
    }

    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// What the project shows, for a desk that goes on with an earlier one's work.
    pub fn load(&mut self) {
        self.send(Request::LoadImage(InputId::from(INPUT)));
        let end = Instant::now() + PATIENCE;
        loop {
            if let Ok(Event::Annotations(image)) = self.link.events.recv_timeout(PATIENCE) {
                let who = |a: &Annotation| a.info.get("who").as_ref().and_then(serde_json::Value::as_u64);
                self.shown = image.annotations.annotations().filter_map(|a| Some((who(a)?, a.clone()))).collect();
                return;
            }
            assert!(Instant::now() < end, "the image is not loaded");
        }
    }

    pub fn send(&self, request: Request) {
        self.link.requests.send(request).expect("the session lives");
    }

    /// One step, sent and not waited for.
    pub fn step(&mut self, changes: Vec<(u64, Option<i64>)>) {
        let changes = changes.into_iter().map(|(who, left)| self.change(who, left)).collect();
        self.seq += 1;
        self.send(Request::Commit(Commit {
            seq: self.seq,
            kind: EntryKind::Do,
            title: format!("step {}", self.seq),
            input: Some(InputId::from(INPUT)),
            changes,
        }));
    }

    fn change(&mut self, who: u64, left: Option<i64>) -> Change {
        let before = self.shown.get(&who).cloned();
        let lid = before.as_ref().map_or_else(|| LocalId(u128::from(who) + (1 << 64)), |a| a.lid);
        let after = left.map(|left| Annotation {
            region: Some(Region { id: None, shape: Shape::Box(bounds(left)) }),
            ..before.clone().unwrap_or_else(|| annotation(lid, who))
        });
        match (&after, left) {
            (Some(after), Some(left)) => {
                self.shown.insert(who, after.clone());
                self.wanted.insert(who, left);
            }
            _ => {
                self.shown.remove(&who);
                self.wanted.remove(&who);
            }
        }
        Change { lid, before, after }
    }

    /// Waits until everything is on this disk.
    pub fn saved(&mut self) {
        while self.durable < self.seq {
            self.hear(PATIENCE);
        }
    }

    fn hear(&mut self, wait: Duration) {
        match self.link.events.recv_timeout(wait) {
            Ok(Event::Durable(seq)) => self.durable = self.durable.max(seq),
            Ok(Event::Sync(status)) => self.status = status,
            Ok(Event::Plan(plan)) => self.plans.push(plan),
            Ok(Event::Notice(notice)) => self.told.push(notice.text),
            Ok(Event::StoreFailed(reason)) => panic!("the store failed: {reason}"),
            Ok(_) => {}
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            Err(error) => panic!("the session has ended: {error}"),
        }
    }

    /// Waits until the pill says so.
    pub fn until(&mut self, what: &str, so: impl Fn(&SyncStatus) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !so(&self.status) {
            assert!(Instant::now() < end, "{what}: {:?}", self.status);
            self.hear(Duration::from_millis(50));
        }
    }

    /// The plan as it is now; everything that was told before has been heard then.
    pub fn plan(&mut self) -> PlanReport {
        self.send(Request::LoadPlan);
        let end = Instant::now() + PATIENCE;
        loop {
            self.hear(Duration::from_millis(50));
            if let Some(plan) = self.plans.pop() {
                return plan;
            }
            assert!(Instant::now() < end, "no plan comes");
        }
    }

    /// Waits until nothing is left to send and nothing is doubtful; a person presses "sync now" where the program has
    /// told them that it waits for them.
    pub fn settle(&mut self) -> Result<PlanReport, String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let plan = self.plan();
            let s = &self.status;
            let rests = s.unsent + s.sending + s.unknown == 0 && s.pull == Pull::Idle;
            if rests && plan.images.is_empty() && s.gate == SyncGate::Online {
                return Ok(plan);
            }
            if Instant::now() > end {
                return Err(format!("not at rest after {} s: {s:?}, {plan:?}, {:?}", PATIENCE.as_secs(), self.told));
            }
            self.press_if_needed();
            self.hear(Duration::from_millis(40));
        }
    }

    fn press_if_needed(&mut self) {
        use SyncGate::{KeyRefused, Misconfigured, Offline};
        if !matches!(self.status.gate, KeyRefused(_) | Offline(_) | Misconfigured(_)) {
            self.trouble_since = None;
            return;
        }
        let since = *self.trouble_since.get_or_insert_with(Instant::now);
        if since.elapsed() > PRESSES_AFTER {
            self.trouble_since = None;
            self.send(Request::SyncNow);
        }
    }

    /// Pulls everything, and waits for it.
    pub fn pull(&mut self) -> Result<PlanReport, String> {
        self.send(Request::SyncNow);
        self.settle()
    }

    /// What the person wants, as [`super::service::listed`] would show it.
    pub fn expected(&self) -> Vec<(u64, i64)> {
        self.wanted.iter().map(|(who, left)| (*who, *left)).collect()
    }
}

fn bounds(left: i64) -> Rect {
    let left = left as f64;
    Rect { min: Point::new(left, 30.0), max: Point::new(left + 64.0, 90.0) }
}

fn annotation(lid: LocalId, who: u64) -> Annotation {
    let mut info = serde_json::Map::new();
    info.insert("who".to_owned(), who.into());
    Annotation {
        lid,
        input: InputId::from(INPUT),
        region: None,
        concepts: vec![ConceptLabel::positive(ConceptId::from("cat"))],
        status: Status::Success,
        worker: Worker::Me,
        info: info.into(),
        created_at: String::new(),
        kept: None,
    }
}
