//! What a snapshot takes from the registry: the four roots.

use popw_core::Fr;
use popw_core::claim::Roots;
use popw_core::lean_imt::LeanImt;

use super::source::{Source, place};
use super::{DirectoryAllotment, DirectorySector};
use crate::epoch::{EpochError, WITNESS_DEPTH};
use crate::member::Role;

/// The roots of an epoch, and how many witnesses it has.
pub(in crate::epoch) struct Taken {
    pub(in crate::epoch) roots: Roots,
    pub(in crate::epoch) n_w: u32,
}

impl Taken {
    /// Trees are built one after the other.
    ///
    /// # Errors
    /// [`EpochError::Registry`], [`EpochError::TooMany`].
    pub(in crate::epoch) fn of(source: &Source<'_>) -> Result<Self, EpochError> {
        let device = root(source.device_leaves());
        let mut witnesses = Vec::new();
        source.members::<EpochError>(Role::Witness, |witness| {
            witnesses.push(witness.witness_leaf());
            Ok(())
        })?;
        let n_w = place(witnesses.len(), WITNESS_DEPTH)?;
        let witness = root(witnesses);
        let sector = root(source.leaves::<DirectorySector>()?);
        let allotment = root(source.leaves::<DirectoryAllotment>()?);
        Ok(Self { roots: Roots { device, witness, allotment, sector }, n_w })
    }
}

fn root(leaves: Vec<Fr>) -> Fr {
    LeanImt::from_leaves(leaves).root()
}
