//! The small copy of a picture that is read in pieces: coarse at once, finer with every pass.

use super::{Grid, Layout, Picture, Pieces, Pyramid, TOP_LEVEL_PX};
use std::io::{Read, Seek};

/// Longest side of the copy, at most: what is finer is read from the file when it is looked at.
const SIDE_MAX_PX: u32 = 4096;

/// Every how many pieces the passes read: each reads what the one before it left out.
const STRIDES: [u32; 5] = [16, 8, 4, 2, 1];

/// What is shown where nothing was read yet.
const UNKNOWN: u8 = 96;

/// A copy of one level of the pyramid, on its way.
#[derive(Debug)]
pub struct Overview {
    level: u8,
    width_px: u32,
    height_px: u32,
    rgb: Vec<u8>,
    pieces: (u32, u32),
    pass: usize,
    at: (u32, u32),
}

/// How far an overview is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More is to be read; a pass may have ended.
    Reading,
    /// A pass is over: the whole picture is there, finer than before.
    PassDone,
    /// Everything was read.
    Done,
}

impl Overview {
    /// Of a picture of this tiling, stored in so many columns and rows of pieces.
    #[must_use]
    pub fn new(grid: Grid, pieces: (u32, u32)) -> Self {
        let longest = |level: u8| grid.level_size(level).0.max(grid.level_size(level).1);
        let level = (0..grid.levels()).find(|level| longest(*level) <= SIDE_MAX_PX.max(TOP_LEVEL_PX)).unwrap_or(0);
        let (width_px, height_px) = grid.level_size(level);
        let rgb = vec![UNKNOWN; width_px as usize * height_px as usize * 3];
        Self { level, width_px, height_px, rgb, pieces, pass: 0, at: (0, 0) }
    }

    /// The level of the picture's pyramid that this is a copy of.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// The copy as it is now, with its own halved copies.
    #[must_use]
    pub fn pyramid(&self) -> Option<Pyramid> {
        Picture::new(Layout::Rgb8, self.width_px, self.height_px, self.rgb.clone()).map(Pyramid::new)
    }

    /// Reads on, some `budget_bytes` of pixels or to the end of a pass. A damaged piece stays grey: the others are
    /// still worth seeing.
    pub fn read_on<R: Read + Seek>(&mut self, source: &mut Pieces<R>, budget_bytes: usize) -> Progress {
        let mut read = 0;
        while let Some(&stride) = STRIDES.get(self.pass) {
            let (column, row) = self.at;
            let is_new = self.pass == 0 || !column.is_multiple_of(2 * stride) || !row.is_multiple_of(2 * stride);
            if is_new {
                read += self.read_one(source, (column, row), stride);
            }
            if self.step(stride) {
                self.pass += 1;
                return if self.pass == STRIDES.len() { Progress::Done } else { Progress::PassDone };
            }
            if read >= budget_bytes {
                return Progress::Reading;
            }
        }
        Progress::Done
    }

    /// Reads a piece; gives its bytes. A damaged one is grey, not what its neighbour looks like: nobody should label that.
    fn read_one<R: Read + Seek>(&mut self, source: &mut Pieces<R>, (column, row): (u32, u32), stride: u32) -> usize {
        let place = source.place(column, row);
        let grey = Picture::new(Layout::Rgb8, 1, 1, vec![UNKNOWN; 3]);
        match (source.piece(column, row), grey) {
            (Ok(piece), _) => {
                if stride > 1 {
                    self.add(place, &piece, stride);
                }
                self.add(place, &piece, 1);
                piece.data().len()
            }
            (Err(_), Some(grey)) => {
                self.add(place, &grey, 1);
                0
            }
            (Err(_), None) => 0,
        }
    }

    /// Goes to the next piece of this pass; says whether it is over.
    const fn step(&mut self, stride: u32) -> bool {
        self.at.0 += stride;
        if self.at.0 >= self.pieces.0 {
            self.at = (0, self.at.1 + stride);
        }
        if self.at.1 >= self.pieces.1 {
            self.at = (0, 0);
            return true;
        }
        false
    }

    /// Puts a piece in its place (`stretch` 1), or stretched over the neighbours that this pass leaves out.
    fn add(&mut self, (left, top, width, height): (u32, u32, u32, u32), piece: &Picture, stretch: u32) {
        let shrink = 1_u32 << self.level;
        let xs = left.div_ceil(shrink)..(left + width * stretch).div_ceil(shrink).min(self.width_px);
        let ys = top.div_ceil(shrink)..(top + height * stretch).div_ceil(shrink).min(self.height_px);
        for y in ys {
            for x in xs.clone() {
                // The block that this pixel stands for, as far as the piece has it.
                let from = ((x * shrink - left) / stretch, (y * shrink - top) / stretch);
                let mean = mean_of(piece, from, (shrink / stretch).max(1));
                let at = (y as usize * self.width_px as usize + x as usize) * 3;
                self.rgb[at..at + 3].copy_from_slice(&mean);
            }
        }
    }
}

/// The mean colour of a square of a picture, as far as it reaches.
fn mean_of(picture: &Picture, (left, top): (u32, u32), side_px: u32) -> [u8; 3] {
    let right = (left + side_px).min(picture.width_px());
    let bottom = (top + side_px).min(picture.height_px());
    let mut sum = [0_u32; 3];
    let mut count = 0;
    for y in top.min(picture.height_px() - 1)..bottom {
        for x in left.min(picture.width_px() - 1)..right {
            let [r, g, b, _] = picture.pixel(x, y);
            for (total, value) in sum.iter_mut().zip([r, g, b]) {
                *total += u32::from(value);
            }
            count += 1;
        }
    }
    sum.map(|total| u8::try_from(total.checked_div(count).unwrap_or(u32::from(UNKNOWN))).unwrap_or(u8::MAX))
}
