//! What checking signatures finds: what counts, what is refused and why, and evidence against who signed twice.

use std::collections::BTreeSet;

use popw_core::Fr;
use popw_core::document::{EpochPublic, WitnessInput};
use popw_core::draw::{self, Duty};
use popw_core::eddsa::{self, PublicKey, Signature};
use popw_core::identity;
use popw_core::lean_imt::MerkleProof;
use popw_network::epoch::directory::Epoch;
use serde::Serialize;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Everything looked at, in the order of the document.
    pub items: Vec<Item>,
    /// Who signed two things that cannot both be true.
    pub evidence: Vec<Evidence>,
    /// Bytes that a claim would count: no allotment for more than its cap.
    pub counted_bytes: u64,
}

/// One receipt, rate or attestation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Which.
    pub kind: Kind,
    /// An allotment's number, or a witness's index.
    pub number: u64,
    /// Bytes, 0.1 Mbit/s or slots.
    pub amount: u64,
    /// What counts of it: a receipt above its cap counts as the cap.
    pub counted: u64,
    /// Why it is refused, if it is.
    pub problem: Option<Problem>,
}

/// What was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By a client.
    Receipt,
    /// By a challenger.
    Rate,
    /// By a witness.
    Uptime,
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// Not its signer's, or over something else.
    #[error("the signature does not fit")]
    BadSignature,
    /// The signer has the device's owner.
    #[error("of the device's own owner: counts for nothing")]
    OwnOwner,
    /// Numbers must rise.
    #[error("out of order")]
    OutOfOrder,
    /// The same allotment, or the same client, again.
    #[error("counted already: one allotment of a client for a device and epoch")]
    Twice,
    /// The same owner in a second seat.
    #[error("its owner counts already, in another seat")]
    OwnerTwice,
    /// The witness is not drawn for the seat, or for any.
    #[error("not drawn for this device")]
    NotDrawn,
    /// The leaf is not in the epoch's tree.
    #[error("its path does not lead to the epoch's root")]
    Path,
    /// The number belongs to another batch.
    #[error("of another batch")]
    OtherBatch,
    /// The signer has signed something else as well: see the evidence.
    #[error("contradicts what its signer signed before")]
    Contradicts,
}

/// Two valid signatures of one witness that cannot both be honest: enough to take its stake where a contract does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Rate or uptime.
    pub kind: Kind,
    /// The witness.
    pub witness: u32,
    /// Its key.
    pub public_key: PublicKey,
    /// What it signed, each with its signature: rates, or bitmaps as numbers.
    pub signed: [(String, Signature); 2],
}

impl Report {
    /// Is nothing refused, and nobody caught?
    pub fn is_clean(&self) -> bool {
        self.evidence.is_empty() && self.items.iter().all(|item| item.problem.is_none())
    }

    pub(crate) fn caught(&mut self, kind: Kind, witness: &WitnessInput, signed: [(String, Signature); 2]) {
        let (public_key, witness) = (witness.public_key, witness.index);
        self.evidence.push(Evidence { kind, witness, public_key, signed });
    }
}

/// The device and epoch that everything must be about.
pub(crate) struct About<'a> {
    pub(crate) epoch: &'a EpochPublic,
    pub(crate) leaf: Fr,
    pub(crate) owner: Fr,
}

impl<'a> About<'a> {
    pub(crate) fn new(epoch: &'a EpochPublic, key: &PublicKey, owner: Fr) -> Self {
        Self { epoch, leaf: identity::device_leaf(key, owner), owner }
    }

    pub(crate) fn drawn(&self, duty: Duty) -> BTreeSet<u32> {
        let rules = &self.epoch.rules;
        if rules.n_w == 0 {
            return BTreeSet::new();
        }
        draw::committee(duty, self.epoch.opening.rho(), self.leaf, rules.k, rules.n_w).into_iter().collect()
    }

    pub(crate) fn in_tree(&self, witness: &WitnessInput, path: &MerkleProof) -> bool {
        let leaf = identity::witness_leaf(&witness.public_key, witness.owner, witness.index);
        path.root(leaf) == self.epoch.roots.witness
    }

    pub(crate) fn signed(&self, key: &PublicKey, text: Fr, signature: &Signature) -> Option<Problem> {
        eddsa::verify(key, text, signature).err().map(|_| Problem::BadSignature)
    }
}

/// Who signed something, by index.
pub(crate) fn witness(epoch: &Epoch, index: u32) -> Option<WitnessInput> {
    let entry = epoch.witness(index)?;
    Some(WitnessInput { public_key: entry.public_key, owner: entry.owner, index })
}
