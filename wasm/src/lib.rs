//! The verifier of popw for JavaScript.
//!
//! [`raw`] takes bare proofs; `api`, with the feature `documents`, takes documents. Both are plain functions over bytes and
//! text; this file and `documents` hand them to wasm-bindgen. Errors cross the
//! border as one string, `code`, a line break and the message; `pkg-src/raw_api.js` makes typed errors of them and is what users
//! of the npm package see. Nothing here keeps state besides the keys that JavaScript holds.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

#[cfg(feature = "documents")]
pub mod api;
#[cfg(feature = "documents")]
mod documents;
mod failure;
pub mod raw;

use alloc::{string::String, vec::Vec};

pub use failure::Failure;
use popw_verifier::Verifier;
use popw_verifier::key::Development;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A trap, without the texts: the verifier does not panic, and JavaScript gives the instance up when it meets one.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

fn thrown(failure: Failure) -> JsValue {
    JsValue::from_str(&[failure.code, "\n", &failure.message].concat())
}

/// A key that has been read and prepared.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Key(Verifier);

#[wasm_bindgen]
impl Key {
    /// Reads a key file.
    ///
    /// # Errors
    /// As [`raw::key`].
    #[wasm_bindgen(constructor)]
    pub fn new(file: &[u8]) -> Result<Self, JsValue> {
        raw::key(file).map(Self).map_err(thrown)
    }

    /// BLAKE3 of the file.
    pub fn digest(&self) -> Vec<u8> {
        self.0.digest().0.to_vec()
    }

    /// The proof system.
    pub fn system(&self) -> String {
        self.0.header().system.name().into()
    }

    /// What its proofs claim.
    pub fn claim(&self) -> String {
        self.0.header().claim.clone()
    }

    /// The claim's version.
    pub fn claim_version(&self) -> u16 {
        self.0.header().claim_version
    }

    /// The circuit's shape.
    pub fn shape(&self) -> String {
        self.0.header().shape.clone()
    }

    /// How it was made, if it is for development.
    pub fn development(&self) -> Option<String> {
        self.0.header().development.map(|made| match made {
            Development::Seeded => "seeded".into(),
            Development::Random => "random".into(),
        })
    }
}

/// See [`raw::verify`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn verify_raw(proof: &[u8], inputs: &[u8], key: &Key) -> Result<(), JsValue> {
    raw::verify(proof, inputs, &key.0).map_err(thrown)
}

/// See [`raw::verify_batch`]; the codes, a line break after each.
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn verify_raw_batch(
    proofs: &[u8],
    proof_lengths: &[u32],
    inputs: &[u8],
    inputs_lengths: &[u32],
    key: &Key,
) -> Result<String, JsValue> {
    let proofs = raw::parts(proofs, proof_lengths).map_err(thrown)?;
    let inputs = raw::parts(inputs, inputs_lengths).map_err(thrown)?;
    Ok(raw::verify_batch(&proofs, &inputs, &key.0).iter().flat_map(|code| [*code, "\n"]).collect())
}

/// The package's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}
