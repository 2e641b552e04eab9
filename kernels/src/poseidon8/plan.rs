//! The permutation rewritten for few multiplications and few reductions.
//!
//! *Partial rounds as a recurrence.* Only lane 0 meets an S-box there. Let `y_k` be lane 0 before partial round k,
//! `t_k = y_k + c_k` and `x_k = t_k⁵`. With the matrix `[[m, v], [w, M̂]]` the other lanes `u_k` follow
//! `u_{k+1} = M̂ u_k + w x_k`, `y_{k+1} = m x_k + v u_k`: a linear filter of order 8 from x to y. By Cayley and
//! Hamilton its output needs no `u` at all: with `λ⁸ + Σ α_i λ^{8−i}` the characteristic polynomial of `M̂` and
//! `h_1 = m`, `h_n = v M̂^{n−2} w` what the filter answers to a single 1,
//!
//! ```text
//! y_k = Σ_{i<k} h_{k−i} x_i + v M̂^{k−1} u_0                                        k = 1..8
//! y_k = −Σ_{i=1..8} α_i y_{k−i} + Σ_{i=1..9} β_i x_{k−i},  β_n = Σ_i α_i h_{n−i}    k > 8
//! ```
//!
//! So a partial round is one inner product of 17 terms, with the same weights in every round and one reduction,
//! where the sparse form has nine reductions. `v M̂^{k−1}` joins the matrix of the round before; the last eight y and x give
//! back `u_63`.
//!
//! *Scales.* A lane may hold its value divided by any constant s: round constants are divided by s, and the fifth
//! power leaves the next matrix's column to be multiplied by s⁵. Scales are chosen such that the last weight of
//! a row becomes 1 where there is freedom, that `β_1` becomes 1, and that inputs and outputs may be in another
//! Montgomery form than the arithmetic's.

mod matrix;

use ark_ff::{AdditiveGroup, Field};
use popw_core::{
    Fr,
    poseidon::{FULL_ROUNDS, Parameters, parameters},
};

use super::STATE;
use matrix::{Matrix, characteristic_polynomial, dot, inverse, row_times};

/// Order of the filter: lanes without an S-box in partial rounds.
pub const ORDER: usize = STATE - 1;

/// `new lane i = Σ_j rows[i][j] · lane_j + constants[i]`: a matrix, and the round constants of what follows.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Weights.
    pub rows: Vec<Vec<Fr>>,
    /// Added to each new lane.
    pub constants: Vec<Fr>,
    /// The last weight of each row is 1.
    pub last_is_one: bool,
}

/// The whole permutation, from eight inputs to lane 0.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Added to the inputs before their S-boxes.
    pub first: Vec<Fr>,
    /// After the S-boxes of full rounds 0 to 3. The first takes eight lanes: lane 0 is a constant there. The last
    /// gives `t_0` and the part of `t_1` to `t_8` that does not depend on any x.
    pub before: Vec<Layer>,
    /// `h_2` to `h_8`; `h_1` is 1.
    pub answers: Vec<Fr>,
    /// For i = 1..8 the weights of `t_{k−i}` and of `x_{k−i−1}` in `t_k`; that of `x_{k−1}` is 1.
    pub recurrence: Vec<(Fr, Fr)>,
    /// What is added to `t_9` to `t_63`; the last is lane 0 of the next full round.
    pub constants: Vec<Fr>,
    /// Lanes 1.. after the partial rounds: weights of `t_{64−i}` and `x_{63−i}` for i = 1..8.
    pub leave: Vec<Vec<(Fr, Fr)>>,
    /// Added to them.
    pub leave_constants: Vec<Fr>,
    /// After the S-boxes of full rounds 4 to 7; the last has the one row that is wanted.
    pub after: Vec<Layer>,
}

impl Plan {
    /// The plan for inputs and outputs that are divided by `edge`.
    pub fn new(edge: Fr) -> Self {
        let parameters = parameters(STATE);
        let full = &parameters.sparse.full_constants;
        let half = FULL_ROUNDS / 2;
        let filter = Filter::new(parameters);

        let inverse_edge = edge.inverse().expect("a scale is not zero");
        let first = full[0][1..].iter().map(|c| *c * inverse_edge).collect();
        let mut scales = vec![edge; ORDER];
        let before = (1..=half)
            .map(|round| {
                let mut layer = match round {
                    4 => filter.entry(parameters),
                    _ => Layer::new(&parameters.mds, &full[round]),
                };
                match round {
                    1 => {
                        layer.fix_first_lane(full[0][0].pow([5]));
                        layer.scale_columns(&scales);
                        scales = vec![Fr::ONE; STATE];
                    }
                    4 => {
                        layer.scale_columns(&scales);
                        layer.divide_rows(&[filter.scale; STATE]);
                    }
                    _ => scales = layer.rescale(&scales),
                }
                layer
            })
            .collect();

        let (leave, leave_constants) = filter.leave(&full[half][1..]);
        let mut scales = vec![Fr::ONE; STATE];
        scales[0] = filter.scale;
        let after = (half + 1..=FULL_ROUNDS)
            .map(|round| {
                if round < FULL_ROUNDS {
                    let mut layer = Layer::new(&parameters.mds, &full[round]);
                    scales = layer.rescale(&scales);
                    return layer;
                }
                let mut layer = Layer::new(&parameters.mds[..1], &[Fr::ZERO]);
                layer.scale_columns(&scales);
                layer.divide_rows(&[edge]);
                layer
            })
            .collect();
        let fourth = filter.scale.pow([4]);
        Self {
            first,
            before,
            answers: filter.answers[1..ORDER].iter().map(|h| *h * fourth).collect(),
            recurrence: (0..ORDER).map(|i| (-filter.alpha[i + 1], filter.beta[i + 1] * fourth)).collect(),
            constants: filter.constants(),
            leave,
            leave_constants,
            after,
        }
    }
}

impl Layer {
    fn new(rows: &[Vec<Fr>], constants: &[Fr]) -> Self {
        Self { rows: rows.to_vec(), constants: constants.to_vec(), last_is_one: false }
    }

    /// Takes lane 0 out of the inputs.
    fn fix_first_lane(&mut self, value: Fr) {
        for (row, constant) in self.rows.iter_mut().zip(&mut self.constants) {
            *constant += row.remove(0) * value;
        }
    }

    /// For lanes that were divided by `scales` before their S-box.
    fn scale_columns(&mut self, scales: &[Fr]) {
        for row in &mut self.rows {
            row.iter_mut().zip(scales).for_each(|(weight, scale)| *weight *= scale.pow([5]));
        }
    }

    fn divide_rows(&mut self, scales: &[Fr]) {
        for ((row, constant), scale) in self.rows.iter_mut().zip(&mut self.constants).zip(scales) {
            let inverse = scale.inverse().expect("a scale is not zero");
            row.iter_mut().chain([constant]).for_each(|value| *value *= inverse);
        }
    }

    /// Takes lanes of one scale and gives lanes of the scale that makes the last weights 1, which it returns.
    fn rescale(&mut self, scales: &[Fr]) -> Vec<Fr> {
        self.scale_columns(scales);
        let scales: Vec<Fr> = self.rows.iter().map(|row| row[STATE - 1]).collect();
        self.divide_rows(&scales);
        self.last_is_one = true;
        scales
    }
}

/// The partial rounds as a linear filter.
struct Filter {
    inner: Matrix,
    /// Row n is `v M̂ⁿ`, n = 0..8.
    outputs: Matrix,
    /// Row n is `M̂ⁿ w`.
    inputs: Matrix,
    /// `h_1` to `h_9`.
    answers: Vec<Fr>,
    /// `α_0 = 1` to `α_8`.
    alpha: Vec<Fr>,
    /// `β_1` to `β_9`.
    beta: Vec<Fr>,
    /// `c_0` to `c_62`, then lane 0's constant of the full round after.
    round: Vec<Fr>,
    /// Of every `t_k`.
    scale: Fr,
}

impl Filter {
    fn new(parameters: &Parameters) -> Self {
        let mds = &parameters.mds;
        let inner: Matrix = mds[1..].iter().map(|row| row[1..].to_vec()).collect();
        let mut outputs = vec![mds[0][1..].to_vec()];
        let mut inputs: Matrix = vec![mds[1..].iter().map(|row| row[0]).collect()];
        for n in 1..ORDER {
            outputs.push(row_times(&outputs[n - 1], &inner));
            inputs.push(inner.iter().map(|row| dot(row, &inputs[n - 1])).collect());
        }
        let mut answers = vec![mds[0][0]];
        answers.extend(outputs.iter().map(|row| dot(row, &inputs[0])));
        let alpha = characteristic_polynomial(&inner);
        let beta: Vec<Fr> = (0..=ORDER).map(|n| (0..=n).map(|i| alpha[i] * answers[n - i]).sum()).collect();
        let sparse = &parameters.sparse;
        let round = sparse.partial.iter().map(|round| round.constant);
        let round = round.chain([sparse.full_constants[FULL_ROUNDS / 2][0]]).collect();
        // s⁴ · β_1 = 1. Of four weights one has such a scale; the one of these parameters does.
        let root = beta[0].inverse().and_then(|inverse| inverse.sqrt()?.sqrt());
        let scale = root.expect("1/β_1 is a fourth power");
        Self { inner, outputs, inputs, answers, alpha, beta, round, scale }
    }

    /// The last full round before the partial ones: lanes to `t_0` and the free part of `t_1..t_8`.
    fn entry(&self, parameters: &Parameters) -> Layer {
        let mut rows = vec![parameters.mds[0].clone()];
        rows.extend(self.outputs.iter().map(|row| row_times(row, &parameters.mds[1..])));
        Layer::new(&rows, &self.round[..STATE])
    }

    /// `Σ α_i c_{k−i}` for k = 9..63, since the recurrence is one of t and not of y.
    fn constants(&self) -> Vec<Fr> {
        let inverse = self.scale.inverse().expect("a scale is not zero");
        let sum = |k: usize| (0..=ORDER).map(|i| self.alpha[i] * self.round[k - i]).sum::<Fr>();
        (STATE..self.round.len()).map(|k| sum(k) * inverse).collect()
    }

    /// `u_63 = M̂⁸ u_55 + Σ_{l=0..7} M̂^{7−l} w x_{55+l}`, where `u_55` comes from
    /// `y_{55+n} = v M̂^{n−1} u_55 + Σ_{l<n} h_{n−l} x_{55+l}`, n = 1..8.
    fn leave(&self, constants: &[Fr]) -> (Vec<Vec<(Fr, Fr)>>, Vec<Fr>) {
        let inverse = inverse(self.outputs.clone());
        let power: Matrix = self.inner_power(ORDER);
        let fifth = self.scale.pow([5]);
        let last: Vec<Fr> = self.round[self.round.len() - ORDER..].to_vec();
        let mut rows = Vec::new();
        let mut sums = Vec::new();
        for (lane, constant) in constants.iter().enumerate() {
            let of_y = row_times(&power[lane], &inverse);
            let of_x = (0..ORDER).map(|l| {
                let through_y: Fr = (l..ORDER).map(|n| of_y[n] * self.answers[n - l]).sum();
                self.inputs[ORDER - 1 - l][lane] - through_y
            });
            let pairs = of_y.iter().zip(of_x).map(|(y, x)| (*y * self.scale, x * fifth));
            // Newest first, as in the recurrence.
            let mut pairs: Vec<_> = pairs.collect();
            pairs.reverse();
            rows.push(pairs);
            sums.push(*constant - dot(&of_y, &last));
        }
        (rows, sums)
    }

    fn inner_power(&self, exponent: usize) -> Matrix {
        (1..exponent).fold(self.inner.clone(), |power, _| {
            power.iter().map(|row| row_times(row, &self.inner)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use popw_core::poseidon;

    /// The plan in plain arithmetic.
    fn evaluate(plan: &Plan, inputs: &[Fr]) -> Fr {
        let apply = |layer: &Layer, lanes: &[Fr]| -> Vec<Fr> {
            let powers: Vec<Fr> = lanes.iter().map(|lane| lane.pow([5])).collect();
            layer.rows.iter().zip(&layer.constants).map(|(row, c)| dot(row, &powers) + c).collect()
        };
        let mut lanes: Vec<Fr> = inputs.iter().zip(&plan.first).map(|(a, c)| *a + c).collect();
        for layer in &plan.before {
            lanes = apply(layer, &lanes);
        }
        let (mut t, mut x) = (vec![lanes[0]], vec![lanes[0].pow([5])]);
        for k in 1..=63 {
            let mut next = x[k - 1];
            if k < STATE {
                next += lanes[k] + (2..=k).map(|i| plan.answers[i - 2] * x[k - i]).sum::<Fr>();
            } else {
                let pairs = plan.recurrence.iter().enumerate();
                next += pairs.map(|(i, (a, b))| *a * t[k - i - 1] + *b * x[k - i - 2]).sum::<Fr>();
                next += plan.constants[k - STATE];
            }
            t.push(next);
            x.push(next.pow([5]));
        }
        let mut lanes = vec![t[63]];
        for (row, constant) in plan.leave.iter().zip(&plan.leave_constants) {
            let pairs = row.iter().enumerate();
            lanes.push(pairs.map(|(i, (a, b))| *a * t[63 - i] + *b * x[62 - i]).sum::<Fr>() + constant);
        }
        for layer in &plan.after {
            lanes = apply(layer, &lanes);
        }
        lanes[0]
    }

    #[test]
    fn is_the_permutation() {
        let inputs: Vec<Fr> = (0..8).map(|i| Fr::from(i * i + 7u64).pow([77])).collect();
        let plan = Plan::new(Fr::ONE);
        assert_eq!(evaluate(&plan, &inputs), poseidon::hash(&inputs));
        let edge = Fr::from(16u64);
        let divided: Vec<Fr> = inputs.iter().map(|input| *input / edge).collect();
        assert_eq!(evaluate(&Plan::new(edge), &divided) * edge, poseidon::hash(&inputs));
    }
}
