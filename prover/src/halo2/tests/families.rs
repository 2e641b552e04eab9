//! Small tables with everything the protocol has: rotations both ways, lookups, one permutation product and many.

use std::collections::BTreeMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use halo2_proofs::plonk::{Advice, Expression, Fixed};
use popw_circuits::{Driver, drivers::plonkish::Plonkish};

use super::super::*;

type HaloColumn<T> = halo2_proofs::plonk::Column<T>;

/// A family of gates and an honest table of it.
pub(super) trait Family: GateSet {
    const NAME: &'static str;
    const K: u32;

    /// Layout, advice and public inputs, all depending on `seed`; the layout on nothing else but `variant`.
    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>);
}

fn cell(column: u8, row: u32) -> Cell {
    Cell { column: Column::Advice(column), row }
}

fn input(row: u32) -> Cell {
    Cell { column: Column::Instance, row }
}

fn columns(count: usize, rows: usize) -> Vec<Vec<Fr>> {
    vec![vec![Fr::ZERO; rows]; count]
}

/// Degree 7, rotations −1, 0, 1, a lookup of pairs, one permutation product.
pub(super) struct Everything;

impl GateSet for Everything {
    const ADVICE: usize = 3;
    const FIXED: usize = 6;

    fn constraints(a: &[HaloColumn<Advice>], f: &[HaloColumn<Fixed>]) -> Constraints {
        let [multiply, power, look, constant, base, square] =
            [0, 1, 2, 3, 4, 5].map(|column| f[column].cur());
        let six = |x: Expression<_>| {
            let cube = x.clone() * x.clone() * x;
            cube.clone() * cube
        };
        Constraints {
            gates: vec![
                ("product", vec![multiply * (a[0].cur() * a[1].cur() - a[2].cur() - constant)]),
                (
                    "power",
                    vec![
                        power.clone() * (six(a[0].cur()) - a[1].next()),
                        power * (a[2].prev() - a[0].cur() * halo2_proofs::halo2curves::bn256::Fr::from(2)),
                    ],
                ),
            ],
            lookups: vec![("squares", vec![(look.clone() * a[1].cur(), base), (look * a[2].cur(), square)])],
        }
    }
}

impl Family for Everything {
    const NAME: &'static str = "everything";
    const K: u32 = 5;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        let rows = 8;
        let (x, y, v) = (Fr::from(seed + 2), Fr::from(3 * seed + 5), Fr::from(seed % 8));
        let c = Fr::from(variant);
        let mut fixed = columns(6, rows);
        let mut advice = columns(3, rows);
        let mut set = |row: usize, values: [Fr; 3]| {
            for (column, value) in advice.iter_mut().zip(values) {
                column[row] = value;
            }
        };
        set(0, [x, y, x * y - c]);
        set(1, [Fr::ZERO, Fr::ZERO, x.double()]);
        set(2, [x, Fr::ZERO, Fr::ZERO]);
        set(3, [x, x.pow([6]), x.pow([7]) - c]);
        set(4, [Fr::ZERO, v, v.square()]);
        set(5, [v, v, v.square()]);
        fixed[0][0] = Fr::ONE;
        fixed[0][3] = Fr::ONE;
        fixed[0][5] = Fr::ONE;
        fixed[1][2] = Fr::ONE;
        fixed[2][4] = Fr::ONE;
        fixed[3][0] = c;
        fixed[3][3] = c;
        for (row, value) in (0..8u64).enumerate() {
            fixed[4][row] = Fr::from(value);
            fixed[5][row] = Fr::from(value * value);
        }
        let copies = vec![
            (cell(0, 0), cell(0, 2)),
            (cell(0, 2), cell(0, 3)),
            (cell(1, 4), cell(0, 5)),
            (cell(1, 4), cell(1, 5)),
            (cell(2, 4), cell(2, 5)),
            (cell(2, 0), input(0)),
            (input(1), cell(2, 3)),
            (cell(2, 5), input(2)),
        ];
        let public = vec![advice[2][0], advice[2][3], advice[2][5]];
        (Layout { k: Self::K, rows, fixed, copies, public: 3, cost: BTreeMap::new() }, advice, public)
    }
}

/// The least there can be: one advice column, degree 3, a permutation product per column.
pub(super) struct Narrow;

impl GateSet for Narrow {
    const ADVICE: usize = 1;
    const FIXED: usize = 1;

    fn constraints(a: &[HaloColumn<Advice>], f: &[HaloColumn<Fixed>]) -> Constraints {
        let square = f[0].cur() * (a[0].cur() * a[0].cur() - a[0].next());
        Constraints { gates: vec![("square", vec![square])], lookups: vec![] }
    }
}

impl Family for Narrow {
    const NAME: &'static str = "narrow";
    const K: u32 = 4;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        let rows = 4 + variant as usize % 4;
        let mut value = Fr::from(seed + 3);
        let mut advice = columns(1, rows);
        let mut fixed = columns(1, rows);
        for row in 0..rows {
            advice[0][row] = value;
            fixed[0][row] = if row + 1 < rows { Fr::ONE } else { Fr::ZERO };
            value.square_in_place();
        }
        let last = rows as u32 - 1;
        let public = vec![advice[0][rows - 1]];
        (
            Layout {
                k: Self::K,
                rows,
                fixed,
                copies: vec![(cell(0, last), input(0))],
                public: 1,
                cost: BTreeMap::new(),
            },
            advice,
            public,
        )
    }
}

/// Six advice columns under four permutation products, rotations −1 to 2, two lookups, an empty fixed column.
pub(super) struct Wide;

impl GateSet for Wide {
    const ADVICE: usize = 6;
    const FIXED: usize = 4;

    fn constraints(a: &[HaloColumn<Advice>], f: &[HaloColumn<Fixed>]) -> Constraints {
        let [select, table, empty] = [f[0].cur(), f[1].cur(), f[2].cur()];
        let product = select.clone() * (a[0].cur() * a[1].rot(2) - a[3].prev());
        let sum = select * (a[4].cur() + a[5].next() - a[2].prev());
        Constraints {
            gates: vec![("mix", vec![product, sum, empty * a[5].prev()])],
            lookups: vec![
                ("left", vec![(a[4].cur(), table.clone())]),
                ("right", vec![(a[5].cur(), table + f[3].cur())]),
            ],
        }
    }
}

impl Family for Wide {
    const NAME: &'static str = "wide";
    const K: u32 = 5;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        let rows = 12;
        let mut fixed = columns(4, rows);
        let mut advice = columns(6, rows);
        for row in 0..rows {
            fixed[1][row] = Fr::from(row as u64);
            advice[0][row] = Fr::from(seed + row as u64);
            advice[1][row] = Fr::from(seed * 7 + row as u64);
            advice[4][row] = Fr::from((seed + row as u64) % 6);
            advice[5][row] = Fr::from((seed * 5 + row as u64) % 6);
        }
        fixed[3][11] = Fr::from(variant);
        for row in (1..rows - 2).step_by(2) {
            fixed[0][row] = Fr::ONE;
            advice[3][row - 1] = advice[0][row] * advice[1][row + 2];
            advice[2][row - 1] = advice[4][row] + advice[5][row + 1];
        }
        // Equal by construction for every seed.
        let mut copies = vec![(cell(3, 0), input(0)), (cell(2, 2), input(1))];
        for column in 0..6 {
            copies.push((cell(column, 11), cell(column, 11)));
        }
        advice[2][11] = advice[3][0];
        copies.push((cell(2, 11), cell(3, 0)));
        let public = vec![advice[3][0], advice[2][2]];
        (Layout { k: Self::K, rows, fixed, copies, public: 2, cost: BTreeMap::new() }, advice, public)
    }
}

/// Degree 6 without lookups: S-boxes under a matrix, selectors that are sums or stand in the next row.
pub(super) struct Rounds;

impl GateSet for Rounds {
    const ADVICE: usize = 4;
    const FIXED: usize = 4;

    fn constraints(a: &[HaloColumn<Advice>], f: &[HaloColumn<Fixed>]) -> Constraints {
        let number = |value: u64| halo2_proofs::halo2curves::bn256::Fr::from(value);
        let boxed = |i: usize| {
            let shifted = a[i].cur() + f[3].cur();
            let square = shifted.clone() * shifted.clone();
            square.clone() * square * shifted
        };
        let row = |to: usize, weights: [u64; 2]| {
            let [left, right] = weights.map(number);
            f[2].cur() * (a[to].next() - boxed(0) * left - boxed(1) * right)
        };
        let either = (f[0].cur() + f[1].cur())
            * (a[0].cur() * a[1].cur() * number(3) - a[2].cur() - Expression::Constant(number(5)));
        let moved = f[0].next() * (a[3].cur() - a[0].prev());
        Constraints {
            gates: vec![("round", vec![row(0, [2, 3]), row(1, [4, 1])]), ("other", vec![either, moved])],
            lookups: vec![],
        }
    }
}

impl Family for Rounds {
    const NAME: &'static str = "rounds";
    const K: u32 = 5;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        let rows = 8;
        let mut fixed = columns(4, rows);
        let mut advice = columns(4, rows);
        let mut state = [Fr::from(seed), Fr::from(seed + 1)];
        for row in 0..4 {
            let constant = Fr::from(variant + row as u64);
            (advice[0][row], advice[1][row]) = (state[0], state[1]);
            let [s, t] = state.map(|value| (value + constant).pow([5]));
            if row < 3 {
                (fixed[2][row], fixed[3][row]) = (Fr::ONE, constant);
                state = [s * Fr::from(2u64) + t * Fr::from(3u64), s * Fr::from(4u64) + t];
            }
        }
        for row in 5..7 {
            fixed[row - 5][row] = Fr::ONE;
            (advice[0][row], advice[1][row]) = (Fr::from(seed * 3), Fr::from(seed + row as u64));
            advice[2][row] = advice[0][row] * advice[1][row] * Fr::from(3u64) - Fr::from(5u64);
        }
        advice[3][4] = advice[0][3];
        let copies = vec![
            (cell(3, 4), cell(0, 3)),
            (cell(0, 3), input(0)),
            (cell(2, 5), input(1)),
            (cell(2, 6), input(2)),
            (cell(0, 5), cell(0, 6)),
        ];
        let public = vec![advice[0][3], advice[2][5], advice[2][6]];
        (Layout { k: Self::K, rows, fixed, copies, public: 3, cost: BTreeMap::new() }, advice, public)
    }
}

/// [`Wide`] without its lookups: degree 4, four permutation products, rotations −1 to 2.
pub(super) struct Mixed;

impl GateSet for Mixed {
    const ADVICE: usize = 6;
    const FIXED: usize = 4;

    fn constraints(a: &[HaloColumn<Advice>], f: &[HaloColumn<Fixed>]) -> Constraints {
        let mut constraints = Wide::constraints(a, f);
        constraints.lookups.clear();
        // Keeps the columns of the tables open, and the degree that the lookups had.
        let gate = f[1].cur() * f[2].cur() * f[3].cur() * a[0].cur();
        constraints.gates.push(("never", vec![gate]));
        constraints
    }
}

impl Family for Mixed {
    const NAME: &'static str = "mixed";
    const K: u32 = Wide::K;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        Wide::table(variant, seed)
    }
}

/// [`Rounds`] and a gate over two more columns, which few tables use.
pub(super) struct Trimmed;

impl Trimmed {
    /// Tables of at least this variant use the fifth column; none uses the sixth.
    pub const USED: u64 = 100;
}

impl GateSet for Trimmed {
    const ADVICE: usize = 4;
    const FIXED: usize = 6;
    const TRIMMED: bool = true;

    fn constraints(a: &[HaloColumn<Advice>], f: &[HaloColumn<Fixed>]) -> Constraints {
        let mut constraints = Rounds::constraints(a, &f[..4]);
        let [used, empty] = [f[4].cur(), f[5].cur()];
        let square = a[0].prev() * a[0].prev();
        let both = used * (a[3].next() - square) + empty.clone() * a[2].rot(2);
        constraints.gates.insert(1, ("optional", vec![both, -(empty * a[1].rot(3))]));
        constraints
    }
}

impl Family for Trimmed {
    const NAME: &'static str = "trimmed";
    const K: u32 = Rounds::K;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        let (mut layout, mut advice, public) = Rounds::table(variant, seed);
        layout.fixed.extend(columns(2, layout.rows));
        if variant >= Self::USED {
            layout.fixed[4][1] = Fr::ONE;
            advice[3][2] = advice[0][0].square();
        }
        (layout, advice, public)
    }
}

/// The gates of claims, of which this table uses few: two hashes of width 9, the first's among the inputs of the second.
impl Family for ClaimGates {
    const NAME: &'static str = "hashes of width 9";
    const K: u32 = 6;

    fn table(variant: u64, seed: u64) -> (Layout, Vec<Vec<Fr>>, Vec<Fr>) {
        let synthesize = |d: &mut Plonkish| {
            let input = |i| Fr::from(seed + i).pow([7]);
            let wires: Vec<_> = (0..8).map(|i| d.alloc(Some(input(i)))).collect();
            let inner = d.poseidon(&wires);
            let mut wires: Vec<_> = wires.into_iter().rev().collect();
            wires[3] = d.linear(&[(Fr::from(variant), &inner)], Fr::ONE);
            let outer = d.poseidon(&wires);
            d.expose(&wires[0]);
            d.expose(&outer);
        };
        let advice = Plonkish::advice(synthesize);
        (Plonkish::layout(synthesize), advice.columns.to_vec(), advice.public)
    }
}
