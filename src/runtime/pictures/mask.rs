//! Masks of annotations: from the text of the API to how much of each pixel is covered.

use crate::images::{Limits, TilePixels, decode, thumbnail};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Masks are shown with at most so many pixels on a side.
const SIDE_MAX_PX: u32 = 2048;

/// With or without `=` at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A mask over a whole image.
#[derive(Clone, PartialEq, Eq)]
pub struct MaskPixels {
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
    /// How much of each pixel is covered, row by row.
    pub coverage: Vec<u8>,
}

impl std::fmt::Debug for MaskPixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MaskPixels({} x {})", self.width_px, self.height_px)
    }
}

impl MaskPixels {
    /// How much of the pixel at a place is covered; the place in parts of width and height.
    #[must_use]
    pub fn at(&self, part_x: f64, part_y: f64) -> u8 {
        if !(0.0..1.0).contains(&part_x) || !(0.0..1.0).contains(&part_y) {
            return 0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "inside the mask, whose sides are u32"
        )]
        let [x, y] = [part_x * f64::from(self.width_px), part_y * f64::from(self.height_px)].map(|v| v as usize);
        self.coverage.get(y * self.width_px as usize + x).copied().unwrap_or(0)
    }

    /// The part of the image with covered pixels, in parts of width and height: left, top, right, bottom.
    #[must_use]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let width = self.width_px as usize;
        let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
        for (y, row) in self.coverage.chunks_exact(width.max(1)).enumerate() {
            let Some(first) = row.iter().position(|c| *c > 127) else { continue };
            let last = row.iter().rposition(|c| *c > 127).unwrap_or(first);
            (left, right) = (left.min(first), right.max(last + 1));
            (top, bottom) = (top.min(y), y + 1);
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
        let part = |n: usize, of: u32| n as f64 / f64::from(of);
        (bottom > 0).then(|| {
            [
                part(left, self.width_px),
                part(top, self.height_px),
                part(right, self.width_px),
                part(bottom, self.height_px),
            ]
        })
    }
}

/// Decodes the text that a mask has in the API.
pub(super) fn decode_mask(text: &str, limits: &Limits) -> Result<MaskPixels, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("This mask cannot be read: {error}; it is kept as it is");
    let mut bytes = BASE64.decode(text.trim()).map_err(|e| unreadable(&e))?;
    // The page's Python example puts the text into a field for bytes, where it is encoded once more.
    if let Ok(again) = BASE64.decode(&bytes) {
        bytes = again;
    }
    let picture = decode(&bytes, limits).map_err(|e| unreadable(&e))?;
    Ok(covered(&thumbnail(&picture, SIDE_MAX_PX)))
}

/// A mask with transparent parts covers where it is opaque, any other where it is bright; the brightest is full.
fn covered(pixels: &TilePixels) -> MaskPixels {
    let rgba = pixels.rgba.as_chunks::<4>().0;
    let by_alpha = rgba.iter().any(|[_, _, _, a]| *a == 0);
    let value = |[r, g, b, a]: &[u8; 4]| if by_alpha { *a } else { *r.max(g).max(b) };
    let brightest = rgba.iter().map(value).max().unwrap_or(0).max(1);
    // Masks of 0 and 1 are as common as ones of 0 and 255.
    let full = |v: u8| u8::try_from(u16::from(v) * 255 / u16::from(brightest)).unwrap_or(u8::MAX);
    let coverage = rgba.iter().map(|pixel| full(value(pixel))).collect();
    MaskPixels { width_px: pixels.width_px, height_px: pixels.height_px, coverage }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(pixels: &[[u8; 4]], width: u32) -> String {
        let height = u32::try_from(pixels.len()).expect("small") / width;
        let mut bytes = Vec::new();
        let image = image::RgbaImage::from_raw(width, height, pixels.concat()).expect("its size");
        image.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).expect("encoded");
        BASE64.encode(bytes)
    }

    fn read(text: &str) -> MaskPixels {
        decode_mask(text, &Limits::default()).expect("a mask")
    }

    #[test]
    fn white_is_covered_and_black_is_not() {
        let mask = read(&png(&[[255, 255, 255, 255], [0, 0, 0, 255], [0, 0, 0, 255], [255, 255, 255, 255]], 2));
        assert_eq!(mask.coverage, [255, 0, 0, 255]);
        assert_eq!((mask.at(0.1, 0.1), mask.at(0.9, 0.1), mask.at(0.9, 0.9), mask.at(1.5, 0.5)), (255, 0, 255, 0));
        assert_eq!(mask.bounds(), Some([0.0, 0.0, 1.0, 1.0]));
    }

    #[test]
    fn ones_count_as_full_and_transparency_as_nothing() {
        let ones = read(&png(&[[1, 1, 1, 255], [0, 0, 0, 255], [0, 0, 0, 255], [0, 0, 0, 255]], 2));
        assert_eq!(ones.coverage, [255, 0, 0, 0], "0 and 1");
        assert_eq!(ones.bounds(), Some([0.0, 0.0, 0.5, 0.5]));
        let cut_out = read(&png(&[[0, 0, 0, 255], [9, 9, 9, 0], [9, 9, 9, 0], [9, 9, 9, 0]], 2));
        assert_eq!(cut_out.coverage, [255, 0, 0, 0], "a dark thing on nothing");
        let empty = read(&png(&[[0, 0, 0, 255]; 4], 2));
        assert_eq!((empty.coverage.iter().max(), empty.bounds()), (Some(&0), None), "all black covers nothing");
    }

    #[test]
    fn text_that_was_encoded_twice_is_read_and_nonsense_is_not() {
        let once = png(&[[255, 255, 255, 255]; 4], 2);
        assert_eq!(read(&BASE64.encode(&once)).coverage, [255; 4]);
        let bad = decode_mask("aGk=", &Limits::default()).expect_err("no image");
        assert!(bad.contains("kept as it is"), "{bad}");
        assert!(decode_mask("%%%", &Limits::default()).is_err(), "no base64");
    }
}
