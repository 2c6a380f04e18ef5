//! Points, boxes, rings and transforms in image pixels: `f64`, y down, pixel corners (the top left pixel spans 0..1).
//!
//! Uses nothing of ours. Invariant: pure functions of their arguments; no I/O, no clock, no randomness; a value that
//! is not finite never leaves a constructor that says it checks.

mod combine;
mod outline;
mod overlap;
mod point;
mod rect;
mod refine;
mod ring;
mod snap;
mod transform;
mod triangulate;

pub use combine::{Area, Combine, combined, sliced, untangled};
pub use outline::{Crossings, Outline, uncrossed};
pub use overlap::{rect_iou, ring_iou};
pub use point::{Point, Vector};
pub use rect::{Handle, Rect, Size};
pub use refine::{Chosen, simplified, smoothed};
pub use ring::{Ring, RingFault, distance_to_segment};
pub use snap::{RingPlace, Snap, SnapTo, Way, nearest_on_border};
pub use transform::Transform;
pub use triangulate::triangulate;
