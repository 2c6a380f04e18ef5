//! For tests: time that goes faster, a clock that is off, and short limits of a call, so that what takes minutes can be
//! tried hundreds of times. A build without debug assertions has none of it.

use crate::remote::Limits;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// 1: as it is.
static SPEED: AtomicI64 = AtomicI64::new(1);
static OFF_MS: AtomicI64 = AtomicI64::new(0);
/// 0: as it is.
static CALL_SECS: AtomicU64 = AtomicU64::new(0);
/// Where fast time and real time agree; the same for all processes, because times are kept on disk.
const AGREED_MS: i64 = 1_790_000_000_000;

/// From now on, in this process, time goes so much faster, and a call is given up after so many real seconds. Those must
/// be enough for a whole page on a machine that has much else to do, where the test is not about calls that never end.
#[doc(hidden)]
pub fn hurry(speed: u32, call_secs: u64) {
    SPEED.store(i64::from(speed.max(1)), Ordering::Relaxed);
    CALL_SECS.store(call_secs, Ordering::Relaxed);
}

/// From now on, in this process, the clock is off by this.
#[doc(hidden)]
pub fn set_clock_off(by_ms: i64) {
    OFF_MS.store(by_ms, Ordering::Relaxed);
}

fn speed() -> i64 {
    if cfg!(debug_assertions) { SPEED.load(Ordering::Relaxed) } else { 1 }
}

/// What the clock shows when it is really `real_ms`.
pub fn shown_ms(real_ms: i64) -> i64 {
    if !cfg!(debug_assertions) {
        return real_ms;
    }
    let speed = speed();
    let shown = if speed == 1 { real_ms } else { AGREED_MS + (real_ms - AGREED_MS).saturating_mul(speed) };
    shown + OFF_MS.load(Ordering::Relaxed)
}

/// How long it really takes until so much time has passed on the clock.
pub fn real_wait_ms(shown_ms: i64) -> u64 {
    u64::try_from(shown_ms.max(0) / speed()).unwrap_or(0)
}

/// The limits of a call.
pub fn limits() -> Limits {
    let limits = Limits::default();
    match CALL_SECS.load(Ordering::Relaxed) {
        secs @ 1.. if cfg!(debug_assertions) => {
            Limits { connect_timeout_secs: secs, request_timeout_secs: secs, ..limits }
        }
        _ => limits,
    }
}
