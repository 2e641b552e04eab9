//! Signed bitmaps from the documented input.

use popw_core::{
    claim::Shape,
    document::{ClaimParts, SeatInput},
};

use super::Witness;
use crate::{
    frame::{InputError, Violation, input::deep},
    parts::committee::{Seat, seat, seated},
};

pub(super) fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
    parts.seats.iter().try_for_each(|seat| deep("seats[].path", &seat.path, shape.witness_depth, shape))
}

pub(super) fn read(parts: &ClaimParts<'_>, shape: &Shape) -> Result<Witness, InputError> {
    let listed = parts.seats.iter().map(|given| (given.seat, watcher(given)));
    let seats = seated(shape.seats, listed).ok_or(Violation::DRAW)?;
    Ok(Witness { seats })
}

fn watcher(given: &SeatInput) -> Seat {
    seat(&given.witness, &given.path, given.bitmap.to_fr(), &given.signature)
}
