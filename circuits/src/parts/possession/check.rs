//! Clauses S1 to S7 in plain Rust.

use alloc::vec::Vec;

use ark_ff::{BigInteger, PrimeField, Zero};
use popw_core::{Fr, claim::Shape, poseidon, possession, tag};

use super::{Opening, SECTOR_KIND, Sector, Witness};
use crate::{
    frame::{Facts, Violation, ensure, included, long, word},
    parts::serials::in_order,
};

/// The MiB stored.
pub(super) fn check(shape: &Shape, witness: &Witness, facts: &Facts<'_>) -> Result<u32, Violation> {
    let empty = Sector::default();
    let all: Vec<&Sector> = (0..shape.sectors).map(|i| witness.sectors.get(i).unwrap_or(&empty)).collect();
    let used = || all.iter().filter(|sector| sector.used);
    let whose = poseidon::hash(&[facts.witness.domain, facts.device, SECTOR_KIND.fr()]);
    for sector in used() {
        let size = poseidon::hash(&[sector.bytes, sector.height, sector.expiry]);
        let leaf = poseidon::hash(&[tag::SECTOR.fr(), whose, sector.comm_r, size, sector.seq]);
        let found = included(leaf, &sector.path, shape.sector_depth, facts.witness.sector_root);
        ensure(found && !facts.witness.sector_root.is_zero(), Violation::SECTOR)?;
    }
    let items: Vec<_> = all.iter().map(|sector| (sector.used, sector.seq)).collect();
    ensure(in_order(&items, facts), Violation::SECTOR_ORDER)?;
    for sector in &all {
        let expiry = word(sector.expiry).ok_or(Violation::TERM)?;
        ensure(!sector.used || Fr::from(expiry) > facts.witness.epoch, Violation::TERM)?;
    }
    let mut bytes = 0u128;
    for sector in &all {
        let (nodes, height) = size(shape, sector).ok_or(Violation::SIZE)?;
        answers(shape, facts, sector, nodes, height)?;
        if sector.used {
            bytes += u128::from(long(sector.bytes).ok_or(Violation::SIZE)?);
        }
    }
    u32::try_from(bytes >> 20).map_err(|_| Violation::STORED)
}

/// Nodes and height of a sector, if its height is the one its bytes make and the shape has room for it.
fn size(shape: &Shape, sector: &Sector) -> Option<(u64, u8)> {
    let nodes = possession::node_count(long(sector.bytes)?);
    let height = possession::height(nodes);
    (sector.height == Fr::from(height) && usize::from(height) <= shape.height).then_some((nodes, height))
}

fn answers(
    shape: &Shape,
    facts: &Facts<'_>,
    sector: &Sector,
    nodes: u64,
    height: u8,
) -> Result<(), Violation> {
    let (empty, zero) = (Opening::default(), Fr::from(0u64));
    for j in 0..shape.challenges as u32 {
        let opening = sector.openings.get(j as usize).unwrap_or(&empty);
        ensure(opening.node.into_bigint().num_bits() <= 248, Violation::OPENING)?;
        let mut place = possession::challenge(facts.witness.closing, sector.comm_r, j, nodes);
        let mut node = opening.node;
        for level in 0..usize::from(height) {
            let alone = [node, zero, zero, zero, zero, zero, zero, zero];
            let children = opening.levels.get(level).copied().unwrap_or(alone);
            ensure(children[(place % 8) as usize] == node, Violation::OPENING)?;
            node = poseidon::hash(&children);
            place /= 8;
        }
        ensure(node == sector.comm_r, Violation::OPENING)?;
    }
    Ok(())
}
