//! Fetch: a client downloads content from a device that it has bought bytes from, and signs for what it got.

pub mod client;
pub(crate) mod device;
pub(crate) mod export;
pub(crate) mod log;
pub mod store;
pub mod wire;
