//! What the engine wants, in the order in which it wanted it.

use crate::sync::Effect;
use std::collections::VecDeque;

/// The effects that wait while one is carried out. One that tells the engine something in its turn (a comparison that ends a
/// pull) makes more of them: those come after the ones that were there before, so that the newest state is told last and the
/// newest alarm stands.
#[derive(Debug, Default)]
pub(super) struct Effects(Option<VecDeque<Effect>>);

/// Who carries out what was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Whoever added it.
    Here,
    /// Whoever carries out the others.
    Elsewhere,
}

impl Effects {
    pub(super) fn add(&mut self, new: Vec<Effect>) -> Carrier {
        if let Some(waiting) = &mut self.0 {
            waiting.extend(new);
            return Carrier::Elsewhere;
        }
        self.0 = Some(new.into());
        Carrier::Here
    }

    /// The next one; after the last nobody carries anything out any more.
    pub(super) fn next(&mut self) -> Option<Effect> {
        let next = self.0.as_mut().and_then(VecDeque::pop_front);
        if next.is_none() {
            self.0 = None;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_effect_leads_to_comes_after_what_was_there_before() {
        let mut effects = Effects::default();
        let at = Effect::WakeAt;
        for _ in 0..2 {
            assert_eq!(effects.add(vec![at(1), at(2)]), Carrier::Here);
            assert_eq!(effects.next(), Some(at(1)));
            assert_eq!(effects.add(vec![at(3)]), Carrier::Elsewhere, "while the first is carried out");
            assert_eq!([effects.next(), effects.next(), effects.next()], [Some(at(2)), Some(at(3)), None]);
        }
    }
}
