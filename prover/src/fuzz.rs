//! Plain functions over bytes, one for each parser of a key file: for fuzzers, and for tests that replay a corpus. None
//! may panic; each asserts what must hold of what it accepts. Digests are made right first, as whoever means harm would.

pub use popw_core::fuzz::{Target, replay};

pub use crate::groth16::exchange_fuzz::{fuzz_r1cs, fuzz_wtns, fuzz_zkey};
pub use crate::groth16::fuzz::{fuzz_groth16_header, fuzz_groth16_key};
pub use crate::halo2::fuzz::{fuzz_halo2_frame, fuzz_halo2_key, fuzz_srs};

/// Every target of this crate.
pub const TARGETS: [Target; 8] = [
    ("groth16-header", fuzz_groth16_header),
    ("groth16-key", fuzz_groth16_key),
    ("halo2-frame", fuzz_halo2_frame),
    ("halo2-key", fuzz_halo2_key),
    ("r1cs", fuzz_r1cs),
    ("srs", fuzz_srs),
    ("wtns", fuzz_wtns),
    ("zkey", fuzz_zkey),
];
