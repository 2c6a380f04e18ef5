//! Tests that need whole files: orientation, formats, damage, limits. The files are made in memory.

use super::*;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// Six by four pixels, every quarter another strong colour, so that JPEG keeps them apart.
pub(super) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([250, 10, 10]),
        (false, true) => Rgb([10, 250, 10]),
        (true, false) => Rgb([10, 10, 250]),
        (false, false) => Rgb([240, 240, 240]),
    })
}

pub(super) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("encoding to memory");
    bytes.into_inner()
}

/// An APP1 segment that holds nothing but the orientation tag.
pub(super) fn exif_segment(orientation: u16) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec(); // little endian, first directory at 8, one entry
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]); // tag 0x112, one short
    tiff.extend(orientation.to_le_bytes());
    tiff.extend([0, 0, 0, 0, 0, 0]); // padding, no next directory
    let mut segment = vec![0xFF, 0xE1];
    segment.extend(u16::try_from(tiff.len() + 8).expect("short").to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    segment
}

fn jpeg_with(segment: &[u8], image: &RgbImage) -> Vec<u8> {
    let plain = encoded(&DynamicImage::ImageRgb8(image.clone()), ImageFormat::Jpeg);
    [&plain[..2], segment, &plain[2..]].concat()
}

/// The upright picture as a camera held this way would store it.
pub(super) fn stored_as(orientation: u8, upright: &RgbImage) -> RgbImage {
    let o = image::imageops::rotate90;
    let back = match orientation {
        1 => upright.clone(),
        2 => image::imageops::flip_horizontal(upright),
        3 => image::imageops::rotate180(upright),
        4 => image::imageops::flip_vertical(upright),
        5 => image::imageops::flip_horizontal(&o(upright)),
        6 => image::imageops::rotate270(upright),
        7 => image::imageops::flip_vertical(&o(upright)),
        _ => o(upright),
    };
    assert_eq!(back.width() == upright.width(), orientation < 5, "5 to 8 lie on their side");
    back
}

#[test]
fn all_eight_orientations_give_the_same_upright_picture() {
    let upright = quarters(64, 32);
    for orientation in 1..=8 {
        let bytes = jpeg_with(&exif_segment(u16::from(orientation)), &stored_as(orientation, &upright));
        let header = probe(&bytes).expect("a good header");
        assert_eq!((header.width_px, header.height_px, header.orientation), (64, 32, orientation), "header");
        let picture = decode(&bytes, &Limits::default()).expect("a good file");
        assert_eq!((picture.width_px(), picture.height_px()), (64, 32), "size of orientation {orientation}");
        for (x, y) in [(8, 8), (56, 8), (8, 24), (56, 24)] {
            let (is, should) = (picture.pixel(x, y), upright.get_pixel(x, y).0);
            let off = is.iter().zip(should).map(|(a, b)| a.abs_diff(b)).max();
            assert!(off <= Some(12), "orientation {orientation} at {x},{y}: {is:?} is not {should:?}");
        }
    }
}

#[test]
fn broken_orientation_tags_do_not_fail_the_picture() {
    let upright = quarters(32, 16);
    let mut cut = exif_segment(6);
    let short = u16::try_from(cut.len() - 2 - 12).expect("short");
    cut.truncate(cut.len() - 12);
    cut[2..4].copy_from_slice(&short.to_be_bytes());
    for segment in [exif_segment(0), exif_segment(9), exif_segment(65_535), cut] {
        let bytes = jpeg_with(&segment, &upright);
        assert_eq!(probe(&bytes).expect("a good header").orientation, 1, "taken as upright");
        assert_eq!(decode(&bytes, &Limits::default()).expect("a good file").width_px(), 32, "not turned");
    }
}

const FORMATS: [(ImageFormat, PictureFormat); 6] = [
    (ImageFormat::Jpeg, PictureFormat::Jpeg),
    (ImageFormat::Png, PictureFormat::Png),
    (ImageFormat::Tiff, PictureFormat::Tiff),
    (ImageFormat::WebP, PictureFormat::WebP),
    (ImageFormat::Bmp, PictureFormat::Bmp),
    (ImageFormat::Gif, PictureFormat::Gif),
];

#[test]
fn every_format_gives_the_same_picture() {
    let upright = quarters(64, 32);
    for (format, ours) in FORMATS {
        let bytes = encoded(&DynamicImage::ImageRgb8(upright.clone()), format);
        assert_eq!(probe(&bytes).expect("a good header").format, ours, "found by content");
        let picture = decode(&bytes, &Limits::default()).expect("a good file");
        assert_eq!(picture.layout(), Layout::Rgb8, "{format:?} without transparency");
        let off = picture.pixel(8, 8).iter().zip([250, 10, 10, 255]).map(|(a, b)| a.abs_diff(b)).max();
        assert!(off <= Some(12), "{format:?}: {:?}", picture.pixel(8, 8));
    }
}

#[test]
fn cut_and_damaged_files_are_errors_and_never_panics() {
    let image = DynamicImage::ImageRgb8(quarters(61, 47));
    for (format, _) in FORMATS {
        let whole = encoded(&image, format);
        for part in 0..64 {
            let cut = &whole[..whole.len() * part / 64];
            let result = decode(cut, &Limits::default());
            // Readers may forgive a missing end, but not half a file.
            assert!(part > 32 || result.is_err(), "{format:?} cut at {part}/64 gave {result:?}");
        }
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..200 {
            let mut bad = whole.clone();
            for _ in 0..8 {
                let at = random.usize(..bad.len());
                bad[at] = random.u8(..);
            }
            drop(decode(&bad, &Limits::default()));
        }
    }
    let jpeg = encoded(&image, ImageFormat::Jpeg);
    let error = decode(&jpeg[..jpeg.len() - 2], &Limits::default()).expect_err("no end marker");
    assert_eq!(error, ImageError::Truncated, "half a picture must not look like a whole one");
}

#[test]
fn a_tiny_file_that_claims_gigapixels_is_refused_by_its_header() {
    let mut bomb = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bomb.extend(60_000_u32.to_le_bytes());
    bomb.extend(60_000_u32.to_le_bytes());
    bomb.extend([1, 0, 24, 0]);
    assert_eq!(bomb.len(), 30, "thirty bytes");
    assert!(probe(&bomb).is_err() && decode(&bomb, &Limits::default()).is_err(), "cut in its header");
    bomb.resize(54, 0);
    for result in [probe(&bomb).map(|_| ()), decode(&bomb, &Limits::default()).map(|_| ())] {
        let error = result.expect_err("3.6 gigapixels");
        assert!(matches!(error, ImageError::TooManyPixels { .. }), "{error}");
        assert!(error.to_string().contains("60000 x 60000") && error.to_string().contains("raise"), "{error}");
    }
    let png = encoded(&DynamicImage::ImageRgb8(quarters(20, 10)), ImageFormat::Png);
    let small = Limits { pixels: 199, ..Limits::default() };
    assert!(matches!(decode(&png, &small), Err(ImageError::TooManyPixels { limit: 199, .. })), "the budget is ours");
    let short = Limits { file_bytes: 10, ..Limits::default() };
    assert!(matches!(decode(&png, &short), Err(ImageError::FileTooLarge { .. })), "and so is the file size");
}

#[test]
fn other_bytes_are_no_picture() {
    for bytes in [&b""[..], b"GIF8", b"hello, world, this is a text", &[0; 64]] {
        assert!(probe(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn sixteen_bits_grey_and_transparency_come_out_right() {
    let deep = image::ImageBuffer::from_pixel(3, 2, image::Luma([0x8080_u16]));
    let picture = decode(&encoded(&DynamicImage::ImageLuma16(deep), ImageFormat::Png), &Limits::default());
    assert_eq!(picture.expect("16 bit grey").pixel(1, 1), [0x80, 0x80, 0x80, 255], "high byte");
    let glass = image::RgbaImage::from_pixel(3, 2, image::Rgba([200, 100, 0, 128]));
    let picture = decode(&encoded(&DynamicImage::ImageRgba8(glass), ImageFormat::Png), &Limits::default());
    let picture = picture.expect("rgba");
    assert_eq!((picture.layout(), picture.pixel(0, 0)), (Layout::Rgba8, [100, 50, 0, 128]), "multiplied in");
    let opaque = image::RgbaImage::from_pixel(3, 2, image::Rgba([200, 100, 0, 255]));
    let picture = decode(&encoded(&DynamicImage::ImageRgba8(opaque), ImageFormat::Png), &Limits::default());
    assert_eq!(picture.expect("rgba").layout(), Layout::Rgb8, "an idle alpha channel is dropped");
}

/// Headers of tiny files that claim 60,000 x 60,000 pixels (GIF and JPEG as many as they can).
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let side = 60_000_u32;
    let mut png = encoded(&DynamicImage::ImageRgb8(quarters(4, 4)), ImageFormat::Png);
    png[16..20].copy_from_slice(&side.to_be_bytes());
    png[20..24].copy_from_slice(&side.to_be_bytes());
    let crc = crc32fast::hash(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let mut gif = encoded(&DynamicImage::ImageRgb8(quarters(4, 4)), ImageFormat::Gif);
    gif[6..10].fill(0xFF);
    let mut jpeg = encoded(&DynamicImage::ImageRgb8(quarters(8, 8)), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).expect("a frame");
    jpeg[frame + 5..frame + 9].fill(0xFA);
    let mut bmp = encoded(&DynamicImage::ImageRgb8(quarters(4, 4)), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&side.to_le_bytes());
    bmp[22..26].copy_from_slice(&side.to_le_bytes());
    let mut tiff = b"II*\0\x08\0\0\0\x09\0".to_vec();
    for (tag, kind, value) in [
        (256_u16, 4_u16, side),
        (257, 4, side),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, side),
        (279, 4, 64),
    ] {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(1_u32.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    }
    tiff.extend([0; 68]);
    let mut webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    webp.extend(&(side - 1).to_le_bytes()[..3]);
    webp.extend(&(side - 1).to_le_bytes()[..3]);
    webp.extend([0; 8]);
    vec![("png", png), ("gif", gif), ("jpeg", jpeg), ("bmp", bmp), ("tiff", tiff), ("webp", webp)]
}

#[test]
fn bombs_of_all_formats_are_refused_by_both_readers_and_cost_nothing() {
    for (name, bomb) in bombs() {
        assert!(bomb.len() < 1_000, "{name}: {} bytes", bomb.len());
        let refused = decode(&bomb, &Limits::default());
        assert!(refused.is_err(), "{name}: {refused:?}");
        // Where the header can be read at all, the claim is what is refused.
        if let Ok(probed) = probe(&bomb) {
            let pixels = u64::from(probed.width_px) * u64::from(probed.height_px);
            assert!(pixels <= limits::PIXELS_MAX, "{name}: {pixels} pixels are let through");
        }
    }
}

/// A chunk of a PNG, or of a WebP file where its length comes second.
fn png_with_exif(tiff: &[u8], image: &RgbImage) -> Vec<u8> {
    let plain = encoded(&DynamicImage::ImageRgb8(image.clone()), ImageFormat::Png);
    let mut chunk = b"eXIf".to_vec();
    chunk.extend(tiff);
    let crc = crc32fast::hash(&chunk);
    let length = u32::try_from(tiff.len()).expect("short");
    [&plain[..33], &length.to_be_bytes(), &chunk, &crc.to_be_bytes(), &plain[33..]].concat()
}

fn webp_with_exif(tiff: &[u8], image: &RgbImage) -> Vec<u8> {
    let plain = encoded(&DynamicImage::ImageRgb8(image.clone()), ImageFormat::WebP);
    let mut body = b"WEBPVP8X\x0a\0\0\0\x08\0\0\0".to_vec(); // with EXIF
    body.extend(&(image.width() - 1).to_le_bytes()[..3]);
    body.extend(&(image.height() - 1).to_le_bytes()[..3]);
    body.extend(&plain[12..]);
    body.extend(b"EXIF");
    body.extend(u32::try_from(tiff.len()).expect("short").to_le_bytes());
    body.extend(tiff);
    body.extend(vec![0; tiff.len() % 2]);
    [&b"RIFF"[..], &u32::try_from(body.len()).expect("short").to_le_bytes(), &body].concat()
}

/// The directory that the encoder wrote, once more at the end, with the orientation in it.
fn tiff_with(orientation: u16, image: &RgbImage) -> Vec<u8> {
    let mut tiff = encoded(&DynamicImage::ImageRgb8(image.clone()), ImageFormat::Tiff);
    assert_eq!(&tiff[..4], b"II*\0", "little endian");
    let at = u32::from_le_bytes(tiff[4..8].try_into().expect("four")) as usize;
    let entries = u16::from_le_bytes(tiff[at..at + 2].try_into().expect("two")) as usize;
    let mut all: Vec<[u8; 12]> =
        (0..entries).map(|n| tiff[at + 2 + 12 * n..at + 14 + 12 * n].try_into().expect("twelve")).collect();
    let mut entry = [0; 12];
    entry[..8].copy_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0]);
    entry[8..10].copy_from_slice(&orientation.to_le_bytes());
    all.push(entry);
    all.sort_by_key(|entry| u16::from_le_bytes([entry[0], entry[1]]));
    tiff.resize(tiff.len().next_multiple_of(2), 0);
    let new = u32::try_from(tiff.len()).expect("short");
    tiff[4..8].copy_from_slice(&new.to_le_bytes());
    tiff.extend(u16::try_from(all.len()).expect("few").to_le_bytes());
    all.iter().for_each(|entry| tiff.extend(entry));
    tiff.extend([0; 4]);
    tiff
}

#[test]
fn the_orientation_counts_in_every_format_that_can_say_it() {
    let upright = quarters(64, 32);
    for orientation in 1..=8_u8 {
        let tag = &exif_segment(u16::from(orientation))[10..];
        let stored = stored_as(orientation, &upright);
        for (name, bytes) in [
            ("png", png_with_exif(tag, &stored)),
            ("webp", webp_with_exif(tag, &stored)),
            ("tiff", tiff_with(u16::from(orientation), &stored)),
        ] {
            let header = probe(&bytes).unwrap_or_else(|error| panic!("{name} {orientation}: {error}"));
            assert_eq!((header.width_px, header.height_px), (64, 32), "{name} {orientation}: header");
            let picture = decode(&bytes, &Limits::default()).expect("a good file");
            for (x, y) in [(8, 8), (56, 8), (8, 24), (56, 24)] {
                let (is, should) = (picture.pixel(x, y), upright.get_pixel(x, y).0);
                let off = is.iter().zip(should).map(|(a, b)| a.abs_diff(b)).max();
                assert!(off <= Some(12), "{name} {orientation} at {x},{y}: {is:?} is not {should:?}");
            }
        }
    }
}
