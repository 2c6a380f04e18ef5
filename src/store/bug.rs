//! Ways to be wrong, for the tests of the tests: checksums that nobody looks at, commits that do not wait for the disk. A
//! build without debug assertions has none of it.

use std::sync::atomic::{AtomicBool, Ordering};

static IGNORED: AtomicBool = AtomicBool::new(false);
static HASTY: AtomicBool = AtomicBool::new(false);

/// From now on, in this process, every checksum counts as right.
#[doc(hidden)]
pub fn ignore_checksums() {
    IGNORED.store(true, Ordering::Relaxed);
}

/// Whether a checksum is not what it should be.
pub(super) fn differs(is: i64, should: i64) -> bool {
    is != should && !(cfg!(debug_assertions) && IGNORED.load(Ordering::Relaxed))
}

/// Projects that are opened from now on in this process report steps as durable that are not on the disk yet.
#[doc(hidden)]
pub fn do_not_wait_for_the_disk() {
    HASTY.store(true, Ordering::Relaxed);
}

/// The value of the pragma `synchronous`.
pub(super) fn synchronous() -> &'static str {
    if cfg!(debug_assertions) && HASTY.load(Ordering::Relaxed) { "NORMAL" } else { "FULL" }
}
