//! What the prover knows.

use alloc::vec::Vec;

use popw_core::{Fr, babyjub, possession::ARITY};

use crate::gadgets::lean_imt::Path;

/// What the prover knows. Values are raw field elements: nothing is assumed about them, neither by
/// [`check`](super::check) nor by the circuit. Lists are those of the shape's parts: entries beyond the shape's
/// number are ignored, missing ones unused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Domain of the network.
    pub domain: Fr,
    /// Epoch number.
    pub epoch: Fr,
    /// ρ, the opening beacon.
    pub opening: Fr,
    /// ρ′, the closing beacon.
    pub closing: Fr,
    /// Root of the devices.
    pub device_root: Fr,
    /// Root of the witnesses; not read by kinds that do not use it, as the two below.
    pub witness_root: Fr,
    /// Root of the allotments.
    pub allotment_root: Fr,
    /// Root of the sectors.
    pub sector_root: Fr,
    /// n_w, k, q, slots, max_gap, B, min_rate.
    pub rules: [Fr; 7],
    /// b; not read by kinds without batches.
    pub batch: Fr,
    /// 160-bit commitment to recipient and owner tag.
    pub payee: Fr,
    /// The device's secret scalar.
    pub secret: Fr,
    /// The device's owner.
    pub owner: Fr,
    /// Path of the device's leaf.
    pub device_path: Path,
    /// The committee that watched its uptime; `attested` is a bitmap, bit s for slot s.
    pub seats: Vec<Seat>,
    /// Its sectors, used ones first.
    pub sectors: Vec<Sector>,
    /// Its clients' receipts, used ones first.
    pub receipts: Vec<Receipt>,
    /// The committee that measured its rate; `attested` is the rate in 0.1 Mbit/s.
    pub challengers: Vec<Seat>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}

/// One seat of a committee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Whether the prover counts this seat.
    pub used: bool,
    /// Number of the witness seated here.
    pub index: Fr,
    /// Its public key's coordinates.
    pub key: (Fr, Fr),
    /// Its owner.
    pub owner: Fr,
    /// Path of its leaf.
    pub path: Path,
    /// What it signed about the device.
    pub attested: Fr,
    /// Signature: R8's coordinates.
    pub r8: (Fr, Fr),
    /// Signature: S.
    pub s: Fr,
}

impl Seat {
    /// What fills a seat that is not used: a well-formed key, nothing else.
    pub fn unused() -> Self {
        let base = base8();
        let zero = Fr::from(0u64);
        Self {
            used: false,
            index: zero,
            key: base,
            owner: zero,
            path: Path::default(),
            attested: zero,
            r8: base,
            s: zero,
        }
    }
}

/// A sector and its answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sector {
    /// Whether the prover counts this sector.
    pub used: bool,
    /// Root of its tree.
    pub comm_r: Fr,
    /// Length of its data.
    pub bytes: Fr,
    /// Height of its tree.
    pub height: Fr,
    /// First epoch in which it earns nothing any more.
    pub expiry: Fr,
    /// Its number in the registry.
    pub seq: Fr,
    /// Path of its leaf.
    pub path: Path,
    /// Answers to its challenges; the default is the empty sector's.
    pub openings: Vec<Opening>,
}

/// A node with all that is hashed on its way to the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The node.
    pub node: Fr,
    /// For every level from the leaves up, the eight children among which the node before stands.
    pub levels: Vec<[Fr; ARITY]>,
}

/// An allotment and its client's last receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whether the prover counts this receipt.
    pub used: bool,
    /// The client's public key.
    pub key: (Fr, Fr),
    /// Its owner.
    pub owner: Fr,
    /// The allotment's salt.
    pub salt: Fr,
    /// Bytes paid for.
    pub cap: Fr,
    /// Its number in the registry.
    pub seq: Fr,
    /// Path of its leaf.
    pub path: Path,
    /// Bytes signed for.
    pub bytes: Fr,
    /// Signature: R8's coordinates.
    pub r8: (Fr, Fr),
    /// Signature: S.
    pub s: Fr,
}

impl Receipt {
    /// What fills a receipt that is not used: a well-formed key, nothing else.
    pub fn unused() -> Self {
        let base = base8();
        let zero = Fr::from(0u64);
        Self {
            used: false,
            key: base,
            owner: zero,
            salt: zero,
            cap: zero,
            seq: zero,
            path: Path::default(),
            bytes: zero,
            r8: base,
            s: zero,
        }
    }
}

fn base8() -> (Fr, Fr) {
    let base = babyjub::base8();
    (base.x, base.y)
}
