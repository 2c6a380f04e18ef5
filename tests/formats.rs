//! Files of other programs: golden files written by hand from each format's specification, read and written again.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is not as it must be")]

#[path = "formats/bad_input.rs"]
mod bad_input;
#[path = "formats/commands.rs"]
mod commands;
#[path = "formats/exif.rs"]
mod exif;
#[path = "formats/golden.rs"]
mod golden;
#[path = "formats/projects.rs"]
mod projects;
#[path = "formats/round_trips.rs"]
mod round_trips;
#[path = "formats/support.rs"]
mod support;
