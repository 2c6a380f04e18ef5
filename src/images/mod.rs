//! Bytes to pixels: probe, decode, orientation, pyramid, tiles.
//!
//! May use `geometry`. Invariants: no I/O and no threads, bytes come in as slices and pixels go out as vectors; nothing
//! is decoded before [`Limits`] allowed its size; every size and position that leaves this folder is *upright*, that is
//! after the file's orientation tag was applied; a malformed orientation tag counts as "upright".

mod decode;
mod error;
mod grid;
mod limits;
mod picture;
mod probe;
mod pyramid;
#[cfg(test)]
mod tests;

pub use decode::decode;
pub use error::ImageError;
pub use grid::{Grid, TILE_GUTTER_PX, TILE_PX, TOP_LEVEL_PX, TileKey};
pub use limits::{FILE_BYTES_MAX, Limits, PIXELS_MAX, SIDE_MAX_PX};
pub use picture::{Layout, Picture, TilePixels, thumbnail};
pub use probe::{PictureFormat, Probe, probe};
pub use pyramid::Pyramid;
