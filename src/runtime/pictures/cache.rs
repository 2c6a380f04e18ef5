//! Decoded pictures, kept by bytes; the least recently used goes first.

use super::decoded::Decoded;
use std::collections::HashMap;
use std::sync::Arc;

/// By input.
#[derive(Debug)]
pub(super) struct Cache {
    limit_bytes: usize,
    used: u64,
    entries: HashMap<String, (Arc<Decoded>, u64)>,
}

impl Cache {
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, used: 0, entries: HashMap::new() }
    }

    /// The picture, which counts as used now.
    pub fn get(&mut self, input_id: &str) -> Option<Arc<Decoded>> {
        self.used += 1;
        let (picture, used) = self.entries.get_mut(input_id)?;
        *used = self.used;
        Some(Arc::clone(picture))
    }

    pub fn contains(&self, input_id: &str) -> bool {
        self.entries.contains_key(input_id)
    }

    /// Keeps a picture and lets others go until the limit holds; never the one of `pinned`.
    pub fn insert(&mut self, input_id: String, picture: Arc<Decoded>, pinned: Option<&str>) {
        self.used += 1;
        self.entries.insert(input_id, (picture, self.used));
        while self.bytes() > self.limit_bytes {
            let free = self.entries.iter().filter(|(id, _)| Some(id.as_str()) != pinned);
            let Some(oldest) = free.min_by_key(|(_, (_, used))| *used).map(|(id, _)| id.clone()) else { return };
            self.entries.remove(&oldest);
        }
    }

    pub fn bytes(&self) -> usize {
        self.entries.values().map(|(picture, _)| picture.bytes()).sum()
    }
}
