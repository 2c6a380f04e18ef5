//! What to do next: wishes in, jobs out. No thread, no clock, no work.

use super::cache::Cache;
use super::decoded::Decoded;
use super::work::{Done, FirstLook, Job};
use super::{CropWish, PictureEvent};
use crate::images::TileKey;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Wishes for thumbnails kept; older ones are forgotten.
const THUMBNAILS_WAITING_MAX: usize = 300;

/// Wishes for parts of pictures kept; older ones are forgotten.
const CROPS_WAITING_MAX: usize = 1_000;

/// Which work a worker may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// What the open picture needs: never busy with something long when the user turns the page.
    OpenOnly,
    /// Everything.
    Any,
}

/// The state of the wishes. Priority: tiles of the open picture in the caller's order (visible before coarse or as it
/// likes), the open picture itself, its neighbours, thumbnails.
#[derive(Debug)]
pub(super) struct Plan {
    cache: Cache,
    /// Grows with every `open` and `close`: what was begun under an older one is not delivered.
    generation: u64,
    open: Option<String>,
    announced: bool,
    failed: bool,
    /// The open picture, coarse, until it is decoded.
    coming: Option<Arc<Decoded>>,
    tiles: VecDeque<TileKey>,
    cutting: HashSet<TileKey>,
    refining: HashSet<String>,
    /// Of those that may be opened next the ones that are to be decoded.
    prefetch: VecDeque<String>,
    /// The pictures that may be opened next, the likeliest first.
    ahead: Vec<String>,
    /// Those of them whose coarsest tile was told, or is being cut.
    told_ahead: HashSet<String>,
    loading: HashSet<String>,
    thumbnails: Vec<(String, u32)>,
    shrinking: HashSet<(String, u32)>,
    masks: VecDeque<(u64, String)>,
    crops: Vec<CropWish>,
}

impl Plan {
    pub fn new(cache_bytes: usize) -> Self {
        Self {
            cache: Cache::new(cache_bytes),
            generation: 0,
            open: None,
            announced: false,
            failed: false,
            coming: None,
            tiles: VecDeque::new(),
            cutting: HashSet::new(),
            refining: HashSet::new(),
            prefetch: VecDeque::new(),
            ahead: Vec::new(),
            told_ahead: HashSet::new(),
            loading: HashSet::new(),
            thumbnails: Vec::new(),
            shrinking: HashSet::new(),
            masks: VecDeque::new(),
            crops: Vec::new(),
        }
    }

    pub fn open(&mut self, input_id: String) -> Vec<PictureEvent> {
        self.close();
        self.masks.clear();
        self.open = Some(input_id);
        self.announce().into_iter().collect()
    }

    pub fn close(&mut self) -> Vec<PictureEvent> {
        self.generation += 1;
        self.open = None;
        self.announced = false;
        self.failed = false;
        self.coming = None;
        self.tiles.clear();
        self.cutting.clear();
        Vec::new()
    }

    pub fn prefetch(&mut self, input_ids: Vec<String>) -> Vec<PictureEvent> {
        // The caller keeps what it was told of pictures that it still names, and lets the others go.
        self.told_ahead.retain(|told| input_ids.contains(told));
        self.prefetch = input_ids.iter().cloned().collect();
        self.ahead = input_ids;
        Vec::new()
    }

    pub fn want_tiles(&mut self, input_id: &str, keys: Vec<TileKey>) -> Vec<PictureEvent> {
        if self.open.as_deref() == Some(input_id) {
            self.tiles = keys.into_iter().filter(|key| !self.cutting.contains(key)).collect();
        }
        Vec::new()
    }

    pub fn want_thumbnail(&mut self, input_id: String, side_px: u32) -> Vec<PictureEvent> {
        let wish = (input_id, side_px);
        if !self.shrinking.contains(&wish) {
            self.thumbnails.retain(|waiting| *waiting != wish);
            self.thumbnails.push(wish);
            if self.thumbnails.len() > THUMBNAILS_WAITING_MAX {
                self.thumbnails.remove(0);
            }
        }
        Vec::new()
    }

    pub fn want_mask(&mut self, key: u64, base64: String) -> Vec<PictureEvent> {
        self.masks.push_back((key, base64));
        Vec::new()
    }

    pub fn want_crops(&mut self, wishes: Vec<CropWish>) -> Vec<PictureEvent> {
        self.crops.extend(wishes);
        let old = self.crops.len().saturating_sub(CROPS_WAITING_MAX);
        self.crops.drain(..old);
        Vec::new()
    }

    /// The most urgent job of this lane.
    pub fn next(&mut self, lane: Lane) -> Option<Job> {
        let open = self.next_tile().or_else(|| self.next_refinement()).or_else(|| self.next_open());
        open.or_else(|| self.next_mask()).or_else(|| match lane {
            Lane::OpenOnly => None,
            Lane::Any => self
                .next_ahead()
                .or_else(|| self.next_prefetch())
                .or_else(|| self.next_crops())
                .or_else(|| self.next_thumbnail()),
        })
    }

    fn next_mask(&mut self) -> Option<Job> {
        let (key, base64) = self.masks.pop_front()?;
        Some(Job::Mask { key, base64 })
    }

    fn next_tile(&mut self) -> Option<Job> {
        let open = self.open.as_ref()?;
        if self.tiles.is_empty() {
            return None;
        }
        let picture = self.cache.get(open).or_else(|| self.coming.clone())?;
        // What is not read yet is kept waiting.
        let at = self.tiles.iter().position(|key| picture.can_cut(*key))?;
        let key = self.tiles.remove(at)?;
        self.cutting.insert(key);
        Some(Job::Tile { input_id: open.clone(), key, picture, generation: self.generation })
    }

    /// Goes on reading a picture that stays in its file.
    fn next_refinement(&mut self) -> Option<Job> {
        let open = self.open.clone()?;
        let picture = self.cache.get(&open)?;
        (!picture.is_complete() && self.refining.insert(open.clone()))
            .then_some(Job::Refine { input_id: open, picture })
    }

    fn next_open(&mut self) -> Option<Job> {
        let open = self.open.clone()?;
        (!self.failed).then(|| self.load(open, FirstLook::Wanted)).flatten()
    }

    fn next_prefetch(&mut self) -> Option<Job> {
        while let Some(input_id) = self.prefetch.pop_front() {
            if let Some(job) = self.load(input_id, FirstLook::Unneeded) {
                return Some(job);
            }
        }
        None
    }

    /// The likeliest picture that is decoded and was not told.
    fn next_ahead(&mut self) -> Option<Job> {
        let untold = |id: &&String| !self.told_ahead.contains(*id) && self.cache.contains(id);
        let input_id = self.ahead.iter().find(untold)?.clone();
        self.told_ahead.insert(input_id.clone());
        let picture = self.cache.get(&input_id)?;
        Some(Job::Ahead { input_id, picture })
    }

    /// All parts that are wanted of one picture, so that it is decoded once.
    fn next_crops(&mut self) -> Option<Job> {
        let input_id = self.crops.iter().rfind(|wish| !self.is_on_its_way(&wish.input_id))?.input_id.clone();
        let (wishes, rest) = std::mem::take(&mut self.crops).into_iter().partition(|wish| wish.input_id == input_id);
        self.crops = rest;
        let decoded = self.cache.get(&input_id);
        Some(Job::Crops { input_id, wishes, decoded })
    }

    /// What is being decoded, or is about to be, need not be decoded once more: its thumbnail waits for it.
    fn is_on_its_way(&self, input_id: &str) -> bool {
        let is_awaited = self.open.as_deref() == Some(input_id) && !self.failed && !self.cache.contains(input_id);
        is_awaited || self.loading.contains(input_id)
    }

    fn next_thumbnail(&mut self) -> Option<Job> {
        let at = self.thumbnails.iter().rposition(|(input_id, _)| !self.is_on_its_way(input_id))?;
        let (input_id, side_px) = self.thumbnails.remove(at);
        self.shrinking.insert((input_id.clone(), side_px));
        let decoded = self.cache.get(&input_id);
        Some(Job::Thumbnail { input_id, side_px, decoded })
    }

    /// A job to load a picture that is neither here nor on its way.
    fn load(&mut self, input_id: String, first_look: FirstLook) -> Option<Job> {
        if self.cache.contains(&input_id) || !self.loading.insert(input_id.clone()) {
            return None;
        }
        Some(Job::Load { input_id, first_look })
    }

    /// Takes in what a worker has done.
    pub fn finished(&mut self, done: Done) -> Vec<PictureEvent> {
        let event = match done {
            Done::Crops { input_id, result } => {
                return match result {
                    Ok(parts) => parts.into_iter().map(|(key, pixels)| PictureEvent::Crop { key, pixels }).collect(),
                    Err(reason) => vec![PictureEvent::Failed { input_id, reason }],
                };
            }
            Done::Coming { input_id, picture } => self.coming(&input_id, picture),
            Done::Loaded { input_id, result } => self.loaded(input_id, result),
            Done::Tile { input_id, key, generation, pixels } => {
                let current = generation == self.generation;
                if current {
                    self.cutting.remove(&key);
                }
                pixels.filter(|_| current).map(|pixels| PictureEvent::Tile { input_id, key, pixels })
            }
            Done::Ahead { input_id, size_px, key, pixels } => {
                pixels.map(|pixels| PictureEvent::Ahead { input_id, size_px, key, pixels })
            }
            Done::Refined { input_id, top } => {
                self.refining.remove(&input_id);
                let is_open = self.open.as_ref() == Some(&input_id);
                top.filter(|_| is_open).and_then(|pixels| {
                    let key = self.cache.get(&input_id)?.top();
                    Some(PictureEvent::Tile { input_id, key, pixels })
                })
            }
            Done::Mask { key, result } => Some(PictureEvent::Mask { key, result }),
            Done::Thumbnail { input_id, side_px, result } => {
                self.shrinking.remove(&(input_id.clone(), side_px));
                Some(match result {
                    Ok(pixels) => PictureEvent::Thumbnail { input_id, pixels },
                    Err(reason) => PictureEvent::Failed { input_id, reason },
                })
            }
        };
        event.into_iter().collect()
    }

    fn loaded(&mut self, input_id: String, result: Result<Arc<Decoded>, String>) -> Option<PictureEvent> {
        self.loading.remove(&input_id);
        if self.open.as_ref() == Some(&input_id) && self.coming.take().is_some() {
            // What is still being cut of the coarse copy comes too late.
            self.generation += 1;
            self.cutting.clear();
        }
        match result {
            Ok(picture) => {
                self.cache.insert(input_id, picture, self.open.as_deref());
                self.announce()
            }
            Err(reason) if self.open.as_ref() == Some(&input_id) => {
                self.failed = true;
                Some(PictureEvent::Failed { input_id, reason })
            }
            // A neighbour says why when it is opened, not before.
            Err(_) => None,
        }
    }

    /// A coarse copy of the open picture; of no use when that is decoded by now.
    fn coming(&mut self, input_id: &str, picture: Arc<Decoded>) -> Option<PictureEvent> {
        let is_awaited = self.open.as_deref() == Some(input_id) && !self.announced && !self.failed;
        is_awaited.then(|| {
            let size_px = picture.grid().level_size(0);
            self.coming = Some(picture);
            PictureEvent::Coming { input_id: input_id.to_owned(), size_px }
        })
    }

    /// Says once that the open picture is here.
    fn announce(&mut self) -> Option<PictureEvent> {
        let open = self.open.clone()?;
        if self.announced {
            return None;
        }
        let grid = self.cache.get(&open)?.grid();
        self.announced = true;
        Some(PictureEvent::Opened { input_id: open, size_px: grid.level_size(0), levels: grid.levels() })
    }
}
