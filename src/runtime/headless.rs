//! Pull and push without a window: the same session, with nobody looking.

use super::messages::{Access, Event, Pull, Request, Sending, SyncGate, SyncStatus};
use super::open::Opening;
use super::status::{StatusReport, status};
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::task::Waker;
use std::time::Duration;

/// What is to be brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Take over what others did; send nothing.
    Pull,
    /// Send what is unsent (and take over what others did, so that nothing is overwritten unseen).
    Push,
}

/// How it went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How the project stands now.
    pub report: StatusReport,
    /// Why it could not be finished, where it could not; everything is kept.
    pub unfinished: Option<String>,
}

/// The server gets so long to answer at all.
const PATIENCE_SECS: u64 = 20;

/// Brings a project up to date and closes it again.
///
/// # Errors
/// A sentence, where the project cannot be opened for writing.
pub fn settle(dir: &Path, direction: Direction) -> Result<Outcome, String> {
    let sending = match direction {
        Direction::Pull => Sending::WhenISay,
        Direction::Push => Sending::AsEdited,
    };
    let link = super::start_with(Opening::Project(dir.to_owned()), Waker::noop(), Some(sending))
        .map_err(|error| format!("No threads: {error}"))?;
    let mut pulled = false;
    let mut pulling = false;
    let mut last = SyncStatus::default();
    let unfinished = loop {
        match link.events.recv_timeout(Duration::from_secs(PATIENCE_SECS)) {
            Ok(Event::OpenFailed(reason)) => return Err(reason),
            Ok(Event::OpenDamaged(damaged)) => return Err(damaged.reason),
            Ok(Event::Opened(opened)) => {
                if let Access::ReadOnly(reason) = opened.access {
                    return Err(reason);
                }
                if direction == Direction::Push {
                    link.requests.send(Request::SyncNow).ok();
                }
            }
            Ok(Event::Sync(now)) => {
                pulled |= pulling && now.pull == Pull::Idle;
                pulling = now.pull == Pull::Running;
                last = now;
            }
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => break Some(why(&last)),
            Err(RecvTimeoutError::Disconnected) => break Some("the session ended early".to_owned()),
        }
        if let SyncGate::KeyRefused(reason) | SyncGate::Misconfigured(reason) | SyncGate::Offline(reason) = &last.gate {
            break Some(reason.clone());
        }
        let sent = direction == Direction::Pull || last.unsent + last.sending + last.unknown == 0;
        if pulled && sent {
            break None;
        }
    };
    drop(link); // closes the project in order
    Ok(Outcome { report: status(dir)?, unfinished })
}

fn why(last: &SyncStatus) -> String {
    match &last.gate {
        SyncGate::Waiting { until } => format!("the server asked to wait until {until}"),
        _ => format!("nothing was heard for {PATIENCE_SECS} s"),
    }
}
