//! Fixtures that several test files share.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod circuit;
pub mod curve;
pub mod deletion;
pub mod determinism;

use ark_ff::PrimeField;
use popw_circuits::{
    claims::uptime::{Seat, Shape, Witness},
    drivers::audit::{Audit, Recorded},
    gadgets::lean_imt::Path,
};
use popw_core::{
    Fr, draw,
    eddsa::{PublicKey, SecretKey},
    lean_imt::{LeanImt, MerkleProof},
    poseidon, tag,
};

/// A small network with one device and `witnesses` witness seats, and the epoch's values.
pub struct Network {
    pub shape: Shape,
    pub domain: Fr,
    pub epoch: u32,
    pub opening: Fr,
    pub closing: Fr,
    pub device: SecretKey,
    pub device_owner: Fr,
    pub witnesses: Vec<SecretKey>,
    pub owners: Vec<Fr>,
    /// n_w, k, q, slots, max_gap, B, min_rate.
    pub rules: [u32; 7],
    pub bitmaps: Vec<Fr>,
    /// Leaves of the device registry.
    pub devices: u64,
}

pub fn fr(value: u64) -> Fr {
    Fr::from(value)
}

pub fn secret(role: u8, number: u32) -> SecretKey {
    let mut seed = [0u8; 32];
    seed[0] = role;
    seed[1..5].copy_from_slice(&number.to_le_bytes());
    SecretKey::from_seed(seed)
}

pub fn coordinates(key: &PublicKey) -> (Fr, Fr) {
    (key.point.x, key.point.y)
}

pub fn path(proof: &MerkleProof) -> Path {
    Path { depth: proof.siblings.len() as u64, index: proof.index, siblings: proof.siblings.clone() }
}

impl Network {
    /// Twelve witnesses of twelve owners; every seat attests all slots but two.
    pub fn new(shape: Shape) -> Self {
        Self::of(shape, 12, 5)
    }

    /// As [`Network::new`], with registries so full that a path has every level the shape has room for.
    pub fn full(shape: Shape) -> Self {
        Self::of(shape, 1 << shape.witness_depth, 1 << shape.device_depth)
    }

    fn of(shape: Shape, count: u32, devices: u64) -> Self {
        let slots = shape.slots as u32;
        let all_but_two = (0..slots).filter(|s| *s != 3 && *s != 4).fold(fr(0), |sum, s| sum + power(s));
        let mut network = Self {
            shape,
            domain: fr(77),
            epoch: 9,
            opening: fr(0),
            closing: fr(5678),
            device: secret(1, 0),
            device_owner: fr(1000),
            witnesses: (0..count).map(|i| secret(2, i)).collect(),
            owners: (0..count).map(|i| fr(2000 + u64::from(i))).collect(),
            rules: [count, shape.seats as u32, shape.seats as u32 / 2 + 1, slots, 5, 1, 0],
            bitmaps: vec![all_but_two; shape.seats],
            devices,
        };
        // An opening beacon whose draw has no repetition, so that every seat can be used.
        network.opening = (1..)
            .map(fr)
            .find(|rho| {
                let mut seats = network.committee_for(*rho);
                seats.sort_unstable();
                seats.windows(2).all(|pair| pair[0] != pair[1])
            })
            .expect("some draw has no repetition");
        network
    }

    pub fn device_leaf(&self) -> Fr {
        let (x, y) = coordinates(&self.device.public());
        poseidon::hash(&[tag::DEVICE.fr(), x, y, self.device_owner])
    }

    pub fn witness_leaf(&self, i: usize) -> Fr {
        let (x, y) = coordinates(&self.witnesses[i].public());
        poseidon::hash(&[tag::WITNESS.fr(), x, y, self.owners[i], fr(i as u64)])
    }

    pub fn committee(&self) -> Vec<u32> {
        self.committee_for(self.opening)
    }

    fn committee_for(&self, rho: Fr) -> Vec<u32> {
        let device = self.device_leaf();
        (0..self.shape.seats as u32)
            .map(|j| draw::seat(draw::Duty::Uptime, rho, device, j, self.rules[0]))
            .collect()
    }

    /// Seat `j` filled by witness `i`, signing `bitmap` for this device and epoch.
    pub fn seat(&self, i: usize, bitmap: Fr) -> Seat {
        let message = attestation(self.domain, self.epoch, self.opening, self.device_leaf(), bitmap);
        self.seat_signing(i, bitmap, message)
    }

    pub fn seat_signing(&self, i: usize, bitmap: Fr, message: Fr) -> Seat {
        let signature = self.witnesses[i].sign(message);
        let tree = self.witness_tree();
        Seat {
            used: true,
            index: fr(i as u64),
            key: coordinates(&self.witnesses[i].public()),
            owner: self.owners[i],
            path: path(&tree.proof(i).expect("a leaf")),
            bitmap,
            r8: (signature.r8.x, signature.r8.y),
            s: Fr::from_bigint(signature.s.into_bigint()).expect("l < r"),
        }
    }

    pub fn witness_tree(&self) -> LeanImt {
        LeanImt::from_leaves((0..self.witnesses.len()).map(|i| self.witness_leaf(i)).collect())
    }

    pub fn device_tree(&self) -> LeanImt {
        LeanImt::from_leaves(
            (0..self.devices).map(|i| if i == 2 { self.device_leaf() } else { fr(i + 1) }).collect(),
        )
    }

    /// An honest prover's witness: all seats below k used.
    pub fn witness(&self) -> Witness {
        let devices = self.device_tree();
        let committee = self.committee();
        let seats = (0..self.shape.seats)
            .map(|j| {
                if j < self.rules[1] as usize {
                    self.seat(committee[j] as usize, self.bitmaps[j])
                } else {
                    Seat::unused()
                }
            })
            .collect();
        Witness {
            domain: self.domain,
            epoch: fr(u64::from(self.epoch)),
            opening: self.opening,
            closing: self.closing,
            device_root: devices.root(),
            witness_root: self.witness_tree().root(),
            rules: self.rules.map(|rule| fr(u64::from(rule))),
            payee: fr(0xabcdef),
            secret: Fr::from_bigint(self.device.scalar().into_bigint()).expect("l < r"),
            owner: self.device_owner,
            device_path: path(&devices.proof(2).expect("a leaf")),
            seats,
        }
    }
}

/// What a witness signs.
pub fn attestation(domain: Fr, epoch: u32, rho: Fr, device: Fr, bitmap: Fr) -> Fr {
    let place = poseidon::hash(&[domain, fr(u64::from(epoch)), rho]);
    poseidon::hash(&[tag::ATT_UPTIME.fr(), place, device, bitmap])
}

/// 2^s.
pub fn power(s: u32) -> Fr {
    (0..s).fold(fr(1), |p, _| p + p)
}

/// Runs the circuit on the audit driver.
pub fn audit(shape: &Shape, witness: &Witness) -> Recorded {
    let mut d = Audit::new();
    popw_circuits::claims::uptime::synthesize(&mut d, shape, Some(witness));
    d.finish()
}

/// Rows of `name  number`.
pub fn table(rows: &[(&str, usize)]) -> String {
    rows.iter().map(|(name, cost)| format!("{name:<28} {cost:>7}\n")).collect()
}

/// Compares with `tests/golden/{file}`; `UPDATE_GOLDENS=1` rewrites it.
pub fn golden(file: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("golden folder");
        std::fs::write(&path, actual).expect("golden file");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{file} changed; `make goldens` rewrites it if that is intended");
}
