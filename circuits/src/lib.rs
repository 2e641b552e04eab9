#![no_std]
#![forbid(unsafe_code)]
//! Gadgets and claims of popw, written once over [`Driver`] and run on every arithmetisation.
//!
//! Read [`driver`] first, then a claim: [`claims::uptime`].

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod claims;
pub mod driver;
pub mod drivers;
#[cfg(feature = "fixtures")]
pub mod fixtures;
pub mod gadgets;

pub use driver::Driver;
