//! A picture too large to be decoded whole: a small copy in memory, everything finer from its file when it is asked for.

use crate::images::{
    Grid, Limits, Overview, Picture, Pieces, Progress, Pyramid, TILE_GUTTER_PX, TileKey, TilePixels, thumbnail,
};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of pixels that are read ahead in one go, before anybody else gets a turn: some 20 ms.
const READ_AHEAD_BYTES: usize = 16 << 20;

type Reader = Pieces<BufReader<File>>;

/// The picture.
#[derive(Debug)]
pub(super) struct Huge {
    path: PathBuf,
    grid: Grid,
    /// The level of which there is a copy in memory.
    level: u8,
    overview: Mutex<(Overview, Reader)>,
    complete: AtomicBool,
    shown: Mutex<Option<Arc<Pyramid>>>,
    /// Readers that nobody uses at the moment, so that two workers do not wait for each other.
    readers: Mutex<Vec<Reader>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn reader(path: &Path) -> Result<Reader, String> {
    let file = File::open(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Pieces::open(BufReader::new(file)).map_err(|error| error.to_string())
}

/// Whether a file begins as a TIFF or a BigTIFF does.
fn is_tiff(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && [*b"II*\0", *b"MM\0*", *b"II+\0", *b"MM\0+"].contains(&start)
}

impl Huge {
    /// The picture at `path`, where it is one that has to stay in its file: a TIFF beyond the limits of what is decoded
    /// whole. `None` for all others.
    pub fn of(path: &Path, limits: &Limits) -> Option<Result<Self, String>> {
        if !is_tiff(path) {
            return None;
        }
        let is_long = std::fs::metadata(path).is_ok_and(|file| file.len() > limits.file_bytes);
        let ahead = match reader(path) {
            Ok(ahead) => ahead,
            Err(reason) => return is_long.then_some(Err(reason)), // what is small may still be decoded whole
        };
        let (width, height) = ahead.grid().level_size(0);
        let is_large = u64::from(width) * u64::from(height) > limits.pixels || width.max(height) > limits.side_px;
        (is_long || is_large).then(|| Ok(Self::new(path.to_owned(), ahead)))
    }

    fn new(path: PathBuf, ahead: Reader) -> Self {
        let grid = ahead.grid();
        let overview = Overview::new(grid, ahead.pieces());
        Self {
            path,
            grid,
            level: overview.level(),
            overview: Mutex::new((overview, ahead)),
            complete: AtomicBool::new(false),
            shown: Mutex::new(None),
            readers: Mutex::new(Vec::new()),
        }
    }

    pub const fn grid(&self) -> Grid {
        self.grid
    }

    pub fn bytes(&self) -> usize {
        lock(&self.shown).as_ref().map_or(0, |shown| 2 * shown.bytes())
    }

    pub fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    pub fn can_cut(&self, key: TileKey) -> bool {
        key.level < self.level || self.is_complete()
    }

    /// Reads ahead; says whether the small copy is better than before.
    pub fn refine(&self) -> bool {
        let mut ahead = lock(&self.overview);
        let (overview, reader) = &mut *ahead;
        let progress = overview.read_on(reader, READ_AHEAD_BYTES);
        if progress == Progress::Reading {
            return false;
        }
        *lock(&self.shown) = overview.pyramid().map(Arc::new);
        self.complete.store(progress == Progress::Done, Ordering::Release);
        true
    }

    pub fn thumbnail(&self, side_px: u32) -> Option<TilePixels> {
        let shown = lock(&self.shown).clone()?;
        shown.level_at_least(side_px).map(|level| thumbnail(level, side_px))
    }

    /// A thumbnail of a picture that was not looked at yet: of its first, coarsest reading.
    pub fn first_thumbnail(&self, side_px: u32) -> Result<TilePixels, String> {
        while !self.refine() {}
        self.thumbnail(side_px).ok_or_else(|| format!("{} has no pixels", self.path.display()))
    }

    pub fn tile(&self, key: TileKey) -> Option<TilePixels> {
        if let Some(level) = key.level.checked_sub(self.level) {
            return lock(&self.shown).clone()?.tile(TileKey { level, ..key });
        }
        let place = self.grid.tile_in_level(key)?;
        let free = lock(&self.readers).pop();
        let mut reader = free.map_or_else(|| reader(&self.path), Ok).ok()?;
        let part = part_of(&mut reader, self.grid, key.level, place);
        lock(&self.readers).push(reader);
        let (left, top, picture) = part?;
        Some(cut(&picture, (left, top), place))
    }
}

/// The part of a level that a tile and its gutters lie in, with its left and top in the level.
fn part_of(
    reader: &mut Reader,
    grid: Grid,
    level: u8,
    (left, top, width, height): (u32, u32, u32, u32),
) -> Option<(u32, u32, Picture)> {
    let (level_width, level_height) = grid.level_size(level);
    let (full_width, full_height) = grid.level_size(0);
    let (from_x, from_y) = (left.saturating_sub(TILE_GUTTER_PX), top.saturating_sub(TILE_GUTTER_PX));
    let to_x = (left + width + TILE_GUTTER_PX).min(level_width);
    let to_y = (top + height + TILE_GUTTER_PX).min(level_height);
    // A multiple of the level's step, so that halving goes as it would for the whole picture.
    let (full_left, full_top) = (from_x << level, from_y << level);
    let (full_right, full_bottom) = ((to_x << level).min(full_width), (to_y << level).min(full_height));
    let read = reader.region(full_left, full_top, full_right - full_left, full_bottom - full_top);
    let mut picture = read.map_err(|error| tracing::warn!(%error, "a part of a picture cannot be read")).ok()??;
    for _ in 0..level {
        picture = picture.halved();
    }
    Some((from_x, from_y, picture))
}

/// A tile with its gutters; where the picture ends its edge is repeated.
fn cut(part: &Picture, (part_left, part_top): (u32, u32), tile: (u32, u32, u32, u32)) -> TilePixels {
    let (left, top, width, height) = tile;
    let (width_px, height_px) = (width + 2 * TILE_GUTTER_PX, height + 2 * TILE_GUTTER_PX);
    let mut rgba = Vec::with_capacity(width_px as usize * height_px as usize * 4);
    for y in 0..height_px {
        let row = (top + y).saturating_sub(TILE_GUTTER_PX + part_top);
        for x in 0..width_px {
            let column = (left + x).saturating_sub(TILE_GUTTER_PX + part_left);
            rgba.extend_from_slice(&part.pixel(column, row));
        }
    }
    TilePixels { width_px, height_px, rgba }
}
