//! The scalars of the verification equation, from evaluations and challenges: `popw_verifier`'s `quotient.rs` and
//! `shplonk.rs` on expressions instead of values.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use popw_verifier::halo2::{Column, Key, Op as ProgramOp, Program};

use super::{
    dag::{Graph, Node, Place},
    domain::{Domain, delta},
    fold,
    layout::{Layout, chunk},
    memory::{CALL_PROOF, CHALLENGES, DENOMINATOR, INVERSE, ROWS_POWER},
    openings::{self, Set, Values},
    points,
    yul::{Step, Target},
};

/// What the points are multiplied by.
pub(super) struct Scalars {
    pub sets: Vec<Set>,
    /// Folds polynomials of a set.
    pub fold: Node,
    /// Folds the pieces of the quotient.
    pub rows_power: Node,
    /// Of each set, relative to the first, whose weight is 1.
    pub weights: Vec<Node>,
    /// Of the generator.
    pub minus_value: Node,
    /// Of the first opening.
    pub minus_vanishing: Node,
    /// Of the second opening.
    pub u: Node,
}

struct Challenges {
    theta: Node,
    beta: Node,
    gamma: Node,
    y: Node,
    x: Node,
    fold: Node,
    v: Node,
    u: Node,
}

/// Steps that set the graph's scalars up to the folded evaluations, and what the points need.
pub(super) fn build(graph: &mut Graph, key: &Key, layout: &Layout, steps: &mut Vec<Step>) -> Scalars {
    let d = key.description();
    let domain = Domain::new(d.k);
    let [theta, beta, gamma, _, x, fold, v, u] =
        std::array::from_fn(|index| graph.read(Place::Memory(CHALLENGES + 0x20 * index)));
    let y = graph.read(Place::Variable("y"));
    let c = Challenges { theta, beta, gamma, y, x, fold, v, u };

    // x^n by squaring.
    steps.push(Step::Set(Target::Accumulator, c.x));
    steps.extend((0..d.k).map(|_| Step::Raw("f := mulmod(f, f, p)".into(), 22)));
    let power = graph.read(Place::Accumulator(0));
    steps.push(Step::Set(Target::Memory(ROWS_POWER), power));
    let rows_power = graph.read(Place::Memory(ROWS_POWER));

    let inverses = Inverses::plan(graph, key, &domain, &c, rows_power, &sets_of_rows(key, layout));
    steps.push(Step::Set(Target::Memory(DENOMINATOR), inverses.product));
    steps.push(Step::Raw(points::inversion(), points::INVERSION_GAS));
    let inverses = inverses.solve(graph);

    let rows = Rows::new(graph, key, layout, &domain, &inverses);
    let constraints = Constraints { key, layout, c: &c, rows: &rows }.all(graph);
    let folded = fold::all(graph, steps, &constraints, c.y);
    let quotient = graph.multiply(folded, inverses.vanishing);

    let sets = {
        let mut at = |offset: usize| graph.read(Place::Calldata(CALL_PROOF + offset));
        openings::sets(key, layout, &mut Values { at: &mut at, quotient })
    };
    let (weights, minus_value) = weigh(graph, &domain, &sets, &c, &inverses);
    let minus_vanishing = graph.negate(inverses.first_distance);
    Scalars { sets, fold: c.fold, rows_power, weights, minus_value, minus_vanishing, u: c.u }
}

/// Rows of all sets, before values are known.
fn sets_of_rows(key: &Key, layout: &Layout) -> Vec<Vec<u64>> {
    let mut none = Graph::default();
    let quotient = none.constant(Fr::ZERO);
    let mut at = |_| quotient;
    let sets = openings::sets(key, layout, &mut Values { at: &mut at, quotient });
    sets.into_iter().map(|set| set.rows).collect()
}

/// Everything that is divided by, inverted at once.
struct Inverses {
    factors: Vec<Node>,
    product: Node,
    /// Rows with a Lagrange polynomial of their own: the public inputs' and the last active one.
    rows: Vec<u64>,
    /// u minus each point of opening, by row.
    distances: Vec<(u64, Node)>,
    first_distance: Node,
    numerator: Node,
    power: Node,
}

/// The inverses.
struct Solved {
    /// Of `x^n − 1`.
    vanishing: Node,
    power: Node,
    /// Of x.
    x: Node,
    /// Of `Π (u − point)` over the points that are not the first set's.
    others: Node,
    /// Of `x − ω^row`.
    rows: Vec<(u64, Node)>,
    /// `Σ ω^i/(x − ω^i)` over the blinding rows.
    blinding: Node,
    distances: Vec<(u64, Node)>,
    first_distance: Node,
}

impl Inverses {
    fn plan(
        graph: &mut Graph,
        key: &Key,
        domain: &Domain,
        c: &Challenges,
        power: Node,
        sets: &[Vec<u64>],
    ) -> Self {
        let d = key.description();
        let first_blind = domain.rows - u64::from(d.blinding);
        let rows: Vec<u64> = (0..u64::from(d.public.max(1))).chain([first_blind - 1]).collect();
        let opened: std::collections::BTreeSet<u64> = sets.iter().flatten().copied().collect();
        let distances: Vec<(u64, Node)> = opened
            .into_iter()
            .map(|row| {
                let root = graph.constant(domain.power(row));
                let point = graph.multiply(root, c.x);
                (row, graph.subtract(c.u, point))
            })
            .collect();
        let first = sets.first().map(Vec::as_slice).unwrap_or_default();
        let inside = distances.iter().filter(|(row, _)| first.contains(row)).map(|(_, distance)| *distance);
        let first_distance = graph.product(inside);
        let all = distances.iter().filter(|(row, _)| !first.contains(row)).map(|(_, distance)| *distance);
        let all = graph.product(std::iter::once(first_distance).chain(all));
        let (numerator, denominator) = domain.sum_of_lagrange(first_blind..domain.rows);
        let mut polynomial = |coefficients: &[Fr]| {
            coefficients.iter().rev().fold(None, |sum: Option<Node>, coefficient| {
                let coefficient = graph.constant(*coefficient);
                Some(match sum {
                    None => coefficient,
                    Some(sum) => {
                        let sum = graph.multiply(sum, c.x);
                        graph.add(sum, coefficient)
                    }
                })
            })
        };
        // Lists of coefficients are never empty.
        let numerator = polynomial(&numerator[..numerator.len() - 1]).unwrap_or(c.x);
        let denominator = polynomial(&denominator).unwrap_or(c.x);
        let one = graph.constant(Fr::ONE);
        let vanishing = graph.subtract(power, one);
        let mut factors = vec![vanishing, c.x, all, denominator];
        for row in &rows {
            let root = graph.constant(domain.power(*row));
            factors.push(graph.subtract(c.x, root));
        }
        let product = graph.product(factors.iter().copied());
        Self { factors, product, rows, distances, first_distance, numerator, power: vanishing }
    }

    /// Every inverse, from that of the product.
    fn solve(self, graph: &mut Graph) -> Solved {
        let mut rest = graph.read(Place::Memory(INVERSE));
        let mut inverses = Vec::new();
        for (index, factor) in self.factors.iter().enumerate().rev() {
            let before = graph.product(self.factors[..index].iter().copied());
            inverses.push(graph.multiply(rest, before));
            rest = graph.multiply(rest, *factor);
        }
        inverses.reverse();
        let [vanishing, x, all, denominator] = [0, 1, 2, 3].map(|index: usize| inverses[index]);
        Solved {
            vanishing,
            power: self.power,
            x,
            others: graph.multiply(all, self.first_distance),
            rows: self.rows.into_iter().zip(inverses.into_iter().skip(4)).collect(),
            blinding: graph.multiply(self.numerator, denominator),
            distances: self.distances,
            first_distance: self.first_distance,
        }
    }
}

/// Lagrange polynomials at x, of the rows that arguments treat apart.
struct Rows {
    first: Node,
    last: Node,
    active: Node,
    instance: Node,
}

impl Rows {
    /// `L_i(x) = (x^n − 1)/n · ω^i/(x − ω^i)`.
    fn new(graph: &mut Graph, key: &Key, layout: &Layout, domain: &Domain, inverses: &Solved) -> Self {
        let over_rows = Fr::from(domain.rows).inverse().unwrap_or_default();
        let over_rows = graph.constant(over_rows);
        let scale = graph.multiply(over_rows, inverses.power);
        let mut fractions: Vec<Node> = Vec::new();
        for (row, inverse) in &inverses.rows {
            let root = graph.constant(domain.power(*row));
            fractions.push(graph.multiply(root, *inverse));
        }
        let last = fractions.pop().unwrap_or(scale);
        let first = graph.multiply(scale, fractions[0]);
        let inputs = CALL_PROOF + layout.length + 0x20;
        let mut instance = graph.constant(Fr::ZERO);
        for (index, fraction) in fractions.iter().take(key.public_inputs()).enumerate() {
            let input = graph.read(Place::Calldata(inputs + 0x20 * index));
            let term = graph.multiply(input, *fraction);
            instance = graph.add(instance, term);
        }
        let instance = graph.multiply(scale, instance);
        let inactive = graph.add(last, inverses.blinding);
        let inactive = graph.multiply(scale, inactive);
        let one = graph.constant(Fr::ONE);
        Self { first, last: graph.multiply(scale, last), active: graph.subtract(one, inactive), instance }
    }
}

/// Everything that is to be zero on the active rows, in order.
struct Constraints<'a> {
    key: &'a Key,
    layout: &'a Layout,
    c: &'a Challenges,
    rows: &'a Rows,
}

impl Constraints<'_> {
    fn all(&self, graph: &mut Graph) -> Vec<Node> {
        let gates = &self.key.description().gates;
        let mut all: Vec<Node> = gates.iter().map(|gate| self.program(graph, gate)).collect();
        self.permutation(graph, &mut all);
        self.lookups(graph, &mut all);
        all
    }

    fn eval(&self, graph: &mut Graph, offset: usize) -> Node {
        graph.read(Place::Calldata(CALL_PROOF + offset))
    }

    /// The value of a program of the key, which is well formed.
    fn program(&self, graph: &mut Graph, program: &Program) -> Node {
        run(graph, program, &mut |graph, op| match op {
            ProgramOp::Fixed(query) => self.eval(graph, self.layout.fixed_evals[usize::from(query)]),
            ProgramOp::Advice(query) => self.eval(graph, self.layout.advice_evals[usize::from(query)]),
            _ => self.rows.instance,
        })
    }

    fn permutation(&self, graph: &mut Graph, all: &mut Vec<Node>) {
        let d = self.key.description();
        let products: Vec<Vec<Node>> = self
            .layout
            .product_evals
            .iter()
            .map(|evals| evals.iter().map(|offset| self.eval(graph, *offset)).collect())
            .collect();
        let one = graph.constant(Fr::ONE);
        if let (Some(first), Some(last)) = (products.first(), products.last()) {
            let off = graph.subtract(one, first[0]);
            all.push(graph.multiply(self.rows.first, off));
            let square = graph.square(last[0]);
            let off = graph.subtract(square, last[0]);
            all.push(graph.multiply(self.rows.last, off));
        }
        for (previous, product) in products.iter().zip(products.iter().skip(1)) {
            let off = graph.subtract(product[0], previous[2]);
            all.push(graph.multiply(self.rows.first, off));
        }
        let delta = graph.constant(delta());
        let mut identity = graph.multiply(self.c.beta, self.c.x);
        let permuted = d.permutation.iter().zip(&self.layout.permutation_evals).collect::<Vec<_>>();
        for (product, columns) in products.iter().zip(permuted.chunks(chunk(d))) {
            let (mut left, mut right) = (product[1], product[0]);
            for ((column, _), permutation) in columns {
                let value = self.current(graph, *column);
                let value = graph.add(value, self.c.gamma);
                let permutation = self.eval(graph, **permutation);
                let permutation = graph.multiply(self.c.beta, permutation);
                let factor = graph.add(value, permutation);
                left = graph.multiply(left, factor);
                let factor = graph.add(value, identity);
                right = graph.multiply(right, factor);
                identity = graph.multiply(delta, identity);
            }
            let off = graph.subtract(left, right);
            all.push(graph.multiply(self.rows.active, off));
        }
    }

    /// A permuted column at the current row; the key has been checked to open it there.
    fn current(&self, graph: &mut Graph, column: Column) -> Node {
        let d = self.key.description();
        let (queries, evals, column) = match column {
            Column::Fixed(column) => (&d.fixed_queries, &self.layout.fixed_evals, column),
            Column::Advice(column) => (&d.advice_queries, &self.layout.advice_evals, column),
            Column::Instance => return self.rows.instance,
        };
        let place = queries.iter().position(|query| query.column == column && query.rotation == 0);
        self.eval(graph, evals[place.unwrap_or_else(|| unreachable!("the key has been checked"))])
    }

    fn lookups(&self, graph: &mut Graph, all: &mut Vec<Node>) {
        let Challenges { theta, beta, gamma, .. } = *self.c;
        for (lookup, evals) in self.key.description().lookups.iter().zip(&self.layout.lookup_evals) {
            let compress = |graph: &mut Graph, programs: &[Program]| {
                let zero = graph.constant(Fr::ZERO);
                programs.iter().fold(zero, |sum, program| {
                    let value = self.program(graph, program);
                    let sum = graph.multiply(sum, theta);
                    graph.add(sum, value)
                })
            };
            let inputs = compress(graph, &lookup.inputs);
            let tables = compress(graph, &lookup.tables);
            let [product, product_next, input, input_previous, table] =
                evals.map(|offset| self.eval(graph, offset));
            let factors = [graph.add(input, beta), graph.add(table, gamma)];
            let left = graph.product([product_next].into_iter().chain(factors));
            let factors = [graph.add(inputs, beta), graph.add(tables, gamma)];
            let right = graph.product([product].into_iter().chain(factors));
            let one = graph.constant(Fr::ONE);
            let off = graph.subtract(one, product);
            all.push(graph.multiply(self.rows.first, off));
            let square = graph.square(product);
            let off = graph.subtract(square, product);
            all.push(graph.multiply(self.rows.last, off));
            let off = graph.subtract(left, right);
            all.push(graph.multiply(self.rows.active, off));
            let off = graph.subtract(input, table);
            all.push(graph.multiply(self.rows.first, off));
            let step = graph.subtract(input, input_previous);
            let off = graph.multiply(off, step);
            all.push(graph.multiply(self.rows.active, off));
        }
    }
}

/// The value of a postfix program; `leaf` says what is no operation and no constant.
pub(super) fn run(
    graph: &mut Graph,
    program: &Program,
    leaf: &mut dyn FnMut(&mut Graph, ProgramOp) -> Node,
) -> Node {
    let mut stack: Vec<Node> = Vec::new();
    let malformed = || unreachable!("the key has been checked");
    for op in &program.0 {
        let node = match *op {
            ProgramOp::Constant(value) => graph.constant(value),
            ProgramOp::Negate => {
                let a = stack.pop().unwrap_or_else(malformed);
                graph.negate(a)
            }
            ProgramOp::Add | ProgramOp::Multiply => {
                let b = stack.pop().unwrap_or_else(malformed);
                let a = stack.pop().unwrap_or_else(malformed);
                if *op == ProgramOp::Add { graph.add(a, b) } else { graph.multiply(a, b) }
            }
            other => leaf(graph, other),
        };
        stack.push(node);
    }
    stack.pop().unwrap_or_else(malformed)
}

/// Weights of the sets, and minus the folded values at u.
fn weigh(
    graph: &mut Graph,
    domain: &Domain,
    sets: &[Set],
    c: &Challenges,
    inverses: &Solved,
) -> (Vec<Node>, Node) {
    let mut fold_set = inverses.others;
    let mut weights = Vec::new();
    let mut total = graph.constant(Fr::ZERO);
    for (index, set) in sets.iter().enumerate() {
        let weight = if index == 0 {
            graph.constant(Fr::ONE)
        } else {
            fold_set = graph.multiply(fold_set, c.v);
            let outside = inverses.distances.iter().filter(|(row, _)| !set.rows.contains(row));
            let outside = graph.product(outside.map(|(_, distance)| *distance).collect::<Vec<_>>());
            graph.multiply(fold_set, outside)
        };
        weights.push(weight);

        let mut value = graph.constant(Fr::ZERO);
        for (position, row) in set.rows.iter().enumerate() {
            let folded = horner(graph, set.members.iter().map(|member| member.values[position]), c.fold);
            let basis = lagrange(graph, domain, set, *row, inverses);
            let term = graph.multiply(basis, folded);
            value = graph.add(value, term);
        }
        let term = graph.multiply(weight, value);
        total = graph.add(total, term);
    }
    (weights, graph.negate(total))
}

fn horner(graph: &mut Graph, values: impl DoubleEndedIterator<Item = Node>, base: Node) -> Node {
    let zero = graph.constant(Fr::ZERO);
    values.rev().fold(zero, |sum, value| {
        let sum = graph.multiply(base, sum);
        graph.add(sum, value)
    })
}

/// The Lagrange polynomial of one of a set's points at u: points are multiples of x by constants, so x alone is inverted.
fn lagrange(graph: &mut Graph, domain: &Domain, set: &Set, row: u64, inverses: &Solved) -> Node {
    let others: Vec<u64> = set.rows.iter().copied().filter(|other| *other != row).collect();
    let differences: Fr = others.iter().map(|other| domain.power(row) - domain.power(*other)).product();
    // Rows of a set are different.
    let scale = graph.constant(differences.inverse().unwrap_or_default());
    let distances = inverses.distances.iter().filter(|(row, _)| others.contains(row));
    let distances: Vec<Node> = distances.map(|(_, distance)| *distance).collect();
    let distances = graph.product(distances);
    let power = graph.power(inverses.x, others.len());
    let power = graph.multiply(scale, power);
    graph.multiply(distances, power)
}
