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
/// 64 doublings, 21 additions of ±Q and the two final additions.
const LINES: usize = 87;

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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use ark_bn254::Fr;
    use ark_ec::{AffineRepr, CurveGroup};
    use ark_ff::{PrimeField, UniformRand};
    use ark_std::rand::{SeedableRng, rngs::StdRng};
    use num_bigint::{BigInt, BigUint};

    /// BN254's parameter x.
    const X: u64 = 4_965_661_367_192_848_881;

    fn rng() -> StdRng {
        StdRng::seed_from_u64(0x6c69_6e65)
    }

    /// A point on the twist, of no particular order.
    fn on_twist(rng: &mut StdRng) -> G2Affine {
        loop {
            if let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), bool::rand(rng)) {
                return point;
            }
        }
    }

    #[test]
    fn lines_are_those_of_ark() {
        let mut rng = rng();
        for _ in 0..20 {
            let q = G2Affine::rand(&mut rng);
            let lines = prepare(&q).unwrap();
            assert_eq!(lines.ell_coeffs.len(), LINES);
            assert_eq!(lines, G2Prepared::<Config>::from(q));
        }
    }

    #[test]
    fn subgroup_test_is_that_of_ark() {
        let mut rng = rng();
        for _ in 0..50 {
            let q = on_twist(&mut rng);
            assert!(!q.is_in_correct_subgroup_assuming_on_curve());
            assert!(prepare(&q).is_none());
            assert!(prepare(&q.clear_cofactor()).is_some());
        }
    }

    /// The cofactor is 10069 · 5864401 · 1875725156269 · a prime; small orders meet the formulas' exceptional cases.
    #[test]
    fn refuses_small_and_mixed_orders() {
        let mut rng = rng();
        let cofactor = BigUint::from(Config::X[0]);
        assert_eq!(cofactor, BigUint::from(X));
        let order = curve_order();
        for small in [10_069u64, 5_864_401, 1_875_725_156_269] {
            assert_eq!(&order % small, BigUint::ZERO, "{small} divides the order");
            let q = on_twist(&mut rng).mul_bigint((&order / small).to_u64_digits()).into_affine();
            assert!(!q.is_zero());
            assert!(q.mul_bigint([small]).is_zero());
            assert!(prepare(&q).is_none(), "order {small}");
            let mixed = (q + G2Affine::rand(&mut rng)).into_affine();
            assert!(prepare(&mixed).is_none(), "order {small}·r");
        }
    }

    fn curve_order() -> BigUint {
        let cofactor: BigUint = BigUint::from_slice(
            &<ark_bn254::g2::Config as ark_ec::CurveConfig>::COFACTOR
                .iter()
                .flat_map(|limb| [(limb & 0xffff_ffff) as u32, (limb >> 32) as u32])
                .collect::<vec::Vec<_>>(),
        );
        cofactor * BigUint::from(Fr::MODULUS)
    }

    /// gcd(N, #E') = r, on which the converse rests.
    #[test]
    fn norm_shares_only_r_with_the_order() {
        let x = BigInt::from(X);
        let p = BigInt::from(BigUint::from(Fq::MODULUS));
        let t = BigInt::from(6) * &x * &x + 1;
        // f(ψ) = 6x+2 + ψ − ψ² + ψ³, reduced with ψ² = tψ − p.
        let constant = BigInt::from(6) * &x + 2 + &p - &t * &p;
        let linear = BigInt::from(1) - &t + &t * &t - &p;
        let norm: BigInt = &constant * &constant + &constant * &linear * &t + &linear * &linear * &p;
        let (mut a, mut b) = (norm.magnitude().clone(), curve_order());
        while b != BigUint::ZERO {
            (a, b) = (b.clone(), a % b);
        }
        assert_eq!(a, BigUint::from(Fr::MODULUS));
    }
}
