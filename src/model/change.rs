//! What an edit did: the whole annotation before and after.

use super::{Annotation, Edit, InputId, LocalId};
use serde::{Deserialize, Serialize};

/// One annotation before and after; `None` means that it does not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Which annotation.
    pub lid: LocalId,
    /// Before; `None`: it was added.
    pub before: Option<Annotation>,
    /// After; `None`: it was removed.
    pub after: Option<Annotation>,
}

/// The parts of an annotation that merge and undo independently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Where it is.
    Geometry,
    /// Its labels.
    Concepts,
    /// Where it stands in review.
    Status,
    /// The free-form information.
    Info,
}

impl Change {
    /// The image that it is about.
    #[must_use]
    pub fn input(&self) -> Option<&InputId> {
        self.after.as_ref().or(self.before.as_ref()).map(|annotation| &annotation.input)
    }

    /// The parts that differ between before and after (empty for an addition or a removal).
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return Vec::new() };
        let mut fields = Vec::new();
        if before.region != after.region {
            fields.push(Field::Geometry);
        }
        if before.concepts != after.concepts {
            fields.push(Field::Concepts);
        }
        if before.status != after.status {
            fields.push(Field::Status);
        }
        if before.info != after.info {
            fields.push(Field::Info);
        }
        fields
    }

    /// The edit that takes this change back, and nothing else: fields that it did not touch stay as they are now,
    /// whoever changed them since.
    #[must_use]
    pub fn inverse(&self) -> Edit {
        match (&self.before, &self.after) {
            (None, _) => Edit::Remove { lid: self.lid },
            (Some(before), None) => Edit::Add(Box::new(before.clone())),
            (Some(before), Some(after)) if is_another(before, after) => {
                Edit::Batch(vec![Edit::Remove { lid: self.lid }, Edit::Add(Box::new(before.clone()))])
            }
            (Some(before), Some(_)) => Edit::restoring(self.lid, before, &self.fields()),
        }
    }
}

/// Whether one took the other's place (removed and added in one batch): they differ in what no field has.
fn is_another(before: &Annotation, after: &Annotation) -> bool {
    let region = |a: &Annotation| a.region.as_ref().map(|region| region.id.clone());
    region(before) != region(after)
        || before.input != after.input
        || before.worker != after.worker
        || before.created_at != after.created_at
        || before.kept != after.kept
}
