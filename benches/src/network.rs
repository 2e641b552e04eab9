//! A small honest network: what the uptime claim needs to be proved.

use ark_ff::PrimeField;
use popw_circuits::{
    claims::{Seat, Shape, Witness},
    gadgets::lean_imt::Path,
};
use popw_core::{
    Fr, draw,
    eddsa::{PublicKey, SecretKey},
    lean_imt::{LeanImt, MerkleProof},
    poseidon, tag,
};

const WITNESSES: u8 = 12;
const DOMAIN: u64 = 77;
const EPOCH: u64 = 9;

/// The witness of a device in a network of twelve witnesses, every seat used, two slots missed.
pub fn uptime(shape: &Shape) -> Witness {
    let device = secret(1, 0);
    let owner = Fr::from(1000u64);
    let (x, y) = coordinates(&device.public());
    let leaf = poseidon::hash(&[tag::DEVICE.fr(), x, y, owner]);
    let devices = LeanImt::from_leaves(vec![Fr::from(1u64), leaf, Fr::from(3u64)]);
    let witnesses = LeanImt::from_leaves((0..WITNESSES).map(witness_leaf).collect());

    let draws = |rho: Fr| -> Vec<u32> {
        (0..shape.seats as u32)
            .map(|j| draw::seat(draw::Duty::Uptime, rho, leaf, j, u32::from(WITNESSES)))
            .collect()
    };
    let distinct =
        |committee: &[u32]| committee.iter().enumerate().all(|(i, seat)| !committee[..i].contains(seat));
    let opening =
        (1u64..).map(Fr::from).find(|rho| distinct(&draws(*rho))).expect("some draw has no repetition");

    let bitmap: Fr = (0..shape.slots as u32).filter(|slot| *slot != 3 && *slot != 4).map(power).sum();
    let place = poseidon::hash(&[Fr::from(DOMAIN), Fr::from(EPOCH), opening]);
    let message = poseidon::hash(&[tag::ATT_UPTIME.fr(), place, leaf, bitmap]);
    let seat = |index: u32| {
        let number = index as u8;
        let signature = secret(2, number).sign(message);
        Seat {
            used: true,
            index: Fr::from(index),
            key: coordinates(&secret(2, number).public()),
            owner: witness_owner(number),
            path: path(&witnesses.proof(index as usize).expect("a leaf")),
            attested: bitmap,
            r8: (signature.r8.x, signature.r8.y),
            s: Fr::from_bigint(signature.s.into_bigint()).expect("l < r"),
        }
    };
    let seats = draws(opening).into_iter().map(seat).collect();
    let k = shape.seats as u64;
    // n_w, k, q, slots, max_gap, B, min_rate.
    let rules = [u64::from(WITNESSES), k, k / 2 + 1, shape.slots as u64, 5, 1, 0].map(Fr::from);
    let mut witness = Witness::default();
    witness.domain = Fr::from(DOMAIN);
    witness.epoch = Fr::from(EPOCH);
    witness.opening = opening;
    witness.closing = Fr::from(5678u64);
    witness.device_root = devices.root();
    witness.witness_root = witnesses.root();
    witness.rules = rules;
    witness.payee = Fr::from(0xab_cdefu64);
    witness.secret = Fr::from_bigint(device.scalar().into_bigint()).expect("l < r");
    witness.owner = owner;
    witness.device_path = path(&devices.proof(1).expect("a leaf"));
    witness.seats = seats;
    witness
}

fn witness_leaf(number: u8) -> Fr {
    let (x, y) = coordinates(&secret(2, number).public());
    poseidon::hash(&[tag::WITNESS.fr(), x, y, witness_owner(number), Fr::from(number)])
}

fn witness_owner(number: u8) -> Fr {
    Fr::from(2000 + u64::from(number))
}

fn secret(role: u8, number: u8) -> SecretKey {
    let mut seed = [0u8; 32];
    seed[..2].copy_from_slice(&[role, number]);
    SecretKey::from_seed(seed)
}

fn coordinates(key: &PublicKey) -> (Fr, Fr) {
    (key.point.x, key.point.y)
}

fn path(proof: &MerkleProof) -> Path {
    Path { depth: proof.siblings.len() as u64, index: proof.index, siblings: proof.siblings.clone() }
}

fn power(exponent: u32) -> Fr {
    ark_ff::Field::pow(&Fr::from(2u64), [u64::from(exponent)])
}
