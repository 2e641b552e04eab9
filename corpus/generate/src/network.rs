//! The network whose epoch every document of the corpus is about: one device that did all kinds of work.

use popw_circuits::{
    claims::{Kind, Shape, Witness},
    fixtures::Network,
};
use popw_core::{
    Fr,
    claim::{PayeeOpening, Roots, Rules},
    document::{Beacon, BeaconSource, EpochPublic},
    field, identity,
};

/// The contract that keeps the nullifiers.
const DOMAIN: &str = "eip155:31337:0x5fbdb2315678afecb367f032d93f642f64180aa3";

/// Who is paid.
pub fn payee() -> PayeeOpening {
    PayeeOpening::evm([0x11; 20], Fr::from(0u64))
}

fn network(shape_name: &str) -> Network {
    let shape = if shape_name == "demo" { Shape::demo(Kind::Work) } else { Shape::standard(Kind::Work) };
    let mut network = Network::new(shape);
    network.domain = identity::domain(DOMAIN).unwrap();
    network
}

/// A beacon whose randomness is this small number.
fn beacon(round: u64, rho: Fr) -> Beacon {
    let mut randomness = [0; 32];
    randomness[..31].copy_from_slice(&field::to_be_bytes(&rho)[1..]);
    randomness[31] = 0x5a;
    Beacon {
        source: BeaconSource::Drand,
        chain_hash: Some([7; 32]),
        round,
        randomness,
        signature: Some(vec![1, 2, 3]),
        previous_signature: Some(vec![4, 5]),
    }
}

/// The epoch, closed. Its beacons are of no real drand network: verifiers of proofs take an epoch as the network has
/// published it.
pub fn epoch(shape: &str) -> EpochPublic {
    let network = network(shape);
    let [n_w, k, q, slots, max_gap, batches, min_rate] = network.rules;
    EpochPublic {
        format: Default::default(),
        version: Default::default(),
        network: "corpus".into(),
        domain_id: DOMAIN.into(),
        domain: network.domain,
        epoch: network.epoch,
        start_unix_ms: 1_780_000_000_000,
        slot_ms: 360_000,
        opening: beacon(1_000, network.opening),
        closing: Some(beacon(2_000, network.closing)),
        roots: Roots {
            device: network.device_tree().root(),
            witness: network.witness_tree().root(),
            allotment: network.allotment_tree().root(),
            sector: network.sector_tree().root(),
        },
        rules: Rules { n_w, k, q, slots, max_gap, batches, min_rate },
    }
}

/// What the device proves of `shape`.
pub fn witness(shape: &Shape) -> Witness {
    let mut network = network(shape.name);
    network.shape = *shape;
    let mut witness = network.witness();
    if !shape.kind.has_storage() {
        witness.possession.sectors.clear();
    }
    if !shape.kind.has_bandwidth() {
        witness.bandwidth.receipts.clear();
    }
    let mut bytes = [0; 32];
    bytes[12..].copy_from_slice(&payee().payee());
    witness.frame.payee = field::from_be_bytes(&bytes).unwrap();
    witness
}
