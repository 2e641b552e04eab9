//! The G2 half of the optimal ate pairing, which tells on the way whether the point is in the subgroup.
//!
//! The Miller loop walks R = [6x+2]Q and then adds ψ(Q) and −ψ²(Q), ψ being the untwist–Frobenius–twist endomorphism.
//! For Q in the subgroup, where ψ acts as p, `6x+2 + p − p² + p³ ≡ 0 (mod r)`: the walk ends at −ψ³(Q). The converse holds
//! too. Put f(X) = 6x+2 + X − X² + X³ and let N be the norm of f(ψ) in ℤ[X]/(X² − tX + p): f(ψ)Q = 0 gives [N]Q = 0, and for
//! BN254 gcd(N, #E'(F_p²)) = r, so the order of Q divides r (the argument of Dai, Lin, Zhao and Zhou, ePrint 2022/348, and of
//! El Housni, Guillevic and Piellard, ePrint 2022/352; the gcd is recomputed in this module's tests). So the membership test
//! costs two field multiplications beyond the line coefficients that a pairing needs anyway.
//!
//! The addition formulas are incomplete; where they break down they set z = 0, and z stays 0 from there on. An end at z ≠ 0
//! has therefore met no exceptional case, and an end at z = 0 is refused: no point of order r gets there.

use alloc::vec::Vec;

use ark_bn254::{Config, Fq, Fq2, G2Affine};
use ark_ec::bn::{BnConfig, G2Prepared, g2::EllCoeff};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::{AdditiveGroup as _, Field as _, MontFp, Zero};

/// 1/2 in F_q.
const HALF: Fq = MontFp!("10944121435919637611123202872628637544348155578648911831344518947322613104292");
const TWIST_B: Fq2 = <ark_bn254::g2::Config as SWCurveConfig>::COEFF_B;
/// Doublings, signed additions and the two final additions of the loop.
const LINES: usize = 90;

/// The line coefficients of `q`, or `None` when it is not in the subgroup of order r.
/// `q` is on the curve and not at infinity.
pub(crate) fn prepare(q: &G2Affine) -> Option<G2Prepared<Config>> {
    let mut ell_coeffs = Vec::with_capacity(LINES);
    let mut walk = Walk { x: q.x, y: q.y, z: Fq2::ONE };
    let minus_q = -*q;
    for digit in Config::ATE_LOOP_COUNT.iter().rev().skip(1) {
        ell_coeffs.push(walk.double());
        match digit {
            1 => ell_coeffs.push(walk.add(q)),
            -1 => ell_coeffs.push(walk.add(&minus_q)),
            _ => {}
        }
    }
    let psi1 = psi(q);
    let psi2 = psi(&psi1);
    ell_coeffs.push(walk.add(&psi1));
    ell_coeffs.push(walk.add(&-psi2));
    walk.is_at(&-psi(&psi2)).then_some(G2Prepared { ell_coeffs, infinity: false })
}

fn psi(q: &G2Affine) -> G2Affine {
    let mut image = *q;
    image.x.frobenius_map_in_place(1);
    image.x *= Config::TWIST_MUL_BY_Q_X;
    image.y.frobenius_map_in_place(1);
    image.y *= Config::TWIST_MUL_BY_Q_Y;
    image
}

/// A point in homogeneous coordinates, (x/z, y/z).
struct Walk {
    x: Fq2,
    y: Fq2,
    z: Fq2,
}

impl Walk {
    /// Doubles and gives the tangent (Costello–Lauter–Naehrig, ePrint 2009/615, §3; twist of type D).
    fn double(&mut self) -> EllCoeff<Config> {
        let mut a = self.x * self.y;
        a.mul_assign_by_fp(&HALF);
        let b = self.y.square();
        let c = self.z.square();
        let e = TWIST_B * (c.double() + c);
        let f = e.double() + e;
        let mut g = b + f;
        g.mul_assign_by_fp(&HALF);
        let h = (self.y + self.z).square() - (b + c);
        let j = self.x.square();
        let e_squared = e.square();
        self.x = a * (b - f);
        self.y = g.square() - (e_squared.double() + e_squared);
        self.z = b * h;
        (-h, j.double() + j, e - b)
    }

    /// Adds `q` and gives the chord.
    fn add(&mut self, q: &G2Affine) -> EllCoeff<Config> {
        let theta = self.y - q.y * self.z;
        let lambda = self.x - q.x * self.z;
        let c = theta.square();
        let d = lambda.square();
        let e = lambda * d;
        let f = self.z * c;
        let g = self.x * d;
        let h = e + f - g.double();
        self.x = lambda * h;
        self.y = theta * (g - h) - e * self.y;
        self.z *= e;
        (lambda, -theta, theta * q.x - lambda * q.y)
    }

    fn is_at(&self, point: &G2Affine) -> bool {
        !self.z.is_zero() && self.x == point.x * self.z && self.y == point.y * self.z
    }
}
