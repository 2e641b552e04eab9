//! Fuzz targets of the halo2 engine's files.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use halo2_proofs::plonk::{Advice, Column, Fixed};

use super::{
    Constraints, GateSet, Srs, TableKey, Tau,
    file::{self, Kind},
    key, srs,
};
use crate::progress::Silent;

/// Gates of the corpus' proving key: every value is the square of the one before it.
pub struct Squares;

impl GateSet for Squares {
    const ADVICE: usize = 1;
    const FIXED: usize = 1;

    fn constraints(advice: &[Column<Advice>], fixed: &[Column<Fixed>]) -> Constraints {
        let square = fixed[0].cur() * (advice[0].cur() * advice[0].cur() - advice[0].next());
        Constraints { gates: vec![("square", vec![square])], lookups: vec![] }
    }
}

impl Squares {
    /// log2 of the rows of the corpus' key.
    pub(super) const K: u32 = 4;
    /// Rows in use.
    pub(super) const ROWS: usize = 5;
    /// Seed of the corpus' string.
    pub(super) const SEED: [u8; 32] = [3; 32];

    /// Advice and public input.
    pub(super) fn assignment() -> (Vec<Fr>, Fr) {
        let squares = std::iter::successors(Some(Fr::from(3u64)), |value| Some(value.square()));
        let advice: Vec<Fr> = squares.take(Self::ROWS).collect();
        let last = advice.last().copied().unwrap_or(Fr::ZERO);
        (advice, last)
    }
}

/// A whole file of either kind: what is accepted has one form.
pub fn fuzz_halo2_frame(data: &[u8]) {
    for kind in [&key::KIND, &srs::KIND] {
        if let Ok(body) = file::read_from(data, data.len() as u64, kind) {
            assert_eq!(framed(kind, &body), data);
        }
    }
}

/// A structured reference string, without the file's header: an accepted one is written back the same, and whether its
/// points belong together can be told.
pub fn fuzz_srs(data: &[u8]) {
    let Ok(srs) = srs::parse(data) else { return };
    assert_eq!(written(|out| srs.write_body(out)), data);
    let _ = srs.check();
}

/// A proving key, without the file's header: an accepted one is written back the same. What polynomials it holds is
/// not looked at when it is read: it makes right proofs or none.
pub fn fuzz_halo2_key(data: &[u8]) {
    let Ok(key) = TableKey::<Squares>::parse(data) else { return };
    assert_eq!(written(|out| key.write_body(out)), data);
    let srs = Srs::development(Squares::K, Tau::Seed(&Squares::SEED)).expect("a small string");
    let (advice, public) = Squares::assignment();
    let _ = key.prove(&srs, &[advice], &[public], &Silent);
}

fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out).expect("memory");
    out
}

/// A file of this kind with this body.
pub(super) fn framed(kind: &Kind, body: &[u8]) -> Vec<u8> {
    let mut out = file::header(kind, body.len() as u64, blake3::hash(body).as_bytes());
    out.extend_from_slice(body);
    out
}
