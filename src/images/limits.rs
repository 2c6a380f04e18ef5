//! How large a file and a picture may be: checked on the header, before a pixel is decoded.

use super::ImageError;

/// Bytes in a file at most: 512 MiB.
pub const FILE_BYTES_MAX: u64 = 512 << 20;

/// Pixels of a picture that is decoded whole, at most: 120 megapixels.
pub const PIXELS_MAX: u64 = 120_000_000;

/// Pixels on a side at most.
pub const SIDE_MAX_PX: u32 = 65_535;

/// Bytes the decoded pixels may take at most: 120 megapixels of 16 bit RGBA, and nothing wider.
const DECODED_BYTES_MAX: u64 = PIXELS_MAX * 8;

/// What may be decoded. The default is right for a desktop with 4 GiB to spare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in the file at most.
    pub file_bytes: u64,
    /// Pixels (width times height) at most.
    pub pixels: u64,
    /// Pixels on a side at most.
    pub side_px: u32,
    /// Bytes of decoded pixels at most.
    pub decoded_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: FILE_BYTES_MAX, pixels: PIXELS_MAX, side_px: SIDE_MAX_PX, decoded_bytes: DECODED_BYTES_MAX }
    }
}

impl Limits {
    /// Whether a file of this many bytes may be looked at.
    pub(super) fn check_file(&self, bytes: u64) -> Result<(), ImageError> {
        if bytes > self.file_bytes {
            return Err(ImageError::FileTooLarge { bytes, limit: self.file_bytes });
        }
        Ok(())
    }

    /// Whether a picture of this size may be decoded.
    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), ImageError> {
        if width == 0 || height == 0 {
            return Err(ImageError::Empty { width, height });
        }
        if width.max(height) > self.side_px {
            return Err(ImageError::SideTooLong { width, height, limit: self.side_px });
        }
        if u64::from(width) * u64::from(height) > self.pixels {
            return Err(ImageError::TooManyPixels { width, height, limit: self.pixels });
        }
        Ok(())
    }

    /// Whether this many bytes of pixels may be held.
    pub(super) fn check_decoded(&self, bytes: u64) -> Result<(), ImageError> {
        if bytes > self.decoded_bytes {
            return Err(ImageError::TooMuchMemory { bytes, limit: self.decoded_bytes });
        }
        Ok(())
    }

    /// The same for the decoding library: it guards what the decoders allocate inside.
    pub(super) fn for_library(&self) -> image::Limits {
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(self.decoded_bytes);
        limits
    }
}
