//! Inverses by divsteps: Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (ePrint 2019/266),
//! in variable time and with the conventions of Pieter Wuille's explanation of libsecp256k1's implementation
//! (`doc/safegcd_implementation.md`).
//!
//! 62 steps are found from the lowest 62 bits of f and g alone, as a matrix over 2^62 that is then applied to all of
//! them.

use ark_bn254::FqConfig;
use ark_ff::MontConfig;

use super::{MODULUS, Multiplier, Number, ZERO, minus};

/// Steps of a round, and bits of a limb.
const STEPS: u32 = 62;
const LOW: i64 = (1 << STEPS) - 1;

/// Limbs of 62 bits, the highest with a sign: a number between −2^309 and 2^309.
type Signed = [i64; 5];

const MODULUS_LIMBS: Signed = limbs(&MODULUS);
/// `p⁻¹ mod 2^62`.
const INVERSE: i64 = FqConfig::INV.wrapping_neg() as i64 & LOW;

/// `scale / number`, all in Montgomery form; `None` of zero.
pub fn inverse<M: Multiplier>(m: M, number: &Number, scale: &Number) -> Option<Number> {
    let number = reduced(number);
    if number == ZERO {
        return None;
    }
    // The number is v R, and its inverse 1/(v R).
    let over_square = plain_inverse(&number);
    let square = &FqConfig::R2.0;
    Some(m.mul(&m.mul(&m.mul(&over_square, square), square), scale))
}

/// `scale / value` in place of each of the values, below 2.52; `false`, with nothing said of them, if one is zero. Products
/// are made in a tree, where they seldom wait for each other.
pub fn invert_all<M: Multiplier, const N: usize>(m: M, values: &mut [Number; N], scale: &Number) -> bool {
    // Node i is the product of 2 i and 2 i + 1; from N on they are the values, and 1 is the root.
    let mut halves = [[ZERO; N], *values];
    let nodes = halves.as_flattened_mut();
    for i in (1..N).rev() {
        nodes[i] = m.mul(&nodes[2 * i], &nodes[2 * i + 1]);
    }
    let Some(root) = inverse(m, &nodes[1], scale) else { return false };
    nodes[1] = root;
    for i in 1..N {
        let (left, right) = (nodes[2 * i], nodes[2 * i + 1]);
        nodes[2 * i] = m.mul(&nodes[i], &right);
        nodes[2 * i + 1] = m.mul(&nodes[i], &left);
    }
    *values = halves[1];
    true
}

/// The number below p.
fn reduced(number: &Number) -> Number {
    let mut number = *number;
    while let (less, 0) = minus(&number, &MODULUS) {
        number = less;
    }
    number
}

/// `1/number mod p`, of a number other than zero and below p.
fn plain_inverse(number: &Number) -> Number {
    let (mut f, mut g) = (MODULUS_LIMBS, limbs(number));
    // d · number = f and e · number = g modulo p; both between −2 p and p.
    let (mut d, mut e) = ([0; 5], [1, 0, 0, 0, 0]);
    let mut eta = -1;
    while g != [0; 5] {
        let matrix = divsteps(&mut eta, f[0], g[0]);
        (d, e) = combine_modulo(&matrix, &d, &e);
        (f, g) = combine(&matrix, &f, &g);
    }
    // f is 1 or −1.
    let positive = plus_if(&d, d[4] < 0);
    let signed = if f[4] < 0 { positive.map(i64::wrapping_neg) } else { positive };
    let signed = carried(&signed);
    words(&plus_if(&signed, signed[4] < 0))
}

/// Rows of what 62 steps multiply f and g by.
type Matrix = [[i64; 2]; 2];

/// A step takes (δ, f, g) to (1 − δ, g, (g − f)/2) if δ > 0 and g is odd, else to (1 + δ, f, (g + (g mod 2) f)/2); η is
/// −δ. Zeros at the end of g are skipped at once, and a multiple of f is added that makes more of them.
fn divsteps(eta: &mut i64, f: i64, g: i64) -> Matrix {
    let (mut f, mut g) = (f as u64, g as u64);
    let [mut u, mut v, mut q, mut r] = [1u64, 0, 0, 1];
    let mut left = STEPS;
    loop {
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *eta = eta.wrapping_sub(i64::from(zeros));
        left = left.wrapping_sub(zeros);
        if left == 0 {
            break;
        }
        let bits;
        let factor;
        if *eta < 0 {
            *eta = eta.wrapping_neg();
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
            // Six bits of −g/f: f (f² − 2) is −1/f modulo 2^6.
            bits = 6;
            factor = f.wrapping_mul(g).wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        } else {
            // Four bits of it: f + 8 [f mod 8 is 3 or 5] is 1/f modulo 2^4.
            bits = 4;
            let inverse = f.wrapping_add((f.wrapping_add(1) & 4) << 1);
            factor = inverse.wrapping_neg().wrapping_mul(g);
        }
        // No more steps than are left, nor than keep δ's sign.
        let limit = eta.wrapping_add(1).min(i64::from(left)).min(bits);
        let factor = factor & !(u64::MAX << limit);
        g = g.wrapping_add(f.wrapping_mul(factor));
        q = q.wrapping_add(u.wrapping_mul(factor));
        r = r.wrapping_add(v.wrapping_mul(factor));
    }
    [[u as i64, v as i64], [q as i64, r as i64]]
}

/// The matrix times (f, g), over 2^62.
fn combine(matrix: &Matrix, f: &Signed, g: &Signed) -> (Signed, Signed) {
    let [f, g] = matrix.map(|row| {
        let mut result = [0; 5];
        let mut carry = dot(row, f[0], g[0]) >> STEPS;
        for i in 1..5 {
            carry = carry.wrapping_add(dot(row, f[i], g[i]));
            result[i - 1] = carry as i64 & LOW;
            carry >>= STEPS;
        }
        result[4] = carry as i64;
        result
    });
    (f, g)
}

/// The matrix times (d, e), over 2^62 modulo p. Takes and gives numbers between −2 p and p.
fn combine_modulo(matrix: &Matrix, d: &Signed, e: &Signed) -> (Signed, Signed) {
    let [d, e] = matrix.map(|row| {
        // p is added to negative numbers, and then a multiple of it that clears the lowest limb.
        let mut multiple = (row[0] & d[4] >> 63).wrapping_add(row[1] & e[4] >> 63);
        let lowest = dot(row, d[0], e[0]);
        multiple = multiple.wrapping_sub(INVERSE.wrapping_mul(lowest as i64).wrapping_add(multiple) & LOW);
        let mut result = [0; 5];
        let mut carry = lowest.wrapping_add(product(MODULUS_LIMBS[0], multiple)) >> STEPS;
        for i in 1..5 {
            carry = carry.wrapping_add(dot(row, d[i], e[i]));
            carry = carry.wrapping_add(product(MODULUS_LIMBS[i], multiple));
            result[i - 1] = carry as i64 & LOW;
            carry >>= STEPS;
        }
        result[4] = carry as i64;
        result
    });
    (d, e)
}

#[inline(always)]
fn dot([a, b]: [i64; 2], x: i64, y: i64) -> i128 {
    product(a, x).wrapping_add(product(b, y))
}

#[inline(always)]
fn product(a: i64, b: i64) -> i128 {
    i128::from(a).wrapping_mul(i128::from(b))
}

fn plus_if(number: &Signed, add: bool) -> Signed {
    if !add {
        return *number;
    }
    let mut sum = *number;
    for (limb, modulus) in sum.iter_mut().zip(MODULUS_LIMBS) {
        *limb = limb.wrapping_add(modulus);
    }
    carried(&sum)
}

fn carried(number: &Signed) -> Signed {
    let mut limbs = *number;
    for i in 0..4 {
        limbs[i + 1] = limbs[i + 1].wrapping_add(limbs[i] >> STEPS);
        limbs[i] &= LOW;
    }
    limbs
}

const fn limbs([a, b, c, d]: &Number) -> Signed {
    [
        *a as i64 & LOW,
        (*a >> 62 | *b << 2) as i64 & LOW,
        (*b >> 60 | *c << 4) as i64 & LOW,
        (*c >> 58 | *d << 6) as i64 & LOW,
        (*d >> 56) as i64,
    ]
}

fn words(limbs: &Signed) -> Number {
    let [a, b, c, d, e] = limbs.map(|limb| limb as u64);
    [a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56]
}
