//! Threads and channels between the window and everything slow: `Request` in, `Event` out.
//!
//! May use everything of ours but tools and ui. Invariants: no request blocks its sender; egui is not known here (the
//! window is woken through a [`std::task::Waker`]); one thread, `session`, brings store, sync engine and network
//! together, so that the engine sees everything in the order in which it became durable.
//!
//! | file | what |
//! |---|---|
//! | `messages` | what is asked and what is told |
//! | `open` | making and opening projects |
//! | `session` | the thread in the middle |
//! | [`exchange`] | annotations in from files and out to files |
//! | `looking` | a project opened for looking at |
//! | `inspect` | the rules, counts and a picture of a project |
//! | `headless` | pull and push without a window |
//! | `trouble`, `plan` | how annotations stand with the server; what would be sent now, in words |
//! | `upkeep`, `next_look` | in the background: the check for damage, the daily backup; rescuing a damaged project; writing files |
//! | `review` | what is asked and told about the review and about edits of images that are not loaded |
//! | `browse` | what the server lists, for looking at |
//! | `calls` | the engine's calls, made over HTTP, and their answers sorted |
//! | `finder` | looking through the whole project: the image list, its filter, what a command on many images touches |
//! | `sources` | where the bytes of images come from |
//! | [`pictures`] | decoding threads |
//! | `adding` | image files into a project |
//! | `progress` | long work, told and called off |
//! | `recent` | the projects that were open lately |
//! | `settings_file` | the person's settings on disk |
//! | `complete`, `dropped` | paths as they are typed and dropped |
//! | `secrets` | keys from the environment or the keyring |
//! | `clock` | the one place that reads the time and draws random numbers |
//! | `pace` | faster time and shorter limits, for tests |

mod adding;
mod browse;
mod calls;
mod clock;
mod complete;
mod concepts;
mod dropped;
pub mod exchange;
mod finder;
mod headless;
mod inspect;
mod looking;
mod messages;
mod next_look;
mod open;
mod pace;
pub mod pictures;
mod plan;
mod progress;
mod recent;
mod review;
mod secrets;
mod session;
mod settings_file;
mod sources;
mod status;
mod trouble;
mod upkeep;

pub use complete::{Completer, Completion, PathMatch, complete_path, typed_path};
pub use dropped::{Dropped, sort_dropped};
pub use finder::{FindImages, FoundImages, ImageLook, ImagesLook};
pub use headless::{Direction, Outcome, settle};
pub use inspect::{ConceptCount, FindingRow, StatsReport, ValidateReport, render, stats, validate};
pub use messages::{
    Access, Allowed, AppAddress, BROWSE_PAGE, BrowseQuery, BrowseRow, BrowseSearch, Browsed, Commit, Damage,
    DamagedProject, Event, ImageAnnotations, InputRow, Keep, KeyNews, Notice, NoticeLevel, Opened, PathPurpose, Pull,
    Request, Rights, Sending, SizeKnown, SyncGate, SyncStatus,
};
pub use open::{Opening, RemoteApp, SetupFailure, create, default_project_dir, project_dir_for_folder};
#[doc(hidden)]
pub use pace::{hurry, set_clock_off};
pub use progress::{Cancel, Progress};
pub use recent::{Found, RecentProject};
pub use review::{
    Assignment, DayRow, FarEdit, FarEdited, FarWhat, OpenOf, QueueFilter, QueueOrder, QueueRow, QueueWhose,
    ReviewTally, Sample, Statistics, StockRow,
};
pub use secrets::{KEY_VARIABLE, find_key, forget_key, store_key};
pub use session::describing::{Described, LastChange};
pub use settings_file::{FoundSettings, SETTINGS_VERSION, SettingsKeeper, read_settings, settings_dir};
pub use status::{Problem, StatusReport, plan_of, status};
pub use trouble::{Conflict, Mark, PlanReport, PlanRow, Trouble, TroubleKind};

use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Waker;

/// The window's ends of the channels.
pub struct Link {
    /// Requests out.
    pub requests: Requests,
    /// Events in; drained, never waited for.
    pub events: Receiver<Event>,
    /// Decoded pictures.
    pub pictures: pictures::Pictures,
    session: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Link {
    /// Closes the project in an orderly way: what is under way may finish for two seconds, everything else is on disk.
    fn drop(&mut self) {
        self.requests.0.send(session::Message::Close).ok();
        if let Some(session) = self.session.take()
            && session.join().is_err()
        {
            tracing::error!("the session ended in a panic; everything that was shown as saved is on disk");
        }
    }
}

/// Sends requests.
#[derive(Clone)]
pub struct Requests(Sender<session::Message>);

impl Requests {
    /// Sends one; never waits.
    ///
    /// # Errors
    /// The request, where the background work has ended.
    pub fn send(&self, request: Request) -> Result<(), Request> {
        self.0.send(session::Message::Asked(request)).map_err(|error| match error.0 {
            session::Message::Asked(request) => request,
            _ => Request::RetryStore,
        })
    }
}

/// Opens a project in the background: [`Event::Opened`] or [`Event::OpenFailed`] follows. `waker` is woken after every
/// event. The project is closed in an orderly way when the link is dropped.
///
/// # Errors
/// Where the system gives no more threads.
pub fn start(opening: Opening, waker: &Waker) -> std::io::Result<Link> {
    start_with(opening, waker, None)
}

/// The same, with a say in when edits are sent (`None`: as the project remembers it).
///
/// # Errors
/// Where the system gives no more threads.
pub fn start_with(opening: Opening, waker: &Waker, sending: Option<Sending>) -> std::io::Result<Link> {
    let (requests, inbox) = channel();
    let (outbox, events) = channel();
    let origins = std::sync::Arc::new(sources::Origins::default());
    let source: std::sync::Arc<dyn pictures::PictureSource> = std::sync::Arc::<sources::Origins>::clone(&origins);
    let pictures = pictures::Pictures::start(waker.clone(), &source)?;
    let out = session::Out::new(outbox, waker.clone());
    let back = requests.clone();
    let session = std::thread::Builder::new().name("session".to_owned()).spawn(move || {
        session::run(&session::Start { opening, sending }, &inbox, &back, &out, &origins);
    })?;
    Ok(Link { requests: Requests(requests), events, pictures, session: Some(session) })
}

/// Tests a server, an app and a key: whose key it is, or in a sentence what is wrong. Waits for the network: call it on
/// a thread of its own.
///
/// # Errors
/// A sentence for the person.
pub fn test_connection(app: &RemoteApp) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("No network threads: {error}"))?;
    runtime.block_on(async {
        let api = open::http_api(&app.server, &app.user, &app.app, app.key.clone())?;
        let connected = api.probe().await.map_err(|error| error.to_string())?;
        let who = connected.user_id.clone().unwrap_or_else(|| "a key of this app".to_owned());
        let delete = if connected.may_delete() { "" } else { ", without the right to delete" };
        Ok(format!("Connected as {who}{delete}"))
    })
}
