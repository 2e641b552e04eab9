//! The quotient: all constraints, folded by powers of y, over `X^n − 1`.
//!
//! It has `degree − 1` pieces of n coefficients, so as many cosets of the rows determine it. (halo2 takes the next power
//! of two: eight for the five pieces of degree 6.) On coset j, `X^n` is a constant `cⱼ`, so interpolating the values
//! there gives `Σ cⱼ^m·piece_m`, and the pieces follow from a small Vandermonde system.

use halo2_proofs::{
    arithmetic::lagrange_interpolate,
    halo2curves::{
        bn256::Fr,
        ff::{BatchInvert, Field, PrimeField, WithSmallOrderMulGroup},
    },
    plonk::{Any, Expression},
    poly::{Coeff, Polynomial},
};
use rayon::prelude::*;

use super::{
    Challenges, Committed, ProvingKey,
    fft::{Fft, Space},
    forms::{Cell, Forms},
    program::{BLOCK, Columns, Program},
};

/// The quotient's pieces, lowest first.
pub(super) fn pieces(
    key: &ProvingKey,
    fft: &Fft,
    committed: &Committed,
    challenges: &Challenges,
) -> Vec<Polynomial<Fr, Coeff>> {
    let vk = key.get_vk();
    let domain = vk.get_domain();
    let rows = 1usize << domain.k();
    let gates: Vec<&Expression<Fr>> = vk.cs().gates().iter().flat_map(|gate| gate.polynomials()).collect();
    let sets = committed.products.len();
    let copies = if sets == 0 { 0 } else { 2 * sets + 1 };
    let powers: Vec<Fr> = successors(Fr::ONE, challenges.y, gates.len() + copies);
    let mut forms = Forms::default();
    let weights = powers.iter().rev().copied();
    let folded = forms.fold(weights.zip(gates));
    let program = Program::new(&forms, &folded);

    let count = domain.get_quotient_poly_degree();
    let shifts = successors(Fr::ZETA, domain.get_extended_omega(), count);
    let constants: Vec<Fr> = shifts.iter().map(|shift| shift.pow_vartime([rows as u64])).collect();
    let interpolated: Vec<Vec<Fr>> = shifts
        .iter()
        .map(|shift| {
            let coset = Coset::new(key, fft, committed, *shift);
            let mut values = vec![Fr::ZERO; rows];
            values.par_chunks_mut(BLOCK).enumerate().for_each_init(
                || program.registers(),
                |registers, (block, values)| {
                    let start = block * BLOCK;
                    values.copy_from_slice(program.run(&coset, start, values.len(), registers));
                    coset.add_copies(challenges, start, values);
                },
            );
            let mut values = fft.interpolate(&values, &mut Space::default());
            scale_by_powers(&mut values, shift.invert().expect("a root of unity"));
            values
        })
        .collect();
    solve(&constants, &interpolated).into_iter().map(|piece| domain.coeff_from_vec(piece)).collect()
}

/// `first · ratio^i` for i < count.
fn successors(first: Fr, ratio: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(first), |power| Some(*power * ratio)).take(count).collect()
}

fn scale_by_powers(values: &mut [Fr], base: Fr) {
    values.par_chunks_mut(1024).enumerate().for_each(|(chunk, values)| {
        let mut power = base.pow_vartime([1024 * chunk as u64]);
        for value in values {
            *value *= power;
            power *= base;
        }
    });
}

/// From `(cⱼ − 1)·Σ cⱼ^m·piece_m` for every j, the pieces.
fn solve(constants: &[Fr], sums: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    // Column j: coefficients of the polynomial that is 1/(cⱼ − 1) at cⱼ and 0 at the others.
    let columns: Vec<Vec<Fr>> = (0..constants.len())
        .map(|j| {
            let mut values = vec![Fr::ZERO; constants.len()];
            values[j] = (constants[j] - Fr::ONE).invert().expect("cosets lie outside the domain");
            lagrange_interpolate(constants, &values)
        })
        .collect();
    let piece = |m: usize| {
        let coefficient =
            |row: usize| columns.iter().zip(sums).map(|(column, sum)| column[m] * sum[row]).sum();
        (0..sums[0].len()).into_par_iter().map(coefficient).collect()
    };
    (0..constants.len()).map(piece).collect()
}

/// Evaluations on the rows times `shift`, each with some rows repeated before and after so that rotations are plain
/// offsets.
struct Coset<'a> {
    key: &'a ProvingKey,
    before: usize,
    shift: Fr,
    fixed: Vec<Vec<Fr>>,
    advice: Vec<Vec<Fr>>,
    instance: Vec<Fr>,
    products: Vec<Vec<Fr>>,
    permutations: Vec<Vec<Fr>>,
    first: Vec<Fr>,
    last: Vec<Fr>,
    active: Vec<Fr>,
}

impl<'a> Coset<'a> {
    fn new(key: &'a ProvingKey, fft: &Fft, committed: &Committed, shift: Fr) -> Self {
        let vk = key.get_vk();
        let (domain, cs) = (vk.get_domain(), vk.cs());
        let rotations = || {
            let advice = cs.advice_queries().iter().map(|(_, at)| at.0);
            advice.chain(cs.fixed_queries().iter().map(|(_, at)| at.0))
        };
        let before = rotations().map(|at| (-at).max(0) as usize).fold(cs.blinding_factors() + 1, usize::max);
        let after = rotations().map(|at| at.max(0) as usize).fold(1, usize::max);
        let shifts = successors(Fr::ONE, shift, key.l0().len());
        let pad = |values: &[Fr]| {
            let mut padded = Vec::with_capacity(before + values.len() + after);
            padded.extend_from_slice(&values[values.len() - before..]);
            padded.extend_from_slice(values);
            padded.extend_from_slice(&values[..after]);
            padded
        };
        let all = |polynomials: &[Polynomial<Fr, Coeff>]| {
            let evaluate = |space: &mut Space, polynomial: &Polynomial<Fr, Coeff>| {
                pad(fft.evaluate(polynomial.values(), &shifts, space))
            };
            polynomials.par_iter().map_init(Space::default, evaluate).collect()
        };
        let indicators = Indicators::new(shifts.len(), domain.get_omega(), cs.blinding_factors(), shift);
        Self {
            key,
            before,
            shift,
            fixed: all(key.fixed_polys()),
            advice: all(&committed.advice),
            instance: pad(fft.evaluate(committed.instance.values(), &shifts, &mut Space::default())),
            products: all(&committed.products),
            permutations: all(key.permutation().polys()),
            first: pad(&indicators.first),
            last: pad(&indicators.last),
            active: pad(&indicators.active),
        }
    }

    /// Adds the constraints of the permutation argument, which come after the gates' (halo2 book, "Permutation
    /// argument"), to rows from `start`.
    fn add_copies(&self, challenges: &Challenges, start: usize, values: &mut [Fr]) {
        let (Some(first_product), Some(last_product)) = (self.products.first(), self.products.last()) else {
            return;
        };
        let vk = self.key.get_vk();
        let chunk = vk.cs().degree() - 2;
        let columns = vk.cs().permutation().get_columns();
        let columns: Vec<&[Fr]> = columns
            .iter()
            .map(|column| match column.column_type() {
                Any::Advice(_) => &self.advice[column.index()][..],
                Any::Fixed => &self.fixed[column.index()],
                Any::Instance => &self.instance,
            })
            .collect();
        let Challenges { beta, gamma, y, .. } = *challenges;
        let to_last = vk.cs().blinding_factors() + 1;
        let omega = vk.get_domain().get_omega();
        let mut beta_x = beta * self.shift * omega.pow_vartime([start as u64]);
        for (offset, value) in values.iter_mut().enumerate() {
            let row = self.before + start + offset;
            let mut sum = (Fr::ONE - first_product[row]) * self.first[row];
            let product = last_product[row];
            sum = sum * y + (product.square() - product) * self.last[row];
            for (previous, product) in self.products.iter().zip(self.products.iter().skip(1)) {
                sum = sum * y + (product[row] - previous[row - to_last]) * self.first[row];
            }
            let mut identity = beta_x;
            for ((product, columns), permutations) in
                self.products.iter().zip(columns.chunks(chunk)).zip(self.permutations.chunks(chunk))
            {
                let (mut left, mut right) = (product[row + 1], product[row]);
                for (column, permutation) in columns.iter().zip(permutations) {
                    let shifted = column[row] + gamma;
                    left *= shifted + beta * permutation[row];
                    right *= shifted + identity;
                    identity *= Fr::DELTA;
                }
                sum = sum * y + (left - right) * self.active[row];
            }
            *value += sum;
            beta_x *= omega;
        }
    }
}

/// Lagrange polynomials of the rows that the permutation argument treats apart, on a coset.
struct Indicators {
    first: Vec<Fr>,
    last: Vec<Fr>,
    active: Vec<Fr>,
}

impl Indicators {
    /// `L₀(X) = (X^n − 1)/(n·(X − 1))`, and `L_row(X) = L₀(X·ω^−row)`: the same values, moved.
    fn new(rows: usize, omega: Fr, blinding: usize, shift: Fr) -> Self {
        let mut first: Vec<Fr> = successors(shift, omega, rows).iter().map(|x| *x - Fr::ONE).collect();
        first.par_chunks_mut(1024).for_each(|chunk| {
            chunk.iter_mut().batch_invert();
        });
        let common = (shift.pow_vartime([rows as u64]) - Fr::ONE)
            * Fr::from(rows as u64).invert().expect("not divisible by r");
        first.par_iter_mut().for_each(|value| *value *= common);
        let moved = |row: usize, index: usize| first[(rows + index - row) % rows];
        let last_row = rows - blinding - 1;
        let last = (0..rows).map(|index| moved(last_row, index)).collect();
        let inactive = |index| (last_row..rows).map(|row| moved(row, index)).sum::<Fr>();
        let active = (0..rows).map(|index| Fr::ONE - inactive(index)).collect();
        Self { first, last, active }
    }
}

impl Columns for Coset<'_> {
    fn values(&self, cell: Cell, start: usize, length: usize) -> &[Fr] {
        let (column, rotation) = match cell {
            Cell::Fixed(column, rotation) => (&self.fixed[column], rotation),
            Cell::Advice(column, rotation) => (&self.advice[column], rotation),
            Cell::Instance(rotation) => (&self.instance, rotation),
        };
        let start = (self.before + start).wrapping_add_signed(rotation as isize);
        &column[start..start + length]
    }
}
