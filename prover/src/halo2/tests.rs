//! Our verifier against halo2-axiom's, on the same bytes.

mod corpus;
mod families;
mod trimmed;

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{BigInteger, Field, PrimeField};
use popw_verifier::{VerifyError, halo2::verify};

use self::families::{Everything, Family, Mixed, Narrow, Rounds, Trimmed, Wide};
use super::*;
use crate::progress::Silent;

fn srs(k: u32) -> Srs {
    Srs::development(k, Tau::Seed(&[3; 32])).unwrap()
}

/// A key, and a proof under it.
struct Honest<F: Family> {
    srs: Srs,
    key: TableKey<F>,
    public: Vec<Fr>,
    proof: Vec<u8>,
}

impl<F: Family> Honest<F> {
    fn new(variant: u64, seed: u64) -> Self {
        let srs = srs(F::K);
        let (layout, advice, public) = F::table(variant, seed);
        let key = TableKey::<F>::setup(&layout, &srs).unwrap();
        let proof = key.prove(&srs, &advice, &public, &Silent).unwrap();
        Self { srs, key, public, proof }
    }

    fn ours(&self, public: &[Fr], proof: &[u8]) -> Result<(), VerifyError> {
        verify(self.key.verifying_key(), public, proof)
    }

    /// What halo2's own verifier says, trailing bytes refused.
    fn theirs(&self, public: &[Fr], proof: &[u8]) -> bool {
        stock::verify(&self.key, &self.srs, public, proof)
    }

    /// Both verifiers' verdict; they must agree.
    fn both(&self, public: &[Fr], proof: &[u8], what: &str) -> bool {
        let ours = self.ours(public, proof);
        assert_eq!(ours.is_ok(), self.theirs(public, proof), "{}: {what}: ours says {ours:?}", F::NAME);
        ours.is_ok()
    }

    /// Which half of a point, if any, the 32-byte word at `index` is.
    fn half(&self, index: usize) -> Option<usize> {
        let d = self.key.verifying_key().description();
        let sets = d.permutation.len().div_ceil(usize::from(d.degree) - 2);
        let head = 2 * (usize::from(d.advice) + 3 * d.lookups.len() + sets + usize::from(d.degree));
        let tail = self.proof.len() / 32 - 4;
        match index {
            _ if index < head => Some(index % 2),
            _ if index >= tail => Some((index - tail) % 2),
            _ => None,
        }
    }
}

fn both_accept<F: Family>() {
    for (variant, seed) in [(1, 1), (1, 2), (2, 9), (3, 77)] {
        let honest = Honest::<F>::new(variant, seed);
        assert!(honest.both(&honest.public, &honest.proof, "honest"));
        assert_eq!(honest.proof.len(), honest.key.verifying_key().proof_length());
    }
}

#[test]
fn both_accept_honest_proofs() {
    both_accept::<Everything>();
    both_accept::<Narrow>();
    both_accept::<Wide>();
    both_accept::<Mixed>();
    both_accept::<Rounds>();
    both_accept::<Trimmed>();
    both_accept::<ClaimGates>();
}

fn every_word<F: Family>() {
    let honest = Honest::<F>::new(1, 5);
    let add = |word: &[u8], value: u64| -> Vec<u8> {
        (Fr::from_be_bytes_mod_order(word) + Fr::from(value)).into_bigint().to_bytes_be()
    };
    for index in 0..honest.proof.len() / 32 {
        let at = 32 * index..32 * index + 32;
        let reject = |replacement: &[u8], what: &str| {
            let mut proof = honest.proof.clone();
            proof[at.start..at.start + replacement.len()].copy_from_slice(replacement);
            if proof == honest.proof {
                return;
            }
            assert!(!honest.both(&honest.public, &proof, &format!("word {index}, {what}")), "{index} {what}");
        };
        let word = &honest.proof[at.clone()];
        let flipped: Vec<u8> = word.iter().map(|byte| byte ^ 1).collect();
        reject(&flipped, "bits flipped");
        reject(&[0; 32], "zero");
        reject(&[0xff; 32], "all ones");
        match honest.half(index) {
            None => {
                reject(&add(word, 1), "plus one");
                let mut wrapped = Fr::from_be_bytes_mod_order(word).into_bigint();
                assert!(!wrapped.add_with_carry(&Fr::MODULUS));
                reject(&wrapped.to_bytes_be(), "plus r");
            }
            Some(0) => {
                let other = G1Projective::generator() * Fr::from(index as u64 + 11);
                reject(&point_bytes(&other.into_affine()), "another point");
                reject(&[0; 64], "infinity");
            }
            Some(_) => {
                let y = ark_bn254::Fq::from_be_bytes_mod_order(word);
                reject(&(-y).into_bigint().to_bytes_be(), "negated");
            }
        }
    }
}

fn point_bytes(point: &G1Affine) -> Vec<u8> {
    [point.x, point.y].iter().flat_map(|c| c.into_bigint().to_bytes_be()).collect()
}

#[test]
fn both_reject_every_changed_word() {
    every_word::<Everything>();
    every_word::<Narrow>();
    every_word::<Wide>();
    every_word::<Mixed>();
    every_word::<Rounds>();
    every_word::<ClaimGates>();
}

/// Words of the proof exchanged with each other: same values, other places.
fn exchanged<F: Family>() {
    let honest = Honest::<F>::new(1, 5);
    let words = honest.proof.len() / 32;
    for (a, b) in (0..words).flat_map(|a| (a + 1..words.min(a + 3)).map(move |b| (a, b))) {
        let mut proof = honest.proof.clone();
        for offset in 0..32 {
            proof.swap(32 * a + offset, 32 * b + offset);
        }
        if proof != honest.proof {
            assert!(!honest.both(&honest.public, &proof, &format!("words {a} and {b} exchanged")));
        }
    }
}

#[test]
fn both_reject_exchanged_words() {
    exchanged::<Everything>();
    exchanged::<Wide>();
    exchanged::<Rounds>();
}

fn other_inputs<F: Family>() {
    let honest = Honest::<F>::new(1, 5);
    for index in 0..honest.public.len() {
        for change in [Fr::ONE, -Fr::ONE, -honest.public[index]] {
            let mut public = honest.public.clone();
            public[index] += change;
            assert!(!honest.both(&public, &honest.proof, "changed input"));
        }
    }
    let expected = honest.public.len();
    for found in (0..2 * expected).filter(|found| *found != expected) {
        let public: Vec<Fr> = honest.public.iter().cycle().take(found).copied().collect();
        assert_eq!(
            honest.ours(&public, &honest.proof),
            Err(VerifyError::WrongInputCount { expected, found })
        );
    }
    // halo2 pads with zeros and so takes one more input if it is zero; we do not.
    let longer: Vec<Fr> = honest.public.iter().copied().chain([Fr::from(0u64)]).collect();
    assert!(matches!(honest.ours(&longer, &honest.proof), Err(VerifyError::WrongInputCount { .. })));
}

#[test]
fn both_reject_other_inputs() {
    other_inputs::<Everything>();
    other_inputs::<Narrow>();
    other_inputs::<Wide>();
    other_inputs::<Mixed>();
    other_inputs::<Rounds>();
}

fn other_key<F: Family>() {
    let (one, two) = (Honest::<F>::new(1, 5), Honest::<F>::new(2, 5));
    assert!(!one.both(&two.public, &two.proof, "other circuit"));
    let other_srs = Srs::development(F::K, Tau::Seed(&[4; 32])).unwrap();
    let key = TableKey::<F>::setup(&F::table(1, 0).0, &other_srs).unwrap();
    assert!(verify(key.verifying_key(), &one.public, &one.proof).is_err());
    // Even the rest of the key kept, another τ·G2 is refused by the pairing alone.
    let mut description = one.key.verifying_key().description().clone();
    description.tau_g2 = other_srs.tau_g2();
    let key = popw_verifier::halo2::Key::new(description).unwrap();
    assert_eq!(verify(&key, &one.public, &one.proof), Err(VerifyError::Rejected));
}

#[test]
fn both_reject_a_proof_for_another_key() {
    other_key::<Everything>();
    other_key::<Narrow>();
    other_key::<Wide>();
    other_key::<Mixed>();
    other_key::<Rounds>();
}

/// Any single cell of the table changed: the proof must not come out.
fn unsatisfied<F: Family>(skip: &[(usize, usize)]) {
    let srs = srs(F::K);
    let (layout, advice, public) = F::table(1, 5);
    let key = TableKey::<F>::setup(&layout, &srs).unwrap();
    for (column, values) in advice.iter().enumerate() {
        for row in (0..values.len()).filter(|row| !skip.contains(&(column, *row))) {
            let mut wrong = advice.clone();
            wrong[column][row] += Fr::ONE;
            let error = key.prove(&srs, &wrong, &public, &Silent).unwrap_err();
            assert!(
                matches!(error, ProveError::Unsatisfied(VerifyError::Rejected)),
                "{column} {row} {error}"
            );
        }
    }
    let mut wrong = public.clone();
    wrong[0] += Fr::ONE;
    assert!(matches!(
        key.prove(&srs, &advice, &wrong, &Silent),
        Err(ProveError::Unsatisfied(VerifyError::Rejected))
    ));
}

#[test]
fn no_proof_comes_out_for_an_unsatisfied_table() {
    unsatisfied::<Narrow>(&[]);
    let free = [(2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (2, 7)];
    let idle = [0, 1, 2, 3, 5, 6, 7].map(|row| (3, row));
    let outside = [(1, 4), (1, 7), (0, 4), (0, 7)];
    unsatisfied::<Rounds>(&[&free[..], &idle, &outside].concat());
}

#[test]
fn assignments_of_another_shape_are_refused() {
    let srs5 = srs(5);
    let (layout, advice, public) = Everything::table(1, 5);
    let key = TableKey::<Everything>::setup(&layout, &srs5).unwrap();
    let prove =
        |srs: &Srs, advice: &[Vec<Fr>], public: &[Fr]| key.prove(srs, advice, public, &Silent).unwrap_err();
    assert!(matches!(prove(&srs(4), &advice, &public), ProveError::Srs));
    let other = Srs::development(5, Tau::Seed(&[9; 32])).unwrap();
    assert!(matches!(prove(&other, &advice, &public), ProveError::Srs));
    let error = prove(&srs5, &advice[1..], &public);
    assert!(matches!(error, ProveError::Assignment { what: "advice columns", expected: 3, found: 2 }));
    let error = prove(&srs5, &advice, &public[1..]);
    assert!(matches!(error, ProveError::Assignment { what: "public inputs", expected: 3, found: 2 }));
    let mut long = advice.clone();
    long[1].resize(27, Fr::ONE);
    let error = prove(&srs5, &long, &public);
    assert!(matches!(error, ProveError::Assignment { what: "rows", expected: 26, found: 27 }), "{error}");
}

#[test]
fn layouts_that_do_not_fit_are_refused() {
    let srs5 = srs(5);
    let setup = |change: &dyn Fn(&mut Layout)| {
        let mut layout = Everything::table(1, 5).0;
        change(&mut layout);
        match TableKey::<Everything>::setup(&layout, &srs5).map(|_| ()) {
            Err(SetupError::Layout(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(
        TableKey::<Everything>::setup(&Everything::table(1, 5).0, &srs(6)).map(|_| ()),
        Err(SetupError::SrsSize { srs: 6, circuit: 5 })
    ));
    let rows = LayoutError::Rows { rows: 27, k: 5, usable: 26 };
    assert_eq!(setup(&|layout| layout.rows = 27), rows);
    assert_eq!(setup(&|layout| layout.public = 27), rows);
    assert!(matches!(setup(&|layout| layout.rows = 9), LayoutError::Fixed { .. }));
    assert!(matches!(
        setup(&|layout| drop(layout.fixed.pop())),
        LayoutError::Fixed { found: 5, expected: 6 }
    ));
    let inside = Cell { column: Column::Advice(0), row: 0 };
    for outside in [
        Cell { column: Column::Advice(3), row: 0 },
        Cell { column: Column::Advice(0), row: 8 },
        Cell { column: Column::Instance, row: 3 },
    ] {
        assert_eq!(setup(&|layout| layout.copies.push((inside, outside))), LayoutError::Copy { index: 8 });
        assert_eq!(
            setup(&|layout| layout.copies.insert(2, (outside, inside))),
            LayoutError::Copy { index: 2 }
        );
    }
    let public = Cell { column: Column::Instance, row: 0 };
    assert_eq!(setup(&|layout| layout.copies.push((public, public))), LayoutError::Copy { index: 8 });
}

#[test]
fn a_key_survives_its_file_and_proves_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let honest = Honest::<Everything>::new(1, 5);
    honest.key.save(&path).unwrap();
    let key = TableKey::<Everything>::open(&path).unwrap();
    assert_eq!(key.verifying_key(), honest.key.verifying_key());
    let (_, advice, public) = Everything::table(1, 6);
    let proof = key.prove(&honest.srs, &advice, &public, &Silent).unwrap();
    assert!(honest.both(&public, &proof, "from a key file"));

    // Another program's gates, damage, another kind of file.
    let problem = |error: FileError| error.problem;
    let error = problem(TableKey::<Narrow>::open(&path).map(|_| ()).unwrap_err());
    assert!(matches!(error, FileProblem::Content { field: "gates", .. }), "{error}");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(
        problem(TableKey::<Everything>::open(&path).map(|_| ()).unwrap_err()),
        FileProblem::Digest
    ));
    std::fs::write(&path, &bytes[..last]).unwrap();
    let error = problem(TableKey::<Everything>::open(&path).map(|_| ()).unwrap_err());
    assert!(matches!(error, FileProblem::Length { .. }));
    honest.srs.save(&path).unwrap();
    let error = problem(TableKey::<Everything>::open(&path).map(|_| ()).unwrap_err());
    assert!(matches!(error, FileProblem::WrongKind { expected: "a halo2 proving key" }));
}

/// The verifier's test vectors: the key must come out as committed, and the committed proof must still hold.
/// `UPDATE_GOLDENS=1` writes them anew.
fn vector<F: Family>() {
    let path = format!("{}/../verifier/tests/vectors/halo2-{}.json", env!("CARGO_MANIFEST_DIR"), F::NAME);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let word = |value: &Fr| hex(&value.into_bigint().to_bytes_be());
    let honest = Honest::<F>::new(1, 5);
    let key = hex(&honest.key.verifying_key().to_payload());
    let inputs: Vec<String> = honest.public.iter().map(word).collect();
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let proof = hex(&honest.proof);
        let inputs = inputs.join("\", \"");
        let text = format!(
            "{{\n  \"key\": \"{key}\",\n  \"inputs\": [\"{inputs}\"],\n  \"proof\": \"{proof}\"\n}}\n"
        );
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let strings: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
    let (proof, rest) = strings.split_last().unwrap();
    let expected: Vec<&str> = ["key", &key, "inputs"]
        .into_iter()
        .chain(inputs.iter().map(String::as_str))
        .chain(["proof"])
        .collect();
    assert_eq!(rest, expected, "{path}: set UPDATE_GOLDENS=1 and look at the difference");
    let proof: Vec<u8> =
        (0..proof.len()).step_by(2).map(|at| u8::from_str_radix(&proof[at..at + 2], 16).unwrap()).collect();
    assert!(honest.both(&honest.public, &proof, "the committed vector"));
}

#[test]
fn the_verifiers_vectors_are_of_these_circuits() {
    vector::<Everything>();
    vector::<Narrow>();
    vector::<Wide>();
}
