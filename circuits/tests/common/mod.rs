//! Fixtures that several test files share.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod circuit;
pub mod curve;
pub mod deletion;
pub mod determinism;
pub mod random;
pub mod sectors;
pub mod shapes;

use ark_ff::PrimeField;
use popw_circuits::{
    claims::{Receipt, Seat, Sector, Shape, Witness},
    drivers::audit::{Audit, Recorded},
    gadgets::lean_imt::Path,
};
use popw_core::{
    Fr, draw,
    eddsa::{PublicKey, SecretKey},
    identity,
    lean_imt::{LeanImt, MerkleProof},
    message, poseidon, possession, tag,
};
use sectors::Data;

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
    /// Whether the registries of sectors and allotments have as many leaves as the shape has room for.
    pub full: bool,
    pub batch: u32,
    pub sectors: Vec<Stored>,
    pub allotments: Vec<Allotted>,
    /// What each challenger signs.
    pub rates: Vec<u32>,
}

/// A sector of the device.
pub struct Stored {
    pub data: Data,
    pub expiry: u32,
    pub seq: u64,
}

/// An allotment of a client, and what it signs.
pub struct Allotted {
    pub client: SecretKey,
    pub owner: Fr,
    pub salt: Fr,
    pub cap: u64,
    pub seq: u64,
    pub bytes: u64,
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
        let mut network = Self::of(shape, 1 << shape.witness_depth, 1 << shape.device_depth);
        network.full = true;
        network
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
            rules: [count, 0, 0, slots, 5, 1, 0],
            bitmaps: vec![all_but_two; shape.seats],
            devices,
            full: false,
            batch: 0,
            sectors: (0..shape.sectors as u32)
                .map(|i| Stored {
                    data: Data::some(i, shape.height),
                    expiry: 10 + i,
                    seq: 3 + 2 * u64::from(i),
                })
                .collect(),
            allotments: (0..shape.receipts as u32)
                .map(|i| Allotted {
                    client: secret(3, i),
                    owner: fr(3000 + u64::from(i)),
                    salt: fr(4000 + u64::from(i)),
                    cap: 5 << 20,
                    seq: 7 + 3 * u64::from(i),
                    // Every second one asks for more than was paid for.
                    bytes: (4 << 20) + (u64::from(i % 2) << 21) + 12345,
                })
                .collect(),
            rates: (0..shape.challengers as u32).map(|j| 800 + 10 * j).collect(),
        };
        network.rules[1] = shape.committee() as u32;
        network.rules[2] = shape.committee() as u32 / 2 + 1;
        network.rules[6] = 100;
        network.redraw();
        network
    }

    /// Takes an opening beacon whose draws have no repetition, so that every seat can be used.
    pub fn redraw(&mut self) {
        let distinct = |network: &Self, rho| {
            [draw::Duty::Uptime, draw::Duty::Rate].into_iter().all(|duty| {
                let mut seats = network.committee_for(duty, rho);
                seats.sort_unstable();
                seats.windows(2).all(|pair| pair[0] != pair[1])
            })
        };
        self.opening = (1..).map(fr).find(|rho| distinct(self, *rho)).expect("some draw has no repetition");
    }

    /// Nothing that is compared with 0 is 0: a later batch, more MiB served and more rate than there is room for.
    pub fn beyond_every_limit(mut self) -> Self {
        if self.shape.kind.is_batched() {
            (self.rules[5], self.batch) = (2, 1);
        }
        for (i, sector) in self.sectors.iter_mut().enumerate() {
            sector.seq = 5 + 2 * i as u64;
        }
        for (i, allotted) in self.allotments.iter_mut().enumerate() {
            allotted.seq = 15 + 4 * i as u64;
            (allotted.cap, allotted.bytes) = (u64::MAX / 2 + i as u64, u64::MAX / 3);
        }
        self.rates.iter_mut().for_each(|rate| *rate += 1 << 21);
        self
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
        self.committee_for(draw::Duty::Uptime, self.opening)
    }

    pub fn challengers(&self) -> Vec<u32> {
        self.committee_for(draw::Duty::Rate, self.opening)
    }

    fn committee_for(&self, duty: draw::Duty, rho: Fr) -> Vec<u32> {
        let device = self.device_leaf();
        let seats = match duty {
            draw::Duty::Uptime => self.shape.seats,
            draw::Duty::Rate => self.shape.challengers,
        };
        (0..seats as u32).map(|j| draw::seat(duty, rho, device, j, self.rules[0])).collect()
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
            attested: bitmap,
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

    /// Challenger `i`, signing `rate` for this device and epoch.
    pub fn challenger(&self, i: usize, rate: u32) -> Seat {
        let message =
            message::rate_attestation(self.domain, self.epoch, self.opening, self.device_leaf(), rate);
        self.seat_signing(i, fr(u64::from(rate)), message)
    }

    pub fn sector_leaf(&self, sector: &Stored) -> Fr {
        let leaf = identity::Sector {
            kind: tag::POSSESSION,
            comm_r: sector.data.tree().root(),
            bytes: sector.data.bytes(),
            height: sector.data.height(),
            expiry: sector.expiry,
            seq: sector.seq,
        };
        identity::sector_leaf(self.domain, self.device_leaf(), &leaf)
    }

    /// The device's sectors from place 1 on.
    pub fn sector_tree(&self) -> LeanImt {
        let own = self.sectors.iter().map(|sector| self.sector_leaf(sector));
        let others =
            if self.full { (1 << self.shape.sector_depth) - 1 - self.sectors.len() as u64 } else { 2 };
        LeanImt::from_leaves([fr(1)].into_iter().chain(own).chain((2..2 + others).map(fr)).collect())
    }

    pub fn sector(&self, i: usize) -> Sector {
        let stored = &self.sectors[i];
        let tree = stored.data.tree();
        let comm_r = tree.root();
        let asked = |j| possession::challenge(self.closing, comm_r, j, stored.data.nodes());
        Sector {
            used: true,
            comm_r,
            bytes: fr(stored.data.bytes()),
            height: fr(u64::from(stored.data.height())),
            expiry: fr(u64::from(stored.expiry)),
            seq: fr(stored.seq),
            path: path(&self.sector_tree().proof(1 + i).expect("a leaf")),
            openings: (0..self.shape.challenges as u32).map(|j| tree.open(asked(j))).collect(),
        }
    }

    pub fn allotment_leaf(&self, allotted: &Allotted) -> Fr {
        let Allotted { salt, cap, seq, .. } = *allotted;
        let bought = identity::Allotment { salt, epoch: self.epoch, cap, seq };
        identity::allotment_leaf(&allotted.client.public(), allotted.owner, self.device_leaf(), &bought)
    }

    /// The allotments from place 2 on.
    pub fn allotment_tree(&self) -> LeanImt {
        let all = self.allotments.iter().map(|allotted| self.allotment_leaf(allotted));
        let used = 2 + self.allotments.len() as u64;
        let others = if self.full { 1 << self.shape.allotment_depth } else { used } - used;
        LeanImt::from_leaves([fr(1), fr(2)].into_iter().chain(all).chain((3..3 + others).map(fr)).collect())
    }

    pub fn receipt(&self, i: usize) -> Receipt {
        let Allotted { seq, bytes, .. } = self.allotments[i];
        self.receipt_signing(i, message::receipt(self.domain, self.epoch, seq, self.device_leaf(), bytes))
    }

    pub fn receipt_signing(&self, i: usize, message: Fr) -> Receipt {
        let allotted = &self.allotments[i];
        let signature = allotted.client.sign(message);
        Receipt {
            used: true,
            key: coordinates(&allotted.client.public()),
            owner: allotted.owner,
            salt: allotted.salt,
            cap: fr(allotted.cap),
            seq: fr(allotted.seq),
            path: path(&self.allotment_tree().proof(2 + i).expect("a leaf")),
            bytes: fr(allotted.bytes),
            r8: (signature.r8.x, signature.r8.y),
            s: Fr::from_bigint(signature.s.into_bigint()).expect("l < r"),
        }
    }

    /// An honest prover's witness: all seats below k, all sectors and all receipts used.
    pub fn witness(&self) -> Witness {
        let devices = self.device_tree();
        let k = self.rules[1] as usize;
        let seated = |committee: Vec<u32>, seat: &dyn Fn(usize, usize) -> Seat| -> Vec<Seat> {
            let place = |(j, i): (usize, u32)| if j < k { seat(j, i as usize) } else { Seat::unused() };
            committee.into_iter().enumerate().map(place).collect()
        };
        let uses = self.shape.kind.registries();
        let mut witness = Witness::default();
        witness.domain = self.domain;
        witness.epoch = fr(u64::from(self.epoch));
        witness.opening = self.opening;
        witness.closing = self.closing;
        witness.device_root = devices.root();
        if uses.witness {
            witness.witness_root = self.witness_tree().root();
        }
        if uses.sector {
            witness.sector_root = self.sector_tree().root();
        }
        if uses.allotment {
            witness.allotment_root = self.allotment_tree().root();
        }
        witness.rules = self.rules.map(|rule| fr(u64::from(rule)));
        witness.batch = fr(u64::from(self.batch));
        witness.payee = fr(0xabcdef);
        witness.secret = Fr::from_bigint(self.device.scalar().into_bigint()).expect("l < r");
        witness.owner = self.device_owner;
        witness.device_path = path(&devices.proof(2).expect("a leaf"));
        witness.seats = seated(self.committee(), &|j, i| self.seat(i, self.bitmaps[j]));
        witness.sectors = (0..self.sectors.len()).map(|i| self.sector(i)).collect();
        witness.receipts = (0..self.allotments.len()).map(|i| self.receipt(i)).collect();
        witness.challengers = seated(self.challengers(), &|j, i| self.challenger(i, self.rates[j]));
        witness
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
    popw_circuits::claims::synthesize(&mut d, shape, Some(witness));
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
