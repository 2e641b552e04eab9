//! Key files that are refused.

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup, pairing::Pairing};
use popw_corpus::{Edit, KeyFile, Manifest};

use crate::{
    prove::Made,
    raw::{g1, g2, one, outside_subgroup, over, plus, q, read_g1, read_g2},
};

pub fn entries(all: &[Made], manifest: &mut Manifest) {
    for made in all {
        let mut files = Files { made, bytes: made.key.to_bytes(), out: &mut manifest.key_files };
        files.frame();
        if made.name.ends_with("groth16") {
            files.groth16();
        } else {
            files.halo2();
        }
    }
}

struct Files<'a> {
    made: &'a Made,
    bytes: Vec<u8>,
    out: &'a mut Vec<KeyFile>,
}

impl Files<'_> {
    fn push(&mut self, what: &str, edits: Vec<Edit>, code: &str) {
        let of = self.made.name.clone();
        self.out.push(KeyFile { name: format!("{of} key: {what}"), of, edits, code: code.into() });
    }

    /// Where the payload begins.
    fn payload(&self) -> usize {
        let header = self.made.key.header();
        14 + 1 + header.claim.len() + 1 + header.shape.len() + 4
    }

    fn frame(&mut self) {
        let length = self.bytes.len();
        let cut = |cut: usize| vec![Edit { at: length - cut, remove: cut, insert: String::new() }];
        self.push("empty", cut(length), "malformed-key");
        self.push("a byte less", cut(1), "malformed-key");
        self.push("a byte more", vec![Edit { at: length, remove: 0, insert: "00".into() }], "malformed-key");
        self.push("other first bytes", vec![over(0, b"POPWVKEZ")], "malformed-key");
        self.push("another version", vec![over(8, &[0, 2])], "malformed-key");
        let other = 3 - self.bytes[10];
        self.push("of the other system", vec![over(10, &[other])], "malformed-key");
        self.push("of no system", vec![over(10, &[0])], "malformed-key");
        self.push("development 3", vec![over(11, &[3])], "malformed-key");
        self.push("a claim in capitals", vec![over(15, b"U")], "malformed-key");
    }

    fn groth16(&mut self) {
        let start = self.payload();
        let [alpha, beta, gamma, delta, count, ic] = [0, 64, 192, 320, 448, 452].map(|at| start + at);
        let g2_points = [("beta", beta), ("gamma", gamma), ("delta", delta)];
        let g1_points = [("alpha", alpha), ("IC 0", ic), ("IC 1", ic + 64), ("IC 3", ic + 192)];
        let of = |bytes: &[u8], at: usize, length: usize| bytes[at..at + length].to_vec();
        for (name, at, length) in
            g2_points.map(|(n, at)| (n, at, 128)).into_iter().chain(g1_points.map(|(n, at)| (n, at, 64)))
        {
            let x = of(&self.bytes, at, 32);
            self.push(&format!("{name} at infinity"), vec![over(at, &vec![0; length])], "malformed-key");
            self.push(&format!("{name}.x + q"), vec![over(at, &plus(&x, &q()))], "malformed-key");
            self.push(&format!("{name}.x + 1"), vec![over(at, &plus(&x, &one()))], "malformed-key");
        }
        for (name, at) in g2_points {
            let outside = g2(&outside_subgroup());
            self.push(&format!("{name} outside the subgroup"), vec![over(at, &outside)], "malformed-key");
            let limbs: Vec<u8> = of(&self.bytes, at, 128)
                .chunks(64)
                .flat_map(|pair| [&pair[32..], &pair[..32]].concat())
                .collect();
            self.push(&format!("{name} with c0 and c1 swapped"), vec![over(at, &limbs)], "malformed-key");
        }
        self.push("three IC points", vec![over(count, &[0, 0, 0, 3])], "malformed-key");
        self.push("2^32 - 1 IC points", vec![over(count, &[0xff; 4])], "malformed-key");
        self.weak(alpha, [beta, gamma, delta], ic);
    }

    fn weak(&mut self, alpha: usize, [beta, gamma, delta]: [usize; 3], ic: usize) {
        let of = |bytes: &[u8], at: usize, length: usize| bytes[at..at + length].to_vec();
        let gamma_bytes = of(&self.bytes, gamma, 128);
        let beta_bytes = of(&self.bytes, beta, 128);
        let minus_gamma = g2(&-read_g2(&gamma_bytes));
        self.push("gamma = delta", vec![over(delta, &gamma_bytes)], "related-points");
        self.push("gamma = -delta", vec![over(delta, &minus_gamma)], "related-points");
        self.push("beta = gamma", vec![over(beta, &gamma_bytes)], "related-points");
        self.push("beta = delta", vec![over(delta, &beta_bytes)], "related-points");
        let generator = G2Affine::generator();
        self.push("delta is the generator", vec![over(delta, &g2(&generator))], "generator");
        self.push("delta is minus the generator", vec![over(delta, &g2(&-generator))], "generator");
        self.push("beta is the generator", vec![over(beta, &g2(&generator))], "generator");
        let generator: G1Affine = <Bn254 as Pairing>::G1Affine::generator();
        self.push("alpha is the generator", vec![over(alpha, &g1(&generator))], "generator");
        let first = of(&self.bytes, ic + 64, 64);
        self.push("IC 2 = IC 1", vec![over(ic + 128, &first)], "duplicate-ic");
        let minus = g1(&-read_g1(&first));
        self.push("IC 2 = -IC 1", vec![over(ic + 128, &minus)], "duplicate-ic");
        self.push("IC 3 is the generator", vec![over(ic + 192, &g1(&generator))], "generator");
        let alpha = read_g1(&of(&self.bytes, alpha, 64));
        self.push("IC 0 = -alpha", vec![over(ic, &g1(&-alpha))], "ic-alpha");
        self.push("IC 3 = alpha", vec![over(ic + 192, &g1(&alpha))], "ic-alpha");

        // Small sums.
        let [zeroth, second] = [ic, ic + 128].map(|at| read_g1(&of(&self.bytes, at, 64)));
        let sum = (read_g1(&first) + second).into_affine();
        self.push("IC 3 = IC 1 + IC 2", vec![over(ic + 192, &g1(&sum))], "ic-sum");
        let sum = (alpha + alpha - zeroth - generator).into_affine();
        self.push("IC 1 = 2 alpha - IC 0 - the generator", vec![over(ic + 64, &g1(&sum))], "ic-sum");
        let beta = read_g2(&beta_bytes);
        let sum = (beta - read_g2(&gamma_bytes)).into_affine();
        self.push("delta = beta - gamma", vec![over(delta, &g2(&sum))], "related-sum");
        let sum = -(beta + beta).into_affine();
        self.push("delta = -2 beta", vec![over(delta, &g2(&sum))], "related-sum");
    }

    fn halo2(&mut self) {
        let start = self.payload();
        let end = self.bytes.len();
        self.push("another version of the payload", vec![over(start, &[2])], "malformed-key");
        self.push("2^255 rows", vec![over(start + 1, &[255])], "malformed-key");
        self.push("degree 1", vec![over(start + 2, &[1])], "malformed-key");
        self.push("four public inputs", vec![over(start + 5, &[0, 4])], "malformed-key");
        let tau = end - 128;
        let generator = G2Affine::generator();
        self.push("tau is 1", vec![over(tau, &g2(&generator))], "malformed-key");
        self.push("tau at infinity", vec![over(tau, &[0; 128])], "malformed-key");
        let outside = g2(&outside_subgroup());
        self.push("tau outside the subgroup", vec![over(tau, &outside)], "malformed-key");
        self.push("transcript value + r", vec![over(tau - 32, &[0xff; 32])], "malformed-key");
        let last = self.bytes[tau - 96..tau - 64].to_vec();
        self.push("the last fixed column + q", vec![over(tau - 96, &plus(&last, &q()))], "malformed-key");
    }
}
