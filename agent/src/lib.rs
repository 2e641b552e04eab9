//! The daemons of popw: a device proves that it is up by answering witnesses, and that it serves by its clients'
//! receipts and its challengers' rates; a witness signs what it saw and measured.
//!
//! - [`device::run`] and [`witness::run`] are the daemons, [`client::fetch`] is a client; the `popw` command wraps them.
//! - [`export`] turns what a device has collected into the inputs of proofs, [`receipts`] checks what it collected.
//! - [`duties`] is what they do for each other: what is said, on which [`wire`], and what is kept, in which [`store`].
//!   [`lock`] is why there is one daemon per key.
//!
//! What holds whatever happens to the processes:
//! - a bit that a witness has signed is never taken back: its store merges bitmaps in transactions that are
//!   durable before a signature leaves, and triggers in the database refuse anything else;
//! - a device acknowledges an attestation only when it is durable, and keeps every one;
//! - a device has stored the receipt for what it sent before it sends more than a credit beyond it, and a client never
//!   signs for less than before, nor for more than it received;
//! - a challenger signs one rate for a device and epoch;
//! - nobody signs a value received from outside: [`popw_core::message`] builds every message from fields that
//!   the signer holds itself.

mod charge;
pub mod clock;
pub mod content;
pub mod daemon;
pub mod device;
pub mod duties;
pub mod epochs;
mod evidence;
pub mod export;
pub mod fuzz;
mod host;
pub mod keys;
mod left_out;
pub mod lock;
pub mod metrics;
mod mutex;
mod observer;
mod random;
pub mod receipts;
pub mod roster;
mod service;
mod sessions;
pub mod skew;
pub mod store;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod wire;
pub mod witness;

pub use duties::fetch::client;
