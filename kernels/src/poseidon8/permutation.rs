//! A [`Plan`], evaluated.
//!
//! Inner products take pairs of terms by Winograd's identity: `a x + b y = (a + y)(b + x) − a b − x y`. The `a b` of a
//! row are part of its constant, and `x y` is the same for all rows of a matrix, so a row of 2 n terms costs n
//! products. In the partial rounds the pairs are `(t_k, x_{k−1})`; eight of them make a round's window, and from
//! round to round one enters and one leaves.
//!
//! Bounds on lanes, in multiples of r, by the rules of [`crate::field52`]: what enters an S-box is below 8, so its fifth
//! power is below 2.2. An inner product of those, 2 + (8 · (8 + 2.2) + 8) / 84 at most, with a constant below 1 and an x
//! on top is below 6.3; in the first eight partial rounds the free part on top, below 3.4, makes it 7.8.

use popw_core::Fr;

use super::{
    STATE,
    number::{Constant, Number, Sum},
    plan::{Layer, ORDER, Plan},
};

/// Pairs of lanes in a full round.
const PAIRS: usize = STATE / 2;

/// A [`Plan`] as it is computed with.
#[derive(Debug)]
pub struct Weights<C> {
    first: Vec<C>,
    before: Vec<Mix<C>>,
    answers: Vec<C>,
    /// Oldest first, twice, such that the weights for a ring of pairs are a slice for each position of its start.
    recurrence: [[C; 2]; 2 * ORDER],
    constants: Vec<C>,
    leave: Vec<Row<C, ORDER>>,
    after: Vec<Mix<C>>,
    last: Vec<C>,
}

/// The row of a matrix.
#[derive(Debug)]
struct Row<C, const PAIRS: usize> {
    pairs: [[C; 2]; PAIRS],
    /// Less the products of the pairs.
    constant: C,
}

/// A full round's matrix.
#[derive(Debug)]
struct Mix<C> {
    rows: Vec<Row<C, PAIRS>>,
    last: Last<C>,
}

/// What becomes of the lane that is in no pair.
#[derive(Debug)]
enum Last<C> {
    /// There is none.
    Absent,
    /// Its weight is 1 in every row.
    One,
    /// One weight a row.
    Weights(Vec<C>),
}

impl<C: Constant> Weights<C> {
    /// For inputs and outputs as they are in memory.
    pub fn new() -> Self {
        let mut plan = Plan::new(Fr::from(C::EDGE));
        let last = plan.after.pop().expect("a plan has rounds");
        let newest_first = &plan.recurrence;
        let products: Fr = newest_first.iter().map(|(a, b)| *a * b).sum();
        let leave = plan.leave.iter().zip(&plan.leave_constants);
        Self {
            first: plan.first.iter().map(C::new).collect(),
            before: plan.before.iter().map(Mix::new).collect(),
            answers: plan.answers.iter().map(C::new).collect(),
            recurrence: core::array::from_fn(|i| pair(&newest_first[ORDER - 1 - i % ORDER])),
            constants: plan.constants.iter().map(|constant| C::new(&(*constant - products))).collect(),
            leave: leave
                .map(|(row, constant)| {
                    let oldest_first: Vec<_> = row.iter().rev().copied().collect();
                    Row::new(&oldest_first, *constant)
                })
                .collect(),
            after: plan.after.iter().map(Mix::new).collect(),
            last: last.rows[0].iter().map(C::new).collect(),
        }
    }
}

impl<C: Constant, const PAIRS: usize> Row<C, PAIRS> {
    fn new(pairs: &[(Fr, Fr)], constant: Fr) -> Self {
        let products: Fr = pairs.iter().map(|(a, b)| *a * b).sum();
        Self { pairs: core::array::from_fn(|i| pair(&pairs[i])), constant: C::new(&(constant - products)) }
    }
}

impl<C: Constant> Mix<C> {
    fn new(layer: &Layer) -> Self {
        let row = |(row, constant): (&Vec<Fr>, &Fr)| {
            let pairs: Vec<(Fr, Fr)> = row.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            Row::new(&pairs, *constant)
        };
        let last = match layer {
            Layer { last_is_one: true, .. } => Last::One,
            Layer { rows, .. } if rows[0].len() == 2 * PAIRS => Last::Absent,
            Layer { rows, .. } => Last::Weights(rows.iter().map(|row| C::new(&row[STATE - 1])).collect()),
        };
        Self { rows: layer.rows.iter().zip(&layer.constants).map(row).collect(), last }
    }
}

fn pair<C: Constant>((a, b): &(Fr, Fr)) -> [C; 2] {
    [C::new(a), C::new(b)]
}

/// The hash of eight inputs.
#[inline(always)]
pub fn hash<N: Number>(machine: N::Machine, weights: &Weights<N::Constant>, inputs: &[N; ORDER]) -> N {
    // Lane 0 is a constant, so eight lanes enter.
    let mut state = [inputs[0]; STATE];
    for i in 0..ORDER {
        state[i] = inputs[i].add(&N::constant(machine, &weights.first[i]));
    }
    full_rounds(machine, &weights.before, &mut state);
    partial_rounds(machine, weights, &mut state);
    full_rounds(machine, &weights.after, &mut state);
    let mut sum = N::Sum::zero(machine);
    for (lane, weight) in state.iter().zip(&weights.last) {
        sum.add_product(&N::constant(machine, weight), &fifth_power(lane));
    }
    sum.reduce()
}

#[inline(always)]
fn full_rounds<N: Number>(machine: N::Machine, rounds: &[Mix<N::Constant>], state: &mut [N; STATE]) {
    for mix in rounds {
        for lane in &mut *state {
            *lane = fifth_power(lane);
        }
        *state = apply(machine, mix, state);
    }
}

#[inline(always)]
fn apply<N: Number>(machine: N::Machine, mix: &Mix<N::Constant>, lanes: &[N; STATE]) -> [N; STATE] {
    let mut products = N::Sum::zero(machine);
    for i in 0..PAIRS {
        products.add_product(&lanes[2 * i], &lanes[2 * i + 1]);
    }
    let mut common = N::Sum::zero(machine);
    common.sub(&products);
    let last = &lanes[STATE - 1];
    if let Last::One = mix.last {
        common.add_number(last);
    }
    let mut mixed = *lanes;
    for (i, row) in mix.rows.iter().enumerate() {
        let mut sum = common;
        sum.add_number(&N::constant(machine, &row.constant));
        for (j, [a, b]) in row.pairs.iter().enumerate() {
            let [a, b] = [N::constant(machine, a), N::constant(machine, b)];
            sum.add_product_of_sums([&a, &lanes[2 * j + 1]], [&b, &lanes[2 * j]]);
        }
        if let Last::Weights(weights) = &mix.last {
            sum.add_product(&N::constant(machine, &weights[i]), last);
        }
        mixed[i] = sum.reduce();
    }
    mixed
}

/// From `t_0` and the free parts of `t_1` to `t_8` to the lanes of the full round after.
#[inline(always)]
fn partial_rounds<N: Number>(machine: N::Machine, weights: &Weights<N::Constant>, state: &mut [N; STATE]) {
    let mut t = state[0];
    let mut window = Window::new(machine, &t);
    let mut x = fifth_power(&t);
    let mut early = [x; ORDER];
    for k in 1..=ORDER {
        let mut sum = N::Sum::zero(machine);
        sum.add_number(&state[k]);
        for i in 2..=k {
            sum.add_product(&N::constant(machine, &weights.answers[i - 2]), &early[k - i]);
        }
        t = sum.reduce_and_add(&x);
        window.push(machine, k, &t, &x);
        if k < ORDER {
            x = fifth_power(&t);
            early[k] = x;
        }
    }
    for (i, constant) in weights.constants.iter().enumerate() {
        let k = ORDER + 1 + i;
        let start = (ORDER - k % ORDER) % ORDER;
        let sum = window.combine(machine, &weights.recurrence[start..start + ORDER], constant);
        x = fifth_power(&t);
        t = sum.reduce_and_add(&x);
        window.push(machine, k, &t, &x);
    }
    state[0] = t;
    for (lane, row) in state[1..].iter_mut().zip(&weights.leave) {
        *lane = window.combine(machine, &row.pairs, &row.constant).reduce();
    }
}

/// The last eight `(t_k, x_{k−1})`, k at place k mod 8, their products, and the sum of these.
struct Window<N: Number> {
    pairs: [[N; 2]; ORDER],
    products: [N::Sum; ORDER],
    sum: N::Sum,
}

impl<N: Number> Window<N> {
    #[inline(always)]
    fn new(machine: N::Machine, any: &N) -> Self {
        let none = N::Sum::zero(machine);
        Self { pairs: [[*any; 2]; ORDER], products: [none; ORDER], sum: none }
    }

    #[inline(always)]
    fn push(&mut self, machine: N::Machine, k: usize, t: &N, x: &N) {
        let place = k % ORDER;
        let mut product = N::Sum::zero(machine);
        product.add_product(t, x);
        self.sum.sub(&self.products[place]);
        self.sum.add(&product);
        self.products[place] = product;
        self.pairs[place] = [*t, *x];
    }

    /// The weighted sum of the window, and a constant less the products of the weights.
    #[inline(always)]
    fn combine(&self, machine: N::Machine, weights: &[[N::Constant; 2]], constant: &N::Constant) -> N::Sum {
        let mut sum = N::Sum::zero(machine);
        sum.sub(&self.sum);
        sum.add_number(&N::constant(machine, constant));
        for ([t, x], [a, b]) in self.pairs.iter().zip(weights) {
            let [a, b] = [N::constant(machine, a), N::constant(machine, b)];
            sum.add_product_of_sums([&a, x], [&b, t]);
        }
        sum
    }
}

#[inline(always)]
fn fifth_power<N: Number>(x: &N) -> N {
    x.square().square().mul(x)
}
