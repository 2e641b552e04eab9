use std::collections::{BTreeMap, BTreeSet};

use ark_ff::Zero;
use popw_circuits::drivers::plonkish::{
    ADVICE, Advice, Audited, Cell, Checker, Column, Expression, Gate, Gates, Layout, Plonkish, Query,
    RESERVED_ROWS, Rotation, Violation, check,
};
use popw_core::{Fr, poseidon};

/// Field elements that look random, from a seed.
pub fn elements(seed: u64, count: usize) -> Vec<Fr> {
    (0..count).map(|i| poseidon::hash(&[Fr::from(seed), Fr::from(i as u64)])).collect()
}

/// Runs all three modes and compares them.
pub fn run(synthesize: impl Fn(&mut Plonkish)) -> Audited {
    let audited = Plonkish::audit(&synthesize);
    assert_eq!(Plonkish::layout(&synthesize), audited.layout, "setup and audit differ");
    assert_eq!(Plonkish::advice(&synthesize), audited.advice, "proving and audit differ");
    let rows = audited.layout.rows.max(audited.layout.public) + RESERVED_ROWS;
    assert!(rows <= 1 << audited.layout.k && rows > 1 << (audited.layout.k - 1));
    audited
}

/// The table must hold, and no class of copied cells may move alone; `free` lists the paths where one may.
pub fn accept(synthesize: impl Fn(&mut Plonkish), free: &[&str]) -> Audited {
    let audited = run(synthesize);
    assert_eq!(check(&audited.layout, &audited.advice), Ok(()));
    let moved = free_cells(&audited);
    let found: BTreeSet<&str> = moved.iter().map(|cell| audited.trace.row(cell.row as usize, 0)).collect();
    assert_eq!(found, free.iter().copied().collect(), "free: {moved:?}");
    audited
}

/// The table must be refused, in the part named `path`.
pub fn refuse(synthesize: impl Fn(&mut Plonkish), path: &str) {
    let audited = run(synthesize);
    let violations = Checker::new(&audited.layout).violations(&audited.advice);
    assert!(!violations.is_empty(), "accepted");
    assert_eq!(check(&audited.layout, &audited.advice), Err(violations[0].clone()));
    for violation in violations {
        assert_eq!(violation.path(&audited.trace), path, "{violation}");
    }
}

/// One cell of each class of copied cells that can be changed, everywhere at once, without any gate noticing.
pub fn free_cells(audited: &Audited) -> Vec<Cell> {
    let checker = Checker::new(&audited.layout);
    let mut advice = audited.advice.clone();
    let mut free = Vec::new();
    for class in classes(audited) {
        // A public input is the verifier's.
        if class.iter().any(|cell| cell.column == Column::Instance) {
            continue;
        }
        let advice_column = |cell: &Cell| match cell.column {
            Column::Advice(column) => usize::from(column),
            Column::Instance => unreachable!("excluded above"),
        };
        let one = Fr::from(1u64);
        for cell in &class {
            advice.columns[advice_column(cell)][cell.row as usize] += one;
        }
        let noticed = class.iter().any(|cell| {
            !checker.violations_around(&advice, advice_column(cell), cell.row as usize).is_empty()
        });
        for cell in &class {
            advice.columns[advice_column(cell)][cell.row as usize] -= one;
        }
        if !noticed {
            free.push(class[0]);
        }
    }
    free
}

/// Cells that copies tie together, and the assigned cells without copies one by one.
fn classes(audited: &Audited) -> Vec<Vec<Cell>> {
    let mut neighbours: BTreeMap<Cell, Vec<Cell>> = BTreeMap::new();
    for (from, to) in &audited.layout.copies {
        neighbours.entry(*from).or_default().push(*to);
        neighbours.entry(*to).or_default().push(*from);
    }
    for row in 0..audited.layout.rows {
        for column in (0..ADVICE).filter(|column| audited.trace.is_assigned(*column, row)) {
            let cell = Cell { column: Column::Advice(column as u8), row: row as u32 };
            neighbours.entry(cell).or_default();
        }
    }
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for start in neighbours.keys() {
        let mut class = Vec::new();
        let mut open = vec![*start];
        while let Some(cell) = open.pop() {
            if seen.insert(cell) {
                class.push(cell);
                open.extend(&neighbours[&cell]);
            }
        }
        if !class.is_empty() {
            out.push(class);
        }
    }
    out
}

/// Rows by operation.
pub fn cost(audited: &Audited) -> Vec<(&'static str, usize)> {
    audited.layout.cost.iter().map(|(operation, rows)| (*operation, *rows)).collect()
}

/// Rows of one operation.
pub fn rows(audited: &Audited, operation: &str) -> usize {
    audited.layout.cost.get(operation).copied().unwrap_or(0)
}

/// The gates at one row of a table.
pub fn gates_at(layout: &Layout, advice: &Advice, row: usize) -> Vec<Gate<Fr>> {
    struct At<'a>(&'a Layout, &'a Advice, usize);
    impl Query for At<'_> {
        type Expression = Fr;
        fn advice(&mut self, column: usize, rotation: Rotation) -> Fr {
            let row = match rotation {
                Rotation::Previous => self.2.wrapping_sub(1),
                Rotation::Current => self.2,
                Rotation::Next => self.2 + 1,
            };
            self.1.columns[column].get(row).copied().unwrap_or_default()
        }
        fn fixed(&mut self, column: usize) -> Fr {
            self.0.fixed[column][self.2]
        }
    }
    Gates::new().at(&mut At(layout, advice, row))
}

/// The degree of an expression, with a fixed column as degree 1.
#[derive(Clone, Copy)]
struct Degree(usize);

impl std::ops::Add for Degree {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

impl std::ops::Sub for Degree {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

impl std::ops::Mul for Degree {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)]
    fn mul(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Expression for Degree {
    fn constant(_: Fr) -> Self {
        Self(0)
    }
    fn scale(self, _: Fr) -> Self {
        self
    }
}

struct Degrees;

impl Query for Degrees {
    type Expression = Degree;
    fn advice(&mut self, _: usize, _: Rotation) -> Degree {
        Degree(1)
    }
    fn fixed(&mut self, _: usize) -> Degree {
        Degree(1)
    }
}

#[test]
fn degrees() {
    let gates = Gates::new().at(&mut Degrees);
    let degrees: Vec<_> =
        gates.iter().map(|gate| (gate.name, gate.constraints.iter().map(|c| c.0).max().unwrap())).collect();
    assert_eq!(
        degrees,
        [
            ("arithmetic", 4),
            ("boolean", 3),
            ("edwards addition", 6),
            ("base8 window", 4),
            ("edwards ladder", 5),
            ("poseidon t=3, full round in the row", 6),
            ("poseidon t=3, full round to the next row", 6),
            ("poseidon t=3, entry", 6),
            ("poseidon t=3, exit", 6),
            ("poseidon t=3, partial rounds", 6),
            ("poseidon t=4", 6),
            ("poseidon t=5", 6),
            ("poseidon t=6", 6),
            ("poseidon t=9, even round, lanes 0..2", 6),
            ("poseidon t=9, even round, lanes 3..8", 6),
            ("poseidon t=9, odd round, lanes 0..5", 6),
            ("poseidon t=9, odd round, lanes 6..8", 6),
            ("poseidon t=9, entry", 6),
            ("poseidon t=9, second entry", 6),
            ("poseidon t=9, partial rounds", 6),
            ("poseidon t=9, exit", 6),
            ("poseidon t=9, second exit", 6),
        ]
    );
}

#[test]
fn an_empty_table_satisfies_every_gate() {
    struct Zeros;
    impl Query for Zeros {
        type Expression = Fr;
        fn advice(&mut self, column: usize, rotation: Rotation) -> Fr {
            Fr::from(column as u64 + 7 * rotation as u64 + 1)
        }
        fn fixed(&mut self, _: usize) -> Fr {
            Fr::zero()
        }
    }
    let gates = Gates::new().at(&mut Zeros);
    assert!(gates.iter().all(|gate| gate.constraints.iter().all(Zero::is_zero)));
}

#[test]
fn refuses_advice_of_another_shape() {
    use popw_circuits::Driver;
    let audited = run(|d| {
        let wire = d.alloc(Some(Fr::from(3u64)));
        d.expose(&wire);
    });
    let refused = |change: fn(&mut Audited)| {
        let mut changed = audited.clone();
        change(&mut changed);
        assert_eq!(check(&changed.layout, &changed.advice), Err(Violation::Shape));
    };
    refused(|a| a.advice.public.clear());
    refused(|a| a.advice.public.push(Fr::zero()));
    refused(|a| a.advice.columns.truncate(5));
    refused(|a| a.advice.columns[2].push(Fr::zero()));
}
