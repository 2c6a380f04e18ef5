//! The whole way from an edit to the server's disk, with something broken in it: a proxy that spoils what goes over the
//! wire, the death of either process, a wrong clock, and a key that must show up nowhere.
//!
//! The client is the program's own runtime (store, engine, HTTP), the server its own too; only time goes faster for the
//! client (`runtime::hurry`), so that minutes of patience take seconds. Each test runs itself again in a process of its
//! own, with a home and a key of its own.

#[path = "faults/canary.rs"]
mod canary;
#[path = "faults/cases.rs"]
mod cases;
#[path = "faults/cli.rs"]
mod cli;
#[path = "faults/desk.rs"]
mod desk;
#[path = "faults/hostile.rs"]
mod hostile;
#[path = "faults/kills.rs"]
mod kills;
#[path = "faults/line.rs"]
mod line;
#[path = "faults/proxy.rs"]
mod proxy;
#[path = "faults/service.rs"]
mod service;
#[path = "faults/shapes.rs"]
mod shapes;
