//! What rate tests leave in databases: what a witness has signed, what a device was given.

pub mod device;
pub mod witness;

#[cfg(test)]
mod tests;
