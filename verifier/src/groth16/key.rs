//! The Groth16 part of a verifying key.

use alloc::vec::Vec;

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;

use super::weakness::weaknesses;
use crate::PUBLIC_INPUTS;
use crate::encoding::{self, G1_BYTES, G2_BYTES, Reader};
use crate::key::KeyError;
use crate::malformed::{Field, Malformed, Problem};

/// IC points of every claim's key: one for the constant 1, one for each public input.
const IC_POINTS: usize = PUBLIC_INPUTS.saturating_add(1);
/// IC points that the key of a circuit of other software may have: 8 MiB of them.
const MOST_IC_POINTS: usize = 1 << 17;
/// Public inputs that the key of a circuit of other software may have.
pub const MOST_PUBLIC_INPUTS: usize = MOST_IC_POINTS.saturating_sub(1);

/// A Groth16 verifying key whose points have all been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    alpha: G1Affine,
    beta: G2Affine,
    gamma: G2Affine,
    delta: G2Affine,
    ic: Vec<G1Affine>,
}

impl Key {
    /// Checks points and makes them a claim's key.
    ///
    /// # Errors
    /// As [`crate::key::VerifyingKey::from_bytes`].
    pub fn new(
        alpha: G1Affine,
        beta: G2Affine,
        gamma: G2Affine,
        delta: G2Affine,
        ic: Vec<G1Affine>,
    ) -> Result<Self, KeyError> {
        let key = Self::of_circuit(alpha, beta, gamma, delta, ic)?;
        key.check_claim()?;
        Ok(key)
    }

    /// The same for a circuit that is not a claim of popw's ([`crate::key::CIRCUIT`]): with any number of public inputs up
    /// to [`MOST_PUBLIC_INPUTS`].
    ///
    /// # Errors
    /// As [`Key::new`].
    pub fn of_circuit(
        alpha: G1Affine,
        beta: G2Affine,
        gamma: G2Affine,
        delta: G2Affine,
        ic: Vec<G1Affine>,
    ) -> Result<Self, KeyError> {
        let g1 = |field, point: G1Affine| check(field, &point, point.is_on_curve(), true);
        let g2 = |field, point: G2Affine| {
            check(field, &point, point.is_on_curve(), point.is_in_correct_subgroup_assuming_on_curve())
        };
        g1(Field::Alpha, alpha)?;
        g2(Field::Beta, beta)?;
        g2(Field::Gamma, gamma)?;
        g2(Field::Delta, delta)?;
        for (index, point) in ic.iter().enumerate() {
            g1(Field::Ic(index), *point)?;
        }
        Self::assemble(alpha, beta, gamma, delta, ic)
    }

    /// Of points that are sound each.
    fn assemble(
        alpha: G1Affine,
        beta: G2Affine,
        gamma: G2Affine,
        delta: G2Affine,
        ic: Vec<G1Affine>,
    ) -> Result<Self, KeyError> {
        check_ic_count(ic.len(), false)?;
        let points: Vec<_> = ic.iter().copied().map(Some).collect();
        match weaknesses(Some(alpha), [Some(beta), Some(gamma), Some(delta)], &points).first() {
            Some(weakness) => Err((*weakness).into()),
            None => Ok(Self { alpha, beta, gamma, delta, ic }),
        }
    }

    /// Refuses any number of public inputs but a claim's.
    pub(crate) fn check_claim(&self) -> Result<(), Malformed> {
        check_ic_count(self.ic.len(), true)
    }

    /// Of a claim, or of any circuit.
    pub(crate) fn from_payload(payload: &[u8], claim: bool) -> Result<Self, KeyError> {
        let RawKey { alpha, g2: [beta, gamma, delta], ic_count, ic, end } = RawKey::read(payload, claim);
        let (alpha, beta, gamma, delta) = (alpha?, beta?, gamma?, delta?);
        let ic = ic.into_iter().collect::<Result<Vec<_>, _>>()?;
        ic_count?;
        end?;
        Self::assemble(alpha, beta, gamma, delta, ic)
    }

    pub(crate) fn to_payload(&self) -> Vec<u8> {
        let mut out = Vec::new();
        encoding::push_g1(&mut out, &self.alpha);
        for point in [&self.beta, &self.gamma, &self.delta] {
            encoding::push_g2(&mut out, point);
        }
        // The count is at most MOST_IC_POINTS: `assemble` has refused any other.
        out.extend_from_slice(&u32::try_from(self.ic.len()).unwrap_or(u32::MAX).to_be_bytes());
        for point in &self.ic {
            encoding::push_g1(&mut out, point);
        }
        out
    }

    /// α in G1.
    pub const fn alpha(&self) -> G1Affine {
        self.alpha
    }

    /// β in G2.
    pub const fn beta(&self) -> G2Affine {
        self.beta
    }

    /// γ in G2.
    pub const fn gamma(&self) -> G2Affine {
        self.gamma
    }

    /// δ in G2.
    pub const fn delta(&self) -> G2Affine {
        self.delta
    }

    /// IC points in G1: the constant's, then one for each public input in their order.
    pub fn ic(&self) -> &[G1Affine] {
        &self.ic
    }

    /// Public inputs that the key takes.
    pub fn public_inputs(&self) -> usize {
        self.ic.len().saturating_sub(1)
    }
}

fn check<P: AffineRepr>(field: Field, point: &P, on_curve: bool, in_subgroup: bool) -> Result<(), Malformed> {
    let problem = match () {
        () if point.is_zero() => Problem::Infinity,
        () if !on_curve => Problem::NotOnCurve,
        () if !in_subgroup => Problem::NotInSubgroup,
        () => return Ok(()),
    };
    Err(Malformed::new(field, problem))
}

/// Of a claim's key, or of any circuit's.
#[inline(never)]
fn check_ic_count(found: usize, claim: bool) -> Result<(), Malformed> {
    let problem = match claim {
        true if found == IC_POINTS => return Ok(()),
        false if (1..=MOST_IC_POINTS).contains(&found) => return Ok(()),
        false if found > MOST_IC_POINTS => Problem::Limit { most: MOST_IC_POINTS, found },
        true => Problem::Count { expected: IC_POINTS, found },
        false => Problem::Count { expected: 1, found },
    };
    Err(Malformed::new(Field::IcCount, problem))
}

/// A key as its bytes have it: every field is there or says why it is not.
pub(crate) struct RawKey {
    pub(crate) alpha: Result<G1Affine, Malformed>,
    /// β, γ, δ.
    pub(crate) g2: [Result<G2Affine, Malformed>; 3],
    pub(crate) ic_count: Result<(), Malformed>,
    /// As many as the bytes have, up to the number that they announce.
    pub(crate) ic: Vec<Result<G1Affine, Malformed>>,
    pub(crate) end: Result<(), Malformed>,
}

impl RawKey {
    /// `claim`: whether the key is a claim's, which has a fixed number of IC points.
    pub(crate) fn read(payload: &[u8], claim: bool) -> Self {
        let mut reader = Reader::new(payload);
        let alpha = read_g1(&mut reader, Field::Alpha);
        let g2 = [Field::Beta, Field::Gamma, Field::Delta].map(|field| read_g2(&mut reader, field));
        let count = reader.u32(Field::IcCount);
        let mut ic = Vec::new();
        for index in 0..usize::try_from(count.unwrap_or(0)).unwrap_or(usize::MAX) {
            let point = read_g1(&mut reader, Field::Ic(index));
            let truncated = point.is_err_and(|error| error.problem == Problem::Truncated);
            ic.push(point);
            if truncated {
                break;
            }
        }
        let ic_count = count.and_then(|_| check_ic_count(ic.len(), claim));
        Self { alpha, g2, ic_count, ic, end: reader.end(Field::Payload) }
    }
}

fn read_g1(reader: &mut Reader<'_>, field: Field) -> Result<G1Affine, Malformed> {
    encoding::g1(reader.array::<G1_BYTES>(field)?).map_err(|problem| Malformed::new(field, problem))
}

fn read_g2(reader: &mut Reader<'_>, field: Field) -> Result<G2Affine, Malformed> {
    encoding::g2(reader.array::<G2_BYTES>(field)?).map_err(|problem| Malformed::new(field, problem))
}

#[cfg(feature = "ark-groth16")]
mod conversions {
    use super::Key;
    use crate::key::KeyError;
    use ark_bn254::Bn254;
    use ark_groth16::VerifyingKey;

    impl TryFrom<&VerifyingKey<Bn254>> for Key {
        type Error = KeyError;

        fn try_from(key: &VerifyingKey<Bn254>) -> Result<Self, KeyError> {
            Self::new(key.alpha_g1, key.beta_g2, key.gamma_g2, key.delta_g2, key.gamma_abc_g1.clone())
        }
    }

    impl From<&Key> for VerifyingKey<Bn254> {
        fn from(key: &Key) -> Self {
            Self {
                alpha_g1: key.alpha,
                beta_g2: key.beta,
                gamma_g2: key.gamma,
                delta_g2: key.delta,
                gamma_abc_g1: key.ic.clone(),
            }
        }
    }
}
