//! What calls cost. The host's metering is deterministic, so these are bounds on figures, not on times.

use popw_wire::Refusal;

use crate::chain::{Chain, Refused, wasm};
use crate::corpus::{corpora, keys};

/// Instructions of `verify`, whatever the proof.
const VERIFY: i64 = 28_000_000;
/// Instructions of a deployment with its key.
const DEPLOY: i64 = 24_000_000;
/// Bytes of the contract.
const WASM: usize = 24 * 1024;

#[test]
fn instructions() {
    let (mut verify, mut deploy) = (0, 0);
    for corpus in corpora() {
        let proofs = corpus.proofs().unwrap();
        for (name, file) in keys(&corpus) {
            let chain = Chain::new(&file).unwrap();
            deploy = deploy.max(chain.instructions());
            for entry in proofs.iter().filter(|entry| entry.key == name && entry.code == "valid") {
                chain.verify(&entry.proof, &entry.inputs).unwrap();
                verify = verify.max(chain.instructions());
            }
        }
    }
    println!(
        "verify: {verify} instructions; deployment with its key: {deploy}; wasm: {} bytes",
        wasm().len()
    );
    assert!((1..=VERIFY).contains(&verify), "verify: {verify}");
    assert!((1..=DEPLOY).contains(&deploy), "deployment: {deploy}");
    assert!((1..=WASM).contains(&wasm().len()), "wasm: {} bytes", wasm().len());
}

/// A call that runs out of its budget is told apart from any verdict.
#[test]
fn out_of_budget_is_no_verdict() {
    let corpus = corpora().remove(0);
    let entry = corpus.proofs().unwrap().into_iter().find(|entry| entry.key == "uptime-groth16").unwrap();
    let chain = Chain::new(&corpus.key_bytes(&entry.key).unwrap()).unwrap();
    assert_eq!(entry.code, "valid");
    chain.env.cost_estimate().budget().reset_limits(10_000_000, 100_000_000);
    let starved = chain.verify(&entry.proof, &entry.inputs);
    assert!(!matches!(starved, Ok(()) | Err(Refused::Contract(_) | Refused::Host)), "{starved:?}");
    chain.env.cost_estimate().budget().reset_default();
    assert_eq!(chain.verify(&entry.proof, &entry.inputs), Ok(()));
    assert_eq!(chain.verify(&entry.proof[1..], &entry.inputs), Err(Refused::Contract(Refusal::ProofLength)));
}
