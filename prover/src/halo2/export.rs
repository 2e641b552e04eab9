//! The verifier's description of a circuit, from halo2's verifying key.

use ark_bn254::G2Affine as ArkG2;
use halo2_proofs::{
    halo2curves::bn256::{Fr, G1Affine},
    plonk::{Any, ConstraintSystem, Expression, VerifyingKey},
    poly::Rotation,
};
use popw_verifier::{
    Malformed,
    halo2::{Column, Description, Key, Lookup, Op, Program, Query},
};

use super::convert;

/// halo2's key is outside what our verifier accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A feature of halo2 that the verifier does not have.
    #[error("the circuit uses what the verifier does not support: {0}")]
    Unsupported(&'static str),
    /// Refused by the verifier's own checks.
    #[error("the verifier refuses the key: {0}")]
    Refused(#[from] Malformed),
}

/// The key for `public` inputs under the string with this τ·G2.
pub(super) fn export(vk: &VerifyingKey<G1Affine>, public: usize, tau_g2: ArkG2) -> Result<Key, ExportError> {
    let cs = vk.cs();
    if cs.num_challenges() > 0 || cs.num_selectors() > 0 {
        return Err(ExportError::Unsupported("challenges or virtual selectors"));
    }
    if cs.num_instance_columns() != 1 || cs.instance_queries().iter().any(|(_, at)| *at != Rotation::cur()) {
        return Err(ExportError::Unsupported("public inputs beyond one column, queried in the current row"));
    }
    let program = |expression: &Expression<Fr>| -> Result<Program, ExportError> {
        let mut ops = Vec::new();
        postfix(cs, expression, &mut ops)?;
        Ok(Program(ops))
    };
    let programs = |expressions: &[Expression<Fr>]| expressions.iter().map(program).collect::<Result<_, _>>();
    let columns = cs.permutation().get_columns();
    let permutation = columns.iter().zip(vk.permutation().commitments()).map(|(column, commitment)| {
        let index = small(column.index(), "columns")?;
        let column = match column.column_type() {
            Any::Advice(_) => Column::Advice(index),
            Any::Fixed => Column::Fixed(index),
            Any::Instance => Column::Instance,
        };
        Ok((column, convert::ark_g1(commitment)))
    });
    Ok(Key::new(Description {
        k: small(vk.get_domain().k(), "rows")?,
        degree: small(cs.degree(), "degree")?,
        blinding: small(cs.blinding_factors(), "blinding rows")?,
        public: small(public, "public inputs")?,
        advice: small(cs.num_advice_columns(), "columns")?,
        advice_queries: queries(cs.advice_queries().iter().map(|(column, at)| (column.index(), *at)))?,
        fixed_queries: queries(cs.fixed_queries().iter().map(|(column, at)| (column.index(), *at)))?,
        gates: cs
            .gates()
            .iter()
            .flat_map(|gate| gate.polynomials())
            .map(program)
            .collect::<Result<_, _>>()?,
        lookups: cs
            .lookups()
            .iter()
            .map(|lookup| {
                Ok(Lookup {
                    inputs: programs(lookup.input_expressions())?,
                    tables: programs(lookup.table_expressions())?,
                })
            })
            .collect::<Result<_, ExportError>>()?,
        permutation: permutation.collect::<Result<_, ExportError>>()?,
        fixed: vk.fixed_commitments().iter().map(convert::ark_g1).collect(),
        transcript: convert::ark_scalar(&vk.transcript_repr()),
        tau_g2,
    })?)
}

fn small<N, T: TryFrom<N>>(number: N, what: &'static str) -> Result<T, ExportError> {
    T::try_from(number).map_err(|_| ExportError::Unsupported(what))
}

fn queries(queries: impl Iterator<Item = (usize, Rotation)>) -> Result<Vec<Query>, ExportError> {
    queries.map(|(column, at)| Ok(Query { column: small(column, "columns")?, rotation: at.0 })).collect()
}

/// Appends an expression in postfix order.
fn postfix(
    cs: &ConstraintSystem<Fr>,
    expression: &Expression<Fr>,
    ops: &mut Vec<Op>,
) -> Result<(), ExportError> {
    let place = |position: Option<usize>| -> Result<u16, ExportError> {
        small(position.ok_or(ExportError::Unsupported("a cell nobody opens"))?, "queries")
    };
    match expression {
        Expression::Constant(value) => ops.push(Op::Constant(convert::ark_scalar(value))),
        Expression::Fixed(query) => {
            let wanted = (query.column_index(), query.rotation());
            let found = cs.fixed_queries().iter().position(|(column, at)| (column.index(), *at) == wanted);
            ops.push(Op::Fixed(place(found)?));
        }
        Expression::Advice(query) => {
            let wanted = (query.column_index(), query.rotation());
            let found = cs.advice_queries().iter().position(|(column, at)| (column.index(), *at) == wanted);
            ops.push(Op::Advice(place(found)?));
        }
        Expression::Instance(_) => ops.push(Op::Instance),
        Expression::Negated(a) => {
            postfix(cs, a, ops)?;
            ops.push(Op::Negate);
        }
        Expression::Sum(a, b) => {
            postfix(cs, a, ops)?;
            postfix(cs, b, ops)?;
            ops.push(Op::Add);
        }
        Expression::Product(a, b) => {
            postfix(cs, a, ops)?;
            postfix(cs, b, ops)?;
            ops.push(Op::Multiply);
        }
        Expression::Scaled(a, by) => {
            postfix(cs, a, ops)?;
            ops.extend([Op::Constant(convert::ark_scalar(by)), Op::Multiply]);
        }
        Expression::Selector(_) | Expression::Challenge(_) => {
            return Err(ExportError::Unsupported("challenges or virtual selectors"));
        }
    }
    Ok(())
}
