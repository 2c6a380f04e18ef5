//! The plan by its jobs, and the threads by their events. Nothing here measures time.

use super::decoded::Decoded;
use super::plan::{Lane, Plan};
use super::work::{Done, FirstLook, Job};
use super::*;
use crate::images::{Layout, Picture, Pyramid};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const NO_LIMIT: usize = usize::MAX;

fn pyramid(width: u32, height: u32) -> Arc<Decoded> {
    let data = vec![9; width as usize * height as usize * 3];
    Arc::new(Decoded::Whole(Pyramid::new(Picture::new(Layout::Rgb8, width, height, data).expect("sizes fit"))))
}

fn key(x: u32) -> TileKey {
    TileKey { level: 0, x, y: 0 }
}

fn loaded(plan: &mut Plan, input_id: &str, pyramid: &Arc<Decoded>) -> Vec<PictureEvent> {
    plan.finished(Done::Loaded { input_id: input_id.to_owned(), result: Ok(Arc::clone(pyramid)) })
}

/// A job in a word.
fn word(job: Option<Job>) -> String {
    match job {
        None => "-".to_owned(),
        Some(Job::Load { input_id, first_look: FirstLook::Wanted }) => format!("load {input_id}"),
        Some(Job::Load { input_id, .. }) => format!("load {input_id} ahead"),
        Some(Job::Tile { input_id, key, .. }) => format!("tile {input_id} {}", key.x),
        Some(Job::Refine { input_id, .. }) => format!("refine {input_id}"),
        Some(Job::Ahead { input_id, .. }) => format!("ahead {input_id}"),
        Some(Job::Mask { key, .. }) => format!("mask {key}"),
        Some(Job::Thumbnail { input_id, decoded, .. }) => {
            format!("thumbnail {input_id}{}", if decoded.is_some() { " of the decoded" } else { "" })
        }
        Some(Job::Crops { input_id, wishes, .. }) => format!("{} crops of {input_id}", wishes.len()),
    }
}

#[test]
fn masks_come_after_the_picture_and_are_forgotten_with_it() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    plan.want_mask(7, String::new());
    plan.want_mask(8, String::new());
    assert_eq!(word(plan.next(Lane::Any)), "load a", "the picture first");
    assert_eq!(word(plan.next(Lane::OpenOnly)), "mask 7", "then its masks");
    plan.open("b".into());
    assert_eq!(word(plan.next(Lane::Any)), "load b", "another picture");
    assert_eq!(word(plan.next(Lane::Any)), "-", "whose mask is not 8");
}

#[test]
fn crops_of_one_picture_are_cut_together_after_what_is_looked_at() {
    let wish = |key, input_id: &str| super::CropWish {
        key,
        input_id: input_id.to_owned(),
        part: [0.0, 0.0, 0.5, 0.5],
        side_px: 64,
    };
    let mut plan = Plan::new(NO_LIMIT);
    plan.want_thumbnail("t".into(), 64);
    plan.want_crops(vec![wish(1, "b"), wish(2, "a")]);
    plan.want_crops(vec![wish(3, "b")]);
    plan.open("o".into());
    assert_eq!(word(plan.next(Lane::Any)), "load o", "what is looked at comes first");
    assert_eq!(word(plan.next(Lane::Any)), "2 crops of b", "the last one asked for, with its neighbours");
    assert_eq!(word(plan.next(Lane::Any)), "1 crops of a", "then the others");
    assert_eq!(word(plan.next(Lane::Any)), "thumbnail t", "then thumbnails");
    let pixels = crate::images::TilePixels { width_px: 1, height_px: 1, rgba: vec![0; 4] };
    let told = plan.finished(Done::Crops { input_id: "b".into(), result: Ok(vec![(1, pixels)]) });
    assert!(matches!(told.as_slice(), [PictureEvent::Crop { key: 1, .. }]), "{told:?}");
}

#[test]
fn tiles_come_before_the_open_picture_then_neighbours_then_thumbnails() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.want_thumbnail("t1".into(), 64);
    plan.want_thumbnail("t2".into(), 64);
    plan.prefetch(vec!["b".into(), "c".into()]);
    plan.open("a".into());
    plan.want_tiles("a", vec![key(1), key(0)]);
    assert_eq!(word(plan.next(Lane::Any)), "load a", "there is nothing to cut yet");
    assert_eq!(word(plan.next(Lane::OpenOnly)), "-", "the neighbours are not its business");
    assert_eq!(loaded(&mut plan, "a", &pyramid(600, 600)).len(), 1, "opened");
    let order: Vec<String> = (0..8).map(|_| word(plan.next(Lane::Any))).collect();
    let expected = ["tile a 1", "tile a 0", "load b ahead", "load c ahead", "thumbnail t2", "thumbnail t1", "-", "-"];
    assert_eq!(order, expected, "the last thumbnail first: it is what is on the screen");
}

#[test]
fn what_may_be_opened_next_is_told_once_with_its_coarsest_tile() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    loaded(&mut plan, "a", &pyramid(60, 60));
    plan.prefetch(vec!["b".into(), "c".into()]);
    assert_eq!(word(plan.next(Lane::Any)), "load b ahead", "the likeliest first");
    assert!(loaded(&mut plan, "b", &pyramid(1200, 60)).is_empty(), "decoded is not opened");
    let Some(Job::Ahead { input_id, picture }) = plan.next(Lane::Any) else { panic!("b is cut before c is decoded") };
    let (key, size_px) = (picture.top(), picture.grid().level_size(0));
    assert_eq!((key.level, size_px), (2, (1200, 60)), "all of it in one tile");
    let told = plan.finished(Done::Ahead { input_id, size_px, key, pixels: picture.tile(key) });
    assert!(matches!(told.as_slice(), [PictureEvent::Ahead { size_px: (1200, 60), .. }]), "{told:?}");
    plan.prefetch(vec!["b".into(), "a".into()]);
    assert_eq!(word(plan.next(Lane::Any)), "ahead a", "b was told of the list before, and c is not wanted any more");
    plan.prefetch(vec!["a".into()]);
    plan.prefetch(vec!["a".into(), "b".into()]);
    assert_eq!(word(plan.next(Lane::Any)), "ahead b", "the caller let it go when it was not in the list");
    assert_eq!(word(plan.next(Lane::Any)), "-", "and that is all");
}

#[test]
fn each_tile_is_cut_once_however_often_it_is_asked_for() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    loaded(&mut plan, "a", &pyramid(600, 600));
    let mut jobs = Vec::new();
    for _ in 0..5 {
        plan.want_tiles("a", vec![key(0), key(1)]);
        jobs.extend(plan.next(Lane::Any));
    }
    assert_eq!(jobs.len(), 2, "under way is as good as done: {jobs:?}");
}

#[test]
fn what_was_begun_for_another_picture_is_not_delivered() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    loaded(&mut plan, "a", &pyramid(600, 600));
    plan.want_tiles("a", vec![key(0), key(1)]);
    let Some(Job::Tile { input_id, key: cut, picture: of, generation }) = plan.next(Lane::Any) else {
        panic!("a tile was wanted")
    };
    plan.open("b".into());
    assert_eq!(word(plan.next(Lane::Any)), "load b", "the second tile of a is forgotten");
    plan.want_tiles("a", vec![key(1)]);
    assert_eq!(word(plan.next(Lane::Any)), "-", "and a is no longer open");
    let pixels = of.tile(cut);
    assert!(plan.finished(Done::Tile { input_id, key: cut, generation, pixels }).is_empty(), "too late");
    plan.open("c".into());
    assert!(loaded(&mut plan, "b", &pyramid(60, 60)).is_empty(), "b is kept, and nobody is told");
    assert_eq!(plan.open("b".into()).len(), 1, "opened at once");
}

#[test]
fn the_least_recently_used_picture_goes_and_the_open_one_stays() {
    let one = pyramid(100, 100);
    let mut plan = Plan::new(one.bytes() * 2);
    for id in ["a", "b", "c"] {
        plan.open(id.into());
        assert_eq!(word(plan.next(Lane::Any)), format!("load {id}"), "not here yet");
        loaded(&mut plan, id, &one);
    }
    assert_eq!(plan.open("c".into()).len() + plan.open("b".into()).len(), 2, "both here");
    plan.open("a".into());
    assert_eq!(word(plan.next(Lane::Any)), "load a", "a had to go");
    let large = pyramid(1000, 1000);
    assert_eq!(loaded(&mut plan, "a", &large).len(), 1, "the open one is kept at any size");
    plan.want_tiles("a", vec![key(0)]);
    assert_eq!(word(plan.next(Lane::Any)), "tile a 0", "and can be cut");
}

#[test]
fn a_thumbnail_of_a_decoded_picture_decodes_nothing() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    loaded(&mut plan, "a", &pyramid(60, 60));
    plan.want_thumbnail("a".into(), 32);
    plan.want_thumbnail("a".into(), 32);
    assert_eq!(word(plan.next(Lane::Any)), "thumbnail a of the decoded", "");
    plan.want_thumbnail("a".into(), 32);
    assert_eq!(word(plan.next(Lane::Any)), "-", "asked three times, made once");
}

/// A coarse copy of a picture of 3000 x 2000 pixels.
fn coarse() -> Arc<Decoded> {
    let image = image::RgbImage::from_pixel(3000, 2000, image::Rgb([1, 2, 3]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("in memory");
    let made = crate::images::preview(&bytes.into_inner(), &Limits::default()).expect("large enough");
    Arc::new(Decoded::Coming(made))
}

fn level(level: u8) -> TileKey {
    TileKey { level, x: 0, y: 0 }
}

#[test]
fn coarse_tiles_come_while_the_picture_is_decoded_and_all_of_them_again_when_it_is() {
    let mut plan = Plan::new(NO_LIMIT);
    let coming = |plan: &mut Plan, id: &str| plan.finished(Done::Coming { input_id: id.into(), picture: coarse() });
    plan.open("a".into());
    assert_eq!(word(plan.next(Lane::Any)), "load a", "with a first look");
    assert!(coming(&mut plan, "b").is_empty(), "nobody waits for b");
    let told = coming(&mut plan, "a");
    assert!(matches!(told.as_slice(), [PictureEvent::Coming { size_px: (3000, 2000), .. }]), "{told:?}");
    plan.want_tiles("a", vec![key(0), level(3)]);
    let Some(Job::Tile { input_id, key: cut, picture: of, generation }) = plan.next(Lane::Any) else {
        panic!("the coarse one can be cut")
    };
    assert_eq!((cut, word(plan.next(Lane::Any)).as_str()), (level(3), "-"), "the sharp one cannot");
    assert_eq!(loaded(&mut plan, "a", &pyramid(3000, 2000)).len(), 1, "opened");
    let late = Done::Tile { input_id, key: cut, generation, pixels: of.tile(cut) };
    assert!(plan.finished(late).is_empty(), "what was cut of the coarse copy comes too late");
    assert!(coming(&mut plan, "a").is_empty(), "and so does the coarse copy itself");
    plan.want_tiles("a", vec![level(3), key(0)]);
    for _ in 0..2 {
        let Some(Job::Tile { picture, .. }) = plan.next(Lane::Any) else { panic!("all are asked for again") };
        assert!(matches!(*picture, Decoded::Whole(_)), "of the picture itself");
    }
}

#[test]
fn a_picture_that_fails_after_its_first_look_says_so() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    assert_eq!(word(plan.next(Lane::Any)), "load a", "with a first look");
    plan.finished(Done::Coming { input_id: "a".into(), picture: coarse() });
    let told = plan.finished(Done::Loaded { input_id: "a".into(), result: Err("damaged".into()) });
    assert!(matches!(told.as_slice(), [PictureEvent::Failed { .. }]), "{told:?}");
    plan.want_tiles("a", vec![level(3)]);
    assert_eq!(word(plan.next(Lane::Any)), "-", "nothing more is cut of it");
    assert!(plan.finished(Done::Coming { input_id: "a".into(), picture: coarse() }).is_empty(), "nor shown");
}

#[test]
fn what_is_being_decoded_is_not_decoded_once_more_for_its_thumbnail() {
    let mut plan = Plan::new(NO_LIMIT);
    plan.open("a".into());
    plan.want_thumbnail("a".into(), 32);
    plan.want_crops(vec![super::CropWish { key: 1, input_id: "a".into(), part: [0.0, 0.0, 0.5, 0.5], side_px: 64 }]);
    plan.want_thumbnail("b".into(), 32);
    assert_eq!(word(plan.next(Lane::OpenOnly)), "load a", "");
    assert_eq!(word(plan.next(Lane::Any)), "thumbnail b", "that of another picture");
    assert_eq!(word(plan.next(Lane::Any)), "-", "the others wait");
    loaded(&mut plan, "a", &pyramid(60, 60));
    assert_eq!(word(plan.next(Lane::Any)), "1 crops of a", "");
    assert_eq!(word(plan.next(Lane::Any)), "thumbnail a of the decoded", "");
}

/// Counts what is fetched; "panic" panics, "missing" fails.
#[derive(Default)]
struct Folder(Mutex<HashMap<String, usize>>);

impl PictureSource for Folder {
    fn bytes(&self, input_id: &str) -> Result<Vec<u8>, String> {
        *self.0.lock().expect("no panic under the lock").entry(input_id.to_owned()).or_default() += 1;
        assert_ne!(input_id, "panic", "as a decoder would");
        if input_id == "missing" {
            return Err("The file is gone. Put it back.".to_owned());
        }
        let mut bytes = std::io::Cursor::new(Vec::new());
        let image = image::RgbImage::from_pixel(1300, 700, image::Rgb([1, 2, 3]));
        image.write_to(&mut bytes, image::ImageFormat::Bmp).map_err(|e| e.to_string())?;
        Ok(bytes.into_inner())
    }
}

/// Events until there are `count`; gives up after a while.
fn wait(pictures: &Pictures, count: usize) -> Vec<PictureEvent> {
    let deadline = Instant::now() + Duration::from_secs(90);
    let mut events = Vec::new();
    while events.len() < count && Instant::now() < deadline {
        events.extend(pictures.drain());
        thread::sleep(Duration::from_millis(1));
    }
    events
}

#[test]
fn the_threads_open_cut_and_survive_a_panic() {
    let folder = Arc::new(Folder::default());
    let source: Arc<dyn PictureSource> = Arc::<Folder>::clone(&folder);
    let pictures = Pictures::start(Waker::noop().clone(), &source).expect("threads");
    pictures.open("a");
    let opened = PictureEvent::Opened { input_id: "a".into(), size_px: (1300, 700), levels: 3 };
    assert_eq!(wait(&pictures, 1), [opened], "the size and the levels");
    let keys: Vec<TileKey> = (0..3).map(key).collect();
    pictures.want_tiles("a", &keys);
    let tiles = wait(&pictures, 3);
    assert_eq!(tiles.iter().filter(|e| matches!(e, PictureEvent::Tile { .. })).count(), 3, "{tiles:?}");
    for bad in ["panic", "missing"] {
        pictures.open(bad);
        let events = wait(&pictures, 1);
        assert!(matches!(&events[..], [PictureEvent::Failed { input_id, .. }] if input_id == bad), "{events:?}");
    }
    pictures.want_thumbnail("b", 100);
    let events = wait(&pictures, 1);
    assert!(matches!(&events[..], [PictureEvent::Thumbnail { pixels, .. }] if pixels.width_px == 100), "{events:?}");
    let fetched = folder.0.lock().expect("no panic under the lock").clone();
    assert_eq!(fetched.values().copied().max(), Some(1), "each once: {fetched:?}");
}
