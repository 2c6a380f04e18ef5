//! Whether a request may leave: one place for backoff, breaker, patience, pauses and the rate.

use crate::sync::bug::{Bug, Seeded};
use crate::sync::effect::Gate;
use std::collections::VecDeque;

/// The server's limit is 15 requests in a second, for all that a user does.
pub(super) const MAX_REQUESTS_PER_SEC: usize = 15;
const RATE_WINDOW_MS: i64 = 1_001;
const BACKOFF_FIRST_MS: i64 = 500;
const BACKOFF_MAX_MS: i64 = 60_000;
const BREAKER_AFTER: u32 = 5;
/// What the documentation advises where the server does not say.
const PATIENCE_MS: i64 = 15_000;
const PATIENCE_MAX_MS: i64 = 15 * 60_000;

/// The gates of one account.
#[derive(Debug, Default)]
pub(super) struct Gates {
    line: Line,
    throttled_until_ms: Option<i64>,
    pause: Option<Pause>,
    /// When the last requests left.
    recent: VecDeque<i64>,
}

#[derive(Debug, Default)]
enum Line {
    #[default]
    Up,
    Down {
        failures: u32,
        retry_at_ms: i64,
        reason: String,
    },
}

/// A stop that time does not end.
#[derive(Debug)]
pub(super) enum Pause {
    Auth(String),
    Misconfigured(String),
}

/// What may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// Anything.
    Open,
    /// One question, to see whether anyone answers.
    ProbeOnly,
    /// Nothing before this time (Unix milliseconds).
    ClosedUntil(i64),
    /// Nothing until something happens.
    Closed,
}

impl Gates {
    pub(super) fn passage(&self, now_ms: i64, bug: Seeded) -> Passage {
        if self.pause.is_some() && !bug.has(Bug::AuthPauseIsIgnored) {
            return Passage::Closed;
        }
        if let Some(until) = self.throttled_until_ms.filter(|until| now_ms < *until)
            && !bug.has(Bug::RetryAfterIgnored)
        {
            return Passage::ClosedUntil(until);
        }
        match &self.line {
            Line::Down { retry_at_ms, .. } if now_ms < *retry_at_ms => Passage::ClosedUntil(*retry_at_ms),
            Line::Down { failures, .. } if *failures >= BREAKER_AFTER && !bug.has(Bug::BreakerIsIgnored) => {
                Passage::ProbeOnly
            }
            Line::Up | Line::Down { .. } => Passage::Open,
        }
    }

    /// The first time at which the rate allows another request.
    pub(super) fn rate_allows_at(&self, bug: Seeded) -> i64 {
        if self.recent.len() < MAX_REQUESTS_PER_SEC || bug.has(Bug::RateIsNotLimited) {
            return i64::MIN;
        }
        self.recent.front().map_or(i64::MIN, |first| first + RATE_WINDOW_MS)
    }

    pub(super) fn sent(&mut self, now_ms: i64) {
        if self.recent.len() == MAX_REQUESTS_PER_SEC {
            self.recent.pop_front();
        }
        self.recent.push_back(now_ms);
    }

    /// Someone answered. A pause or a wait that the server asked for is not over because an older call still came
    /// through.
    pub(super) fn answered(&mut self) {
        self.line = Line::Up;
    }

    /// Nobody answered, or nothing of use.
    pub(super) fn failed(&mut self, reason: String, now_ms: i64, random: u64) {
        let failures = match &self.line {
            Line::Up => 1,
            Line::Down { failures, .. } => failures.saturating_add(1),
        };
        let retry_at_ms = now_ms + backoff_ms(failures, random);
        self.line = Line::Down { failures, retry_at_ms, reason };
    }

    pub(super) fn throttled(&mut self, retry_after_ms: Option<i64>, now_ms: i64, random: u64) {
        // Where the server gives no time: what its documentation advises, and a little so that clients spread out.
        let wait = retry_after_ms.unwrap_or_else(|| PATIENCE_MS + below(PATIENCE_MS / 3, random));
        let until = now_ms + wait.clamp(0, PATIENCE_MAX_MS);
        self.throttled_until_ms = Some(self.throttled_until_ms.map_or(until, |earlier| earlier.max(until)));
    }

    pub(super) fn pause(&mut self, pause: Pause) {
        self.pause = Some(pause);
    }

    /// There is a new key, or the person says so. Patience that the server asked for is kept.
    pub(super) fn resume(&mut self) {
        self.pause = None;
        self.line = Line::Up;
    }

    /// The clock was set back: what was to end in the far future ends now.
    pub(super) fn clock_went_back(&mut self, now_ms: i64) {
        self.recent.clear();
        self.throttled_until_ms = self.throttled_until_ms.map(|until| until.min(now_ms + PATIENCE_MAX_MS));
        if let Line::Down { retry_at_ms, .. } = &mut self.line {
            *retry_at_ms = (*retry_at_ms).min(now_ms + BACKOFF_MAX_MS);
        }
    }

    /// For the pill.
    pub(super) fn shown(&self, now_ms: i64) -> Gate {
        match &self.pause {
            Some(Pause::Auth(reason)) => return Gate::AuthPaused { reason: reason.clone() },
            Some(Pause::Misconfigured(reason)) => return Gate::Misconfigured { reason: reason.clone() },
            None => {}
        }
        if let Some(until_ms) = self.throttled_until_ms.filter(|until| now_ms < *until) {
            return Gate::Throttled { until_ms };
        }
        match &self.line {
            Line::Up => Gate::Online,
            Line::Down { failures, retry_at_ms, reason } if *failures >= BREAKER_AFTER => {
                Gate::Breaker { retry_at_ms: *retry_at_ms, reason: reason.clone() }
            }
            Line::Down { retry_at_ms, reason, .. } => {
                Gate::Offline { retry_at_ms: *retry_at_ms, reason: reason.clone() }
            }
        }
    }
}

/// Full jitter: anything up to twice as much for every failure.
pub(super) fn backoff_ms(failures: u32, random: u64) -> i64 {
    let ceiling = BACKOFF_FIRST_MS.saturating_mul(1 << failures.min(16)).min(BACKOFF_MAX_MS);
    below(ceiling, random)
}

fn below(ceiling: i64, random: u64) -> i64 {
    random.checked_rem(ceiling.unsigned_abs() + 1).and_then(|n| i64::try_from(n).ok()).unwrap_or(ceiling)
}
