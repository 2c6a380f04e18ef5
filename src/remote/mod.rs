//! The HTTP client of the annotations API: [`HttpApi`] on reqwest, with [`HttpApi::probe`] for the connect dialog.
//!
//! May use `api` only. Invariant: the key goes to the configured origin and nowhere else; no redirect is followed with
//! it; no answer is read beyond its cap; no error text holds a URL or a key.

mod addresses;
mod classify;
mod fetch;
mod http_api;
mod operations;
mod probe;

pub use addresses::is_public_address;
pub use http_api::{HttpApi, Limits, SetupError};
pub use probe::{Connected, ProbeError};
