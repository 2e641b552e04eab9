//! Receipts and signed rates from the documented input.

use popw_core::{
    Fr,
    claim::Shape,
    document::{ChallengerInput, ClaimParts, ReceiptInput},
};

use super::{Receipt, Witness};
use crate::{
    frame::{
        InputError, Violation,
        input::{deep, fits, path, scalar},
    },
    parts::committee::{Seat, seat, seated},
};

pub(super) fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
    fits("the number of receipts", parts.receipts.len() as u64, shape.receipts, shape)?;
    for seat in parts.challengers {
        deep("challengers[].path", &seat.path, shape.witness_depth, shape)?;
    }
    for receipt in parts.receipts {
        deep("receipts[].path", &receipt.path, shape.allotment_depth, shape)?;
    }
    Ok(())
}

pub(super) fn read(parts: &ClaimParts<'_>, shape: &Shape) -> Result<Witness, InputError> {
    let listed = parts.challengers.iter().map(|given| (given.seat, challenger(given)));
    let challengers = seated(shape.challengers, listed).ok_or(Violation::RATE_DRAW)?;
    Ok(Witness { receipts: parts.receipts.iter().map(receipt).collect(), challengers })
}

fn challenger(given: &ChallengerInput) -> Seat {
    seat(&given.witness, &given.path, Fr::from(given.rate), &given.signature)
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
