#![no_std]
#![forbid(unsafe_code)]
//! Gadgets and claims of popw, written once over [`Driver`] and run on every arithmetisation.
//!
//! Read [`driver`] first, then what every claim says, [`frame`], then a part of one: [`parts::uptime`]. [`claims`] puts them
//! together.

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod claims;
pub mod driver;
pub mod drivers;
#[cfg(feature = "fixtures")]
pub mod fixtures;
pub mod frame;
pub mod gadgets;
pub mod parts;
mod shapes;

pub use driver::Driver;
