//! From an HTTP request to a call: key, user and app, query, body. Nothing depends on the `Content-Type`: curl says
//! `application/x-www-form-urlencoded` and browsers `text/plain` where they send JSON.

use super::Shared;
use crate::api::{AnnotationQuery, ApiError, Makers, Page, StatusCode, UserAppId};
use crate::server::config::AppName;
use crate::server::core::{App, Caller};
use axum::RequestExt as _;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, Request, header};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use subtle::ConstantTimeEq as _;

/// Bytes that a body may have: 128 polygons of ten thousand points each fit into the first, 128 MB of images as
/// base64 into the second.
pub const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;
/// The same where images are posted.
pub const MAX_IMAGE_BODY_BYTES: usize = 180 * 1024 * 1024;

/// Who asks what.
pub struct Call {
    /// The user and the app.
    pub caller: Caller,
    /// Scopes that the key lacks.
    pub lacking: Vec<String>,
    /// Whether the key opens one app only.
    pub app_key: bool,
    /// Path parameters, unescaped.
    pub path: HashMap<String, String>,
    /// Query parameters in order, unescaped.
    query: Vec<(String, String)>,
    /// The body; an empty object where there is none.
    pub body: Value,
}

/// A key as it is compared: only its hash is kept.
pub struct KnownKey {
    digest: [u8; 32],
    /// The user whom it authorises.
    pub user: String,
    /// The only app that it opens.
    pub app: Option<String>,
    /// Scopes that it lacks.
    pub lacking: Vec<String>,
}

impl KnownKey {
    /// Of a grant.
    pub fn of(grant: &crate::server::KeyGrant) -> Self {
        Self {
            digest: Sha256::digest(grant.key.expose_secret().as_bytes()).into(),
            user: grant.user.clone(),
            app: grant.app.clone(),
            lacking: grant.lacking.clone(),
        }
    }
}

/// What a route is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An app, which must be there and open to the key.
    App,
    /// The user of the key; an app that is named beside does not matter.
    User,
}

impl Call {
    /// Reads a request.
    pub async fn read(server: &Shared, mut request: Request<Body>, about: About) -> Result<Self, ApiError> {
        let key = authorised(&server.keys, request.headers())?;
        let path = request
            .extract_parts::<Path<HashMap<String, String>>>()
            .await
            .map(|Path(path)| path)
            .map_err(|_bad_escape| malformed("The path is not UTF-8 after unescaping."))?;
        let query = request.uri().query().unwrap_or_default();
        let query: Vec<_> =
            url::form_urlencoded::parse(query.as_bytes()).map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        let base = base_of(request.headers());
        let limit = if request.uri().path().ends_with("/inputs") { MAX_IMAGE_BODY_BYTES } else { MAX_BODY_BYTES };
        let body = read_body(request, limit).await?;
        let app = match about {
            About::App => resolve(&server.core.apps, key, &wanted(&path, &body, &query))?,
            About::User => server.core.apps.first().cloned().ok_or_else(|| malformed("The server has no app."))?,
        };
        Ok(Self {
            caller: Caller { user: key.user.clone(), app, base },
            lacking: key.lacking.clone(),
            app_key: key.app.is_some(),
            path,
            query,
            body,
        })
    }

    /// A path parameter.
    pub fn param(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// All values of a query parameter.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.query.iter().filter(|(key, value)| key == name && !value.is_empty()).map(|(_, v)| v.clone()).collect()
    }

    /// The last value of a query parameter.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a flag of the query is on; `True` is what Python sends.
    pub fn flag(&self, name: &str) -> bool {
        self.last(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// The page that the query asks for; 0 means not set, as in protobuf.
    pub fn page(&self) -> Result<Page, ApiError> {
        let number = |name: &str, default: u32| match self.last(name) {
            None => Ok(default),
            Some(text) => match text.parse::<u32>() {
                Ok(0) => Ok(default),
                Ok(number) => Ok(number),
                Err(_) => Err(malformed(format!("{name} is {text:?}, not a whole number from 1."))),
            },
        };
        let default = Page::default();
        Ok(Page { page: number("page", default.page)?, per_page: number("per_page", default.per_page)? })
    }

    /// The page that the body asks for.
    pub fn pagination(&self) -> Result<Page, ApiError> {
        let number = |name: &str, default: u32| match self.body.pointer(&format!("/pagination/{name}")) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                match text.parse::<u32>() {
                    Ok(0) => Ok(default),
                    Ok(number) => Ok(number),
                    Err(_) => Err(malformed(format!("pagination.{name} is not a whole number from 1."))),
                }
            }
        };
        let default = Page::default();
        Ok(Page { page: number("page", default.page)?, per_page: number("per_page", default.per_page)? })
    }

    /// The listing that the query asks for.
    pub fn annotation_query(&self) -> Result<AnnotationQuery, ApiError> {
        Ok(AnnotationQuery {
            input_ids: self.list("input_ids"),
            ids: self.list("ids"),
            user_ids: self.list("user_ids").into_iter().map(|user| self.me(user)).collect(),
            model_version_ids: self.list("model_version_ids"),
            workflow_version_ids: self.list("workflow_version_ids"),
            task_id: self.last("task_id").map(ToOwned::to_owned),
            makers: if self.flag("list_all_annotations") { Makers::All } else { Makers::Users },
            page: self.page()?,
        })
    }

    fn me(&self, user: String) -> String {
        if user == "me" { self.caller.user.clone() } else { user }
    }

    /// A list of texts in the body.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, ApiError> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(value) => serde_json::from_value(value.clone())
                .map_err(|_other_type| malformed(format!("{name} is not a list of texts."))),
        }
    }

    /// The items of the body, taken out of it.
    pub fn take_items(&mut self, name: &str) -> Result<Vec<Value>, ApiError> {
        match self.body.get_mut(name).map(Value::take) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(malformed(format!("{name} is not a list."))),
        }
    }
}

/// 11100 with these details.
pub fn malformed(details: impl Into<String>) -> ApiError {
    ApiError::coded(StatusCode::CONN_BAD_REQUEST_FORMAT, details)
}

/// Which of the known keys the request carries. All are compared, each in constant time.
pub fn authorised<'k>(keys: &'k [KnownKey], headers: &HeaderMap) -> Result<&'k KnownKey, ApiError> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(given) = given.and_then(|value| value.strip_prefix("Key ")).map(str::trim).filter(|k| !k.is_empty())
    else {
        let mut error = ApiError::coded(
            StatusCode::CONN_INVALID_REQUEST,
            "Empty or malformed authorization header. Please provide an API key or session token.",
        );
        error.http_status = Some(401);
        return Err(error);
    };
    let digest: [u8; 32] = Sha256::digest(given.as_bytes()).into();
    let mut found = None;
    for key in keys {
        if bool::from(key.digest.ct_eq(&digest)) {
            found = Some(key);
        }
    }
    found.ok_or_else(|| ApiError::coded(StatusCode::CONN_KEY_NOT_FOUND, "The server does not know this key."))
}

async fn read_body(request: Request<Body>, limit: usize) -> Result<Value, ApiError> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    let too_large = || {
        ApiError::coded(
            StatusCode::RPC_MAX_MESSAGE_SIZE_EXCEEDED,
            format!("The body may have {limit} bytes. Send less in one request."),
        )
    };
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(too_large());
    }
    let bytes = match axum::body::to_bytes(request.into_body(), limit).await {
        Ok(bytes) => bytes,
        Err(error) if std::error::Error::source(&error).is_some_and(|why| why.to_string().contains("length limit")) => {
            return Err(too_large());
        }
        Err(_) => return Err(malformed("The body did not arrive whole.")),
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let body: Value =
        serde_json::from_slice(&bytes).map_err(|why| malformed(format!("The body is not JSON: {why}.")))?;
    match body {
        Value::Null => Ok(Value::Object(serde_json::Map::new())),
        Value::Object(_) => Ok(body),
        _ => Err(malformed("The body is not a JSON object.")),
    }
}

/// The user and the app that a request names: in the path, else in the body, else in the query.
fn wanted(path: &HashMap<String, String>, body: &Value, query: &[(String, String)]) -> UserAppId {
    let in_body = body.get("user_app_id").or_else(|| body.get("userAppId"));
    let in_body: UserAppId = in_body.and_then(|set| serde_json::from_value(set.clone()).ok()).unwrap_or_default();
    let in_query = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let first = |path: Option<&String>, body: String, query: Option<String>| {
        path.cloned().or(Some(body).filter(|text| !text.is_empty())).or(query).unwrap_or_default()
    };
    UserAppId {
        user_id: first(path.get("user_id"), in_body.user_id, in_query("user_app_id.user_id")),
        app_id: first(path.get("app_id"), in_body.app_id, in_query("user_app_id.app_id")),
    }
}

/// The app that is meant, if the key opens it.
fn resolve(apps: &[App], key: &KnownKey, wanted: &UserAppId) -> Result<App, ApiError> {
    let user = if wanted.user_id == "me" { &key.user } else { &wanted.user_id };
    let app = if wanted.app_id.is_empty() { key.app.as_deref().unwrap_or_default() } else { &wanted.app_id };
    let fits = |name: &AppName| (app.is_empty() || name.id == app) && (user.is_empty() || name.owner == *user);
    let mut found = apps.iter().filter(|candidate| fits(&candidate.name));
    let (first, second) = (found.next(), found.next());
    let Some(first) = first else {
        return Err(ApiError::coded(
            StatusCode::CONN_DOES_NOT_EXIST,
            format!("app_id {app:?} of user_id {user:?} not found. Check the url of your request."),
        ));
    };
    if second.is_some() {
        return Err(ApiError::coded(
            StatusCode::CONN_INVALID_REQUEST,
            "This key opens several apps. Say which: /v2/users/USER/apps/APP/… or user_app_id.",
        ));
    }
    if key.app.as_ref().is_some_and(|only| *only != first.name.id) {
        return Err(ApiError::coded(StatusCode::CONN_KEY_INVALID, "This key is for another app."));
    }
    Ok(first.clone())
}

/// `http://host:port` as the client wrote it; the guard has checked that it is one of ours.
fn base_of(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    format!("http://{host}")
}
