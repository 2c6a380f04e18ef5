//! Pictures read in pieces show the same pixels as decoded whole.

use super::tiff_fixture::{Kind, tiled};
use super::*;
use std::io::Cursor;
use tiff::encoder::{Compression, Predictor, TiffEncoder, colortype::RGB8};

/// A picture whose pixel tells its place.
fn map(width: u32, height: u32) -> Picture {
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let place = [x % 251, y % 241, (x / 251 * 16 + y / 241) % 256];
            data.extend(place.map(|v| u8::try_from(v).expect("below 256")));
        }
    }
    Picture::new(Layout::Rgb8, width, height, data).expect("sizes fit")
}

fn of(file: Vec<u8>) -> Pieces<Cursor<Vec<u8>>> {
    Pieces::open(Cursor::new(file)).expect("a tiled TIFF")
}

#[test]
fn a_region_is_what_is_there_in_tiff_and_bigtiff() {
    let whole = map(700, 500);
    for kind in [Kind::Classic, Kind::Big] {
        let mut pieces = of(tiled(&whole, 64, kind));
        assert_eq!((pieces.grid().level_size(0), pieces.pieces()), ((700, 500), (11, 8)), "{kind:?}");
        for (left, top, width, height) in [(0, 0, 700, 500), (63, 63, 2, 2), (600, 400, 100, 100), (0, 499, 700, 1)] {
            let part = pieces.region(left, top, width, height).expect("readable").expect("inside");
            let wrong = (0..height)
                .flat_map(|y| (0..width).map(move |x| (x, y)))
                .find(|(x, y)| part.pixel(*x, *y) != whole.pixel(left + x, top + y));
            assert_eq!(wrong, None, "{kind:?}, {width} x {height} at {left}, {top}");
        }
        assert_eq!(pieces.region(600, 0, 101, 1).expect("readable"), None, "beyond the edge");
    }
}

#[test]
fn the_same_file_decodes_whole_to_the_same_picture() {
    let whole = map(300, 200);
    let decoded = decode(&tiled(&whole, 128, Kind::Classic), &Limits::default()).expect("a TIFF");
    assert_eq!(decoded.data(), whole.data(), "the fixture is a proper TIFF");
}

#[test]
fn a_large_tiff_decodes_side_by_side_to_the_same_pixels() {
    let whole = map(1501, 1203);
    let file = tiled(&whole, 128, Kind::Classic);
    let picture = super::side_by_side::decode_tiff(&file).expect("it is large, and in pieces");
    assert_eq!((picture.width_px(), picture.height_px()), (1501, 1203), "its size");
    assert!(picture.data() == whole.data(), "its pixels");
    for predictor in [Predictor::None, Predictor::Horizontal] {
        let strips = encode_strips(&whole, predictor);
        assert!(of(strips.clone()).lzw_strips().is_some(), "these are decoded without the general decoder");
        let decoded = super::side_by_side::decode_tiff(&strips).expect("large, and in strips");
        assert!(decoded.data() == whole.data(), "and so in strips, {predictor:?}");
    }
    let strips = encode_strips(&whole, Predictor::Horizontal);
    assert!(decode(&strips, &Limits::default()).expect("a TIFF").data() == whole.data(), "and so in strips");
    let cut_short = &strips[..strips.len() / 2];
    assert!(super::side_by_side::decode_tiff(cut_short).is_none(), "what is damaged is left to the general decoder");
}

/// The picture as an LZW TIFF in strips.
fn encode_strips(picture: &Picture, predictor: Predictor) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder =
        TiffEncoder::new(&mut file).expect("in memory").with_compression(Compression::Lzw).with_predictor(predictor);
    encoder.write_image::<RGB8>(picture.width_px(), picture.height_px(), picture.data()).expect("in memory");
    file.into_inner()
}

#[test]
fn an_overview_is_there_after_the_first_pass_and_right_after_the_last() {
    let whole = map(9000, 2000);
    let mut pieces = of(tiled(&whole, 128, Kind::Classic));
    let mut overview = Overview::new(pieces.grid(), pieces.pieces());
    assert_eq!(overview.level(), 2, "2250 pixels across is the first level below 4096");
    let mut passes = Vec::new();
    let mut reads = 0;
    loop {
        reads += 1;
        match overview.read_on(&mut pieces, 1 << 20) {
            Progress::Reading => {}
            Progress::PassDone => passes.push(reads),
            Progress::Done => break,
        }
    }
    assert_eq!((passes.len(), passes[0]), (4, 1), "five passes, the first at once: {passes:?}");
    let exact = whole.halved().halved();
    let copy = overview.pyramid().expect("it has pixels");
    let copy = &copy.levels()[0];
    assert_eq!((copy.width_px(), copy.height_px()), (exact.width_px(), exact.height_px()), "the level's size");
    let far = |x, y| (0..3).any(|c| copy.pixel(x, y)[c].abs_diff(exact.pixel(x, y)[c]) > 2);
    let wrong =
        (0..exact.height_px()).flat_map(|y| (0..exact.width_px()).map(move |x| (x, y))).find(|(x, y)| far(*x, *y));
    assert_eq!(wrong, None, "the means of 4 x 4, up to rounding");
}

#[test]
fn what_cannot_be_read_in_pieces_says_so() {
    let not_a_tiff = Pieces::open(Cursor::new(b"GIF89a".to_vec())).expect_err("a GIF");
    assert!(matches!(not_a_tiff, ImageError::Damaged { .. } | ImageError::Truncated), "{not_a_tiff}");
    let mut cut_off = tiled(&map(300, 300), 64, Kind::Classic);
    let directory = cut_off.split_off(70_000);
    assert!(!directory.is_empty(), "the directory lies at the end");
    Pieces::open(Cursor::new(cut_off)).expect_err("without its directory");
}

#[test]
fn a_damaged_piece_leaves_the_others_to_be_seen() {
    let whole = map(1000, 1000);
    let mut file = tiled(&whole, 256, Kind::Big);
    // The offset of the second tile points behind the end.
    let directory = u64::from_le_bytes(file[8..16].try_into().expect("8 bytes"));
    let entry = usize::try_from(directory).expect("small") + 8 + 9 * 20 + 12;
    let offsets = usize::try_from(u64::from_le_bytes(file[entry..entry + 8].try_into().expect("8"))).expect("small");
    file[offsets + 8..offsets + 16].copy_from_slice(&u64::MAX.to_le_bytes());
    let mut pieces = of(file);
    pieces.piece(1, 0).expect_err("it is not there");
    pieces.piece(2, 0).expect("its neighbour is");
    let mut overview = Overview::new(pieces.grid(), pieces.pieces());
    while overview.read_on(&mut pieces, usize::MAX) != Progress::Done {}
    let copy = overview.pyramid().expect("it has pixels");
    assert_eq!(copy.levels()[0].pixel(300, 10), [96, 96, 96, 255], "grey where nothing could be read");
    assert_eq!(copy.levels()[0].pixel(600, 10), whole.pixel(600, 10), "the picture elsewhere");
}
