//! Habits of other servers that the real service may have, for tests of clients: no source says which it has.

use std::collections::BTreeSet;

/// One habit that makes life harder for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Habit {
    /// POST of an id that exists is refused with 40010 even if the content is the same.
    DuplicateRefused,
    /// POST of an id that exists replaces what is there.
    DuplicateReplaces,
    /// The id of a deleted annotation is never free again (40010).
    IdsNotReused,
    /// One bad item and nothing of the batch is done.
    WholeBatchRejected,
    /// The items of an answer in which not all were done come in another order.
    MixedShuffled,
    /// Of the items of an answer in which not all were done every second one is missing.
    MixedIncomplete,
    /// A read shows what was there at the time of the read before it.
    StaleReads,
}

impl Habit {
    const NAMES: [(&'static str, Self); 7] = [
        ("duplicate-refused", Self::DuplicateRefused),
        ("duplicate-replaces", Self::DuplicateReplaces),
        ("ids-not-reused", Self::IdsNotReused),
        ("whole-batch-rejected", Self::WholeBatchRejected),
        ("mixed-shuffled", Self::MixedShuffled),
        ("mixed-incomplete", Self::MixedIncomplete),
        ("stale-reads", Self::StaleReads),
    ];
}

/// The habits that a server imitates; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strictness(BTreeSet<Habit>);

impl Strictness {
    /// These habits.
    #[must_use]
    pub fn of(habits: &[Habit]) -> Self {
        Self(habits.iter().copied().collect())
    }

    /// Whether it has that habit.
    #[must_use]
    pub fn has(&self, habit: Habit) -> bool {
        self.0.contains(&habit)
    }
}

impl std::str::FromStr for Strictness {
    type Err = String;

    /// From names with commas between.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut habits = BTreeSet::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let Some((_, habit)) = Habit::NAMES.iter().find(|(known, _)| *known == name) else {
                let known: Vec<_> = Habit::NAMES.iter().map(|(known, _)| *known).collect();
                return Err(format!("There is no habit \"{name}\". Choose from: {}.", known.join(", ")));
            };
            habits.insert(*habit);
        }
        Ok(Self(habits))
    }
}
