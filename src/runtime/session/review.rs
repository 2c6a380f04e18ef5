//! The session's part in the review: queues, counts, statistics, and edits of what no window has loaded.

use super::super::clock::{fresh_id, now_ms};
use super::super::messages::{Event, NoticeLevel, Rights};
use super::super::review::{Assignment, FarEdit, FarEdited, FarWhat, QueueFilter};
use super::Session;
use crate::model::{Annotation, Change, Edit, EntryKind, Info, InputId, LocalId, Region, Shape, Status, Worker};
use crate::store::{self, DurableRecord, FarCommit};
use crate::sync;
use std::path::PathBuf;

impl Session {
    /// Computes the queue, and tells the counts from now on until the review ends.
    pub(super) fn load_queue(&mut self, filter: &QueueFilter) {
        self.counts_for_review = true;
        match self.reader.review_queue(filter, &self.me()) {
            Ok(rows) => self.out.tell(Event::Queue(rows.into_iter().map(Into::into).collect())),
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The review queue cannot be read: {error}")),
        }
        self.tell_review_tally();
    }

    /// In whose name this desk works, as far as is known.
    fn me(&self) -> String {
        self.net.as_ref().map(|net| net.user.clone()).unwrap_or_default()
    }

    /// Whose key it is: the server knows better than the project.
    pub(super) fn learn_rights(&mut self, rights: Rights) {
        if let Some(net) = &mut self.net {
            net.user = rights.user.clone().unwrap_or_default();
        }
        if let (Some(finder), Some(user)) = (&self.finder, &rights.user) {
            finder.learn_user(user);
        }
        self.learn_owner(rights.user.as_ref());
        self.out.tell(Event::Rights(rights));
    }

    pub(super) fn tell_review_tally(&self) {
        match self.reader.review_tally() {
            Ok(tally) => self.out.tell(Event::ReviewTally(tally)),
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The annotations cannot be counted: {error}")),
        }
    }

    pub(super) fn load_statistics(&self) {
        match self.reader.statistics() {
            Ok(statistics) => self.out.tell(Event::Statistics(Box::new(statistics))),
            Err(error) => self.out.notice(NoticeLevel::Error, format!("The statistics cannot be read: {error}")),
        }
    }

    pub(super) fn far_edit(&self, far: FarEdit) {
        self.to_store(store::Request::FarCommit(Box::new(FarCommit {
            seq: far.seq,
            at_ms: now_ms(),
            kind: far.kind,
            title: far.title,
            what: far.what,
            spare_sids: (0..far.many).map(|_| fresh_id()).collect(),
        })));
    }

    /// Copies for another user. Region and labels are those of the moment; where the server knows the region the copy names
    /// it, so that both speak of the same one.
    pub(super) fn assign(&self, assignment: Assignment) {
        let mut adds = Vec::new();
        for lid in assignment.lids {
            let Ok(Some(record)) = self.reader.record(lid) else { continue };
            let size = self.size_of(&InputId(record.input_id.clone())).0;
            let Some(mut original) = sync::shown(&record, size) else { continue };
            // Only a region that nobody can draw is carried over as it stands, and only where it has no name.
            let whole = matches!(&original.region, Some(Region { id: None, shape: Shape::Kept(_) }));
            let kept = original.kept.take().filter(|_| whole);
            adds.push(Edit::Add(Box::new(Annotation {
                lid: LocalId(uuid::Uuid::now_v7().as_u128()),
                status: Status::Pending,
                worker: Worker::User(assignment.user.clone()),
                info: Info::new(),
                created_at: String::new(),
                kept,
                ..original
            })));
        }
        let title = format!("assign {} to {}", adds.len(), assignment.user);
        let many = adds.len();
        let what = FarWhat::Edit(Edit::Batch(adds));
        self.far_edit(FarEdit { seq: assignment.seq, kind: EntryKind::Do, title, what, many });
    }

    /// Writes a file on a thread of its own: the disk that the person named may be slow or gone.
    pub(super) fn write_text(&self, path: PathBuf, text: String) {
        let out = self.out.clone();
        let started =
            std::thread::Builder::new().name("export".to_owned()).spawn(move || match std::fs::write(&path, text) {
                Ok(()) => out.notice(NoticeLevel::Info, format!("Written to {}", path.display())),
                Err(error) => {
                    let text = format!("{} was not written: {error}. Choose another place", path.display());
                    out.notice(NoticeLevel::Error, text);
                }
            });
        if let Err(error) = started {
            self.out.notice(NoticeLevel::Error, format!("Nothing was written: {error}"));
        }
    }

    /// The window learns first what changed, then that it is durable and how it stands with the server.
    pub(super) fn far_durable(&mut self, far: FarEdited, records: Vec<DurableRecord>) {
        let seq = far.seq;
        self.out.tell(Event::FarEdited(far));
        self.store_said(store::StoreEvent::Durable { seq, records });
    }

    /// A step was refused: where it was one of many images the window waits for its answer.
    pub(super) fn far_refused(&self, seq: u64) {
        let changes: Vec<Change> = Vec::new();
        self.out.tell(Event::FarEdited(FarEdited { seq, changes, passed_over: 0 }));
    }
}
