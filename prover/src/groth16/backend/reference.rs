//! The reference backend: arkworks' transforms and multi-scalar multiplications.

use ark_bn254::{Fr, G1Projective};
use ark_ec::{
    VariableBaseMSM,
    short_weierstrass::{Affine, Projective, SWCurveConfig},
};
use ark_ff::{BigInt, PrimeField};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::{
    BackendError, Commitments, Engine, KeyView, LoadedKey, Query, Sizes, memory, polynomials::Polynomials,
};
use crate::progress::ProgressSink;

pub(super) struct Reference;

impl Engine for Reference {
    fn name(&self) -> &'static str {
        "reference"
    }

    fn memory(&self, sizes: &Sizes, limit: Option<u64>) -> Result<u64, BackendError> {
        memory::of_reference(sizes, limit)
    }

    fn load<'k>(
        &self,
        key: KeyView<'k>,
        limit: Option<u64>,
    ) -> Result<Box<dyn LoadedKey + 'k>, BackendError> {
        memory::of_reference(&Sizes::of(&key), limit)?;
        Ok(Box::new(Loaded(Polynomials::new(key, self.name(), None)?)))
    }
}

struct Loaded<'k>(Polynomials<'k>);

impl LoadedKey for Loaded<'_> {
    fn commit(
        &self,
        variables: Zeroizing<Vec<Fr>>,
        progress: &dyn ProgressSink,
    ) -> Result<Commitments, BackendError> {
        let Self(polynomials) = self;
        let key = &polynomials.key;
        // arkworks cannot be stopped within a step.
        let step = |stage, fraction| {
            progress.report(stage, fraction);
            if progress.cancelled() { Err(BackendError::Cancelled) } else { Ok(()) }
        };
        step("checking the assignment", 0.0)?;
        let (a, b) = polynomials.products(&variables)?;
        step("dividing polynomials", 0.02)?;
        let quotient = polynomials.quotient(a, b, &|| progress.cancelled());
        let quotient = quotient.ok_or(BackendError::Cancelled)?;

        step("multiplying points", 0.15)?;
        let h = G1Projective::msm_bigint(key.h_query, &integers(&quotient));
        drop(quotient);
        let integers = integers(&variables);
        drop(variables);
        step("multiplying points", 0.35)?;
        let l = multiply(&key.l_query, &integers);
        step("multiplying points", 0.5)?;
        let a = multiply(&key.a_query, &integers);
        step("multiplying points", 0.65)?;
        let b_g1 = multiply(&key.b_g1_query, &integers);
        step("multiplying points in G2", 0.75)?;
        let b_g2 = multiply(&key.b_g2_query, &integers);
        step("multiplying points in G2", 1.0)?;
        Ok(Commitments { a, b_g1, b_g2, l, h })
    }
}

/// Wiped when dropped.
type Integers = Zeroizing<Vec<BigInt<4>>>;

fn integers(scalars: &[Fr]) -> Integers {
    Zeroizing::new(scalars.par_iter().map(|scalar| scalar.into_bigint()).collect())
}

/// `Σ wᵢ·Pᵢ` over the columns of the query.
fn multiply<P: SWCurveConfig<ScalarField = Fr>>(query: &Query<'_, Affine<P>>, w: &Integers) -> Projective<P> {
    let gathered = query.columns.iter().map(|column| w[*column as usize]);
    let scalars: Integers = Zeroizing::new(gathered.collect());
    Projective::msm_bigint(query.points, &scalars)
}
