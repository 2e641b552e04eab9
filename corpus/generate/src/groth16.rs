//! Groth16 proofs, alone and in batches.

use ark_bn254::{Fr, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use popw_corpus::{Batch, Edit, Manifest};
use popw_verifier::key::Payload;

use crate::{
    prove::Made,
    raw::{Entries, g1, g2, outside_subgroup, over, random_g1, read_g1, read_g2, rng, scalar},
};

const A: usize = 0;
const B: usize = 64;
const C: usize = 192;
/// In a batch of 32, the one that differs.
const PLACE: usize = 17;

pub fn entries(made: &Made, all: &[Made], manifest: &mut Manifest) {
    let mut entries = Entries { made, out: &mut manifest.proofs };
    entries.common(all);
    entries.edited("re-randomised", vec![over(0, &rerandomised(made))], "valid");
    entries.g1_point("A", A);
    b(&mut entries);
    entries.g1_point("C", C);
    let (a, c) = (made.proof()[A..B].to_vec(), made.proof()[C..].to_vec());
    entries.edited("A and C swapped", vec![over(A, &c), over(C, &a)], "rejected");
    let (plus, minus) = shifted(made);
    entries.edited("C + P", plus, "rejected");
    entries.edited("C - P", minus, "rejected");
    batches(made, manifest);
}

/// G2's point.
fn b(entries: &mut Entries<'_>) {
    let bytes = entries.made.proof()[B..C].to_vec();
    let point = read_g2(&bytes);
    for (index, name) in ["B.x.c1", "B.x.c0", "B.y.c1", "B.y.c0"].into_iter().enumerate() {
        entries.coordinate(name, B + 32 * index);
    }
    entries.edited("B at infinity", vec![over(B, &[0; 128])], "malformed");
    let limbs: Vec<u8> = bytes.chunks(64).flat_map(|pair| [&pair[32..], &pair[..32]].concat()).collect();
    entries.edited("B with c0 and c1 swapped", vec![over(B, &limbs)], "malformed");
    let swapped = [&bytes[64..], &bytes[..64]].concat();
    entries.edited("B with x and y swapped", vec![over(B, &swapped)], "malformed");
    let outside = outside_subgroup();
    entries.edited("B outside the subgroup", vec![over(B, &g2(&outside))], "malformed");
    let mixed = (point + outside).into_affine();
    entries.edited("B plus a point outside the subgroup", vec![over(B, &g2(&mixed))], "malformed");
    entries.edited("B negated", vec![over(B, &g2(&-point))], "rejected");
    entries.edited("B is the generator", vec![over(B, &g2(&G2Affine::generator()))], "rejected");
    let both = vec![over(A, &g1(&-read_g1(&entries.made.proof()[A..B]))), over(B, &g2(&-point))];
    entries.edited("A and B negated", both, "valid");
}

/// (A/s, s·B + s·t·δ, C + t·A): valid, and of other bytes.
fn rerandomised(made: &Made) -> Vec<u8> {
    let Payload::Groth16(key) = made.key.payload() else { unreachable!("a Groth16 key") };
    let mut rng = rng();
    let (s, t): (Fr, Fr) = (scalar(&mut rng), scalar(&mut rng));
    let (a, b, c) = (read_g1(&made.proof()[A..B]), read_g2(&made.proof()[B..C]), read_g1(&made.proof()[C..]));
    let inverse = s.inverse().expect("not 0");
    let points = [(a * inverse).into_affine(), (c + a * t).into_affine()];
    let b = (b * s + key.delta() * (s * t)).into_affine();
    [g1(&points[0]), g2(&b), g1(&points[1])].concat()
}

/// C + P and C − P: what is wrong with one makes up for what is wrong with the other, if proofs are only added up.
fn shifted(made: &Made) -> (Vec<Edit>, Vec<Edit>) {
    let point = random_g1(&mut rng());
    let c = read_g1(&made.proof()[C..]);
    let at = |point| vec![over(C, &g1(&point))];
    (at((c + point).into_affine()), at((c - point).into_affine()))
}

fn batches(made: &Made, manifest: &mut Manifest) {
    let named = |what: &str| format!("{}: {what}", made.name);
    let good = ["valid", "another proof of the same", "re-randomised", "A and B negated"].map(named);
    let many = |count: usize| -> Vec<String> { good.iter().cycle().take(count).cloned().collect() };
    let with = |what: &str| {
        let mut entries = many(32);
        entries[PLACE] = named(what);
        entries
    };
    let all = [
        ("none", vec![], "valid"),
        ("one", many(1), "valid"),
        ("two", many(2), "valid"),
        ("32", many(32), "valid"),
        ("one, rejected", vec![named("C negated")], "rejected"),
        ("32, one for another nullifier", with("nullifier + 1"), "rejected"),
        ("32, one with another A", with("A is the generator"), "rejected"),
        ("two that make up for each other", vec![named("C + P"), named("C - P")], "rejected"),
        ("32, one off the curve", with("A.x + 1"), "malformed"),
        ("32, one outside the subgroup", with("B outside the subgroup"), "malformed"),
        ("32, one at infinity", with("C at infinity"), "malformed"),
        ("32, one + r", with("nullifier + r"), "malformed"),
        ("32, one an input less", with("an input less"), "wrong-input-count"),
    ];
    manifest.batches.extend(all.into_iter().map(|(what, entries, code)| Batch {
        name: format!("{}: batch of {what}", made.name),
        key: made.name.clone(),
        entries,
        code: code.into(),
    }));
}
