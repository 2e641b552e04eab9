//! halo2 proofs.

use popw_corpus::Manifest;
use popw_verifier::{encoding, halo2::Key, key::Payload};

use crate::{
    prove::Made,
    raw::{Entries, over, plus, r},
};

pub fn entries(made: &Made, all: &[Made], manifest: &mut Manifest) {
    let Payload::Halo2(key) = made.key.payload() else { unreachable!("a halo2 key") };
    let mut entries = Entries { made, out: &mut manifest.proofs };
    entries.common(all);
    for (index, at) in points(key).into_iter().enumerate() {
        entries.g1_point(&format!("point {index}"), at);
    }
    let (first, count) = scalars(key);
    for index in 0..count {
        let at = first + 32 * index;
        let bytes: [u8; 32] = made.proof()[at..at + 32].try_into().expect("a word");
        let name = format!("evaluation {index}");
        entries.edited(&format!("{name} + r"), vec![over(at, &plus(&bytes, &r()))], "malformed");
        let value = encoding::scalar(&bytes).expect("of a valid proof") + ark_bn254::Fr::from(1u64);
        let changed = encoding::scalar_bytes(&value);
        entries.edited(&format!("{name} + 1"), vec![over(at, &changed)], "rejected");
    }
}

/// Where points begin: all but the last two stand before the evaluations.
fn points(key: &Key) -> Vec<usize> {
    let (first, count) = scalars(key);
    let after = first + 32 * count;
    (0..first).step_by(64).chain([after, after + 64]).collect()
}

/// Where evaluations begin, and how many there are.
fn scalars(key: &Key) -> (usize, usize) {
    let d = key.description();
    let sets = d.permutation.len().div_ceil(usize::from(d.degree) - 2);
    let before = usize::from(d.advice) + sets + 3 * d.lookups.len() + 1 + usize::from(d.degree) - 1;
    let first = 64 * before;
    (first, (key.proof_length() - first - 128) / 32)
}
