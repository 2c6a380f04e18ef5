//! Where the tiles of a picture lie: arithmetic that the pyramid and the canvas share.

use crate::geometry::{Point, Rect};

/// Pixels on a side of a tile, gutters not counted.
///
/// 512 rather than 1024: a texture of 1 MiB uploads in 1 to 2 ms without a GPU, so that two fit into a frame.
pub const TILE_PX: u32 = 512;

/// Pixels around each tile that repeat the neighbours', so that linear sampling shows no seam.
pub const TILE_GUTTER_PX: u32 = 1;

/// The coarsest level's longest side is at most this: it is one tile.
pub const TOP_LEVEL_PX: u32 = 512;

/// One tile of a picture's pyramid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileKey {
    /// 0 is the full size; each further level is half as large.
    pub level: u8,
    /// Column, from the left.
    pub x: u32,
    /// Row, from the top.
    pub y: u32,
}

/// The tiling of a picture of a given size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    width_px: u32,
    height_px: u32,
}

impl Grid {
    /// The tiling of an upright picture of `width_px` x `height_px` (each taken as at least 1).
    #[must_use]
    pub fn new(width_px: u32, height_px: u32) -> Self {
        Self { width_px: width_px.max(1), height_px: height_px.max(1) }
    }

    /// The picture's box in image pixels.
    #[must_use]
    pub fn image_rect(self) -> Rect {
        Rect::from_corners(Point::new(0.0, 0.0), Point::new(f64::from(self.width_px), f64::from(self.height_px)))
    }

    /// How many levels, at least 1. The last one is a single tile.
    #[must_use]
    pub fn levels(self) -> u8 {
        let mut level = 0;
        while self.level_size(level).0.max(self.level_size(level).1) > TOP_LEVEL_PX {
            level += 1;
        }
        level + 1
    }

    /// Width and height of a level in its own pixels.
    #[must_use]
    pub fn level_size(self, level: u8) -> (u32, u32) {
        // Halving and rounding up, `level` times, is one division rounded up.
        let divisor = 1_u64 << level.min(32);
        let side = |full: u32| u32::try_from(u64::from(full).div_ceil(divisor)).unwrap_or(1);
        (side(self.width_px), side(self.height_px))
    }

    /// Columns and rows of tiles on a level.
    #[must_use]
    pub fn tiles(self, level: u8) -> (u32, u32) {
        let (width, height) = self.level_size(level);
        (width.div_ceil(TILE_PX), height.div_ceil(TILE_PX))
    }

    /// Image pixels per pixel of a level.
    #[must_use]
    pub fn level_scale(level: u8) -> f64 {
        f64::from(level.min(32)).exp2()
    }

    /// The tile's box in its level's pixels, gutters not counted: left, top, width, height. `None` where there is none.
    #[must_use]
    pub fn tile_in_level(self, key: TileKey) -> Option<(u32, u32, u32, u32)> {
        let (columns, rows) = self.tiles(key.level);
        if key.level >= self.levels() || key.x >= columns || key.y >= rows {
            return None;
        }
        let (width, height) = self.level_size(key.level);
        let (left, top) = (key.x * TILE_PX, key.y * TILE_PX);
        Some((left, top, TILE_PX.min(width - left), TILE_PX.min(height - top)))
    }

    /// The tile's box in image pixels. At the right and bottom edge it may reach up to one level pixel past the
    /// picture: the last level pixel of an odd side covers more than there is.
    #[must_use]
    pub fn tile_rect(self, key: TileKey) -> Option<Rect> {
        let (left, top, width, height) = self.tile_in_level(key)?;
        let scale = Self::level_scale(key.level);
        let min = Point::new(f64::from(left) * scale, f64::from(top) * scale);
        let max = Point::new(f64::from(left + width) * scale, f64::from(top + height) * scale);
        Some(Rect { min, max })
    }

    /// The coarsest level that still has a pixel for every screen pixel, at `screen_px_per_image_px`.
    #[must_use]
    pub fn level_for_scale(self, screen_px_per_image_px: f64) -> u8 {
        let last = self.levels() - 1;
        (0..last).find(|&level| screen_px_per_image_px * Self::level_scale(level + 1) > 1.0 + 1e-9).unwrap_or(last)
    }

    /// The tiles of `level` that touch `view` (image pixels), row by row.
    #[must_use]
    pub fn tiles_in(self, level: u8, view: Rect) -> Vec<TileKey> {
        let Some(view) = view.cropped_to(self.image_rect()) else { return Vec::new() };
        let (columns, rows) = self.tiles(level);
        let tile = f64::from(TILE_PX) * Self::level_scale(level);
        let range = |low: f64, high: f64, count: u32| index(low / tile)..index((high / tile).ceil()).min(count);
        let xs = range(view.min.x, view.max.x, columns);
        range(view.min.y, view.max.y, rows).flat_map(|y| xs.clone().map(move |x| TileKey { level, x, y })).collect()
    }
}

/// A tile number from a finite coordinate that is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to int cast saturates")]
fn index(value: f64) -> u32 {
    value.floor() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_level_is_one_tile_and_the_first_is_the_picture() {
        for (width, height) in [(1, 1), (512, 512), (513, 2), (3840, 2160), (65_535, 1), (4001, 2999)] {
            let grid = Grid::new(width, height);
            assert_eq!(grid.level_size(0), (width, height), "level 0 of {width} x {height}");
            assert_eq!(grid.tiles(grid.levels() - 1), (1, 1), "the top of {width} x {height}");
        }
    }

    #[test]
    fn level_sizes_are_repeated_halving() {
        let grid = Grid::new(4001, 2999);
        for level in 1..grid.levels() {
            let (width, height) = grid.level_size(level - 1);
            assert_eq!(grid.level_size(level), (width.div_ceil(2), height.div_ceil(2)), "level {level}");
        }
    }

    #[test]
    fn a_view_asks_for_the_tiles_it_touches_and_no_others() {
        let grid = Grid::new(2000, 1500);
        let view = Rect::from_corners(Point::new(500.0, -50.0), Point::new(1024.0, 513.0));
        let keys: Vec<(u32, u32)> = grid.tiles_in(0, view).iter().map(|k| (k.x, k.y)).collect();
        assert_eq!(keys, [(0, 0), (1, 0), (0, 1), (1, 1)], "x 500..1024 is columns 0 and 1");
        assert!(grid.tiles_in(0, view.moved(crate::geometry::Vector::new(9e3, 0.0))).is_empty(), "beside the picture");
    }

    #[test]
    fn the_level_follows_the_zoom() {
        let grid = Grid::new(8000, 8000);
        let level = |scale| grid.level_for_scale(scale);
        assert_eq!([level(8.0), level(1.0), level(0.51), level(0.5), level(0.3), level(0.001)], [0, 0, 0, 1, 1, 4], "");
    }
}
