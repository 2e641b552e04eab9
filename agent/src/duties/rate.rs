//! Rate: a challenger has a device that it is drawn for send bytes, measures how fast they come, and signs that.

pub(crate) mod device;
pub(crate) mod export;
pub(crate) mod log;
pub mod store;
pub mod wire;
pub(crate) mod witness;
