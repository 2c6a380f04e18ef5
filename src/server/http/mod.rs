//! HTTP: the accept loop with its limits, and the server's handle. Routes are in `router`, keys in `call`.

mod answer;
mod call;
mod guard;
mod handlers;
mod record;
mod router;

use super::config::{ServerConfig, ServerError};
use super::core::Core;
use super::local::LocalApi;
use axum::Router;
use call::KnownKey;
use guard::Hosts;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use record::Recorder;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Connections at one time; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 256;
/// Seconds that a client may take to send its headers, also of the next request of a connection that it keeps open.
const HEADER_TIMEOUT_SECS: u64 = 60;
/// Bytes of headers.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Seconds that requests under way may take when the server is told to stop.
const SHUTDOWN_SECS: u64 = 10;

/// What all requests share.
pub struct Shared {
    core: Arc<Core>,
    keys: Vec<KnownKey>,
    hosts: Hosts,
}

/// A server that runs until [`RunningServer::shutdown`] or until it is dropped.
pub struct RunningServer {
    addr: SocketAddr,
    core: Arc<Core>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

/// Starts a server in the current tokio runtime. It accepts connections when this returns.
///
/// # Errors
/// A sentence each: no key, no app, port in use, data damaged, of a newer version or in use.
pub async fn start(config: ServerConfig) -> Result<RunningServer, ServerError> {
    start_with(config, None).await
}

/// The same; what the editor sends and is answered is appended to a file, for tests.
///
/// # Errors
/// As [`start`], and where the file cannot be written.
pub async fn start_recording(config: ServerConfig, file: &Path) -> Result<RunningServer, ServerError> {
    let recorder = Recorder::new(file).map_err(|source| ServerError::DataDir { path: file.to_owned(), source })?;
    start_with(config, Some(recorder)).await
}

async fn start_with(config: ServerConfig, recorder: Option<Recorder>) -> Result<RunningServer, ServerError> {
    if config.keys.is_empty() {
        return Err(ServerError::NoKeys);
    }
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => ServerError::AddressInUse(listen),
        _ => ServerError::Listen { address: listen, source },
    })?;
    let addr = listener.local_addr().map_err(|source| ServerError::Listen { address: listen, source })?;
    if !addr.ip().is_loopback() {
        tracing::warn!(%addr, "the server can be reached from other machines, and its traffic is not encrypted");
    }
    let hosts = Hosts::new(addr.ip(), &config.host_names);
    let keys = config.keys.iter().map(KnownKey::of).collect();
    let opened = tokio::task::spawn_blocking(move || Core::open(&config)).await;
    let core = Arc::new(opened.map_err(|error| ServerError::Thread(std::io::Error::other(error)))??);
    let router = router::router(Arc::new(Shared { core: Arc::clone(&core), keys, hosts }));
    let router = match recorder {
        Some(recorder) => router.layer(axum::middleware::from_fn_with_state(recorder, record::record)),
        None => router,
    };
    let (stop, stopped) = watch::channel(false);
    let accepting = tokio::spawn(accept(listener, router, stopped));
    Ok(RunningServer { addr, core, stop, accepting })
}

impl RunningServer {
    /// Where it listens, with the port that it really has.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://ADDR:PORT`, to give to a client.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The same data without HTTP, as that user.
    ///
    /// # Errors
    /// Where the server has no app, which [`start`] rules out.
    pub fn local(&self, user: &str) -> Result<LocalApi, ServerError> {
        LocalApi::of(Arc::clone(&self.core), Some(user))
    }

    /// Stops accepting, lets requests under way finish (10 s at most), and closes the database.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "the server did not stop cleanly");
        }
    }
}

async fn accept(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _stop_or_dropped = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let (router, stopped) = (router.clone(), stopped.clone());
                connections.spawn(async move {
                    serve(stream, router, stopped).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, for example: give the others time to finish.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_secs(SHUTDOWN_SECS), all).await.is_err() {
        tracing::warn!("requests that took too long were cut off");
    }
}

async fn serve(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>) {
    drop(stream.set_nodelay(true));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEADER_TIMEOUT_SECS))
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let mut stopping = false;
    loop {
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%error, "a connection ended badly");
                }
                return;
            }
            _stop_or_dropped = stopped.changed(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
