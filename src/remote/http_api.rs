//! The client itself: one connection pool, one key, one app; requests with caps and time limits.

use super::addresses::PublicOnly;
use super::classify::{self, Effect};
use crate::api::{ApiError, ApiResult, ErrorKind, UserAppId};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Seconds until a connection must stand.
    pub connect_timeout_secs: u64,
    /// Seconds until an answer must be there whole, besides one second for every 64 KiB sent.
    pub request_timeout_secs: u64,
    /// Seconds without a byte after which the fetch of an image is given up.
    pub image_idle_timeout_secs: u64,
    /// Bytes of a listing, unpacked.
    pub list_bytes: usize,
    /// Bytes of the answer to a write, unpacked.
    pub write_bytes: usize,
    /// Bytes of an image.
    pub image_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout_secs: 10,
            request_timeout_secs: 30,
            image_idle_timeout_secs: 20,
            list_bytes: 32 << 20,
            write_bytes: 4 << 20,
            image_bytes: 512 << 20,
        }
    }
}

/// Why there can be no client with these settings. Each is a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Not an address of a web server.
    #[error("\"{0}\" is not the address of a server. Write it as https://api.clarifai.com or http://127.0.0.1:8080.")]
    Address(String),
    /// The key would be readable on the way.
    #[error("The key would travel unencrypted to {0}. Use https, or a server on this machine.")]
    Unencrypted(String),
    /// The key cannot be put into a header.
    #[error("The key holds characters that no key has. Copy it again.")]
    Key,
    /// An id is missing or cannot stand in a path.
    #[error("The user and the app must both be named. They stand in the app's address: /USER/APP.")]
    UserApp,
    /// TLS could not be set up.
    #[error("Secure connections cannot be set up on this machine ({0}). Check its certificates.")]
    Tls(String),
}

/// An answer.
pub(super) struct Body {
    http: u16,
    pub(super) bytes: Vec<u8>,
}

/// The annotations API over HTTP, of one app with one key. Cheap to clone.
#[derive(Clone)]
pub struct HttpApi {
    client: reqwest::Client,
    pub(super) images: reqwest::Client,
    pub(super) base: Url,
    pub(super) app: UserAppId,
    key: SecretString,
    pub(super) limits: Limits,
}

impl std::fmt::Debug for HttpApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpApi").field("origin", &self.host()).field("app", &self.app).finish_non_exhaustive()
    }
}

impl HttpApi {
    /// A client of the server at `base_url` (a path prefix and a trailing slash are fine) for one app.
    ///
    /// # Errors
    /// Where the address is none, or the key would travel unencrypted to another machine.
    pub fn new(base_url: &str, app: UserAppId, key: SecretString, limits: Limits) -> Result<Self, SetupError> {
        let base = parse_base(base_url)?;
        if app.user_id.is_empty() || app.app_id.is_empty() {
            return Err(SetupError::UserApp);
        }
        if key.expose_secret().is_empty() || HeaderValue::from_str(key.expose_secret()).is_err() {
            return Err(SetupError::Key);
        }
        let host = base.host_str().unwrap_or_default().to_owned();
        let tls = |error: reqwest::Error| SetupError::Tls(error.without_url().to_string());
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(limits.connect_timeout_secs))
            .user_agent(concat!("labelwright/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(tls)?;
        // Without a proxy: what the resolver has checked must be what is connected to.
        let images = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(PublicOnly { trusted_host: host })
            .connect_timeout(Duration::from_secs(limits.connect_timeout_secs))
            .read_timeout(Duration::from_secs(limits.image_idle_timeout_secs))
            .user_agent(concat!("labelwright/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(tls)?;
        Ok(Self { client, images, base, app, key, limits })
    }

    /// Host and port, to say whom we talk to; never a path or a query.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The key as the header that carries it; never printed by reqwest.
    pub(super) fn authorization(&self) -> ApiResult<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Key {}", self.key.expose_secret())).map_err(|_odd_key| {
            ApiError::local(ErrorKind::Auth, "Not sent", "The key holds characters that no key has. Copy it again.")
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// `/v2/users/USER/apps/APP/…`, each segment escaped.
    pub(super) fn app_path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        let mut path = vec!["users", self.app.user_id.as_str(), "apps", self.app.app_id.as_str()];
        path.extend(rest);
        path
    }

    pub(super) fn url(&self, path: &[&str]) -> ApiResult<Url> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => {
                segments.pop_if_empty().push("v2").extend(path);
            }
            Err(()) => return Err(ApiError::local(ErrorKind::Misconfigured, "Not sent", "The address is no server.")),
        }
        Ok(url)
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, String)]) -> ApiResult<T> {
        let body = self.get_body(path, query).await?;
        serde_json::from_slice(&body.bytes).map_err(|why| self.unreadable(&body, &why, Effect::Reads))
    }

    /// Reads something, as it comes.
    pub(super) async fn get_body(&self, path: &[&str], query: &[(&str, String)]) -> ApiResult<Body> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.get(url);
        self.send(request, 0, Effect::Reads, self.limits.list_bytes).await
    }

    /// What to say of an answer that is none.
    pub(super) fn unreadable(&self, body: &Body, why: &serde_json::Error, effect: Effect) -> ApiError {
        let text = format!("{} answered in a form that this program does not know: {why}.", self.host());
        let mut error = ApiError::local(effect.in_doubt(), "The answer cannot be read", text);
        error.http_status = Some(body.http);
        error
    }

    /// Sends a body.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &impl Serialize,
        effect: Effect,
    ) -> ApiResult<T> {
        let body = serde_json::to_vec(body).map_err(|why| {
            ApiError::local(ErrorKind::NotApplied, "Not sent", format!("The request cannot be written: {why}."))
        })?;
        let (bytes, cap) = match effect {
            Effect::Reads => (body.len(), self.limits.list_bytes),
            Effect::Writes => (body.len(), self.limits.write_bytes.max(body.len().saturating_mul(4))),
        };
        let request = self.client.request(method, self.url(path)?).header(CONTENT_TYPE, "application/json").body(body);
        let body = self.send(request, bytes, effect, cap).await?;
        serde_json::from_slice(&body.bytes).map_err(|why| self.unreadable(&body, &why, effect))
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        sent_bytes: usize,
        effect: Effect,
        cap_bytes: usize,
    ) -> ApiResult<Body> {
        let extra_secs = u64::try_from(sent_bytes / (64 * 1024)).unwrap_or(u64::MAX);
        let timeout = Duration::from_secs(self.limits.request_timeout_secs.saturating_add(extra_secs));
        let request = request.header(AUTHORIZATION, self.authorization()?).timeout(timeout);
        let host = self.host();
        let mut response =
            request.send().await.map_err(|error| classify::no_answer(&error.without_url(), effect, &host))?;
        let (http, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_capped(&mut response, cap_bytes, effect, &host).await?;
        Ok(Body { http, bytes: classify::answered(http, &headers, body, effect)? })
    }
}

/// The body, unpacked, if it has at most so many bytes.
async fn read_capped(
    response: &mut reqwest::Response,
    cap_bytes: usize,
    effect: Effect,
    host: &str,
) -> ApiResult<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| classify::no_answer(&error.without_url(), effect, host))?
    {
        if body.len() + chunk.len() > cap_bytes {
            let kind = if effect == Effect::Reads { ErrorKind::TooLarge } else { ErrorKind::Unknown };
            return Err(ApiError::local(
                kind,
                "The answer is too large",
                format!("{host} sent more than {} MiB. Ask for less at a time.", cap_bytes >> 20),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse_base(text: &str) -> Result<Url, SetupError> {
    let shown = || SetupError::Address(text.split(['?', '#', '@']).next().unwrap_or_default().to_owned());
    let url = Url::parse(text.trim()).map_err(|_not_a_url| shown())?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !plain || url.host_str().is_none_or(str::is_empty) || !matches!(url.scheme(), "http" | "https") {
        return Err(shown());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(SetupError::Unencrypted(url.host_str().unwrap_or_default().to_owned()));
    }
    Ok(url)
}

/// Whether the address is this machine's own by its very spelling.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
