//! Plain functions over bytes, one for each parser of this crate: for fuzzers, and for tests that replay a corpus
//! ([`replay`]). None may panic; each asserts what must hold of what it accepts.

mod mutate;
mod readings;
mod replay;

use alloc::vec::Vec;
use core::fmt::Debug;

use ark_ff::AdditiveGroup;

use crate::{
    Fr,
    document::{
        self, BandwidthInput, ClaimInput, Document, EpochPublic, ProofEnvelope, StorageInput, UptimeInput,
        WorkInput,
    },
    eddsa, field,
    identity::{self, Account},
    possession,
};

pub use mutate::Mutator;
pub use readings::{Reading, has_one_reading, other_readings};
pub use replay::replay;

/// A target's name, which is also its corpus' folder, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: [Target; 6] = [
    ("header", fuzz_header),
    ("epoch", fuzz_epoch),
    ("uptime-input", fuzz_uptime_input),
    ("work-input", fuzz_work_input),
    ("proof", fuzz_proof),
    ("text", fuzz_text),
];

/// The header of any document: one that has none is read by no reader.
pub fn fuzz_header(data: &[u8]) {
    let header = document::header(data);
    let formats = [
        EpochPublic::from_json(data).is_ok().then_some(EpochPublic::FORMAT),
        UptimeInput::from_json(data).is_ok().then_some(UptimeInput::FORMAT),
        ProofEnvelope::from_json(data).is_ok().then_some(ProofEnvelope::FORMAT),
    ];
    for format in formats.into_iter().flatten() {
        assert_eq!(header.as_ref().map(|header| header.format.as_str()), Ok(format));
    }
}

/// A published epoch: read back as itself; with a closing beacon it has a context.
pub fn fuzz_epoch(data: &[u8]) {
    if let Some(epoch) = read_back::<EpochPublic>(data) {
        assert_eq!(epoch.context_opening().is_ok(), epoch.closing.is_some());
        assert!(epoch.end_unix_ms().is_some_and(|end| end > epoch.start_unix_ms));
    }
}

/// The input of an uptime proof: read back as itself; its paths and signatures can be checked.
pub fn fuzz_uptime_input(data: &[u8]) {
    let Some(input) = read_back::<UptimeInput>(data) else { return };
    assert!(input.epoch.closing.is_some());
    for seat in input.seats.iter().take(2) {
        assert!(seat.path.is_canonical());
        seat.path.root(Fr::ZERO);
        let _ = eddsa::verify(&seat.witness.public_key, Fr::ZERO, &seat.signature);
    }
}

/// The inputs of proofs of storage, bandwidth and all work: read back as themselves; what they list is in order, of the
/// batch, and can be checked.
pub fn fuzz_work_input(data: &[u8]) {
    claim_input::<StorageInput>(data);
    claim_input::<BandwidthInput>(data);
    claim_input::<WorkInput>(data);
}

fn claim_input<I: ClaimInput + PartialEq + Debug>(data: &[u8]) {
    let Some(input) = read_back::<I>(data) else { return };
    let parts = input.parts();
    let rules = &parts.epoch.rules;
    assert!(parts.epoch.closing.is_some() && parts.batch < rules.batches);
    let numbers = [
        parts.sectors.iter().map(|sector| sector.seq).collect::<Vec<_>>(),
        parts.receipts.iter().map(|receipt| receipt.seq).collect(),
    ];
    for numbers in numbers {
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(numbers.iter().all(|seq| seq % u64::from(rules.batches) == u64::from(parts.batch)));
    }
    for sector in parts.sectors {
        let nodes = possession::node_count(sector.bytes);
        assert_eq!(sector.height, possession::height(nodes));
        assert!(sector.openings.iter().all(|opening| opening.index < nodes));
    }
    for receipt in parts.receipts.iter().take(2) {
        let _ = eddsa::verify(&receipt.client, Fr::ZERO, &receipt.signature);
    }
}

/// A proof, as JSON or in compact form: each form leads to the other and back, and the compact one is unique.
pub fn fuzz_proof(data: &[u8]) {
    let compact = ProofEnvelope::from_compact(data);
    if let Ok(envelope) = &compact {
        assert_eq!(envelope.to_compact(), data);
    }
    if let Some(envelope) = read_back::<ProofEnvelope>(data).or(compact.ok()) {
        assert_eq!(ProofEnvelope::from_json(envelope.to_json().as_bytes()).as_ref(), Ok(&envelope));
        assert_eq!(ProofEnvelope::from_compact(&envelope.to_compact()).as_ref(), Ok(&envelope));
    }
}

/// What is read from text: numbers, domains, accounts.
pub fn fuzz_text(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(number) = field::from_decimal(text) {
        assert_eq!(field::to_decimal(&number), text);
        assert_eq!(field::from_be_bytes(&field::to_be_bytes(&number)), Ok(number));
    }
    if identity::domain(text).is_ok() {
        assert_eq!(identity::domain(&text.to_ascii_uppercase()), Err(identity::IdentityError::Domain));
    }
    if let Ok(account @ Account::Evm(_)) = identity::account(text) {
        assert_eq!(identity::account(&alloc::format!("{account}")), Ok(account));
    }
}

/// A document that is accepted is written and read back as itself.
fn read_back<T: Document + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let document = T::from_json(data).ok()?;
    assert_eq!(T::from_json(document.to_json().as_bytes()).as_ref(), Ok(&document));
    Some(document)
}
