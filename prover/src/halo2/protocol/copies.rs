//! Permutation products: running products that come back to 1 where copies hold.

use halo2_proofs::{
    halo2curves::{
        bn256::Fr,
        ff::{BatchInvert, Field, PrimeField},
    },
    plonk::Any,
};
use rayon::prelude::*;

use super::{Blinding, ProvingKey};

/// Rows worked on at a time.
const CHUNK: usize = 1024;

/// One running product per few columns (as many as the degree has room for), each starting where the one before it
/// ended, blinded after that row.
pub(super) fn products(
    key: &ProvingKey,
    advice: &[Vec<Fr>],
    instance: &[Fr],
    beta: Fr,
    gamma: Fr,
    blinding: &mut Blinding,
) -> Vec<Vec<Fr>> {
    let vk = key.get_vk();
    let cs = vk.cs();
    let omega = vk.get_domain().get_omega();
    let rows = instance.len();
    let columns = cs.permutation().get_columns();
    let values: Vec<&[Fr]> = columns
        .iter()
        .map(|column| match column.column_type() {
            Any::Advice(_) => &advice[column.index()][..],
            Any::Fixed => key.fixed_values()[column.index()].values(),
            Any::Instance => instance,
        })
        .collect();
    let chunk = cs.degree() - 2;
    let mut coset = beta;
    let mut carried = Fr::ONE;
    values
        .chunks(chunk)
        .zip(key.permutation().permutations().chunks(chunk))
        .map(|(values, permutations)| {
            let first = coset;
            values.iter().for_each(|_| coset *= Fr::DELTA);
            let mut factors = vec![Fr::ONE; rows];
            factors.par_chunks_mut(CHUNK).enumerate().for_each(|(index, factors)| {
                let start = index * CHUNK;
                for (value, permutation) in values.iter().zip(permutations) {
                    for ((factor, value), to) in
                        factors.iter_mut().zip(&value[start..]).zip(&permutation.values()[start..])
                    {
                        *factor *= *value + gamma + beta * to;
                    }
                }
                factors.iter_mut().batch_invert();
                let mut coset = first * omega.pow_vartime([start as u64]);
                for value in values {
                    let mut from = coset;
                    for (factor, value) in factors.iter_mut().zip(&value[start..]) {
                        *factor *= *value + gamma + from;
                        from *= omega;
                    }
                    coset *= Fr::DELTA;
                }
            });
            let last = rows - cs.blinding_factors() - 1;
            let mut product = Vec::with_capacity(rows);
            for factor in &factors[..last] {
                product.push(carried);
                carried *= factor;
            }
            product.push(carried);
            product.resize_with(rows, || blinding.scalar());
            product
        })
        .collect()
}
