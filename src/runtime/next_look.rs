//! When the next look for damage begins: it reads the whole project, so it waits until nobody does anything with it.

/// So long after the opening,
const FIRST_MS: i64 = 20_000;
/// and again for a window that stays open,
const EVERY_MS: i64 = 6 * 3_600_000;
/// when nothing was asked, answered or written for so long;
const QUIET_MS: i64 = 5_000;
/// but it does not wait longer than this for that.
const PATIENCE_MS: i64 = 10 * 60_000;

/// When it begins, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextLook {
    due_ms: i64,
    quiet_ms: i64,
}

impl NextLook {
    /// For a project that is opened now.
    pub const fn after_opening(now_ms: i64) -> Self {
        Self { due_ms: now_ms + FIRST_MS, quiet_ms: now_ms }
    }

    /// One begins now.
    pub const fn begun(&mut self, now_ms: i64) {
        self.due_ms = now_ms + EVERY_MS;
    }

    /// Something happens in the project.
    pub const fn stirred(&mut self, now_ms: i64) {
        self.quiet_ms = now_ms + QUIET_MS;
    }

    /// The time for it, as far as it is known now.
    pub fn at_ms(&self) -> i64 {
        self.quiet_ms.clamp(self.due_ms, self.due_ms + PATIENCE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_quiet_but_not_for_ever() {
        let mut next = NextLook::after_opening(1_000);
        assert_eq!(next.at_ms(), 21_000);
        next.stirred(3_000);
        assert_eq!(next.at_ms(), 21_000, "it is quiet again by then");
        next.stirred(20_000);
        assert_eq!(next.at_ms(), 25_000);
        for now in (20_000..2_000_000).step_by(1_000) {
            next.stirred(now);
        }
        assert_eq!(next.at_ms(), 21_000 + 600_000, "somebody who never stops is looked after, too");
        next.begun(621_000);
        assert_eq!(next.at_ms(), 621_000 + 21_600_000, "the next one comes in six hours");
    }
}
