//! What can go wrong with a call, sorted by what the caller may do next.

use super::{Status, StatusCode};
use std::fmt;

/// What a failed call means for the one who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Nothing was written: no connection came about, or the call only reads. May be made again as it is.
    NotApplied,
    /// It may or may not have been written: timeout, reset after bytes were sent, a failing server, an answer that
    /// cannot be read. Read back before anything is sent again.
    Unknown,
    /// The server asks for patience and wrote nothing. Its `Retry-After` in seconds where it gave one.
    Throttled {
        /// Seconds to wait; `None` where the server does not say (Clarifai's documentation advises 15).
        retry_after_secs: Option<u64>,
    },
    /// The key is missing, wrong, or lacks a scope or a permission for the app. Ask the user.
    Auth,
    /// The server understood and said no; `code` and `details` say why. The same call will fail again.
    Refused,
    /// Too much in one call, or too much in one answer. Ask for less.
    TooLarge,
    /// What answers there is no annotations API: a redirect, a page, a foreign JSON. Check the address.
    Misconfigured,
}

/// A call that failed. Never holds a key or a URL with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What it means for the caller.
    pub kind: ErrorKind,
    /// The API's code; [`StatusCode::ZERO`] where the failure is not the API's (no connection).
    pub code: StatusCode,
    /// What happened, in a few words.
    pub description: String,
    /// The particulars, and what to do.
    pub details: String,
    /// The request id to quote to the operator of the server; empty where there is none.
    pub req_id: String,
    /// The HTTP status of the answer, where there was an answer.
    pub http_status: Option<u16>,
}

/// What every operation returns.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A failure that no server stated.
    #[must_use]
    pub fn local(kind: ErrorKind, description: impl Into<String>, details: impl Into<String>) -> Self {
        Self {
            kind,
            code: StatusCode::ZERO,
            description: description.into(),
            details: details.into(),
            req_id: String::new(),
            http_status: None,
        }
    }

    /// A failure with a code of the API; its kind follows from the code.
    #[must_use]
    pub fn coded(code: StatusCode, details: impl Into<String>) -> Self {
        Self {
            kind: kind_of(code),
            code,
            description: code.description().to_owned(),
            details: details.into(),
            req_id: String::new(),
            http_status: None,
        }
    }

    /// A failure that a server stated in its envelope.
    #[must_use]
    pub fn from_status(status: &Status, http_status: u16) -> Self {
        Self {
            kind: kind_of(status.code),
            code: status.code,
            description: if status.description.is_empty() {
                status.code.description().to_owned()
            } else {
                status.description.clone()
            },
            details: status.details.clone(),
            req_id: status.req_id.clone(),
            http_status: Some(http_status),
        }
    }

    /// The status that says this in an envelope.
    #[must_use]
    pub fn to_status(&self) -> Status {
        Status {
            code: self.code,
            description: self.description.clone(),
            details: self.details.clone(),
            req_id: self.req_id.clone(),
            ..Status::default()
        }
    }

    /// The same failure of a call that only reads: it wrote nothing, whatever became of it.
    #[must_use]
    pub fn of_a_read(mut self) -> Self {
        if self.kind == ErrorKind::Unknown {
            self.kind = ErrorKind::NotApplied;
        }
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        if !self.details.is_empty() {
            write!(f, ": {}", self.details)?;
        }
        if self.code != StatusCode::ZERO {
            write!(f, " (code {})", self.code.0)?;
        }
        if !self.req_id.is_empty() {
            write!(f, " (request {})", self.req_id)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// What a code of the API means for the caller. The retryable ones are those that the official SDK retries (11003,
/// 11005) and the families whose names say that the server, not the request, is at fault.
#[must_use]
pub fn kind_of(code: StatusCode) -> ErrorKind {
    match code.0 {
        11_003..=11_005 => ErrorKind::Throttled { retry_after_secs: None },
        11_000..=11_002 | 11_006..=11_009 | 11_104 | 11_200 => ErrorKind::Auth,
        40_033 => ErrorKind::TooLarge,
        0 | 10_030 | 40_011..=40_032 | 98_000..=98_999 | 99_009 => ErrorKind::Unknown,
        39_997 | 39_998 => ErrorKind::NotApplied,
        _ => ErrorKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_by_what_to_do_next() {
        for (code, kind) in [
            (StatusCode::CONN_THROTTLED, ErrorKind::Throttled { retry_after_secs: None }),
            (StatusCode::CONN_KEY_NOT_FOUND, ErrorKind::Auth),
            (StatusCode::CONN_INSUFFICIENT_SCOPES, ErrorKind::Auth),
            (StatusCode::CONN_INVALID_REQUEST, ErrorKind::Refused),
            (StatusCode::DATABASE_DUPLICATE_KEY, ErrorKind::Refused),
            (StatusCode::DATABASE_DEADLOCK_DETECTED, ErrorKind::Unknown),
            (StatusCode::INTERNAL_SERVER_ISSUE, ErrorKind::Unknown),
            (StatusCode::RPC_MAX_MESSAGE_SIZE_EXCEEDED, ErrorKind::TooLarge),
        ] {
            assert_eq!(kind_of(code), kind, "{code}");
        }
    }

    #[test]
    fn an_error_reads_as_a_sentence() {
        let mut error = ApiError::coded(StatusCode::CONN_DOES_NOT_EXIST, "There is no app \"x\".");
        error.req_id = "r1".to_owned();
        assert_eq!(error.to_string(), "Resource does not exist: There is no app \"x\". (code 11101) (request r1)");
    }
}
