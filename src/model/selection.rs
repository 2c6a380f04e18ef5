//! What is selected.

use super::LocalId;
use indexmap::IndexSet;

/// The selected annotations, in the order in which they were selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    lids: IndexSet<LocalId>,
}

impl Selection {
    /// Whether nothing is selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lids.is_empty()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lids.len()
    }

    /// Whether this one is selected.
    #[must_use]
    pub fn contains(&self, lid: LocalId) -> bool {
        self.lids.contains(&lid)
    }

    /// The selected ones, in the order of selection.
    pub fn iter(&self) -> impl Iterator<Item = LocalId> + '_ {
        self.lids.iter().copied()
    }

    /// The one that is selected, where it is exactly one.
    #[must_use]
    pub fn single(&self) -> Option<LocalId> {
        (self.lids.len() == 1).then(|| self.lids.first().copied()).flatten()
    }

    /// Selects these and nothing else.
    pub fn set(&mut self, lids: impl IntoIterator<Item = LocalId>) {
        self.lids = lids.into_iter().collect();
    }

    /// Adds one, or takes it out where it was selected.
    pub fn toggle(&mut self, lid: LocalId) {
        if !self.lids.shift_remove(&lid) {
            self.lids.insert(lid);
        }
    }

    /// Adds these.
    pub fn extend(&mut self, lids: impl IntoIterator<Item = LocalId>) {
        self.lids.extend(lids);
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        self.lids.clear();
    }

    /// Drops what no longer exists.
    pub fn keep_only(&mut self, exists: impl Fn(LocalId) -> bool) {
        self.lids.retain(|lid| exists(*lid));
    }
}
