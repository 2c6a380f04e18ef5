//! What is rebuilt and what is not, by counts.

use super::*;

fn box_at(x: f64, y: f64) -> Outline {
    Outline::Box(Rect::from_corners(Point::new(x, y), Point::new(x + 5.0, y + 5.0)))
}

/// Flushes until all are there; what came in each flush.
fn settled(chunks: &mut Chunks) -> Vec<(Vec<Upload>, Dirty)> {
    let wake: Wake = Arc::new(|| {});
    let mut flushes = vec![chunks.flush(&wake)];
    while chunks.is_unfinished() {
        std::thread::yield_now();
        flushes.push(chunks.flush(&wake));
    }
    flushes
}

fn flushed(chunks: &mut Chunks) -> (Vec<Upload>, Dirty) {
    let mut flushes = settled(chunks);
    assert_eq!(flushes.len(), 1, "at once");
    flushes.remove(0)
}

fn grid_box(i: u32) -> Outline {
    box_at(f64::from(i % 100) * 10.0, f64::from(i / 100) * 10.0)
}

fn filled(count: u32) -> Chunks {
    let mut chunks = Chunks::default();
    for i in 0..count {
        chunks.set(ShapeKey(u128::from(i)), &grid_box(i), ShapeLook::default());
    }
    chunks
}

#[test]
fn moving_one_of_many_rebuilds_one_chunk() {
    let mut chunks = filled(5000);
    let all = 5000_usize.div_ceil(BULK_FILL);
    let flushes = settled(&mut chunks);
    assert_eq!(flushes[0].1, Dirty::All, "filled one by one");
    assert_eq!(flushes.iter().map(|(uploads, _)| uploads.len()).sum::<usize>(), all, "in chunks");
    chunks.set(ShapeKey(17), &box_at(3.0, 3.0), ShapeLook::default());
    assert_eq!(flushed(&mut chunks).0.len(), 1, "one chunk");
    assert_eq!(chunks.rebuilt, all as u64 + 1, "all, and one again");
}

#[test]
fn very_many_are_built_beside_the_frames_and_come_in_parts() {
    let all = 20_000_u32;
    let mut chunks = filled(all);
    let flushes: Vec<(usize, bool)> =
        settled(&mut chunks).iter().map(|(uploads, dirty)| (uploads.len(), *dirty == Dirty::All)).collect();
    assert_eq!(flushes[0], (0, true), "the first frame waits for none of them");
    let built: usize = flushes.iter().map(|(built, _)| built).sum();
    assert_eq!(built, (all as usize).div_ceil(BULK_FILL), "all of them in the end");
    assert!(flushes.iter().skip(1).all(|(_, whole)| !whole), "only what is new is drawn: {flushes:?}");
    assert!(flushed(&mut chunks).0.is_empty(), "and said once");
}

#[test]
fn what_changes_while_it_is_built_is_built_as_it_is_then() {
    let wake: Wake = Arc::new(|| {});
    let mut chunks = filled(5000);
    assert!(chunks.flush(&wake).0.is_empty() && chunks.is_unfinished(), "given away");
    chunks.set(ShapeKey(17), &box_at(3.0, 3.0), ShapeLook::default());
    chunks.remove(ShapeKey(18));
    let hidden = ShapeLook { visibility: Visibility::Hidden, ..ShapeLook::default() };
    chunks.set_look(ShapeKey(19), hidden);
    let mut last = HashMap::new();
    for upload in settled(&mut chunks).into_iter().flat_map(|(uploads, _)| uploads) {
        let Upload::Geometry { chunk, mesh, looks, .. } = upload else { panic!("{upload:?}") };
        last.insert(chunk, (mesh.vertices, looks));
    }
    let uploaded = last.clone();
    for (index, chunk) in chunks.list.iter_mut().enumerate() {
        chunk.geometry = Geometry::Stale;
        let Some(Upload::Geometry { mesh, looks, .. }) = chunk.upload(index) else { panic!("a mesh") };
        // The removed shape may be among the vertices; its look hides it.
        assert_eq!(uploaded[&index].1, looks, "the looks of chunk {index}");
        if chunk.free.is_empty() {
            assert!(uploaded[&index].0 == mesh.vertices, "the shapes of chunk {index}");
        }
    }
}

#[test]
fn more_that_come_while_some_are_built_are_all_there_in_the_end() {
    let wake: Wake = Arc::new(|| {});
    let mut chunks = filled(5000);
    chunks.flush(&wake);
    chunks.fill((5000..10_000_u32).map(|i| (ShapeKey(u128::from(i)), grid_box(i), ShapeLook::default())));
    let uploads = settled(&mut chunks).into_iter().flat_map(|(uploads, _)| uploads);
    let built: std::collections::HashSet<usize> = uploads
        .filter_map(|upload| if let Upload::Geometry { chunk, .. } = upload { Some(chunk) } else { None })
        .collect();
    assert_eq!((built.len(), chunks.len()), (chunks.list.len(), 10_000), "every chunk");
    chunks.clear();
    assert!(!chunks.is_unfinished() && chunks.len() == 0, "cleared while nothing is under way");
}

#[test]
fn looks_and_removals_rebuild_nothing() {
    let mut chunks = filled(2000);
    settled(&mut chunks);
    let before = chunks.rebuilt;
    let hidden = ShapeLook { visibility: Visibility::Hidden, ..ShapeLook::default() };
    chunks.set_look(ShapeKey(5), hidden);
    chunks.remove(ShapeKey(6));
    let (uploads, dirty) = flushed(&mut chunks);
    assert!(uploads.iter().all(|u| matches!(u, Upload::Looks { .. })), "{uploads:?}");
    assert!(matches!(dirty, Dirty::Boxes(ref boxes) if boxes.len() <= 2), "{dirty:?}");
    assert_eq!((chunks.rebuilt, chunks.len()), (before, 1999), "nothing rebuilt");
    assert!(flushed(&mut chunks).0.is_empty(), "said once");
}

#[test]
fn setting_the_same_again_is_free() {
    let mut chunks = filled(200);
    settled(&mut chunks);
    for i in 0..200_u32 {
        chunks.set(ShapeKey(u128::from(i)), &grid_box(i), ShapeLook::default());
    }
    let (uploads, dirty) = flushed(&mut chunks);
    assert!(uploads.is_empty() && dirty == Dirty::Clean, "{uploads:?} {dirty:?}");
}

#[test]
fn a_freed_slot_is_used_again_and_chunks_are_places() {
    let mut chunks = filled(5000);
    settled(&mut chunks);
    chunks.remove(ShapeKey(0));
    settled(&mut chunks);
    chunks.set(ShapeKey(0), &box_at(0.0, 0.0), ShapeLook::default());
    settled(&mut chunks);
    assert_eq!(chunks.list.len(), 5000_usize.div_ceil(BULK_FILL), "no further chunk");
    let corner = Rect::from_corners(Point::new(0.0, 0.0), Point::new(50.0, 50.0));
    assert!(chunks.weight_in(corner) * 3 < chunks.weight_in(corner.grown(1e6)), "most chunks are elsewhere");
}
