//! A picture at its full and all its halved sizes, cut into tiles on demand.

use super::grid::{Grid, TILE_GUTTER_PX, TileKey};
use super::{Layout, Picture, TilePixels};

/// A picture and its halved copies. RGB8 stays RGB8: only a tile that leaves here becomes RGBA8.
#[derive(Clone, Debug)]
pub struct Pyramid {
    grid: Grid,
    levels: Vec<Picture>,
}

impl Pyramid {
    /// Halves `picture` until its longest side is at most [`super::TOP_LEVEL_PX`]. Takes about a third more memory.
    #[must_use]
    pub fn new(picture: Picture) -> Self {
        let grid = Grid::new(picture.width_px(), picture.height_px());
        let mut levels = Vec::with_capacity(usize::from(grid.levels()));
        let mut next = picture;
        for _ in 1..grid.levels() {
            let half = next.halved();
            levels.push(std::mem::replace(&mut next, half));
        }
        levels.push(next);
        Self { grid, levels }
    }

    /// The tiling of this picture.
    #[must_use]
    pub const fn grid(&self) -> Grid {
        self.grid
    }

    /// Width and height of the picture in pixels.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.grid.level_size(0)
    }

    /// The levels, the full size first; never empty.
    #[must_use]
    pub fn levels(&self) -> &[Picture] {
        &self.levels
    }

    /// Bytes of pixels held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|level| level.data().len()).sum()
    }

    /// The smallest level whose longest side is at least `side_px`, or the full size.
    #[must_use]
    pub fn level_at_least(&self, side_px: u32) -> Option<&Picture> {
        let large = |p: &&Picture| p.width_px().max(p.height_px()) >= side_px;
        self.levels.iter().rev().find(large).or_else(|| self.levels.first())
    }

    /// The pixels of a tile with a gutter of [`TILE_GUTTER_PX`] on each side (the neighbours' pixels, or the edge
    /// repeated where the picture ends). `None` where there is no such tile.
    #[must_use]
    pub fn tile(&self, key: TileKey) -> Option<TilePixels> {
        let (left, top, width, height) = self.grid.tile_in_level(key)?;
        let level = self.levels.get(usize::from(key.level))?;
        let (width_px, height_px) = (width + 2 * TILE_GUTTER_PX, height + 2 * TILE_GUTTER_PX);
        let mut rgba = Vec::with_capacity(width_px as usize * height_px as usize * 4);
        for y in 0..height_px {
            let row_y = (top + y).saturating_sub(TILE_GUTTER_PX).min(level.height_px() - 1);
            // The first column's gutter of tile 0 saturates to the edge, all others reach into the neighbour.
            rgba.extend_from_slice(&level.pixel(left.saturating_sub(TILE_GUTTER_PX), row_y));
            push_row(&mut rgba, level, row_y, left, width);
            rgba.extend_from_slice(&level.pixel(left + width, row_y));
        }
        Some(TilePixels { width_px, height_px, rgba })
    }
}

/// Appends `width` pixels of row `y` from `left` as RGBA.
fn push_row(rgba: &mut Vec<u8>, level: &Picture, y: u32, left: u32, width: u32) {
    let size = level.layout().bytes_per_pixel();
    let pixels = &level.row(y)[left as usize * size..(left + width) as usize * size];
    match level.layout() {
        Layout::Rgb8 => rgba.extend(pixels.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255])),
        Layout::Rgba8 => rgba.extend_from_slice(pixels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::{TILE_PX, thumbnail};

    /// A picture whose pixel (x, y) tells its place.
    fn map(width: u32, height: u32) -> Picture {
        let mut data = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let place = [x % 251, y % 241, x / 251 * 16 + y / 241];
                data.extend(place.map(|v| u8::try_from(v).expect("a small picture")));
            }
        }
        Picture::new(Layout::Rgb8, width, height, data).expect("sizes fit")
    }

    fn at(tile: &TilePixels, x: u32, y: u32) -> [u8; 4] {
        let i = ((y * tile.width_px + x) * 4) as usize;
        [tile.rgba[i], tile.rgba[i + 1], tile.rgba[i + 2], tile.rgba[i + 3]]
    }

    #[test]
    fn gutters_are_the_neighbours_pixels() {
        let pyramid = Pyramid::new(map(1100, 700));
        let tile = |x, y| pyramid.tile(TileKey { level: 0, x, y }).expect("there is such a tile");
        let (left, right, below) = (tile(0, 0), tile(1, 0), tile(0, 1));
        for y in 1..=TILE_PX {
            assert_eq!(at(&left, TILE_PX + 1, y), at(&right, 1, y), "right gutter of the left tile, row {y}");
            assert_eq!(at(&right, 0, y), at(&left, TILE_PX, y), "left gutter of the right tile, row {y}");
        }
        for x in 1..=TILE_PX {
            assert_eq!(at(&left, x, TILE_PX + 1), at(&below, x, 1), "bottom gutter, column {x}");
        }
    }

    #[test]
    fn gutters_at_the_edge_repeat_it() {
        let pyramid = Pyramid::new(map(600, 20));
        let tile = pyramid.tile(TileKey { level: 0, x: 1, y: 0 }).expect("there is such a tile");
        assert_eq!((tile.width_px, tile.height_px), (600 - TILE_PX + 2, 22), "the rest and two gutters");
        assert_eq!(at(&tile, tile.width_px - 1, 5), at(&tile, tile.width_px - 2, 5), "right edge");
        assert_eq!(at(&tile, 3, 0), at(&tile, 3, 1), "top edge");
        assert_eq!(at(&tile, 3, 21), at(&tile, 3, 20), "bottom edge");
    }

    #[test]
    fn tiles_outside_do_not_exist() {
        let pyramid = Pyramid::new(map(600, 20));
        for key in [(0, 2, 0), (0, 0, 1), (2, 0, 0)] {
            assert_eq!(pyramid.tile(TileKey { level: key.0, x: key.1, y: key.2 }), None, "{key:?}");
        }
    }

    #[test]
    fn odd_sides_halve_to_the_mean_with_the_edge_counted_twice() {
        let three = Picture::new(Layout::Rgb8, 3, 1, vec![0, 0, 0, 10, 20, 30, 200, 100, 50]).expect("sizes fit");
        assert_eq!(three.halved().data(), [5, 10, 15, 200, 100, 50], "two pixels, the last one alone");
    }

    #[test]
    fn thumbnails_keep_the_shape_and_the_mean() {
        let grey = Picture::new(Layout::Rgb8, 1000, 300, vec![77; 900_000]).expect("sizes fit");
        let small = thumbnail(&grey, 96);
        assert_eq!((small.width_px, small.height_px), (96, 28), "10 to 3");
        assert!(small.rgba.as_chunks::<4>().0.iter().all(|p| *p == [77, 77, 77, 255]), "one colour stays one colour");
        let tiny = thumbnail(&map(5, 3), 96);
        assert_eq!((tiny.width_px, tiny.height_px), (5, 3), "nothing is enlarged");
        assert_eq!(thumbnail(&map(4000, 1), 16).height_px, 1, "a line keeps a pixel");
    }
}
