//! A picture that can be looked at: decoded whole, or in its file.

use super::huge::Huge;
use crate::images::{Grid, Preview, Pyramid, TileKey, TilePixels, thumbnail};

/// What the cache keeps of a picture.
#[derive(Debug)]
pub(super) enum Decoded {
    /// All its pixels.
    Whole(Pyramid),
    /// A small copy of it; the rest is read when it is looked at.
    InFile(Huge),
    /// A small copy of it, for as long as it is being decoded. Never in the cache.
    Coming(Preview),
}

impl Decoded {
    pub const fn grid(&self) -> Grid {
        match self {
            Self::Whole(pyramid) => pyramid.grid(),
            Self::InFile(huge) => huge.grid(),
            Self::Coming(preview) => preview.grid(),
        }
    }

    /// Bytes of pixels held.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Whole(pyramid) => pyramid.bytes(),
            Self::InFile(huge) => huge.bytes(),
            Self::Coming(preview) => preview.bytes(),
        }
    }

    /// The tile that shows the whole picture.
    pub fn top(&self) -> TileKey {
        TileKey { level: self.grid().levels() - 1, x: 0, y: 0 }
    }

    /// Whether this tile is as good as it will be, or, of a picture that is being decoded, can be had at all.
    pub fn can_cut(&self, key: TileKey) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::InFile(huge) => huge.can_cut(key),
            Self::Coming(preview) => preview.has(key),
        }
    }

    /// Whether there is nothing left to read ahead.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Whole(_) | Self::Coming(_) => true,
            Self::InFile(huge) => huge.is_complete(),
        }
    }

    pub fn tile(&self, key: TileKey) -> Option<TilePixels> {
        match self {
            Self::Whole(pyramid) => pyramid.tile(key),
            Self::InFile(huge) => huge.tile(key),
            Self::Coming(preview) => preview.tile(key),
        }
    }

    /// Reads on; the tile that shows the whole picture, where it is better than before.
    pub fn refine(&self) -> Option<TilePixels> {
        match self {
            Self::Whole(_) | Self::Coming(_) => None,
            Self::InFile(huge) => huge.refine().then(|| huge.tile(self.top())).flatten(),
        }
    }

    pub fn thumbnail(&self, side_px: u32) -> Option<TilePixels> {
        match self {
            Self::Whole(pyramid) => pyramid.level_at_least(side_px).map(|level| thumbnail(level, side_px)),
            Self::InFile(huge) => huge.thumbnail(side_px),
            Self::Coming(_) => None,
        }
    }
}
