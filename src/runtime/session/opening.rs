//! How a project opens: first what is needed to show an image, so that it is on its way while the rest is read.

use super::super::finder;
use super::super::messages::{Access, Event, NoticeLevel, Opened, Sending};
use super::super::sources::Remote;
use super::network::Net;
use super::standing::policy;
use super::{Message, SENDING, Session};
use crate::model::InputId;
use crate::store::{self, Binding, InputFilter, InputRow, InputSource, Project, StoreHandle};
use crate::sync::{self, PullScope};
use std::sync::mpsc::Sender;
use std::task::Waker;

/// Steps of undo that are kept in memory.
const HISTORY_LOADED: u64 = 20_000;
/// What longer ones of them changed stays on the disk.
const STEP_BYTES_LOADED: u64 = 256 << 10;
/// The setting that names the image that was shown last.
const CURRENT_INPUT: &str = "current_input";
/// The settings of the project that the window is given when it opens.
const KEPT_SETTINGS: [&str; 8] = [
    CURRENT_INPUT,
    "views",
    "review_filters",
    "review_zoom",
    "view_options",
    "sight",
    "concept_digits",
    "recent_concepts",
];

type Settings = serde_json::Map<String, serde_json::Value>;

impl Session {
    /// Reads what the window needs to show something, and tells it; then everything else begins.
    pub(super) fn open(&mut self, key: Option<secrecy::SecretString>, sending: Option<Sending>) -> Result<(), String> {
        let failed = |error: store::StoreError| error.to_string();
        let inputs = self.reader.inputs(&InputFilter::default()).map_err(failed)?;
        self.learn_inputs(&inputs);
        let settings = self.kept_settings().map_err(failed)?;
        // Whoever says when edits are sent has no window.
        self.foreseen = if sending.is_none() { first_shown(&inputs, &settings) } else { None };
        drop(inputs);
        if let Some(input) = self.foreseen.as_ref().filter(|input| self.is_here(input)) {
            self.out.tell(Event::Foreseen(input.clone()));
        }
        if matches!(self.project.access(), store::Access::Writer) {
            self.net = Some(Net::start(&self.project, key)?);
            self.store = Some(start_store(&self.project, &self.back)?);
        }
        if let Some((net, api)) = self.online() {
            self.origins.connect(Remote { api, tokio: net.runtime.handle().clone() });
        }
        self.tell_opened(settings, sending).map_err(failed)
    }

    /// Whether an image can be read before the server can be asked for it.
    fn is_here(&self, input: &InputId) -> bool {
        matches!(self.sources.get(input.as_str()), Some(InputSource::Path(path)) if path.is_file())
    }

    fn kept_settings(&self) -> Result<Settings, store::StoreError> {
        let mut settings = Settings::new();
        for key in KEPT_SETTINGS {
            if let Some(value) = self.reader.setting(key)? {
                settings.insert(key.to_owned(), value);
            }
        }
        Ok(settings)
    }

    fn tell_opened(&mut self, settings: Settings, sending: Option<Sending>) -> Result<(), store::StoreError> {
        self.concepts = self.reader.concepts()?;
        let history = self.reader.history_short(HISTORY_LOADED, STEP_BYTES_LOADED)?;
        let remembered = match self.reader.setting(SENDING)? {
            Some(value) if value == "when_i_say" => Sending::WhenISay,
            _ => Sending::AsEdited,
        };
        let sending = sending.unwrap_or(remembered);
        let access = match self.project.access() {
            store::Access::Writer => Access::ReadWrite,
            store::Access::ReadOnly { reason } => Access::ReadOnly(reason.to_string()),
        };
        if let Access::ReadOnly(reason) = &access {
            self.out.notice(NoticeLevel::Warning, reason.clone());
        }
        let listed = finder::input_rows(&self.reader)?;
        let opened = Opened {
            name: self.project.name().to_owned(),
            dir: self.project.dir().to_owned(),
            access,
            server: self.net.as_ref().map_or_else(|| self.project.binding().to_string(), |net| net.name.clone()),
            user: self.net.as_ref().map(|net| net.user.clone()).unwrap_or_default(),
            app_owner: match self.project.binding() {
                Binding::Bundled { owner, .. } => owner.clone(),
                Binding::Remote { user_id, .. } => user_id.clone(),
            },
            first_shown: self.foreseen.clone(),
            inputs: listed.clone(),
            concepts: self.concepts.iter().map(|row| row.concept.clone()).collect(),
            history: history.rows,
            sending,
            settings,
        };
        self.out.tell(Event::Opened(Box::new(opened)));
        if let Some(input) = self.foreseen.clone() {
            self.load_image(&input);
        }
        self.start_finder(listed)?;
        self.count_concepts();
        if let Some(net) = &self.net
            && let Some(app) = net.app.clone()
        {
            self.out.tell(Event::BoundTo(app, net.blocked.as_ref().map(|b| b.reason().to_owned())));
        }
        self.begin_to_sync(sending, history.damaged.len())
    }

    fn begin_to_sync(&mut self, sending: Sending, damaged: usize) -> Result<(), store::StoreError> {
        let not_clean = self.reader.records_not_clean()?;
        let damaged = damaged + not_clean.damaged.len();
        if damaged > 0 {
            let text =
                format!("{damaged} rows of this project are damaged and were passed over; everything else is here");
            self.out.notice(NoticeLevel::Error, text);
        }
        if self.net.is_some() {
            self.list_inputs();
            self.engine_event(sync::Event::SendPolicy(policy(sending)));
            // The first numbers of the journal are only free where nobody ever edited anything.
            let is_untouched = not_clean.rows.is_empty() && damaged == 0 && self.reader.next_numbers()?.seq == 1;
            self.engine_event(sync::Event::Loaded(not_clean.rows));
            if is_untouched {
                self.engine_event(sync::Event::NeverEdited);
            }
            self.engine_event(sync::Event::Pull(PullScope::All));
            self.ask_rights();
        }
        Ok(())
    }
}

/// The image that the window will show first: the one that it showed last.
fn first_shown(inputs: &[InputRow], settings: &Settings) -> Option<InputId> {
    let last = settings.get(CURRENT_INPUT).and_then(serde_json::Value::as_str);
    let row = inputs.iter().find(|row| Some(row.id.as_str()) == last).or_else(|| inputs.first());
    row.map(|row| row.id.clone())
}

fn start_store(project: &Project, back: &Sender<Message>) -> Result<StoreHandle, String> {
    let (events, told) = std::sync::mpsc::channel();
    let back = back.clone();
    std::thread::Builder::new()
        .name("store-events".to_owned())
        .spawn(move || {
            for event in told {
                if back.send(Message::Store(event)).is_err() {
                    return;
                }
            }
        })
        .map_err(|error| format!("No thread for the store: {error}"))?;
    project.start(events, Waker::noop().clone()).map_err(|error| error.to_string())
}
