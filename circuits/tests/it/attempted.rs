//! Witnesses of provers who know keys, trees and what was drawn; both arithmetisations are tried with them.

use ark_ff::PrimeField;
use popw_circuits::claims::{Opening, Seat, Sector, Shape, Witness};
use popw_core::{Fr, poseidon, possession, tag};

use crate::{
    common::{Network, fr, idle::idle, power},
    forgeries::{committee::Duty, mirrored},
};

/// Honest but for seat j.
pub fn with_seat(network: &Network, duty: &Duty, j: usize, seat: Seat) -> Witness {
    let mut w = network.witness();
    (duty.seats)(&mut w)[j] = seat;
    w
}

/// Seat j with a witness that is in no registry, and twice with a signature whose R8 is mirrored.
pub fn strange_seats(network: &Network, duty: &Duty, j: usize) -> Vec<Witness> {
    let i = (duty.drawn)(network)[j] as usize;
    let attested = (duty.seats)(&mut network.witness())[j].attested;
    let mut stranger = duty.seat(network, i, attested);
    stranger.path.siblings[0] += fr(1);
    let mirrored = [true, false].map(|x| {
        let mut seat = duty.seat(network, i, attested);
        (seat.r8, seat.s) = mirrored(&network.witnesses[i], duty.message(network, attested), x);
        seat
    });
    let seats = std::iter::once(stranger).chain(mirrored);
    seats.map(|seat| with_seat(network, duty, j, seat)).collect()
}

/// Seat j of j seats, drawn like the others would be.
pub fn seat_at_k(shape: Shape, duty: &Duty, j: usize) -> Witness {
    let mut network = Network::new(shape);
    network.rules[1] = j as u32;
    network.rules[2] = 1;
    let attested = (duty.seats)(&mut network.witness())[0].attested;
    let seat = duty.seat(&network, (duty.drawn)(&network)[j] as usize, attested);
    with_seat(&network, duty, j, seat)
}

/// One claims nothing, and its seat j has the key (2, 3), off the curve.
pub fn seat_off_curve(shape: Shape, duty: &Duty, j: usize) -> Witness {
    let mut w = idle(shape);
    (duty.seats)(&mut w)[j].key = (fr(2), fr(3));
    w
}

/// The same of receipt i.
pub fn receipt_off_curve(shape: Shape, i: usize) -> Witness {
    let mut w = idle(shape);
    w.bandwidth.receipts[i].key = (fr(2), fr(3));
    w
}

/// Squares of x and y that satisfy the curve's equation, each with the other's own at (2, 3).
pub fn squares_that_fit() -> [Fr; 2] {
    let (a, d, xx, yy) = (fr(168_700), fr(168_696), fr(4), fr(9));
    [(fr(1) - yy) / (a - d * yy), (fr(1) - a * xx) / (fr(1) - d * xx)]
}

/// For every number of slots, a bitmap with the first slot beyond.
pub fn bits_beyond(shape: Shape) -> impl Iterator<Item = Witness> {
    (0..shape.slots as u32).map(move |s| {
        let mut network = Network::new(shape);
        network.rules[3] = s;
        network.bitmaps.fill(fr(0));
        network.bitmaps[0] = power(s);
        network.witness()
    })
}

/// Seat j's bitmap has one bit more than there can be slots.
pub fn bit_beyond_all(shape: Shape, j: usize) -> Witness {
    let mut network = Network::new(shape);
    network.bitmaps[j] = power(shape.slots as u32);
    network.witness()
}

/// Receipt i of an allotment that is in no registry, and twice with a signature whose R8 is mirrored.
pub fn strange_receipts(network: &Network, i: usize) -> Vec<Witness> {
    let mut stranger = network.witness();
    stranger.bandwidth.receipts[i].path.siblings[0] += fr(1);
    let mirrored = [true, false].map(|x| {
        let mut w = network.witness();
        let place = poseidon::hash(&[w.frame.domain, w.frame.epoch, w.bandwidth.receipts[i].seq]);
        let bytes = w.bandwidth.receipts[i].bytes;
        let message = poseidon::hash(&[tag::RECEIPT.fr(), place, network.device_leaf(), bytes]);
        let receipt = &mut w.bandwidth.receipts[i];
        (receipt.r8, receipt.s) = mirrored(&network.allotments[i].client, message, x);
        w
    });
    std::iter::once(stranger).chain(mirrored).collect()
}

/// The device is in no registry.
pub fn strange_device(network: &Network) -> Witness {
    let mut w = network.witness();
    w.frame.device_path.siblings[0] += fr(1);
    w
}

/// Sector i answers challenge j, on each level with another node beside the path, and what the level's hash was.
pub fn strange_openings(network: &Network, i: usize, j: usize) -> Vec<(Witness, Fr)> {
    let honest = network.witness();
    let sector = &honest.possession.sectors[i];
    let hashes: Vec<Fr> = sector.openings[j].levels.iter().map(|nodes| poseidon::hash(nodes)).collect();
    let nodes = possession::node_count(sector.bytes.into_bigint().0[0]);
    let place = possession::challenge(honest.frame.closing, sector.comm_r, j as u32, nodes);
    let on = |level: usize| {
        let mut w = honest.clone();
        let beside = ((place >> (3 * level)) + 1) % 8;
        w.possession.sectors[i].openings[j].levels[level][beside as usize] += fr(1);
        (w, hashes[level])
    };
    (0..hashes.len()).map(on).collect()
}

/// Sector i is in no registry.
pub fn strange_sector(network: &Network, i: usize) -> Witness {
    let mut w = network.witness();
    w.possession.sectors[i].path.siblings[0] += fr(1);
    w
}

/// An unused sector i of eight nodes, of which the one that challenge j asks for has 249 bits.
pub fn wide_node(shape: Shape, i: usize, j: usize) -> Witness {
    let mut w = idle(shape);
    let (closing, challenges) = (w.frame.closing, shape.challenges as u32);
    let asked = |root| (0..challenges).map(move |j| possession::challenge(closing, root, j, 8));
    let tree = (0..).map(|n| {
        let mut children = [fr(n); 8];
        children[0] = power(248) + fr(n);
        (children, poseidon::hash(&children))
    });
    let alone = |(_, root): &(_, Fr)| asked(*root).enumerate().all(|(k, index)| (index == 0) == (k == j));
    let (children, root) = tree.into_iter().find(alone).expect("a root that asks for it");
    let open = |index: u64| Opening { node: children[index as usize], levels: vec![children] };
    w.possession.sectors[i] = Sector {
        comm_r: root,
        bytes: fr(31 * 8),
        height: fr(1),
        openings: asked(root).map(open).collect(),
        ..w.possession.sectors[i].clone()
    };
    w
}
