//! Poseidon of width 9, the hash of storage trees: 71 rounds in 23 rows.
//!
//! # Cells
//! The cells of the 23 rows, row by row, are one sequence: the nine lanes before each full round, the inputs
//! x_0..x_62 of the partial rounds' S-boxes between the fourth full round and the fifth, and the output. Nothing
//! else is stored, and there are no gaps:
//!
//! | cells | | rows |
//! | --- | --- | --- |
//! | 0..36 | lanes before full rounds 0..3; the first nine are 0 and the inputs | 0..=5 |
//! | 36..99 | x_0..x_62 | 6..=16.5 |
//! | 99..135 | lanes before the last four rounds | 16.5..=22.5 |
//! | 135..138 | the output and two lanes nobody reads | 22.5..=22 |
//!
//! The state has nine dimensions, and **every cell behind the first nine is a function of the nine before it**: a row
//! of six is checked in its predecessor, against that and the last three cells of the row before. So gates read
//! `a3..a5` of the previous row, too.
//!
//! # Steps
//! What a cell is, before S-boxes, is linear in some state, in δ_n = x_n⁵ − x_n of the partial rounds since, and 1:
//! with the matrix M, e the first unit vector, c_n the constants of partial round n, o_0 = c_0,
//! o_{n+1} = M·o_n + c_{n+1},
//!
//! ```text
//! x_n = eᵀ(v_n + o_n),    v_{n+1} = M·(v_n + e·δ_n),
//! v_{n+d} = M^d·v_n + Σ_{j<d} M^{d−j}·e·δ_{n+j},
//! ```
//!
//! and v_0 = M·y with y the nine S-box outputs of the last full round. Nine such forms whose linear parts are a
//! basis ([`Basis`]) determine every other: the linear part by their inverse matrix, then δs and the constant by
//! what is left over. In the middle of the partial rounds this is the recurrence of order nine that
//! Cayley–Hamilton gives (`poseidon_t3.rs`); at their ends, lanes or S-box outputs take the places of inputs that
//! are not there; in the full rounds, lanes that a row already has take the places of S-box outputs out of its sight.
//!
//! As every step is an explicit function of cells before it, honest inputs leave nothing open.
//!
//! # Constants
//! Lanes are stored without their round's constants, which would be twelve a row with the ten coefficients there
//! are; but lanes 6..8 before rounds of odd number, which are seen in two gates, with them.
//!
//! # Other designs
//! With two neighbouring rows only, three of the nine dimensions have to be copied past each row, which leaves
//! room for three new cells a row: 45 rows, for 96 bytes less in a proof. Two rows for each full round need two
//! selectors less and 26 rows. A state a round, as in `poseidon_t4_to_t6.rs`, does not fit a row and takes 142.

use alloc::{boxed::Box, vec::Vec};

use ark_ff::{Field, Zero};
use once_cell::race::OnceBox;
use popw_core::{
    Fr,
    poseidon::{self, FULL_ROUNDS, Parameters},
};

use super::{
    ADVICE, Plonkish,
    expression::{self, Expression, Gate, Row, weighted},
    fixed,
    table::Recorder,
};

const WIDTH: usize = 9;
const PARTIAL_ROUNDS: usize = 63;
const HALF: usize = FULL_ROUNDS / 2;
const ROWS: usize = 23;
const OPERATION: &str = "poseidon t=9";
/// Constants of cells that have no coefficient of their own: `a0..a2` of the next row or `a3..a5` of the previous.
const BESIDE: [usize; 3] = [fixed::PRODUCT[0], fixed::PRODUCT[1], fixed::CONSTANT[0]];

type Vector = [Fr; WIDTH];
type Matrix = [Vector; WIDTH];

/// `state · (some state) + Σ deltas_j · δ_j + constant`.
#[derive(Clone)]
struct Form {
    state: Vector,
    deltas: Vector,
    constant: Fr,
}

/// A form by nine others.
struct Step {
    known: Vector,
    deltas: Vector,
    constant: Fr,
}

/// Nine forms that determine the state, and the inverse of their linear parts.
struct Basis {
    known: [Form; WIDTH],
    inverse: Matrix,
}

impl Basis {
    fn new(known: [Form; WIDTH]) -> Self {
        let inverse = inverse(core::array::from_fn(|i| known[i].state));
        Self { known, inverse }
    }

    fn step(&self, target: &Form) -> Step {
        let known = times(&target.state, &self.inverse);
        let rest = |of: &dyn Fn(&Form) -> Fr| {
            let explained: Fr = self.known.iter().zip(&known).map(|(form, weight)| of(form) * weight).sum();
            of(target) - explained
        };
        let deltas = core::array::from_fn(|j| rest(&|form| form.deltas[j]));
        Step { deltas, constant: rest(&|form| form.constant), known }
    }

    fn steps<const N: usize>(&self, target: impl Fn(usize) -> Form) -> [Step; N] {
        core::array::from_fn(|i| self.step(&target(i)))
    }
}

/// The constants of the steps.
pub(super) struct PoseidonT9 {
    parameters: &'static Parameters,
    mds: Matrix,
    /// Lanes 3..9 after a round, by the last six S-box outputs before it and lanes 0..3.
    rest: [Step; 6],
    /// Lanes 6..9, by the last three S-box outputs and lanes 0..6.
    last: [Step; 3],
    /// x_0..x_5, by S-box outputs; x_6..x_8, by the last three and x_0..x_5.
    entry: [Step; 6],
    second_entry: [Step; 3],
    /// x_n by the nine before, without its constant, and the constants from x_9.
    recurrence: Step,
    constants: Vec<Fr>,
    /// Lanes 0..3 after the partial rounds, by x_54..x_62; the others, by x_57..x_62 and these.
    exit: [Step; 3],
    second_exit: [Step; 6],
}

impl PoseidonT9 {
    /// Made at first use.
    pub(super) fn get() -> &'static Self {
        static CACHE: OnceBox<PoseidonT9> = OnceBox::new();
        CACHE.get_or_init(|| Box::new(Self::derive()))
    }

    fn derive() -> Self {
        let parameters = poseidon::parameters(WIDTH);
        let mds: Matrix = core::array::from_fn(|i| core::array::from_fn(|j| parameters.mds[i][j]));
        let mut powers = Vec::from([identity()]);
        for d in 0..WIDTH {
            powers.push(core::array::from_fn(|i| times(&powers[d][i], &mds)));
        }
        // Lane i of v_{n+d}, by M^before·v_n = v_{n+before}.
        let lane = |i: usize, d: usize, before: usize, constant: Fr| Form {
            state: powers[d + before][i],
            deltas: core::array::from_fn(|j| if j < d { powers[d - j][i][0] } else { Fr::zero() }),
            constant,
        };
        let output =
            |i: usize| Form { state: identity()[i], deltas: [Fr::zero(); WIDTH], constant: Fr::zero() };
        let round = |i: usize| lane(i, 0, 1, Fr::zero());

        // eᵀo_n, and M·o_62: what constants alone leave of the state after the last partial round.
        let mut offset = round_constants(parameters, HALF);
        let mut seen = Vec::from([offset[0]]);
        for n in 1..PARTIAL_ROUNDS {
            let constants = round_constants(parameters, HALF + n);
            offset = core::array::from_fn(|i| dot(&mds[i], &offset) + constants[i]);
            seen.push(offset[0]);
        }
        let left: Vector = core::array::from_fn(|i| dot(&mds[i], &offset));

        let first = |n: usize| lane(0, n, 1, seen[n]);
        let late = |from: usize, d: usize| lane(0, d, 0, seen[from + d]);
        let after = |i: usize, d: usize| lane(i, d, 0, left[i]);
        let following = round_constants(parameters, HALF + PARTIAL_ROUNDS);

        let by = |known: &dyn Fn(usize) -> Form| Basis::new(core::array::from_fn(known));
        let rest = by(&|k| if k < 6 { output(k + 3) } else { round(k - 6) });
        let last = by(&|k| if k < 3 { output(k + 6) } else { round(k - 3) });
        let second_entry = by(&|k| if k < 3 { output(k + 6) } else { first(k - 3) });
        let recurrence = by(&|k| lane(0, k, 0, Fr::zero())).step(&lane(0, WIDTH, 0, Fr::zero()));
        let second_exit = by(&|k| if k < 6 { late(57, k) } else { after(k - 6, 6) });
        let constants = (WIDTH..PARTIAL_ROUNDS)
            .map(|n| seen[n] - (0..WIDTH).map(|k| recurrence.known[k] * seen[n - WIDTH + k]).sum::<Fr>())
            .collect();
        Self {
            rest: rest.steps(|i| round(i + 3)),
            last: last.steps(|i| round(i + 6)),
            entry: by(&output).steps(first),
            second_entry: second_entry.steps(|i| first(i + 6)),
            exit: by(&|k| late(54, k)).steps(|i| after(i, WIDTH)),
            // Lanes 6.. before a round of odd number are with its constants.
            second_exit: second_exit.steps(|i| {
                let form = after(i + 3, 6);
                if i < 3 { form } else { Form { constant: form.constant + following[i + 3], ..form } }
            }),
            recurrence,
            constants,
            mds,
            parameters,
        }
    }

    /// Degree 6. `powered` are the fifth powers of the row's cells plus their coefficients.
    pub(super) fn gates<E: Expression>(
        &self,
        row: &Row<E>,
        fixed: &[E],
        powered: &[E; 6],
        gates: &mut Vec<Gate<E>>,
    ) {
        let cells: Vec<E> = row.previous.iter().chain(&row.a).chain(&row.next).cloned().collect();
        let powers: Vec<E> = cells.iter().map(expression::fifth_power).collect();
        let beside = |i: usize, cell: &E| expression::fifth_power(&(cell.clone() + fixed[BESIDE[i]].clone()));
        let previous: [E; 3] = core::array::from_fn(|i| beside(i, &row.previous[i]));
        let next: [E; 3] = core::array::from_fn(|i| beside(i, &row.next[i]));
        let mut gate = |name, selector: usize, constraints: Vec<E>| {
            let selected = constraints.into_iter().map(|c| fixed[selector].clone() * c).collect();
            gates.push(Gate { name, constraints: selected });
        };
        let product =
            |i: usize, outputs: &[E]| weighted(self.mds[i].into_iter().zip(outputs.iter().cloned()));

        // S-box outputs of a round of even number, seen from its first row, and of an odd one from its last.
        let even = [&powered[..], &next].concat();
        let odd = [&previous[..], &powered[..3], &powers[6..9]].concat();
        let first = (0..3).map(|i| row.next[3 + i].clone() - product(i, &even));
        gate("poseidon t=9, even round, lanes 0..2", fixed::T9_EVEN[0], first.collect());
        let known = [&previous[..], &powered[..3], &row.a[3..]].concat();
        let rest = (0..6).map(|i| {
            let lane = row.next[i].clone() - applied(&self.rest[i], 0, &known, &[]);
            if i < 3 { lane } else { lane - row.q[i].clone() }
        });
        gate("poseidon t=9, even round, lanes 3..8", fixed::T9_EVEN[1], rest.collect());
        let first = (0..6).map(|i| row.next[i].clone() - product(i, &odd));
        gate("poseidon t=9, odd round, lanes 0..5", fixed::T9_ODD[0], first.collect());
        let known = [&powers[..3], &row.a[..]].concat();
        let last = (0..3).map(|i| row.next[i].clone() - applied(&self.last[i], 0, &known, &[]));
        gate("poseidon t=9, odd round, lanes 6..8", fixed::T9_ODD[1], last.collect());

        let recurrence = |i: usize| {
            let (cells, powers) = (&cells[i..i + WIDTH], &powers[i..i + WIDTH]);
            row.next[i].clone() - applied(&self.recurrence, 0, cells, powers) - row.q[i].clone()
        };
        let known = [&odd[..], &row.next[..]].concat();
        let entry =
            (0..6).map(|i| row.next[i].clone() - applied(&self.entry[i], 9, &known, &powers[9..9 + i]));
        gate("poseidon t=9, entry", fixed::T9_ENTRY[0], entry.collect());
        let known = [&powers[..3], &cells[3..]].concat();
        let entry = (0..3)
            .map(|i| row.next[i].clone() - applied(&self.second_entry[i], 3, &known, &powers[3..9 + i]))
            .chain((3..6).map(recurrence));
        gate("poseidon t=9, second entry", fixed::T9_ENTRY[1], entry.collect());
        gate("poseidon t=9, partial rounds", fixed::T9_PARTIAL, (0..6).map(recurrence).collect());
        let exit = (0..3).map(recurrence).chain(
            (0..3)
                .map(|i| row.next[3 + i].clone() - applied(&self.exit[i], 0, &cells[3..12], &powers[3..12])),
        );
        gate("poseidon t=9, exit", fixed::T9_EXIT[0], exit.collect());
        let exit =
            (0..6).map(|i| row.next[i].clone() - applied(&self.second_exit[i], 0, &cells[..9], &powers[..6]));
        gate("poseidon t=9, second exit", fixed::T9_EXIT[1], exit.collect());
    }
}

/// The step from `known` (and cells that follow); `δ_j` is `powers[j] − known[from + j]`. All but the δs given must be
/// without weight.
fn applied<E: Expression>(step: &Step, from: usize, known: &[E], powers: &[E]) -> E {
    let mut weights = step.known.to_vec();
    weights.resize(WIDTH.max(from + powers.len()), Fr::zero());
    for (weight, delta) in weights[from..].iter_mut().zip(&step.deltas[..powers.len()]) {
        *weight -= delta;
    }
    assert!(step.deltas[powers.len()..].iter().all(Fr::is_zero), "a term would be dropped");
    let terms = weights.into_iter().zip(known).chain(step.deltas.into_iter().zip(powers));
    let terms = terms.filter(|(weight, _)| !weight.is_zero()).map(|(weight, term)| (weight, term.clone()));
    let sum = weighted(terms);
    if step.constant.is_zero() { sum } else { sum + E::constant(step.constant) }
}

/// The hash of eight variables. 23 rows.
pub(super) fn hash(d: &mut Plonkish, inputs: &[u32]) -> u32 {
    let zero = d.constant_variable(Fr::zero());
    let first = d.table.rows(ROWS, OPERATION);
    let place = |cell: usize| (cell % ADVICE, first + u32::try_from(cell / ADVICE).expect("few rows"));
    for (cell, variable) in core::iter::once(&zero).chain(inputs).enumerate() {
        let (column, row) = place(cell);
        d.place(*variable, column, row);
    }
    let t9 = PoseidonT9::get();
    fix(t9, &mut d.table, first);
    let values: Option<Vec<Fr>> = inputs.iter().map(|input| d.variable_value(*input)).collect();
    let cells = values.map(|inputs| witness(t9.parameters, &inputs));
    for cell in WIDTH..ROWS * ADVICE {
        let (column, row) = place(cell);
        d.table.assign(column, row, cells.as_ref().map(|cells| cells[cell]));
    }
    let (column, row) = place(ROWS * ADVICE - 3);
    d.variable_at(column, row, cells.map(|cells| cells[ROWS * ADVICE - 3]))
}

fn fix(t9: &PoseidonT9, table: &mut Recorder, first: u32) {
    let [even, even_rest] = fixed::T9_EVEN;
    let [odd, odd_last] = fixed::T9_ODD;
    let mut select = |rows: &[u32], selector: usize| {
        rows.iter().for_each(|row| table.select(selector, first + row));
    };
    select(&[0, 3, 18, 21], even);
    select(&[1, 4, 19], even_rest);
    select(&[2, 17, 20], odd);
    select(&[3, 18, 21], odd_last);
    select(&[5], fixed::T9_ENTRY[0]);
    select(&[6], fixed::T9_ENTRY[1]);
    select(&[7, 8, 9, 10, 11, 12, 13, 14], fixed::T9_PARTIAL);
    select(&[15], fixed::T9_EXIT[0]);
    select(&[16], fixed::T9_EXIT[1]);

    let mut coefficients = |row: u32, columns: &[usize], values: &[Fr]| {
        for (column, value) in columns.iter().zip(values) {
            table.fix(*column, first + row, *value);
        }
    };
    let (low, high) = fixed::LINEAR.split_at(3);
    let last_round = FULL_ROUNDS + PARTIAL_ROUNDS - 1;
    for (row, number) in [(0, 0), (3, 2), (18, last_round - 2), (21, last_round)] {
        let constants = round_constants(t9.parameters, number);
        coefficients(row, &fixed::LINEAR, &constants[..6]);
        coefficients(row, &BESIDE, &constants[6..]);
        if number < last_round {
            coefficients(row + 1, &BESIDE, &constants[3..6]);
            coefficients(row + 1, low, &constants[6..]);
            coefficients(row + 1, high, &round_constants(t9.parameters, number + 1)[6..]);
        }
    }
    for (row, number) in [(2, 1), (5, 3), (17, last_round - 3), (20, last_round - 1)] {
        let constants = round_constants(t9.parameters, number);
        coefficients(row, &BESIDE, &constants[..3]);
        coefficients(row, low, &constants[3..6]);
    }
    // The constants of inputs 9.., in the row before theirs.
    let (begun, rest) = t9.constants.split_at(3);
    coefficients(6, high, begun);
    for (row, constants) in (7..).zip(rest.chunks(6)) {
        coefficients(row, &fixed::LINEAR, constants);
    }
}

/// The cells of the 23 rows, by rows.
fn witness(parameters: &Parameters, inputs: &[Fr]) -> Vec<Fr> {
    let sparse = &parameters.sparse;
    let mut state = [Fr::zero(); WIDTH];
    state[1..].copy_from_slice(inputs);
    let mut cells = Vec::with_capacity(ROWS * ADVICE);
    for (round, constants) in sparse.full_constants.iter().enumerate() {
        if round == HALF {
            for partial in &sparse.partial {
                let input = state[0] + partial.constant;
                cells.push(input);
                let output = expression::fifth_power(&input);
                state[0] = output;
                let mixed = dot(&partial.row, &state);
                for (lane, weight) in state[1..].iter_mut().zip(&partial.column) {
                    *lane += *weight * output;
                }
                state[0] = mixed;
            }
        }
        let number = if round < HALF { round } else { round + PARTIAL_ROUNDS };
        let plain = round_constants(parameters, number);
        for (i, lane) in state.iter_mut().enumerate() {
            *lane += constants[i];
            // The sparse form adds to these what it has kept back from partial rounds.
            let kept = number % 2 == 1 && i >= 6;
            cells.push(if kept { *lane } else { *lane - plain[i] });
            *lane = expression::fifth_power(lane);
        }
        let matrix = if round + 1 == HALF { &sparse.pre_sparse } else { &parameters.mds };
        let before = state;
        for (lane, row) in state.iter_mut().zip(matrix) {
            *lane = dot(row, &before);
        }
    }
    cells.extend(&state[..3]);
    cells
}

/// The constants of a round, counted over full and partial ones.
fn round_constants(parameters: &Parameters, number: usize) -> Vector {
    core::array::from_fn(|i| parameters.round_constants[WIDTH * number + i])
}

fn identity() -> Matrix {
    core::array::from_fn(|i| core::array::from_fn(|j| Fr::from(u64::from(i == j))))
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

/// The row vector `v·m`.
fn times(v: &Vector, m: &Matrix) -> Vector {
    core::array::from_fn(|j| (0..WIDTH).map(|i| v[i] * m[i][j]).sum())
}

/// Gauss–Jordan.
///
/// # Panics
/// If there is none: for the constants here, there is.
fn inverse(mut matrix: Matrix) -> Matrix {
    let mut out = identity();
    for i in 0..WIDTH {
        let pivot = (i..WIDTH).find(|k| !matrix[*k][i].is_zero()).expect("the forms are a basis");
        matrix.swap(i, pivot);
        out.swap(i, pivot);
        let scale = matrix[i][i].inverse().expect("not zero");
        for entry in matrix[i].iter_mut().chain(&mut out[i]) {
            *entry *= scale;
        }
        for k in (0..WIDTH).filter(|k| *k != i) {
            let factor = matrix[k][i];
            for j in 0..WIDTH {
                let (entry, inverse) = (matrix[i][j], out[i][j]);
                matrix[k][j] -= factor * entry;
                out[k][j] -= factor * inverse;
            }
        }
    }
    out
}
