//! [`crate::api`] for wasm-bindgen.

use alloc::{string::String, vec::Vec};

use popw_verifier::Verifier;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{Key, api, thrown};

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
