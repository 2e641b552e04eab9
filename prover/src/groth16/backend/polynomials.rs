//! From an assignment to the quotient polynomial: sparse products and transforms, on lanes where there are any.

use std::sync::atomic::{AtomicBool, Ordering};

use ark_bn254::{Fr, FrConfig};
use ark_ff::{FftField, Field, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use popw_kernels::{
    ntt::{self, Form, Stop},
    scalar::Accumulator,
};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{super::layout::QuotientBasis, BackendError, KeyView, MatrixView};

/// Index of the coefficient 1, fixed by the key format.
const ONE: u32 = 0;
/// Index of the coefficient −1.
const MINUS_ONE: u32 = 1;
/// Rows of a matrix that a thread takes at a time.
const ROWS: usize = 256;

/// Products that are added up before they are reduced.
const PRODUCTS: usize = 64;

/// Values over the domain, wiped when dropped: they determine the witness.
pub(super) type Evaluations = Zeroizing<Vec<Fr>>;

/// A key's matrices and its domain.
pub(super) struct Polynomials<'k> {
    pub key: KeyView<'k>,
    transforms: Transforms,
}

/// Over a domain, and its coset by a square root of its generator.
enum Transforms {
    Lanes(Box<ntt::Domain>),
    /// The domain and the coset.
    Arkworks(Box<[Radix2EvaluationDomain<Fr>; 2]>),
}

impl<'k> Polynomials<'k> {
    /// `backend`: its name, for errors; `kernels`: what it has for transforms, if not arkworks.
    pub(super) fn new(
        key: KeyView<'k>,
        backend: &'static str,
        kernels: Option<popw_kernels::Backend>,
    ) -> Result<Self, BackendError> {
        let size = key.dimensions.domain();
        let lanes = kernels.and_then(|backend| ntt::Domain::new(backend, key.dimensions.log_domain));
        let transforms =
            lanes.map(|domain| Transforms::Lanes(Box::new(domain))).or_else(|| Transforms::arkworks(size));
        let transforms = transforms.ok_or_else(|| BackendError::Failed {
            backend,
            reason: format!("no evaluation domain of {size} points"),
        })?;
        Ok(Self { key, transforms })
    }

    /// `A·w` and `B·w` as evaluations over the domain, once `A·w ∘ B·w = C·w` is certain if C is known. Rows behind the
    /// constraints tie the public inputs to `A`: libsnark's remedy for public inputs that no constraint names.
    ///
    /// # Errors
    /// [`BackendError::Length`], [`BackendError::Unsatisfied`].
    pub(super) fn products(&self, w: &[Fr]) -> Result<(Evaluations, Evaluations), BackendError> {
        let key = &self.key;
        let expected = key.dimensions.variables();
        if w.len() != expected {
            return Err(BackendError::Length { expected, found: w.len() });
        }
        let constraints = key.dimensions.constraints as usize;
        let mut a = Zeroizing::new(vec![Fr::zero(); key.dimensions.domain()]);
        let mut b = Zeroizing::new(vec![Fr::zero(); key.dimensions.domain()]);
        let chunks = a[..constraints].par_chunks_mut(ROWS).zip(b[..constraints].par_chunks_mut(ROWS));
        let violated = chunks.enumerate().find_map_first(|(chunk, (a, b))| {
            a.iter_mut().zip(b).enumerate().find_map(|(i, (a, b))| {
                let row = chunk * ROWS + i;
                *a = self.dot(&key.a, row, w);
                *b = self.dot(&key.b, row, w);
                let c = key.c.as_ref()?;
                (*a * *b != self.dot(c, row, w)).then_some(row)
            })
        });
        if let Some(constraint) = violated {
            return Err(BackendError::Unsatisfied { constraint });
        }
        let inputs = 1 + key.dimensions.public as usize;
        a[constraints..constraints + inputs].copy_from_slice(&w[..inputs]);
        Ok((a, b))
    }

    fn dot(&self, matrix: &MatrixView<'_>, row: usize, w: &[Fr]) -> Fr {
        let mut sum = Fr::zero();
        let mut products = Accumulator::<FrConfig>::zero();
        let mut count = 0usize;
        for &[column, coefficient] in matrix.row(row) {
            let value = &w[column as usize];
            match coefficient {
                ONE => sum += value,
                MINUS_ONE => sum -= value,
                other => {
                    products.add_product(&self.key.coefficients[other as usize], value);
                    count += 1;
                    if count.is_multiple_of(PRODUCTS) {
                        sum += products.reduce();
                        products = Accumulator::zero();
                    }
                }
            }
        }
        if count.is_multiple_of(PRODUCTS) { sum } else { sum + products.reduce() }
    }

    /// What pairs with the H points. `c` interpolates `a·b` on the domain, so `a·b − c` on the coset is −2 times the
    /// quotient by the domain's vanishing polynomial. The points of the coset's Lagrange basis carry the −1/2; for
    /// those of powers the quotient is interpolated: of degree at most n − 2, so its last coefficient is zero.
    ///
    /// `None` soon after `stop` says so.
    pub(super) fn quotient(
        &self,
        mut a: Evaluations,
        mut b: Evaluations,
        stop: Stop<'_>,
    ) -> Option<Evaluations> {
        let mut c = Zeroizing::new(vec![Fr::zero(); a.len()]);
        let stopped = AtomicBool::new(false);
        let asked = || {
            if stop() {
                stopped.store(true, Ordering::Relaxed);
            }
            stopped.load(Ordering::Relaxed)
        };
        self.transforms.quotient(self.key.basis, &mut a, &mut b, &mut c, &asked);
        a.truncate(self.key.basis.points(b.len()));
        (!stopped.into_inner()).then_some(a)
    }
}

impl Transforms {
    fn arkworks(size: usize) -> Option<Self> {
        let domain = Radix2EvaluationDomain::new(size)?;
        let coset = domain.get_coset(Fr::get_root_of_unity(2 * size as u64)?)?;
        Some(Self::Arkworks(Box::new([domain, coset])))
    }

    /// See [`ntt::Domain::quotient`].
    fn quotient(
        &self,
        basis: QuotientBasis,
        a: &mut Vec<Fr>,
        b: &mut Vec<Fr>,
        c: &mut Vec<Fr>,
        stop: Stop<'_>,
    ) {
        match self {
            Self::Lanes(domain) => {
                let form = match basis {
                    QuotientBasis::Coset => Form::Coset,
                    QuotientBasis::Coefficients => Form::Coefficients,
                };
                domain.quotient(form, a, b, c, stop);
            }
            Self::Arkworks(domains) => {
                let [domain, coset] = &**domains;
                c.par_iter_mut().zip(&mut *a).zip(&mut *b).for_each(|((c, a), b)| *c = *a * *b);
                for evaluations in [&mut *a, b, c] {
                    if stop() {
                        return;
                    }
                    domain.ifft_in_place(evaluations);
                    if stop() {
                        return;
                    }
                    coset.fft_in_place(evaluations);
                }
                a.par_iter_mut().zip(b).zip(c).for_each(|((a, b), c)| *a = *a * *b - *c);
                if basis == QuotientBasis::Coefficients {
                    coset.ifft_in_place(&mut *a);
                    let minus_half = -Fr::from(2u64).inverse().unwrap_or_default();
                    a.par_iter_mut().for_each(|coefficient| *coefficient *= minus_half);
                }
            }
        }
    }
}
