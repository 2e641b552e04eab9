//! Proves a device's uptime from its documented input, and verifies the proof as the network would that pays for it. Keys
//! are made for the occasion unless a folder has them (`popw setup`).
//!
//!     cargo run -p popw-prover --example prove -- [groth16|halo2] [KEYS]

use std::error::Error;
use std::path::PathBuf;

use popw_circuits::claims::smallest_shape;
use popw_core::Fr;
use popw_core::claim::PayeeOpening;
use popw_core::document::{ClaimInput, Document};
use popw_core::eddsa::SecretKey;
use popw_prover::claim::{self, Request};
use popw_prover::groth16::{Check, Entropy, backend::Backend};
use popw_prover::keys::{self, KeyFiles};
use popw_prover::progress::Silent;
use popw_verifier::Verifier;
use popw_verifier::envelope::{self, Against};
use popw_verifier::key::System;

mod input;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let system = match arguments.next().as_deref() {
        None | Some("groth16") => System::Groth16,
        Some("halo2") => System::Halo2,
        Some(other) => return Err(format!("groth16 or halo2, not {other}").into()),
    };

    // The device's key is in no document.
    let secret = SecretKey::from_seed([1; 32]);
    let input = input::uptime(&secret)?;
    let shape = smallest_shape(&input.parts());

    let made_here = tempfile::tempdir()?;
    let keys = match arguments.next() {
        Some(folder) => PathBuf::from(folder),
        None => {
            // Whoever makes keys like this can forge proofs: for development only.
            claim::setup(made_here.path(), &shape, system, &Entropy::System, &Silent)?;
            made_here.path().to_owned()
        }
    };
    let request = Request {
        shape: &shape,
        system,
        input: &input,
        secret: &secret,
        payee: &PayeeOpening::evm([0x11; 20], Fr::from(0u64)),
        keys: &keys,
        check: Check::Once,
        backend: &Backend::detect(),
    };
    let document = claim::prove(&request, &Silent)?.envelope.to_json();
    println!("{document}");

    // On the other side: the document, the network's verifying key and its epoch, and nothing else of the prover's.
    let files = KeyFiles::new(&keys, shape.kind.id(), shape.name, system);
    let verifier = Verifier::new(&keys::read_verifying_key(&files.verifying())?);
    let proof = envelope::parse(document.as_bytes())?;
    let verdict = envelope::verify(&proof, &verifier, Against::Epoch(&input.epoch))?;
    println!("{}: {:?}", verdict.verdict, verdict.amount);
    Ok(())
}
