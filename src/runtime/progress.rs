//! Long work told as it goes, and called off. A job tells at most so often; dropping it tells that it is over.

use super::messages::Event;
use super::session::Out;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A job tells how far it is at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Calls a job off. Setting it never waits.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Calls it off; the job ends at its next step.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was called off.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a job is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Which job.
    pub job: u64,
    /// What it does: `Adding images`.
    pub what: String,
    /// Of what it counts: `images`.
    pub unit: &'static str,
    /// How many are done.
    pub done: u64,
    /// Of how many, where that is known.
    pub total: Option<u64>,
    /// Calls it off.
    pub cancel: Cancel,
}

/// A job under way.
pub struct Job {
    out: Option<Out>,
    progress: Progress,
    told: Option<Instant>,
}

impl Job {
    /// One that nobody looks at.
    #[must_use]
    pub fn unseen() -> Self {
        Self::new(None, "", "")
    }

    /// One that the window shows.
    pub fn seen(out: &Out, what: impl Into<String>, unit: &'static str) -> Self {
        Self::new(Some(out.clone()), what, unit)
    }

    fn new(out: Option<Out>, what: impl Into<String>, unit: &'static str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let job = NEXT.fetch_add(1, Ordering::Relaxed);
        let progress = Progress { job, what: what.into(), unit, done: 0, total: None, cancel: Cancel::default() };
        Self { out, progress, told: None }
    }

    /// Of how many.
    pub fn of(&mut self, total: usize) {
        self.progress.total = u64::try_from(total).ok();
        self.tell();
    }

    /// Some more are done.
    pub fn did(&mut self, n: usize) {
        self.progress.done += u64::try_from(n).unwrap_or(0);
        self.tell();
    }

    fn tell(&mut self) {
        let Some(out) = &self.out else { return };
        if self.told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
            self.told = Some(Instant::now());
            out.tell(Event::Progress(self.progress.clone()));
        }
    }

    /// Whether it was called off.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.progress.cancel.is_cancelled()
    }

    /// What calls it off.
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        self.progress.cancel.clone()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(out) = self.out.as_ref().filter(|_| self.told.is_some()) {
            out.tell(Event::ProgressEnded(self.progress.job));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Opening;
    use std::sync::mpsc::channel;
    use std::task::Waker;

    fn told(events: &std::sync::mpsc::Receiver<Event>) -> Vec<String> {
        let word = |event| match event {
            Event::Progress(p) => format!("{} of {:?}", p.done, p.total),
            Event::ProgressEnded(_) => "ended".to_owned(),
            other => format!("{other:?}"),
        };
        events.try_iter().map(word).collect()
    }

    #[test]
    fn a_job_tells_how_far_it_is_and_when_it_is_over() {
        let (sender, events) = channel();
        let mut job = Job::seen(&Out::new(sender, Waker::noop().clone()), "Adding images", "images");
        assert_eq!(told(&events), Vec::<String>::new(), "nothing before there is something to count");
        job.of(3);
        job.did(1);
        drop(job);
        assert_eq!(told(&events), ["0 of Some(3)", "ended"], "at once, then not too often, and the end");
    }

    #[test]
    fn a_project_whose_making_is_called_off_is_not_there() {
        let dir = tempfile::TempDir::new().expect("a folder");
        let folder = dir.path().join("photos");
        std::fs::create_dir(&folder).expect("a folder");
        image::RgbImage::new(8, 8).save(folder.join("a.png")).expect("an image");
        let mut job = Job::unseen();
        job.progress.cancel.cancel();
        let at = dir.path().join("project");
        let made = super::super::open::create_told(&Opening::ImageFolder(folder), &at, &mut job);
        assert!(made.expect_err("called off").to_string().contains("nothing was made"), "and says so");
        let left = std::fs::read_dir(dir.path()).expect("readable").count();
        assert_eq!(left, 1, "only the photos are there");
    }
}
