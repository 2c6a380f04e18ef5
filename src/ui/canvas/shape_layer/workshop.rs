//! Where the meshes of many new chunks are built: on threads that end with the work, so that no frame waits for them.

use super::mesh::{Builder, Mesh, Prepared};
use super::shape::Outline;
use crate::geometry::Point;
use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The window is woken for what is done at most so often: each time costs it a frame.
const TOLD_EVERY: Duration = Duration::from_millis(120);

/// Wakes the window.
pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// The shapes of a chunk as they were when it was given away.
#[derive(Debug)]
pub(super) struct Job {
    pub chunk: usize,
    /// Counts on; the chunk remembers the one that it waits for.
    pub number: u64,
    pub origin: Point,
    pub parts: Vec<Part>,
}

/// A shape in its slot.
#[derive(Debug)]
pub(super) struct Part {
    pub slot: u16,
    pub outline: Arc<Outline>,
    pub shape: Prepared,
}

impl Job {
    /// What it comes to, with the triangles that were found.
    pub fn build(mut self, builder: &mut Builder) -> Built {
        for part in &mut self.parts {
            part.shape.triangulate(&part.outline);
        }
        builder.begin(self.origin, self.parts.iter().map(|part| &part.shape));
        for part in &self.parts {
            builder.add(part.slot, &part.outline, &part.shape);
        }
        Built { chunk: self.chunk, number: self.number, mesh: builder.finish(), parts: self.parts }
    }
}

/// A mesh for a chunk.
#[derive(Debug)]
pub(super) struct Built {
    pub chunk: usize,
    pub number: u64,
    pub mesh: Mesh,
    pub parts: Vec<Part>,
}

/// Gives work away and takes it back.
#[derive(Default)]
pub(super) struct Workshop {
    open: Option<Open>,
}

struct Open {
    bench: Arc<Mutex<Bench>>,
    finished: Receiver<Built>,
    out: usize,
}

struct Bench {
    jobs: VecDeque<Job>,
    told: Instant,
}

impl fmt::Debug for Workshop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workshop").field("out", &self.open.as_ref().map(|open| open.out)).finish()
    }
}

impl Workshop {
    /// Whether something that was given away is not back yet.
    pub const fn is_busy(&self) -> bool {
        self.open.is_some()
    }

    /// Gives these away; what comes back before all of these is lost. `wake` is called when there is something to be taken.
    pub fn give(&mut self, jobs: Vec<Job>, wake: &Wake) {
        self.close();
        let (done, finished) = channel();
        let out = jobs.len();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(out);
        let bench = Arc::new(Mutex::new(Bench { jobs: jobs.into(), told: Instant::now() }));
        for index in 0..threads {
            let (bench, done, wake) = (Arc::clone(&bench), done.clone(), Arc::clone(wake));
            let started =
                std::thread::Builder::new().name(format!("chunks-{index}")).spawn(move || work(&bench, &done, &wake));
            if let Err(error) = started {
                tracing::warn!(%error, "chunks are built by fewer threads");
            }
        }
        self.open = Some(Open { bench, finished, out });
    }

    /// What has come back since the last call. Never waits.
    pub fn take(&mut self) -> Vec<Built> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let mut built: Vec<Built> = open.finished.try_iter().collect();
        open.out = open.out.saturating_sub(built.len());
        if open.out == 0 {
            self.open = None;
        } else if Arc::strong_count(&open.bench) == 1 {
            // No thread is left: there was none, or one failed. The rest is done here.
            let left = std::mem::take(&mut lock(&open.bench).jobs);
            built.extend(open.finished.try_iter());
            let mut builder = Builder::default();
            built.extend(left.into_iter().map(|job| job.build(&mut builder)));
            self.open = None;
        }
        built
    }

    /// Nothing of what was given away is wanted any more.
    pub fn close(&mut self) {
        if let Some(open) = self.open.take() {
            lock(&open.bench).jobs.clear();
        }
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock(bench: &Mutex<Bench>) -> MutexGuard<'_, Bench> {
    bench.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(bench: &Mutex<Bench>, done: &Sender<Built>, wake: &Wake) {
    let mut builder = Builder::default();
    loop {
        let Some(job) = lock(bench).jobs.pop_front() else { return };
        if done.send(job.build(&mut builder)).is_err() {
            return;
        }
        let tells = {
            let mut bench = lock(bench);
            let tells = bench.jobs.is_empty() || bench.told.elapsed() >= TOLD_EVERY;
            if tells {
                bench.told = Instant::now();
            }
            tells
        };
        if tells {
            wake();
        }
    }
}
