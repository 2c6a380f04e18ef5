//! Which shape lives in which chunk, and what has to go to the GPU. No GPU call is made here.
//!
//! Shapes that arrive together are put into chunks by their place, so that a chunk is a small part of the picture:
//! what is off the screen is skipped, and a change touches few. A chunk is rebuilt when the geometry of one of its
//! shapes changes; looks travel alone.

use super::dirty::Dirty;
use super::mesh::{Builder, Mesh, Prepared};
use super::shape::{NOTHING, Outline, PackedLook, ShapeKey, ShapeLook, Visibility};
use crate::geometry::{Point, Rect};
use std::collections::HashMap;

/// Shapes in a chunk at most; `shapes.wgsl` has the same number.
///
/// The looks of 1,000 would fit the smallest uniform buffer a device offers (16 KiB). But a changed shape costs the
/// rebuild of its chunk and the drawing of those it touches: with 256 that is a third of the time, and drawing 100,000
/// shapes whole takes only a tenth longer.
pub(super) const CHUNK_SHAPES: usize = 256;

/// How far a chunk is filled when many shapes arrive at once: the rest is for later neighbours.
const BULK_FILL: usize = 230;

/// So many chunks are built in one frame: a picture with very many shapes appears in parts, and no frame waits for all.
pub(super) const BUILT_AT_ONCE: usize = 24;

/// From this many new shapes on they are sorted by place.
const BULK_MIN: usize = 64;

/// What the GPU has to be told, in order.
#[derive(Debug)]
pub(super) enum Upload {
    /// A chunk's new geometry and all its looks.
    Geometry { chunk: usize, mesh: Mesh, looks: Vec<PackedLook>, about: About },
    /// Some looks of a chunk.
    Looks { chunk: usize, looks: Vec<(u16, PackedLook)>, about: About },
    /// Forget everything.
    Clear,
}

/// What culling and detail need to know of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct About {
    /// Around its shapes, in image pixels; `None` while it has none.
    pub bounds: Option<Rect>,
    /// What its positions are relative to.
    pub origin: Point,
    /// Longest side of its smallest and of its largest shape (not the points), in image pixels.
    pub sides_px: (f32, f32),
    /// How many points and how many struck shapes it has.
    pub points: usize,
    /// Shapes that are struck through.
    pub struck: usize,
    /// A measure of what drawing it costs, see [`Prepared::weight`].
    pub weight: usize,
}

#[derive(Debug)]
struct Slot {
    key: ShapeKey,
    outline: Outline,
    shape: Option<Prepared>,
    look: ShapeLook,
}

impl Slot {
    fn new(key: ShapeKey, outline: Outline, look: ShapeLook) -> Self {
        let shape = Prepared::new(&outline);
        Self { key, outline, shape, look }
    }

    /// Only when the shape is about to be drawn: it takes longer than all else that is done for one that is new.
    fn triangulate(&mut self) {
        if let Some(shape) = &mut self.shape {
            shape.triangulate(&self.outline);
        }
    }

    fn packed(&self) -> PackedLook {
        self.shape.as_ref().map_or(NOTHING, |s| self.look.packed(&self.outline, s.side_px()))
    }

    fn bounds(&self) -> Option<Rect> {
        self.shape.as_ref().map(|s| s.bounds)
    }
}

#[derive(Debug, Default)]
struct Chunk {
    slots: Vec<Option<Slot>>,
    free: Vec<u16>,
    about: About,
    geometry_dirty: bool,
    looks_dirty: Vec<u16>,
}

impl Chunk {
    fn has_room(&self) -> bool {
        self.slots.len() < CHUNK_SHAPES || !self.free.is_empty()
    }

    /// Puts the shape into a free slot; the caller made sure that there is one.
    fn put(&mut self, slot: Slot) -> u16 {
        self.geometry_dirty = true;
        if let Some(area) = slot.bounds() {
            self.about.bounds = Some(self.about.bounds.map_or(area, |b| b.union(area)));
        }
        if let Some(index) = self.free.pop() {
            self.slots[usize::from(index)] = Some(slot);
            return index;
        }
        self.slots.push(Some(slot));
        u16::try_from(self.slots.len() - 1).unwrap_or(u16::MAX)
    }

    fn look_of(&self, index: u16) -> PackedLook {
        self.slots[usize::from(index)].as_ref().map_or(NOTHING, Slot::packed)
    }

    fn survey(&self) -> About {
        let mut about = About { sides_px: (f32::INFINITY, 0.0), origin: self.about.origin, ..About::default() };
        for slot in self.slots.iter().flatten() {
            let Some(shape) = &slot.shape else { continue };
            about.bounds = Some(about.bounds.map_or(shape.bounds, |b| b.union(shape.bounds)));
            about.weight += shape.weight();
            if matches!(slot.outline, Outline::Point(_)) {
                about.points += 1;
            } else {
                about.sides_px = (about.sides_px.0.min(shape.side_px()), about.sides_px.1.max(shape.side_px()));
            }
            if slot.look.mark == super::Mark::Struck {
                about.struck += 1;
            }
        }
        about
    }

    fn upload(&mut self, chunk: usize) -> Option<Upload> {
        if self.geometry_dirty {
            self.geometry_dirty = false;
            self.looks_dirty.clear();
            self.about = self.survey();
            self.about.origin = self.about.bounds.map_or_else(Point::default, Rect::center);
            self.slots.iter_mut().flatten().for_each(Slot::triangulate);
            let shapes = self.slots.iter().flatten().filter_map(|slot| slot.shape.as_ref());
            let mut builder = Builder::new(self.about.origin, shapes);
            for (index, slot) in (0..).zip(&self.slots) {
                if let Some((slot, shape)) = slot.as_ref().and_then(|s| Some((s, s.shape.as_ref()?))) {
                    builder.add(index, &slot.outline, shape);
                }
            }
            let looks = self.slots.iter().map(|s| s.as_ref().map_or(NOTHING, Slot::packed)).collect();
            return Some(Upload::Geometry { chunk, mesh: builder.finish(), looks, about: self.about });
        }
        if self.looks_dirty.is_empty() {
            return None;
        }
        self.about = self.survey();
        let mut changed = std::mem::take(&mut self.looks_dirty);
        changed.sort_unstable();
        changed.dedup();
        let looks = changed.into_iter().map(|index| (index, self.look_of(index))).collect();
        Some(Upload::Looks { chunk, looks, about: self.about })
    }
}

/// All shapes of a layer.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    list: Vec<Chunk>,
    places: HashMap<ShapeKey, (usize, u16)>,
    waiting: HashMap<ShapeKey, Slot>,
    dirty: Dirty,
    cleared: bool,
    /// Whether the last flush left chunks for the next one.
    unfinished: bool,
    /// Chunks whose geometry was rebuilt, ever.
    pub rebuilt: u64,
}

impl Chunks {
    /// How many shapes there are, hidden ones included.
    pub fn len(&self) -> usize {
        self.places.len() + self.waiting.len()
    }

    /// Adds a shape or changes it; nothing happens where it is as given already.
    pub fn set(&mut self, key: ShapeKey, outline: &Outline, look: ShapeLook) {
        let Some(&(chunk, index)) = self.places.get(&key) else {
            self.waiting.insert(key, Slot::new(key, outline.clone(), look));
            return;
        };
        let chunk = &mut self.list[chunk];
        let Some(slot) = &mut chunk.slots[usize::from(index)] else { return };
        if slot.outline == *outline {
            self.set_look(key, look);
            return;
        }
        let before = slot.bounds();
        *slot = Slot::new(key, outline.clone(), look);
        chunk.geometry_dirty = true;
        for area in [before, slot.bounds()].into_iter().flatten() {
            self.dirty.add(area);
        }
    }

    /// Changes a look; an unknown key is ignored.
    pub fn set_look(&mut self, key: ShapeKey, look: ShapeLook) {
        if let Some(slot) = self.waiting.get_mut(&key) {
            slot.look = look;
        }
        let Some(&(chunk, index)) = self.places.get(&key) else { return };
        let chunk = &mut self.list[chunk];
        let Some(slot) = &mut chunk.slots[usize::from(index)] else { return };
        let both_hidden = look.visibility == Visibility::Hidden && slot.look.visibility == Visibility::Hidden;
        if slot.look == look {
            return;
        }
        slot.look = look;
        chunk.looks_dirty.push(index);
        if let Some(area) = slot.bounds().filter(|_| !both_hidden) {
            self.dirty.add(area);
        }
    }

    /// The look of a shape, if it is here.
    pub fn look(&self, key: ShapeKey) -> Option<ShapeLook> {
        if let Some(slot) = self.waiting.get(&key) {
            return Some(slot.look);
        }
        let &(chunk, index) = self.places.get(&key)?;
        self.list[chunk].slots[usize::from(index)].as_ref().map(|s| s.look)
    }

    /// Takes a shape away. Its slot is blanked; the geometry goes with the chunk's next rebuild.
    pub fn remove(&mut self, key: ShapeKey) {
        self.waiting.remove(&key);
        let Some((chunk, index)) = self.places.remove(&key) else { return };
        let chunk = &mut self.list[chunk];
        if let Some(area) = chunk.slots[usize::from(index)].take().and_then(|s| s.bounds()) {
            self.dirty.add(area);
        }
        chunk.free.push(index);
        chunk.looks_dirty.push(index);
    }

    /// Takes all shapes away.
    pub fn clear(&mut self) {
        let rebuilt = self.rebuilt;
        *self = Self { cleared: true, dirty: Dirty::All, rebuilt, ..Self::default() };
    }

    /// Keeps the shapes for whose key `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(ShapeKey) -> bool) {
        let gone: Vec<ShapeKey> =
            self.places.keys().chain(self.waiting.keys()).copied().filter(|&k| !keep(k)).collect();
        for key in gone {
            self.remove(key);
        }
    }

    /// Whether some shapes are left for the next flush.
    pub const fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// What is new for the GPU since the last call, and what that changes on the screen: of very many shapes only some, see
    /// [`Self::is_unfinished`].
    pub fn flush(&mut self) -> (Vec<Upload>, Dirty) {
        let mut uploads = Vec::new();
        if std::mem::take(&mut self.cleared) {
            uploads.push(Upload::Clear);
        }
        self.place_waiting();
        let mut built = 0;
        let goes_on = std::mem::take(&mut self.unfinished);
        for (index, chunk) in self.list.iter_mut().enumerate() {
            if chunk.geometry_dirty && built == BUILT_AT_ONCE {
                self.unfinished = true;
                continue;
            }
            let upload = chunk.upload(index);
            if let Some(Upload::Geometry { about, .. }) = &upload {
                built += 1;
                if let Some(area) = about.bounds.filter(|_| goes_on) {
                    self.dirty.add(area);
                }
            }
            uploads.extend(upload);
        }
        self.rebuilt += built as u64;
        (uploads, std::mem::take(&mut self.dirty))
    }

    /// The sum of the weights of the chunks that touch `view` (image pixels).
    pub fn weight_in(&self, view: Rect) -> usize {
        let touches = |about: &&About| about.bounds.is_some_and(|b| b.intersects(view));
        self.list.iter().map(|c| &c.about).filter(touches).map(|about| about.weight).sum()
    }

    fn place_waiting(&mut self) {
        let mut waiting: Vec<Slot> = std::mem::take(&mut self.waiting).into_values().collect();
        if waiting.len() < BULK_MIN {
            waiting.sort_by_key(|slot| slot.key);
            for slot in waiting {
                if let Some(area) = slot.bounds() {
                    self.dirty.add(area);
                }
                let chunk = self.chunk_for(&slot);
                self.put(chunk, slot);
            }
            return;
        }
        self.dirty = Dirty::All;
        sort_by_place(&mut waiting);
        let mut room = 0;
        for slot in waiting {
            if room == 0 {
                self.list.push(Chunk::default());
                room = BULK_FILL;
            }
            room -= 1;
            self.put(self.list.len() - 1, slot);
        }
    }

    fn put(&mut self, chunk: usize, slot: Slot) {
        let key = slot.key;
        let index = self.list[chunk].put(slot);
        self.places.insert(key, (chunk, index));
    }

    /// The chunk with room that grows least by this shape; a new one where all are full.
    fn chunk_for(&mut self, slot: &Slot) -> usize {
        let growth = |chunk: &Chunk| match (chunk.about.bounds, slot.bounds()) {
            (Some(now), Some(area)) => now.union(area).area() - now.area(),
            _ => 0.0,
        };
        let with_room = self.list.iter().enumerate().filter(|(_, c)| c.has_room());
        let best = with_room.min_by(|(_, a), (_, b)| growth(a).total_cmp(&growth(b))).map(|(index, _)| index);
        best.unwrap_or_else(|| {
            self.list.push(Chunk::default());
            self.list.len() - 1
        })
    }
}

/// Sorts by place so that every run of [`BULK_FILL`] fills a compact rectangle: slabs by x, each cut by y.
fn sort_by_place(slots: &mut [Slot]) {
    let center = |slot: &Slot| slot.bounds().map_or_else(Point::default, Rect::center);
    let chunks = slots.len().div_ceil(BULK_FILL);
    // As many chunks in a slab as there are slabs.
    let slab = chunks.isqrt().max(1) * BULK_FILL;
    slots.sort_unstable_by(|a, b| center(a).x.total_cmp(&center(b).x).then(a.key.cmp(&b.key)));
    for slab in slots.chunks_mut(slab) {
        slab.sort_unstable_by(|a, b| center(a).y.total_cmp(&center(b).y).then(a.key.cmp(&b.key)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn box_at(x: f64, y: f64) -> Outline {
        Outline::Box(Rect::from_corners(Point::new(x, y), Point::new(x + 5.0, y + 5.0)))
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
        let (uploads, dirty) = chunks.flush();
        assert_eq!((uploads.len(), dirty), (5000_usize.div_ceil(BULK_FILL), Dirty::All), "filled one by one");
        chunks.set(ShapeKey(17), &box_at(3.0, 3.0), ShapeLook::default());
        assert_eq!(chunks.flush().0.len(), 1, "one chunk");
        assert_eq!(chunks.rebuilt, uploads.len() as u64 + 1, "all, and one again");
    }

    #[test]
    fn very_many_come_in_parts() {
        let all = 20_000_u32;
        let chunks_of_all = (all as usize).div_ceil(BULK_FILL);
        let mut chunks = filled(all);
        let mut flushes = Vec::new();
        loop {
            let (uploads, dirty) = chunks.flush();
            let whole = dirty == Dirty::All;
            flushes.push((uploads.len(), whole));
            if !chunks.is_unfinished() {
                break;
            }
        }
        assert!(flushes.iter().all(|(built, _)| *built <= BUILT_AT_ONCE), "{flushes:?}");
        assert_eq!(flushes.iter().map(|(built, _)| built).sum::<usize>(), chunks_of_all, "all of them in the end");
        assert!(flushes.iter().skip(1).all(|(_, whole)| !whole), "only what is new is drawn: {flushes:?}");
        assert!(chunks.flush().0.is_empty(), "and said once");
    }

    #[test]
    fn looks_and_removals_rebuild_nothing() {
        let mut chunks = filled(2000);
        chunks.flush();
        let before = chunks.rebuilt;
        let hidden = ShapeLook { visibility: Visibility::Hidden, ..ShapeLook::default() };
        chunks.set_look(ShapeKey(5), hidden);
        chunks.remove(ShapeKey(6));
        let (uploads, dirty) = chunks.flush();
        assert!(uploads.iter().all(|u| matches!(u, Upload::Looks { .. })), "{uploads:?}");
        assert!(matches!(dirty, Dirty::Boxes(ref boxes) if boxes.len() <= 2), "{dirty:?}");
        assert_eq!((chunks.rebuilt, chunks.len()), (before, 1999), "nothing rebuilt");
        assert!(chunks.flush().0.is_empty(), "said once");
    }

    #[test]
    fn setting_the_same_again_is_free() {
        let mut chunks = filled(200);
        chunks.flush();
        for i in 0..200_u32 {
            chunks.set(ShapeKey(u128::from(i)), &grid_box(i), ShapeLook::default());
        }
        let (uploads, dirty) = chunks.flush();
        assert!(uploads.is_empty() && dirty == Dirty::Clean, "{uploads:?} {dirty:?}");
    }

    #[test]
    fn a_freed_slot_is_used_again_and_chunks_are_places() {
        let mut chunks = filled(5000);
        chunks.flush();
        chunks.remove(ShapeKey(0));
        chunks.flush();
        chunks.set(ShapeKey(0), &box_at(0.0, 0.0), ShapeLook::default());
        chunks.flush();
        assert_eq!(chunks.list.len(), 5000_usize.div_ceil(BULK_FILL), "no further chunk");
        let corner = Rect::from_corners(Point::new(0.0, 0.0), Point::new(50.0, 50.0));
        assert!(chunks.weight_in(corner) * 3 < chunks.weight_in(corner.grown(1e6)), "most chunks are elsewhere");
    }
}
