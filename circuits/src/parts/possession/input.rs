//! Sectors and answers from the documented input.

use popw_core::{
    Fr,
    claim::Shape,
    document::{ClaimParts, OpeningInput, SectorInput},
};

use super::{Opening, Sector, Witness};
use crate::frame::{
    InputError,
    input::{deep, fits, path},
};

pub(super) fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
    fits("the number of sectors", parts.sectors.len() as u64, shape.sectors, shape)?;
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

pub(super) fn read(parts: &ClaimParts<'_>) -> Witness {
    Witness { sectors: parts.sectors.iter().map(sector).collect() }
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
