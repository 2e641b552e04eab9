//! The prover's side of the protocol for circuits without lookups: halo2's proof, at about half of halo2's cost.
//!
//! Keys, transforms and multiplications are halo2-axiom's. What differs is the quotient ([`quotient`], [`forms`],
//! [`program`]), which took five sixths of halo2's time, and that polynomials opened at the same points are folded
//! once. The messages are those `popw_verifier::halo2` reads, which has verified every proof before it is handed out;
//! the tests ask halo2-axiom's verifier as well.

mod copies;
mod fft;
mod forms;
mod opening;
mod program;
mod quotient;

use halo2_proofs::{
    arithmetic::eval_polynomial,
    halo2curves::{
        bn256::{Fr, G1Affine},
        ff::{Field, FromUniformBytes},
        group::Curve,
    },
    plonk,
    poly::{
        Coeff, Polynomial, Rotation,
        commitment::{Blind, Params, ParamsProver},
    },
    transcript::{Transcript, TranscriptWrite},
};
use rand::TryRngCore;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use rayon::prelude::*;
use zeroize::Zeroizing;

use self::{
    fft::{Fft, Space},
    opening::Opening,
};
use super::{Srs, prove::ProveError, transcript::Writer};

type ProvingKey = plonk::ProvingKey<G1Affine>;

/// The verifier's challenges that the quotient depends on.
struct Challenges {
    beta: Fr,
    gamma: Fr,
    y: Fr,
}

/// Polynomials of one proof, by coefficients.
struct Committed {
    advice: Vec<Polynomial<Fr, Coeff>>,
    instance: Polynomial<Fr, Coeff>,
    /// Permutation products.
    products: Vec<Polynomial<Fr, Coeff>>,
}

/// Uniform scalars: ChaCha20 under a seed from the operating system. They fill the last rows of columns; what these hide, and
/// that the quotient's pieces have none, is argued in `docs/src/proof-systems.md`, "What a halo2 proof reveals".
struct Blinding(ChaCha20Rng);

impl Blinding {
    fn new() -> Result<Self, ProveError> {
        let mut seed = Zeroizing::new([0; 32]);
        rand::rngs::OsRng.try_fill_bytes(seed.as_mut()).map_err(ProveError::Random)?;
        Ok(Self(ChaCha20Rng::from_seed(*seed)))
    }

    fn scalar(&mut self) -> Fr {
        let mut wide = [0; 64];
        self.0.fill_bytes(&mut wide);
        Fr::from_uniform_bytes(&wide)
    }
}

/// Writes a proof that `advice` (whole columns, blinding rows still to be filled) satisfies the circuit of `key`.
///
/// # Errors
/// [`ProveError::Random`], [`ProveError::Halo2`] for a commitment that has no encoding (infinity).
pub(super) fn prove(
    srs: &Srs,
    key: &ProvingKey,
    public: &[Fr],
    mut advice: Vec<Vec<Fr>>,
    transcript: &mut Writer<'_>,
) -> Result<(), ProveError> {
    let vk = key.get_vk();
    let (domain, cs) = (vk.get_domain(), vk.cs());
    debug_assert!(cs.lookups().is_empty());
    let rows = 1usize << domain.k();
    let mut blinding = Blinding::new()?;
    let fft = Fft::new(rows, domain.get_omega());
    let coefficients =
        |space: &mut Space, values: &Vec<Fr>| domain.coeff_from_vec(fft.interpolate(values, space));

    vk.hash_into(transcript).map_err(unwritable)?;
    for input in public {
        transcript.common_scalar(*input).map_err(unwritable)?;
    }
    for column in &mut advice {
        column[rows - cs.blinding_factors() - 1..].iter_mut().for_each(|cell| *cell = blinding.scalar());
    }
    write_points(transcript, advice.par_iter().map(|column| commit_values(srs, key, column)).collect())?;
    // θ folds lookups, which there are none of; it is drawn all the same.
    let [_theta, beta, gamma] = [(); 3].map(|()| challenge(transcript));

    let mut instance = public.to_vec();
    instance.resize(rows, Fr::ZERO);
    let products = copies::products(key, &advice, &instance, beta, gamma, &mut blinding);
    write_points(transcript, products.par_iter().map(|column| commit_values(srs, key, column)).collect())?;

    let random: Vec<Fr> = (0..rows).map(|_| blinding.scalar()).collect();
    let random = domain.coeff_from_vec(random);
    write_points(transcript, vec![commit(srs, &random)])?;

    let y = challenge(transcript);
    let committed = Committed {
        advice: advice.par_iter().map_init(Space::default, coefficients).collect(),
        instance: coefficients(&mut Space::default(), &instance),
        products: products.par_iter().map_init(Space::default, coefficients).collect(),
    };
    drop((advice, products, instance));
    let pieces = quotient::pieces(key, &fft, &committed, &Challenges { beta, gamma, y });
    write_points(transcript, pieces.par_iter().map(|piece| commit(srs, piece)).collect())?;

    let x = challenge(transcript);
    open(srs, key, &committed, &random, &pieces, x, transcript)
}

/// Writes evaluations at x and its rotations, and their opening.
fn open(
    srs: &Srs,
    key: &ProvingKey,
    committed: &Committed,
    random: &Polynomial<Fr, Coeff>,
    pieces: &[Polynomial<Fr, Coeff>],
    x: Fr,
    transcript: &mut Writer<'_>,
) -> Result<(), ProveError> {
    let vk = key.get_vk();
    let (domain, cs) = (vk.get_domain(), vk.cs());
    let point = |row: i32| domain.rotate_omega(x, Rotation(row));
    let power = x.pow_vartime([1u64 << domain.k()]);
    let mut quotient = vec![Fr::ZERO; 1 << domain.k()];
    for piece in pieces.iter().rev() {
        quotient.iter_mut().zip(piece.values()).for_each(|(sum, next)| *sum = *sum * power + next);
    }

    // In the order evaluations are sent; the quotient's own is implied and not sent.
    let mut list = List { polynomials: Vec::new(), point: &point, transcript };
    let advice = list.group(&committed.advice);
    for (column, at) in cs.advice_queries() {
        list.send(advice + column.index(), at.0)?;
    }
    let fixed = list.group(key.fixed_polys());
    for (column, at) in cs.fixed_queries() {
        list.send(fixed + column.index(), at.0)?;
    }
    let random = list.group(std::slice::from_ref(random));
    list.send(random, 0)?;
    let permutations = list.group(key.permutation().polys());
    for index in permutations..list.polynomials.len() {
        list.send(index, 0)?;
    }
    let products = list.group(&committed.products);
    let to_last = -(cs.blinding_factors() as i32 + 1);
    let end = list.polynomials.len();
    for index in products..end {
        list.send(index, 0)?;
        list.send(index, 1)?;
        if index + 1 < end {
            list.send(index, to_last)?;
        }
    }

    // In the order of openings.
    let mut polynomials = list.polynomials;
    let quotient = Opening { values: vec![(0, eval_polynomial(&quotient, x))], coefficients: &quotient };
    let mut take = |from: usize, count: usize| -> Vec<Opening<'_>> {
        polynomials[from..from + count]
            .iter_mut()
            .map(|opening| Opening {
                coefficients: opening.coefficients,
                values: std::mem::take(&mut opening.values),
            })
            .collect()
    };
    let mut advice_openings = take(advice, committed.advice.len());
    in_order_of_queries(&mut advice_openings, cs.advice_queries().iter().map(|(column, _)| column.index()));
    let mut fixed_openings = take(fixed, key.fixed_polys().len());
    in_order_of_queries(&mut fixed_openings, cs.fixed_queries().iter().map(|(column, _)| column.index()));
    let mut openings = advice_openings;
    openings.extend(take(products, committed.products.len()));
    openings.extend(fixed_openings);
    openings.extend(take(permutations, key.permutation().polys().len()));
    openings.push(quotient);
    openings.extend(take(random, 1));

    let [y, v] = [(); 2].map(|()| challenge(transcript));
    let sets = opening::sets(&openings, y);
    let h1 = domain.coeff_from_vec(opening::quotient(&sets, v, point));
    write_points(transcript, vec![commit(srs, &h1)])?;
    let u = challenge(transcript);
    let mut h2 = opening::linearisation(&sets, h1.values(), v, u, point);
    h2.resize(1 << domain.k(), Fr::ZERO);
    write_points(transcript, vec![commit(srs, &domain.coeff_from_vec(h2))])
}

/// Polynomials whose evaluations are being sent.
struct List<'a, 'w, 't, P> {
    polynomials: Vec<Opening<'a>>,
    point: P,
    transcript: &'t mut Writer<'w>,
}

impl<'a, P: Fn(i32) -> Fr> List<'a, '_, '_, P> {
    /// Adds polynomials; the index of the first.
    fn group(&mut self, polynomials: &'a [Polynomial<Fr, Coeff>]) -> usize {
        let first = self.polynomials.len();
        let unopened = |polynomial: &'a Polynomial<Fr, Coeff>| Opening {
            coefficients: polynomial.values(),
            values: Vec::new(),
        };
        self.polynomials.extend(polynomials.iter().map(unopened));
        first
    }

    /// Evaluates a polynomial at the point rotated by `row` and sends the value.
    fn send(&mut self, index: usize, row: i32) -> Result<(), ProveError> {
        let opening = &mut self.polynomials[index];
        let value = eval_polynomial(opening.coefficients, (self.point)(row));
        opening.values.push((row, value));
        self.transcript.write_scalar(value).map_err(unwritable)
    }
}

/// Sorts columns by where they are first queried.
fn in_order_of_queries(openings: &mut Vec<Opening<'_>>, queried: impl Iterator<Item = usize>) {
    let mut columns: Vec<Option<Opening<'_>>> = openings.drain(..).map(Some).collect();
    openings.extend(queried.filter_map(|column| columns[column].take()));
}

fn challenge(transcript: &mut Writer<'_>) -> Fr {
    *transcript.squeeze_challenge_scalar::<()>()
}

fn commit(srs: &Srs, polynomial: &Polynomial<Fr, Coeff>) -> G1Affine {
    // KZG commitments here have no blinding of their own: columns are blinded in their last rows.
    srs.params.commit(polynomial, Blind::default()).to_affine()
}

fn commit_values(srs: &Srs, key: &ProvingKey, values: &[Fr]) -> G1Affine {
    let values = key.get_vk().get_domain().lagrange_from_vec(values.to_vec());
    srs.params.commit_lagrange(&values, Blind::default()).to_affine()
}

fn write_points(transcript: &mut Writer<'_>, points: Vec<G1Affine>) -> Result<(), ProveError> {
    points.into_iter().try_for_each(|point| transcript.write_point(point)).map_err(unwritable)
}

fn unwritable(error: std::io::Error) -> ProveError {
    ProveError::Halo2(plonk::Error::Transcript(error))
}
