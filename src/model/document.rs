//! The annotations that are loaded, and the one door through which they change.

use super::{Annotation, Change, Edit, EditError, IdHasher, InputId, LocalId, Shape, SpatialIndex};
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

type ById = BuildHasherDefault<IdHasher>;

/// The annotations of the images that are loaded (not of the whole project), with an index in space for each image.
#[derive(Debug, Default)]
pub struct Document {
    /// In boxes: an image of a hundred thousand is put in here within a frame.
    annotations: IndexMap<LocalId, Box<Annotation>, ById>,
    by_input: HashMap<InputId, InputLayer>,
}

/// The annotations of one image as they are on disk, with what a document keeps beside them. Made on another thread, so that
/// the window need not sort a hundred thousand shapes within a frame.
#[derive(Clone, Debug, Default)]
pub struct LoadedImage {
    #[expect(clippy::vec_box, reason = "a hundred thousand are moved from list to list")]
    annotations: Vec<Box<Annotation>>,
    layer: InputLayer,
}

impl LoadedImage {
    /// Of annotations in drawing order.
    #[must_use]
    pub fn of_boxes(annotations: Vec<Box<Annotation>>) -> Self {
        let layer = InputLayer {
            order: annotations.iter().map(|a| a.lid).collect(),
            whole: annotations.iter().filter(|a| a.region.is_none()).map(|a| a.lid).collect(),
            index: SpatialIndex::bulk(annotations.iter().filter_map(|a| Some((a.lid, a.bounds()?))).collect()),
        };
        Self { annotations, layer }
    }

    /// How many they are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.annotations.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.annotations.is_empty()
    }

    /// They, in drawing order.
    #[must_use]
    pub fn annotations(&self) -> impl ExactSizeIterator<Item = &Annotation> {
        self.annotations.iter().map(|annotation| &**annotation)
    }
}

/// From annotations in drawing order.
impl From<Vec<Annotation>> for LoadedImage {
    fn from(annotations: Vec<Annotation>) -> Self {
        Self::of_boxes(annotations.into_iter().map(Box::new).collect())
    }
}

/// The annotations of one image, in drawing order.
#[derive(Clone, Debug, Default)]
struct InputLayer {
    order: Vec<LocalId>,
    /// Those that speak of the whole image.
    whole: Vec<LocalId>,
    index: SpatialIndex,
}

impl Document {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether this image's annotations are loaded.
    #[must_use]
    pub fn is_loaded(&self, input: &InputId) -> bool {
        self.by_input.contains_key(input)
    }

    /// Takes in an image's annotations as they are on disk, in place of what was loaded of it before.
    pub fn load(&mut self, input: &InputId, image: impl Into<LoadedImage>) {
        self.unload(input);
        let LoadedImage { annotations, layer } = image.into();
        self.annotations.extend(annotations.into_iter().map(|a| (a.lid, a)));
        self.by_input.insert(input.clone(), layer);
    }

    /// Forgets an image's annotations; they stay on disk.
    pub fn unload(&mut self, input: &InputId) {
        if let Some(layer) = self.by_input.remove(input) {
            let gone: HashSet<LocalId, ById> = layer.order.into_iter().collect();
            self.annotations.retain(|lid, _| !gone.contains(lid));
        }
    }

    /// The images that are loaded, in no order.
    pub fn loaded_inputs(&self) -> impl Iterator<Item = &InputId> {
        self.by_input.keys()
    }

    /// One annotation.
    #[must_use]
    pub fn get(&self, lid: LocalId) -> Option<&Annotation> {
        self.annotations.get(&lid).map(|annotation| &**annotation)
    }

    /// The annotations of an image in drawing order, the oldest first.
    #[must_use]
    pub fn of_input(&self, input: &InputId) -> impl DoubleEndedIterator<Item = &Annotation> {
        let order = self.by_input.get(input).map_or(&[][..], |layer| layer.order.as_slice());
        order.iter().filter_map(|lid| self.get(*lid))
    }

    /// Their ids, in the same order.
    #[must_use]
    pub fn lids_of(&self, input: &InputId) -> &[LocalId] {
        self.by_input.get(input).map_or(&[], |layer| layer.order.as_slice())
    }

    /// The annotations that speak of an image as a whole; mostly few, whatever the number of shapes.
    pub fn whole_of(&self, input: &InputId) -> impl Iterator<Item = &Annotation> {
        let whole = self.by_input.get(input).map_or(&[][..], |layer| layer.whole.as_slice());
        whole.iter().filter_map(|lid| self.get(*lid))
    }

    /// How many annotations of an image are loaded.
    #[must_use]
    pub fn count_of(&self, input: &InputId) -> usize {
        self.by_input.get(input).map_or(0, |layer| layer.order.len())
    }

    /// The index in space of an image's shapes.
    #[must_use]
    pub fn index_of(&self, input: &InputId) -> Option<&SpatialIndex> {
        self.by_input.get(input).map(|layer| &layer.index)
    }

    /// Makes an edit, whole or not at all, and says what it changed. The only way in for what a person does.
    ///
    /// # Errors
    /// Where a part of it cannot be made; the document is then as it was.
    pub fn apply(&mut self, edit: &Edit) -> Result<Vec<Change>, EditError> {
        let mut changes = Vec::new();
        let made = self.apply_part(edit, &mut changes);
        if let Err(error) = made {
            for change in changes.iter().rev() {
                self.put(change.lid, change.before.clone());
            }
            return Err(error);
        }
        let changes = merged(changes);
        debug_assert_eq!(self.check(), Ok(()), "after {}", edit.title());
        Ok(changes)
    }

    /// Takes in what came from elsewhere (the server, another window, the disk). Annotations of images that are not
    /// loaded are passed over: they are on disk already.
    pub fn apply_remote(&mut self, changes: &[Change]) -> Vec<Change> {
        let mut taken = Vec::new();
        for change in changes {
            // What was removed elsewhere comes without its value: it is known here.
            let input =
                change.after.as_ref().or(change.before.as_ref()).or_else(|| self.get(change.lid)).map(|a| &a.input);
            if !input.is_some_and(|input| self.is_loaded(input)) {
                continue;
            }
            let before = self.get(change.lid).cloned();
            if before != change.after {
                self.put(change.lid, change.after.clone());
                taken.push(Change { lid: change.lid, before, after: change.after.clone() });
            }
        }
        taken
    }

    fn apply_part(&mut self, edit: &Edit, changes: &mut Vec<Change>) -> Result<(), EditError> {
        let (lid, after) = match edit {
            Edit::Batch(edits) => return edits.iter().try_for_each(|edit| self.apply_part(edit, changes)),
            Edit::Add(annotation) => {
                check_annotation(annotation)?;
                if self.annotations.contains_key(&annotation.lid) {
                    return Err(EditError::AlreadyThere(annotation.lid));
                }
                (annotation.lid, Some((**annotation).clone()))
            }
            Edit::Remove { lid } => {
                self.existing(*lid)?;
                (*lid, None)
            }
            Edit::SetShape { lid, shape } => (*lid, Some(with_shape(self.existing(*lid)?, shape)?)),
            Edit::SetConcepts { lid, concepts } => {
                let mut after = self.existing(*lid)?.clone();
                after.concepts.clone_from(concepts);
                check_annotation(&after)?;
                (*lid, Some(after))
            }
            Edit::SetStatus { lid, status } => {
                let mut after = self.existing(*lid)?.clone();
                after.status = *status;
                (*lid, Some(after))
            }
            Edit::SetInfo { lid, info } => {
                let mut after = self.existing(*lid)?.clone();
                after.info.clone_from(info);
                (*lid, Some(after))
            }
        };
        let before = self.get(lid).cloned();
        if before != after {
            self.put(lid, after.clone());
            changes.push(Change { lid, before, after });
        }
        Ok(())
    }

    fn existing(&self, lid: LocalId) -> Result<&Annotation, EditError> {
        self.get(lid).ok_or(EditError::NoSuchAnnotation(lid))
    }

    /// Replaces, adds or removes one annotation and keeps order and index in step.
    fn put(&mut self, lid: LocalId, value: Option<Annotation>) {
        match value {
            Some(after) => {
                let layer = self.by_input.entry(after.input.clone()).or_default();
                let bounds = after.bounds();
                layer.whole.retain(|l| *l != lid);
                if after.region.is_none() {
                    layer.whole.push(lid);
                }
                let before = self.annotations.insert(lid, Box::new(after));
                match before {
                    Some(before) => layer.index.replace(lid, before.bounds(), bounds),
                    None => {
                        layer.order.push(lid);
                        layer.index.replace(lid, None, bounds);
                    }
                }
            }
            None => {
                let Some(before) = self.annotations.swap_remove(&lid) else { return };
                if let Some(layer) = self.by_input.get_mut(&before.input) {
                    layer.order.retain(|l| *l != lid);
                    layer.whole.retain(|l| *l != lid);
                    layer.index.replace(lid, before.bounds(), None);
                }
            }
        }
    }

    /// Whether the parts of the document agree; run after every edit in debug builds of small documents.
    ///
    /// # Errors
    /// The first contradiction found, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.annotations.len() > 2_000 {
            return Ok(()); // looking at everything after every edit would make big documents slow in debug builds
        }
        let listed: usize = self.by_input.values().map(|layer| layer.order.len()).sum();
        if listed != self.annotations.len() {
            return Err(format!("{listed} listed, {} held", self.annotations.len()));
        }
        #[expect(clippy::iter_over_hash_type, reason = "every layer is looked at; which is first does not matter")]
        for (input, layer) in &self.by_input {
            for lid in &layer.order {
                let Some(annotation) = self.annotations.get(lid) else { return Err(format!("{lid} is listed only")) };
                if annotation.input != *input {
                    return Err(format!("{lid} is listed under {input}"));
                }
            }
            let whole = layer.order.iter().filter(|lid| self.annotations[*lid].region.is_none()).count();
            if whole != layer.whole.len() {
                return Err(format!(
                    "{whole} of {input} speak of the whole image, {} are listed so",
                    layer.whole.len()
                ));
            }
            let drawn = layer.order.iter().filter(|lid| self.annotations[*lid].bounds().is_some()).count();
            if drawn != layer.index.len() {
                return Err(format!("{drawn} shapes of {input}, {} in the index", layer.index.len()));
            }
        }
        Ok(())
    }
}

fn with_shape(annotation: &Annotation, shape: &Shape) -> Result<Annotation, EditError> {
    let mut after = annotation.clone();
    let region = after.region.as_mut().ok_or(EditError::NoShape(annotation.lid))?;
    region.shape.clone_from(shape);
    check_annotation(&after)?;
    Ok(after)
}

fn check_annotation(annotation: &Annotation) -> Result<(), EditError> {
    if let Some(fault) = annotation.shape().and_then(Shape::fault) {
        return Err(EditError::BadShape(fault));
    }
    let mut seen = HashSet::new();
    match annotation.concepts.iter().find(|c| !seen.insert(&c.id)) {
        Some(twice) => Err(EditError::ConceptTwice(twice.id.clone())),
        None => Ok(()),
    }
}

/// One change per annotation: the first before with the last after.
fn merged(changes: Vec<Change>) -> Vec<Change> {
    let mut by_lid: IndexMap<LocalId, Change> = IndexMap::new();
    for change in changes {
        match by_lid.get_mut(&change.lid) {
            Some(earlier) => earlier.after = change.after,
            None => {
                by_lid.insert(change.lid, change);
            }
        }
    }
    by_lid.into_values().filter(|c| c.before != c.after).collect()
}
