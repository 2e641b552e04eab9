//! Fixtures that several test files share.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod circuit;
pub mod curve;
pub mod deletion;
pub mod determinism;
pub mod idle;
pub mod random;
pub mod shapes;

use popw_circuits::{
    claims::{Shape, Witness},
    drivers::audit::{Audit, Recorded},
};

pub use popw_circuits::fixtures::*;

/// Runs the circuit on the audit driver.
pub fn audit(shape: &Shape, witness: &Witness) -> Recorded {
    let mut d = Audit::new();
    popw_circuits::claims::synthesize(&mut d, shape, Some(witness));
    d.finish()
}

/// Rows of `name  number`.
pub fn table(rows: &[(&str, usize)]) -> String {
    rows.iter().map(|(name, cost)| format!("{name:<28} {cost:>7}\n")).collect()
}

/// Compares with `tests/golden/{file}`; `UPDATE_GOLDENS=1` rewrites it.
pub fn golden(file: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("golden folder");
        std::fs::write(&path, actual).expect("golden file");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{file} changed; `make goldens` rewrites it if that is intended");
}
