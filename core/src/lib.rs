#![no_std]
#![forbid(unsafe_code)]
//! What every other part of popw agrees on: the field, the hash, keys and signatures, trees, the draw of
//! witnesses, the layout of public inputs, and the documents people exchange.
//!
//! Nothing here reads files, clocks or randomness: the crate is `no_std` (with `alloc`), so circuits, verifiers
//! in browsers and firmware share one implementation.
//!
//! - [`field`], [`tag`], [`poseidon`]: field elements, domain tags and the hash `H`.
//! - [`babyjub`], [`eddsa`], [`lean_imt`]: the signature curve, signatures and membership trees.
//! - [`identity`], [`draw`], [`bitmap`], [`message`]: domains and leaves, committees, slots, what is signed.
//! - [`possession`]: sectors' trees and challenges.
//! - [`claim`]: context, nullifier and outcome.
//! - [`document`]: the files: published epochs, inputs of proofs, proofs.
//! - [`strict`]: reading them as their schemas have them, and no otherwise.
//! - [`text`]: what others have written, as it can be shown.
//! - `fuzz`, with the feature of that name: every parser as a function over bytes.

extern crate alloc;
#[cfg(feature = "fuzz")]
extern crate std;

/// The field everything is written in: the scalar field of BN254, of order r.
pub use ark_bn254::Fr;

pub mod babyjub;
pub mod bitmap;
pub mod claim;
pub mod document;
pub mod draw;
pub mod eddsa;
pub mod field;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod identity;
pub mod lean_imt;
pub mod message;
pub mod poseidon;
pub mod possession;
pub mod strict;
pub mod tag;
pub mod text;
