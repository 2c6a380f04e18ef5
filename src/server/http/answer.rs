//! The JSON envelope: every answer is one, whatever its HTTP status, because the official client reads nothing else.

use crate::api::{ApiError, Items, Status, StatusCode};
use crate::server::core::written;
use axum::http::{StatusCode as Http, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

/// What an operation answers.
pub struct Reply {
    status: Status,
    /// Members after `status`, as JSON text with a comma before each.
    members: String,
}

impl Reply {
    /// `{"status": {"code": 10000}}`.
    pub fn ok() -> Self {
        Self { status: Status::of(StatusCode::SUCCESS), members: String::new() }
    }

    /// The status of a code itself; always HTTP 200.
    pub fn of_status(status: Status) -> Self {
        Self { status, members: String::new() }
    }

    /// With one member more.
    pub fn with(self, name: &str, value: &impl Serialize) -> Result<Self, ApiError> {
        let text = written(value)?;
        Ok(self.with_text(name, &text))
    }

    /// With one member more, which is JSON already.
    pub fn with_text(mut self, name: &str, json: &str) -> Self {
        self.members.push_str(",\"");
        self.members.push_str(name);
        self.members.push_str("\":");
        self.members.push_str(json);
        self
    }

    /// With a list of members that are JSON already.
    pub fn with_texts(self, name: &str, list: &[String]) -> Self {
        self.with_text(name, &format!("[{}]", list.join(",")))
    }

    /// The answer to a write of several.
    pub fn of_items<T: Serialize>(name: &str, items: &Items<T>) -> Result<Self, ApiError> {
        Self { status: items.status.clone(), members: String::new() }.with(name, &items.items)
    }

    /// As an HTTP response.
    pub fn into_response(mut self, req_id: &str) -> Response {
        req_id.clone_into(&mut self.status.req_id);
        envelope(&self.status, &self.members)
    }
}

/// A failure as an HTTP response.
pub fn failure(error: &ApiError, req_id: &str) -> Response {
    let mut status = error.to_status();
    req_id.clone_into(&mut status.req_id);
    let mut response = envelope(&status, "");
    if let Some(http) = error.http_status.and_then(|http| Http::from_u16(http).ok()) {
        *response.status_mut() = http;
    }
    response
}

fn envelope(status: &Status, members: &str) -> Response {
    let head = serde_json::to_string(status).unwrap_or_else(|_never| format!("{{\"code\":{}}}", status.code.0));
    let body = format!("{{\"status\":{head}{members}}}");
    (http_status(status.code), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The HTTP status of a code. 400 for 10020 and 401 for 11008 and 11009 were seen on the real service; the others are
/// what HTTP means by them. The official client looks at none.
fn http_status(code: StatusCode) -> Http {
    match code.0 {
        10_000 | 10_010 => Http::OK,
        11_001 | 11_002 | 11_008 | 11_009 => Http::UNAUTHORIZED,
        11_003..=11_005 => Http::TOO_MANY_REQUESTS,
        11_007 | 24_156 | 30_103 => Http::FORBIDDEN,
        11_101 => Http::NOT_FOUND,
        11_103 => Http::METHOD_NOT_ALLOWED,
        40_033 => Http::PAYLOAD_TOO_LARGE,
        40_016 | 40_030 | 40_031 | 40_032 => Http::SERVICE_UNAVAILABLE,
        40_011..=40_020 | 98_000..=99_999 => Http::INTERNAL_SERVER_ERROR,
        _ => Http::BAD_REQUEST,
    }
}
