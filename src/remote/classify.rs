//! From an answer, or none, to what it means for the caller.

use crate::api::{ApiError, ErrorKind, Status, StatusCode};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;

/// Whether a call changes something on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It only reads: whatever happens, nothing was written.
    Reads,
    /// It may have been done even if no answer came.
    Writes,
}

impl Effect {
    /// The kind of a failure after which nobody knows.
    pub const fn in_doubt(self) -> ErrorKind {
        match self {
            Self::Reads => ErrorKind::NotApplied,
            Self::Writes => ErrorKind::Unknown,
        }
    }
}

/// Only the status of an envelope.
#[derive(Deserialize)]
struct Envelope {
    status: Option<Status>,
}

/// A failure before an answer was there. The text of reqwest's error is not used: it may hold the URL.
pub fn no_answer(error: &reqwest::Error, effect: Effect, host: &str) -> ApiError {
    if error.is_connect() {
        let why = root_cause(error);
        return ApiError::local(
            ErrorKind::NotApplied,
            "No connection",
            format!("{host} cannot be reached ({why}). Check the address and your network."),
        );
    }
    if error.is_timeout() {
        return ApiError::local(effect.in_doubt(), "No answer in time", format!("{host} did not answer in time."));
    }
    if error.is_builder() || error.is_request() && !error.is_body() && is_not_sent(error) {
        return ApiError::local(ErrorKind::NotApplied, "Not sent", "The request could not be made.");
    }
    let why = root_cause(error);
    ApiError::local(effect.in_doubt(), "The connection broke", format!("{host} did not finish its answer ({why})."))
}

fn is_not_sent(error: &reqwest::Error) -> bool {
    // hyper says so where the connection was closed before the request was written.
    root_cause(error).contains("operation was canceled")
}

/// The innermost error's text: an operating system's or TLS's words, without URLs.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::addr_eq(cause, error) { "no reason known".to_owned() } else { cause.to_string() }
}

/// What an answer means: its bytes, if they are the answer to the question, or why not.
pub fn answered(http: u16, headers: &HeaderMap, body: Vec<u8>, effect: Effect) -> Result<Vec<u8>, ApiError> {
    if (300..400).contains(&http) {
        return Err(with_http(
            ApiError::local(
                ErrorKind::Misconfigured,
                "The server redirects",
                "A redirect is not followed, because the key would go along. Enter the address it leads to.",
            ),
            http,
        ));
    }
    let envelope = serde_json::from_slice::<Envelope>(&body).ok().and_then(|envelope| envelope.status);
    let Some(status) = envelope.filter(|status| status.code != StatusCode::ZERO) else {
        return Err(with_http(no_envelope(http, headers, effect), http));
    };
    // 10020 comes with HTTP 400 and with the items, of which each says why it failed.
    let has_items = status.code == StatusCode::FAILURE && holds_items(&body);
    let done = matches!(status.code, StatusCode::SUCCESS | StatusCode::MIXED_STATUS) && (200..300).contains(&http);
    if done || has_items {
        return Ok(body);
    }
    let mut error = ApiError::from_status(&status, http);
    error.kind = match (error.kind, http) {
        (ErrorKind::Throttled { .. }, _) | (_, 429) => {
            ErrorKind::Throttled { retry_after_secs: retry_after_secs(headers) }
        }
        (_, 413) => ErrorKind::TooLarge,
        (ErrorKind::Refused, 401) => ErrorKind::Auth,
        // A success in the envelope of an answer that HTTP calls a failure: nobody knows.
        (ErrorKind::Refused, _) if matches!(status.code, StatusCode::SUCCESS | StatusCode::MIXED_STATUS) => {
            ErrorKind::Unknown
        }
        (ErrorKind::Refused, 500..) => ErrorKind::Unknown,
        (kind, _) => kind,
    };
    Err(if effect == Effect::Reads { error.of_a_read() } else { error })
}

fn holds_items(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Lists {
        annotations: Vec<serde::de::IgnoredAny>,
        inputs: Vec<serde::de::IgnoredAny>,
        concepts: Vec<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Lists>(body)
        .is_ok_and(|lists| !(lists.annotations.is_empty() && lists.inputs.is_empty() && lists.concepts.is_empty()))
}

/// An answer without the API's envelope: a proxy, a page, a foreign server, or a truncated one.
fn no_envelope(http: u16, headers: &HeaderMap, effect: Effect) -> ApiError {
    let foreign = |http: u16| {
        ApiError::local(
            ErrorKind::Misconfigured,
            "Not an annotations API",
            format!("What answers there is no annotations API (HTTP {http} without a status). Check the address."),
        )
    };
    match http {
        429 => ApiError::local(
            ErrorKind::Throttled { retry_after_secs: retry_after_secs(headers) },
            "Too many requests",
            "The server asks to wait.",
        ),
        401 | 403 | 407 => ApiError::local(
            ErrorKind::Auth,
            "Not allowed",
            format!("The server refused the key (HTTP {http}). Check it, and whether a proxy stands between."),
        ),
        413 => ApiError::local(ErrorKind::TooLarge, "Too large", "The server refused so much in one request."),
        500.. => ApiError::local(effect.in_doubt(), "The server failed", format!("It answered HTTP {http}.")),
        200..300 if effect == Effect::Writes => ApiError::local(
            ErrorKind::Unknown,
            "The answer cannot be read",
            "The server said that all is well, but not in words that this program knows.",
        ),
        _ => foreign(http),
    }
}

fn with_http(mut error: ApiError, http: u16) -> ApiError {
    error.http_status = Some(http);
    error
}

/// `Retry-After` in seconds. Its date form is measured from the answer's own `Date`: the server's clock need not be ours.
fn retry_after_secs(headers: &HeaderMap) -> Option<u64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let after = text(RETRY_AFTER)?;
    if let Ok(secs) = after.parse() {
        return Some(secs);
    }
    let until = httpdate::parse_http_date(after).ok()?;
    let now = httpdate::parse_http_date(text(DATE)?).ok()?;
    Some(until.duration_since(now).map_or(0, |wait| wait.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(http: u16, body: &str, effect: Effect) -> Result<(), ErrorKind> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "7".parse().expect("a header"));
        answered(http, &headers, body.as_bytes().to_vec(), effect).map(drop).map_err(|error| error.kind)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let secs = |after: &str, date: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, after.parse().expect("a header"));
            if !date.is_empty() {
                headers.insert(DATE, date.parse().expect("a header"));
            }
            retry_after_secs(&headers)
        };
        let date = "Wed, 25 Nov 2026 16:00:00 GMT";
        assert_eq!(secs(" 7", date), Some(7));
        assert_eq!(secs("Wed, 25 Nov 2026 16:01:30 GMT", date), Some(90));
        assert_eq!(secs("Wed, 25 Nov 2026 15:00:00 GMT", date), Some(0), "it is over");
        assert_eq!(secs("Wed, 25 Nov 2026 16:01:30 GMT", ""), None, "nobody knows how long that is");
        assert_eq!(secs("-3", date), None);
        assert_eq!(secs("soon", date), None);
    }

    #[test]
    fn every_answer_is_told_from_the_others() {
        use Effect::{Reads, Writes};
        let ok = r#"{"status":{"code":10000},"annotations":[]}"#;
        let throttled = ErrorKind::Throttled { retry_after_secs: Some(7) };
        for (http, body, effect, expected) in [
            (200, ok, Writes, Ok(())),
            (200, r#"{"status":{"code":"SUCCESS"}}"#, Writes, Ok(())),
            (207, r#"{"status":{"code":10010},"annotations":[{"id":"a"}]}"#, Writes, Ok(())),
            (400, r#"{"status":{"code":10020},"annotations":[{"id":"a"}]}"#, Writes, Ok(())),
            (400, r#"{"status":{"code":10020}}"#, Writes, Err(ErrorKind::Refused)),
            (302, ok, Writes, Err(ErrorKind::Misconfigured)),
            (200, "<html>", Writes, Err(ErrorKind::Unknown)),
            (200, "<html>", Reads, Err(ErrorKind::Misconfigured)),
            (200, &ok[..20], Writes, Err(ErrorKind::Unknown)),
            (404, "<html>", Writes, Err(ErrorKind::Misconfigured)),
            (404, r#"{"status":{"code":11101}}"#, Writes, Err(ErrorKind::Refused)),
            (401, r#"{"status":{"code":11102}}"#, Writes, Err(ErrorKind::Auth)),
            (401, r#"{"status":{"code":11009}}"#, Reads, Err(ErrorKind::Auth)),
            (403, r#"{"status":{"code":11007}}"#, Writes, Err(ErrorKind::Auth)),
            (413, "", Writes, Err(ErrorKind::TooLarge)),
            (429, "", Writes, Err(throttled)),
            (400, r#"{"status":{"code":11005}}"#, Writes, Err(throttled)),
            (500, r#"{"status":{"code":98004}}"#, Writes, Err(ErrorKind::Unknown)),
            (500, r#"{"status":{"code":98004}}"#, Reads, Err(ErrorKind::NotApplied)),
            (502, "<html>", Writes, Err(ErrorKind::Unknown)),
            (503, "<html>", Reads, Err(ErrorKind::NotApplied)),
            (500, ok, Writes, Err(ErrorKind::Unknown)),
        ] {
            assert_eq!(kind(http, body, effect), expected, "{http} {body} {effect:?}");
        }
    }
}
