//! A whole proof document that holds, and the epoch it is about.

use ark_bn254::Fr;
use popw_core::claim::{Amount, PayeeOpening, Roots, Rules, outcome};
use popw_core::document::{Beacon, BeaconSource, EpochPublic, Openings, ProofEnvelope, PublicInputs, System};
use popw_core::{identity, tag};

use super::Fixture;

/// A closed epoch.
pub fn epoch() -> EpochPublic {
    let domain_id = format!("popw:local:{}", "5a".repeat(32));
    let beacon = |round| Beacon {
        source: BeaconSource::Drand,
        chain_hash: Some([7; 32]),
        round,
        randomness: [round as u8; 32],
        signature: Some(vec![1, 2, 3]),
        previous_signature: Some(vec![4, 5]),
    };
    EpochPublic {
        format: Default::default(),
        version: Default::default(),
        network: "test".into(),
        domain: identity::domain(&domain_id).unwrap(),
        domain_id,
        epoch: 9,
        start_unix_ms: 1_700_000_000_000,
        slot_ms: 1_000,
        opening: beacon(11),
        closing: Some(beacon(12)),
        roots: Roots {
            device: Fr::from(101u64),
            witness: Fr::from(102u64),
            allotment: Fr::from(0u64),
            sector: Fr::from(0u64),
        },
        rules: Rules { n_w: 12, k: 5, q: 3, slots: 24, max_gap: 4, batches: 1, min_rate: 0 },
    }
}

/// A valid document about [`epoch`]; each `device` has a nullifier of its own.
pub fn envelope(fixture: &mut Fixture, device: u64) -> ProofEnvelope {
    let epoch = epoch();
    let payee = PayeeOpening::evm([0x11; 20], Fr::from(0u64));
    let public = PublicInputs {
        context: epoch.context_opening().unwrap().context(tag::CTX_UPTIME),
        nullifier: Fr::from(device),
        outcome: outcome(payee.payee(), &Amount::uptime(21)),
    };
    let proof = fixture.prove(public.to_array()).to_bytes();
    ProofEnvelope {
        format: Default::default(),
        version: Default::default(),
        claim: "uptime".into(),
        claim_version: 1,
        shape: "demo".into(),
        system: System::Groth16,
        key_digest: fixture.key.digest().0,
        development: true,
        opening: Openings { context: epoch.context_document().unwrap(), payee },
        public,
        proof,
    }
}
