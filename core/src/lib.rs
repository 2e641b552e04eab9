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
//! - [`claim`]: context, nullifier and outcome; parts, kinds and sizes.
//! - [`document`]: the files: published epochs, inputs of proofs, proofs.
//! - [`strict`]: reading them as their schemas have them, and no otherwise.
//! - [`text`]: what others have written, as it can be shown.
//! - `fuzz`, with the feature of that name: every parser as a function over bytes.
//!
//! Documents are read as they are meant, or refused with the reason:
//!
//! ```
//! use popw_core::document::{Document, DocumentError, EpochPublic};
//!
//! let json = r#"{
//!     "format": "popw.epoch", "version": 1, "network": "example",
//!     "domain_id": "eip155:31337:0x5fbdb2315678afecb367f032d93f642f64180aa3",
//!     "domain": "3632161425771079020747900593576021693744217224951741531122193326164723488539",
//!     "epoch": 9, "start_unix_ms": 1780000000000, "slot_ms": 60000,
//!     "opening": {
//!         "source": "file", "round": 1,
//!         "randomness": "0101010101010101010101010101010101010101010101010101010101010101"
//!     },
//!     "roots": { "device": "1", "witness": "2", "allotment": "0", "sector": "0" },
//!     "rules": { "n_w": 12, "k": 5, "q": 3, "slots": 24, "max_gap": 4, "batches": 1, "min_rate": 0 }
//! }"#;
//! let epoch = EpochPublic::from_json(json.as_bytes())?;
//! assert_eq!(epoch.end_unix_ms(), Some(1_780_000_000_000 + 24 * 60_000));
//!
//! let later = json.replace(r#""version": 1"#, r#""version": 2"#);
//! let refused = EpochPublic::from_json(later.as_bytes());
//! assert!(matches!(refused, Err(DocumentError::Version { found: 2, supported: 1, .. })));
//! # Ok::<(), DocumentError>(())
//! ```

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
