//! Parts of pictures.

use super::Picture;

/// The part `[left, top, right, bottom]` of a picture, in parts of its sides, grown to whole pixels; at least one pixel,
/// whatever is asked for.
#[must_use]
pub fn crop(picture: &Picture, part: [f64; 4]) -> Option<Picture> {
    let (x0, x1) = span(part[0], part[2], picture.width_px());
    let (y0, y1) = span(part[1], part[3], picture.height_px());
    let bytes = picture.layout().bytes_per_pixel();
    let mut data = Vec::with_capacity((x1 - x0) as usize * (y1 - y0) as usize * bytes);
    for y in y0..y1 {
        data.extend_from_slice(picture.row(y).get(x0 as usize * bytes..x1 as usize * bytes)?);
    }
    Picture::new(picture.layout(), x1 - x0, y1 - y0, data)
}

fn span(from: f64, to: f64, full: u32) -> (u32, u32) {
    let place = |part: f64| if part.is_finite() { part.clamp(0.0, 1.0) * f64::from(full) } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=full")]
    let (start, end) = (place(from.min(to)).floor() as u32, place(from.max(to)).ceil() as u32);
    let start = start.min(full - 1);
    (start, end.clamp(start + 1, full))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::Layout;

    #[test]
    fn a_part_is_cut_out_and_nonsense_gives_a_pixel() {
        let data: Vec<u8> = (0..8 * 4 * 3).collect();
        let picture = Picture::new(Layout::Rgb8, 8, 4, data).expect("a picture");
        let part = crop(&picture, [0.25, 0.5, 0.5, 1.0]).expect("a part");
        assert_eq!((part.width_px(), part.height_px()), (2, 2), "two by two");
        assert_eq!(part.pixel(0, 0), picture.pixel(2, 2), "from there");
        for odd in [[0.5; 4], [f64::NAN; 4], [-3.0, 2.0, -2.0, 9.0]] {
            let part = crop(&picture, odd).expect("a pixel");
            assert!(part.width_px() >= 1 && part.height_px() >= 1, "{odd:?}");
        }
    }
}
