//! Why a picture could not be read, in words for the person who opened it.

/// Why bytes did not become a picture. The text says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The file is larger than the limit allows.
    #[error(
        "The file is {bytes} bytes, more than the {limit} allowed. Save the picture smaller, or raise the file size limit."
    )]
    FileTooLarge {
        /// Bytes in the file.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The picture has more pixels than the limit allows.
    #[error(
        "The picture is {width} x {height} pixels, more than the {limit} pixels allowed. Scale it down or cut it into parts, or raise the pixel limit."
    )]
    TooManyPixels {
        /// Pixels across, as stored.
        width: u32,
        /// Pixels down, as stored.
        height: u32,
        /// Pixels allowed.
        limit: u64,
    },
    /// One side is longer than the limit allows.
    #[error("The picture is {width} x {height} pixels; no side may be longer than {limit}. Cut it into parts.")]
    SideTooLong {
        /// Pixels across, as stored.
        width: u32,
        /// Pixels down, as stored.
        height: u32,
        /// Pixels allowed on a side.
        limit: u32,
    },
    /// A side has no pixels.
    #[error("The picture has no pixels ({width} x {height}). Export it again.")]
    Empty {
        /// Pixels across, as stored.
        width: u32,
        /// Pixels down, as stored.
        height: u32,
    },
    /// Decoding would need more memory than the limit allows.
    #[error(
        "Decoding would need {bytes} bytes of memory, more than the {limit} allowed. Save the picture with 8 bits per channel, or scale it down."
    )]
    TooMuchMemory {
        /// Bytes needed for the decoded pixels.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Too large to be decoded whole, and not stored in pieces that can be read alone.
    #[error(
        "The picture is {width} x {height} pixels and stored in one piece: too large to be decoded whole. Save it as a tiled TIFF."
    )]
    NotInPieces {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Not one of the formats this program reads.
    #[error("This is not a JPEG, PNG, TIFF, WebP, BMP or GIF picture. Convert it to one of these.")]
    UnknownFormat,
    /// A JPEG without its end marker.
    #[error("The file ends early: a part of the picture is missing. Copy or download it again.")]
    Truncated,
    /// The decoder gave up.
    #[error(
        "The file is damaged or uses an unusual variant of its format ({detail}). Download it again, or save it again with another program."
    )]
    Damaged {
        /// What the decoder said.
        detail: String,
    },
}

impl ImageError {
    /// The decoder's error with our words around it.
    pub(super) fn from_decoder(error: &image::ImageError) -> Self {
        match error {
            image::ImageError::Unsupported(u) if matches!(u.kind(), image::error::UnsupportedErrorKind::Format(_)) => {
                Self::UnknownFormat
            }
            image::ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Self::Truncated,
            other => Self::Damaged { detail: other.to_string() },
        }
    }
}
