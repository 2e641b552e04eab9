//! The daemons of popw: a device proves that it is up by answering witnesses, a witness signs what it saw.
//!
//! - [`device::run`] and [`witness::run`] are the daemons; the `popw` command wraps them.
//! - [`export::uptime_input`] turns what a device has collected into the input of a proof.
//! - [`wire`] is the protocol between them, [`store`] what they keep, [`lock`] why there is one per key.
//!
//! What holds whatever happens to the processes:
//! - a bit that a witness has signed is never taken back: its store merges bitmaps in transactions that are
//!   durable before a signature leaves, and triggers in the database refuse anything else;
//! - a device acknowledges an attestation only when it is durable, and keeps every one;
//! - nobody signs a value received from outside: [`popw_core::message`] builds every message from fields that
//!   the signer holds itself.

pub mod clock;
pub mod daemon;
pub mod device;
pub mod epochs;
pub mod export;
pub mod fuzz;
pub mod keys;
mod limits;
pub mod lock;
pub mod metrics;
mod random;
pub mod roster;
pub mod store;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod votes;
pub mod wire;
pub mod witness;
