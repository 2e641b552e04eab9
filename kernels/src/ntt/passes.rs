//! The passes over memory: loading, what is multiplied on the way, storing.
//!
//! Words in memory are `v·2^256`, which lanes read as `v/16`. Transforms are linear and do not mind; products are 1/16 too
//! small, so the twist of `a` and of `c = a·b` has a factor of 16.

use ark_bn254::Fr;
use ark_ff::Field;
use zeroize::Zeroize;

use super::{
    Form,
    butterflies::{E, Transforms},
    tables::{Tables, Twist, reverse},
};
use crate::{
    field52::Saved,
    lanes::{LANES, Lanes},
};

/// Two elements.
pub type Line = [u64; 8];
/// Sixteen elements of a row.
pub type Row = [Line; LANES];
/// Sixteen columns.
pub type Columns<'d> = Vec<&'d mut Row>;

/// Rows between the one worked on and the one that is fetched into the cache.
const AHEAD: usize = 4;

/// Views elements as lines.
pub fn lines(elements: &mut [Fr]) -> &mut [Line] {
    const { assert!(size_of::<Fr>() == 32 && align_of::<Fr>() == align_of::<u64>()) };
    // SAFETY: an element is its four words, in which any value is valid; size and alignment are asserted above.
    unsafe { core::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), elements.len() / 2) }
}

/// Work for one thread.
pub trait Job {
    fn run<L: Transforms>(self, machine: L::Machine, space: &mut Space);
}

/// Values of the columns or rows in work, wiped when dropped.
#[derive(Default)]
pub struct Space {
    even: Vec<Saved>,
    odd: Vec<Saved>,
}

impl Drop for Space {
    fn drop(&mut self) {
        self.even.zeroize();
        self.odd.zeroize();
    }
}

impl Space {
    fn resize(&mut self, even: usize, odd: usize) {
        self.even.resize(even, Saved::ZERO);
        self.odd.resize(odd, Saved::ZERO);
    }
}

/// The same columns of `a`, `b` and `c`.
pub struct Strip<'t, 'd> {
    pub tables: &'t Tables,
    pub columns: [Columns<'d>; 3],
    /// The first one's position.
    pub column: usize,
}

/// Rows of one of them.
pub struct Band<'t, 'd> {
    pub tables: &'t Tables,
    pub rows: [&'d mut [Line]; LANES],
}

/// Columns of `a`, `b` and of `c = a·b` to twisted coefficients.
pub struct In<'t, 'd>(pub Strip<'t, 'd>);

impl Job for In<'_, '_> {
    #[inline(always)]
    fn run<L: Transforms>(self, machine: L::Machine, space: &mut Space) {
        let Strip { tables, columns: [mut a, mut b, mut c], column } = self.0;
        space.resize(tables.rows(), tables.rows());
        let twist = tables.down(column, true, tables.scale());
        let sixteen = Twist { start: twist.start * Fr::from(16u64), ..twist };
        for i in 0..a.len() {
            fetch(&a, i);
            fetch(&b, i);
            let ([a_even, a_odd], [b_even, b_odd]) = (load::<L>(machine, a[i]), load::<L>(machine, b[i]));
            space.even[i] = a_even.mul(&b_even).save();
            space.odd[i] = a_odd.mul(&b_odd).save();
        }
        for (i, (twist, rows)) in
            [(&sixteen, &mut c), (&sixteen, &mut a), (&twist, &mut b)].into_iter().enumerate()
        {
            if i > 0 {
                gather::<L>(machine, rows, space);
            }
            down::<L>(machine, tables, space, rows, twist);
        }
    }
}

/// Rows from twisted coefficients of columns to those of columns on the coset.
pub struct Across<'t, 'd>(pub Band<'t, 'd>);

impl Job for Across<'_, '_> {
    #[inline(always)]
    fn run<L: Transforms>(self, machine: L::Machine, space: &mut Space) {
        let Band { tables, mut rows } = self.0;
        space.resize(tables.columns(), 0);
        gather_rows::<L>(machine, &rows, space);
        L::interpolate(machine, &mut space.even, &tables.blocks);
        L::evaluate::<false>(machine, &mut space.even, &tables.shifted);
        for (i, [even, odd]) in space.even.as_chunks::<2>().0.iter().enumerate() {
            let [even, odd] = [E::<L>::restore(machine, even), E::<L>::restore(machine, odd)];
            scatter_row::<L>([even.compact(), odd.compact()], &mut rows, i);
        }
    }
}

/// Columns to evaluations on the coset, and `a·b − c` of them; or from there back to twisted coefficients.
pub struct Out<'t, 'd>(pub Strip<'t, 'd>, pub Form);

impl Job for Out<'_, '_> {
    #[inline(always)]
    fn run<L: Transforms>(self, machine: L::Machine, space: &mut Space) {
        let Self(Strip { tables, columns: [mut a, mut b, mut c], column }, form) = self;
        space.resize(tables.rows(), tables.rows());
        let twist = tables.up(column);
        for x in [&mut b, &mut c] {
            up::<L>(machine, tables, space, x, &twist);
            for (i, row) in x.iter_mut().enumerate() {
                let [even, odd] = pair::<L>(machine, space, i);
                **row = store([even.compact(), odd.compact()]);
            }
        }
        up::<L>(machine, tables, space, &a, &twist);
        for i in 0..a.len() {
            let ([b_even, b_odd], [c_even, c_odd]) = (load::<L>(machine, b[i]), load::<L>(machine, c[i]));
            let [even, odd] = pair::<L>(machine, space, i);
            let even = E::<L>::sum::<3>(even.mul(&b_even).terms().minus(c_even.terms())).compact();
            let odd = E::<L>::sum::<3>(odd.mul(&b_odd).terms().minus(c_odd.terms())).compact();
            match form {
                Form::Coset => *a[i] = store([even.canonical(), odd.canonical()]),
                Form::Coefficients => (space.even[i], space.odd[i]) = (even.save(), odd.save()),
            }
        }
        if form == Form::Coefficients {
            // On the coset the vanishing polynomial is −2.
            let minus_half = -Fr::from(2u64).inverse().unwrap_or_default();
            let twist = tables.down(column, false, tables.scale() * minus_half);
            down::<L>(machine, tables, space, &mut a, &twist);
        }
    }
}

/// Rows from twisted coefficients to coefficients, bit-reversed in all.
pub struct Last<'t, 'd>(pub Band<'t, 'd>);

impl Job for Last<'_, '_> {
    #[inline(always)]
    fn run<L: Transforms>(self, machine: L::Machine, space: &mut Space) {
        let Band { tables, mut rows } = self.0;
        space.resize(tables.columns(), 0);
        gather_rows::<L>(machine, &rows, space);
        L::interpolate(machine, &mut space.even, &tables.blocks);
        let factors = tables.unshift.as_chunks::<2>().0;
        for (i, ([even, odd], [f_even, f_odd])) in
            space.even.as_chunks::<2>().0.iter().zip(factors).enumerate()
        {
            let even = E::<L>::restore(machine, even).mul(&E::<L>::splat(machine, f_even));
            let odd = E::<L>::restore(machine, odd).mul(&E::<L>::splat(machine, f_odd));
            scatter_row::<L>([even.canonical(), odd.canonical()], &mut rows, i);
        }
    }
}

/// Puts bit-reversed elements in order.
pub fn put_in_order(elements: &mut [Fr]) {
    let log = elements.len().trailing_zeros();
    for i in 0..elements.len() {
        let j = reverse(i, log);
        if i < j {
            elements.swap(i, j);
        }
    }
}

/// What the values of even and of odd columns are multiplied with first, and what with once more each.
#[inline(always)]
fn factors<L: Lanes>(machine: L::Machine, twist: &Twist) -> [[E<L>; 2]; 2] {
    let (start, [even, odd]) = twist.limbs();
    let start = E::<L>::splat(machine, &start);
    [[start; 2], [E::<L>::of_lanes(machine, &even), E::<L>::of_lanes(machine, &odd)]]
}

/// Inverse of the columns at hand, twisted, into their rows.
#[inline(always)]
fn down<L: Transforms>(
    machine: L::Machine,
    tables: &Tables,
    space: &mut Space,
    rows: &mut Columns<'_>,
    twist: &Twist,
) {
    for values in [&mut space.even, &mut space.odd] {
        L::interpolate(machine, values, &tables.blocks);
    }
    let [mut factor, step] = factors::<L>(machine, twist);
    let log = rows.len().trailing_zeros();
    for coefficient in 0..rows.len() {
        let i = reverse(coefficient, log);
        let [even, odd] = pair::<L>(machine, space, i);
        *rows[i] = store([even.mul(&factor[0]), odd.mul(&factor[1])]);
        factor = [factor[0].mul(&step[0]), factor[1].mul(&step[1])];
    }
}

/// Evaluations of columns, whose rows hold coefficients that are still to be twisted.
#[inline(always)]
fn up<L: Transforms>(
    machine: L::Machine,
    tables: &Tables,
    space: &mut Space,
    rows: &Columns<'_>,
    twist: &Twist,
) {
    let [mut factor, step] = factors::<L>(machine, twist);
    let log = rows.len().trailing_zeros();
    for coefficient in 0..rows.len() {
        let i = reverse(coefficient, log);
        if let Some(ahead) = rows.get(reverse(coefficient + AHEAD, log)) {
            crate::prefetch(*ahead);
        }
        let [even, odd] = load::<L>(machine, rows[i]);
        space.even[i] = even.mul(&factor[0]).save();
        space.odd[i] = odd.mul(&factor[1]).save();
        factor = [factor[0].mul(&step[0]), factor[1].mul(&step[1])];
    }
    for values in [&mut space.even, &mut space.odd] {
        L::evaluate::<true>(machine, values, &tables.plain);
    }
}

#[inline(always)]
fn gather<L: Lanes>(machine: L::Machine, rows: &Columns<'_>, space: &mut Space) {
    for i in 0..rows.len() {
        fetch(rows, i);
        let [even, odd] = load::<L>(machine, rows[i]);
        (space.even[i], space.odd[i]) = (even.save(), odd.save());
    }
}

#[inline(always)]
fn fetch(rows: &Columns<'_>, i: usize) {
    if let Some(row) = rows.get(i + AHEAD) {
        crate::prefetch(*row);
    }
}

#[inline(always)]
fn pair<L: Lanes>(machine: L::Machine, space: &Space, i: usize) -> [E<L>; 2] {
    [E::<L>::restore(machine, &space.even[i]), E::<L>::restore(machine, &space.odd[i])]
}

/// Elements of even and of odd columns: lane l has those of line l.
#[inline(always)]
fn load<L: Lanes>(machine: L::Machine, row: &Row) -> [E<L>; 2] {
    halves(L::load_transposed(machine, &row.each_ref()))
}

/// Takes less than 2^256.
#[inline(always)]
fn store<L: Lanes>([even, odd]: [E<L>; 2]) -> Row {
    let ([a, b, c, d], [e, f, g, h]) = (even.to_words(), odd.to_words());
    L::store_transposed(&[a, b, c, d, e, f, g, h])
}

#[inline(always)]
fn gather_rows<L: Lanes>(machine: L::Machine, rows: &[&mut [Line]; LANES], space: &mut Space) {
    for (i, [even, odd]) in space.even.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        let [a, b, c, d, e, f, g, h] = rows;
        let lines = [&a[i], &b[i], &c[i], &d[i], &e[i], &f[i], &g[i], &h[i]];
        let [x, y] = halves::<L>(L::load_transposed(machine, &lines));
        (*even, *odd) = (x.save(), y.save());
    }
}

#[inline(always)]
fn scatter_row<L: Lanes>(elements: [E<L>; 2], rows: &mut [&mut [Line]; LANES], i: usize) {
    for (row, line) in rows.iter_mut().zip(store(elements)) {
        row[i] = line;
    }
}

#[inline(always)]
fn halves<L: Lanes>([a, b, c, d, e, f, g, h]: [L; LANES]) -> [E<L>; 2] {
    [E::<L>::from_words([a, b, c, d]), E::<L>::from_words([e, f, g, h])]
}
