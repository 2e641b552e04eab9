//! `Σ 2^i·bit_i · Base8` by windows of three bits over a constant table.
//!
//! Let G = Base8/2, which exists because l is odd. Three bits of value w, seen as signs s = 2·bit − 1, are the odd
//! digit e = 2·w − 7 = s0 + 2·s1 + 4·s2, and over n windows
//! `Σ 8^i·w_i · Base8 = Σ 8^i·e_i · G + (8^n − 1) · G`. The digit's point is looked up in two constraints: as a
//! function of the signs its u is even and its v is odd, so
//! `u = α + β·s0·s1 + γ·s0·s2 + δ·s1·s2`, one product of linear forms `(s0 + δ/γ·s1)·(β·s1 + γ·s2)` up to a
//! constant, and `v = α'·s0 + β'·s1 + γ'·s2 + δ'·s0·s1·s2`, where the cubic term is δ'/δ·s0·u up to linear terms.
//!
//! # Soundness
//! The windows are summed from the lowest in incomplete Montgomery form. The bits are boolean, so whatever the
//! prover does the sum of the k ≥ 1 lowest windows is M·G for an odd integer M with |M| ≤ Σ 7·8^i = 8^k − 1, and
//! the next summand is E·G with E = e·8^k, 8^k ≤ |E| ≤ 7·8^k. Then M ± E is not 0, as |M| < |E|, and
//! |M ± E| < 8^(k+1) ≤ 8^83 = 2^249 < l; so M ≢ ±E mod l, no chord joins equal or opposite points, and neither M
//! nor E is 0 mod l. Hence at most [`WINDOWS`] = 83 windows, 249 bits. The remaining bits and the constant
//! `(8^n − 1)·G` are added by the complete law in Edwards form.
//!
//! # Cost in R1CS
//! 421 for 251 bits: 83·2 look-ups, 82·3 additions, 2 for the change of form, 1 + 6 for the last two bits.

use alloc::{boxed::Box, vec::Vec};

use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, One, Zero};
use once_cell::race::OnceBox;
use popw_core::{
    Fr,
    babyjub::{self, Scalar, base8},
};

use super::{
    Point,
    montgomery::{self, Guesses, Montgomery, Projective},
};
use crate::{driver::Driver, gadgets::bits::FIELD_BITS};

/// Windows of three bits whose partial sums stay below l: 8^83 < l < 8^84.
const WINDOWS: usize = 83;

/// Default body of [`Driver::mul_base8`]: `Σ 2^i·bit_i · Base8` for 1 to 254 boolean wires, least significant first.
///
/// # Panics
/// If there are no bits or more than 254.
pub fn default_mul_base8<D: Driver>(d: &mut D, scalar: &[D::Wire]) -> Point<D> {
    assert!((1..=FIELD_BITS).contains(&scalar.len()), "1 to {FIELD_BITS} bits, not {}", scalar.len());
    let windows = (scalar.len() / 3).min(WINDOWS);
    let (low, high) = scalar.split_at(3 * windows);
    let mut guesses = guess_chords(d, low);
    let mut sum: Option<Montgomery<D>> = None;
    for (bits, window) in low.chunks_exact(3).zip(table()) {
        let point = window.look_up(d, bits);
        sum = Some(match sum {
            None => point,
            Some(sum) => montgomery::add(d, &sum, &point, &mut guesses),
        });
    }
    let mut out = sum.map(|sum| montgomery::to_edwards(d, &sum));
    // What the odd digits are short of, carried by the first of the remaining windows.
    let eight_to_n = Scalar::from(2u64).pow([3 * windows as u64]);
    let mut offset = base8() * ((eight_to_n - Scalar::ONE) * half());
    let mut base = base8() * eight_to_n;
    let last: Vec<&[D::Wire]> = if high.is_empty() { alloc::vec![high] } else { high.chunks(2).collect() };
    for bits in last {
        let point = look_up_complete(d, bits, offset, base);
        out = Some(match out {
            None => point,
            Some(out) => d.edwards_add(&out, &point),
        });
        offset = Projective::zero();
        base = base.double().double();
    }
    out.expect("at least one window")
}

/// Sums of windows and the points added to them, from the values of the bits.
fn guess_chords<D: Driver>(d: &D, low: &[D::Wire]) -> Guesses {
    let Some(bits) = low.iter().map(|bit| d.value(bit)).collect::<Option<Vec<_>>>() else {
        return Guesses::none();
    };
    let mut points = Vec::with_capacity(2 * WINDOWS);
    let mut sum = Projective::zero();
    for (bits, window) in bits.chunks_exact(3).zip(table()) {
        let summand = window.point(bits);
        points.extend([sum, summand.into()]);
        sum += summand;
    }
    let count = points.len();
    Guesses::new(&points, (2..count).step_by(2).map(|i| (i + 1, i)))
}

/// The point `offset + Σ 2^i·bit_i · base` for at most two bits, in Edwards form. Cost in R1CS: 1 for two bits.
fn look_up_complete<D: Driver>(
    d: &mut D,
    bits: &[D::Wire],
    offset: Projective,
    base: Projective,
) -> Point<D> {
    let points = [offset, offset + base, offset + base.double(), offset + base.double() + base];
    let [zero, one, two, three] = points.map(|p| p.into_affine());
    let both = match bits {
        [low, high] => Some(d.mul(low, high)),
        _ => None,
    };
    let mut coordinate = |c0: Fr, c1: Fr, c2: Fr, c3: Fr| {
        let slopes = [c1 - c0, c2 - c0, c3 - c2 - c1 + c0];
        let terms: Vec<_> = slopes.into_iter().zip(bits.iter().chain(&both)).collect();
        d.linear(&terms, c0)
    };
    Point { x: coordinate(zero.x, one.x, two.x, three.x), y: coordinate(zero.y, one.y, two.y, three.y) }
}

/// A linear form in a window's three bits: coefficients, constant last.
type Form = [Fr; 4];

/// The look-up of one window, see the module's formulas.
struct Window {
    /// `s0 + δ/γ·s1` and `β·s1 + γ·s2`.
    factors: [Form; 2],
    /// What their product lacks to be u.
    u_constant: Fr,
    /// δ'/δ, and what that multiple of s0·u lacks to be v.
    v_slope: Fr,
    v_rest: Form,
    /// G', 3·G', 5·G', 7·G'.
    points: [babyjub::Point; 4],
}

impl Window {
    /// From the points G', 3·G', 5·G', 7·G'.
    fn new(multiples: &[babyjub::Point]) -> Self {
        let points = [multiples[0], multiples[1], multiples[2], multiples[3]];
        let coordinates = points.map(|point| montgomery_coordinates(&point));
        let quarter = Fr::from(4u64).inverse().expect("4 is not 0");
        let combine = |pick: fn(&(Fr, Fr)) -> Fr, signs: [i64; 4]| {
            coordinates.iter().zip(signs).map(|(p, sign)| pick(p) * Fr::from(sign)).sum::<Fr>() * quarter
        };
        let (all, s0, s1, s01) = ([1, 1, 1, 1], [-1, 1, -1, 1], [-1, -1, 1, 1], [1, -1, -1, 1]);
        let [alpha, beta, gamma, delta] = [all, s01, s0, s1].map(|signs| combine(|p| p.0, signs));
        let [alpha_v, beta_v, gamma_v, delta_v] = [s0, s1, all, s01].map(|signs| combine(|p| p.1, signs));
        let ratio = delta * gamma.inverse().expect("a constant that is not 0");
        let v_slope = delta_v * delta.inverse().expect("a constant that is not 0");
        let zero = Fr::ZERO;
        Self {
            factors: [of_signs([Fr::ONE, ratio, zero]), of_signs([zero, beta, gamma])],
            u_constant: alpha - beta * ratio,
            v_slope,
            v_rest: of_signs([alpha_v - v_slope * alpha, beta_v - v_slope * beta, gamma_v - v_slope * gamma]),
            points,
        }
    }

    /// The digit's point.
    fn point(&self, bits: &[Fr]) -> babyjub::Point {
        let number: usize = bits.iter().enumerate().map(|(i, bit)| usize::from(bit.is_one()) << i).sum();
        if number < 4 { -self.points[3 - number] } else { self.points[number - 4] }
    }

    fn look_up<D: Driver>(&self, d: &mut D, bits: &[D::Wire]) -> Montgomery<D> {
        let left = evaluate(d, &self.factors[0], bits);
        let right = evaluate(d, &self.factors[1], bits);
        let product = d.mul(&left, &right);
        let u = d.linear(&[(Fr::ONE, &product)], self.u_constant);
        let sign = d.linear(&[(Fr::from(2u64), &bits[0])], -Fr::ONE);
        let odd = d.mul(&sign, &u);
        let rest = evaluate(d, &self.v_rest, bits);
        let v = d.linear(&[(self.v_slope, &odd), (Fr::ONE, &rest)], Fr::ZERO);
        Montgomery { u, v }
    }
}

/// `Σ c_i·s_i` in terms of the bits: `s = 2·bit − 1`.
fn of_signs(c: [Fr; 3]) -> Form {
    let [c0, c1, c2] = c.map(|c| c.double());
    [c0, c1, c2, -c.iter().sum::<Fr>()]
}

fn evaluate<D: Driver>(d: &mut D, form: &Form, bits: &[D::Wire]) -> D::Wire {
    let terms: Vec<_> = form.iter().copied().zip(bits).filter(|(c, _)| !c.is_zero()).collect();
    d.linear(&terms, form[3])
}

/// 1/2 mod l.
fn half() -> Scalar {
    Scalar::from(2u64).inverse().expect("l is odd")
}

/// The look-ups of the [`WINDOWS`] windows, computed once.
fn table() -> &'static [Window] {
    static TABLE: OnceBox<Vec<Window>> = OnceBox::new();
    TABLE.get_or_init(|| {
        let mut base = base8() * half();
        let mut points = Vec::with_capacity(4 * WINDOWS);
        for _ in 0..WINDOWS {
            let twice = base.double();
            let mut multiple = base;
            for _ in 0..4 {
                points.push(multiple);
                multiple += twice;
            }
            base = twice.double().double();
        }
        let points = Projective::normalize_batch(&points);
        Box::new(points.chunks_exact(4).map(Window::new).collect())
    })
}

/// (u, v) of a point of the subgroup of order l that is not the identity.
fn montgomery_coordinates(point: &babyjub::Point) -> (Fr, Fr) {
    let (x, y) = point.xy().expect("a multiple of Base8 that is not the identity");
    let below = ((Fr::ONE - y) * x).inverse().expect("a multiple of Base8 that is not the identity");
    let u = (Fr::ONE + y) * x * below;
    (u, u * (Fr::ONE - y) * below)
}
