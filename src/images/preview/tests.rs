//! A first look beside what the decoder makes of the same file.

use super::super::tests::{encoded, exif_segment, quarters, stored_as};
use super::super::{Picture, decode};
use super::*;
use image::{DynamicImage, ImageFormat};

fn look(bytes: &[u8]) -> Option<Preview> {
    look_at(bytes, &Limits::default(), 0)
}

/// The mean of a block of the decoded picture, as far as that reaches.
fn mean_of(picture: &Picture, (x, y): (u32, u32)) -> [u32; 3] {
    let (xs, ys) = (8 * x..(8 * x + 8).min(picture.width_px()), 8 * y..(8 * y + 8).min(picture.height_px()));
    let count = xs.len() * ys.len();
    let mut sum = [0; 3];
    for (x, y) in ys.flat_map(|y| xs.clone().map(move |x| (x, y))) {
        let [r, g, b, _] = picture.pixel(x, y);
        sum = [sum[0] + u32::from(r), sum[1] + u32::from(g), sum[2] + u32::from(b)];
    }
    sum.map(|total| total / u32::try_from(count).expect("few"))
}

fn luma([r, g, b]: [u32; 3]) -> u32 {
    (299 * r + 587 * g + 114 * b) / 1000
}

#[track_caller]
fn assert_is_small_copy_of(preview: &Preview, whole: &Picture, tolerance: u32, what: &str) {
    assert_eq!(preview.grid().level_size(0), (whole.width_px(), whole.height_px()), "{what}: the size of all of it");
    let small = &preview.small.levels()[0];
    assert_eq!((small.width_px(), small.height_px()), preview.grid().level_size(3), "{what}: an eighth, rounded up");
    let (mut off, mut count) = (0, 0);
    for (x, y) in (0..small.height_px()).flat_map(|y| (0..small.width_px()).map(move |x| (x, y))) {
        // What lies in a block beyond the edge of the picture counts in its mean.
        if 8 * x + 8 > whole.width_px() || 8 * y + 8 > whole.height_px() {
            continue;
        }
        let [r, g, b, _] = small.pixel(x, y).map(u32::from);
        let (is, should) = ([r, g, b], mean_of(whole, (x, y)));
        off += is.iter().zip(should).map(|(is, should)| is.abs_diff(should)).sum::<u32>();
        count += 3;
        // Chroma is often stored for several blocks together; how light a place is has to be right everywhere.
        assert!(luma(is).abs_diff(luma(should)) <= 24, "{what} at {x},{y}: {is:?} is not {should:?}");
    }
    assert!(off <= tolerance * count, "{what}: {} off in the mean", f64::from(off) / f64::from(count));
}

const FIXTURES: [(&str, &[u8], u32); 5] = [
    ("all of each colour", include_bytes!("fixtures/plain.jpg"), 2),
    ("half of the chroma, with restarts", include_bytes!("fixtures/halved_across.jpg"), 20),
    ("a quarter of the chroma", include_bytes!("fixtures/halved.jpg"), 20),
    ("progressive", include_bytes!("fixtures/progressive.jpg"), 20),
    ("grey, with restarts", include_bytes!("fixtures/grey.jpg"), 2),
];

#[test]
fn every_kind_of_file_gives_the_means_of_the_decoded_picture() {
    for (what, bytes, tolerance) in FIXTURES {
        let whole = decode(bytes, &Limits::default()).expect(what);
        assert_is_small_copy_of(&look(bytes).expect(what), &whole, tolerance, what);
    }
}

#[test]
fn photos_give_the_means_of_the_decoded_picture() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/photos");
    let mut photos = 0;
    for photo in std::fs::read_dir(folder).expect("a folder") {
        let path = photo.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let whole = decode(&bytes, &Limits::default()).expect("a picture");
        let small = look(&bytes).expect("a first look");
        assert_is_small_copy_of(&small, &whole, 5, &path.display().to_string());
        photos += 1;
    }
    assert!(photos > 10, "all of them");
}

#[test]
fn other_colours_and_formats_are_left_to_the_decoder() {
    assert!(look(include_bytes!("fixtures/cmyk.jpg")).is_none(), "CMYK");
    assert!(look(include_bytes!("fixtures/rgb.jpg")).is_none(), "RGB that was not turned into YCbCr");
    let image = DynamicImage::ImageRgb8(quarters(64, 32));
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Gif] {
        assert!(look(&encoded(&image, format)).is_none(), "{format:?}");
    }
    let small = encoded(&image, ImageFormat::Jpeg);
    assert!(preview(&small, &Limits::default()).is_none(), "a small one is decoded as soon");
    assert!(look_at(&small, &Limits { pixels: 100, ..Limits::default() }, 0).is_none(), "limits are limits");
}

#[test]
fn it_is_turned_as_the_picture_is() {
    let upright = quarters(64, 32);
    for orientation in 1..=8 {
        let plain = encoded(&DynamicImage::ImageRgb8(stored_as(orientation, &upright)), ImageFormat::Jpeg);
        let bytes = [&plain[..2], &exif_segment(u16::from(orientation)), &plain[2..]].concat();
        let whole = decode(&bytes, &Limits::default()).expect("a good file");
        let small = look(&bytes).expect("a first look");
        assert_is_small_copy_of(&small, &whole, 3, &format!("orientation {orientation}"));
    }
}

#[test]
fn its_tiles_lie_where_those_of_the_picture_do() {
    let bytes = encoded(&DynamicImage::ImageRgb8(quarters(4500, 4200)), ImageFormat::Jpeg);
    let small = preview(&bytes, &Limits::default()).expect("large enough");
    let whole = Pyramid::new(decode(&bytes, &Limits::default()).expect("a good file"));
    assert_eq!(small.grid(), whole.grid(), "the same tiling");
    assert!(!small.has(TileKey { level: 2, x: 0, y: 0 }), "nothing finer than an eighth");
    assert_eq!(small.tile(TileKey { level: 2, x: 0, y: 0 }), None, "as it says");
    for key in [(3, 0, 0), (3, 1, 0), (3, 0, 1), (3, 1, 1), (4, 0, 0)].map(|(level, x, y)| TileKey { level, x, y }) {
        let (is, should) = (small.tile(key).expect("coarse"), whole.tile(key).expect("there is such a tile"));
        assert_eq!((is.width_px, is.height_px), (should.width_px, should.height_px), "{key:?}");
        let off = is.rgba.iter().zip(&should.rgba).filter(|(a, b)| a.abs_diff(**b) > 3).count();
        assert!(off * 100 < is.rgba.len(), "{key:?}: {off} of {} bytes differ", is.rgba.len());
    }
}

#[test]
fn cut_files_have_no_first_look_and_damaged_ones_never_panic() {
    for (what, whole, _) in FIXTURES {
        for length in 0..whole.len() - 2 {
            let cut = look(&whole[..length]);
            // Of a progressive file the beginning is enough, and the decoder says that the rest is missing.
            assert!(what == "progressive" || cut.is_none(), "{what} cut at {length} of {}", whole.len());
        }
        let mut random = fastrand::Rng::with_seed(11);
        for _ in 0..2_000 {
            let mut bad = whole.to_vec();
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..bad.len());
                bad[at] = random.u8(..);
            }
            drop(look(&bad));
        }
    }
}
