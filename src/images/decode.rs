//! Whole pictures: any stored colour type to upright RGB8, or RGBA8 with the alpha multiplied in.

use super::probe::{PictureFormat, open};
use super::{ImageError, Layout, Limits, Picture};
use image::{ColorType, DynamicImage, ImageDecoder as _, RgbImage, RgbaImage, metadata::Orientation};

/// Decodes the whole picture, upright.
///
/// A decoder bug may panic: call it under `catch_unwind` where the bytes are not ours.
///
/// # Errors
/// When the file or the picture is too large, of another format, truncated or damaged.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, ImageError> {
    let (decoder, format, orientation, size) = open(bytes, limits)?;
    if format == PictureFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(ImageError::Truncated);
    }
    if format == PictureFormat::Tiff
        && orientation == Orientation::NoTransforms
        && let Some(picture) = super::side_by_side::decode_tiff(bytes)
    {
        let (layout, pixels) = without_idle_alpha(picture.layout(), picture.into_data());
        return turn(layout, pixels, size, orientation);
    }
    if format == PictureFormat::WebP
        && let Some((color, stored)) = super::webp::decode_webp(bytes, size)
    {
        let (layout, pixels) = to_eight_bits(color, stored)?;
        let (layout, pixels) = without_idle_alpha(layout, pixels);
        return turn(layout, pixels, size, orientation);
    }
    let color = decoder.color_type();
    let length = usize::try_from(decoder.total_bytes()).map_err(|_too_large| ImageError::TooMuchMemory {
        bytes: decoder.total_bytes(),
        limit: limits.decoded_bytes,
    })?;
    let mut stored = vec![0; length];
    decoder.read_image(&mut stored).map_err(|e| ImageError::from_decoder(&e))?;
    let (layout, pixels) = to_eight_bits(color, stored)?;
    let (layout, pixels) = without_idle_alpha(layout, pixels);
    turn(layout, pixels, size, orientation)
}

/// Whether the end marker follows the scan. Without this check a lenient decoder shows half a picture over grey, and
/// somebody annotates it.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4).and_then(|s| s.first_chunk::<4>()) {
        if marker == 0xFF {
            at += 1; // fill byte
            continue;
        }
        let segment = usize::from(u16::from_be_bytes([high, low]));
        at += 2 + segment;
        if marker == 0xDA {
            // Inside a scan 0xFF is always stuffed, so the pair can only be the marker.
            return bytes.get(at..).is_some_and(|scan| scan.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]));
        }
    }
    // A header this walk does not understand: leave the verdict to the decoder.
    true
}

/// Any colour type as RGB8 or premultiplied RGBA8.
pub(super) fn to_eight_bits(color: ColorType, stored: Vec<u8>) -> Result<(Layout, Vec<u8>), ImageError> {
    let narrow16 = |bytes: &[u8]| -> Vec<u8> {
        bytes.as_chunks::<2>().0.iter().map(|&pair| narrow(u16::from_ne_bytes(pair))).collect()
    };
    let narrow_float = |bytes: &[u8]| -> Vec<u8> {
        bytes.as_chunks::<4>().0.iter().map(|&four| narrow_unit(f32::from_ne_bytes(four))).collect()
    };
    Ok(match color {
        ColorType::L8 => (Layout::Rgb8, grey_to_rgb(&stored)),
        ColorType::La8 => (Layout::Rgba8, grey_alpha_to_rgba(&stored)),
        ColorType::Rgb8 => (Layout::Rgb8, stored),
        ColorType::Rgba8 => (Layout::Rgba8, premultiplied(stored)),
        ColorType::L16 => (Layout::Rgb8, grey_to_rgb(&narrow16(&stored))),
        ColorType::La16 => (Layout::Rgba8, grey_alpha_to_rgba(&narrow16(&stored))),
        ColorType::Rgb16 => (Layout::Rgb8, narrow16(&stored)),
        ColorType::Rgba16 => (Layout::Rgba8, premultiplied(narrow16(&stored))),
        ColorType::Rgb32F => (Layout::Rgb8, narrow_float(&stored)),
        ColorType::Rgba32F => (Layout::Rgba8, premultiplied(narrow_float(&stored))),
        other => return Err(ImageError::Damaged { detail: format!("colour type {other:?} is not supported") }),
    })
}

/// 16 bits to 8, rounded to the nearest.
fn narrow(value: u16) -> u8 {
    u8::try_from((u32::from(value) * 255 + 32_767) / 65_535).unwrap_or(u8::MAX)
}

/// 0..1 to 0..255; what lies outside is cut off, NaN is black.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..255 first")]
fn narrow_unit(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

fn grey_to_rgb(grey: &[u8]) -> Vec<u8> {
    grey.iter().flat_map(|&v| [v; 3]).collect()
}

fn grey_alpha_to_rgba(pixels: &[u8]) -> Vec<u8> {
    premultiplied(pixels.as_chunks::<2>().0.iter().flat_map(|&[v, alpha]| [v, v, v, alpha]).collect())
}

/// Multiplies the alpha in, so that averaging and linear sampling make no dark fringes.
fn premultiplied(mut rgba: Vec<u8>) -> Vec<u8> {
    for pixel in rgba.as_chunks_mut::<4>().0 {
        let alpha = u32::from(pixel[3]);
        if alpha < 255 {
            for channel in &mut pixel[..3] {
                *channel = u8::try_from((u32::from(*channel) * alpha + 127) / 255).unwrap_or(u8::MAX);
            }
        }
    }
    rgba
}

/// RGB8 where every pixel is opaque anyway: a quarter less memory.
fn without_idle_alpha(layout: Layout, pixels: Vec<u8>) -> (Layout, Vec<u8>) {
    let four = pixels.as_chunks::<4>().0;
    if layout == Layout::Rgb8 || four.iter().any(|p| p[3] != 255) {
        return (layout, pixels);
    }
    (Layout::Rgb8, four.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect())
}

/// Turns the stored pixels upright.
pub(super) fn turn(layout: Layout, pixels: Vec<u8>, size: (u32, u32), how: Orientation) -> Result<Picture, ImageError> {
    let (width, height) = size;
    let mut image = match layout {
        Layout::Rgb8 => RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8),
        Layout::Rgba8 => RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8),
    }
    .ok_or_else(|| ImageError::Damaged { detail: "fewer pixels than the header promised".to_owned() })?;
    image.apply_orientation(how);
    let (width, height) = (image.width(), image.height());
    let data = image.into_bytes();
    Picture::new(layout, width, height, data)
        .ok_or_else(|| ImageError::Damaged { detail: "the pixels do not fit the size".to_owned() })
}
