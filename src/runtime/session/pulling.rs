//! Fetching what others did, as the window sees it: how many came so far, and a way to call it off.

use super::super::messages::NoticeLevel;
use super::super::progress::Job;
use super::Session;
use crate::sync;

impl Session {
    /// So many came with a page.
    pub(super) fn fetched(&mut self, rows: usize) {
        if rows > 0 {
            let out = &self.out;
            self.pulling.get_or_insert_with(|| Job::seen(out, "Fetching annotations", "annotations")).did(rows);
        }
    }

    /// Fetches no more where the person called it off.
    pub(super) fn stop_pulling_if_asked(&mut self) {
        if self.pulling.as_ref().is_some_and(Job::is_cancelled) {
            self.engine_event(sync::Event::StopPulling);
            let text = "Fetching was called off: what came is here, the rest comes with Sync now (Ctrl+S)";
            self.out.notice(NoticeLevel::Info, text);
        }
    }

    /// The pull is over, however it ended.
    pub(super) fn follow_pull(&mut self, pull: sync::PullState) {
        if pull == sync::PullState::Idle {
            self.pulling = None;
        }
    }
}
