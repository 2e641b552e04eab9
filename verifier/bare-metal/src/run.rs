//! All keys, all proofs.

use alloc::vec::Vec;
use core::ptr;

use cortex_m_semihosting::hprintln;
use popw_verifier::{
    Verifier, VerifyError,
    groth16::{self, BatchError, PreparedKey, Proof, public_inputs, verify_batch},
    key::VerifyingKey,
};

use crate::{
    arguments::Arguments,
    clock,
    corpus::{KEYS, Key},
    heap, stack,
};

/// What one step took at most.
#[derive(Default)]
struct Measure {
    stack: usize,
    heap: usize,
    instructions: u64,
}

impl Measure {
    /// Does `work` and takes its measures.
    fn of<T>(work: impl FnOnce() -> T) -> (T, Self) {
        stack::paint();
        heap::reset();
        let (result, instructions) = clock::measure(work);
        (result, Self { stack: stack::used(), heap: heap::peak(), instructions })
    }

    fn widen(&mut self, other: &Self) {
        self.stack = self.stack.max(other.stack);
        self.heap = self.heap.max(other.heap);
        self.instructions = self.instructions.max(other.instructions);
    }

    fn print(&self, what: &str) {
        hprintln!(
            "  {:<12} stack {:>6} B  heap {:>7} B  {:>6} M instructions",
            what,
            self.stack,
            self.heap,
            self.instructions / 1_000_000
        );
    }
}

/// What was run.
#[derive(Default)]
struct Tally {
    proofs: usize,
    batches: usize,
    wrong: usize,
    most: Measure,
}

/// Runs all keys; whether every verdict was the expected one and the stack was enough.
pub fn run(arguments: &Arguments) -> bool {
    let mut tally = Tally::default();
    for key in KEYS.iter().take(if arguments.first { 1 } else { KEYS.len() }) {
        run_key(key, arguments, &mut tally);
    }
    let Tally { proofs, batches, wrong, most } = tally;
    hprintln!(
        "bare metal: {} proofs and {} batches, {} wrong verdicts; stack {} of {} B, heap {} B; code {} B",
        proofs,
        batches,
        wrong,
        most.stack,
        arguments.stack,
        most.heap,
        code_size()
    );
    if most.stack > arguments.stack {
        hprintln!("FAILED: more stack used than the {} B allowed", arguments.stack);
    }
    if proofs == 0 {
        hprintln!("FAILED: no proofs in the image");
    }
    wrong == 0 && proofs > 0 && most.stack <= arguments.stack
}

/// Bytes of the image's instructions: verifier, allocator and these measurements.
fn code_size() -> usize {
    unsafe extern "C" {
        static __stext: u32;
        static __etext: u32;
    }
    ptr::addr_of!(__etext) as usize - ptr::addr_of!(__stext) as usize
}

fn run_key(key: &Key, arguments: &Arguments, tally: &mut Tally) {
    let entries = if arguments.first { &key.entries[..1] } else { key.entries };
    let batches = if arguments.first { &[] } else { key.batches };
    hprintln!("{}: {} proofs, {} batches", key.name, entries.len(), batches.len());

    let (read, reading) = Measure::of(|| VerifyingKey::from_bytes(key.file));
    reading.print("read key");
    let read = read.expect("the corpus's keys are sound");
    let (verifier, preparing) = Measure::of(|| Verifier::new(&read));
    preparing.print("prepare key");
    drop(read);

    let mut expect = |name: &str, code: &str, expected: &str| {
        let spoil = arguments.spoil && name == KEYS[0].entries[0].name;
        let expected = if spoil { "spoiled" } else { expected };
        if code != expected {
            hprintln!("FAILED: {}: {}, expected {}", name, code, expected);
            tally.wrong += 1;
        }
    };
    let (mut verifying, mut batching) = (Measure::default(), Measure::default());
    for entry in entries {
        let proof = entry.proof(key.first);
        let (verdict, measure) = Measure::of(|| verify(&verifier, entry.inputs, &proof));
        expect(entry.name, code(verdict), entry.code);
        verifying.widen(&measure);
    }
    verifying.print("verify");
    drop(verifier);
    if !batches.is_empty() {
        let prepared = VerifyingKey::from_bytes(key.file).ok().and_then(|key| PreparedKey::new(&key).ok());
        let prepared = prepared.expect("batches are of Groth16 keys");
        for batch in batches {
            let members: Vec<_> =
                batch.members.iter().map(|at| (entries[*at].inputs, entries[*at].proof(key.first))).collect();
            let (verdict, measure) = Measure::of(|| verify_all(&prepared, &members));
            expect(batch.name, code(verdict), batch.code);
            batching.widen(&measure);
        }
        batching.print("verify batch");
    }

    tally.proofs += entries.len();
    tally.batches += batches.len();
    for measure in [&reading, &preparing, &verifying, &batching] {
        tally.most.widen(measure);
    }
}

fn verify(verifier: &Verifier, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), VerifyError> {
    verifier.verify(&public_inputs(inputs)?, proof)
}

fn verify_all(key: &PreparedKey, members: &[(&[[u8; 32]], Vec<u8>)]) -> Result<(), VerifyError> {
    let parse = |(inputs, proof): &(&[[u8; 32]], Vec<u8>)| {
        Ok::<_, VerifyError>((public_inputs(inputs)?, Proof::from_bytes(proof)?))
    };
    let parsed = members.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let entries: Vec<_> = parsed.iter().map(|(inputs, proof)| groth16::Entry { inputs, proof }).collect();
    verify_batch(key, &entries).map_err(|error| match error {
        BatchError::Entry { error, .. } => error,
        _ => VerifyError::Rejected,
    })
}

fn code(verdict: Result<(), VerifyError>) -> &'static str {
    verdict.map_or_else(|error| error.code(), |()| "valid")
}
