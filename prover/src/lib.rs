//! Proving engines of popw: the same claims on two proof systems.
//!
//! [`claim`] goes from documents to documents. [`groth16`] proves from a memory-mapped key file on a
//! [backend](groth16::backend); [`halo2`] replays recorded tables into halo2.
//!
//! `examples/prove` goes the whole way. What it takes is known before there is a key:
//!
//! ```
//! use popw_circuits::claims::{Kind, Shape};
//! use popw_prover::claim::matrices;
//! use popw_prover::groth16::{Workload, backend::Backend, estimate};
//!
//! let workload = Workload::of_matrices(&matrices(&Shape::demo(Kind::Uptime)))?;
//! let estimate = estimate(&workload, &Backend::detect())?;
//! println!("{} bytes, about {:.1} s", estimate.memory_bytes, estimate.seconds);
//! # assert!(estimate.constraints > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod claim;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod groth16;
pub mod halo2;
pub mod keys;
pub mod progress;
