//! Poseidon of width 3, the hash of the trees: 65 rounds in 14 rows.
//!
//! Full rounds go two to a row. The 57 partial rounds store nothing but the inputs x_0, x_1, … of their S-boxes,
//! six to a row, by a linear recurrence.
//!
//! # The recurrence
//! Let M be the matrix, e the first unit vector, c_n the constants of partial round n, and o_0 = c_0,
//! o_{n+1} = M·o_n + c_{n+1} what the constants alone would do. If v_n is the state after adding constants, less
//! o_n, then v_0 is the state that the full rounds leave, and
//!
//! ```text
//! x_n = eᵀ(v_n + o_n),    v_{n+1} = M·(v_n + e·δ_n),    δ_n = x_n⁵ − x_n.
//! ```
//!
//! Let p be M's characteristic polynomial, p_3 = 1, and y_n = eᵀv_n = x_n − eᵀo_n. By Cayley–Hamilton
//! Σ_j p_j·M^j = 0, so the part of v_n that is older than three rounds drops out of Σ_j p_j·y_{n+j}; what
//! remains is
//!
//! ```text
//! Σ_{i=0..3} p_{3−i}·y_{m−i} = Σ_{i=1..3} g_{3−i}·δ_{m−i},    g_{3−i} = Σ_{b=0..i−1} p_{3−b}·eᵀM^{i−b}e,
//! ```
//!
//! which gives x_m from the three inputs before it: x_m = Σ_i (C_i·x_{m−i} + D_i·x_{m−i}⁵) + K_m with
//! D_i = g_{3−i}, C_i = −p_{3−i} − g_{3−i}. For the first three, m = 0, 1, 2, the sums stop at x_0 and what is
//! missing is (L·v_0)_m with L_k = Σ_{i=0..k} p_{3−i}·eᵀM^{k−i}. After the last round N the same holds with δ = 0:
//! (L·v_N)_k is the part of the sums over the inputs before N. L is invertible (a test checks it), so v_N, with
//! it the state, is determined.
//!
//! # Rows
//! | row | a0..a2 | a3..a5 | gates |
//! | --- | --- | --- | --- |
//! | 0, 1 | state | state after one more full round | inner round; outer round in row 0, entry in row 1 |
//! | 2..=10 | x_0.. | | partial; exit in row 10 |
//! | 11 | x_54, x_55, x_56 | v_57 | outer round |
//! | 12 | state | state | inner and outer round |
//! | 13 | state | output and two lanes nobody reads | inner round |

use alloc::{vec, vec::Vec};

use popw_core::{
    Fr,
    poseidon::{self, Parameters},
};

use super::{
    Plonkish,
    expression::{Expression, Gate, Row, fifth_power, sum, weighted},
    fixed,
    rounds::round,
    table::Recorder,
};

const WIDTH: usize = 3;
const PARTIAL_ROUNDS: usize = 57;
const OPERATION: &str = "poseidon t=3";
type Vector = [Fr; WIDTH];
type Matrix = [Vector; WIDTH];

/// The constants of the recurrence.
pub(super) struct PoseidonT3 {
    parameters: &'static Parameters,
    mds: Matrix,
    /// C_1..C_3 and D_1..D_3.
    linear: Vector,
    powered: Vector,
    /// L and L·M.
    observe: Matrix,
    observe_mixed: Matrix,
    /// Σ_i p_{3−i}·eᵀo_{m−i} for m = 0..57 + 3, over the indices that are partial rounds.
    constants: Vec<Fr>,
    /// o_57.
    offset: Vector,
}

impl PoseidonT3 {
    pub(super) fn new() -> Self {
        let parameters = poseidon::parameters(WIDTH);
        let mds: Matrix = core::array::from_fn(|i| core::array::from_fn(|j| parameters.mds[i][j]));
        let p = characteristic_polynomial(&mds);
        let unit = [Fr::from(1u64), Fr::from(0u64), Fr::from(0u64)];
        // eᵀM^k.
        let mut powers = vec![unit];
        for k in 0..WIDTH {
            powers.push(times(&powers[k], &mds));
        }
        let g = |i: usize| -> Fr { (0..i).map(|b| p[WIDTH - b] * powers[i - b][0]).sum() };
        let powered: Vector = core::array::from_fn(|i| g(i + 1));
        let linear = core::array::from_fn(|i| -p[WIDTH - 1 - i] - powered[i]);
        let observe: Matrix = core::array::from_fn(|k| {
            core::array::from_fn(|j| (0..=k).map(|i| p[WIDTH - i] * powers[k - i][j]).sum())
        });
        let observe_mixed = core::array::from_fn(|k| times(&observe[k], &mds));

        let round_constants = |n: usize| -> Vector {
            let first = WIDTH * (parameters.full_rounds / 2 + n);
            core::array::from_fn(|i| parameters.round_constants[first + i])
        };
        let mut offset = round_constants(0);
        let mut seen = vec![offset[0]];
        for n in 1..=PARTIAL_ROUNDS {
            let constants = round_constants(n);
            offset = core::array::from_fn(|i| dot(&mds[i], &offset) + constants[i]);
            seen.push(offset[0]);
        }
        let constants = (0..PARTIAL_ROUNDS + WIDTH)
            .map(|m| {
                let known = (0..=WIDTH.min(m)).filter(|i| m - i < PARTIAL_ROUNDS);
                known.map(|i| p[WIDTH - i] * seen[m - i]).sum()
            })
            .collect();
        Self { parameters, mds, linear, powered, observe, observe_mixed, constants, offset }
    }

    /// Degree 6.
    pub(super) fn gates<E: Expression>(&self, row: &Row<E>, fixed: &[E], gates: &mut Vec<Gate<E>>) {
        let shifted_power = |i: usize| fifth_power(&(row.a[i].clone() + row.q[i].clone()));
        let low: Vec<E> = (0..WIDTH).map(shifted_power).collect();
        let high: Vec<E> = (WIDTH..2 * WIDTH).map(shifted_power).collect();
        let product =
            |weights: &Vector, lanes: &[E]| weighted(weights.iter().copied().zip(lanes.iter().cloned()));
        let mut gate = |name, selector: usize, constraints: Vec<E>| {
            let selected = constraints.into_iter().map(|c| fixed[selector].clone() * c).collect();
            gates.push(Gate { name, constraints: selected });
        };

        let inner = (0..WIDTH).map(|i| row.a[WIDTH + i].clone() - product(&self.mds[i], &low));
        gate("poseidon t=3, full round in the row", fixed::T3_INNER_ROUND, inner.collect());
        let outer = (0..WIDTH).map(|i| row.next[i].clone() - product(&self.mds[i], &high));
        gate("poseidon t=3, full round to the next row", fixed::T3_OUTER_ROUND, outer.collect());

        // Contribution of the input `i` places before.
        let step =
            |i: usize, x: &E| x.clone().scale(self.linear[i - 1]) + fifth_power(x).scale(self.powered[i - 1]);
        // x_m less what the inputs in its own row contribute, for each place of the next row.
        let rest: Vec<E> = (0..6)
            .map(|k| (1..=k.min(WIDTH)).fold(row.next[k].clone(), |rest, i| rest - step(i, &row.next[k - i])))
            .collect();
        let constant = |m: usize| E::constant(self.constants[m]);

        let entry = (0..6).map(|k| {
            let known = rest[k].clone() - constant(k);
            if k < WIDTH { known - product(&self.observe_mixed[k], &high) } else { known }
        });
        gate("poseidon t=3, entry", fixed::T3_ENTRY, entry.collect());
        let before = |k: usize| sum((k + 1..=WIDTH).map(|i| step(i, &row.a[6 + k - i])));
        let recurrence: Vec<E> = (0..6)
            .map(|k| {
                let known = rest[k].clone() - row.q[k].clone();
                if k < WIDTH { known - before(k) } else { known }
            })
            .collect();
        let after = |k: usize| {
            let inputs = sum((k + 1..=WIDTH).map(|i| step(i, &row.next[WIDTH + k - i])));
            product(&self.observe[k], &row.next[WIDTH..]) - inputs - constant(PARTIAL_ROUNDS + k)
        };
        let exit = recurrence[..WIDTH].iter().cloned().chain((0..WIDTH).map(after));
        gate("poseidon t=3, exit", fixed::T3_EXIT, exit.collect());
        gate("poseidon t=3, partial rounds", fixed::T3_PARTIAL, recurrence);
    }
}

/// The hash of two variables. 14 rows.
pub(super) fn hash(d: &mut Plonkish, inputs: [u32; 2]) -> u32 {
    let zero = d.constant_variable(Fr::from(0u64));
    let first = d.table.rows(14, OPERATION);
    d.place(zero, 0, first);
    d.place(inputs[0], 1, first);
    d.place(inputs[1], 2, first);
    fix(&d.poseidon_t3, &mut d.table, first);
    let values = d.variable_value(inputs[0]).zip(d.variable_value(inputs[1]));
    let cells = values.map(|(a, b)| witness(&d.poseidon_t3, [Fr::from(0u64), a, b]));
    // The first three cells are the inputs.
    for i in WIDTH..14 * 6 {
        let row = first + u32::try_from(i / 6).expect("few rows");
        d.table.assign(i % 6, row, cells.as_ref().map(|cells| cells[i]));
    }
    d.variable_at(WIDTH, first + 13, cells.map(|cells| cells[13 * 6 + WIDTH]))
}

fn fix(t3: &PoseidonT3, table: &mut Recorder, first: u32) {
    let mut select = |row: u32, selectors: &[usize]| {
        for selector in selectors {
            table.select(*selector, first + row);
        }
    };
    select(0, &[fixed::T3_INNER_ROUND, fixed::T3_OUTER_ROUND]);
    select(1, &[fixed::T3_INNER_ROUND, fixed::T3_ENTRY]);
    (2..10).for_each(|row| select(row, &[fixed::T3_PARTIAL]));
    select(10, &[fixed::T3_EXIT]);
    select(11, &[fixed::T3_OUTER_ROUND]);
    select(12, &[fixed::T3_INNER_ROUND, fixed::T3_OUTER_ROUND]);
    select(13, &[fixed::T3_INNER_ROUND]);

    let mut coefficients = |row: u32, column: usize, values: &[Fr]| {
        for (column, value) in fixed::LINEAR[column..].iter().zip(values) {
            table.fix(*column, first + row, *value);
        }
    };
    let constants = |rounds: core::ops::Range<usize>| {
        &t3.parameters.round_constants[WIDTH * rounds.start..WIDTH * rounds.end]
    };
    coefficients(0, 0, constants(0..2));
    coefficients(1, 0, constants(2..4));
    // The constants of inputs 6.., in the row before theirs.
    for (row, constants) in (2..).zip(t3.constants[6..PARTIAL_ROUNDS].chunks(6)) {
        coefficients(row, 0, constants);
    }
    coefficients(11, WIDTH, &t3.offset);
    coefficients(12, 0, constants(62..64));
    coefficients(13, 0, constants(64..65));
}

/// The cells of the 14 rows, by rows.
fn witness(t3: &PoseidonT3, mut state: Vector) -> Vec<Fr> {
    let parameters = t3.parameters;
    let mut cells = Vec::with_capacity(14 * 6);
    for number in 0..4 {
        cells.extend(state);
        round(parameters, number, &mut state);
    }
    for number in 4..4 + PARTIAL_ROUNDS {
        cells.push(state[0] + parameters.round_constants[WIDTH * number]);
        round(parameters, number, &mut state);
    }
    // v_57: the constants of the round that follows are part of the offset.
    let following = &parameters.round_constants[WIDTH * (4 + PARTIAL_ROUNDS)..];
    cells.extend((0..WIDTH).map(|i| state[i] + following[i] - t3.offset[i]));
    for number in 4 + PARTIAL_ROUNDS..8 + PARTIAL_ROUNDS {
        round(parameters, number, &mut state);
        cells.extend(state);
    }
    cells
}

/// Coefficients of X⁰..X³ in det(X − M).
fn characteristic_polynomial(m: &Matrix) -> [Fr; WIDTH + 1] {
    let minor = |i: usize, j: usize| m[i][i] * m[j][j] - m[i][j] * m[j][i];
    let trace: Fr = (0..WIDTH).map(|i| m[i][i]).sum();
    [-determinant(m), minor(0, 1) + minor(0, 2) + minor(1, 2), -trace, Fr::from(1u64)]
}

fn determinant(m: &Matrix) -> Fr {
    let cofactor = |a: usize, b: usize| m[1][a] * m[2][b] - m[1][b] * m[2][a];
    m[0][0] * cofactor(1, 2) - m[0][1] * cofactor(0, 2) + m[0][2] * cofactor(0, 1)
}

fn dot(a: &Vector, b: &Vector) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

/// The row vector `v·M`.
fn times(v: &Vector, m: &Matrix) -> Vector {
    core::array::from_fn(|j| (0..WIDTH).map(|i| v[i] * m[i][j]).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Zero;

    #[test]
    fn state_after_the_partial_rounds_is_determined() {
        assert!(!determinant(&PoseidonT3::new().observe).is_zero());
    }
}
