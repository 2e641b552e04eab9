//! The fuzz targets on `testdata/corpus` and on changes of it. Good files there are written by the tests of documents;
//! the others are cases that deserve to be tried each time.

use std::path::Path;

use popw_core::fuzz::{TARGETS, replay};

fn corpus() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/corpus"))
}

#[test]
fn fuzz_targets_replay() {
    replay(&TARGETS, corpus(), 4_000);
}
