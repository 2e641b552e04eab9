//! Which fixed columns a key has.
//!
//! Every circuit of a set shares its gates; one that leaves some selectors empty need not pay for theirs. In a trimmed
//! set ([`GateSet::TRIMMED`]) a fixed column that a layout leaves empty is the constant 0, so products with it go, and
//! with them whole gates and rotations that only they looked at: what is left has the same value in every row. A layout
//! that fills all columns gets the key it would get without this.

use ark_bn254::Fr as ArkFr;
use ark_ff::Zero;
use halo2_proofs::{
    halo2curves::{bn256::Fr, ff::Field},
    plonk::{Column, Expression, Fixed},
};

use super::{Constraints, GateSet, LookupPair, table::Layout};

/// By position in a layout: whether the column is in the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Present(Vec<bool>);

impl Present {
    /// All columns of a set.
    pub fn all<G: GateSet>() -> Self {
        Self(vec![true; G::FIXED])
    }

    /// Those that a key for this layout has.
    pub fn of<G: GateSet>(layout: &Layout) -> Self {
        if !G::TRIMMED {
            return Self::all::<G>();
        }
        let filled = |column: &Vec<ArkFr>| column.iter().any(|value| !value.is_zero());
        Self((0..G::FIXED).map(|column| layout.fixed.get(column).is_some_and(filled)).collect())
    }

    /// As in a key's file: a bit a column, lowest first, if the set is trimmed; nothing otherwise.
    pub fn to_bytes<G: GateSet>(&self) -> Vec<u8> {
        if !G::TRIMMED {
            return Vec::new();
        }
        let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        self.0.chunks(8).map(byte).collect()
    }

    /// Takes what [`Present::to_bytes`] writes off the front; `None` if it is not there.
    pub fn from_bytes<G: GateSet>(bytes: &[u8]) -> Option<(Self, &[u8])> {
        if !G::TRIMMED {
            return Some((Self::all::<G>(), bytes));
        }
        let (bytes, rest) = bytes.split_at_checked(G::FIXED.div_ceil(8))?;
        let present = Self((0..G::FIXED).map(|column| bytes[column / 8] >> (column % 8) & 1 == 1).collect());
        (present.to_bytes::<G>() == bytes).then_some((present, rest))
    }

    pub fn iter(&self) -> impl Iterator<Item = bool> + '_ {
        self.0.iter().copied()
    }
}

/// Constraints over all fixed columns as constraints over those present. `columns` are by position in a layout.
pub(super) fn trimmed(constraints: Constraints, columns: &[Option<Column<Fixed>>]) -> Constraints {
    let kept = |expression: Expression<Fr>| without(expression, columns);
    let gates = constraints.gates.into_iter().map(|(name, polynomials)| {
        let polynomials: Vec<_> = polynomials.into_iter().filter_map(kept).collect();
        (name, polynomials)
    });
    // A tuple keeps its width.
    let entry = |expression| kept(expression).unwrap_or(Expression::Constant(Fr::ZERO));
    let pair = |(input, table): LookupPair| (entry(input), entry(table));
    let lookups = constraints.lookups.into_iter();
    Constraints {
        gates: gates.filter(|(_, polynomials)| !polynomials.is_empty()).collect(),
        lookups: lookups.map(|(name, pairs)| (name, pairs.into_iter().map(pair).collect())).collect(),
    }
}

/// The expression over the columns there are; `None` for 0.
fn without(expression: Expression<Fr>, columns: &[Option<Column<Fixed>>]) -> Option<Expression<Fr>> {
    let kept = |expression: Box<Expression<Fr>>| without(*expression, columns).map(Box::new);
    Some(match expression {
        Expression::Fixed(query) => columns[query.column_index()]?.rot(query.rotation().0),
        Expression::Negated(a) => Expression::Negated(kept(a)?),
        Expression::Scaled(a, by) => Expression::Scaled(kept(a)?, by),
        Expression::Product(a, b) => Expression::Product(kept(a)?, kept(b)?),
        Expression::Sum(a, b) => match (kept(a), kept(b)) {
            (Some(a), Some(b)) => Expression::Sum(a, b),
            (Some(one), None) | (None, Some(one)) => *one,
            (None, None) => return None,
        },
        other => other,
    })
}
