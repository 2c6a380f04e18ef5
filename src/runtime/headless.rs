//! Pull and push without a window: the same session, with nobody looking.

use super::exchange::Progress;
use super::messages::{Access, Event, InputRow, Pull, Request, Sending, SyncGate, SyncStatus};
use super::open::Opening;
use super::status::{StatusReport, status};
use crate::model::InputId;
use std::collections::HashMap;
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

/// After so long without news the session is asked for a sign of life; when nothing but that came for as long again, it is
/// the server that is silent. A session that works on a very large project answers when it has done so.
const PATIENCE_SECS: u64 = 10;

/// What is known of a silence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// There is news.
    None,
    /// The session was asked whether it is there.
    Asked,
    /// It is.
    Answered,
}

impl Silence {
    const fn after(self, event: &Result<Event, RecvTimeoutError>) -> Self {
        match (event, self) {
            (Err(_), Self::None) => Self::Asked,
            (Err(_), silence) => silence,
            (Ok(Event::ConceptCounts(_)), Self::Asked | Self::Answered) => Self::Answered,
            (Ok(_), _) => Self::None,
        }
    }
}

/// Brings a project up to date and closes it again; `progress` is told how far it is.
///
/// # Errors
/// A sentence, where the project cannot be opened for writing.
pub fn settle(dir: &Path, direction: Direction, progress: &Progress) -> Result<Outcome, String> {
    let sending = match direction {
        Direction::Pull => Sending::WhenISay,
        Direction::Push => Sending::AsEdited,
    };
    let link = super::start_with(Opening::Project(dir.to_owned()), Waker::noop(), Some(sending))
        .map_err(|error| format!("No threads: {error}"))?;
    let mut pulled = false;
    let mut pulling = false;
    let mut last = SyncStatus::default();
    let mut far = HowFar::default();
    let mut silence = Silence::None;
    let unfinished = loop {
        let event = link.events.recv_timeout(Duration::from_secs(PATIENCE_SECS));
        if event.is_err() && silence == Silence::None {
            link.requests.send(Request::CountConcepts).ok(); // a session that has ended is seen below
        }
        silence = silence.after(&event);
        match event {
            Ok(Event::OpenFailed(reason)) => return Err(reason),
            Ok(Event::OpenDamaged(damaged)) => return Err(damaged.reason),
            Ok(Event::Opened(opened)) => {
                far.count(&opened.inputs);
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
                far.tell(direction, &last, progress);
            }
            Ok(Event::InputCounts(rows)) => {
                far.count(&rows);
                far.tell(direction, &last, progress);
            }
            Ok(Event::Notice(notice)) => tracing::warn!("{}", notice.text),
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) if silence == Silence::Answered => break Some(why(&last)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break Some("the session ended early".to_owned()),
        }
        if let SyncGate::NoKey(reason)
        | SyncGate::KeyRefused(reason)
        | SyncGate::Misconfigured(reason)
        | SyncGate::Offline(reason) = &last.gate
        {
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

/// How far it is, as somebody before a terminal wants to see it.
#[derive(Default)]
struct HowFar {
    /// The annotations on each image.
    here: HashMap<InputId, usize>,
    /// The most that there ever was to send.
    to_send: usize,
}

impl HowFar {
    fn count(&mut self, rows: &[InputRow]) {
        self.here.extend(rows.iter().map(|row| (row.id.clone(), row.annotations)));
    }

    /// Of a push: what is sent of what there is to send; of a pull: the annotations that are here.
    fn tell(&mut self, direction: Direction, now: &SyncStatus, progress: &Progress) {
        let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let left = now.unsent + now.sending + now.unknown;
        self.to_send = self.to_send.max(left);
        match direction {
            Direction::Pull => progress.tell(wide(self.here.values().sum()), None),
            Direction::Push => progress.tell(wide(self.to_send - left), Some(wide(self.to_send))),
        }
    }
}

fn why(last: &SyncStatus) -> String {
    match &last.gate {
        SyncGate::Waiting { until } => format!("the server asked to wait until {until}"),
        _ => format!("nothing was heard for {} s", 2 * PATIENCE_SECS),
    }
}
