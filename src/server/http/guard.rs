//! What every request passes: the `Host` and `Origin` checks against web pages that try to talk to this machine, and
//! the time limit.

use super::{Shared, answer};
use crate::api::{ApiError, StatusCode};
use crate::server::clock::new_id;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Seconds from the end of the headers to the begin of the answer, the body of the request included.
const REQUEST_TIMEOUT_SECS: u64 = 300;

/// Checks a request and lets it through.
pub async fn guard(State(server): State<Arc<Shared>>, request: Request<Body>, next: Next) -> Response {
    if let Err(error) = server.hosts.check(request.headers()) {
        return answer::failure(&error, &new_id());
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    match tokio::time::timeout(Duration::from_secs(REQUEST_TIMEOUT_SECS), next.run(request)).await {
        Ok(response) => {
            // Neither query nor headers: they may hold what is nobody's business. Paths of images are secrets too.
            if !path.starts_with("/hosted/") {
                tracing::debug!(%method, path, status = response.status().as_u16(), "request");
            }
            response
        }
        Err(_elapsed) => {
            let error = ApiError::coded(
                StatusCode::RPC_REQUEST_TIMED_OUT,
                format!("The request took more than {REQUEST_TIMEOUT_SECS} s. Send less in one request."),
            );
            answer::failure(&error, &new_id())
        }
    }
}

/// The names under which this server may be reached.
pub struct Hosts {
    names: Vec<String>,
    /// Where we listen on all addresses, any literal address is ours; rebinding attacks need a name.
    any_address: bool,
}

impl Hosts {
    /// For a server that listens there and is also known by `names`.
    pub fn new(listen: IpAddr, names: &[String]) -> Self {
        let mut all: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(ToOwned::to_owned).to_vec();
        all.push(if listen.is_ipv6() { format!("[{listen}]") } else { listen.to_string() });
        all.extend(names.iter().map(|name| name.to_ascii_lowercase()));
        Self { names: all, any_address: listen.is_unspecified() }
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let refuse = |details: &str| {
            let mut error = ApiError::coded(StatusCode::CONN_INVALID_REQUEST, details);
            error.http_status = Some(403);
            Err(error)
        };
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !self.has(without_port(host)) {
            return refuse("The Host header does not name this server. Use its address, or start it with that name.");
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().unwrap_or_default();
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if host.is_some_and(|host| self.has(without_port(host))) {
            return Ok(());
        }
        refuse("Pages of other sites may not use this server.")
    }

    fn has(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let literal = || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        self.names.contains(&host) || (self.any_address && literal())
    }
}

/// The host without its port; brackets of IPv6 addresses stay.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => {
            // "::1" without brackets is no host with a port.
            if name.contains(':') && !name.starts_with('[') { host } else { name }
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &'static str, origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a header"));
        }
        headers
    }

    #[test]
    fn only_our_own_names_pass() {
        let hosts = Hosts::new(IpAddr::from([127, 0, 0, 1]), &["labels.example".to_owned()]);
        for good in ["127.0.0.1:80", "127.0.0.1", "localhost:9999", "LOCALHOST", "[::1]:80", "labels.example"] {
            assert!(hosts.check(&headers(good, None)).is_ok(), "{good}");
        }
        for bad in
            ["127.0.0.1.evil.com", "evil.com:80", "", "127.0.0.1:80.evil.com", "192.168.0.1", "::1", "localhost."]
        {
            assert!(hosts.check(&headers(bad, None)).is_err(), "{bad}");
        }
    }

    #[test]
    fn pages_of_other_sites_do_not_pass() {
        let hosts = Hosts::new(IpAddr::from([127, 0, 0, 1]), &[]);
        for good in ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"] {
            assert!(hosts.check(&headers("localhost", Some(good))).is_ok(), "{good}");
        }
        for bad in [
            "https://evil.com",
            "null",
            "",
            "http://127.0.0.1.evil.com",
            "file://localhost",
            "http://localhost.evil.com",
        ] {
            assert!(hosts.check(&headers("localhost", Some(bad))).is_err(), "{bad}");
        }
    }
}
