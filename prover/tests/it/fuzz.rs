//! The fuzz targets on `testdata/corpus` and on changes of it. Good files there are written by the tests of the engines;
//! the others are cases that deserve to be tried each time.

use std::path::Path;

use popw_prover::fuzz::{TARGETS, replay};

#[test]
fn fuzz_targets_replay() {
    replay(&TARGETS, Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/corpus")), 1_000);
}
