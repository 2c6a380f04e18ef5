//! New annotations, and deleting what is selected.

use super::{Editor, new_lid};
use crate::model::{Annotation, ConceptId, ConceptLabel, Edit, InputId, LocalId, Region, Shape, Worker};
use crate::runtime::NoticeLevel;

impl Editor {
    /// A new annotation of `shape` on the shown image, with the active concept, or asking for one.
    pub(super) fn create(&mut self, shape: Shape) {
        let Some(input) = self.current.clone() else { return };
        let lid = new_lid();
        let concepts: Vec<ConceptLabel> = self.active_concept.iter().cloned().map(ConceptLabel::positive).collect();
        let unlabelled = concepts.is_empty();
        let region = Some(Region { id: None, shape: shape.clone() });
        let annotation = self.new_annotation(lid, input, region, concepts.clone());
        if self.edit(&Edit::Add(Box::new(annotation))) {
            self.selection.set([lid]);
            self.remember_drawn(lid, shape, concepts);
            if unlabelled {
                self.wants_concept = Some(lid);
            }
        }
    }

    pub(in crate::ui) fn new_annotation(
        &self,
        lid: LocalId,
        input: InputId,
        region: Option<Region>,
        concepts: Vec<ConceptLabel>,
    ) -> Annotation {
        Annotation {
            lid,
            input,
            region,
            concepts,
            status: crate::model::Status::Success,
            worker: if self.user.is_empty() { Worker::Me } else { Worker::User(self.user.clone()) },
            info: crate::model::Info::new(),
            created_at: String::new(),
            kept: None,
        }
    }

    /// Labels the shown image as a whole.
    pub fn label_image(&mut self, concept: ConceptId, value: f32) {
        let Some(input) = self.current.clone() else { return };
        if !self.document.is_loaded(&input) {
            return;
        }
        self.use_concept(&concept);
        let label = ConceptLabel { id: concept, value };
        let annotation = self.new_annotation(new_lid(), input, None, vec![label]);
        self.edit(&Edit::Add(Box::new(annotation)));
    }

    /// A new annotation of mine on the region of the selected one (a model's detection, say), which stays as it is; asks
    /// for its concept. The server copies the geometry of the region that it names.
    pub fn label_region(&mut self) {
        let Some(found) = self.selection.single().and_then(|lid| self.document.get(lid)).cloned() else { return };
        let Some(region) = found.region.filter(|region| region.id.is_some()) else {
            let text = "The server does not know this region yet; label it when it is synced, or choose its concept with Ctrl+E";
            self.tell(NoticeLevel::Warning, text.to_owned());
            return;
        };
        let lid = new_lid();
        let annotation = self.new_annotation(lid, found.input, Some(region), Vec::new());
        if self.edit(&Edit::Add(Box::new(annotation))) {
            self.selection.set([lid]);
            self.wants_concept = Some(lid);
        }
    }

    /// Deletes what is selected, as one step.
    pub fn delete_selection(&mut self) {
        let edits: Vec<Edit> = self.selection.iter().map(|lid| Edit::Remove { lid }).collect();
        if !edits.is_empty() {
            self.edit(&Edit::Batch(edits));
        }
    }
}
