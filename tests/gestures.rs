//! The tools as people use them: presses, drags, clicks and keys in, shapes out. No window, no egui.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

#[path = "gestures/desk.rs"]
mod desk;

#[path = "gestures/boxes.rs"]
mod boxes;
#[path = "gestures/panning.rs"]
mod panning;
#[path = "gestures/polygons.rs"]
mod polygons;
#[path = "gestures/reshaping.rs"]
mod reshaping;
#[path = "gestures/selecting.rs"]
mod selecting;
