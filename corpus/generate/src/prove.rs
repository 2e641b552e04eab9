//! Keys and valid proofs.

use std::{error::Error, path::Path};

use popw_circuits::claims::{SHAPES, Shape};
use popw_core::{
    Fr,
    document::{EnvelopeFormat, EpochPublic, Openings, ProofEnvelope, PublicInputs, System, Version},
};
use popw_prover::{
    claim::{advice, assignment, setup},
    groth16::{Check, Entropy, Prover, ProvingKey, backend::Backend},
    halo2::{self, Srs},
    keys::{KeyFiles, read_verifying_key},
    progress::Silent,
};
use popw_verifier::key::VerifyingKey;

use crate::network;

/// A key with two valid proofs of one statement.
pub struct Made {
    /// `<claim>-<system>`.
    pub name: String,
    /// The key.
    pub key: VerifyingKey,
    /// The document.
    pub envelope: ProofEnvelope,
    /// Another proof for the same inputs, of other blinding.
    pub other: Vec<u8>,
}

impl Made {
    pub fn system(&self) -> System {
        self.key.header().system
    }

    pub fn inputs(&self) -> [Fr; 3] {
        self.envelope.public.to_array()
    }

    pub fn proof(&self) -> &[u8] {
        &self.envelope.proof
    }
}

/// The claims of a shape.
pub fn claims(name: &str) -> impl Iterator<Item = Shape> {
    SHAPES.into_iter().filter(move |shape| shape.name == name)
}

/// Makes the keys if they are not there, and two proofs.
pub fn prove(
    keys: &Path,
    shape: &Shape,
    system: System,
    epoch: &EpochPublic,
) -> Result<Made, Box<dyn Error>> {
    let files = KeyFiles::new(keys, shape.kind.id(), shape.name, system);
    if !files.verifying().exists() || !files.proving().exists() {
        let seed = blake3::derive_key("popw setup seed, version 1", b"popw development keys, version 1");
        setup(keys, shape, system, &Entropy::Seed(seed), &Silent)?;
    }
    let key = read_verifying_key(&files.verifying())?;
    let witness = network::witness(shape);
    let (public, [proof, other]) = match system {
        System::Groth16 => {
            let proving = ProvingKey::open(&files.proving(), Check::Once, &Silent)?;
            let prover = Prover::new(&proving, &Backend::detect())?;
            let assignment = || assignment(shape, &witness);
            let prove = || prover.prove(assignment(), &Silent).map(|proof| proof.to_bytes());
            (assignment().public, [prove()?, prove()?])
        }
        System::Halo2 => {
            let proving = halo2::ProvingKey::open(&files.proving())?;
            let k = u32::from(proving.verifying_key().description().k);
            let srs = Srs::open(&files.reference_string(k))?;
            let advice = advice(shape, &witness);
            let prove = || proving.prove(&srs, &advice.columns, &advice.public, &Silent);
            let proofs = [prove()?, prove()?];
            (advice.public.clone(), proofs)
        }
    };
    let [context, nullifier, outcome] = public[..] else { return Err("a claim has three inputs".into()) };
    let mut opened = epoch.context_document()?;
    opened.roots = shape.kind.registries().only(&opened.roots);
    let envelope = ProofEnvelope {
        format: EnvelopeFormat::Proof,
        version: Version,
        claim: shape.kind.id().into(),
        claim_version: shape.kind.version().into(),
        shape: shape.name.into(),
        system,
        key_digest: key.digest().0,
        development: key.header().development.is_some(),
        opening: Openings { context: opened, payee: network::payee() },
        public: PublicInputs { context, nullifier, outcome },
        proof,
    };
    Ok(Made { name: format!("{}-{}", shape.kind.id(), system.name()), key, envelope, other })
}
