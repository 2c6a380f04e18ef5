//! Image bytes as files named by their hash, and what their headers say.

use super::clock::{hex, secret_hex};
use super::config::ServerError;
use crate::api::{ApiError, StatusCode};
use image::metadata::Orientation;
use image::{ImageDecoder as _, ImageFormat, ImageReader};
use sha2::Digest as _;
use std::fs::{self, File};
use std::io::{self, Cursor, Write as _};
use std::path::{Path, PathBuf};

/// Where the files lie.
pub struct ImageStore {
    dir: PathBuf,
}

/// What the header of an image says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Pixels across as displayed, after EXIF orientation.
    pub width: u32,
    /// Pixels down as displayed.
    pub height: u32,
    /// `JPEG`, `PNG`, … as the API writes it.
    pub format: &'static str,
    /// `image/jpeg`, …
    pub media_type: &'static str,
    /// The end of a file name.
    pub extension: &'static str,
}

/// Reads the header of an image.
///
/// # Errors
/// A sentence, where the bytes are none that this server knows.
pub fn probe(bytes: &[u8]) -> Result<Probe, String> {
    let unknown = || "The bytes are no image that this server knows (JPEG, PNG, GIF, BMP, TIFF, WebP).".to_owned();
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|why| why.to_string())?;
    let (format, media_type, extension) = match reader.format() {
        Some(ImageFormat::Jpeg) => ("JPEG", "image/jpeg", "jpg"),
        Some(ImageFormat::Png) => ("PNG", "image/png", "png"),
        Some(ImageFormat::Gif) => ("GIF", "image/gif", "gif"),
        Some(ImageFormat::Bmp) => ("BMP", "image/bmp", "bmp"),
        Some(ImageFormat::Tiff) => ("TIFF", "image/tiff", "tif"),
        Some(ImageFormat::WebP) => ("WEBP", "image/webp", "webp"),
        _ => return Err(unknown()),
    };
    let mut decoder =
        reader.into_decoder().map_err(|why| format!("The header of the {format} image is damaged: {why}."))?;
    let (width, height) = decoder.dimensions();
    // An image whose EXIF block is broken is shown as it lies.
    let turned = matches!(
        decoder.orientation().unwrap_or(Orientation::NoTransforms),
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (width, height) = if turned { (height, width) } else { (width, height) };
    if width == 0 || height == 0 {
        return Err("The image has no pixels.".to_owned());
    }
    Ok(Probe { width, height, format, media_type, extension })
}

/// SHA-256 in hex: the name of the bytes.
pub fn hash_of(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

/// A name for a URL that cannot be guessed: who knows it may fetch the image without a key.
pub fn new_token() -> String {
    secret_hex()
}

impl ImageStore {
    /// Opens or makes the folder.
    pub fn open(data_dir: &Path) -> Result<Self, ServerError> {
        let dir = data_dir.join("images");
        fs::create_dir_all(&dir).map_err(|source| ServerError::DataDir { path: dir.clone(), source })?;
        Ok(Self { dir })
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.dir.join(hash)
    }

    /// Writes bytes durably, unless they are there.
    pub fn put(&self, hash: &str, bytes: &[u8]) -> Result<(), ApiError> {
        self.write(hash, bytes).map_err(|error| failed(&error))
    }

    fn write(&self, hash: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(hash);
        if fs::metadata(&path).is_ok_and(|there| there.len() == bytes.len() as u64) {
            return Ok(());
        }
        let unfinished = self.dir.join(format!("{}.part", secret_hex()));
        let mut file = File::create(&unfinished)?;
        let outcome =
            file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&unfinished, &path));
        if outcome.is_err() {
            drop(fs::remove_file(&unfinished));
            return outcome;
        }
        // The name must be on disk before the database mentions it.
        #[cfg(unix)]
        File::open(&self.dir)?.sync_all()?;
        Ok(())
    }

    /// The bytes of that name.
    pub fn get(&self, hash: &str) -> Result<Vec<u8>, ApiError> {
        fs::read(self.path(hash)).map_err(|error| failed(&error))
    }

    /// Removes a file that nothing refers to; if it cannot go it only takes space.
    pub fn remove(&self, hash: &str) {
        if let Err(error) = fs::remove_file(self.path(hash)) {
            tracing::warn!(%error, hash, "an image that nothing refers to stays on disk");
        }
    }
}

fn failed(error: &io::Error) -> ApiError {
    tracing::error!(%error, "the server's image folder failed");
    let details = match error.kind() {
        io::ErrorKind::NotFound => "The file of this image is missing from the server's data directory.",
        io::ErrorKind::StorageFull => "The server's disk is full. Make room on it and try again.",
        _ => "The server's image folder failed; its log says how.",
    };
    ApiError::coded(StatusCode::INTERNAL_SERVER_ISSUE, details)
}
