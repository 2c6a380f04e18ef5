//! What the review keeps while it is off: saved filters, counts, statistics, the person's own zoom.

use crate::runtime::{QueueFilter, Request, ReviewTally, Statistics};
use crate::ui::editor::Editor;
use serde::{Deserialize, Serialize};

/// Reasons that are offered again.
const REASONS_KEPT: usize = 6;
/// A remembered correction of the zoom stays within this.
const CORRECTIONS: std::ops::RangeInclusive<f64> = 0.1..=10.0;

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedFilter {
    /// For people.
    pub name: String,
    /// What it asks for.
    pub filter: QueueFilter,
}

/// What stays between two times of review.
#[derive(Debug)]
pub struct ReviewDesk {
    /// Filters that were saved for this project.
    pub saved: Vec<SavedFilter>,
    /// The filter that was used last.
    pub last_filter: QueueFilter,
    /// How many annotations are how.
    pub tally: ReviewTally,
    /// The statistics, as computed last.
    pub statistics: Option<Statistics>,
    /// Reasons that were given, the newest first.
    pub reasons: Vec<String>,
    /// By how much the person corrects the zoom at which items are shown.
    pub zoom_correction: f64,
}

impl Default for ReviewDesk {
    fn default() -> Self {
        Self {
            saved: Vec::new(),
            last_filter: QueueFilter::default(),
            tally: ReviewTally::default(),
            statistics: None,
            reasons: Vec::new(),
            zoom_correction: 1.0,
        }
    }
}

impl ReviewDesk {
    /// From the project's settings; what cannot be read is forgotten.
    #[must_use]
    pub fn restored(settings: &serde_json::Map<String, serde_json::Value>) -> Self {
        let mut desk = Self::default();
        if let Some(saved) = settings.get("review_filters").cloned() {
            desk.saved = serde_json::from_value(saved).unwrap_or_default();
        }
        if let Some(zoom) = settings.get("review_zoom").and_then(serde_json::Value::as_f64)
            && CORRECTIONS.contains(&zoom)
        {
            desk.zoom_correction = zoom;
        }
        desk
    }
}

impl Editor {
    /// Keeps the filter in use under this name, in the place of one that had it.
    pub fn save_filter(&mut self, name: &str) {
        let Some(filter) = self.review.as_ref().map(|review| review.filter.clone()) else { return };
        let name = name.trim().to_owned();
        if name.is_empty() {
            return;
        }
        self.review_desk.saved.retain(|saved| saved.name != name);
        self.review_desk.saved.push(SavedFilter { name, filter });
        self.keep_filters();
    }

    /// Forgets a saved filter.
    pub fn forget_filter(&mut self, name: &str) {
        self.review_desk.saved.retain(|saved| saved.name != name);
        self.keep_filters();
    }

    fn keep_filters(&mut self) {
        if let Ok(value) = serde_json::to_value(&self.review_desk.saved) {
            self.outbox.push(Request::PutSetting("review_filters".to_owned(), value));
        }
    }

    /// Remembers by how much the person corrected the zoom.
    pub fn correct_review_zoom(&mut self, by: f64) {
        let corrected = (self.review_desk.zoom_correction * by).clamp(*CORRECTIONS.start(), *CORRECTIONS.end());
        if corrected.is_finite() && (corrected / self.review_desk.zoom_correction - 1.0).abs() > 0.01 {
            self.review_desk.zoom_correction = corrected;
            self.outbox.push(Request::PutSetting("review_zoom".to_owned(), corrected.into()));
        }
    }

    /// Remembers a reason, to be offered again.
    pub fn remember_reason(&mut self, reason: &str) {
        let reason = reason.trim();
        if reason.is_empty() {
            return;
        }
        let reasons = &mut self.review_desk.reasons;
        reasons.retain(|known| known != reason);
        reasons.insert(0, reason.to_owned());
        reasons.truncate(REASONS_KEPT);
    }
}
