#![no_std]
#![forbid(unsafe_code)]
//! Gadgets and claims of popw, written once over [`Driver`] and run on every arithmetisation.
//!
//! Read [`driver`] first, then what every claim says, [`frame`], then a part of one: [`parts::uptime`]. [`claims`] puts them
//! together.
//!
//! ```
//! use popw_circuits::Driver;
//! use popw_circuits::drivers::{evaluate::Evaluate, r1cs::R1cs};
//! use popw_core::{Fr, poseidon};
//!
//! /// "I know what this is the hash of."
//! fn synthesize<D: Driver>(d: &mut D, secret: Option<Fr>) {
//!     let secret = d.input(secret);
//!     let hash = d.poseidon(&[secret]);
//!     d.expose(&hash);
//! }
//!
//! // Once, without values, for the key; then for every proof.
//! let (mut system, mut values) = (R1cs::new(), Evaluate::new());
//! synthesize(&mut system, None);
//! synthesize(&mut values, Some(Fr::from(7u64)));
//! let assignment = values.finish();
//! assert_eq!(assignment.public, [poseidon::hash(&[Fr::from(7u64)])]);
//! assert_eq!(system.finish().first_violated(&assignment.full()), None);
//! ```

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

pub use driver::Driver;
