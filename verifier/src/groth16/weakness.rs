//! What can be seen to be wrong with a key whose points are sound each.
//!
//! The right side of a proof's equation is `e(α, β)·e(L, γ)·e(C, δ)`, with `L = IC₀ + Σ xᵢ·ICᵢ` given and C the prover's. Whoever
//! knows a relation can often make one pairing of it, and that is a proof (made anew so that no point is infinity):
//!
//! - `δ = u·β + v·γ`: with `C = −L/v` the right side is `e(α − (u/v)·L, β)`, whatever the inputs; if v = 0, `C = −α/u` leaves
//!   `e(L, γ)`; `γ = w·β` makes it `e(α + w·L, β)·e(C, δ)`;
//! - `L = c·α` for some inputs makes it `e(α, β + c·γ)·e(C, δ)`: a proof of these. So does `L = 0`;
//! - `Σ cᵢ·ICᵢ = 0` without IC₀: every proof holds for other inputs too;
//! - a point that is a known multiple of the generator: its secret is known.
//!
//! With u, v, w, c large, nothing shows a relation: whoever finds one has found discrete logarithms, and whoever made the
//! points from logarithms of their own knows them all. Only a ceremony stands against that.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::{Pairing as _, PairingOutput};

use super::relations::{self, Point, Sum};
use crate::malformed::Field;

/// Whether this build looks for sums of points that are another.
const SEARCHES: bool = cfg!(feature = "key-sums");
/// With more IC points only the first few are searched for sums: all would take seconds, and hundreds of megabytes.
pub(crate) const MOST_SEARCHED: usize = 1 << 13;
/// So many of them: with α and the generator as many points as every small sum is listed of.
const FIRST_SEARCHED: usize = 6;

/// Points that are sound each, and together (or as such) let proofs be forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Weakness {
    /// Two of β, γ, δ are equal up to sign: a proof of anything can be written down from the key alone.
    #[error("{left} equals {right} up to sign, so anyone can write down a proof of anything")]
    Related {
        /// One point.
        left: Field,
        /// The other.
        right: Field,
    },
    /// α, β, δ or an IC point is the group's generator up to sign: its secret is ±1, nobody has contributed to it.
    #[error("{field} is the generator up to sign: the setup was never finished")]
    Generator {
        /// The point.
        field: Field,
    },
    /// Two IC points are equal up to sign: only the sum or difference of the two inputs is bound.
    #[error("{left} equals {right} up to sign, so only a combination of the two inputs is bound")]
    Duplicate {
        /// One IC point.
        left: Field,
        /// The other.
        right: Field,
    },
    /// An IC point is α up to sign: if it is IC₀, a proof for inputs that are all 0 can be written down from the key alone.
    #[error("{ic} equals key.alpha up to sign, so proofs of some inputs can be written down")]
    Alpha {
        /// The IC point.
        ic: Field,
    },
    /// β, γ, δ and the generator of G2 are tied by small numbers: unless only the generator is, a proof of anything can be
    /// written down from the key alone.
    #[error("{left} equals {right} up to sign, so proofs can be written down")]
    RelatedSum {
        /// One side.
        left: Sum,
        /// The other.
        right: Sum,
    },
    /// IC points, α and the generator of G1 are tied by small numbers: proofs of some inputs can be written down, or a proof of
    /// some inputs holds for others.
    #[error(
        "{left} equals {right} up to sign, so proofs of some inputs can be written down, or hold for others"
    )]
    IcSum {
        /// One side.
        left: Sum,
        /// The other.
        right: Sum,
    },
}

impl Weakness {
    /// A code that stays the same between versions.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Related { .. } => "related-points",
            Self::Generator { .. } => "generator",
            Self::Duplicate { .. } => "duplicate-ic",
            Self::Alpha { .. } => "ic-alpha",
            Self::RelatedSum { .. } => "related-sum",
            Self::IcSum { .. } => "ic-sum",
        }
    }
}

/// Weaknesses among points that are sound each; those that are not are `None`. `g2` is β, γ, δ. Every pair of one group is
/// named; of sums, which follow from one another, the first of each group where no pair is weak.
pub(crate) fn weaknesses(
    alpha: Option<G1Affine>,
    g2: [Option<G2Affine>; 3],
    ic: &[Option<G1Affine>],
) -> Vec<Weakness> {
    let mut found = in_g2(g2);
    found.extend(in_g1(alpha, ic));
    found.sort_by_key(rank);
    found
}

/// The order in which weaknesses are named: a key is refused for the first.
const fn rank(weakness: &Weakness) -> u8 {
    match weakness {
        Weakness::Related { .. } => 0,
        Weakness::Generator { .. } => 1,
        Weakness::Duplicate { .. } => 2,
        Weakness::Alpha { .. } => 3,
        Weakness::RelatedSum { .. } => 4,
        Weakness::IcSum { .. } => 5,
    }
}

fn in_g2([beta, gamma, delta]: [Option<G2Affine>; 3]) -> Vec<Weakness> {
    let mut found = Vec::new();
    let pairs = [
        (Field::Beta, beta, Field::Gamma, gamma),
        (Field::Beta, beta, Field::Delta, delta),
        (Field::Gamma, gamma, Field::Delta, delta),
    ];
    for (left, a, right, b) in pairs {
        if let (Some(a), Some(b)) = (a, b)
            && equal_up_to_sign(&a, &b)
        {
            found.push(Weakness::Related { left, right });
        }
    }
    for (field, point) in [(Field::Beta, beta), (Field::Delta, delta)] {
        if point.is_some_and(|point| equal_up_to_sign(&point, &G2Affine::generator())) {
            found.push(Weakness::Generator { field });
        }
    }
    if SEARCHES && found.is_empty() {
        let points = [(Point::Beta, beta), (Point::Gamma, gamma), (Point::Delta, delta)];
        let points = points.into_iter().filter_map(|(name, point)| Some((name, point?)));
        let points: Vec<_> = points.chain(g2_generator(gamma)).collect();
        let sum = relations::find(&points, &[]);
        found.extend(sum.map(|(left, right)| Weakness::RelatedSum { left, right }));
    }
    found
}

/// The generator, unless γ is it up to sign: that is usual (snarkjs) and harmless, γ being the scale of IC.
fn g2_generator(gamma: Option<G2Affine>) -> Option<(Point, G2Affine)> {
    let generator = G2Affine::generator();
    let usual = gamma.is_some_and(|gamma| equal_up_to_sign(&gamma, &generator));
    (!usual).then_some((Point::Generator, generator))
}

fn in_g1(alpha: Option<G1Affine>, ic: &[Option<G1Affine>]) -> Vec<Weakness> {
    let mut found = Vec::new();
    let generator = G1Affine::generator();
    let is = |point: &G1Affine, other: Option<G1Affine>| {
        other.is_some_and(|other| equal_up_to_sign(point, &other))
    };
    if is(&generator, alpha) {
        found.push(Weakness::Generator { field: Field::Alpha });
    }
    // Each point is reported once, with the first it equals: a file of equal points makes no more findings than points.
    let mut first = BTreeMap::new();
    for (index, point) in ic.iter().enumerate().filter_map(|(index, point)| Some((index, point.as_ref()?))) {
        let Some(x) = point.x() else { continue };
        let left = *first.entry(x).or_insert(index);
        let field = Field::Ic(index);
        if left != index {
            found.push(Weakness::Duplicate { left: Field::Ic(left), right: field });
        } else if is(point, Some(generator)) {
            found.push(Weakness::Generator { field });
        } else if is(point, alpha) {
            found.push(Weakness::Alpha { ic: field });
        }
    }
    if SEARCHES && found.is_empty() {
        let ic = if ic.len() > MOST_SEARCHED { ic.get(..FIRST_SEARCHED).unwrap_or(ic) } else { ic };
        let named = ic.iter().zip(0u16..).filter_map(|(point, index)| Some((Point::Ic(index), (*point)?)));
        let alpha = alpha.map(|point| (Point::Alpha, point));
        let points: Vec<_> = alpha.into_iter().chain([(Point::Generator, generator)]).chain(named).collect();
        let whole: Option<Vec<G1Affine>> = ic.iter().copied().collect();
        let sum = relations::find(&points, &whole.unwrap_or_default());
        found.extend(sum.map(|(left, right)| Weakness::IcSum { left, right }));
    }
    found
}

/// Equal x means equal or opposite points.
fn equal_up_to_sign<P: AffineRepr>(a: &P, b: &P) -> bool {
    a.x() == b.x()
}

/// Two pairings, each of a generator, α or IC₀ with a generator, β, γ or δ, that are equal up to sign: the secrets of one group
/// are then tied to the other's. `e(α, β) = e(G, δ)`, for instance, makes the right side `e(L, γ)·e(C + G, δ)`: a proof of
/// anything. Twelve pairings, so for a lint; the points are sound and no [`Weakness`] is among them.
pub(crate) fn linked(
    alpha: G1Affine,
    [beta, gamma, delta]: [G2Affine; 3],
    ic0: G1Affine,
) -> Option<[(Point, Point); 2]> {
    let g1 = [(Point::Generator, G1Affine::generator()), (Point::Alpha, alpha), (Point::Ic(0), ic0)];
    let g2: Vec<_> = [(Point::Beta, beta), (Point::Gamma, gamma), (Point::Delta, delta)]
        .into_iter()
        .chain(g2_generator(Some(gamma)))
        .collect();
    let mut seen: Vec<((Point, Point), PairingOutput<Bn254>)> = Vec::new();
    for (left, p) in g1 {
        for (right, q) in &g2 {
            let value = Bn254::pairing(p, *q);
            if let Some((pair, _)) = seen.iter().find(|(_, other)| *other == value || *other == -value) {
                return Some([*pair, (left, *right)]);
            }
            seen.push(((left, *right), value));
        }
    }
    None
}
