//! Gates as straight-line programs, each for one constraint, so that the few that a row selects can be evaluated and
//! differentiated by themselves.

use std::{
    collections::HashMap,
    ops::{Add, Mul, Sub},
    rc::Rc,
};

use ark_ff::{One, Zero};
use popw_circuits::drivers::plonkish::{ADVICE, Expression, Gates, Layout, Query, Rotation, fixed};
use popw_core::Fr;

/// Advice cells that a gate reads: its row's, the next row's, and the last three of the previous one.
pub const READ: usize = 2 * ADVICE + 3;

/// Row and column of the cell that a gate at `row` reads as its `i`-th, of a table of so many rows.
pub fn cell_read(row: usize, i: usize, rows: usize) -> Option<(usize, usize)> {
    match i / ADVICE {
        0 => Some((row, i)),
        1 => (row + 1 < rows).then_some((row + 1, i - ADVICE)),
        _ => row.checked_sub(1).map(|row| (row, i - 2 * ADVICE + 3)),
    }
}

/// One constraint of a gate.
pub struct Program {
    pub gate: &'static str,
    pub constraint: usize,
    /// Every one takes the place after those before it; the last is the constraint.
    steps: Vec<Step>,
    selectors: Vec<usize>,
}

#[derive(Clone, Copy)]
enum Step {
    Advice(usize),
    Fixed(usize),
    Constant(Fr),
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
    Scale(usize, Fr),
}

impl Program {
    /// All constraints of all gates.
    pub fn all() -> Vec<Self> {
        let gates = Gates::new().at(&mut Symbols);
        let of_gate = gates.iter().flat_map(|gate| {
            gate.constraints.iter().enumerate().map(|(constraint, node)| {
                let (mut steps, mut known) = (Vec::new(), HashMap::new());
                flatten(node, &mut steps, &mut known);
                let selectors = steps.iter().filter_map(|step| match step {
                    Step::Fixed(column) if *column >= fixed::SPLIT => Some(*column),
                    _ => None,
                });
                Self { gate: gate.name, constraint, selectors: selectors.collect(), steps }
            })
        });
        of_gate.collect()
    }

    pub fn is_active(&self, layout: &Layout, row: usize) -> bool {
        self.selectors.iter().any(|column| !layout.fixed[*column][row].is_zero())
    }

    /// The constraint over any algebra.
    pub fn evaluate<E: Expression>(&self, advice: impl Fn(usize) -> E, fixed: impl Fn(usize) -> Fr) -> E {
        let mut values: Vec<E> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let value = |i: &usize| values[*i].clone();
            values.push(match step {
                Step::Advice(i) => advice(*i),
                Step::Fixed(column) => E::constant(fixed(*column)),
                Step::Constant(value) => E::constant(*value),
                Step::Add(a, b) => value(a) + value(b),
                Step::Sub(a, b) => value(a) - value(b),
                Step::Mul(a, b) => value(a) * value(b),
                Step::Scale(a, by) => value(a).scale(*by),
            });
        }
        values.pop().expect("a constraint")
    }

    /// Its derivatives by the cells it reads, from the result back.
    pub fn gradient(&self, advice: &[Fr; READ], fixed: impl Fn(usize) -> Fr) -> [Fr; READ] {
        let mut values: Vec<Fr> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            values.push(match *step {
                Step::Advice(i) => advice[i],
                Step::Fixed(column) => fixed(column),
                Step::Constant(value) => value,
                Step::Add(a, b) => values[a] + values[b],
                Step::Sub(a, b) => values[a] - values[b],
                Step::Mul(a, b) => values[a] * values[b],
                Step::Scale(a, by) => values[a] * by,
            });
        }
        let mut slopes = vec![Fr::zero(); self.steps.len()];
        *slopes.last_mut().expect("a constraint") = Fr::one();
        let mut out = [Fr::zero(); READ];
        for (i, step) in self.steps.iter().enumerate().rev() {
            let slope = slopes[i];
            match *step {
                _ if slope.is_zero() => {}
                Step::Advice(cell) => out[cell] += slope,
                Step::Fixed(_) | Step::Constant(_) => {}
                Step::Add(a, b) => {
                    slopes[a] += slope;
                    slopes[b] += slope;
                }
                Step::Sub(a, b) => {
                    slopes[a] += slope;
                    slopes[b] -= slope;
                }
                Step::Mul(a, b) => {
                    slopes[a] += slope * values[b];
                    slopes[b] += slope * values[a];
                }
                Step::Scale(a, by) => slopes[a] += slope * by,
            }
        }
        out
    }
}

/// An expression as a graph.
#[derive(Clone)]
struct Node(Rc<Term>);

enum Term {
    Advice(usize),
    Fixed(usize),
    Constant(Fr),
    Add(Node, Node),
    Sub(Node, Node),
    Mul(Node, Node),
    Scale(Node, Fr),
}

fn flatten(node: &Node, steps: &mut Vec<Step>, known: &mut HashMap<*const Term, usize>) -> usize {
    if let Some(place) = known.get(&Rc::as_ptr(&node.0)) {
        return *place;
    }
    let mut place = |node: &Node| flatten(node, steps, known);
    let step = match &*node.0 {
        Term::Advice(i) => Step::Advice(*i),
        Term::Fixed(column) => Step::Fixed(*column),
        Term::Constant(value) => Step::Constant(*value),
        Term::Add(a, b) => Step::Add(place(a), place(b)),
        Term::Sub(a, b) => Step::Sub(place(a), place(b)),
        Term::Mul(a, b) => Step::Mul(place(a), place(b)),
        Term::Scale(a, by) => Step::Scale(place(a), *by),
    };
    steps.push(step);
    known.insert(Rc::as_ptr(&node.0), steps.len() - 1);
    steps.len() - 1
}

impl Add for Node {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(Rc::new(Term::Add(self, other)))
    }
}

impl Sub for Node {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(Rc::new(Term::Sub(self, other)))
    }
}

impl Mul for Node {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(Rc::new(Term::Mul(self, other)))
    }
}

impl Expression for Node {
    fn constant(value: Fr) -> Self {
        Self(Rc::new(Term::Constant(value)))
    }
    fn scale(self, by: Fr) -> Self {
        Self(Rc::new(Term::Scale(self, by)))
    }
}

struct Symbols;

impl Query for Symbols {
    type Expression = Node;

    fn advice(&mut self, column: usize, rotation: Rotation) -> Node {
        Node(Rc::new(Term::Advice(match rotation {
            Rotation::Current => column,
            Rotation::Next => ADVICE + column,
            Rotation::Previous => 2 * ADVICE + column - 3,
        })))
    }

    fn fixed(&mut self, column: usize) -> Node {
        Node(Rc::new(Term::Fixed(column)))
    }
}

#[test]
fn programs_are_the_gates() {
    use super::support::elements;
    let (advice, fixed) = (elements(1, READ), elements(2, fixed::COUNT));
    struct At<'a>(&'a [Fr], &'a [Fr]);
    impl Query for At<'_> {
        type Expression = Fr;
        fn advice(&mut self, column: usize, rotation: Rotation) -> Fr {
            self.0[match rotation {
                Rotation::Current => column,
                Rotation::Next => ADVICE + column,
                Rotation::Previous => 2 * ADVICE + column - 3,
            }]
        }
        fn fixed(&mut self, column: usize) -> Fr {
            self.1[column]
        }
    }
    let expected: Vec<Fr> =
        Gates::new().at(&mut At(&advice, &fixed)).into_iter().flat_map(|gate| gate.constraints).collect();
    let programs = Program::all();
    let found: Vec<Fr> =
        programs.iter().map(|program| program.evaluate(|i| advice[i], |column| fixed[column])).collect();
    assert_eq!(found, expected);

    // Slopes are those of the constraint on a line through the point, to first order.
    let (point, direction) = (advice, elements(3, READ));
    for program in programs {
        let line = program.evaluate(|i| Line([point[i], direction[i]]), |column| fixed[column]);
        let gradient = program.gradient(&point[..].try_into().expect("all cells"), |column| fixed[column]);
        let slope: Fr = gradient.iter().zip(&direction).map(|(slope, by)| *slope * by).sum();
        assert_eq!(line.0[1], slope, "{}, {}", program.gate, program.constraint);
    }
}

/// `a + b·ε`, ε² = 0.
#[derive(Clone, Copy)]
struct Line([Fr; 2]);

impl Add for Line {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self([self.0[0] + other.0[0], self.0[1] + other.0[1]])
    }
}

impl Sub for Line {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self([self.0[0] - other.0[0], self.0[1] - other.0[1]])
    }
}

impl Mul for Line {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self([self.0[0] * other.0[0], self.0[0] * other.0[1] + self.0[1] * other.0[0]])
    }
}

impl Expression for Line {
    fn constant(value: Fr) -> Self {
        Self([value, Fr::zero()])
    }
    fn scale(self, by: Fr) -> Self {
        Self([self.0[0] * by, self.0[1] * by])
    }
}
