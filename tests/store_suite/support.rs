//! A desk to work at: a project with its writing thread, and short ways to make annotations.

use labelwright::api;
use labelwright::geometry::{Point, Rect};
use labelwright::model::{Annotation, Change, EntryKind, InputId, LocalId, Region, Shape, Status, Worker};
use labelwright::store::{
    Access, Binding, DesiredChange, EngineCommit, InputRow, InputSource, InputState, LocalCommit, NewProject,
    OpenedProject, PixelSize, Project, Request, StoreEvent, StoreHandle,
};
use labelwright::sync::RecordUpdate;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::task::Waker;
use std::time::Duration;

pub const NOW_MS: i64 = 1_790_000_000_000;

pub fn binding() -> Binding {
    Binding::Bundled { owner: "me".to_owned(), app: "cats".to_owned() }
}

pub fn create(dir: &Path) -> OpenedProject {
    Project::create(dir, &NewProject { name: "Cats".to_owned(), binding: binding() }, NOW_MS).expect("a new project")
}

pub struct Desk {
    pub project: Project,
    pub store: StoreHandle,
    pub events: Receiver<StoreEvent>,
    pub seq: u64,
    pub token: u64,
}

impl Desk {
    pub fn new(dir: &Path) -> Self {
        Self::at(create(dir).project)
    }

    pub fn reopen(dir: &Path) -> Self {
        Self::at(Project::open(dir, NOW_MS + 1).expect("it opens").project)
    }

    pub fn at(project: Project) -> Self {
        assert_eq!(project.access(), &Access::Writer);
        let (sender, events) = channel();
        let store = project.start(sender, Waker::noop().clone()).expect("the thread starts");
        let seq = project.reader().and_then(|r| r.next_numbers()).expect("numbers").seq - 1;
        Self { project, store, events, seq, token: 0 }
    }

    pub fn next(&self) -> StoreEvent {
        self.events.recv_timeout(Duration::from_secs(90)).expect("the store answers")
    }

    pub fn send(&self, request: Request) {
        self.store.send(request).expect("the thread lives");
    }

    /// Sends a step and waits until it is durable.
    pub fn commit(&mut self, desired: Vec<DesiredChange>) -> StoreEvent {
        let commit = self.step(desired);
        self.send(Request::Commit(commit));
        let event = self.next();
        assert!(matches!(event, StoreEvent::Durable { seq, .. } if seq == self.seq), "{event:?}");
        event
    }

    pub fn step(&mut self, desired: Vec<DesiredChange>) -> LocalCommit {
        self.seq += 1;
        let changes = desired.iter().map(|d| pixel_change(d.lid, &d.input_id, self.seq)).collect();
        LocalCommit {
            seq: self.seq,
            at_ms: NOW_MS,
            kind: EntryKind::Do,
            title: format!("step {}", self.seq),
            input: desired.first().map(|d| d.input_id.clone()),
            changes,
            desired,
        }
    }

    /// Sends an update of the engine and waits; the stale ones.
    pub fn engine(&mut self, updates: Vec<RecordUpdate>) -> Vec<LocalId> {
        self.token += 1;
        self.send(Request::Engine(EngineCommit { token: self.token, updates, ..EngineCommit::default() }));
        match self.next() {
            StoreEvent::EngineCommitted { token, stale } if token == self.token => stale,
            other => panic!("{other:?}"),
        }
    }

    /// Sends any other request and waits for its answer.
    pub fn ask(&mut self, request: impl FnOnce(u64) -> Request) -> StoreEvent {
        self.token += 1;
        self.send(request(self.token));
        self.next()
    }

    /// Closes and gives the events that were left.
    pub fn close(self) -> Vec<StoreEvent> {
        self.store.shutdown();
        self.events.try_iter().collect()
    }
}

/// A box in wire form, different for every `n`.
pub fn wire(n: u64, input: &str) -> api::Annotation {
    let at = f32::from(u16::try_from(n % 997).expect("small")) / 1000.0;
    serde_json::from_value(serde_json::json!({"input_id": input, "status": {"code": 24151}, "data": {"regions": [{
        "region_info": {"bounding_box": {"top_row": at, "left_col": 0.1, "bottom_row": at + 0.003, "right_col": 0.3}},
        "data": {"concepts": [{"id": if n.is_multiple_of(2) { "cat" } else { "dog" }, "value": 1.0}]}}]}}))
    .expect("a wire annotation")
}

pub fn sid(n: u64) -> String {
    format!("{n:032x}")
}

/// A new annotation.
pub fn add(n: u64, input: &str) -> DesiredChange {
    DesiredChange {
        lid: LocalId(u128::from(n)),
        input_id: input.into(),
        new_sid: Some(sid(n)),
        before: None,
        desired: Some(wire(n, input)),
    }
}

/// Another value for an annotation.
pub fn set(n: u64, input: &str, value: Option<u64>) -> DesiredChange {
    DesiredChange { desired: value.map(|v| wire(v, input)), new_sid: None, ..add(n, input) }
}

pub fn pixel_change(lid: LocalId, input: &InputId, n: u64) -> Change {
    Change { lid, before: None, after: Some(pixels(lid, input, n)) }
}

pub fn pixels(lid: LocalId, input: &InputId, n: u64) -> Annotation {
    let left = f64::from(u32::try_from(n).expect("small"));
    let min = Point::new(left + 0.1, 0.2);
    Annotation {
        lid,
        input: input.clone(),
        region: Some(Region { id: None, shape: Shape::Box(Rect { min, max: Point::new(left + 9.7, 30.0 / 7.0) }) }),
        concepts: Vec::new(),
        status: Status::Pending,
        worker: Worker::Me,
        info: labelwright::model::Info::new(),
        created_at: String::new(),
        kept: None,
    }
}

pub fn input(id: &str, position: i64) -> InputRow {
    InputRow {
        id: id.into(),
        name: format!("{id}.jpg"),
        size: Some(PixelSize { width_px: 640, height_px: 480 }),
        orientation: Some(1),
        source: InputSource::Path(format!("images/{id}.jpg").into()),
        position,
        state: InputState::default(),
    }
}
