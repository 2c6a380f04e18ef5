//! Which shape lives in which chunk, and what has to go to the GPU. No GPU call is made here.
//!
//! Shapes that arrive together are put into chunks by their place (`arrange`), so that a chunk is a small part of the
//! picture: what is off the screen is skipped, and a change touches few. A chunk is rebuilt when the geometry of one of its
//! shapes changes, in the frame; many new ones are built beside it (`workshop`). Looks travel alone.

use super::arrange::sorted_by_place;
use super::dirty::Dirty;
use super::mesh::{Builder, Mesh, Prepared};
use super::shape::{NOTHING, Outline, PackedLook, ShapeKey, ShapeLook, Visibility};
use super::workshop::{Built, Job, Part, Wake, Workshop};
use crate::geometry::{Point, Rect};
use crate::model::IdHasher;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

/// Shapes in a chunk at most; `shapes.wgsl` has the same number.
///
/// The looks of 1,000 would fit the smallest uniform buffer a device offers (16 KiB). But a changed shape costs the
/// rebuild of its chunk and the drawing of those it touches: with 256 that is a third of the time, and drawing 100,000
/// shapes whole takes only a tenth longer.
pub(super) const CHUNK_SHAPES: usize = 256;

/// How far a chunk is filled when many shapes arrive at once: the rest is for later neighbours.
pub(super) const BULK_FILL: usize = 230;

/// More new chunks than this are built beside the frames, and appear as they are done.
const NEW_IN_FRAME: usize = 4;

/// Of those that were on the screen so many are built anew in one frame, and the rest in the next ones.
const BUILT_AT_ONCE: usize = 24;

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
pub(super) struct Slot {
    pub key: ShapeKey,
    outline: Arc<Outline>,
    shape: Option<Prepared>,
    look: ShapeLook,
}

impl Slot {
    fn new(key: ShapeKey, outline: Outline, look: ShapeLook) -> Self {
        let shape = Prepared::new(&outline);
        Self { key, outline: Arc::new(outline), shape, look }
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

    pub fn bounds(&self) -> Option<Rect> {
        self.shape.as_ref().map(|s| s.bounds)
    }
}

/// How the mesh of a chunk stands to its shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Geometry {
    /// There was none yet.
    #[default]
    New,
    /// The workshop builds the first one; the number of the job.
    Away(u64),
    /// It is as it should be.
    Built,
    /// Shapes have changed since.
    Stale,
}

#[derive(Debug, Default)]
struct Chunk {
    slots: Vec<Option<Slot>>,
    free: Vec<u16>,
    about: About,
    geometry: Geometry,
    looks_dirty: Vec<u16>,
}

impl Chunk {
    fn has_room(&self) -> bool {
        self.slots.len() < CHUNK_SHAPES || !self.free.is_empty()
    }

    /// The mesh is not what it should be any more.
    const fn shapes_changed(&mut self) {
        self.geometry = match self.geometry {
            Geometry::New | Geometry::Away(_) => Geometry::New,
            Geometry::Built | Geometry::Stale => Geometry::Stale,
        };
    }

    /// Puts the shape into a free slot; the caller made sure that there is one.
    fn put(&mut self, slot: Slot) -> u16 {
        self.shapes_changed();
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

    fn looks(&self) -> Vec<PackedLook> {
        self.slots.iter().map(|s| s.as_ref().map_or(NOTHING, Slot::packed)).collect()
    }

    fn survey(&self) -> About {
        let mut about = About { sides_px: (f32::INFINITY, 0.0), origin: self.about.origin, ..About::default() };
        for slot in self.slots.iter().flatten() {
            let Some(shape) = &slot.shape else { continue };
            about.bounds = Some(about.bounds.map_or(shape.bounds, |b| b.union(shape.bounds)));
            about.weight += shape.weight();
            if matches!(*slot.outline, Outline::Point(_)) {
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

    /// The same, where a mesh is to be built around a new origin.
    fn survey_anew(&mut self) {
        self.about = self.survey();
        self.about.origin = self.about.bounds.map_or_else(Point::default, Rect::center);
    }

    /// Gives the shapes away.
    fn job(&mut self, chunk: usize, number: u64) -> Job {
        self.survey_anew();
        self.geometry = Geometry::Away(number);
        let part = |(slot, held): (u16, &Option<Slot>)| {
            let held = held.as_ref()?;
            Some(Part { slot, outline: Arc::clone(&held.outline), shape: held.shape.clone()? })
        };
        let parts = (0..).zip(&self.slots).filter_map(part).collect();
        Job { chunk, number, origin: self.about.origin, parts }
    }

    /// Takes them back; `None` where they have changed meanwhile.
    fn take_back(&mut self, built: Built) -> Option<Upload> {
        if self.geometry != Geometry::Away(built.number) {
            return None;
        }
        for part in built.parts {
            if let Some(Some(slot)) = self.slots.get_mut(usize::from(part.slot)) {
                slot.shape = Some(part.shape);
            }
        }
        self.about = self.survey();
        Some(self.built(built.chunk, built.mesh))
    }

    fn built(&mut self, chunk: usize, mesh: Mesh) -> Upload {
        self.geometry = Geometry::Built;
        self.looks_dirty.clear();
        Upload::Geometry { chunk, mesh, looks: self.looks(), about: self.about }
    }

    fn upload(&mut self, chunk: usize) -> Option<Upload> {
        match self.geometry {
            Geometry::Away(_) => None,
            Geometry::New | Geometry::Stale => {
                self.survey_anew();
                self.slots.iter_mut().flatten().for_each(Slot::triangulate);
                let shapes = self.slots.iter().flatten().filter_map(|slot| slot.shape.as_ref());
                let mut builder = Builder::default();
                builder.begin(self.about.origin, shapes);
                for (index, slot) in (0..).zip(&self.slots) {
                    if let Some((slot, shape)) = slot.as_ref().and_then(|s| Some((s, s.shape.as_ref()?))) {
                        builder.add(index, &slot.outline, shape);
                    }
                }
                Some(self.built(chunk, builder.finish()))
            }
            Geometry::Built if self.looks_dirty.is_empty() => None,
            Geometry::Built => {
                self.about = self.survey();
                let mut changed = std::mem::take(&mut self.looks_dirty);
                changed.sort_unstable();
                changed.dedup();
                let looks = changed.into_iter().map(|index| (index, self.look_of(index))).collect();
                Some(Upload::Looks { chunk, looks, about: self.about })
            }
        }
    }
}

/// Something for each shape. Their keys are ids, and spread well.
type ByKey<T> = HashMap<ShapeKey, T, BuildHasherDefault<IdHasher>>;

/// All shapes of a layer.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    list: Vec<Chunk>,
    places: ByKey<(usize, u16)>,
    waiting: ByKey<Slot>,
    dirty: Dirty,
    cleared: bool,
    /// Whether the last flush left chunks for the next one.
    left_over: bool,
    workshop: Workshop,
    jobs: u64,
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
        if *slot.outline == *outline {
            self.set_look(key, look);
            return;
        }
        let before = slot.bounds();
        *slot = Slot::new(key, outline.clone(), look);
        let after = slot.bounds();
        chunk.shapes_changed();
        for area in [before, after].into_iter().flatten() {
            self.dirty.add(area);
        }
    }

    /// Adds shapes, of which none is there yet.
    pub fn fill(&mut self, shapes: impl Iterator<Item = (ShapeKey, Outline, ShapeLook)>) {
        let slots: Vec<Slot> = shapes.map(|(key, outline, look)| Slot::new(key, outline, look)).collect();
        if slots.len() < BULK_MIN {
            self.waiting.extend(slots.into_iter().map(|slot| (slot.key, slot)));
        } else {
            self.place_many(slots);
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
        let (rebuilt, jobs) = (self.rebuilt, self.jobs);
        *self = Self { cleared: true, dirty: Dirty::All, rebuilt, jobs, ..Self::default() };
    }

    /// Keeps the shapes for whose key `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(ShapeKey) -> bool) {
        let gone: Vec<ShapeKey> =
            self.places.keys().chain(self.waiting.keys()).copied().filter(|&k| !keep(k)).collect();
        for key in gone {
            self.remove(key);
        }
    }

    /// Whether some shapes are not among what was flushed yet.
    pub const fn is_unfinished(&self) -> bool {
        self.left_over || self.workshop.is_busy()
    }

    /// Whether the next frame has something to flush. For what the workshop has, it wakes the window.
    pub const fn has_left_over(&self) -> bool {
        self.left_over
    }

    /// What is new for the GPU since the last call, and what that changes on the screen: of very many shapes only some, see
    /// [`Self::is_unfinished`].
    pub fn flush(&mut self, wake: &Wake) -> (Vec<Upload>, Dirty) {
        let mut uploads = Vec::new();
        if std::mem::take(&mut self.cleared) {
            uploads.push(Upload::Clear);
        }
        self.place_waiting();
        self.take_back(&mut uploads);
        self.give_away(wake);
        let mut built = 0;
        let goes_on = std::mem::take(&mut self.left_over);
        for (index, chunk) in self.list.iter_mut().enumerate() {
            let is_due = matches!(chunk.geometry, Geometry::New | Geometry::Stale);
            if is_due && built == BUILT_AT_ONCE {
                self.left_over = true;
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

    fn take_back(&mut self, uploads: &mut Vec<Upload>) {
        for built in self.workshop.take() {
            let Some(chunk) = self.list.get_mut(built.chunk) else { continue };
            let Some(upload) = chunk.take_back(built) else { continue };
            self.rebuilt += 1;
            if let Some(area) = chunk.about.bounds {
                self.dirty.add(area);
            }
            uploads.push(upload);
        }
    }

    /// Many new chunks go to the workshop, with those that are there already.
    fn give_away(&mut self, wake: &Wake) {
        if !self.workshop.is_busy() {
            // What did not come back is new.
            let lost = self.list.iter_mut().filter(|chunk| matches!(chunk.geometry, Geometry::Away(_)));
            lost.for_each(Chunk::shapes_changed);
        }
        if self.list.iter().filter(|chunk| chunk.geometry == Geometry::New).count() <= NEW_IN_FRAME {
            return;
        }
        self.jobs += 1;
        let number = self.jobs;
        let unbuilt = |chunk: &Chunk| matches!(chunk.geometry, Geometry::New | Geometry::Away(_));
        let chunks = self.list.iter_mut().enumerate().filter(|(_, chunk)| unbuilt(chunk));
        let jobs = chunks.map(|(index, chunk)| chunk.job(index, number)).collect();
        self.workshop.give(jobs, wake);
    }

    /// The sum of the weights of the chunks that touch `view` (image pixels).
    pub fn weight_in(&self, view: Rect) -> usize {
        let touches = |about: &&About| about.bounds.is_some_and(|b| b.intersects(view));
        self.list.iter().map(|c| &c.about).filter(touches).map(|about| about.weight).sum()
    }

    fn place_waiting(&mut self) {
        let mut waiting: Vec<Slot> = std::mem::take(&mut self.waiting).into_values().collect();
        if waiting.len() >= BULK_MIN {
            return self.place_many(waiting);
        }
        waiting.sort_by_key(|slot| slot.key);
        for slot in waiting {
            if let Some(area) = slot.bounds() {
                self.dirty.add(area);
            }
            let chunk = self.chunk_for(&slot);
            self.put(chunk, slot);
        }
    }

    fn place_many(&mut self, slots: Vec<Slot>) {
        self.dirty = Dirty::All;
        self.places.reserve(slots.len());
        let mut room = 0;
        for slot in sorted_by_place(slots) {
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

#[cfg(test)]
#[path = "chunks_tests.rs"]
mod tests;
