//! The verifier of popw for JavaScript.
//!
//! [`api`] is the whole of it as plain functions over bytes and text; this file hands them to wasm-bindgen. Errors cross the
//! border as one string, `code`, a line break and the message; `pkg-src/api.js` makes typed errors of them and is what users
//! of the npm package see. Nothing here keeps state besides the keys that JavaScript holds.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod api;

use alloc::{format, string::String, vec::Vec};

use popw_verifier::Verifier;
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

fn thrown(failure: api::Failure) -> JsValue {
    JsValue::from_str(&format!("{}\n{}", failure.code, failure.message))
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
    /// As [`api::key`].
    #[wasm_bindgen(constructor)]
    pub fn new(file: &[u8]) -> Result<Self, JsValue> {
        api::key(file).map(Self).map_err(thrown)
    }

    /// BLAKE3 of the file, in hex.
    pub fn digest(&self) -> String {
        format!("{}", self.0.digest())
    }

    /// What the key is for, as JSON.
    ///
    /// # Errors
    /// Never in practice: every header can be written.
    pub fn header(&self) -> Result<String, JsValue> {
        api::json(self.0.header()).map_err(thrown)
    }
}

/// Keys for one call of [`eligibility`].
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Keys(Vec<Verifier>);

#[wasm_bindgen]
impl Keys {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a copy of a key.
    pub fn push(&mut self, key: &Key) {
        self.0.push(key.0.clone());
    }
}

/// See [`api::verify`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn verify(
    proof: &[u8],
    key: &Key,
    epoch: Option<Vec<u8>>,
    spent: Option<String>,
) -> Result<String, JsValue> {
    api::verify(proof, &key.0, epoch.as_deref(), spent.as_deref()).map_err(thrown)
}

/// See [`api::verify_batch`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn verify_batch(
    proofs: &[u8],
    lengths: &[u32],
    key: &Key,
    epoch: Option<Vec<u8>>,
    spent: Option<String>,
) -> Result<String, JsValue> {
    api::verify_batch(proofs, lengths, &key.0, epoch.as_deref(), spent.as_deref()).map_err(thrown)
}

/// See [`api::eligibility`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn eligibility(proofs: &[u8], lengths: &[u32], policy: &[u8], keys: &Keys) -> Result<String, JsValue> {
    api::eligibility(proofs, lengths, policy, &keys.0).map_err(thrown)
}

/// See [`api::verify_raw`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn verify_raw(proof: &[u8], inputs: &[u8], key: &Key) -> Result<(), JsValue> {
    api::verify_raw(proof, inputs, &key.0).map_err(thrown)
}

/// See [`api::inspect`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn inspect(proof: &[u8]) -> Result<String, JsValue> {
    api::inspect(proof).map_err(thrown)
}

/// See [`api::lint_key`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn lint_key(file: &[u8]) -> Result<String, JsValue> {
    api::lint_key(file).map_err(thrown)
}

/// See [`api::to_compact`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn to_compact(proof: &[u8]) -> Result<Vec<u8>, JsValue> {
    api::to_compact(proof).map_err(thrown)
}

/// See [`api::to_json`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn to_json(proof: &[u8]) -> Result<String, JsValue> {
    api::to_json(proof).map_err(thrown)
}

/// See [`api::epoch`].
///
/// # Errors
/// As there.
#[wasm_bindgen]
pub fn epoch(document: &[u8]) -> Result<String, JsValue> {
    api::epoch(document).map_err(thrown)
}

/// The package's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}
