//! What a file's header says: size, orientation, format. No pixel is decoded.

use super::{ImageError, Limits};
use image::{ImageDecoder, ImageReader, metadata::Orientation};
use std::io::Cursor;

/// A format this program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF, first page.
    Tiff,
    /// WebP, first frame.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// GIF, first frame.
    Gif,
}

/// What the header of a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Pixels across, upright.
    pub width_px: u32,
    /// Pixels down, upright.
    pub height_px: u32,
    /// The orientation tag as stored, 1 to 8; 1 where there is none or a malformed one.
    pub orientation: u8,
    /// The format, by the content and not by a file name.
    pub format: PictureFormat,
}

/// Reads the header with the default [`Limits`].
///
/// # Errors
/// When the file or the picture is too large, of another format, or damaged in its header.
pub fn probe(bytes: &[u8]) -> Result<Probe, ImageError> {
    let (_, format, orientation, (width, height)) = open(bytes, &Limits::default())?;
    let turned = orientation.to_exif() >= 5;
    let (width_px, height_px) = if turned { (height, width) } else { (width, height) };
    Ok(Probe { width_px, height_px, orientation: orientation.to_exif(), format })
}

/// What [`open`] gives: the decoder, the format, how to turn it, and the size as stored.
pub(super) type Opened<'a> = (Box<dyn ImageDecoder + 'a>, PictureFormat, Orientation, (u32, u32));

/// A decoder that has read the header, within `limits`.
pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Opened<'a>, ImageError> {
    limits.check_file(bytes.len() as u64)?;
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|e| ImageError::Damaged { detail: e.to_string() })?;
    let format = reader.format().and_then(known_format).ok_or(ImageError::UnknownFormat)?;
    reader.limits(limits.for_library());
    let mut decoder = reader.into_decoder().map_err(|e| ImageError::from_decoder(&e))?;
    let size = decoder.dimensions();
    limits.check_size(size.0, size.1)?;
    limits.check_decoded(decoder.total_bytes())?;
    // A camera's broken metadata is no reason to refuse its picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((Box::new(decoder), format, orientation, size))
}

fn known_format(format: image::ImageFormat) -> Option<PictureFormat> {
    match format {
        image::ImageFormat::Jpeg => Some(PictureFormat::Jpeg),
        image::ImageFormat::Png => Some(PictureFormat::Png),
        image::ImageFormat::Tiff => Some(PictureFormat::Tiff),
        image::ImageFormat::WebP => Some(PictureFormat::WebP),
        image::ImageFormat::Bmp => Some(PictureFormat::Bmp),
        image::ImageFormat::Gif => Some(PictureFormat::Gif),
        _ => None,
    }
}
