//! Keeps what the editor sends and is answered, one JSON object a line, so that tests can parse it into the vendor's
//! messages. Only on request (`serve --record`), only the API, never the key.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Larger requests and answers are refused while recording.
const BODY_MAX_BYTES: usize = 256 << 20;

/// Where the lines go.
#[derive(Clone)]
pub struct Recorder {
    file: Arc<Mutex<File>>,
}

impl Recorder {
    /// Appends to this file.
    pub fn new(path: &Path) -> std::io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self { file: Arc::new(Mutex::new(file)) })
    }
}

/// Lets a request through and writes down what went by. Other clients than the editor are not written down.
pub async fn record(State(recorder): State<Recorder>, request: Request<Body>, next: Next) -> Response {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !request.uri().path().starts_with("/v2/") || !agent.starts_with("labelwright") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.to_string(), parts.uri.path_and_query().map(ToString::to_string));
    let sent = match to_bytes(body, BODY_MAX_BYTES).await {
        Ok(sent) => sent,
        Err(error) => return error.to_string().into_response(),
    };
    let response = next.run(Request::from_parts(parts, Body::from(sent.clone()))).await;
    let (parts, body) = response.into_parts();
    let answered = match to_bytes(body, BODY_MAX_BYTES).await {
        Ok(answered) => answered,
        Err(error) => return error.to_string().into_response(),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let line = json!({"method": method, "path": path, "body": text(&sent), "answer": text(&answered)});
    let written = {
        let mut file = recorder.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes())
    };
    if let Err(error) = written {
        tracing::error!(%error, "a request was not recorded");
    }
    Response::from_parts(parts, Body::from(answered))
}
