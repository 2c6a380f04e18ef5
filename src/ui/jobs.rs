//! Long work under way: what it is, how far, how fast, and a button that calls it off. Shown once it has lasted a while.

use super::wheel::is_slow;
use crate::runtime::Progress;
use egui::{ProgressBar, Ui};
use std::time::Duration;

/// Work that is over sooner is not worth a line, in seconds.
const SHOWN_AFTER_SECS: f64 = 0.5;

/// The work under way.
#[derive(Debug, Default)]
pub struct Jobs {
    running: Vec<Running>,
}

#[derive(Debug)]
struct Running {
    progress: Progress,
    since_secs: f64,
}

impl Jobs {
    /// Takes in how far something is.
    pub fn take(&mut self, progress: Progress, now_secs: f64) {
        match self.running.iter_mut().find(|r| r.progress.job == progress.job) {
            Some(running) => running.progress = progress,
            None => self.running.push(Running { progress, since_secs: now_secs }),
        }
    }

    /// Something is over.
    pub fn ended(&mut self, job: u64) {
        self.running.retain(|r| r.progress.job != job);
    }

    /// Forgets all of it: another project is being opened.
    pub fn clear(&mut self) {
        self.running.clear();
    }

    /// Whether there is something to show.
    #[must_use]
    pub fn is_shown(&self, ui: &Ui) -> bool {
        let now = ui.input(|i| i.time);
        let shown = |r: &Running| now - r.since_secs >= SHOWN_AFTER_SECS;
        let next = self.running.iter().filter(|r| !shown(r)).map(|r| r.since_secs + SHOWN_AFTER_SECS - now);
        if let Some(wait) = next.min_by(f64::total_cmp) {
            ui.request_repaint_after(Duration::from_secs_f64(wait.max(0.01)));
        }
        self.running.iter().any(shown)
    }

    /// Shows a line for each.
    pub fn ui(&self, ui: &mut Ui) {
        let now = ui.input(|i| i.time);
        for running in self.running.iter().filter(|r| now - r.since_secs >= SHOWN_AFTER_SECS) {
            let progress = &running.progress;
            ui.horizontal(|ui| {
                ui.label(&progress.what);
                let words = words(progress, now - running.since_secs);
                if let Some(part) = part(progress) {
                    ui.add(ProgressBar::new(part).desired_width(220.0))
                        .accessible_name(format!("{}: {words}", progress.what));
                } else if is_slow(ui) {
                    ui.label("…").accessible_name(progress.what.clone()); // the count beside it moves
                } else {
                    ui.add(egui::Spinner::new()).accessible_name(progress.what.clone());
                }
                ui.label(words);
                let cancel = ui.button("Cancel").on_hover_text("Ends it at its next step; what is done stays");
                if cancel.accessible_name(format!("Cancel {}", progress.what)).clicked() {
                    progress.cancel.cancel();
                }
                if progress.cancel.is_cancelled() {
                    ui.weak("stopping…");
                }
            });
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a progress bar")]
fn part(progress: &Progress) -> Option<f32> {
    let total = progress.total.filter(|total| *total > 0)?;
    Some((progress.done as f32 / total as f32).min(1.0))
}

/// `12 of 40 images · 8 a second`.
#[expect(clippy::cast_precision_loss, reason = "a rate in words")]
fn words(progress: &Progress, secs: f64) -> String {
    let of = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
    let rate = progress.done as f64 / secs.max(0.1);
    let rate = if rate >= 10.0 { format!("{rate:.0}") } else { format!("{rate:.1}") };
    format!("{}{of} {} · {rate} a second", progress.done, progress.unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Cancel;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    fn adding(done: u64) -> Progress {
        Progress {
            job: 7,
            what: "Adding images".to_owned(),
            unit: "images",
            done,
            total: Some(40),
            cancel: Cancel::default(),
        }
    }

    #[test]
    fn work_that_lasts_has_a_line_with_a_count_and_a_way_to_call_it_off() {
        let mut jobs = Jobs::default();
        let first = adding(0);
        let cancel = first.cancel.clone();
        jobs.take(first.clone(), 0.0);
        let show = |ui: &mut Ui, jobs: &mut Jobs| {
            if jobs.is_shown(ui) {
                jobs.ui(ui);
            }
        };
        let mut window = Harness::builder().with_step_dt(0.1).build_ui_state(show, jobs);
        window.step();
        assert_eq!(window.query_all_by_label_contains("Adding images").count(), 0, "not for what may be over at once");
        window.run_steps(10);
        window.state_mut().take(Progress { done: 12, ..first }, 1.0);
        window.run_steps(2);
        assert!(window.query_all_by_label_contains("12 of 40 images").count() > 0, "how far, of how many");
        window.get_by_label("Cancel Adding images").click();
        window.run_steps(2);
        assert!(cancel.is_cancelled(), "called off");
        assert!(window.query_all_by_label("stopping…").count() > 0, "and it says so until it is over");
        window.state_mut().ended(7);
        window.run_steps(2);
        assert_eq!(window.query_all_by_label_contains("Adding images").count(), 0, "over");
    }

    #[test]
    fn the_words_have_a_count_and_a_rate() {
        let progress = |done, total| Progress {
            job: 1,
            what: "Adding images".to_owned(),
            unit: "images",
            done,
            total,
            cancel: Cancel::default(),
        };
        assert_eq!(words(&progress(12, Some(40)), 1.5), "12 of 40 images · 8.0 a second", "of how many");
        assert_eq!(words(&progress(120, None), 2.0), "120 images · 60 a second", "where that is not known");
        assert_eq!(part(&progress(5, Some(0))), None, "of none there is no part");
    }
}
