//! `labelwright serve`: the server alone.

use crate::server::{self, AppName, KeyGrant, ServerConfig, Strictness};
use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the annotations server until Ctrl-C or SIGTERM.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// The directory for the database and the images; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// An app and its owner; may be repeated. All other users with a key are its collaborators.
    #[arg(long = "app", value_name = "OWNER/APP", required = true, value_parser = AppName::parse)]
    pub apps: Vec<AppName>,
    /// Imitate habits that other servers may have, for tests of clients: names with commas between.
    #[arg(long, value_name = "LIST", default_value = "")]
    pub strict: Strictness,
    /// A name under which clients reach the server, besides its address; may be repeated.
    #[arg(long = "host-name", value_name = "NAME")]
    pub host_names: Vec<String>,
    /// Append what labelwright's own client sends and is answered to this file, one JSON object a line; for tests.
    #[arg(long, value_name = "FILE", hide = true)]
    pub record: Option<PathBuf>,
    /// The keys, as USER=KEY with commas between. Only from the environment: arguments can be read by all users.
    #[arg(skip)]
    pub keys: Option<SecretString>,
}

/// The variable that holds the keys.
pub const KEYS_VARIABLE: &str = "LABELWRIGHT_KEYS";

/// Runs the server; prints `listening on http://ADDR:PORT` when it accepts connections.
///
/// # Errors
/// Sentences: keys missing or unreadable, address in use, data damaged, of a newer version or in use.
pub fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let keys = match args.keys {
        Some(keys) => keys,
        None => SecretString::from(std::env::var(KEYS_VARIABLE).unwrap_or_default()),
    };
    let keys = KeyGrant::parse_list(keys.expose_secret())
        .map_err(anyhow::Error::msg)
        .with_context(|| format!("The environment variable {KEYS_VARIABLE} cannot be read"))?;
    if keys.is_empty() {
        anyhow::bail!(
            "No keys: set the environment variable {KEYS_VARIABLE} to USER=KEY, several with commas between."
        );
    }
    let config = ServerConfig {
        data_dir: args.data,
        listen: args.listen,
        apps: args.apps,
        keys,
        personality: args.strict,
        host_names: args.host_names,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("No threads to be had")?;
    runtime.block_on(async {
        let running = match &args.record {
            Some(file) => server::start_recording(config, file).await?,
            None => server::start(config).await?,
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "listening on {}", running.base_url())?;
        out.flush()?;
        drop(out);
        told_to_stop().await?;
        running.shutdown().await;
        Ok(ExitCode::SUCCESS)
    })
}

#[cfg(unix)]
async fn told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
