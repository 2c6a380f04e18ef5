//! Where the bytes of images come from: the person's own files, the project's cache, or the server.

use super::pictures::PictureSource;
use crate::api::{AnnotationApi as _, Input};
use crate::remote::HttpApi;
use crate::store::InputSource;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What the decoding threads need to find an image; filled by the session when the project is open.
#[derive(Default)]
pub struct Origins {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    sources: HashMap<String, InputSource>,
    remote: Option<Remote>,
    cache_dir: Option<PathBuf>,
}

/// How to reach the server from a decoding thread.
#[derive(Clone)]
pub struct Remote {
    /// The client.
    pub api: Arc<HttpApi>,
    /// Where it runs.
    pub tokio: tokio::runtime::Handle,
}

impl Origins {
    /// The images of a project and the folder for copies of what the server hosts.
    pub fn fill(&self, sources: HashMap<String, InputSource>, cache_dir: PathBuf) {
        let mut inner = self.lock();
        inner.sources = sources;
        inner.cache_dir = Some(cache_dir);
    }

    /// The server can be asked from now on.
    pub fn connect(&self, remote: Remote) {
        self.lock().remote = Some(remote);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PictureSource for Origins {
    fn file(&self, input_id: &str) -> Option<PathBuf> {
        match self.lock().sources.get(input_id) {
            Some(InputSource::Path(path)) => Some(path.clone()),
            _ => None,
        }
    }

    fn bytes(&self, input_id: &str) -> Result<Vec<u8>, String> {
        let (source, remote, cache_dir) = {
            let inner = self.lock();
            (inner.sources.get(input_id).cloned(), inner.remote.clone(), inner.cache_dir.clone())
        };
        match source {
            None => Err("This project has no such image".to_owned()),
            Some(InputSource::Path(path)) => match std::fs::read(&path) {
                Ok(bytes) => Ok(bytes),
                // The file went; the server has a copy.
                Err(error) => fetched(input_id, remote.as_ref(), cache_dir.as_deref()).map_err(|_also| {
                    format!("{} cannot be read: {error}. Put the file back, or add it again", path.display())
                }),
            },
            Some(InputSource::Hosted { .. }) => fetched(input_id, remote.as_ref(), cache_dir.as_deref()),
            Some(InputSource::Other { kind }) => {
                Err(format!("This input is {kind}, which cannot be shown yet; its annotations are listed and kept"))
            }
        }
    }
}

/// The server's copy, through the cache.
fn fetched(input_id: &str, remote: Option<&Remote>, cache_dir: Option<&Path>) -> Result<Vec<u8>, String> {
    // Ids come from the server and never become file names.
    let cached = cache_dir.map(|dir| dir.join(hex(&Sha256::digest(input_id.as_bytes()))));
    if let Some(bytes) = cached.as_ref().and_then(|path| std::fs::read(path).ok()) {
        return Ok(bytes);
    }
    let Some(remote) = remote else {
        return Err(
            "The server cannot be reached yet, and this image is not on this computer; it comes when it can".to_owned()
        );
    };
    let bytes = remote.tokio.block_on(async {
        let input: Input = remote.api.get_input(input_id).await?;
        remote.api.image_bytes(&input).await
    });
    let bytes = bytes.map_err(|error| format!("The image could not be fetched: {error}"))?.bytes;
    if let Some(path) = cached {
        keep(&path, &bytes);
    }
    Ok(bytes)
}

/// A copy that is whole or not there. Failing to keep one is no harm: it is fetched again.
fn keep(path: &Path, bytes: &[u8]) {
    let temporary = path.with_extension(super::clock::fresh_id());
    let kept = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(&temporary, bytes))
        .and_then(|()| std::fs::rename(&temporary, path));
    if let Err(error) = kept {
        tracing::warn!(%error, "an image could not be kept on this computer");
        std::fs::remove_file(&temporary).ok();
    }
}

/// Bytes as hex digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        write!(text, "{b:02x}").ok();
        text
    })
}
