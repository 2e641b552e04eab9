//! Clauses S1 to S7 as a circuit.

use alloc::vec::Vec;

use popw_core::{
    Fr,
    claim::Shape,
    possession::{NODE_BYTES, node_count},
    tag,
};

use super::{Opening, SECTOR_KIND, Sector, Witness};
use crate::{
    driver::Driver,
    frame::{Frame, Violation, WORD, clause},
    gadgets::{
        bits::recompose,
        compare::{enforce_equal_if, enforce_zero_if, is_zero, two_to},
        draw::low128_mod_bits,
        lean_imt::input_path,
        octree::{alone, input_climb},
        one_hot::{OneHot, alloc_one_hot},
        pack::{as_u64, input_uint},
    },
    parts::serials::{enforce_rooted, enforce_serials},
};

/// Bits of a node: 31 bytes.
const NODE_BITS: usize = 8 * NODE_BYTES as usize;
const MIB_BITS: usize = 20;

struct Counted<W> {
    used: W,
    seq: W,
    bytes: W,
}

/// The MiB stored.
pub(super) fn synthesize<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    frame: &Frame<D>,
) -> D::Wire {
    let whose = clause(d, Violation::SECTOR, |d| {
        let kind = d.constant(SECTOR_KIND.fr());
        d.poseidon(&[frame.domain.clone(), frame.device.clone(), kind])
    });
    let unused = Sector::default();
    let sectors = d.each(shape.sectors, |d, i| {
        let given = witness.map(|w| w.sectors.get(i).unwrap_or(&unused));
        sector(d, shape, given, frame, &whose)
    });
    clause(d, Violation::SECTOR, |d| enforce_rooted(d, &sectors[0].used, &frame.sector_root));
    clause(d, Violation::SECTOR_ORDER, |d| {
        let items: Vec<_> = sectors.iter().map(|sector| (sector.used.clone(), sector.seq.clone())).collect();
        enforce_serials(d, &frame.batch, &frame.rules.batches, &items);
    });
    clause(d, Violation::STORED, |d| {
        let counted: Vec<_> = sectors.iter().map(|sector| d.mul(&sector.used, &sector.bytes)).collect();
        let terms: Vec<_> = counted.iter().map(|bytes| (Fr::from(1u64), bytes)).collect();
        let sum = d.linear(&terms, Fr::from(0u64));
        // Each is at most 31·8^height < 2^(5 + 3·height).
        let width = 5 + 3 * shape.height + shape.sectors.next_power_of_two().ilog2() as usize;
        let bits = d.alloc_bits(&sum, width.max(MIB_BITS));
        recompose(d, &bits[MIB_BITS..])
    })
}

fn sector<D: Driver>(
    d: &mut D,
    shape: &Shape,
    given: Option<&Sector>,
    frame: &Frame<D>,
    whose: &D::Wire,
) -> Counted<D::Wire> {
    let comm_r = d.input(given.map(|sector| sector.comm_r));
    let bytes = d.input(given.map(|sector| sector.bytes));
    let height = d.input(given.map(|sector| sector.height));
    let seq = d.input(given.map(|sector| sector.seq));
    let expiry = clause(d, Violation::TERM, |d| input_uint(d, given.map(|sector| sector.expiry), WORD));
    let used = clause(d, Violation::SECTOR, |d| {
        let used = d.input(given.map(|sector| Fr::from(sector.used)));
        d.enforce_bool(&used);
        let tag = d.constant(tag::SECTOR.fr());
        let size = d.poseidon(&[bytes.clone(), height.clone(), expiry.clone()]);
        let leaf = d.poseidon(&[tag, whose.clone(), comm_r.clone(), size, seq.clone()]);
        let root = input_path(d, &leaf, given.map(|sector| &sector.path), shape.sector_depth);
        d.within("root", |d| enforce_equal_if(d, &used, &root, &frame.sector_root));
        used
    });
    clause(d, Violation::TERM, |d| {
        let one = Fr::from(1u64);
        let left = d.linear(&[(one, &expiry), (-one, &frame.epoch)], -one);
        let counted = d.mul(&used, &left);
        d.enforce_range(&counted, WORD);
    });
    let (nodes, height) = clause(d, Violation::SIZE, |d| size(d, shape.height, &bytes, &height));
    let empty = Opening::default();
    d.each(shape.challenges, |d, j| {
        let index = clause(d, Violation::CHALLENGE, |d| {
            let tag = d.constant(tag::CHALLENGE.fr());
            let number = d.constant(Fr::from(j as u64));
            let seed = d.poseidon(&[tag, frame.closing.clone(), comm_r.clone(), number]);
            low128_mod_bits(d, &seed, &nodes, 3 * shape.height)
        });
        clause(d, Violation::OPENING, |d| {
            let given = given.map(|sector| sector.openings.get(j).unwrap_or(&empty));
            let node = input_uint(d, given.map(|opening| opening.node), NODE_BITS);
            let nodes = input_climb(d, &node, &index, |level, node| {
                given.map(|opening| opening.levels.get(level).copied().unwrap_or_else(|| alone(node)))
            });
            d.within("root", |d| {
                for (here, node) in height.is.iter().zip(&nodes) {
                    let difference = d.sub(node, &comm_r);
                    enforce_zero_if(d, here, &difference);
                }
            });
        });
    });
    Counted { used, seq, bytes }
}

/// The number of nodes of `bytes`, and the height of their tree, at most `most`.
fn size<D: Driver>(d: &mut D, most: usize, bytes: &D::Wire, height: &D::Wire) -> (D::Wire, OneHot<D>) {
    let one = Fr::from(1u64);
    let nodes = d.value(bytes).map(|bytes| Fr::from(node_count(as_u64(bytes))));
    let nodes = d.alloc(nodes);
    d.within("nodes", |d| {
        // 31·nodes − bytes is 0 to 30, or 31 when there are no bytes.
        let none = is_zero(d, bytes);
        let spare = d.linear(&[(Fr::from(NODE_BYTES), &nodes), (-one, bytes), (-one, &none)], Fr::from(0u64));
        let bits = d.alloc_bits(&spare, 5);
        d.enforce_bits_below(&bits, &ark_ff::BigInt::from(NODE_BYTES));
    });
    let height = d.within("height", |d| {
        let height = alloc_one_hot(d, height, most);
        let powers = |from: usize| height.is[from..].iter().enumerate().map(|(h, is)| (two_to(3 * h), is));
        // nodes ≤ 8^height, and above 8^(height − 1), or above 0.
        let mut room: Vec<_> = powers(0).collect();
        room.push((-one, &nodes));
        let room = d.linear(&room, Fr::from(0u64));
        d.enforce_range(&room, 3 * most);
        let mut beyond: Vec<_> = powers(1).map(|(power, is)| (-power, is)).collect();
        beyond.push((one, &nodes));
        let beyond = d.linear(&beyond, -one);
        d.enforce_range(&beyond, 3 * most);
        height
    });
    (nodes, height)
}
