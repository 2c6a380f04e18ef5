//! A large TIFF decoded by all cores: its strips or tiles are compressed one by one. Strips of LZW, the common case, are decoded
//! here: the general decoder takes nearly twice as long for them.

use super::lzw::decode_lzw;
use super::pieces::{Differences, LzwStrips};
use super::{Picture, Pieces};
use std::io::Cursor;
use std::thread;

/// Below this many pixels the threads cost more than they save.
const PIXELS_MIN: u64 = 1_000_000;

/// Samples of a pixel of those that are decoded here.
const SAMPLES: usize = 3;

/// Threads at most.
const THREADS_MAX: usize = 4;

/// The picture; `None` where it is small, in one piece, damaged, or stored in a way that only the general decoder reads
/// (which then says what is wrong).
pub(super) fn decode_tiff(bytes: &[u8]) -> Option<Picture> {
    let mut layout = Pieces::open(Cursor::new(bytes)).ok()?;
    let strips = layout.lzw_strips();
    let (width, height) = layout.grid().level_size(0);
    let (_, rows) = layout.pieces();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX).min(rows as usize);
    if u64::from(width) * u64::from(height) < PIXELS_MIN || threads < 2 {
        return None;
    }
    let (_, _, _, piece_height) = layout.place(0, 0);
    let pixel = layout.layout().bytes_per_pixel();
    let mut data = vec![0; width as usize * height as usize * pixel];
    // Bands of whole rows of pieces, of about the same height; each thread writes its own part of the picture.
    let rows_each = (rows as usize).div_ceil(threads);
    let band_px = rows_each * piece_height as usize;
    let bands = data.chunks_mut(band_px * width as usize * pixel).enumerate();
    let whole = thread::scope(|scope| {
        let running: Vec<_> = bands
            .map(|(index, band)| {
                let top = u32::try_from(index * band_px).ok();
                let strips = strips.as_ref();
                let work = move || match (top, strips) {
                    (Some(_), Some(strips)) => fill_lzw(bytes, strips, (index * rows_each, width, piece_height), band),
                    (Some(top), None) => fill(bytes, top, band),
                    (None, _) => false,
                };
                thread::Builder::new().name("decode-band".to_owned()).spawn_scoped(scope, work)
            })
            .collect();
        running.into_iter().all(|thread| thread.is_ok_and(|t| t.join().unwrap_or(false)))
    });
    if whole { Picture::new(layout.layout(), width, height, data) } else { None }
}

/// Decodes strips from the one with this number on into `band`; whether that went well.
fn fill_lzw(bytes: &[u8], strips: &LzwStrips, (first, width, height): (usize, u32, u32), band: &mut [u8]) -> bool {
    let stride = width as usize * SAMPLES;
    let Some(places) = strips.places.get(first..) else { return false };
    let parts = band.chunks_mut(stride * height as usize);
    parts.len() <= places.len()
        && parts.zip(places).all(|(part, place)| {
            let is_good = bytes.get(place.clone()).is_some_and(|data| decode_lzw(data, part));
            if strips.differences == Differences::ToTheLeft {
                part.chunks_mut(stride).for_each(add_up);
            }
            is_good
        })
}

/// Makes a row of pixels of what they differ from the one to the left.
fn add_up(row: &mut [u8]) {
    let mut left = [0_u8; SAMPLES];
    for pixel in row.as_chunks_mut::<SAMPLES>().0 {
        for (value, before) in pixel.iter_mut().zip(&mut left) {
            *value = value.wrapping_add(*before);
            *before = *value;
        }
    }
}

/// Decodes the rows of pixels from `top` on into `band`; whether that went well.
fn fill(bytes: &[u8], top: u32, band: &mut [u8]) -> bool {
    let Ok(mut pieces) = Pieces::open(Cursor::new(bytes)) else { return false };
    let (width, _) = pieces.grid().level_size(0);
    let stride = width as usize * pieces.layout().bytes_per_pixel();
    let (_, _, _, piece_height) = pieces.place(0, 0);
    let mut y = top;
    for part in band.chunks_mut(stride * piece_height as usize) {
        let Ok(height) = u32::try_from(part.len() / stride) else { return false };
        let is_done = match pieces.row_into(y / piece_height, part) {
            Some(result) => result.is_ok(),
            None => match pieces.region(0, y, width, height) {
                Ok(Some(picture)) if picture.data().len() == part.len() => {
                    part.copy_from_slice(picture.data());
                    true
                }
                _ => false,
            },
        };
        if !is_done {
            return false;
        }
        y += height;
    }
    true
}
