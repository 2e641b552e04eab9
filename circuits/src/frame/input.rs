//! From the documented inputs: what every claim has.

use ark_ff::PrimeField;
use popw_core::{
    Fr,
    babyjub::Scalar,
    claim::{PayeeOpening, Shape},
    document::{ClaimInput, ClaimParts, DocumentError},
    eddsa::SecretKey,
    lean_imt::MerkleProof,
};

use super::{Violation, Witness};
use crate::gadgets::lean_imt::Path;

/// Why no proof can be made from an input.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The document contradicts itself.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The epoch has no closing beacon yet.
    #[error(
        "epoch.closing is missing: the epoch has to be closed with its beacon before anything is proven about it"
    )]
    NotClosed,
    /// The key is not the device's.
    #[error("the secret key does not belong to device.public_key: give the key file of this device")]
    OtherKey,
    /// The input is for another kind of claim.
    #[error("this input is for a claim of {found}, not of {expected}")]
    OtherKind {
        /// The input's.
        found: &'static str,
        /// The shape's.
        expected: &'static str,
    },
    /// The rules or the parts do not fit the circuit.
    #[error("{what} = {found}, and shape {shape} has room for {most}: use a larger shape")]
    TooLarge {
        /// The field.
        what: &'static str,
        /// Its value.
        found: u64,
        /// The most the shape holds.
        most: u64,
        /// The shape's name.
        shape: &'static str,
    },
    /// Too few answers to challenges.
    #[error(
        "sectors[{sector}].openings has {found} answers, and shape {shape} asks for {needed}: audit the sector again for this shape"
    )]
    TooFewAnswers {
        /// The sector's place.
        sector: usize,
        /// Answers.
        found: usize,
        /// Challenges.
        needed: usize,
        /// The shape's name.
        shape: &'static str,
    },
    /// A path is deeper than the circuit.
    #[error("{what} has {found} siblings, and shape {shape} has room for {most}: use a larger shape")]
    TooDeep {
        /// The field.
        what: &'static str,
        /// Its length.
        found: u64,
        /// The most the shape holds.
        most: u64,
        /// The shape's name.
        shape: &'static str,
    },
    /// A clause of the statement does not hold.
    #[error("the statement is not true of this input: {0}")]
    Untrue(#[from] Violation),
}

/// Whether this is an input for this shape's kind, of a closed epoch, that does not contradict itself, and this is its
/// device's key.
pub(crate) fn examine<I: ClaimInput>(shape: &Shape, input: &I, secret: &SecretKey) -> Result<(), InputError> {
    let parts = input.parts();
    if parts.kind != shape.kind {
        return Err(InputError::OtherKind { found: parts.kind.id(), expected: shape.kind.id() });
    }
    if parts.epoch.closing.is_none() {
        return Err(InputError::NotClosed);
    }
    input.check()?;
    if secret.public() != parts.device.public_key {
        return Err(InputError::OtherKey);
    }
    Ok(())
}

pub(crate) fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
    let rules = &parts.epoch.rules;
    if shape.committee() > 0 {
        fits("epoch.rules.k", u64::from(rules.k), shape.committee(), shape)?;
    }
    if shape.slots > 0 {
        fits("epoch.rules.slots", u64::from(rules.slots), shape.slots, shape)?;
    }
    deep("device.path", &parts.device.path, shape.device_depth, shape)
}

pub(crate) fn read(
    parts: &ClaimParts<'_>,
    secret: &SecretKey,
    payee: &PayeeOpening,
) -> Result<Witness, InputError> {
    let opening = parts.epoch.context_opening()?;
    let (rules, roots) = (&opening.rules, &opening.roots);
    Ok(Witness {
        domain: opening.domain,
        epoch: Fr::from(opening.epoch),
        opening: opening.opening,
        closing: opening.closing,
        device_root: roots.device,
        witness_root: roots.witness,
        allotment_root: roots.allotment,
        sector_root: roots.sector,
        rules: [rules.n_w, rules.k, rules.q, rules.slots, rules.max_gap, rules.batches, rules.min_rate]
            .map(Fr::from),
        batch: Fr::from(parts.batch),
        payee: Fr::from_be_bytes_mod_order(&payee.payee()),
        secret: scalar(secret.scalar()),
        owner: parts.device.owner,
        device_path: path(&parts.device.path),
    })
}

pub(crate) fn path(proof: &MerkleProof) -> Path {
    Path { depth: proof.siblings.len() as u64, index: proof.index, siblings: proof.siblings.clone() }
}

/// l < r, so a scalar is a field element.
pub(crate) fn scalar(value: Scalar) -> Fr {
    Fr::from_bigint(value.into_bigint()).unwrap_or_default()
}

pub(crate) fn fits(what: &'static str, found: u64, most: usize, shape: &Shape) -> Result<(), InputError> {
    let most = most as u64;
    if found <= most { Ok(()) } else { Err(InputError::TooLarge { what, found, most, shape: shape.name }) }
}

pub(crate) fn deep(
    what: &'static str,
    proof: &MerkleProof,
    most: usize,
    shape: &Shape,
) -> Result<(), InputError> {
    let (found, most) = (proof.siblings.len() as u64, most as u64);
    if found <= most { Ok(()) } else { Err(InputError::TooDeep { what, found, most, shape: shape.name }) }
}
