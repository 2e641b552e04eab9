//! From the documented inputs to a witness.

use alloc::vec::Vec;

use ark_ff::PrimeField;
use popw_core::{
    Fr,
    babyjub::Scalar,
    claim::PayeeOpening,
    document::{
        ChallengerInput, ClaimInput, ClaimParts, DocumentError, OpeningInput, ReceiptInput, SeatInput,
        SectorInput, WitnessInput,
    },
    eddsa::{SecretKey, Signature},
    lean_imt::MerkleProof,
};

use super::{Opening, Receipt, SHAPES, Seat, Sector, Shape, Violation, Witness, check::check_alone};
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

/// The witness of `input`, checked against every clause of the statement.
///
/// # Errors
/// [`InputError`]; a witness that comes back can be proven.
pub fn prepare<I: ClaimInput>(
    shape: &Shape,
    input: &I,
    secret: &SecretKey,
    payee: &PayeeOpening,
) -> Result<Witness, InputError> {
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
    fits_shape(&parts, shape)?;
    let witness = witness(&parts, shape, secret, payee)?;
    check_alone(shape, &witness)?;
    Ok(witness)
}

/// The smallest shape of its kind that has room for an input; the largest if none has.
pub fn smallest_shape(parts: &ClaimParts<'_>) -> Shape {
    let of_kind = || SHAPES.into_iter().filter(|shape| shape.kind == parts.kind);
    let fitting = of_kind().find(|shape| fits_shape(parts, shape).is_ok());
    fitting.or_else(|| of_kind().next_back()).expect("every kind has shapes")
}

fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
    let rules = &parts.epoch.rules;
    if shape.committee() > 0 {
        fits("epoch.rules.k", u64::from(rules.k), shape.committee(), shape)?;
    }
    if shape.slots > 0 {
        fits("epoch.rules.slots", u64::from(rules.slots), shape.slots, shape)?;
    }
    fits("the number of sectors", parts.sectors.len() as u64, shape.sectors, shape)?;
    fits("the number of receipts", parts.receipts.len() as u64, shape.receipts, shape)?;
    deep("device.path", &parts.device.path, shape.device_depth, shape)?;
    parts.seats.iter().try_for_each(|seat| deep("seats[].path", &seat.path, shape.witness_depth, shape))?;
    for seat in parts.challengers {
        deep("challengers[].path", &seat.path, shape.witness_depth, shape)?;
    }
    for receipt in parts.receipts {
        deep("receipts[].path", &receipt.path, shape.allotment_depth, shape)?;
    }
    for (i, sector) in parts.sectors.iter().enumerate() {
        deep("sectors[].path", &sector.path, shape.sector_depth, shape)?;
        fits("sectors[].height", u64::from(sector.height), shape.height, shape)?;
        let (found, needed) = (sector.openings.len(), shape.challenges);
        if found < needed {
            return Err(InputError::TooFewAnswers { sector: i, found, needed, shape: shape.name });
        }
    }
    Ok(())
}

fn witness(
    parts: &ClaimParts<'_>,
    shape: &Shape,
    secret: &SecretKey,
    payee: &PayeeOpening,
) -> Result<Witness, InputError> {
    let opening = parts.epoch.context_opening()?;
    let (rules, roots) = (&opening.rules, &opening.roots);
    let seats = seated(shape.seats, parts.seats.iter().map(|given| (given.seat, watcher(given))))
        .ok_or(Violation::Draw)?;
    let challengers =
        seated(shape.challengers, parts.challengers.iter().map(|given| (given.seat, challenger(given))))
            .ok_or(Violation::RateDraw)?;
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
        seats,
        sectors: parts.sectors.iter().map(sector).collect(),
        receipts: parts.receipts.iter().map(receipt).collect(),
        challengers,
    })
}

/// Every seat of a committee, those that are not listed unused; `None` if a listed one does not exist.
fn seated(most: usize, listed: impl Iterator<Item = (u32, Seat)>) -> Option<Vec<Seat>> {
    let mut seats: Vec<Seat> = (0..most).map(|_| Seat::unused()).collect();
    for (j, seat) in listed {
        *seats.get_mut(usize::try_from(j).ok()?)? = seat;
    }
    Some(seats)
}

fn watcher(given: &SeatInput) -> Seat {
    seat(&given.witness, &given.path, given.bitmap.to_fr(), &given.signature)
}

fn challenger(given: &ChallengerInput) -> Seat {
    seat(&given.witness, &given.path, Fr::from(given.rate), &given.signature)
}

fn seat(witness: &WitnessInput, proof: &MerkleProof, attested: Fr, signature: &Signature) -> Seat {
    let (key, r8) = (witness.public_key.point, signature.r8);
    Seat {
        used: true,
        index: Fr::from(witness.index),
        key: (key.x, key.y),
        owner: witness.owner,
        path: path(proof),
        attested,
        r8: (r8.x, r8.y),
        s: scalar(signature.s),
    }
}

fn sector(given: &SectorInput) -> Sector {
    Sector {
        used: true,
        comm_r: given.comm_r,
        bytes: Fr::from(given.bytes),
        height: Fr::from(given.height),
        expiry: Fr::from(given.expiry),
        seq: Fr::from(given.seq),
        path: path(&given.path),
        openings: given.openings.iter().map(opening).collect(),
    }
}

fn opening(given: &OpeningInput) -> Opening {
    Opening { node: given.node, levels: given.levels.iter().map(|children| children.0).collect() }
}

fn receipt(given: &ReceiptInput) -> Receipt {
    let (key, r8) = (given.client.point, given.signature.r8);
    Receipt {
        used: true,
        key: (key.x, key.y),
        owner: given.owner,
        salt: given.salt,
        cap: Fr::from(given.cap),
        seq: Fr::from(given.seq),
        path: path(&given.path),
        bytes: Fr::from(given.bytes),
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

fn fits(what: &'static str, found: u64, most: usize, shape: &Shape) -> Result<(), InputError> {
    let most = most as u64;
    if found <= most { Ok(()) } else { Err(InputError::TooLarge { what, found, most, shape: shape.name }) }
}

fn deep(what: &'static str, proof: &MerkleProof, most: usize, shape: &Shape) -> Result<(), InputError> {
    let (found, most) = (proof.siblings.len() as u64, most as u64);
    if found <= most { Ok(()) } else { Err(InputError::TooDeep { what, found, most, shape: shape.name }) }
}
