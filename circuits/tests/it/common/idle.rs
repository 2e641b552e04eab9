//! A claim that uses nothing.

use popw_circuits::{
    claims::{Receipt, Seat, Sector, Shape, Witness},
    gadgets::lean_imt::Path,
};
use popw_core::poseidon;

use super::{Network, fr};

/// A path through every level there is.
fn longest(depth: usize) -> Path {
    Path { depth: depth as u64, ..Path::default() }
}

/// A claim of nothing: what is not used is compared with nothing, so its wires can be anything that its own constraints
/// allow. Paths have every level.
pub fn idle(shape: Shape) -> Witness {
    let mut network = Network::new(shape);
    // The smallest quorum, and no gap is short enough.
    network.rules[2] = u32::from(shape.committee() > 0);
    network.rules[4] = 0;
    let mut w = network.witness();
    let seat = || Seat { path: longest(shape.witness_depth), ..Seat::unused() };
    w.uptime.seats = (0..shape.seats).map(|_| seat()).collect();
    w.bandwidth.challengers = (0..shape.challengers).map(|_| seat()).collect();
    let sector = Sector { path: longest(shape.sector_depth), ..Sector::default() };
    w.possession.sectors = vec![sector; shape.sectors];
    let receipt = Receipt { path: longest(shape.allotment_depth), cap: fr(1), ..Receipt::unused() };
    w.bandwidth.receipts = vec![receipt; shape.receipts];
    w.frame.device_path = longest(shape.device_depth);
    w.frame.device_root =
        (0..shape.device_depth).fold(network.device_leaf(), |node, _| poseidon::hash(&[node, fr(0)]));
    w
}
