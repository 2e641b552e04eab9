#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| popw_prover::fuzz::fuzz_r1cs(data));
