//! What the quotient must evaluate to: every constraint at x, folded by powers of y, over `x^n − 1`.

use alloc::vec::Vec;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::{
    Key,
    domain::DELTA,
    key::Permuted,
    program::{Evaluations, Program},
    proof::Proof,
};
use crate::error::VerifyError;

/// The quotient's evaluation at x that the other evaluations imply. Refuses an x among the rows, where the quotient is not
/// determined, and 0, where all rotations of x are one point and no opening at several of them says anything. An honest proof
/// has such an x with a chance of 2^-230 or less.
pub(super) fn expected(key: &Key, proof: &Proof, inputs: &[Fr]) -> Result<Fr, VerifyError> {
    if proof.x == Fr::ZERO {
        return Err(VerifyError::Rejected);
    }
    let rows = lagrange(key, proof.x, inputs)?;
    let columns =
        Evaluations { fixed: &proof.fixed_evals, advice: &proof.advice_evals, instance: rows.instance };

    let mut constraints: Vec<Fr> = Vec::new();
    for gate in &key.description.gates {
        constraints.push(run(gate, &columns)?);
    }
    permutation(key, proof, &rows, &columns, &mut constraints)?;
    lookups(key, proof, &rows, &columns, &mut constraints)?;

    let vanishing = key.domain.raise(proof.x) - Fr::ONE;
    let folded = constraints.into_iter().fold(Fr::ZERO, |sum, constraint| sum * proof.y + constraint);
    vanishing.inverse().map(|inverse| folded * inverse).ok_or(VerifyError::Rejected)
}

/// Lagrange polynomials at x, of the rows arguments treat apart.
struct Rows {
    first: Fr,
    /// The last active row, where the blinding rows begin.
    last: Fr,
    /// 1 on the active rows before it.
    active: Fr,
    instance: Fr,
}

fn lagrange(key: &Key, x: Fr, inputs: &[Fr]) -> Result<Rows, VerifyError> {
    let rows = key.domain.rows();
    let blinding = rows - u64::from(key.description.blinding);
    let needed = core::iter::once(blinding - 1)
        .chain(blinding..rows)
        .chain(0..u64::from(key.description.public.max(1)));
    let values = key.domain.lagrange(x, needed).ok_or(VerifyError::Rejected)?;

    let (last, values) = values.split_first().ok_or(VerifyError::Rejected)?;
    let (blind, head) =
        values.split_at_checked(usize::from(key.description.blinding)).ok_or(VerifyError::Rejected)?;
    Ok(Rows {
        first: head.first().copied().ok_or(VerifyError::Rejected)?,
        last: *last,
        active: Fr::ONE - last - blind.iter().sum::<Fr>(),
        instance: inputs.iter().zip(head).map(|(input, l)| *input * l).sum(),
    })
}

/// The copy constraints (PLONK's permutation argument, split into products over a few columns each).
fn permutation(
    key: &Key,
    proof: &Proof,
    rows: &Rows,
    columns: &Evaluations<'_>,
    constraints: &mut Vec<Fr>,
) -> Result<(), VerifyError> {
    let products = &proof.product_evals;
    if let (Some(first), Some(last)) = (products.first(), products.last()) {
        constraints.push(rows.first * (Fr::ONE - first.here));
        constraints.push(rows.last * (last.here.square() - last.here));
    }
    for (previous, product) in products.iter().zip(products.iter().skip(1)) {
        let carried = previous.last.ok_or(VerifyError::Rejected)?;
        constraints.push(rows.first * (product.here - carried));
    }

    let chunk = key.permutation_chunk();
    let mut identity = proof.beta * proof.x;
    for ((product, permuted), permutations) in
        products.iter().zip(key.permuted.chunks(chunk)).zip(proof.permutation_evals.chunks(chunk))
    {
        let (mut left, mut right) = (product.next, product.here);
        for (place, permutation) in permuted.iter().zip(permutations) {
            let value = match place {
                Permuted::Fixed(query) => columns.fixed.get(*query).copied(),
                Permuted::Advice(query) => columns.advice.get(*query).copied(),
                Permuted::Instance => Some(columns.instance),
            };
            let value = value.ok_or(VerifyError::Rejected)? + proof.gamma;
            left *= value + proof.beta * permutation;
            right *= value + identity;
            identity *= DELTA;
        }
        constraints.push((left - right) * rows.active);
    }
    Ok(())
}

/// The lookup arguments (halo2 book, "Lookup argument").
fn lookups(
    key: &Key,
    proof: &Proof,
    rows: &Rows,
    columns: &Evaluations<'_>,
    constraints: &mut Vec<Fr>,
) -> Result<(), VerifyError> {
    let compress = |programs: &[Program]| {
        programs.iter().try_fold(Fr::ZERO, |sum, program| {
            Ok::<_, VerifyError>(sum * proof.theta + run(program, columns)?)
        })
    };
    for (lookup, evals) in key.description.lookups.iter().zip(&proof.lookup_evals) {
        let left = evals.product_next * (evals.input + proof.beta) * (evals.table + proof.gamma);
        let right = evals.product
            * (compress(&lookup.inputs)? + proof.beta)
            * (compress(&lookup.tables)? + proof.gamma);
        let off = evals.input - evals.table;
        constraints.extend([
            rows.first * (Fr::ONE - evals.product),
            rows.last * (evals.product.square() - evals.product),
            (left - right) * rows.active,
            rows.first * off,
            off * (evals.input - evals.input_previous) * rows.active,
        ]);
    }
    Ok(())
}

/// A validated key's programs always run; refusing is the total answer.
fn run(program: &Program, columns: &Evaluations<'_>) -> Result<Fr, VerifyError> {
    program.run(columns).ok_or(VerifyError::Rejected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        encoding,
        key::{Payload, VerifyingKey},
    };

    const KEY: &[u8] = include_bytes!("../../testdata/corpus/key/halo2");
    const PROOF: &[u8] = include_bytes!("../../testdata/corpus/halo2-proof/good");
    const INPUTS: &[u8] = include_bytes!("../../testdata/halo2-inputs");

    /// Challenges that no proof's hashes give: the proof is read, then its x is another.
    #[test]
    fn zero_and_the_rows_are_refused_for_x() {
        let file = VerifyingKey::from_bytes(KEY).unwrap();
        let Payload::Halo2(key) = file.payload() else { panic!("of another system") };
        let inputs: Vec<Fr> =
            INPUTS.chunks(32).map(|bytes| encoding::scalar(bytes.try_into().unwrap()).unwrap()).collect();
        let mut proof = Proof::read(key, &inputs, PROOF).unwrap();
        assert!(expected(key, &proof, &inputs).is_ok());
        proof.x = Fr::from(12345u64);
        assert!(expected(key, &proof, &inputs).is_ok());
        let last = key.domain.rows() - 1;
        for x in [Fr::ZERO, Fr::ONE, key.domain.power(1), key.domain.power(last)] {
            proof.x = x;
            assert_eq!(expected(key, &proof, &inputs), Err(VerifyError::Rejected), "{x}");
        }
    }
}
