//! All gates, over any [`Query`].

use alloc::{vec, vec::Vec};

use ark_ec::twisted_edwards::TECurveConfig;
use popw_core::{Fr, babyjub::BabyJubjub};

use super::{
    expression::{Expression, Gate, Query, Rotation, Row, fifth_power, square, sum},
    fixed,
    poseidon_t3::PoseidonT3,
    poseidon_t4_to_t6,
    poseidon_t9::PoseidonT9,
};

/// The gates with the constants they contain. Making one costs a little; evaluating it does not make it again.
pub struct Gates {
    poseidon_t3: PoseidonT3,
}

impl Default for Gates {
    fn default() -> Self {
        Self::new()
    }
}

impl Gates {
    /// The gates of every table: they do not depend on the circuit. Those whose selectors a layout leaves empty say
    /// nothing, and an engine may leave them out.
    pub fn new() -> Self {
        Self { poseidon_t3: PoseidonT3::new() }
    }

    /// Every gate at the row that `query` stands for. The first cells asked for are all advice cells in order,
    /// current row then next, then those of the previous row, then the fixed columns in order.
    pub fn at<Q: Query>(&self, query: &mut Q) -> Vec<Gate<Q::Expression>> {
        let a = core::array::from_fn(|i| query.advice(i, Rotation::Current));
        let next = core::array::from_fn(|i| query.advice(i, Rotation::Next));
        let previous = core::array::from_fn(|i| query.advice(3 + i, Rotation::Previous));
        let fixed: Vec<_> = (0..fixed::COUNT).map(|i| query.fixed(i)).collect();
        let q = fixed::LINEAR.map(|i| fixed[i].clone());
        let row = Row { a, next, previous, q };

        let mut gates = vec![arithmetic(&row, &fixed), boolean(&row, &fixed)];
        gates.extend([addition(&row, &fixed), window(&row, &fixed), ladder(&row, &fixed)]);
        self.poseidon_t3.gates(&row, &fixed, &mut gates);
        // The S-boxes of a row, shared by the widths.
        let shifted: [_; 6] = core::array::from_fn(|i| row.a[i].clone() + row.q[i].clone());
        let powered: [_; 6] = core::array::from_fn(|i| fifth_power(&shifted[i]));
        gates.extend((0..3).map(|i| poseidon_t4_to_t6::gate(i, &row, &fixed, &shifted, &powered)));
        PoseidonT9::get().gates(&row, &fixed, &powered, &mut gates);
        gates
    }
}

/// Two independent halves `q0·a0 + q1·a1 + q2·a2 + m·a0·a1 + c = 0`, the second over `a3, a4, a5`; or their sum
/// with `n · next a5`, where n is the second half's constant. Degree 4.
fn arithmetic<E: Expression>(row: &Row<E>, fixed: &[E]) -> Gate<E> {
    let term = |i: usize| row.q[i].clone() * row.a[i].clone();
    let half = |i: usize| {
        let product = fixed[fixed::PRODUCT[i]].clone() * (row.a[3 * i].clone() * row.a[3 * i + 1].clone());
        sum([term(3 * i), term(3 * i + 1), term(3 * i + 2), product])
    };
    let (low, high) = (half(0) + fixed[fixed::CONSTANT[0]].clone(), half(1));
    let second = fixed[fixed::CONSTANT[1]].clone();
    let (split, joint) = (fixed[fixed::SPLIT].clone(), fixed[fixed::JOINT].clone());
    Gate {
        name: "arithmetic",
        constraints: vec![
            split.clone() * low.clone() + joint * (low + high.clone() + second.clone() * row.next[5].clone()),
            split * (high + second),
        ],
    }
}

/// `a0..a4` are booleans. Degree 3.
fn boolean<E: Expression>(row: &Row<E>, fixed: &[E]) -> Gate<E> {
    let constraint = |i: usize| fixed[fixed::BOOLEAN].clone() * (square(&row.a[i]) - row.a[i].clone());
    Gate { name: "boolean", constraints: (0..5).map(constraint).collect() }
}

/// `(x, y) + (x', y')` = next `(a0, a1)`. Degree 6.
fn addition<E: Expression>(row: &Row<E>, fixed: &[E]) -> Gate<E> {
    let selector = fixed[fixed::ADD].clone();
    let (x, y, x2, y2) = (&row.a[0], &row.a[1], &row.a[4], &row.a[5]);
    let d = (x.clone() * y.clone() * (x2.clone() * y2.clone())).scale(BabyJubjub::COEFF_D);
    let numerator_x = x.clone() * y2.clone() + y.clone() * x2.clone();
    let numerator_y = y.clone() * y2.clone() - (x.clone() * x2.clone()).scale(BabyJubjub::COEFF_A);
    let (out_x, out_y) = (&row.next[0], &row.next[1]);
    Gate {
        name: "edwards addition",
        constraints: vec![
            selector.clone() * (out_x.clone() + out_x.clone() * d.clone() - numerator_x),
            selector * (out_y.clone() - out_y.clone() * d - numerator_y),
        ],
    }
}

/// `(a4, a5)` is entry `a2 + 2·a3` of a table of four points whose first is the identity. Degree 4.
fn window<E: Expression>(row: &Row<E>, fixed: &[E]) -> Gate<E> {
    let selector = fixed[fixed::WINDOW].clone();
    let (low, high) = (&row.a[2], &row.a[3]);
    let both = low.clone() * high.clone();
    let entry = |i: usize| {
        row.q[i].clone() * low.clone()
            + row.q[i + 1].clone() * high.clone()
            + row.q[i + 2].clone() * both.clone()
    };
    let one = E::constant(Fr::from(1u64));
    Gate {
        name: "base8 window",
        constraints: vec![
            selector.clone() * (row.a[4].clone() - entry(0)),
            selector * (row.a[5].clone() - one - entry(3)),
        ],
    }
}

/// With P = `(a0, a1)`, S = `(a2, a3)`, the boolean b = `a4`, and the helper `a5 = b·P.x·P.y`:
/// next P = 2·P and next S = S + b·P, where b·P has the coordinates b·P.x and 1 + b·(P.y − 1). Degree 5.
fn ladder<E: Expression>(row: &Row<E>, fixed: &[E]) -> Gate<E> {
    let selector = fixed[fixed::LADDER].clone();
    let [x, y, sum_x, sum_y, bit, helper] = row.a.clone();
    let [double_x, double_y, out_x, out_y, ..] = row.next.clone();
    let one = E::constant(Fr::from(1u64));
    // On the curve the doubling's denominators are 1 + d·x²·y² = a·x² + y² and 2 less that.
    let (ax2, y2) = (square(&x).scale(BabyJubjub::COEFF_A), square(&y));
    let denominator = ax2.clone() + y2.clone();
    let xy = x.clone() * y.clone();
    let (added_x, added_y) = (bit.clone() * x, one.clone() + bit.clone() * (y - one));
    let d = (sum_x.clone() * sum_y.clone() * helper.clone()).scale(BabyJubjub::COEFF_D);
    let numerator_x = sum_x.clone() * added_y.clone() + sum_y.clone() * added_x.clone();
    let numerator_y = sum_y * added_y - (sum_x * added_x).scale(BabyJubjub::COEFF_A);
    let constraints = [
        helper - bit * xy.clone(),
        double_x * denominator.clone() - xy.scale(Fr::from(2u64)),
        double_y * (E::constant(Fr::from(2u64)) - denominator) - (y2 - ax2),
        out_x.clone() + out_x * d.clone() - numerator_x,
        out_y.clone() - out_y * d - numerator_y,
    ];
    Gate {
        name: "edwards ladder",
        constraints: constraints.into_iter().map(|constraint| selector.clone() * constraint).collect(),
    }
}
