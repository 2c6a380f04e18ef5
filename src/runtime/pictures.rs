//! Pictures off the frame: fetched, decoded, cut into tiles and shrunk on worker threads, the most visible first.
//!
//! One thread plans ([`plan`], no locks and no work), up to two others work, and while a large JPEG is opened one more makes a
//! coarse copy of it. The caller sends wishes and drains events; neither ever waits. A wish replaces the one before it, so that nothing is done for an image nobody looks at any
//! more: what has not been started is forgotten, and what was under way when the wish changed is not delivered.

mod cache;
mod decoded;
mod huge;
#[cfg(test)]
mod huge_tests;
mod mask;
mod plan;
#[cfg(test)]
mod tests;
mod work;

/// What the canvas needs to place tiles; it knows `images` only through here.
pub use crate::images::{Grid, TILE_GUTTER_PX, TileKey, TilePixels};
pub use mask::MaskPixels;

use crate::images::Limits;
use plan::Plan;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Waker;
use std::thread;
use work::{Done, Job};

/// Bytes of decoded pictures kept at most, besides the open one: 512 MiB.
pub const CACHE_BYTES: usize = 512 << 20;

/// Where the bytes of a picture come from.
pub trait PictureSource: Send + Sync {
    /// The whole file of an input. Called on a worker; may wait for a disk or a server.
    ///
    /// # Errors
    /// A sentence for the user: what went wrong and what to do.
    fn bytes(&self, input_id: &str) -> Result<Vec<u8>, String>;

    /// The file of an input, where it lies on this computer: a picture too large to be decoded whole is read from there.
    fn file(&self, _input_id: &str) -> Option<PathBuf> {
        None
    }
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureEvent {
    /// The picture asked for by [`Pictures::open`] is being decoded, and there is a coarse copy of it: ask for its tiles,
    /// of which the coarse ones come. `Opened` or `Failed` follows; the tiles are to be asked for again then.
    Coming {
        /// Which input.
        input_id: String,
        /// Width and height in pixels, upright.
        size_px: (u32, u32),
    },
    /// The picture asked for by [`Pictures::open`] is decoded: ask for its tiles.
    Opened {
        /// Which input.
        input_id: String,
        /// Width and height in pixels, upright.
        size_px: (u32, u32),
        /// Levels of its pyramid, at least 1.
        levels: u8,
    },
    /// A picture of the list of [`Pictures::prefetch`] is decoded: its coarsest tile, so that it can be drawn in the very
    /// frame in which it is opened. Told once for each list that names it.
    Ahead {
        /// Which input.
        input_id: String,
        /// Width and height in pixels, upright.
        size_px: (u32, u32),
        /// The tile that shows all of it.
        key: TileKey,
        /// Its pixels, with gutters.
        pixels: TilePixels,
    },
    /// A tile of the open picture. One that was told before may be told again, finer, while a large file is being read.
    Tile {
        /// Which input.
        input_id: String,
        /// Which tile.
        key: TileKey,
        /// Its pixels, with gutters.
        pixels: TilePixels,
    },
    /// A small copy.
    Thumbnail {
        /// Which input.
        input_id: String,
        /// Its pixels, without gutters.
        pixels: TilePixels,
    },
    /// A mask asked for by [`Pictures::want_mask`].
    Mask {
        /// As it was asked for.
        key: u64,
        /// What it covers, or why it cannot be shown.
        result: Result<MaskPixels, String>,
    },
    /// A part of a picture.
    Crop {
        /// Which wish it answers.
        key: u128,
        /// Its pixels, without gutters.
        pixels: TilePixels,
    },
    /// A picture that was asked for cannot be shown. Asking again tries again.
    Failed {
        /// Which input.
        input_id: String,
        /// A sentence for the user.
        reason: String,
    },
}

/// The upright size of a picture that is too large to be decoded whole and is shown from its file; in a sentence why it
/// cannot be. `None` for all others. Reads the header.
#[must_use]
pub fn size_in_file(path: &Path) -> Option<Result<(u32, u32), String>> {
    huge::Huge::of(path, &Limits::default()).map(|huge| huge.map(|huge| huge.grid().level_size(0)))
}

/// A wish for a part of a picture, small.
#[derive(Clone, Debug, PartialEq)]
pub struct CropWish {
    /// The caller's name for it.
    pub key: u128,
    /// Which input.
    pub input_id: String,
    /// `[left, top, right, bottom]` in parts of the picture's sides.
    pub part: [f64; 4],
    /// The longest side of the answer.
    pub side_px: u32,
}

/// How the workers are set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What may be decoded.
    pub limits: Limits,
    /// Bytes of decoded pictures kept, the open one included (which is kept at any size).
    pub cache_bytes: usize,
    /// Worker threads, at least 1. From two on, the first works for the open picture alone.
    pub workers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { limits: Limits::default(), cache_bytes: CACHE_BYTES, workers: cores.min(2) }
    }
}

/// What is told to the planning thread.
enum Command {
    Open(String),
    Close,
    Prefetch(Vec<String>),
    Tiles(String, Vec<TileKey>),
    Thumbnail(String, u32),
    Mask(u64, String),
    Crops(Vec<CropWish>),
    Finished(usize, Done),
    Ahead(Done),
    Stop,
}

/// The handle to the worker threads. They end when it is dropped.
#[derive(Debug)]
pub struct Pictures {
    commands: Sender<Command>,
    events: Receiver<PictureEvent>,
}

impl Pictures {
    /// Starts the threads with the default [`Settings`]. `waker` is woken after every event.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(waker: Waker, source: &Arc<dyn PictureSource>) -> std::io::Result<Self> {
        Self::start_with(waker, source, Settings::default())
    }

    /// The same with settings.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start_with(waker: Waker, source: &Arc<dyn PictureSource>, settings: Settings) -> std::io::Result<Self> {
        let (commands, inbox) = channel();
        let (outbox, events) = channel();
        let mut workers = Vec::new();
        for index in 0..settings.workers.max(1) {
            let (jobs, my_jobs) = channel::<Job>();
            let (source, done) = (Arc::clone(source), commands.clone());
            let early = commands.clone();
            let tell: work::Tell = Arc::new(move |done| drop(early.send(Command::Ahead(done))));
            thread::Builder::new().name(format!("decode-{index}")).spawn(move || {
                for job in my_jobs {
                    let outcome = work::run(job, source.as_ref(), &settings.limits, &tell);
                    if done.send(Command::Finished(index, outcome)).is_err() {
                        return;
                    }
                }
            })?;
            workers.push(jobs);
        }
        let plan = Plan::new(settings.cache_bytes);
        thread::Builder::new().name("decode-plan".to_owned()).spawn(move || {
            direct(plan, &inbox, &workers, |event| {
                let sent = outbox.send(event).is_ok();
                if sent {
                    waker.wake_by_ref();
                }
            });
        })?;
        Ok(Self { commands, events })
    }

    /// Decodes this picture before all else; it answers with [`PictureEvent::Opened`] or [`PictureEvent::Failed`]. The
    /// tiles wanted of the one before are forgotten.
    pub fn open(&self, input_id: &str) {
        self.tell(Command::Open(input_id.to_owned()));
    }

    /// Nothing is open any more.
    pub fn close(&self) {
        self.tell(Command::Close);
    }

    /// Decodes these when nothing else is to do, the first one first, and tells each with [`PictureEvent::Ahead`] that was
    /// not told of the list before. Replaces that list.
    pub fn prefetch(&self, input_ids: &[&str]) {
        self.tell(Command::Prefetch(input_ids.iter().map(|&id| id.to_owned()).collect()));
    }

    /// Cuts these tiles of the open picture, in this order. Replaces the list before it; ignored for another picture
    /// than the open one.
    pub fn want_tiles(&self, input_id: &str, keys: &[TileKey]) {
        self.tell(Command::Tiles(input_id.to_owned(), keys.to_vec()));
    }

    /// Makes a small copy when nothing else is to do, the last one asked for first. Only the last few hundred wishes
    /// are kept: ask again while it is on the screen, asking twice costs nothing.
    pub fn want_thumbnail(&self, input_id: &str, max_side_px: u32) {
        self.tell(Command::Thumbnail(input_id.to_owned(), max_side_px));
    }

    /// Decodes a mask of the open picture after its tiles; it answers with [`PictureEvent::Mask`]. Masks that wait when
    /// another picture is opened are forgotten.
    pub fn want_mask(&self, key: u64, base64: &str) {
        self.tell(Command::Mask(key, base64.to_owned()));
    }

    /// Makes these parts of pictures when nothing else is to do, those of one picture together, the last
    /// ones asked for first. Only the last thousand wishes are kept. A picture that cannot be shown answers with
    /// [`PictureEvent::Failed`].
    pub fn want_crops(&self, wishes: Vec<CropWish>) {
        self.tell(Command::Crops(wishes));
    }

    /// What has happened since the last call. Never waits.
    #[must_use]
    pub fn drain(&self) -> Vec<PictureEvent> {
        self.events.try_iter().collect()
    }

    fn tell(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::error!("the picture threads are gone; restart the program");
        }
    }
}

impl Drop for Pictures {
    fn drop(&mut self) {
        // They may be gone already; then there is nothing to stop.
        drop(self.commands.send(Command::Stop));
    }
}

/// The planning thread: hears wishes and results, hands out jobs.
fn direct(mut plan: Plan, inbox: &Receiver<Command>, workers: &[Sender<Job>], mut emit: impl FnMut(PictureEvent)) {
    let mut idle = vec![true; workers.len()];
    while let Ok(first) = inbox.recv() {
        // All that is waiting is heard before a job is chosen: the last wish counts.
        for command in std::iter::once(first).chain(inbox.try_iter()) {
            let events = match command {
                Command::Open(input_id) => plan.open(input_id),
                Command::Close => plan.close(),
                Command::Prefetch(input_ids) => plan.prefetch(input_ids),
                Command::Tiles(input_id, keys) => plan.want_tiles(&input_id, keys),
                Command::Thumbnail(input_id, side_px) => plan.want_thumbnail(input_id, side_px),
                Command::Mask(key, base64) => plan.want_mask(key, base64),
                Command::Crops(wishes) => plan.want_crops(wishes),
                Command::Finished(worker, done) => {
                    idle[worker] = true;
                    plan.finished(done)
                }
                Command::Ahead(done) => plan.finished(done),
                Command::Stop => return,
            };
            events.into_iter().for_each(&mut emit);
        }
        for (index, worker) in workers.iter().enumerate().filter(|(index, _)| idle[*index]).collect::<Vec<_>>() {
            let lane = if index == 0 && workers.len() > 1 { plan::Lane::OpenOnly } else { plan::Lane::Any };
            if let Some(job) = plan.next(lane) {
                idle[index] = worker.send(job).is_err();
            }
        }
    }
}
