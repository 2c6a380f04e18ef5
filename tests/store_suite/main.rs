//! The project store against a real disk: durability, damage, several processes, full disks.

#![expect(
    clippy::expect_used,
    clippy::missing_assert_message,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers of tests; what is measured is printed"
)]

mod basics;
mod child;
mod damage;
mod engine;
mod images;
mod places;
mod queries;
mod rot;
mod support;
