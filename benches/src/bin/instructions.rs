//! Deterministic work whose instructions are counted: see `scripts/instructions.sh`.
//!
//! `instructions` lists the workloads, `instructions NAME` does one, on one thread and without vector instructions that
//! callgrind does not know. Only what runs inside [`counted`] counts, not what is made ready for it.

use std::{env, error::Error, hint::black_box};

use popw_benches::circuits;
use popw_prover::{
    groth16::{Check, Entropy, ProvingKey, Purpose, backend::Backend, setup},
    progress::Silent,
};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// A name and its work: it makes ready, then calls [`counted`] once.
type Workload = (&'static str, fn() -> Outcome);

const WORKLOADS: [Workload; 2] = [("commit-chain", chain), ("commit-bits", bits)];

fn main() -> Outcome {
    let name = env::args().nth(1);
    let Some(name) = name else {
        WORKLOADS.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    };
    let found = WORKLOADS.iter().find(|(known, _)| *known == name);
    let (_, work) = found.ok_or_else(|| format!("no workload `{name}`"))?;
    // On the pool's one thread, so that rayon's loops run in place: callgrind counts by thread.
    rayon::ThreadPoolBuilder::new().num_threads(1).build()?.install(work)
}

/// Callgrind counts while this runs; it knows it by name.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    black_box(&mut *work)();
    // Keeps the call from being the last thing done here, a jump that would not return to this function.
    black_box(());
}

/// The commitments of a proof where every value is of full size. (Blinding is random, so assembling the proof is left out.)
fn chain() -> Outcome {
    commit(&circuits::chain(11))
}

/// The same where nine values of ten are bits.
fn bits() -> Outcome {
    commit(&circuits::bits(11))
}

fn commit(sample: &circuits::Sample) -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.pk");
    let purpose = Purpose { claim: "bench".into(), claim_version: 1, shape: "bench".into() };
    setup(&path, &sample.matrices, &purpose, &Entropy::Seed([7; 32]), &Silent)?;
    let key = ProvingKey::open(&path, Check::Once, &Silent)?;
    let mut variables = sample.assignment.full();
    let loaded = Backend::scalar().load(key.view())?;
    let mut commitments = None;
    counted(&mut || commitments = Some(loaded.commit(std::mem::take(&mut variables).into(), &Silent)));
    commitments.ok_or("nothing was done")??;
    Ok(())
}
