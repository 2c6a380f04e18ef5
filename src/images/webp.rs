//! WebP by libwebp, on two threads: the decoder in Rust takes nearly twice as long as other programs do.

use image::ColorType;
use webpx::{Decoder, DecoderConfig, Limits};

/// The stored pixels of a picture of `size`; `None` for animations and for what libwebp does not read: the general decoder shows
/// the former and says what is wrong with the latter.
pub(super) fn decode_webp(bytes: &[u8], size: (u32, u32)) -> Option<(ColorType, Vec<u8>)> {
    // The size was held against our own limits before.
    let config = DecoderConfig::new().use_threads(true).limits(Limits::none());
    let decoder = Decoder::new(bytes).ok()?.config(config);
    if decoder.info().has_animation {
        return None;
    }
    let (color, (pixels, width, height)) = if decoder.info().has_alpha {
        (ColorType::Rgba8, decoder.decode_rgba_raw().ok()?)
    } else {
        (ColorType::Rgb8, decoder.decode_rgb_raw().ok()?)
    };
    let length = width as usize * height as usize * usize::from(color.bytes_per_pixel());
    ((width, height) == size && pixels.len() == length).then_some((color, pixels))
}
