//! Decoded pictures, kept by bytes; the least recently used goes first.

use crate::images::Pyramid;
use std::collections::HashMap;
use std::sync::Arc;

/// Pyramids by input.
#[derive(Debug)]
pub(super) struct Cache {
    limit_bytes: usize,
    used: u64,
    entries: HashMap<String, (Arc<Pyramid>, u64)>,
}

impl Cache {
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, used: 0, entries: HashMap::new() }
    }

    /// The pyramid, which counts as used now.
    pub fn get(&mut self, input_id: &str) -> Option<Arc<Pyramid>> {
        self.used += 1;
        let (pyramid, used) = self.entries.get_mut(input_id)?;
        *used = self.used;
        Some(Arc::clone(pyramid))
    }

    pub fn contains(&self, input_id: &str) -> bool {
        self.entries.contains_key(input_id)
    }

    /// Keeps a pyramid and lets others go until the limit holds; never the one of `pinned`.
    pub fn insert(&mut self, input_id: String, pyramid: Arc<Pyramid>, pinned: Option<&str>) {
        self.used += 1;
        self.entries.insert(input_id, (pyramid, self.used));
        while self.bytes() > self.limit_bytes {
            let free = self.entries.iter().filter(|(id, _)| Some(id.as_str()) != pinned);
            let Some(oldest) = free.min_by_key(|(_, (_, used))| *used).map(|(id, _)| id.clone()) else { return };
            self.entries.remove(&oldest);
        }
    }

    pub fn bytes(&self) -> usize {
        self.entries.values().map(|(pyramid, _)| pyramid.bytes()).sum()
    }
}
