//! Three-way merge: what we last saw, what is wanted here, what the server has now.

use super::content::{self, FIELDS, Level, Score, labels, same_field};
use super::record::{Acked, Echo, Record, Verb};
use crate::api;
use crate::model::Field;
use std::collections::{BTreeMap, BTreeSet};

/// Which copy a field is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is wanted here.
    Mine,
    /// What the server has.
    Theirs,
}

/// What comes of a merge of two copies that both exist.
#[derive(Clone, Debug, PartialEq)]
pub enum Merge {
    /// This is what is wanted from now on; where it differs from the server's copy it has to be sent.
    Wanted(Box<api::Annotation>),
    /// Both sides changed these, differently.
    Conflict(Vec<Field>),
}

/// What is known of the past of the two copies.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// The last server copy seen.
    pub base: Option<&'a api::Annotation>,
    /// Writes of ours that may have landed since.
    pub echoes: &'a [Echo],
    /// The newest write of ours that is known to have landed.
    pub acked: Acked,
}

impl<'a> Past<'a> {
    /// What a record knows.
    #[must_use]
    pub fn of(record: &'a Record) -> Self {
        Self { base: record.base.as_ref(), echoes: &record.echoes, acked: record.acked }
    }
}

impl Past<'_> {
    /// Whether `remote` is, as a whole, a copy that we saw or wrote: nobody else has a part in it.
    #[must_use]
    pub fn knows(&self, remote: &api::Annotation) -> bool {
        self.base.is_some_and(|base| content::same_content(base, remote)) || self.echo_of(remote).is_some()
    }

    /// The newest write of ours that carried just this content.
    #[must_use]
    pub fn echo_of(&self, remote: &api::Annotation) -> Option<&Echo> {
        if self.echoes.is_empty() {
            return None;
        }
        let digest = content::Digest::of(remote);
        self.echoes.iter().rev().find(|echo| echo.verb != Verb::Delete && echo.content == digest)
    }

    fn changed_there(&self, remote: &api::Annotation, field: Field) -> bool {
        if self.base.is_some_and(|base| same_field(base, remote, field)) {
            return false;
        }
        let writes = || self.echoes.iter().filter(|echo| echo.verb != Verb::Delete);
        if writes().next().is_none() {
            return true;
        }
        let digest = content::Digest::of(remote).of_field(field);
        writes().all(|echo| echo.content.of_field(field) != digest)
    }

    /// Whether something that we wrote, and took back since, may be part of another's copy: their edit was made on top
    /// of it, and nobody can tell it from theirs. Labels and information are lists, of which a part can stem from a
    /// late write; the other fields are replaced whole, so that only what was not acknowledged yet can be meant.
    fn doubtful(&self, local: &api::Annotation, field: Field) -> bool {
        let is_list = matches!(field, Field::Concepts | Field::Info);
        let relevant = |echo: &&Echo| echo.verb != Verb::Delete && (is_list || Acked::Rev(echo.rev) > self.acked);
        let mut echoes = self.echoes.iter().filter(relevant).peekable();
        if echoes.peek().is_none() {
            return false;
        }
        let digest = content::Digest::of(local).of_field(field);
        echoes.any(|echo| echo.content.of_field(field) != digest)
    }

    /// Whether something that we wrote and took back since may have arrived.
    pub(crate) fn took_back(&self, local: &api::Annotation) -> bool {
        FIELDS.into_iter().any(|field| self.doubtful(local, field))
    }

    fn changed_here(&self, local: &api::Annotation, field: Field) -> bool {
        match self.base {
            Some(base) => !same_field(base, local, field),
            // Never seen on the server, so whoever changed it there changed what we sent: only what was edited here
            // after that is a change of ours.
            None => match self.echoes.iter().rev().find(|echo| echo.verb != Verb::Delete) {
                Some(sent) => sent.content.of_field(field) != content::Digest::of(local).of_field(field),
                None => true,
            },
        }
    }
}

/// Merges field by field. Equal values never conflict; labels are merged one by one.
#[must_use]
pub fn merge(past: Past<'_>, local: &api::Annotation, remote: &api::Annotation) -> Merge {
    merge_as_decided(past, local, remote, &BTreeMap::new())
}

/// Merges as [`merge`] does, but for the fields that a person decided.
#[must_use]
pub fn merge_as_decided(
    past: Past<'_>,
    local: &api::Annotation,
    remote: &api::Annotation,
    decided: &BTreeMap<Field, Side>,
) -> Merge {
    let mut sides = decided.clone();
    let mut merged_labels = None;
    let mut clashes = Vec::new();
    for field in FIELDS.into_iter().filter(|field| !decided.contains_key(field)) {
        if same_field(local, remote, field) {
            sides.insert(field, Side::Theirs);
            continue;
        }
        if !past.changed_there(remote, field) {
            sides.insert(field, Side::Mine);
        } else if past.doubtful(local, field) {
            clashes.push(field);
        } else if !past.changed_here(local, field) {
            sides.insert(field, Side::Theirs);
        } else {
            let labels = past.base.filter(|_| field == Field::Concepts);
            match labels.and_then(|base| merge_labels(base, local, remote)) {
                Some(labels) => merged_labels = Some(labels),
                None => clashes.push(field),
            }
        }
    }
    if !clashes.is_empty() {
        return Merge::Conflict(clashes);
    }
    let mut wanted = compose(local, remote, &sides);
    if let Some(labels) = merged_labels {
        put_labels(&mut wanted, &labels, [local, remote]);
    }
    Merge::Wanted(Box::new(wanted))
}

/// One annotation from two: each field from the side that `sides` names (theirs where it names none). What no person
/// edits (worker, task, dates) is always the server's.
#[must_use]
pub fn compose(mine: &api::Annotation, theirs: &api::Annotation, sides: &BTreeMap<Field, Side>) -> api::Annotation {
    let side = |field| sides.get(&field).copied().unwrap_or(Side::Theirs);
    let pick = |field| match side(field) {
        Side::Mine => mine,
        Side::Theirs => theirs,
    };
    let mut out = theirs.clone();
    out.annotation_info.clone_from(&pick(Field::Info).annotation_info);
    if side(Field::Status) == Side::Mine {
        out.status.clone_from(&mine.status);
    }
    out.data.clone_from(&pick(Field::Geometry).data);
    if side(Field::Geometry) != side(Field::Concepts) {
        let from = pick(Field::Concepts);
        put_labels(&mut out, &owned(labels(from)), [from, theirs]);
    }
    out
}

/// A person's edit, made on a copy that is no longer the newest, carried over to the newest: the fields (and labels)
/// that the edit changed, and nothing else.
#[must_use]
pub fn rebase(before: &api::Annotation, after: &api::Annotation, current: &api::Annotation) -> api::Annotation {
    let mut sides = BTreeMap::new();
    for field in FIELDS {
        let side = if same_field(before, after, field) { Side::Theirs } else { Side::Mine };
        sides.insert(field, side);
    }
    let mut out = compose(after, current, &sides);
    if sides.get(&Field::Concepts) == Some(&Side::Mine) {
        let (old, new) = (by_key(before), by_key(after));
        let mut list: Vec<Label> = owned(labels(current));
        list.retain(|(level, id, _)| !old.contains_key(&(*level, id.as_str())));
        let theirs_only = std::mem::take(&mut list);
        let kept = by_key(current);
        list = owned(labels(after));
        // What the edit left alone stays as it is now, also when it is gone by now.
        list.retain_mut(|(level, id, value)| {
            let key = (*level, id.as_str());
            if old.get(&key) != new.get(&key) {
                return true;
            }
            kept.get(&key).is_some_and(|now| {
                *value = *now;
                true
            })
        });
        for label in theirs_only {
            if list.iter().all(|(level, id, _)| (*level, id) != (label.0, &label.1)) {
                list.push(label);
            }
        }
        put_labels(&mut out, &list, [after, current]);
    }
    out
}

type Label = (Level, String, Score);

fn owned(list: Vec<(Level, &str, Score)>) -> Vec<Label> {
    list.into_iter().map(|(level, id, value)| (level, id.to_owned(), value)).collect()
}

fn by_key(annotation: &api::Annotation) -> BTreeMap<(Level, &str), Score> {
    labels(annotation).into_iter().map(|(level, id, value)| ((level, id), value)).collect()
}

/// Both sides changed the labels: label by label, mine first; none where one label was changed both ways, or where
/// both sides exchanged the same label for different ones (two answers to one question are not two labels).
fn merge_labels(base: &api::Annotation, local: &api::Annotation, remote: &api::Annotation) -> Option<Vec<Label>> {
    let (b, l, r) = (by_key(base), by_key(local), by_key(remote));
    let removed = |side: &BTreeMap<(Level, &str), Score>| -> BTreeSet<(Level, String)> {
        b.keys().filter(|key| !side.contains_key(*key)).map(|(level, id)| (*level, (*id).to_owned())).collect()
    };
    let added = |side: &BTreeMap<(Level, &str), Score>| -> BTreeSet<(Level, String)> {
        side.keys().filter(|key| !b.contains_key(*key)).map(|(level, id)| (*level, (*id).to_owned())).collect()
    };
    let exchanged_both = removed(&l).intersection(&removed(&r)).next().is_some();
    let (ours, others) = (added(&l), added(&r));
    if exchanged_both && !ours.is_empty() && !others.is_empty() && ours != others {
        return None;
    }
    let mut out = Vec::new();
    let mut keys: Vec<(Level, &str)> = labels(local).into_iter().map(|(level, id, _)| (level, id)).collect();
    keys.extend(labels(remote).into_iter().map(|(level, id, _)| (level, id)).filter(|key| !l.contains_key(key)));
    for key in keys {
        let (was, here, there) = (b.get(&key), l.get(&key), r.get(&key));
        let value = if here == there || there == was {
            here
        } else if here == was {
            there
        } else {
            return None;
        };
        if let Some(value) = value {
            out.push((key.0, key.1.to_owned(), *value));
        }
    }
    Some(out)
}

/// Writes labels into an annotation; what else is known of a label (name, language) is taken from the first copy that
/// has it.
fn put_labels(out: &mut api::Annotation, list: &[Label], copies: [&api::Annotation; 2]) {
    let known = |id: &str| {
        copies.into_iter().flat_map(wire_concepts).find(|concept| concept.id == id).cloned().unwrap_or_default()
    };
    let concept = |(_, id, value): &Label| api::Concept { id: id.clone(), value: value.0, ..known(id) };
    let has_region = out.data.as_ref().is_some_and(|data| !data.regions.is_empty());
    let (of_region, of_input): (Vec<&Label>, Vec<&Label>) =
        list.iter().partition(|(level, _, _)| has_region && *level == Level::Region);
    if list.is_empty() && out.data.is_none() {
        return;
    }
    let data = out.data.get_or_insert_default();
    data.concepts = of_input.into_iter().map(concept).collect();
    if let Some(region) = data.regions.first_mut() {
        if of_region.is_empty() && region.data.is_none() {
            return;
        }
        region.data.get_or_insert_default().concepts = of_region.into_iter().map(concept).collect();
    }
}

fn wire_concepts(annotation: &api::Annotation) -> impl Iterator<Item = &api::Concept> {
    annotation.data.iter().flat_map(|data| {
        let of_regions = data.regions.iter().filter_map(|region| region.data.as_ref()).flat_map(|d| d.concepts.iter());
        data.concepts.iter().chain(of_regions)
    })
}
