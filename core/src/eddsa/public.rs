//! Public keys, signatures and their verification.

use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, PrimeField};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::challenge;
use crate::{
    Fr,
    babyjub::{self, Coordinates, Point, Scalar},
};

/// A public key A. Parsed keys are on the curve, in the prime-order subgroup and not of small order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Coordinates", try_from = "Coordinates")]
pub struct PublicKey {
    /// A itself. Building a key around a point from outside is [`PublicKey::new`]'s job.
    pub point: Point,
}

/// Why a point is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The coordinates do not satisfy Baby Jubjub's equation.
    #[error("the public key is not a point on Baby Jubjub")]
    NotOnCurve,
    /// 8·A is the identity.
    #[error("the public key is a point of small order")]
    SmallOrder,
    /// A is not a multiple of Base8.
    #[error("the public key is outside the prime-order subgroup of Baby Jubjub")]
    NotInSubgroup,
}

impl PublicKey {
    /// The key with this point.
    ///
    /// # Errors
    /// If the point is off the curve, of small order, or outside the subgroup; checked in this order.
    pub fn new(point: Point) -> Result<Self, KeyError> {
        if !babyjub::is_on_curve(&point) {
            Err(KeyError::NotOnCurve)
        } else if babyjub::is_small_order(&point) {
            Err(KeyError::SmallOrder)
        } else if !babyjub::is_in_subgroup(&point) {
            Err(KeyError::NotInSubgroup)
        } else {
            Ok(Self { point })
        }
    }
}

impl From<PublicKey> for Coordinates {
    fn from(key: PublicKey) -> Self {
        key.point.into()
    }
}

impl TryFrom<Coordinates> for PublicKey {
    type Error = KeyError;

    fn try_from(coordinates: Coordinates) -> Result<Self, KeyError> {
        Self::new(coordinates.into())
    }
}

/// A signature. S is below l by type; parsed R8 are on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "SignatureText", try_from = "SignatureText")]
pub struct Signature {
    /// R8.
    pub r8: Point,
    /// S.
    pub s: Scalar,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// A is not a usable key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// R8 does not satisfy Baby Jubjub's equation.
    #[error("R8 of the signature is not a point on Baby Jubjub")]
    R8NotOnCurve,
    /// S is l or more.
    #[error("S of the signature is not below the order of Baby Jubjub's subgroup")]
    STooLarge,
    /// `S·Base8 ≠ R8 + 8·h·A`.
    #[error("the signature is not this key's over this message")]
    Mismatch,
}

/// Checks `S·Base8 = R8 + 8·h·A`: the cofactor enters as in circomlib, so what is accepted here is what its
/// circuit accepts.
///
/// # Errors
/// [`SignatureError::Key`] if A is off the curve or of small order, `R8NotOnCurve`, else `Mismatch`.
pub fn verify(key: &PublicKey, message: Fr, signature: &Signature) -> Result<(), SignatureError> {
    let PublicKey { point } = key;
    if !babyjub::is_on_curve(point) {
        return Err(KeyError::NotOnCurve.into());
    }
    if babyjub::is_small_order(point) {
        return Err(KeyError::SmallOrder.into());
    }
    if !babyjub::is_on_curve(&signature.r8) {
        return Err(SignatureError::R8NotOnCurve);
    }
    let h = challenge(&signature.r8, point, message).into_bigint();
    let eight = point.into_group().double().double().double();
    let right = eight.into_affine().mul_bigint(h) + signature.r8;
    if babyjub::base8() * signature.s == right { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// A signature as documents write it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SignatureText {
    r8: Coordinates,
    /// Below l, which is below r, so an element of F can carry it.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    s: Fr,
}

impl From<Signature> for SignatureText {
    fn from(signature: Signature) -> Self {
        let s = Fr::from_bigint(signature.s.into_bigint()).unwrap_or(Fr::ZERO);
        Self { r8: signature.r8.into(), s }
    }
}

impl TryFrom<SignatureText> for Signature {
    type Error = SignatureError;

    fn try_from(text: SignatureText) -> Result<Self, SignatureError> {
        let r8: Point = text.r8.into();
        if !babyjub::is_on_curve(&r8) {
            return Err(SignatureError::R8NotOnCurve);
        }
        let s = Scalar::from_bigint(text.s.into_bigint()).ok_or(SignatureError::STooLarge)?;
        Ok(Self { r8, s })
    }
}

#[cfg(feature = "schema")]
mod schema {
    use alloc::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::{Coordinates, PublicKey, Signature, SignatureText};

    impl JsonSchema for PublicKey {
        fn schema_name() -> Cow<'static, str> {
            "PublicKey".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            Coordinates::json_schema(generator)
        }
    }

    impl JsonSchema for Signature {
        fn schema_name() -> Cow<'static, str> {
            "Signature".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            SignatureText::json_schema(generator)
        }
    }
}
