//! Seats from the documented inputs.

use alloc::vec::Vec;

use popw_core::{Fr, document::WitnessInput, eddsa::Signature, lean_imt::MerkleProof};

use super::Seat;
use crate::frame::input::{path, scalar};

/// Every seat of a committee, those that are not listed unused; `None` if a listed one does not exist.
pub(crate) fn seated(most: usize, listed: impl Iterator<Item = (u32, Seat)>) -> Option<Vec<Seat>> {
    let mut seats: Vec<Seat> = (0..most).map(|_| Seat::unused()).collect();
    for (j, seat) in listed {
        *seats.get_mut(usize::try_from(j).ok()?)? = seat;
    }
    Some(seats)
}

pub(crate) fn seat(witness: &WitnessInput, proof: &MerkleProof, attested: Fr, signature: &Signature) -> Seat {
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
