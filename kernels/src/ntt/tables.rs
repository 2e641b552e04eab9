//! Roots of unity in the form that lanes multiply with.

use ark_bn254::{Fr, FrConfig};
use ark_ff::{FftField, Field};

use crate::{
    field52::{Limbs, montgomery},
    lanes::LANES,
};

/// What the transforms over a domain multiply with.
pub struct Tables {
    log_rows: u32,
    log_columns: u32,
    /// Generator of the domain, and its inverse.
    root: [Fr; 2],
    /// What the coset is shifted by, a square root of the generator; and its inverse.
    shift: [Fr; 2],
    /// Of block j: root of the polynomial that the block's is split by, in an inverse of any size.
    pub blocks: Vec<Limbs>,
    /// `h..2h`: powers of a root of unity of order 2 h, for butterflies at distance h.
    pub plain: Vec<Limbs>,
    /// The same, for evaluations of a row at the coset.
    pub shifted: Vec<Limbs>,
    /// What takes the coset's shift out of a row's coefficients, which are in bit-reversed order.
    pub unshift: Vec<Limbs>,
}

impl Tables {
    pub fn new(log: u32) -> Self {
        let (log_rows, log_columns) = (log / 2, log.div_ceil(2));
        let [rows, columns] = [1usize << log_rows, 1 << log_columns];
        let of_order =
            |log: u32| (log..Fr::TWO_ADICITY).fold(Fr::TWO_ADIC_ROOT_OF_UNITY, |root, _| root.square());
        let inverse = |x: Fr| x.inverse().unwrap_or_default();
        let [root, shift] = [of_order(log), of_order(log + 1)].map(|x| [x, inverse(x)]);
        // As long as the longer of the two.
        let half = columns / 2;
        let down = inverse(of_order(log_columns));
        let blocks = powers(down, half);
        let row_shift = shift[0].pow([rows as u64]);
        let levels = |shift: Fr| {
            let mut table = vec![Fr::ONE; columns];
            for level in 0..log_columns {
                let half = 1 << level;
                // Squared once for each level above.
                let shift = (level + 1..log_columns).fold(shift, |x, _| x.square());
                let roots = powers(of_order(level + 1), half);
                for (entry, root) in table[half..2 * half].iter_mut().zip(roots) {
                    *entry = shift * root;
                }
            }
            limbs(&table)
        };
        Self {
            log_rows,
            log_columns,
            root,
            shift,
            blocks: limbs(&reversed(&blocks)),
            plain: levels(Fr::ONE),
            shifted: levels(row_shift),
            unshift: limbs(&reversed(&powers(inverse(row_shift), columns))),
        }
    }

    /// Rows of the matrix.
    pub fn rows(&self) -> usize {
        1 << self.log_rows
    }

    /// Columns of the matrix.
    pub fn columns(&self) -> usize {
        1 << self.log_columns
    }

    /// Twist of the coefficients that belong to columns after their inverse. With `shift`, it puts the coset's shift in;
    /// without, takes it out.
    pub fn down(&self, column: usize, shift: bool, start: Fr) -> Twist {
        let next = self.root[1];
        Twist { start, first: next.pow([column as u64]) * self.shift[usize::from(!shift)], next }
    }

    /// The same before the columns' evaluation.
    pub fn up(&self, column: usize) -> Twist {
        let next = self.root[0];
        Twist { start: Fr::ONE, first: next.pow([column as u64]), next }
    }

    /// The inverse of the number of points.
    pub fn scale(&self) -> Fr {
        let half = Fr::from(2u64).inverse().unwrap_or_default();
        half.pow([u64::from(self.log_rows + self.log_columns)])
    }
}

/// What the values of a column are multiplied with: `start`, and once more `first` for each value, times `next` for each
/// column.
#[derive(Clone, Copy)]
pub struct Twist {
    pub start: Fr,
    pub first: Fr,
    pub next: Fr,
}

impl Twist {
    /// `start`, and what is multiplied with in lanes of even and of odd columns.
    pub fn limbs(&self) -> (Limbs, [[Limbs; LANES]; 2]) {
        let mut step = self.first;
        let mut steps = [[[0; 5]; LANES]; 2];
        for lane in 0..LANES {
            for parity in &mut steps {
                parity[lane] = montgomery::<FrConfig>(step.0.0);
                step *= self.next;
            }
        }
        (montgomery::<FrConfig>(self.start.0.0), steps)
    }
}

/// `1, x, …`
fn powers(x: Fr, count: usize) -> Vec<Fr> {
    core::iter::successors(Some(Fr::ONE), |power| Some(*power * x)).take(count).collect()
}

fn reversed(values: &[Fr]) -> Vec<Fr> {
    let log = values.len().trailing_zeros();
    (0..values.len()).map(|i| values[reverse(i, log)]).collect()
}

fn limbs(values: &[Fr]) -> Vec<Limbs> {
    values.iter().map(|x| montgomery::<FrConfig>(x.0.0)).collect()
}

/// The lowest `bits` bits of an index in reverse.
pub fn reverse(index: usize, bits: u32) -> usize {
    match bits {
        0 => 0,
        bits => index.reverse_bits() >> (usize::BITS - bits),
    }
}
