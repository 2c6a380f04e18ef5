//! A first look at a large JPEG, in a fraction of the time that decoding it takes: each block of 8 x 8 pixels by its mean.
//!
//! It promises nothing: where there is none, and where it shows a damaged file, the decoder that runs beside it says so.

mod bits;
mod blocks;
mod huffman;
#[cfg(test)]
mod tests;

use super::decode::turn;
use super::{Grid, Layout, Limits, Pyramid, TileKey, TilePixels};
use image::metadata::Orientation;

/// Below this many pixels a picture is decoded about as soon as its first look would be on the screen.
const PIXELS_MIN: u64 = 6_000_000;

/// The level of the pyramid whose pixels are the means of 8 x 8.
const LEVEL: u8 = 3;

/// A picture that is not decoded yet, an eighth as wide and high.
#[derive(Clone, Debug)]
pub struct Preview {
    grid: Grid,
    small: Pyramid,
}

/// A first look at a JPEG; `None` where it is too small for that to pay, of another format, or cannot be read so easily.
#[must_use]
pub fn preview(bytes: &[u8], limits: &Limits) -> Option<Preview> {
    look_at(bytes, limits, PIXELS_MIN)
}

fn look_at(bytes: &[u8], limits: &Limits, pixels_min: u64) -> Option<Preview> {
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return None;
    }
    limits.check_file(bytes.len() as u64).ok()?;
    let is_wanted = |width: u32, height: u32| {
        u64::from(width) * u64::from(height) >= pixels_min && limits.check_size(width, height).is_ok()
    };
    let means = blocks::means(bytes, is_wanted)?;
    let orientation = means.exif.and_then(|exif| Orientation::from_exif_chunk(&exif));
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    let small = turn(Layout::Rgb8, means.rgb, (means.width_px, means.height_px), orientation).ok()?;
    let (mut width, mut height) = means.full_px;
    if orientation.to_exif() >= 5 {
        (width, height) = (height, width);
    }
    Some(Preview { grid: Grid::new(width, height), small: Pyramid::new(small) })
}

impl Preview {
    /// The tiling of the whole picture.
    #[must_use]
    pub const fn grid(&self) -> Grid {
        self.grid
    }

    /// Bytes of pixels held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.small.bytes()
    }

    /// Whether this tile of the whole picture is coarse enough to be there.
    #[must_use]
    pub const fn has(&self, key: TileKey) -> bool {
        key.level >= LEVEL
    }

    /// A tile of the whole picture; `None` where it is finer than what is there.
    #[must_use]
    pub fn tile(&self, key: TileKey) -> Option<TilePixels> {
        let level = key.level.checked_sub(LEVEL)?;
        self.small.tile(TileKey { level, ..key })
    }
}
