//! Uptime: a witness pings the devices that it is drawn for, and signs the slots that it saw answered.

pub(crate) mod device;
pub(crate) mod export;
pub(crate) mod log;
pub mod store;
pub mod votes;
pub mod wire;
pub(crate) mod witness;
