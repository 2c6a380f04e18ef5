//! The key to a remote app: a new one while the project is open, and whose name what is unsent goes out in.

use super::super::calls::{self, Came};
use super::super::messages::{Event, KeyNews, NoticeLevel, Rights};
use super::super::secrets::{self, KEY_VARIABLE};
use super::super::sources::Remote;
use super::super::{Allowed, open};
use super::{Message, Net, Session};
use crate::remote::{Connected, HttpApi};
use crate::store::{self, Binding};
use crate::sync::{self, Answer, Call};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The setting that remembers in whose name the edits here were made.
const MADE_AS: &str = "made_as";

/// In whose name edits go out: a key of another user must not send what somebody else made, unless the person says so.
#[derive(Debug, Default)]
pub(super) struct Owner {
    /// Who made what is unsent, as far as is known.
    made_as: Option<String>,
    /// Whether the key in use was found to be theirs.
    checked: Arc<AtomicBool>,
    /// A key of somebody else, until the person says whether it may send.
    waiting: Option<NewKey>,
}

/// A key that the server takes.
#[derive(Debug)]
pub struct NewKey {
    key: SecretString,
    api: Arc<HttpApi>,
    who: Connected,
}

impl Owner {
    pub(super) fn remembered(reader: &store::Reader) -> Result<Self, store::StoreError> {
        let made_as = reader.setting(MADE_AS)?.and_then(|value| value.as_str().map(str::to_owned));
        Ok(Self { made_as, ..Self::default() })
    }

    /// What has to be found out before the next write.
    fn doubt(&self) -> Option<(String, Arc<AtomicBool>)> {
        let made_as = self.made_as.clone().filter(|_| !self.checked.load(Ordering::Acquire))?;
        Some((made_as, Arc::clone(&self.checked)))
    }
}

/// Makes a call; before the first write of a session it asks whose key this is.
async fn make_as(api: Arc<HttpApi>, call: Call, doubt: Option<(String, Arc<AtomicBool>)>) -> Came {
    if let (Some((made_as, checked)), Call::Post(_) | Call::Patch { .. } | Call::Delete(_)) = (doubt, &call) {
        match api.probe().await {
            Ok(Connected { user_id: Some(user), .. }) if user != made_as => {
                return Came::Answer(Answer::Auth { reason: another(&user, &made_as) });
            }
            Ok(_) => checked.store(true, Ordering::Release),
            // Nothing of the write has left.
            Err(error) => return Came::Answer(Answer::NotApplied { reason: error.to_string() }),
        }
    }
    calls::make(api.as_ref(), call).await
}

fn another(user: &str, before: &str) -> String {
    format!(
        "the key belongs to {user}, and what is unsent was made as {before}. Nothing is sent until you enter a key of \
         {before} or say that it may go out as {user}"
    )
}

impl Session {
    pub(super) fn send(&self, call_id: u64, call: Call) {
        let back = self.back.clone();
        match self.online() {
            Some((net, api)) => {
                let doubt = self.owner.doubt();
                net.runtime.spawn(async move {
                    let came = make_as(api, call, doubt).await;
                    back.send(Message::Called(call_id, came)).ok();
                });
            }
            None => {
                let reason = self
                    .net
                    .as_ref()
                    .and_then(|net| net.blocked.as_ref())
                    .map(|b| b.reason().to_owned())
                    .unwrap_or_default();
                back.send(Message::Called(call_id, Came::Answer(Answer::Auth { reason }))).ok();
            }
        }
    }

    /// Asks the server whether it takes a new key.
    pub(super) fn use_key(&self, key: SecretString) {
        let (Binding::Remote { base_url, user_id, app_id }, Some(net)) = (self.project.binding(), &self.net) else {
            let text = "This project has a server of its own, which needs no key".to_owned();
            self.out.tell(Event::Key(KeyNews::Refused(text)));
            return;
        };
        match open::http_api(base_url, user_id, app_id, key.clone()) {
            Err(reason) => self.out.tell(Event::Key(KeyNews::Refused(reason))),
            Ok(api) => {
                let (api, back) = (Arc::new(api), self.back.clone());
                net.runtime.spawn(async move {
                    let asked = api.probe().await.map_err(|error| error.to_string());
                    let tested = asked.map(|who| Box::new(NewKey { key, api, who }));
                    back.send(Message::KeyTested(tested)).ok();
                });
            }
        }
    }

    pub(super) fn key_tested(&mut self, tested: Result<Box<NewKey>, String>) {
        let new = match tested {
            Ok(new) => *new,
            Err(reason) => return self.out.tell(Event::Key(KeyNews::Refused(reason))),
        };
        let before = self.owner.made_as.clone().filter(|_| self.has_unsent());
        if let (Some(user), Some(before)) = (&new.who.user_id, before)
            && *user != before
        {
            self.out.tell(Event::Key(KeyNews::Another { user: user.clone(), before }));
            self.owner.waiting = Some(new);
            return;
        }
        self.take_key(new);
    }

    /// The person says that what somebody else made goes out in this user's name.
    pub(super) fn send_as(&mut self, user: &str) {
        self.remember_owner(user.to_owned());
        match self.owner.waiting.take() {
            Some(new) if new.who.user_id.as_deref() == Some(user) => self.take_key(new),
            _ => {
                self.owner.checked.store(false, Ordering::Release);
                self.engine_event(sync::Event::KeyChanged);
            }
        }
    }

    fn take_key(&mut self, new: NewKey) {
        let NewKey { key, api, who } = new;
        let mut connects = None;
        if let Some(net) = &mut self.net {
            self.origins.connect(Remote { api: Arc::clone(&api), tokio: net.runtime.handle().clone() });
            // What was left out at the start, where there was no key at all.
            connects = net.blocked.take().and(net.app.clone());
            net.api = Some(api);
        }
        if let Some(app) = connects {
            self.out.tell(Event::BoundTo(app, None));
            self.list_inputs();
        }
        self.keep_key(key);
        self.owner.waiting = None;
        let delete = if who.may_delete() { Allowed::Yes } else { Allowed::No };
        self.learn_rights(Rights { user: who.user_id.clone(), delete });
        self.out.tell(Event::Key(KeyNews::Taken(who.user_id)));
        self.engine_event(sync::Event::KeyChanged);
    }

    /// Into the system's keyring, which may ask the person first: not on this thread.
    fn keep_key(&self, key: SecretString) {
        let Binding::Remote { base_url, user_id, app_id } = self.project.binding().clone() else { return };
        let out = self.out.clone();
        let keep = move || {
            if let Err(reason) = secrets::store_key(&base_url, &user_id, &app_id, &key) {
                out.notice(NoticeLevel::Warning, format!("The new key is used until the window closes. {reason}"));
            } else if std::env::var_os(KEY_VARIABLE).is_some() {
                let text = format!(
                    "The new key is in the keyring, but {KEY_VARIABLE} is set and goes first at the next start"
                );
                out.notice(NoticeLevel::Warning, text);
            }
        };
        if std::thread::Builder::new().name("keyring".to_owned()).spawn(keep).is_err() {
            self.out.notice(NoticeLevel::Warning, "The new key is used until the window closes");
        }
    }

    /// Remembers in whose name edits are made, where nothing of another's is unsent. Says what the server said.
    pub(super) fn learn_owner(&mut self, user: Option<&String>) {
        let Some(user) = user.filter(|_| self.net.as_ref().is_some_and(|net| !net.is_bundled())) else { return };
        match &self.owner.made_as {
            Some(before) if before == user => self.owner.checked.store(true, Ordering::Release),
            Some(_) if self.has_unsent() => {} // the first write is stopped, with the reason in the pill
            _ => {
                self.remember_owner(user.clone());
                self.owner.checked.store(true, Ordering::Release);
            }
        }
    }

    fn remember_owner(&mut self, user: String) {
        let token = self.token();
        let value = user.clone().into();
        self.to_store(store::Request::PutSetting { token, key: MADE_AS.to_owned(), value });
        self.owner.made_as = Some(user);
    }

    fn has_unsent(&self) -> bool {
        self.reader.records_not_clean().is_ok_and(|loaded| {
            loaded.rows.iter().any(|record| sync::next_step(record).verb().is_some() || record.hold.is_some())
        })
    }
}

impl Net {
    /// Whether it talks to a server of its own, whose key nobody has to know.
    pub(super) const fn is_bundled(&self) -> bool {
        self.server.is_some()
    }
}
