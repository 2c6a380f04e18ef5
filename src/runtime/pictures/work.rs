//! What a worker does with a job: the only place here that takes time.

use super::decoded::Decoded;
use super::huge::Huge;
use super::mask::{MaskPixels, decode_mask};
use super::{CropWish, PictureSource};
use crate::images::{Layout, Limits, Picture, Pyramid, TileKey, TilePixels, crop, decode, preview, thumbnail};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

/// A piece of work.
#[derive(Debug)]
pub(super) enum Job {
    /// Fetch and decode.
    Load { input_id: String, first_look: FirstLook },
    /// Cut a tile.
    Tile { input_id: String, key: TileKey, picture: Arc<Decoded>, generation: u64 },
    /// Cut the coarsest tile of a picture that may be opened next.
    Ahead { input_id: String, picture: Arc<Decoded> },
    /// Read on in a picture that stays in its file.
    Refine { input_id: String, picture: Arc<Decoded> },
    /// Read a mask.
    Mask { key: u64, base64: String },
    /// Make a small copy, of the decoded picture if there is one.
    Thumbnail { input_id: String, side_px: u32, decoded: Option<Arc<Decoded>> },
    /// Cut small parts out, of the decoded picture if there is one.
    Crops { input_id: String, wishes: Vec<CropWish>, decoded: Option<Arc<Decoded>> },
}

/// Whether somebody waits for a picture, so that a coarse copy of it is worth a thread of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstLook {
    /// It is open.
    Wanted,
    /// It is decoded ahead.
    Unneeded,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Done {
    /// A coarse copy of a picture that goes on being decoded.
    Coming {
        input_id: String,
        picture: Arc<Decoded>,
    },
    Loaded {
        input_id: String,
        result: Result<Arc<Decoded>, String>,
    },
    Tile {
        input_id: String,
        key: TileKey,
        generation: u64,
        pixels: Option<TilePixels>,
    },
    /// With the upright size.
    Ahead {
        input_id: String,
        size_px: (u32, u32),
        key: TileKey,
        pixels: Option<TilePixels>,
    },
    /// With the coarsest tile, where it has changed.
    Refined {
        input_id: String,
        top: Option<TilePixels>,
    },
    Thumbnail {
        input_id: String,
        side_px: u32,
        result: Result<TilePixels, String>,
    },
    Mask {
        key: u64,
        result: Result<MaskPixels, String>,
    },
    Crops {
        input_id: String,
        result: Result<Vec<(u128, TilePixels)>, String>,
    },
}

/// The longest side of the copy from which parts of a picture that stays in its file are cut.
const HUGE_COPY_PX: u32 = 4096;
/// Hears what a worker has before its job is done.
pub(super) type Tell = Arc<dyn Fn(Done) + Send + Sync>;

const PANICKED: &str =
    "The decoder failed on this picture. Save it again with another program; please report it with the file.";

/// Does the job. A panic in the source or in a decoder becomes a failure of this picture alone. `tell` hears what there is
/// before the job is done.
pub(super) fn run(job: Job, source: &dyn PictureSource, limits: &Limits, tell: &Tell) -> Done {
    match job {
        Job::Load { input_id, first_look } => {
            let result = guarded(|| {
                if let Some(huge) = source.file(&input_id).and_then(|path| Huge::of(&path, limits)) {
                    return Ok(Arc::new(Decoded::InFile(huge?)));
                }
                let bytes = Arc::new(source.bytes(&input_id)?);
                if first_look == FirstLook::Wanted {
                    look_first(&input_id, &bytes, *limits, tell);
                }
                let picture = decode(&bytes, limits).map_err(|e| e.to_string())?;
                drop(bytes);
                Ok(Arc::new(Decoded::Whole(Pyramid::new(picture))))
            });
            Done::Loaded { input_id, result }
        }
        Job::Tile { input_id, key, picture, generation } => {
            let pixels = guarded(|| Ok(picture.tile(key))).ok().flatten();
            Done::Tile { input_id, key, generation, pixels }
        }
        Job::Ahead { input_id, picture } => {
            let (key, size_px) = (picture.top(), picture.grid().level_size(0));
            let pixels = guarded(|| Ok(picture.tile(key))).ok().flatten();
            Done::Ahead { input_id, size_px, key, pixels }
        }
        Job::Refine { input_id, picture } => {
            let top = guarded(|| Ok(picture.refine())).ok().flatten();
            Done::Refined { input_id, top }
        }
        Job::Mask { key, base64 } => Done::Mask { key, result: guarded(|| decode_mask(&base64, limits)) },
        Job::Thumbnail { input_id, side_px, decoded } => {
            let result = guarded(|| {
                if let Some(small) = decoded.as_ref().and_then(|picture| picture.thumbnail(side_px)) {
                    return Ok(small);
                }
                if let Some(huge) = source.file(&input_id).and_then(|path| Huge::of(&path, limits)) {
                    return huge?.first_thumbnail(side_px);
                }
                let bytes = source.bytes(&input_id)?;
                decode(&bytes, limits).map(|p| thumbnail(&p, side_px)).map_err(|e| e.to_string())
            });
            Done::Thumbnail { input_id, side_px, result }
        }
        Job::Crops { input_id, wishes, decoded } => {
            let result = guarded(|| {
                if let Some(Decoded::Whole(pyramid)) = decoded.as_deref() {
                    return Ok(small_parts(pyramid.levels().first(), &wishes));
                }
                // Of a picture that stays in its file a copy of middling size has to do.
                if let Some(huge) = source.file(&input_id).and_then(|path| Huge::of(&path, limits)) {
                    let copy = huge?.first_thumbnail(HUGE_COPY_PX)?;
                    let picture = Picture::new(Layout::Rgba8, copy.width_px, copy.height_px, copy.rgba);
                    return Ok(small_parts(picture.as_ref(), &wishes));
                }
                let picture = decode(&source.bytes(&input_id)?, limits).map_err(|e| e.to_string())?;
                Ok(small_parts(Some(&picture), &wishes))
            });
            Done::Crops { input_id, result }
        }
    }
}

/// Makes a coarse copy beside the decoder, which does not wait for it. Where there is none to be had nothing is told: the
/// decoder says what is wrong.
fn look_first(input_id: &str, bytes: &Arc<Vec<u8>>, limits: Limits, tell: &Tell) {
    let (input_id, bytes, tell) = (input_id.to_owned(), Arc::clone(bytes), Arc::clone(tell));
    let look = move || {
        if let Ok(Some(coarse)) = guarded(|| Ok(preview(&bytes, &limits))) {
            tell(Done::Coming { input_id, picture: Arc::new(Decoded::Coming(coarse)) });
        }
    };
    if let Err(error) = thread::Builder::new().name("decode-first".to_owned()).spawn(look) {
        tracing::debug!(%error, "no thread for a first look");
    }
}

fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // Nothing the closure touches is used again after a panic, but for the source, which is `Sync` and minds itself.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(PANICKED.to_owned()))
}

fn small_parts(full: Option<&Picture>, wishes: &[CropWish]) -> Vec<(u128, TilePixels)> {
    let Some(full) = full else { return Vec::new() };
    let small = |wish: &CropWish| Some((wish.key, thumbnail(&crop(full, wish.part)?, wish.side_px)));
    wishes.iter().filter_map(small).collect()
}
