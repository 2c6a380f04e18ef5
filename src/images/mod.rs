//! Bytes to pixels: probe, decode, orientation, pyramid, tiles.
//!
//! May use `geometry`. Invariants: no I/O; no threads but those of [`side_by_side`], which end before it returns; bytes come in as slices (of a
//! picture too large for that, through a reader that the caller brings) and pixels go out as vectors; nothing is decoded
//! before [`Limits`] allowed its size; every size and position that leaves this folder is *upright*, that is after the
//! file's orientation tag was applied; a malformed orientation tag counts as "upright".

mod crop;
mod decode;
mod error;
mod grid;
mod limits;
mod lzw;
mod overview;
mod picture;
mod pieces;
#[cfg(test)]
mod pieces_tests;
mod preview;
mod probe;
mod pyramid;
mod side_by_side;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod tiff_fixture;
mod webp;

pub use crop::crop;
pub use decode::decode;
pub use error::ImageError;
pub use grid::{Grid, TILE_GUTTER_PX, TILE_PX, TOP_LEVEL_PX, TileKey};
pub use limits::{FILE_BYTES_MAX, Limits, PIXELS_MAX, SIDE_MAX_PX};
pub use overview::{Overview, Progress};
pub use picture::{Layout, Picture, TilePixels, thumbnail};
pub use pieces::Pieces;
pub use preview::{Preview, preview};
pub use probe::{PictureFormat, Probe, probe};
pub use pyramid::Pyramid;
