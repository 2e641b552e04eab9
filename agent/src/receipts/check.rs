//! Checking receipts and rates: signatures, order, caps, double counting, and evidence against who signed twice.

use std::collections::{BTreeMap, BTreeSet};

use popw_core::bitmap::SlotBitmap;
use popw_core::document::{BandwidthInput, EpochPublic, WitnessInput};
use popw_core::draw::{self, Duty};
use popw_core::eddsa::{self, PublicKey, Signature};
use popw_core::identity::{self, Allotment};
use popw_core::lean_imt::MerkleProof;
use popw_core::{Fr, message};
use serde::Serialize;

use super::ReceiptLog;

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
}

/// The device and epoch that everything must be about.
struct About<'a> {
    epoch: &'a EpochPublic,
    leaf: Fr,
    owner: Fr,
}

struct ReceiptFacts<'a> {
    client: &'a PublicKey,
    owner: Fr,
    cap: u64,
    seq: u64,
    bytes: u64,
    signature: &'a Signature,
}

/// Checks the receipts and rates of a bandwidth proof's input, as the circuit will.
pub fn check_bandwidth(input: &BandwidthInput) -> Report {
    let about = About::new(&input.epoch, &input.device.public_key, input.device.owner);
    let batches = u64::from(input.epoch.rules.batches.max(1));
    let mut report = Report::default();
    let mut seen = Seen::default();
    for one in &input.receipts {
        let facts = ReceiptFacts {
            client: &one.client,
            owner: one.owner,
            cap: one.cap,
            seq: one.seq,
            bytes: one.bytes,
            signature: &one.signature,
        };
        let bought = Allotment { salt: one.salt, epoch: input.epoch.epoch, cap: one.cap, seq: one.seq };
        let leaf = identity::allotment_leaf(&one.client, one.owner, about.leaf, &bought);
        let problem = (one.path.root(leaf) != input.epoch.roots.allotment).then_some(Problem::Path);
        let problem =
            problem.or((one.seq % batches != u64::from(input.batch)).then_some(Problem::OtherBatch));
        report.receipt(&about, &facts, &mut seen, problem);
    }
    let mut owners = BTreeSet::new();
    let mut rates = Signed::default();
    for one in &input.challengers {
        let rho = input.epoch.opening.rho();
        let drawn = one.seat < input.epoch.rules.k
            && draw::seat(Duty::Rate, rho, about.leaf, one.seat, input.epoch.rules.n_w) == one.witness.index;
        let problem = match (drawn, about.in_tree(&one.witness, &one.path)) {
            (false, _) => Some(Problem::NotDrawn),
            (true, false) => Some(Problem::Path),
            (true, true) => (!owners.insert(one.witness.owner)).then_some(Problem::OwnerTwice),
        };
        report.rate(&about, &one.witness, one.rate, &one.signature, &mut rates, problem);
    }
    report
}

/// Checks all that a device was given.
pub fn check_log(log: &ReceiptLog) -> Report {
    let about = About::new(&log.epoch, &log.device.public_key, log.device.owner);
    let mut report = Report::default();
    let mut seen = Seen::default();
    for one in &log.receipts {
        let facts = ReceiptFacts {
            client: &one.client,
            owner: one.owner,
            cap: one.cap,
            seq: one.seq,
            bytes: one.bytes,
            signature: &one.signature,
        };
        report.receipt(&about, &facts, &mut seen, None);
    }
    let (challengers, committee) = (about.drawn(Duty::Rate), about.drawn(Duty::Uptime));
    let mut rates = Signed::default();
    for one in &log.rates {
        let problem = (!challengers.contains(&one.witness.index)).then_some(Problem::NotDrawn);
        report.rate(&about, &one.witness, one.rate, &one.signature, &mut rates, problem);
    }
    let mut bitmaps: BTreeMap<u32, Vec<(SlotBitmap, Signature)>> = BTreeMap::new();
    for one in &log.attestations {
        let drawn = committee.contains(&one.witness.index);
        let problem = (!drawn).then_some(Problem::NotDrawn);
        report.uptime(&about, &one.witness, one.bitmap, &one.signature, &mut bitmaps, problem);
    }
    report
}

/// What was counted already.
#[derive(Default)]
struct Seen {
    last: Option<u64>,
    seqs: BTreeSet<u64>,
    clients: BTreeSet<[u8; 32]>,
}

/// The first rate of each witness.
type Signed = BTreeMap<u32, (u32, Signature)>;

impl<'a> About<'a> {
    fn new(epoch: &'a EpochPublic, key: &PublicKey, owner: Fr) -> Self {
        Self { epoch, leaf: identity::device_leaf(key, owner), owner }
    }

    fn drawn(&self, duty: Duty) -> BTreeSet<u32> {
        let rules = &self.epoch.rules;
        if rules.n_w == 0 {
            return BTreeSet::new();
        }
        draw::committee(duty, self.epoch.opening.rho(), self.leaf, rules.k, rules.n_w).into_iter().collect()
    }

    fn in_tree(&self, witness: &WitnessInput, path: &MerkleProof) -> bool {
        let leaf = identity::witness_leaf(&witness.public_key, witness.owner, witness.index);
        path.root(leaf) == self.epoch.roots.witness
    }

    fn signed(&self, key: &PublicKey, text: Fr, signature: &Signature) -> Option<Problem> {
        eddsa::verify(key, text, signature).err().map(|_| Problem::BadSignature)
    }
}

impl Report {
    fn receipt(
        &mut self,
        about: &About<'_>,
        one: &ReceiptFacts<'_>,
        seen: &mut Seen,
        other: Option<Problem>,
    ) {
        let text = message::receipt(about.epoch.domain, about.epoch.epoch, one.seq, about.leaf, one.bytes);
        let own = (one.owner == about.owner).then_some(Problem::OwnOwner);
        let problem = about.signed(one.client, text, one.signature).or(own).or(other);
        // Only what is good takes a place.
        let problem = problem.or_else(|| {
            let client = popw_core::field::to_be_bytes(&one.client.point.x);
            let twice = !seen.seqs.insert(one.seq) || !seen.clients.insert(client);
            twice.then_some(Problem::Twice)
        });
        let order = seen.last.is_some_and(|last| one.seq < last).then_some(Problem::OutOfOrder);
        seen.last = seen.last.max(Some(one.seq));
        let problem = problem.or(order);
        let counted = if problem.is_none() { one.bytes.min(one.cap) } else { 0 };
        self.counted_bytes = self.counted_bytes.saturating_add(counted);
        self.items.push(Item { kind: Kind::Receipt, number: one.seq, amount: one.bytes, counted, problem });
    }

    fn rate(
        &mut self,
        about: &About<'_>,
        witness: &WitnessInput,
        rate: u32,
        signature: &Signature,
        signed: &mut Signed,
        other: Option<Problem>,
    ) {
        let epoch = about.epoch;
        let text =
            message::rate_attestation(epoch.domain, epoch.epoch, epoch.opening.rho(), about.leaf, rate);
        let own = (witness.owner == about.owner).then_some(Problem::OwnOwner);
        let mut problem = about.signed(&witness.public_key, text, signature).or(own);
        if problem.is_none() {
            match signed.get(&witness.index) {
                Some((first, of_first)) if *first != rate => {
                    let signed = [(first.to_string(), *of_first), (rate.to_string(), *signature)];
                    self.caught(Kind::Rate, witness, signed);
                    problem = Some(Problem::Contradicts);
                }
                Some(_) => {}
                None => {
                    signed.insert(witness.index, (rate, *signature));
                }
            }
        }
        let problem = problem.or(other);
        let counted = if problem.is_none() { rate.into() } else { 0 };
        let (number, amount) = (witness.index.into(), rate.into());
        self.items.push(Item { kind: Kind::Rate, number, amount, counted, problem });
    }

    fn uptime(
        &mut self,
        about: &About<'_>,
        witness: &WitnessInput,
        bitmap: SlotBitmap,
        signature: &Signature,
        signed: &mut BTreeMap<u32, Vec<(SlotBitmap, Signature)>>,
        other: Option<Problem>,
    ) {
        let epoch = about.epoch;
        let rho = epoch.opening.rho();
        let text = message::uptime_attestation(epoch.domain, epoch.epoch, rho, about.leaf, &bitmap);
        let own = (witness.owner == about.owner).then_some(Problem::OwnOwner);
        let mut problem = about.signed(&witness.public_key, text, signature).or(own);
        if problem.is_none() {
            let before = signed.entry(witness.index).or_default();
            // What an honest witness signs forms a chain: any two of its bitmaps are nested.
            let apart = before.iter().find(|(known, _)| !known.contains(&bitmap) && !bitmap.contains(known));
            if let Some((known, of_known)) = apart {
                let text = |bitmap: &SlotBitmap| popw_core::field::to_decimal(&bitmap.to_fr());
                let signed = [(text(known), *of_known), (text(&bitmap), *signature)];
                self.caught(Kind::Uptime, witness, signed);
                problem = Some(Problem::Contradicts);
            } else {
                before.push((bitmap, *signature));
            }
        }
        let problem = problem.or(other);
        let amount = bitmap.count().into();
        let counted = if problem.is_none() { amount } else { 0 };
        let number = witness.index.into();
        self.items.push(Item { kind: Kind::Uptime, number, amount, counted, problem });
    }

    fn caught(&mut self, kind: Kind, witness: &WitnessInput, signed: [(String, Signature); 2]) {
        let (public_key, witness) = (witness.public_key, witness.index);
        self.evidence.push(Evidence { kind, witness, public_key, signed });
    }
}
