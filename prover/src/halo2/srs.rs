//! The structured reference string: powers of a secret τ in the exponent, which all circuits share.
//!
//! Whoever knows τ can open a commitment to anything. A development string draws τ here and erases it; its file says
//! so, and so do the keys made from it. The reading side takes any string in this format, for which it checks all that
//! the string itself can show.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    sync::OnceLock,
};

use ark_bn254::{Bn254, Fr as ArkFr, G1Affine as ArkG1, G1Projective, G2Affine as ArkG2};
use ark_ec::{AffineRepr, PrimeGroup, pairing::Pairing, scalar_mul::ScalarMul};
use ark_ff::{Field, PrimeField, batch_inversion};
use halo2_proofs::{
    SerdeFormat,
    halo2curves::{
        bn256::{Bn256, Fr, G1Affine, G2Affine},
        ff::Field as _,
        group::Curve,
        serde::SerdeObject,
    },
    poly::{
        Coeff, EvaluationDomain, Polynomial,
        commitment::{Blind, Params, ParamsProver},
        kzg::commitment::ParamsKZG,
    },
};
use popw_files::Output;
use popw_verifier::key::Development;
use rand::TryRngCore;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{
    convert,
    file::{self, FileError, FileProblem, Kind},
};
use crate::groth16::{Check, stamp::Stamp};

pub(super) const KIND: Kind = Kind { magic: b"POPWSRS1", name: "a structured reference string" };

/// Largest supported log2 of rows: 64 MiB of points.
const MAX_K: u32 = 19;
const G1_BYTES: usize = 64;
const G2_BYTES: usize = 128;

/// Where a development string's τ comes from.
#[derive(Clone, Copy, Debug)]
pub enum Tau<'a> {
    /// The operating system's generator.
    Random,
    /// A public seed, for files that must come out the same every time.
    Seed(&'a [u8; 32]),
}

/// A structured reference string of `2^k` powers, in monomial and Lagrange form.
pub struct Srs {
    pub(super) params: ParamsKZG<Bn256>,
    development: Option<Development>,
    /// Set once [`Srs::check`] has passed.
    consistent: OnceLock<()>,
}

/// A string cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SrsError {
    /// More rows than supported.
    #[error("2^{k} rows asked for; between 2^3 and 2^{MAX_K} are supported")]
    Size {
        /// log2 of the rows asked for.
        k: u32,
    },
    /// The operating system's generator failed.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[source] rand::rand_core::OsError),
}

impl Srs {
    /// Makes a string for development. τ and its powers are erased from memory before this returns.
    ///
    /// # Errors
    /// [`SrsError`].
    pub fn development(k: u32, tau: Tau<'_>) -> Result<Self, SrsError> {
        if !(3..=MAX_K).contains(&k) {
            return Err(SrsError::Size { k });
        }
        let mut wide = Zeroizing::new([0; 64]);
        let development = match tau {
            Tau::Random => {
                rand::rngs::OsRng.try_fill_bytes(wide.as_mut()).map_err(SrsError::Random)?;
                Development::Random
            }
            Tau::Seed(seed) => {
                ChaCha20Rng::from_seed(*seed).fill_bytes(wide.as_mut());
                Development::Seeded
            }
        };
        let tau = Zeroizing::new(ArkFr::from_le_bytes_mod_order(wide.as_ref()));
        Ok(Self { params: powers(k, &tau), development: Some(development), consistent: OnceLock::new() })
    }

    /// log2 of the number of rows it serves.
    pub fn k(&self) -> u32 {
        self.params.k()
    }

    /// Set for a string whose τ somebody knew; how it was drawn.
    pub fn kind(&self) -> Option<Development> {
        self.development
    }

    /// τ·G2.
    pub fn tau_g2(&self) -> ArkG2 {
        convert::ark_g2(&self.params.s_g2())
    }

    /// Writes the string to `path`, replacing a file of that name.
    ///
    /// # Errors
    /// [`FileProblem::Output`](super::FileProblem::Output).
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        self.save_to(KIND.output(path)?)
    }

    /// The same to a file that was planned before the string was made.
    pub(crate) fn save_to(&self, output: Output) -> Result<(), FileError> {
        file::write(output, &KIND, |out| self.write_body(out))
    }

    pub(super) fn write_body(&self, mut out: &mut dyn Write) -> io::Result<()> {
        let development = match self.development {
            None => 0,
            Some(Development::Seeded) => 1,
            Some(Development::Random) => 2,
        };
        out.write_all(&[development])?;
        self.params.write_custom(&mut out, SerdeFormat::RawBytesUnchecked)
    }

    /// Reads a string and checks it: kind, version, length, digest, every point on its curve and none at infinity, the
    /// generators and the relation of the first two powers to τ·G2. What remains, that *all* powers are of one τ, is
    /// [`Srs::check`]'s, which [`Srs::open_checked`] asks for, and keys and proofs do where nobody has.
    ///
    /// # Errors
    /// Names the file, the field and what to do.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        Self::read(path).map(|(srs, _)| srs)
    }

    /// [`Srs::open`] and [`Srs::check`], the latter as `check` says; after it a stamp is left next to the file
    /// (`<name>.checked`).
    ///
    /// # Errors
    /// Names the file, the field and what to do.
    pub fn open_checked(path: &Path, check: Check) -> Result<Self, FileError> {
        let metadata = fs::metadata(path).map_err(|error| FileError::new(path, FileProblem::Read(error)))?;
        let (srs, digest) = Self::read(path)?;
        let stamp = Stamp::new(&metadata, &digest);
        if check == Check::Once && stamp.is_set(path) {
            srs.consistent.get_or_init(|| ());
            return Ok(srs);
        }
        srs.require_consistent()
            .map_err(|Inconsistent { part }| FileError::content(path, part, "do not belong to its τ·G2"))?;
        stamp.set(path);
        Ok(srs)
    }

    /// The string with the digest of its file's body.
    fn read(path: &Path) -> Result<(Self, [u8; 32]), FileError> {
        let body = file::read(path, &KIND)?;
        let srs = parse(&body).map_err(|(field, reason)| FileError::content(path, field, reason))?;
        Ok((srs, *blake3::hash(&body).as_bytes()))
    }

    /// [`Srs::check`], once for each value.
    pub(super) fn require_consistent(&self) -> Result<(), Inconsistent> {
        if self.consistent.get().is_none() {
            self.check()?;
            self.consistent.get_or_init(|| ());
        }
        Ok(())
    }

    /// Checks every power and every Lagrange point against τ·G2, by random linear combinations.
    ///
    /// # Errors
    /// [`Inconsistent`].
    pub fn check(&self) -> Result<(), Inconsistent> {
        let domain = EvaluationDomain::<Fr>::new(2, self.k());
        let values: Vec<Fr> = (0..self.params.n()).map(|_| Fr::random(rand_core_06::OsRng)).collect();
        let lagrange = domain.lagrange_from_vec(values);
        let mut polynomial = domain.lagrange_to_coeff(lagrange.clone());
        let commit = |polynomial: &Polynomial<Fr, Coeff>| {
            convert::ark_g1(&self.params.commit(polynomial, Blind::default()).to_affine())
        };
        let from_values = self.params.commit_lagrange(&lagrange, Blind::default()).to_affine();
        let whole = commit(&polynomial);
        // p(X) without its last coefficient, and X·p(X).
        let mut shifted = polynomial.clone();
        shifted.rotate_right(1);
        shifted[0] = Fr::ZERO;
        if let Some(last) = polynomial.last_mut() {
            *last = Fr::ZERO;
        }
        let (low, high) = (commit(&polynomial), commit(&shifted));
        if Bn254::pairing(low, self.tau_g2()) != Bn254::pairing(high, ArkG2::generator()) {
            return Err(Inconsistent { part: "powers of τ" });
        }
        if convert::ark_g1(&from_values) != whole {
            return Err(Inconsistent { part: "Lagrange points" });
        }
        Ok(())
    }
}

/// A string whose points do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "structured reference string: its {part} do not belong to its τ·G2; do not use strings from this source"
)]
pub struct Inconsistent {
    /// The points concerned.
    pub part: &'static str,
}

/// `[τ^i]G1`, `[L_i(τ)]G1` and `[τ]G2`.
fn powers(k: u32, tau: &ArkFr) -> ParamsKZG<Bn256> {
    let rows = 1u64 << k;
    let mut monomial = Zeroizing::new(Vec::with_capacity(1 << k));
    let mut power = ArkFr::ONE;
    for _ in 0..rows {
        monomial.push(power);
        power *= tau;
    }
    // L_i(τ) = (τ^n − 1)/n · ω^i/(τ − ω^i), halo2's ω.
    let domain = EvaluationDomain::<Fr>::new(2, k);
    let omega = convert::ark_scalar(&domain.get_omega());
    let mut roots = Vec::with_capacity(1 << k);
    let mut root = ArkFr::ONE;
    for _ in 0..rows {
        roots.push(root);
        root *= omega;
    }
    let mut lagrange = Zeroizing::new(roots.iter().map(|root| *tau - root).collect::<Vec<_>>());
    batch_inversion(&mut lagrange);
    let common = Zeroizing::new((power - ArkFr::ONE) / ArkFr::from(rows));
    for (value, root) in lagrange.iter_mut().zip(roots) {
        *value *= root * *common;
    }

    let points = |scalars: &[ArkFr]| -> Vec<G1Affine> {
        G1Projective::generator().batch_mul(scalars).iter().map(convert::g1).collect()
    };
    let g2 = convert::g2(&ArkG2::generator());
    let tau_g2 = convert::g2(&ArkG2::from(ArkG2::generator() * tau));
    assemble(k, points(&monomial), points(&lagrange), g2, tau_g2)
}

fn assemble(
    k: u32,
    powers: Vec<G1Affine>,
    lagrange: Vec<G1Affine>,
    g2: G2Affine,
    tau_g2: G2Affine,
) -> ParamsKZG<Bn256> {
    // halo2 has no other door: its constructor is a method, whose receiver it ignores.
    let any = ParamsKZG::<Bn256>::setup(1, rand_core_06::OsRng);
    any.from_parts(k, powers, Some(lagrange), g2, tau_g2)
}

/// A field, and what is wrong with it.
type Wrong = (&'static str, &'static str);

pub(super) fn parse(body: &[u8]) -> Result<Srs, Wrong> {
    let (development, rest) = body.split_first().ok_or(("development mark", "missing"))?;
    let development = match development {
        0 => None,
        1 => Some(Development::Seeded),
        2 => Some(Development::Random),
        _ => return Err(("development mark", "not 0, 1 or 2")),
    };
    let k = rest.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).ok_or(("k", "missing"))?;
    if !(3..=MAX_K).contains(&k) {
        return Err(("k", "outside the supported range"));
    }
    if rest.len() != 4 + 2 * G2_BYTES + 2 * (G1_BYTES << k) {
        return Err(("points", "not as many as k says"));
    }
    // As `ParamsKZG::write_custom` writes them. Its own reader does not look whether points are on the curve.
    let (g1, g2) = rest[4..].split_at(2 * (G1_BYTES << k));
    let mut points = g1
        .par_chunks_exact(G1_BYTES)
        .map(G1Affine::from_raw_bytes)
        .collect::<Option<Vec<_>>>()
        .ok_or(("points", "one is not on its curve"))?;
    let lagrange = points.split_off(1 << k);
    // halo2's multiplications cannot take it. An honest L_i(τ) is 0 for a τ among the rows alone.
    let infinity = |point: &G1Affine| *point == G1Affine::default();
    if points.iter().any(infinity) {
        return Err(("powers of τ", "one is infinity"));
    }
    if lagrange.iter().any(infinity) {
        return Err(("Lagrange points", "one is infinity"));
    }
    let (g2, tau_g2) = g2.split_at(G2_BYTES);
    let twist = |bytes| G2Affine::from_raw_bytes(bytes).ok_or(("τ·G2", "not a point of the group"));
    let params = assemble(k, points, lagrange, twist(g2)?, twist(tau_g2)?);

    let [first, second] = [0, 1].map(|power| convert::ark_g1(&params.get_g()[power]));
    if first != ArkG1::generator() || params.g2() != G2Affine::generator() {
        return Err(("generators", "not the standard ones"));
    }
    let tau_g2 = convert::ark_g2(&params.s_g2());
    if tau_g2.is_zero() || !tau_g2.is_in_correct_subgroup_assuming_on_curve() {
        return Err(("τ·G2", "not a point of the group"));
    }
    if tau_g2 == ArkG2::generator() || tau_g2 == -ArkG2::generator() {
        return Err(("τ·G2", "τ is 1 or −1"));
    }
    if Bn254::pairing(second, ArkG2::generator()) != Bn254::pairing(first, tau_g2) {
        return Err(("τ·G2", "of another τ than the powers"));
    }
    Ok(Srs { params, development, consistent: OnceLock::new() })
}

#[cfg(test)]
mod tests;
