//! From the documented input to a witness.

use alloc::vec::Vec;

use ark_ff::PrimeField;
use popw_core::{
    Fr,
    babyjub::Scalar,
    claim::PayeeOpening,
    document::{Document, DocumentError, SeatInput, UptimeInput},
    eddsa::SecretKey,
    lean_imt::MerkleProof,
};

use super::{Seat, Shape, Violation, Witness, check};
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
    /// The rules do not fit the circuit.
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

/// The witness of `input`, checked against every clause of the statement.
///
/// # Errors
/// [`InputError`]; a witness that comes back can be proven.
pub fn prepare(
    shape: &Shape,
    input: &UptimeInput,
    secret: &SecretKey,
    payee: &PayeeOpening,
) -> Result<Witness, InputError> {
    if input.epoch.closing.is_none() {
        return Err(InputError::NotClosed);
    }
    input.check()?;
    let opening = input.epoch.context_opening()?;
    if secret.public() != input.device.public_key {
        return Err(InputError::OtherKey);
    }
    let rules = &opening.rules;
    fits("epoch.rules.k", rules.k, shape.seats, shape)?;
    fits("epoch.rules.slots", rules.slots, shape.slots, shape)?;
    deep("device.path", &input.device.path, shape.device_depth, shape)?;
    let mut seats: Vec<Seat> = (0..shape.seats).map(|_| Seat::unused()).collect();
    for given in &input.seats {
        deep("seats[].path", &given.path, shape.witness_depth, shape)?;
        let place = usize::try_from(given.seat).ok().and_then(|j| seats.get_mut(j));
        *place.ok_or(Violation::Draw)? = seat(given);
    }
    let roots = &opening.roots;
    let witness = Witness {
        domain: opening.domain,
        epoch: Fr::from(opening.epoch),
        opening: opening.opening,
        closing: opening.closing,
        device_root: roots.device,
        witness_root: roots.witness,
        rules: [rules.n_w, rules.k, rules.q, rules.slots, rules.max_gap, rules.batches, rules.min_rate]
            .map(Fr::from),
        payee: Fr::from_be_bytes_mod_order(&payee.payee()),
        secret: scalar(secret.scalar()),
        owner: input.device.owner,
        device_path: path(&input.device.path),
        seats,
    };
    let instance = witness.instance(shape).ok_or(Violation::Rules)?;
    check(shape, &instance, &witness)?;
    Ok(witness)
}

fn seat(given: &SeatInput) -> Seat {
    let (key, r8) = (given.witness.public_key.point, given.signature.r8);
    Seat {
        used: true,
        index: Fr::from(given.witness.index),
        key: (key.x, key.y),
        owner: given.witness.owner,
        path: path(&given.path),
        bitmap: given.bitmap.to_fr(),
        r8: (r8.x, r8.y),
        s: scalar(given.signature.s),
    }
}

fn path(proof: &MerkleProof) -> Path {
    Path { depth: proof.siblings.len() as u64, index: proof.index, siblings: proof.siblings.clone() }
}

/// l < r, so a scalar is a field element.
fn scalar(value: Scalar) -> Fr {
    Fr::from_bigint(value.into_bigint()).unwrap_or_default()
}

fn fits(what: &'static str, found: u32, most: usize, shape: &Shape) -> Result<(), InputError> {
    let (found, most) = (u64::from(found), most as u64);
    if found <= most { Ok(()) } else { Err(InputError::TooLarge { what, found, most, shape: shape.name }) }
}

fn deep(what: &'static str, proof: &MerkleProof, most: usize, shape: &Shape) -> Result<(), InputError> {
    let (found, most) = (proof.siblings.len() as u64, most as u64);
    if found <= most { Ok(()) } else { Err(InputError::TooDeep { what, found, most, shape: shape.name }) }
}
