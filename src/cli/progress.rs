//! A line of progress on a terminal; nothing in a pipe.

use crate::runtime::exchange::{Progress, Step};
use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The line changes at most this often.
const SHOWN_EVERY: Duration = Duration::from_millis(50);

/// Progress that is shown where somebody sees it.
pub struct Shown {
    /// To be handed to what runs.
    pub progress: Progress,
    on_terminal: bool,
}

/// Shows "12000 of 1000000 `what`" on one line of a terminal.
#[must_use]
pub fn shown(what: &'static str) -> Shown {
    let on_terminal = std::io::stderr().is_terminal();
    if !on_terminal {
        return Shown { progress: Progress::silent(), on_terminal };
    }
    let last = Mutex::new(None::<Instant>);
    let progress = Progress::new(move |step| {
        {
            let Ok(mut last) = last.lock() else { return };
            if last.is_some_and(|at| at.elapsed() < SHOWN_EVERY) {
                return;
            }
            *last = Some(Instant::now());
        }
        let text = match step {
            Step { done, of: Some(of) } if of > 0 => {
                let tenths = usize::try_from(done.min(of) * 30 / of).unwrap_or(0);
                format!("[{}{}] {done} of {of} {what}", "#".repeat(tenths), ".".repeat(30 - tenths))
            }
            Step { done, .. } => format!("{done} {what}"),
        };
        // A terminal that takes nothing has nobody before it.
        write!(std::io::stderr(), "\r{text}\x1b[K").ok();
    });
    Shown { progress, on_terminal }
}

impl Shown {
    /// Takes the line away.
    pub fn end(&self) {
        if self.on_terminal {
            write!(std::io::stderr(), "\r\x1b[K").ok();
        }
    }
}
