//! Pictures that stay in their file: their tiles are those of the picture decoded whole, and what is read is counted.

use super::decoded::Decoded;
use super::huge::Huge;
use super::plan::{Lane, Plan};
use super::work::{self, Job};
use super::*;
use crate::images::tiff_fixture::{Kind, tiled};
use crate::images::{Layout, Picture, Pyramid};
use std::path::Path;

fn silent() -> work::Tell {
    Arc::new(drop)
}

fn picture(width: u32, height: u32) -> Picture {
    let pixel = |x: u32, y: u32| [x % 251, y % 241, (x / 13 + y / 7) % 256].map(|v| u8::try_from(v).unwrap_or(0));
    let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
    Picture::new(Layout::Rgb8, width, height, data).expect("sizes fit")
}

/// Limits under which a picture of 10 MP counts as huge.
fn small_limits() -> Limits {
    Limits { pixels: 5_000_000, ..Limits::default() }
}

struct Disk(PathBuf);

impl PictureSource for Disk {
    fn bytes(&self, _input_id: &str) -> Result<Vec<u8>, String> {
        Err("it must not be read whole".to_owned())
    }

    fn file(&self, _input_id: &str) -> Option<PathBuf> {
        Some(self.0.clone())
    }
}

fn written(dir: &Path, picture: &Picture) -> PathBuf {
    let path = dir.join("huge.tif");
    std::fs::write(&path, tiled(picture, 256, Kind::Big)).expect("a file");
    path
}

#[test]
fn tiles_from_the_file_are_those_of_the_decoded_picture() {
    let dir = tempfile::tempdir().expect("a folder");
    let whole = picture(5001, 2003);
    let path = written(dir.path(), &whole);
    let huge = Huge::of(&path, &small_limits()).expect("it is huge").expect("it can be read");
    let pyramid = Pyramid::new(whole);
    let grid = pyramid.grid();
    let fine = |level: u8| {
        (0..grid.tiles(level).1).flat_map(move |y| (0..grid.tiles(level).0).map(move |x| TileKey { level, x, y }))
    };
    for key in fine(0) {
        assert_eq!(huge.tile(key), pyramid.tile(key), "{key:?}");
    }
    let coarse = TileKey { level: 1, x: 0, y: 0 };
    assert!(!huge.can_cut(coarse), "the small copy is not read yet");
    while !huge.is_complete() {
        huge.refine();
    }
    for key in (1..grid.levels()).flat_map(fine) {
        let (is, should) = (huge.tile(key).expect("a tile"), pyramid.tile(key).expect("a tile"));
        assert_eq!((is.width_px, is.height_px), (should.width_px, should.height_px), "{key:?}");
        let off = is.rgba.iter().zip(&should.rgba).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off <= Some(3), "{key:?} differs by {off:?}");
    }
}

#[test]
fn a_picture_within_the_limits_is_decoded_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = written(dir.path(), &picture(600, 400));
    assert!(Huge::of(&path, &Limits::default()).is_none(), "small");
    std::fs::write(&path, b"no TIFF at all").expect("a file");
    assert!(Huge::of(&path, &small_limits()).is_none(), "another format");
}

#[test]
fn the_plan_shows_it_coarse_first_and_waits_with_what_is_not_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let source = Disk(written(dir.path(), &picture(5001, 2003)));
    let mut plan = Plan::new(usize::MAX);
    plan.open("a".into());
    let load = plan.next(Lane::OpenOnly).expect("a job");
    let opened = plan.finished(work::run(load, &source, &small_limits(), &silent()));
    assert!(matches!(opened[..], [PictureEvent::Opened { size_px: (5001, 2003), .. }]), "{opened:?}");
    let (fine, coarse) = (TileKey { level: 0, x: 3, y: 1 }, TileKey { level: 2, x: 0, y: 0 });
    plan.want_tiles("a", vec![coarse, fine]);
    let first = plan.next(Lane::Any).expect("a job");
    assert!(matches!(first, Job::Tile { key, .. } if key == fine), "what can be read at once: {first:?}");
    let ahead = plan.next(Lane::Any).expect("a job");
    assert!(matches!(ahead, Job::Refine { .. }), "{ahead:?}");
    assert!(plan.next(Lane::Any).is_none(), "one reads ahead, and the coarse tile waits");
    let told = plan.finished(work::run(ahead, &source, &small_limits(), &silent()));
    let top = TileKey { level: 4, x: 0, y: 0 };
    assert!(
        matches!(&told[..], [PictureEvent::Tile { key, .. }] if *key == top),
        "the whole picture, coarse: {told:?}"
    );
    let mut jobs = 0;
    loop {
        match plan.next(Lane::Any).expect("it goes on") {
            Job::Tile { key, .. } if key == coarse => break,
            job => drop(plan.finished(work::run(job, &source, &small_limits(), &silent()))),
        }
        jobs += 1;
        assert!(jobs < 100, "it comes to an end");
    }
}

#[test]
fn a_thumbnail_reads_a_few_pieces() {
    let dir = tempfile::tempdir().expect("a folder");
    let source = Disk(written(dir.path(), &picture(5001, 2003)));
    let job = Job::Thumbnail { input_id: "a".into(), side_px: 100, decoded: None };
    let work::Done::Thumbnail { result, .. } = work::run(job, &source, &small_limits(), &silent()) else {
        panic!("a thumbnail")
    };
    let pixels = result.expect("a thumbnail");
    assert_eq!((pixels.width_px, pixels.height_px), (100, 40), "in the picture's proportions");
}

#[test]
fn the_cache_counts_what_is_in_memory() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = written(dir.path(), &picture(5001, 2003));
    let huge = Huge::of(&path, &small_limits()).expect("it is huge").expect("it can be read");
    while !huge.is_complete() {
        huge.refine();
    }
    let decoded = Decoded::InFile(huge);
    assert!(decoded.bytes() < 5001 * 2003 * 3, "less than the picture: {}", decoded.bytes());
}
