use alloy::primitives::U256;
use alloy::sol_types::SolError;

use super::*;
use crate::interface::{IPopwBatchVerifier as batch, IPopwVerifier as single};

fn code(error: &impl SolError) -> &'static str {
    match read(&error.abi_encode().into()) {
        Revert::Refused(refused) => refused.code,
        Revert::Gas(_) => "gas",
        Revert::Precompile(_) => "precompile",
        Revert::Unknown(_) => "unknown",
    }
}

#[test]
fn every_error_has_the_native_code() {
    let n = U256::from(7);
    assert_eq!(code(&single::InputCount { found: n }), "wrong-input-count");
    assert_eq!(code(&single::InputNotCanonical { index: n }), "malformed");
    assert_eq!(code(&single::ProofLength { found: n }), "malformed");
    assert_eq!(code(&single::CalldataLength { found: n }), "malformed");
    assert_eq!(code(&single::PointAtInfinity { offset: n }), "malformed");
    assert_eq!(code(&single::ScalarNotCanonical { offset: n }), "malformed");
    assert_eq!(code(&single::ProofMalformed {}), "malformed");
    assert_eq!(code(&single::ProofRejected {}), "rejected");
    assert_eq!(code(&batch::EntryCount { proofs: n, inputs: n }), "malformed");
}

#[test]
fn errors_that_are_no_judgement_are_not_taken_for_one() {
    assert_eq!(code(&single::InsufficientGas { needed: U256::from(300_000) }), "gas");
    assert_eq!(code(&single::PrecompileUnavailable { precompile: U256::from(8) }), "precompile");
    for unknown in [&[][..], &[1], &[0xde, 0xad, 0xbe, 0xef], &[0xde, 0xad, 0xbe, 0xef, 1]] {
        assert!(matches!(read(&Bytes::copy_from_slice(unknown)), Revert::Unknown(_)), "{unknown:?}");
    }
    // A known error with something missing, or behind it.
    let whole = single::ProofLength { found: U256::from(9) }.abi_encode();
    for bytes in [whole[..35].to_vec(), [whole, vec![0; 32]].concat()] {
        assert!(!matches!(read(&bytes.into()), Revert::Refused(Refused { code: "rejected", .. })));
    }
}

#[test]
fn a_batch_names_the_entry_and_its_error() {
    let reason: Bytes = single::ProofLength { found: U256::from(255) }.abi_encode().into();
    let entry = batch::Entry { index: U256::from(3), reason }.abi_encode();
    let Revert::Refused(refused) = read(&entry.into()) else { panic!("not a judgement") };
    assert_eq!((refused.code, refused.error), ("malformed", "ProofLength"));
    assert!(refused.message.contains("entry 3") && refused.message.contains("255 bytes"), "{refused}");
    let gas: Bytes = single::InsufficientGas { needed: U256::from(1) }.abi_encode().into();
    let entry = batch::Entry { index: U256::from(0), reason: gas };
    assert_eq!(code(&entry), "gas");
}
