//! Every Groth16 proof of the corpus, by the program that was built for its key.
//!
//! `scripts/solana.sh` builds the programs and runs this with `POPW_SOLANA_PROGRAMS`, the folder of `<key>.so`.

mod support;

use std::collections::BTreeMap;

use popw_solana::Error;
use popw_solana_runtime::{Failure, input, prices};
use support::{Case, LIMIT, cases, data, first_valid, programs};

#[test]
fn every_verdict_is_the_native_one() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (key, program) in programs() {
        for Case { name, inputs, proof, code } in cases(&key) {
            let outcome = program.run(&data(&inputs, &proof), LIMIT);
            assert_eq!(outcome.code(), code, "{name}: {:?}", outcome.result);
            *seen.entry(code).or_default() += 1;
        }
    }
    println!("verdicts: {seen:?}");
    for code in ["valid", "malformed", "wrong-input-count", "rejected"] {
        assert!(seen.contains_key(code), "the corpus has no proof that is {code}");
    }
}

#[test]
fn a_valid_proof_costs_at_most_95_000_units() {
    let operations = 3 * (prices::MULTIPLY + prices::ADD) + prices::pairing(4 * 192);
    for (key, program) in programs() {
        let valid = first_valid(&key);
        let units = program.run(&data(&valid.inputs, &valid.proof), LIMIT).units;
        println!("{key}: {units} compute units, of which {operations} for operations on the curve");
        assert!(units <= 95_000, "{key}: {units}");
        // The operations are counted: without their prices the first assertion would hold of anything.
        assert!(units > operations, "{key}: {units}");
        let short = program.run(&data(&valid.inputs, &valid.proof), units - 1);
        assert!(matches!(short.result, Err(Failure::Machine(_))), "{key}: {:?}", short.result);
        let enough = program.run(&data(&valid.inputs, &valid.proof), units);
        assert_eq!(enough.result, Ok(()), "{key}");
    }
}

#[test]
fn each_fault_has_its_number() {
    for (key, program) in programs() {
        let Case { inputs, proof, .. } = first_valid(&key);
        let whole = data(&inputs, &proof);
        let with = |at: usize, bytes: &[u8]| {
            let mut proof = proof.clone();
            proof[at..at + bytes.len()].copy_from_slice(bytes);
            data(&inputs, &proof)
        };
        let flagged = |at: usize, flag: u8| with(at, &[proof[at] | flag]);
        let mut large = inputs.clone();
        large[1] = [0xff; 32];
        let expect = [
            (Error::Truncated, Vec::new()),
            (Error::Truncated, whole[..1 + 3 * 32 - 1].to_vec()),
            (Error::InputNotCanonical, data(&large, &proof)),
            (Error::ProofLength, whole[..whole.len() - 1].to_vec()),
            (Error::ProofLength, [&whole[..], &[0]].concat()),
            (Error::PointAtInfinity, with(0, &[0; 64])),
            (Error::PointAtInfinity, with(64, &[0; 128])),
            (Error::PointAtInfinity, with(192, &[0; 64])),
            // The runtime reads the top bits of a y coordinate as flags and drops them.
            (Error::CoordinateNotCanonical, flagged(32, 0x80)),
            (Error::CoordinateNotCanonical, flagged(32, 0x40)),
            (Error::CoordinateNotCanonical, flagged(128, 0x80)),
            (Error::CoordinateNotCanonical, flagged(128, 0x40)),
            (Error::CoordinateNotCanonical, flagged(224, 0x80)),
            (Error::PointInvalid, with(63, &[proof[63] ^ 1])),
            (Error::InputCount, data(&inputs[..2], &proof)),
            (Error::InputCount, data(&[&inputs[..], &[[0; 32]]].concat(), &proof)),
            (Error::Rejected, with(192, &proof[..64])),
        ];
        let mut met: Vec<Error> = Vec::new();
        for (error, data) in expect {
            let outcome = program.run(&data, LIMIT);
            assert_eq!(outcome.result, Err(Failure::Program(error)), "{key}");
            met.push(error);
        }
        let accounts = program.run_on(&input(1, &whole), LIMIT);
        assert_eq!(accounts.result, Err(Failure::Program(Error::Accounts)), "{key}");
        met.push(Error::Accounts);
        assert!(Error::ALL.iter().all(|error| met.contains(error)), "an error that nothing here meets");
    }
}

/// What the checks before the pairing are for: the runtime itself accepts a proof with a flag in a coordinate.
#[test]
fn the_runtime_alone_would_accept_a_flagged_coordinate() {
    use solana_bn254::versioned::{Endianness, VersionedPairing, alt_bn128_versioned_pairing};
    for (key, _) in programs() {
        let proof = first_valid(&key).proof;
        // e(A, B) · e(−A, B) = 1, with a flag on A.
        let mut pairs = [&proof[..192], &proof[..192]].concat();
        support::negate(&mut pairs[192 + 32..192 + 64]);
        let cancels = |pairs: &[u8]| {
            alt_bn128_versioned_pairing(VersionedPairing::V1, pairs, Endianness::BE)
                .is_ok_and(|result| result[31] == 1)
        };
        assert!(cancels(&pairs), "{key}");
        pairs[32] |= 0x80;
        assert!(cancels(&pairs), "{key}: the runtime has become stricter; the program's check may go");
    }
}
