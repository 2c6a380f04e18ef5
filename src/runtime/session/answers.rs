//! What comes back from the engine's calls.

use super::super::calls::Came;
use super::super::messages::NoticeLevel;
use super::super::open;
use super::Session;
use crate::api::{self, AnnotationKey, Listing};
use crate::store::{self, Known};
use crate::sync;
use std::collections::HashSet;

impl Session {
    pub(super) fn called(&mut self, call_id: u64, came: Came) {
        match came {
            Came::Answer(answer) => {
                self.engine_event(sync::Event::Answer { call_id, answer });
                self.decide_again();
            }
            Came::Page(listing) => self.page(call_id, listing),
        }
    }

    fn page(&mut self, call_id: u64, listing: Listing) {
        let (rows, nameless): (Vec<_>, Vec<_>) = listing.rows.into_iter().partition(can_be_asked_for);
        let (empty, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(open::is_empty_input_level);
        let key = |key: AnnotationKey| sync::Key { input_id: key.input_id, sid: key.id };
        let unreadable = listing.unreadable.into_iter().map(key).chain(nameless.iter().map(sync::Key::of_row));
        let unreadable: Vec<sync::Key> = unreadable.collect();
        self.tell_unreadable(&unreadable);
        // What cannot be read is there: whatever is known of it here stays as it is.
        let mut passed_over: Vec<sync::Key> = empty.iter().map(sync::Key::of_row).chain(unreadable).collect();
        let here = self.reader.known(&rows).unwrap_or_else(|error| {
            tracing::error!(%error, "the store could not be read");
            vec![Known::No; rows.len()]
        });
        self.learn_new_inputs(&rows);
        self.fetched(rows.len());
        let (mut news, mut known) = (Vec::new(), Vec::new());
        for (row, here) in rows.into_iter().zip(here) {
            let key = sync::Key::of_row(&row);
            // Of what the engine holds it knows more than the store.
            match here {
                Known::Same if self.engine.view_of_held(&key).is_none() => {
                    passed_over.push(key);
                    continue;
                }
                Known::As(record) => known.push(*record),
                Known::Same | Known::No => {}
            }
            news.push(row);
        }
        self.engine_event(sync::Event::Page { call_id, rows: news, passed_over, known });
        self.stop_pulling_if_asked();
    }

    /// Once in a session for each.
    fn tell_unreadable(&mut self, keys: &[sync::Key]) {
        let before = self.unreadable.len();
        self.unreadable.extend(keys.iter().cloned());
        let new = self.unreadable.len() - before;
        if let (1.., Some(first)) = (new, keys.first()) {
            let text = format!(
                "The server lists {new} annotations in a form that labelwright cannot read (the first is {} on {}). \
                 They are left on the server as they are; everything else goes on.",
                first.sid, first.input_id
            );
            self.out.notice(NoticeLevel::Warning, text);
        }
    }

    /// Annotations of images that this project does not know yet: the image is asked for when it is looked at.
    fn learn_new_inputs(&mut self, rows: &[api::Annotation]) {
        let new: HashSet<&str> =
            rows.iter().map(|row| row.input_id.as_str()).filter(|id| !self.sources.contains_key(*id)).collect();
        if new.is_empty() {
            return;
        }
        let first = self.next_position();
        let mut ids: Vec<&str> = new.into_iter().collect();
        ids.sort_unstable();
        let rows: Vec<store::InputRow> = ids
            .into_iter()
            .zip(first..)
            .map(|(id, position)| {
                let image = Some(api::Image::default());
                let data = Some(api::Data { image, ..api::Data::default() });
                open::remote_row(&api::Input { id: id.to_owned(), data, ..api::Input::default() }, position)
            })
            .collect();
        self.learn_inputs(&rows);
        let token = self.token();
        self.to_store(store::Request::PutInputs { token, inputs: rows });
    }
}

/// Whether it can be named in a request: what has no id, belongs to nothing, or does not fit into an address cannot.
fn can_be_asked_for(row: &api::Annotation) -> bool {
    const LONGEST_BYTES: usize = 1024;
    [&row.id, &row.input_id].into_iter().all(|id| (1..=LONGEST_BYTES).contains(&id.len()))
}
