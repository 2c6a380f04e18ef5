//! A way to be wrong, for the tests of the tests: checksums that nobody looks at. A build without debug assertions has
//! none of it.

use std::sync::atomic::{AtomicBool, Ordering};

static IGNORED: AtomicBool = AtomicBool::new(false);

/// From now on, in this process, every checksum counts as right.
#[doc(hidden)]
pub fn ignore_checksums() {
    IGNORED.store(true, Ordering::Relaxed);
}

/// Whether a checksum is not what it should be.
pub(super) fn differs(is: i64, should: i64) -> bool {
    is != should && !(cfg!(debug_assertions) && IGNORED.load(Ordering::Relaxed))
}
