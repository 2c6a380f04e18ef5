//! The session's way to the server: the client, the project's own server, and what the server is asked beside the sync.

use super::super::browse;
use super::super::messages::{Allowed, AppAddress, BrowseQuery, Browsed, Event, Rights, Sending, SyncGate};
use super::super::open;
use super::standing::policy;
use super::{Message, SENDING, Session};
use crate::api;
use crate::remote::HttpApi;
use crate::server::RunningServer;
use crate::store::{self, Binding, Project};
use crate::sync;
use std::sync::Arc;

/// The network side of a session.
pub(in crate::runtime) struct Net {
    pub(in crate::runtime) runtime: tokio::runtime::Runtime,
    pub(super) api: Option<Arc<HttpApi>>,
    pub(super) server: Option<RunningServer>,
    pub(super) user: String,
    pub(super) name: String,
    /// Why nothing can be sent at all, where that is so.
    pub(super) blocked: Option<Blocked>,
    /// The app, where it is one on another server.
    pub(super) app: Option<AppAddress>,
}

/// Why nothing can be sent at all; a sentence with what to do.
#[derive(Clone, Debug)]
pub(in crate::runtime) enum Blocked {
    /// There is no key.
    NoKey(String),
    /// There is one, and nothing can be sent with it.
    Unusable(String),
}

impl Blocked {
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::NoKey(reason) | Self::Unusable(reason) => reason,
        }
    }

    /// As the pill has it.
    pub(super) fn gate(&self) -> SyncGate {
        match self {
            Self::NoKey(reason) => SyncGate::NoKey(reason.clone()),
            Self::Unusable(reason) => SyncGate::KeyRefused(reason.clone()),
        }
    }
}

impl Net {
    pub(super) fn start(project: &Project, key: Option<secrecy::SecretString>) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("net")
            .enable_all()
            .build()
            .map_err(|error| format!("No network threads: {error}"))?;
        match project.binding().clone() {
            Binding::Bundled { owner, app } => {
                let (server, api) = runtime.block_on(open::start_bundled(project.server_dir(), &owner, &app))?;
                let name = format!("{} · {owner}/{app}", server.base_url());
                tracing::info!("serving {name}");
                let api = Some(Arc::new(api));
                Ok(Self { runtime, api, server: Some(server), user: owner, name, blocked: None, app: None })
            }
            Binding::Remote { base_url, user_id, app_id } => {
                let name = format!("{base_url} · {user_id}/{app_id}");
                let app = AppAddress { server: base_url.clone(), user: user_id.clone(), app: app_id.clone() };
                let found = key.map_or_else(|| crate::runtime::secrets::find_key(&base_url, &user_id, &app_id), Ok);
                let api = found
                    .map_err(Blocked::NoKey)
                    .and_then(|key| open::http_api(&base_url, &user_id, &app_id, key).map_err(Blocked::Unusable));
                let (api, blocked) = match api {
                    Ok(api) => (Some(Arc::new(api)), None),
                    Err(reason) => (None, Some(reason)),
                };
                // Whose key it is, the server says; until then it decides who made what.
                Ok(Self { runtime, api, server: None, user: String::new(), name, blocked, app: Some(app) })
            }
        }
    }
}

impl Session {
    pub(super) fn set_sending(&mut self, sending: Sending) {
        let value = match sending {
            Sending::AsEdited => "as_edited",
            Sending::WhenISay => "when_i_say",
        };
        let token = self.token();
        self.to_store(store::Request::PutSetting { token, key: SENDING.to_owned(), value: value.into() });
        self.engine_event(sync::Event::SendPolicy(policy(sending)));
    }

    /// The network, where there is any.
    pub(in crate::runtime) fn online(&self) -> Option<(&Net, Arc<HttpApi>)> {
        self.net.as_ref().and_then(|net| Some((net, Arc::clone(net.api.as_ref()?))))
    }

    /// Asks whose key it is and what it may do.
    pub(super) fn ask_rights(&self) {
        let Some((net, api)) = self.online() else { return };
        let back = self.back.clone();
        net.runtime.spawn(async move {
            if let Ok(connected) = api.probe().await {
                let delete = if connected.may_delete() { Allowed::Yes } else { Allowed::No };
                back.send(Message::Rights(Rights { user: connected.user_id, delete })).ok();
            }
        });
    }

    pub(super) fn browse(&self, query: BrowseQuery, page: u32) {
        let Some((net, api)) = self.online() else {
            self.out.tell(Event::Browsed(Err("The server cannot be asked now".to_owned())));
            return;
        };
        let lids = match &query {
            BrowseQuery::Annotations(lids) => lids.as_slice(),
            _ => &[],
        };
        let records = lids.iter().filter_map(|lid| self.reader.record(*lid).ok().flatten());
        let keys = records.map(|record| sync::Key::of(&record)).collect();
        let back = self.back.clone();
        net.runtime.spawn(async move {
            back.send(Message::Browsed(browse::ask(api.as_ref(), query, keys, page).await)).ok();
        });
    }

    pub(super) fn browsed(&self, result: Result<browse::Listed, String>) {
        self.out.tell(Event::Browsed(result.map(|listed| match listed {
            browse::Listed::Annotations(found) => {
                let keys: Vec<sync::Key> = found.iter().map(sync::Key::of_row).collect();
                let known = self.reader.records_by_key(&keys).unwrap_or_default();
                let lid_of = |wire: &api::Annotation| {
                    known.iter().find(|r| r.sid == wire.id && r.input_id == wire.input_id).map(|r| r.lid)
                };
                Browsed::Annotations(found.iter().map(|wire| browse::row(wire, lid_of(wire))).collect())
            }
            browse::Listed::Workers(workers) => Browsed::Workers(workers.into_iter().map(browse::worker).collect()),
        })));
    }
}
