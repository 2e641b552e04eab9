//! What downloads leave in databases: what a client has signed, what a device was given.

pub mod client;
pub mod device;

#[cfg(test)]
mod tests;
