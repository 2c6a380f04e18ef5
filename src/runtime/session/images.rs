//! The session's part in the list of images: what the server has, adding, removing, and keeping the list up to date.

use super::super::adding::upload;
use super::super::clock::now_ms;
use super::super::finder::{Changed, Finder};
use super::super::messages::NoticeLevel;
use super::super::{finder, open};
use super::{COUNTS_EVERY_MS, COUNTS_LATEST_MS, Message, Session};
use crate::api::{self, AnnotationApi as _, InputQuery, Page};
use crate::model::InputId;
use crate::store;
use std::path::PathBuf;

/// Inputs are listed and removed so many at a time.
const PER_CALL: usize = 200;

impl Session {
    pub(super) fn start_finder(&mut self, listed: Vec<super::super::InputRow>) -> Result<(), store::StoreError> {
        let me = self.net.as_ref().map(|net| net.user.clone()).unwrap_or_default();
        match Finder::start(self.project.reader()?, self.out.clone(), me, listed) {
            Ok(finder) => self.finder = Some(finder),
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The images cannot be filtered: {error}")),
        }
        Ok(())
    }

    pub(super) fn find_images(&self, wanted: Box<finder::FindImages>) {
        if let Some(finder) = &self.finder {
            finder.find(wanted);
        }
    }

    pub(super) fn look_at_images(&self, number: u64, images: Vec<InputId>) {
        if let Some(finder) = &self.finder {
            finder.look(number, images);
        }
    }

    pub(super) fn tell_inputs(&self) {
        if let Some(finder) = &self.finder {
            finder.list();
        }
    }

    pub(super) fn counts_changed(&mut self, why: Changed) {
        let now_ms = now_ms();
        let rested_at_ms = self.finder.as_ref().map_or(i64::MIN, |finder| finder.rested_at_ms(why));
        // Bounded, because the clock may have been set back since.
        let due_ms = rested_at_ms.clamp(now_ms + COUNTS_EVERY_MS, now_ms + COUNTS_LATEST_MS);
        self.counts_due_ms = Some(self.counts_due_ms.map_or(due_ms, |before_ms| before_ms.min(due_ms)));
    }

    // ---- what the server has -------------------------------------------------------------------------------------

    /// Asks which images the app has: others may have added some.
    pub(super) fn list_inputs(&self) {
        let Some((net, api)) = self.online() else { return };
        let back = self.back.clone();
        net.runtime.spawn(async move {
            let per_page = u32::try_from(PER_CALL).unwrap_or(u32::MAX);
            let mut page = Page { page: 1, per_page };
            loop {
                let query = InputQuery { ids: Vec::new(), page };
                // A server that does not answer is told of by the pull.
                let Ok(listed) = api.list_inputs(&query).await else { return };
                let last = listed.len() < PER_CALL;
                if back.send(Message::Listed(listed)).is_err() || last {
                    return;
                }
                page = page.next();
            }
        });
    }

    /// Images that others added come at the end of the list.
    pub(super) fn listed(&mut self, inputs: &[api::Input]) {
        let new: Vec<&api::Input> = inputs.iter().filter(|input| !self.sources.contains_key(&input.id)).collect();
        if new.is_empty() {
            return;
        }
        let first = self.next_position();
        let rows: Vec<store::InputRow> =
            new.into_iter().zip(first..).map(|(input, position)| open::remote_row(input, position)).collect();
        self.learn_inputs(&rows);
        let token = self.token();
        self.to_store(store::Request::PutInputs { token, inputs: rows });
        self.counts_changed(Changed::Here);
    }

    /// The place of the next new image. What was handed to the store a moment ago counts.
    pub(super) fn next_position(&self) -> i64 {
        let stored = self.reader.next_numbers().map_or(0, |numbers| numbers.input_position);
        stored.max(i64::try_from(self.sources.len()).unwrap_or(i64::MAX))
    }

    // ---- adding --------------------------------------------------------------------------------------------------

    pub(super) fn add_images(&self, paths: Vec<PathBuf>) {
        let Some((net, api)) = self.online() else {
            self.out
                .notice(NoticeLevel::Warning, "Images can be added when the server can be reached; nothing was added");
            return;
        };
        let (dir, back, out) = (self.project.images_dir(), self.back.clone(), self.out.clone());
        let first = self.next_position();
        net.runtime.spawn(async move {
            let result = Ok(upload(&api, paths, &dir, first, &out).await);
            back.send(Message::Added(result)).ok();
        });
    }

    pub(super) fn added(&mut self, result: Result<Vec<store::InputRow>, String>) {
        match result {
            Err(reason) => self.out.notice(NoticeLevel::Error, reason),
            Ok(rows) => {
                self.learn_inputs(&rows);
                self.out.notice(NoticeLevel::Info, format!("{} images added", rows.len()));
                let token = self.token();
                self.to_store(store::Request::PutInputs { token, inputs: rows });
                self.counts_changed(Changed::Here);
            }
        }
    }

    // ---- removing ------------------------------------------------------------------------------------------------

    /// Deletes images on the server first: an image that is gone here and not there would come back. One with edits that
    /// the server does not have stays, whole, on both sides.
    pub(super) fn remove_images(&self, inputs: Vec<InputId>) {
        let Some((net, api)) = self.online() else {
            self.out.notice(
                NoticeLevel::Warning,
                "Images can be removed when the server can be reached; nothing was removed",
            );
            return;
        };
        let clean = |input: &InputId| {
            self.reader
                .annotations_of(input)
                .is_ok_and(|loaded| loaded.damaged.is_empty() && loaded.rows.iter().all(crate::sync::Record::is_clean))
        };
        let (removable, kept): (Vec<InputId>, Vec<InputId>) = inputs.into_iter().partition(clean);
        if !kept.is_empty() {
            let text = format!(
                "{} images have edits that are not on the server as they are here and were not removed; send or discard \
                 them first",
                kept.len()
            );
            self.out.notice(NoticeLevel::Warning, text);
        }
        let back = self.back.clone();
        net.runtime.spawn(async move {
            for batch in removable.chunks(PER_CALL) {
                let ids: Vec<String> = batch.iter().map(|input| input.0.clone()).collect();
                let result = api.delete_inputs(&ids).await.map_err(|error| error.to_string());
                let failed = result.is_err();
                if back.send(Message::Removed(batch.to_vec(), result)).is_err() || failed {
                    return;
                }
            }
        });
    }

    pub(super) fn removed(&mut self, inputs: Vec<InputId>, result: Result<(), String>) {
        match result {
            Err(reason) => {
                let text = format!("{} images were not removed, and none after them: {reason}", inputs.len());
                self.out.notice(NoticeLevel::Error, text);
            }
            Ok(()) => {
                for input in &inputs {
                    self.sources.remove(&input.0);
                }
                self.out.notice(NoticeLevel::Info, format!("{} images removed, here and on the server", inputs.len()));
                let token = self.token();
                self.to_store(store::Request::RemoveInputs { token, ids: inputs });
                self.counts_changed(Changed::Here);
            }
        }
    }
}
