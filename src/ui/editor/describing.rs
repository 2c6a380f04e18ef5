//! What is asked about the selected annotation: the window keeps it for one at a time.

use super::Editor;
use crate::model::LocalId;
use crate::runtime::{Described, Request};

/// The last question and its answer.
#[derive(Debug, Default)]
pub(super) struct Describing {
    /// Which annotation, and how far everything was that the answer depends on.
    asked: Option<(LocalId, [u64; 2], bool)>,
    known: Option<Described>,
}

impl Editor {
    /// What else is known of an annotation. Asks for it, again whenever it may have changed; what was known before is shown
    /// until the answer is there.
    pub fn described(&mut self, lid: LocalId) -> Option<&Described> {
        let now = Some((lid, [self.changes_made, self.durable_seq], self.marks.contains_key(&lid)));
        if self.describing.asked != now {
            self.describing.asked = now;
            self.outbox.push(Request::Describe(lid));
        }
        self.describing.known.as_ref().filter(|known| known.lid == lid)
    }

    pub(super) fn take_description(&mut self, described: Described) {
        self.describing.known = Some(described);
    }
}
