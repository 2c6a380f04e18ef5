//! Where the meshes of many new chunks are built: on threads that end with the work, so that no frame waits for them.

use super::mesh::{Builder, Mesh, Prepared};
use super::shape::Outline;
use crate::geometry::Point;
use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The window is woken for what is done at most so often: each time costs it a frame.
const TOLD_EVERY: Duration = Duration::from_millis(120);

/// So many meshes wait for the window at most, of half a megabyte each; then no further one is built before it takes them.
const WAITING_MAX: usize = 48;

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
        let (done, finished) = sync_channel(WAITING_MAX);
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

fn work(bench: &Mutex<Bench>, done: &SyncSender<Built>, wake: &Wake) {
    let mut builder = Builder::default();
    loop {
        let Some(job) = lock(bench).jobs.pop_front() else { return };
        match done.try_send(job.build(&mut builder)) {
            Ok(()) => {}
            Err(TrySendError::Full(built)) => {
                wake(); // it may have been told too early, and then of nothing more
                if done.send(built).is_err() {
                    return;
                }
            }
            Err(TrySendError::Disconnected(_)) => return,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn jobs(count: usize) -> Vec<Job> {
        let outline = Arc::new(Outline::Box(Rect::from_corners(Point::default(), Point::new(5.0, 5.0))));
        let part = || Part { slot: 0, outline: Arc::clone(&outline), shape: Prepared::new(&outline).expect("finite") };
        (0..count).map(|chunk| Job { chunk, number: 1, origin: Point::default(), parts: vec![part()] }).collect()
    }

    #[test]
    fn no_more_is_built_than_the_window_takes_and_all_of_it_arrives() {
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let wake: Wake = Arc::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        let mut workshop = Workshop::default();
        let count = 5 * WAITING_MAX;
        workshop.give(jobs(count), &wake);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut arrived = Vec::new();
        while workshop.is_busy() {
            // As a window does: it looks only when it is woken.
            while woken.swap(0, Ordering::SeqCst) == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
            let taken = workshop.take();
            assert!(taken.len() <= 2 * (WAITING_MAX + threads), "{} at once", taken.len());
            arrived.extend(taken.into_iter().map(|built| built.chunk));
        }
        arrived.sort_unstable();
        assert_eq!(arrived, (0..count).collect::<Vec<usize>>());
    }

    #[test]
    fn threads_that_wait_for_a_window_end_with_it() {
        let mut workshop = Workshop::default();
        workshop.give(jobs(5 * WAITING_MAX), &(Arc::new(|| {}) as Wake));
        let bench = workshop.open.as_ref().map(|open| Arc::clone(&open.bench)).expect("at work");
        std::thread::sleep(Duration::from_millis(20));
        drop(workshop);
        let deadline = Instant::now() + Duration::from_mins(1);
        while Arc::strong_count(&bench) > 1 {
            assert!(Instant::now() < deadline, "they are still there");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
