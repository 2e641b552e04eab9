//! Fourier transforms over the rows: Stockham's, radix 4, out of place and in order. About twice as fast as halo2's on
//! columns that fit a core's cache; columns run in parallel, not parts of one.

use std::mem;

use halo2_proofs::halo2curves::{bn256::Fr, ff::Field};

/// Transforms of one size.
pub(super) struct Fft {
    /// ω^i for all i below the size.
    roots: Vec<Fr>,
}

/// Space for transforms to work in.
#[derive(Default)]
pub(super) struct Space {
    from: Vec<Fr>,
    to: Vec<Fr>,
}

impl Fft {
    /// For `rows` = 2^k ≥ 4 values at the powers of `omega`.
    pub fn new(rows: usize, omega: Fr) -> Self {
        let roots = std::iter::successors(Some(Fr::ONE), |power| Some(*power * omega)).take(rows);
        Self { roots: roots.collect() }
    }

    /// The polynomial's values at `shift · ω^i`, given the powers of `shift`.
    pub fn evaluate<'s>(&self, coefficients: &[Fr], shifts: &[Fr], space: &'s mut Space) -> &'s [Fr] {
        space.from.clear();
        space.from.extend(coefficients.iter().zip(shifts).map(|(coefficient, shift)| *coefficient * shift));
        self.transform(space);
        &space.from
    }

    /// The coefficients of the polynomial with these values at `ω^i`.
    pub fn interpolate(&self, values: &[Fr], space: &mut Space) -> Vec<Fr> {
        space.from.clear();
        space.from.extend_from_slice(values);
        self.transform(space);
        // The inverse's roots are the roots backwards.
        let inverse = Fr::from(values.len() as u64).invert().expect("not divisible by r");
        let (first, rest) = space.from.split_first().expect("at least four values");
        std::iter::once(first).chain(rest.iter().rev()).map(|value| *value * inverse).collect()
    }

    /// Transforms `space.from`.
    fn transform(&self, space: &mut Space) {
        let rows = self.roots.len();
        space.to.resize(rows, Fr::ZERO);
        // Transforms of `rows / stride` values each, interleaved `stride` apart.
        let mut stride = 1;
        if rows.ilog2() % 2 == 1 {
            self.halve(&space.from, &mut space.to);
            mem::swap(&mut space.from, &mut space.to);
            stride = 2;
        }
        while stride < rows {
            self.quarter(stride, &space.from, &mut space.to);
            mem::swap(&mut space.from, &mut space.to);
            stride *= 4;
        }
    }

    /// One step of radix 2, the first.
    fn halve(&self, from: &[Fr], to: &mut [Fr]) {
        let (low, high) = from.split_at(from.len() / 2);
        for (((out, a), b), root) in to.chunks_exact_mut(2).zip(low).zip(high).zip(&self.roots) {
            out[0] = *a + b;
            out[1] = (*a - b) * root;
        }
    }

    /// One step of radix 4.
    fn quarter(&self, stride: usize, from: &[Fr], to: &mut [Fr]) {
        let rows = self.roots.len();
        let (low, high) = from.split_at(rows / 2);
        let ((a, b), (c, d)) = (low.split_at(rows / 4), high.split_at(rows / 4));
        let fourth = self.roots[rows / 4];
        for (index, out) in to.chunks_exact_mut(4 * stride).enumerate() {
            let at = index * stride..(index + 1) * stride;
            let inputs = a[at.clone()].iter().zip(&b[at.clone()]).zip(&c[at.clone()]).zip(&d[at.clone()]);
            let (low, high) = out.split_at_mut(2 * stride);
            let ((o0, o1), (o2, o3)) = (low.split_at_mut(stride), high.split_at_mut(stride));
            let outputs = o0.iter_mut().zip(o1).zip(o2).zip(o3);
            let roots = [1, 2, 3].map(|power| self.roots[power * at.start]);
            for ((((a, b), c), d), (((o0, o1), o2), o3)) in inputs.zip(outputs) {
                let (even, odd) = (*a + c, *b + d);
                let (difference, turned) = (*a - c, (*b - d) * fourth);
                *o0 = even + odd;
                *o1 = (difference + turned) * roots[0];
                *o2 = (even - odd) * roots[1];
                *o3 = (difference - turned) * roots[2];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use halo2_proofs::poly::EvaluationDomain;

    use super::*;

    #[test]
    fn transforms_are_halo2s() {
        for k in 2..8 {
            let domain = EvaluationDomain::<Fr>::new(3, k);
            let fft = Fft::new(1 << k, domain.get_omega());
            let values: Vec<Fr> = (1..=1 << k).map(|i| Fr::from(i).square()).collect();
            let mut space = Space::default();
            let coefficients = fft.interpolate(&values, &mut space);
            let theirs = domain.lagrange_to_coeff(domain.lagrange_from_vec(values.clone()));
            assert_eq!(coefficients, theirs.values());
            let ones = vec![Fr::ONE; 1 << k];
            assert_eq!(fft.evaluate(&coefficients, &ones, &mut space), values);
            let zeta = <Fr as halo2_proofs::halo2curves::ff::WithSmallOrderMulGroup<3>>::ZETA;
            let shifts: Vec<Fr> =
                std::iter::successors(Some(Fr::ONE), |p| Some(*p * zeta)).take(1 << k).collect();
            let theirs = domain.coeff_to_extended_part(theirs, Fr::ONE);
            assert_eq!(fft.evaluate(&coefficients, &shifts, &mut space), theirs.values());
        }
    }
}
