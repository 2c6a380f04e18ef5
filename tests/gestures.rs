//! The tools as people use them: presses, drags, clicks and keys in, shapes out. No window, no egui.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

#[path = "gestures/desk.rs"]
mod desk;

#[path = "gestures/boxes.rs"]
mod boxes;
#[path = "gestures/combining.rs"]
mod combining;
#[path = "gestures/effort.rs"]
mod effort;
#[path = "gestures/extremes.rs"]
mod extremes;
#[path = "gestures/keyboard.rs"]
mod keyboard;
#[path = "gestures/large.rs"]
mod large;
#[path = "gestures/order.rs"]
mod order;
#[path = "gestures/panning.rs"]
mod panning;
#[path = "gestures/polygons.rs"]
mod polygons;
#[path = "gestures/reshaping.rs"]
mod reshaping;
#[path = "gestures/selecting.rs"]
mod selecting;
#[path = "gestures/slicing.rs"]
mod slicing;
#[path = "gestures/snapping.rs"]
mod snapping;
#[path = "gestures/vertices.rs"]
mod vertices;
