//! The thread in the middle: it owns the readers, the store's handle and the sync engine, and is told everything that
//! happens in the order in which it happened.

mod answers;
mod comparing;
pub(super) mod describing;
mod documents;
mod effects;
mod engine;
mod images;
mod key;
mod network;
mod opening;
mod pulling;
mod review;
mod standing;
mod stored;

use super::browse;
use super::calls::Came;
use super::clock::now_ms;
use super::finder::Finder;
use super::messages::{Event, Notice, NoticeLevel, Request, Rights, Sending, SizeKnown};
use super::next_look::NextLook;
use super::open::{self, Opening};
use super::plan;
use super::progress::Job;
use super::recent;
use super::sources::Origins;
use super::upkeep::{self, AskedBy, Upkeep};
use crate::api;
use crate::geometry::Size;
use crate::model::{self, InputId, LocalId};
use crate::store::{self, InputSource, Project, Reader, StoreEvent, StoreHandle};
use crate::sync::{self, Engine, PullScope};
use comparing::Comparing;
use effects::Effects;
use key::{NewKey, Owner};
use network::Net;
use standing::Decision;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::task::Waker;
use std::time::Duration;

/// The setting that remembers when edits are sent.
pub(super) const SENDING: &str = "sending";
/// Counts are told at most this often.
const COUNTS_EVERY_MS: i64 = 400;
/// And at the latest after so long.
const COUNTS_LATEST_MS: i64 = 60_000;
/// How long a call under way may take when the program ends; what comes later is read back at the next start.
const LAST_CALL_MS: i64 = 2_000;

/// What the session is told.
pub enum Message {
    /// The window asks.
    Asked(Request),
    /// The store's writing thread says.
    Store(StoreEvent),
    /// A call is over.
    Called(u64, Came),
    /// The size of an image was found out.
    Sized(InputId, Option<(u32, u32)>),
    /// Who the key belongs to.
    Rights(Rights),
    /// What the server listed.
    Browsed(Result<browse::Listed, String>),
    /// Images were deleted on the server, or not.
    Removed(Vec<InputId>, Result<(), String>),
    /// A page of the images that the app has.
    Listed(Vec<api::Input>),
    /// The comparison at the end of a pull goes on.
    CompareOn,
    /// Concepts were looked for on the server.
    ConceptsFound(Result<Vec<model::Concept>, String>),
    /// A new key was tested.
    KeyTested(Result<Box<NewKey>, String>),
    /// The project was looked through.
    LookedThrough(AskedBy, Upkeep),
    /// Images were uploaded, or not.
    Added(Result<Vec<store::InputRow>, String>),
    /// The window is gone.
    Close,
}

/// Tells the window.
#[derive(Clone)]
pub struct Out {
    events: Sender<Event>,
    waker: Waker,
}

impl Out {
    /// To this channel, waking this.
    pub const fn new(events: Sender<Event>, waker: Waker) -> Self {
        Self { events, waker }
    }

    pub(super) fn tell(&self, event: Event) {
        if self.events.send(event).is_ok() {
            self.waker.wake_by_ref();
        }
    }

    pub(super) fn notice(&self, level: NoticeLevel, text: impl Into<String>) {
        self.tell(Event::Notice(Notice { level, text: text.into() }));
    }
}

/// How a session starts.
pub struct Start {
    /// On what.
    pub opening: Opening,
    /// When edits are sent; `None`: as the project remembers it.
    pub sending: Option<Sending>,
}

/// Runs until the window is gone.
pub fn run(start: &Start, inbox: &Receiver<Message>, back: &Sender<Message>, out: &Out, origins: &Arc<Origins>) {
    let opening = &start.opening;
    out.tell(Event::Recent(recent::recent_projects()));
    let mut job = match opening {
        Opening::Remote(_) => Job::seen(out, "Looking for the app's images", "images"),
        _ => Job::seen(out, "Making the project", "images"),
    };
    let prepared = open::prepared(opening, &mut job);
    drop(job); // its line is gone before anything is said of how it ended
    let dir = match prepared {
        Ok(dir) => dir,
        Err(failure) => return out.tell(Event::OpenFailed(failure.to_string())),
    };
    if let Opening::Rescue(_) = opening {
        match upkeep::rescue(&dir) {
            Ok(report) => out.notice(NoticeLevel::Warning, upkeep::rescue_in_words(&report)),
            Err(error) => return out.tell(Event::OpenFailed(error.to_string())),
        }
    }
    if let Opening::Remote(app) = opening
        && let Err(reason) = super::secrets::store_key(&app.server, &app.user, &app.app, &app.key)
    {
        out.notice(NoticeLevel::Warning, reason);
    }
    let opened = match Project::open(&dir, now_ms()) {
        Ok(opened) => opened,
        Err(error) => {
            return out.tell(match upkeep::damaged(&dir, &error) {
                Some(damaged) => Event::OpenDamaged(Box::new(damaged)),
                None => Event::OpenFailed(error.to_string()),
            });
        }
    };
    for note in &opened.notes {
        out.notice(NoticeLevel::Info, note.to_string());
    }
    let key = match opening {
        Opening::Remote(app) => Some(app.key.clone()),
        _ => None,
    };
    match Session::start(opened.project, key, start.sending, back.clone(), out.clone(), Arc::clone(origins)) {
        Ok(mut session) => {
            open::remember(&dir);
            recent::remember(&dir, session.project.name());
            out.tell(Event::Recent(recent::recent_projects()));
            session.run(inbox);
            session.close(inbox);
        }
        Err(reason) => out.tell(Event::OpenFailed(reason)),
    }
}

pub(super) struct Session {
    project: Arc<Project>,
    pub(super) reader: Reader,
    store: Option<StoreHandle>,
    engine: Engine,
    effects: Effects,
    net: Option<Net>,
    pub(super) finder: Option<Finder>,
    pub(super) out: Out,
    pub(super) back: Sender<Message>,
    origins: Arc<Origins>,
    sources: HashMap<String, InputSource>,
    sizes: HashMap<InputId, (Size, SizeKnown)>,
    /// The concepts as they are kept, or on their way to the disk.
    pub(super) concepts: Vec<store::ConceptRow>,
    /// The image whose annotations were told with the opening, until the window asks for something.
    foreseen: Option<InputId>,
    waiting_for_size: HashSet<InputId>,
    /// Images whose annotations the window has, or had: it is told what comes to them.
    asked_for: HashSet<InputId>,
    committing: HashMap<u64, Vec<LocalId>>,
    /// What the window is told of the pull that runs.
    pulling: Option<Job>,
    comparing: Option<Comparing>,
    decisions: BTreeMap<LocalId, Decision>,
    owner: Owner,
    /// The newest step that was sent to the disk, and the one up to which the person said to send.
    last_step: u64,
    send_up_to: u64,
    /// Copies that are being written, by their token.
    copies: HashMap<u64, PathBuf>,
    next_token: u64,
    wake_at_ms: Option<i64>,
    /// What the server lists in a form that nobody here can read, and the person was told of.
    unreadable: BTreeSet<sync::Key>,
    counts_due_ms: Option<i64>,
    next_look: NextLook,
    /// Ends the looks for damage that are under way.
    stop_looking: store::Stop,
    counts_for_review: bool,
    stopped: bool,
}

impl Session {
    fn start(
        project: Project,
        key: Option<secrecy::SecretString>,
        sending: Option<Sending>,
        back: Sender<Message>,
        out: Out,
        origins: Arc<Origins>,
    ) -> Result<Self, String> {
        let reader = project.reader().map_err(|error| error.to_string())?;
        let owner = Owner::remembered(&reader).map_err(|error| error.to_string())?;
        let mut session = Self {
            project: Arc::new(project),
            reader,
            store: None,
            engine: Engine::new(),
            effects: Effects::default(),
            net: None,
            finder: None,
            out,
            back,
            origins,
            sources: HashMap::new(),
            sizes: HashMap::new(),
            concepts: Vec::new(),
            foreseen: None,
            waiting_for_size: HashSet::new(),
            asked_for: HashSet::new(),
            committing: HashMap::new(),
            pulling: None,
            comparing: None,
            decisions: BTreeMap::new(),
            owner,
            copies: HashMap::new(),
            last_step: 0,
            send_up_to: 0,
            next_token: 1,
            wake_at_ms: None,
            unreadable: BTreeSet::new(),
            counts_due_ms: None,
            next_look: NextLook::after_opening(now_ms()),
            stop_looking: store::Stop::default(),
            counts_for_review: false,
            stopped: false,
        };
        session.open(key, sending)?;
        Ok(session)
    }

    fn run(&mut self, inbox: &Receiver<Message>) {
        loop {
            let message = match self.next_timeout() {
                None => inbox.recv().map_err(RecvTimeoutError::from),
                Some(wait) => inbox.recv_timeout(wait),
            };
            match message {
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.do_what_is_due();
        }
    }

    fn next_timeout(&self) -> Option<Duration> {
        let next = [self.wake_at_ms, self.counts_due_ms, Some(self.next_look.at_ms())].into_iter().flatten().min()?;
        Some(Duration::from_millis(super::pace::real_wait_ms(next - now_ms())))
    }

    fn do_what_is_due(&mut self) {
        let now = now_ms();
        if self.wake_at_ms.is_some_and(|at| at <= now) {
            self.wake_at_ms = None;
            self.engine_event(sync::Event::Tick);
        }
        if self.next_look.at_ms() <= now {
            self.look_through(AskedBy::Clock);
        }
        if self.counts_due_ms.is_some_and(|at| at <= now) {
            self.counts_due_ms = None;
            self.tell_inputs();
            if self.counts_for_review {
                self.tell_review_tally();
            }
        }
    }

    fn take(&mut self, message: Message) {
        self.next_look.stirred(now_ms());
        match message {
            Message::Asked(request) => self.asked(request),
            Message::Store(event) => self.store_said(event),
            Message::Called(call_id, came) => self.called(call_id, came),
            Message::Sized(input, size) => self.sized(&input, size),
            Message::Added(result) => self.added(result),
            Message::Rights(rights) => self.learn_rights(rights),
            Message::KeyTested(tested) => self.key_tested(tested),
            Message::LookedThrough(asked_by, upkeep) => self.looked_through(asked_by, upkeep),
            Message::Browsed(result) => self.browsed(result),
            Message::ConceptsFound(found) => self.out.tell(Event::ConceptsFound(found)),
            Message::Removed(inputs, result) => self.removed(inputs, result),
            Message::Listed(inputs) => self.listed(&inputs),
            Message::CompareOn => self.compare_on(),
            Message::Close => {}
        }
    }

    fn asked(&mut self, request: Request) {
        let foreseen = self.foreseen.take();
        match request {
            Request::Commit(commit) => self.commit(commit),
            Request::LoadImage(input) if foreseen.as_ref() == Some(&input) => {} // it was told with the opening
            Request::LoadImage(input) => self.load_image(&input),
            Request::Describe(lid) => self.describe(lid),
            Request::LoadQueue(filter) => self.load_queue(&filter),
            Request::LeaveReview => self.counts_for_review = false,
            Request::LoadStatistics => self.load_statistics(),
            Request::FarEdit(far) => self.far_edit(far),
            Request::WriteText(path, text) => self.write_text(path, text),
            Request::Assign(assignment) => self.assign(*assignment),
            Request::PutConcept(concept) => self.put_concept(concept),
            Request::OrderConcepts(concepts) => self.order_concepts(concepts),
            Request::CountConcepts => self.count_concepts(),
            Request::SearchConcepts(name) => self.search_concepts(name),
            Request::PutSetting(key, value) => {
                let token = self.token();
                self.to_store(store::Request::PutSetting { token, key, value });
            }
            Request::AddImages(paths) => self.add_images(paths),
            Request::SyncNow => {
                self.send_up_to = self.last_step;
                self.list_inputs();
                self.engine_event(sync::Event::RetryNow);
                self.engine_event(sync::Event::SendNow);
                self.engine_event(sync::Event::Pull(PullScope::All));
            }
            Request::RetryItem(lid) => self.engine_event(sync::Event::Retry { lid }),
            Request::DiscardItem(lid) => self.engine_event(sync::Event::Discard { lid }),
            Request::Resolve(lid, keep) => self.decide(lid, keep),
            Request::RetryStore => self.to_store(store::Request::RetryNow),
            Request::SaveCopy(folder) => self.save_copy(&folder),
            Request::Export(to, text) => self.export(to, text),
            Request::CheckProject => self.look_through(AskedBy::Person),
            Request::UseKey(key) => self.use_key(key),
            Request::SendAs(user) => self.send_as(&user),
            Request::LoadPlan => self.load_plan(),
            Request::Sending(sending) => self.set_sending(sending),
            Request::RemoveImages(inputs) => self.remove_images(inputs),
            Request::FindImages(wanted) => self.find_images(wanted),
            Request::LookAtImages(number, images) => self.look_at_images(number, images),
            Request::Browse(query, page) => self.browse(query, page),
        }
    }

    pub(super) const fn token(&mut self) -> u64 {
        // The engine's tokens are its own; ours are counted from the other end.
        self.next_token += 1;
        u64::MAX - self.next_token
    }

    pub(super) fn to_store(&self, request: store::Request) {
        if let Some(store) = &self.store
            && store.send(request).is_err()
        {
            self.out.tell(Event::StoreFailed("the thread that writes has ended; start the program again".to_owned()));
        }
    }

    // ---- lists ---------------------------------------------------------------------------------------------------

    fn load_plan(&self) {
        match self.reader.records_not_clean() {
            Ok(loaded) => self.out.tell(Event::Plan(plan::report(&loaded.rows))),
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The plan cannot be read: {error}")),
        }
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    /// Sends nothing more, waits a little for what is under way, and closes store and server in order.
    fn close(mut self, inbox: &Receiver<Message>) {
        self.stop_looking.stop(); // who still reads keeps the -wal from being brought in
        if self.net.is_some() {
            self.engine_event(sync::Event::Shutdown);
            let until = now_ms() + LAST_CALL_MS;
            while !self.stopped && now_ms() < until {
                match inbox.recv_timeout(Duration::from_millis(50)) {
                    Ok(message) => self.take(message),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        }
        // What the window asked last (a view, an edit) is in the channel still.
        while let Ok(message) = inbox.try_recv() {
            if let Message::Asked(
                request @ (Request::Commit(_) | Request::FarEdit(_) | Request::Assign(_) | Request::PutSetting(..)),
            ) = message
            {
                self.asked(request);
            }
        }
        if let Some(store) = self.store.take() {
            store.shutdown();
        }
        if let Some(net) = self.net.take() {
            if let Some(server) = net.server {
                net.runtime.block_on(server.shutdown());
            }
            net.runtime.shutdown_timeout(Duration::from_millis(500));
        }
    }
}
