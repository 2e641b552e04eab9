//! Numbers, points and edits of bytes.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ff::PrimeField;
use num_bigint::BigUint;
use popw_corpus::{Edit, Proof};
use popw_verifier::encoding;
use rand::{SeedableRng, rngs::StdRng};

use crate::prove::Made;

/// q, the order of the base field.
pub fn q() -> BigUint {
    BigUint::from(Fq::MODULUS)
}

/// r, the order of the groups.
pub fn r() -> BigUint {
    BigUint::from(Fr::MODULUS)
}

/// 32 bytes, big-endian.
pub fn word(value: &BigUint) -> [u8; 32] {
    let bytes = value.to_bytes_be();
    let mut word = [0; 32];
    let start = word.len().checked_sub(bytes.len()).expect("below 2^256");
    word[start..].copy_from_slice(&bytes);
    word
}

pub fn plus(bytes: &[u8], value: &BigUint) -> [u8; 32] {
    word(&(BigUint::from_bytes_be(bytes) + value))
}

pub fn one() -> BigUint {
    BigUint::from(1u8)
}

pub fn g1(point: &G1Affine) -> Vec<u8> {
    let mut out = Vec::new();
    encoding::push_g1(&mut out, point);
    out
}

pub fn g2(point: &G2Affine) -> Vec<u8> {
    let mut out = Vec::new();
    encoding::push_g2(&mut out, point);
    out
}

pub fn read_g1(bytes: &[u8]) -> G1Affine {
    encoding::g1(bytes.try_into().expect("64 bytes")).expect("a point of a valid proof")
}

pub fn read_g2(bytes: &[u8]) -> G2Affine {
    encoding::g2(bytes.try_into().expect("128 bytes")).expect("a point of a valid proof")
}

pub fn rng() -> StdRng {
    StdRng::seed_from_u64(0x636f_7270)
}

/// A number below r, from 64 random bytes.
pub fn scalar(rng: &mut StdRng) -> Fr {
    let mut bytes = [0u8; 64];
    rand::RngCore::fill_bytes(rng, &mut bytes);
    Fr::from_be_bytes_mod_order(&bytes)
}

/// A point on G2's curve and outside the subgroup of order r.
pub fn outside_subgroup() -> G2Affine {
    let mut x = Fq2::from(7u64);
    loop {
        x.c1 += Fq::from(1u64);
        let point = G2Affine::get_point_from_x_unchecked(x, true);
        if let Some(point) = point.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve()) {
            return point;
        }
    }
}

/// Puts `bytes` over those at `at`.
pub fn over(at: usize, bytes: &[u8]) -> Edit {
    Edit { at, remove: bytes.len(), insert: hex::encode(bytes) }
}

/// Every 32-byte word of `bytes` reversed.
pub fn little_endian(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(32).flat_map(|word| word.iter().rev().copied()).collect()
}

/// Entries of one key.
pub struct Entries<'a> {
    pub made: &'a Made,
    pub out: &'a mut Vec<Proof>,
}

impl Entries<'_> {
    /// A change of the proof's bytes.
    pub fn edited(&mut self, what: &str, proof: Vec<Edit>, code: &str) {
        self.push(what, None, proof, code);
    }

    /// Other inputs.
    pub fn inputs(&mut self, what: &str, inputs: &[[u8; 32]], code: &str) {
        self.push(what, Some(inputs.iter().map(hex::encode).collect()), Vec::new(), code);
    }

    fn push(&mut self, what: &str, inputs: Option<Vec<String>>, proof: Vec<Edit>, code: &str) {
        let name = &self.made.name;
        self.out.push(Proof {
            name: format!("{name}: {what}"),
            key: name.clone(),
            of: name.clone(),
            inputs,
            proof,
            code: code.into(),
        });
    }

    /// What is the same for both systems: inputs, lengths, byte order, other keys.
    pub fn common(&mut self, all: &[Made]) {
        let proof = self.made.proof().to_vec();
        let length = proof.len();
        self.edited("valid", vec![], "valid");
        self.edited("another proof of the same", vec![over(0, &self.made.other)], "valid");
        self.edited("empty", vec![Edit { at: 0, remove: length, insert: String::new() }], "malformed");
        for (what, cut) in [("a byte less", 1), ("a word less", 32), ("half", length / 2)] {
            let cut = Edit { at: length - cut, remove: cut, insert: String::new() };
            self.edited(what, vec![cut], "malformed");
        }
        for (what, more) in [("a byte more", 1), ("a word more", 32)] {
            let more = Edit { at: length, remove: 0, insert: "00".repeat(more) };
            self.edited(what, vec![more], "malformed");
        }
        let twice = Edit { at: length, remove: 0, insert: hex::encode(&proof) };
        self.edited("twice", vec![twice], "malformed");
        self.edited("little-endian", vec![over(0, &little_endian(&proof))], "malformed");
        self.edited("zeros", vec![over(0, &vec![0; length])], "malformed");
        self.input_values();
        for other in all.iter().filter(|other| other.name != self.made.name) {
            // A proof as long as this key's is well-formed; the systems' lengths differ.
            let code = if other.proof().len() == length { "rejected" } else { "malformed" };
            self.out.push(Proof {
                name: format!("{}: proof of {}", self.made.name, other.name),
                key: self.made.name.clone(),
                of: other.name.clone(),
                inputs: None,
                proof: vec![],
                code: code.into(),
            });
        }
    }

    fn input_values(&mut self) {
        let good = self.made.inputs().map(|input| encoding::scalar_bytes(&input));
        for index in 0..good.len() {
            let name = ["context", "nullifier", "outcome"][index];
            let mut with = |what: &str, value: [u8; 32], code: &str| {
                let mut inputs = good;
                inputs[index] = value;
                self.inputs(&format!("{name} {what}"), &inputs, code);
            };
            with("+ r", plus(&good[index], &r()), "malformed");
            with("= r", word(&r()), "malformed");
            with("= 2^256 - 1", [0xff; 32], "malformed");
            with("= 0", [0; 32], "rejected");
            with("= r - 1", word(&(r() - one())), "rejected");
            with("+ 1", encoding::scalar_bytes(&(read_input(&good[index]) + Fr::from(1u64))), "rejected");
            with("negated", encoding::scalar_bytes(&-read_input(&good[index])), "rejected");
        }
        let [context, nullifier, outcome] = good;
        self.inputs("inputs in another order", &[nullifier, context, outcome], "rejected");
        self.inputs("inputs in another order, too", &[context, outcome, nullifier], "rejected");
        self.inputs("no inputs", &[], "wrong-input-count");
        self.inputs("an input less", &[context, nullifier], "wrong-input-count");
        self.inputs("a zero input more", &[context, nullifier, outcome, [0; 32]], "wrong-input-count");
        self.inputs("the last input twice", &[context, nullifier, outcome, outcome], "wrong-input-count");
    }

    /// Changes of the G1 point at `at`, all but infinity's on the curve or not.
    pub fn g1_point(&mut self, name: &str, at: usize) {
        let bytes = self.made.proof()[at..at + 64].to_vec();
        let point = read_g1(&bytes);
        for (axis, offset) in [("x", 0), ("y", 32)] {
            self.coordinate(&format!("{name}.{axis}"), at + offset);
        }
        self.edited(&format!("{name} at infinity"), vec![over(at, &[0; 64])], "malformed");
        let swapped = [&bytes[32..], &bytes[..32]].concat();
        self.edited(&format!("{name} with x and y swapped"), vec![over(at, &swapped)], "malformed");
        self.edited(&format!("{name} negated"), vec![over(at, &g1(&-point))], "rejected");
        let generator = <G1Affine as ark_ec::AffineRepr>::generator();
        self.edited(&format!("{name} is the generator"), vec![over(at, &g1(&generator))], "rejected");
    }

    pub fn coordinate(&mut self, name: &str, at: usize) {
        let bytes = self.made.proof()[at..at + 32].to_vec();
        self.edited(&format!("{name} + q"), vec![over(at, &plus(&bytes, &q()))], "malformed");
        self.edited(&format!("{name} + 1"), vec![over(at, &plus(&bytes, &one()))], "malformed");
        self.edited(&format!("{name} = 2^256 - 1"), vec![over(at, &[0xff; 32])], "malformed");
        self.edited(&format!("{name} = 0"), vec![over(at, &[0; 32])], "malformed");
        // Bits that arkworks keeps flags in, and masks before it compares with q.
        for bit in [254u32, 255] {
            let changed = plus(&bytes, &(one() << bit));
            self.edited(&format!("{name} + 2^{bit}"), vec![over(at, &changed)], "malformed");
        }
    }
}

fn read_input(bytes: &[u8; 32]) -> Fr {
    encoding::scalar(bytes).expect("an input of a valid proof")
}

/// A point of G1 that nobody has seen before.
pub fn random_g1(rng: &mut StdRng) -> G1Affine {
    (<G1Affine as ark_ec::AffineRepr>::generator() * scalar(rng)).into()
}
