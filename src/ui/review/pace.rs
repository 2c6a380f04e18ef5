//! How fast decisions are made. Pauses do not count: who fetches a coffee has not become slower.

use std::collections::VecDeque;

/// A longer gap between two decisions is a pause.
const PAUSE_SECS: f64 = 60.0;
/// The pace is that of this many decisions.
const LOOKED_AT: usize = 200;

/// The times of the last decisions.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    gaps_s: VecDeque<f64>,
    last_s: Option<f64>,
    made: usize,
}

impl Pace {
    /// A decision was made at this time, in seconds of any clock that only goes on.
    pub fn decided(&mut self, now_s: f64) {
        self.made += 1;
        if let Some(last) = self.last_s.replace(now_s)
            && (0.0..PAUSE_SECS).contains(&(now_s - last))
        {
            self.gaps_s.push_back(now_s - last);
            if self.gaps_s.len() > LOOKED_AT {
                self.gaps_s.pop_front();
            }
        }
    }

    /// The last decision was taken back.
    pub fn taken_back(&mut self) {
        self.made = self.made.saturating_sub(1);
    }

    /// Decisions made, less those that were taken back.
    #[must_use]
    pub const fn made(&self) -> usize {
        self.made
    }

    /// Decisions an hour; `None` while there are too few to say.
    #[must_use]
    pub fn per_hour(&self) -> Option<f64> {
        let secs: f64 = self.gaps_s.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "at most 200")]
        let n = self.gaps_s.len() as f64;
        (self.gaps_s.len() >= 3 && secs > 0.0).then(|| n / secs * 3600.0)
    }

    /// How long the rest will take, in words; `None` while there are too few decisions to say.
    #[must_use]
    pub fn time_left(&self, left: usize) -> Option<String> {
        #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
        let minutes = left as f64 / self.per_hour()? * 60.0;
        Some(match minutes {
            m if m < 1.0 => "less than a minute left".to_owned(),
            m if m < 90.0 => format!("about {m:.0} min left"),
            m => format!("about {:.1} h left", m / 60.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_work_and_not_of_the_pauses() {
        let mut pace = Pace::default();
        assert_eq!(pace.time_left(100), None, "nobody knows yet");
        for i in 0..5 {
            pace.decided(f64::from(i) * 2.0);
        }
        pace.decided(5000.0);
        pace.decided(5002.0);
        let rate = pace.per_hour().expect("enough decisions");
        assert!((rate - 1800.0).abs() < 1e-6, "one every two seconds: {rate}");
        assert_eq!(pace.time_left(1800).as_deref(), Some("about 60 min left"), "");
        assert_eq!(pace.time_left(9000).as_deref(), Some("about 5.0 h left"), "");
        assert_eq!(pace.time_left(5).as_deref(), Some("less than a minute left"), "");
        assert_eq!(pace.made(), 7, "all of them");
        pace.taken_back();
        assert_eq!(pace.made(), 6, "one was taken back");
    }
}
