//! Taking in what the runtime tells.

use super::Editor;
use super::history::Whose;
use crate::model::LocalId;
use crate::runtime::{Event, ImageAnnotations, Mark};

impl Editor {
    /// Takes in what the runtime tells.
    pub fn take(&mut self, event: Event) {
        match event {
            Event::Annotations(loaded) => self.take_annotations(*loaded),
            Event::Described(described) => self.take_description(described),
            Event::Durable(seq) => {
                self.durable_seq = self.durable_seq.max(seq);
                self.store_failure = None;
            }
            Event::StoreFailed(reason) => self.store_failure = Some(reason),
            Event::StoreRecovered => self.store_failure = None,
            Event::Damaged(damage) => self.damage = Some(*damage),
            Event::Key(news) => self.settling.key = Some(news),
            Event::Remote(changes) => {
                let taken = self.document.apply_remote(&changes);
                self.after_changes(&taken, Whose::Theirs);
            }
            Event::Marks(marks) => {
                for (lid, mark) in marks {
                    self.take_mark(lid, mark);
                }
            }
            Event::Inputs(inputs) => self.take_inputs(inputs),
            Event::InputCounts(rows) => self.take_counts(rows),
            Event::FoundImages(found) => self.picker.take_found(found),
            Event::ImagesLook(look) => self.images_look = Some(*look),
            Event::Concepts(concepts) => {
                self.concepts.replace(concepts);
                self.look_generation += 1;
            }
            Event::ConceptCounts(counts) => self.concepts.set_counts(counts),
            Event::ConceptsFound(found) => self.found_concepts = Some(found),
            Event::Queue(rows) => {
                if let Some(review) = &mut self.review {
                    review.take_queue(rows);
                }
                self.show_review_item();
            }
            Event::ReviewTally(tally) => self.review_desk.tally = tally,
            Event::Statistics(statistics) => self.review_desk.statistics = Some(*statistics),
            Event::FarEdited(far) => self.take_far(far),
            Event::Sync(status) => self.take_sync(status),
            Event::Notice(notice) => self.tell(notice.level, notice.text),
            Event::Rights(rights) => {
                self.user = rights.user.unwrap_or_default();
                self.may_delete = rights.delete;
            }
            Event::Plan(plan) => {
                self.plan = Some(plan);
                self.troubles_listed();
            }
            Event::Browsed(rows) => self.browsed = Some(rows),
            Event::BoundTo(app, _) => self.bound_to = Some(app),
            // the app's business
            Event::Foreseen(_) | Event::Opened(_) | Event::OpenFailed(_) | Event::OpenDamaged(_) => {}
            Event::Progress(_) | Event::ProgressEnded(_) | Event::Recent(_) => {}
        }
    }

    fn take_annotations(&mut self, loaded: ImageAnnotations) {
        if !self.loaded_order.contains(&loaded.input) {
            return; // the person moved on; it will be asked for again
        }
        if self.document.is_loaded(&loaded.input) {
            return; // asked for twice: what is here may have been edited since the second copy was read
        }
        tracing::debug!(loaded = loaded.input.as_str(), "annotations");
        self.sizes.insert(loaded.input.clone(), (loaded.size, loaded.size_known));
        if let Some(row) = self.picker.place_of(&loaded.input).and_then(|at| self.inputs.get_mut(at)) {
            row.annotations = loaded.annotations.len();
        }
        self.document.load(&loaded.input, loaded.annotations);
        for (lid, mark) in loaded.marks {
            self.take_mark(lid, mark);
        }
        self.refresh_seen();
        if self.current.as_ref() == Some(&loaded.input) {
            self.shaping.forget_all();
            self.scene_generation += 1;
            if let Some(step) = self.waiting_step.take() {
                self.step_back(step);
            }
            self.show_review_item();
        }
        self.troubles_loaded(&loaded.input);
    }

    fn take_mark(&mut self, lid: LocalId, mark: Mark) {
        let conflict = matches!(mark, Mark::Conflict(_));
        match mark {
            Mark::Synced => self.marks.remove(&lid),
            mark => self.marks.insert(lid, mark),
        };
        if conflict {
            self.conflicts.insert(lid)
        } else {
            self.conflicts.remove(&lid)
        };
        self.touched.push(lid);
    }
}
