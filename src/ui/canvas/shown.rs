//! What the retained layer holds now.

/// Which scene the layer was filled from.
#[derive(Debug, Default)]
pub struct Shown {
    generation: Option<u64>,
    looks: u64,
}

impl Shown {
    /// Whether the layer must be filled anew for this generation; remembers it.
    pub(super) fn is_stale(&mut self, generation: u64) -> bool {
        self.generation.replace(generation) != Some(generation)
    }

    /// Whether every shape must be looked at anew for this generation; remembers it.
    pub(super) const fn look_is_stale(&mut self, looks: u64) -> bool {
        let before = self.looks;
        self.looks = looks;
        before != looks
    }
}
