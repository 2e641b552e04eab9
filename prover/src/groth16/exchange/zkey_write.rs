//! Writing a key as a `.zkey` file for stock snarkjs.

use ark_bn254::{Fq, Fr};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::PrimeField;
use popw_files::Output;
use popw_verifier::key::Payload;

use super::{
    super::{backend::Query, error::KeyProblem, key::ProvingKey, layout::QuotientBasis, raw},
    container::{head, modulus, section_head},
    error::{ExchangeError, ExchangeProblem},
    writer::Writer,
    zkey::{ENTRY_BYTES, GROTH16, KIND},
};
use crate::progress::ProgressSink;

const HEADER_BYTES: u64 = 2 * 36 + 3 * 4 + 3 * 64 + 3 * 128;
/// Digest of the circuit (64) and number of contributions (4).
const CONTRIBUTIONS_BYTES: u64 = 68;

/// Writes `key` as a `.zkey` file.
///
/// The file lists no contributions, since the key was made without any: snarkjs proves with it and exports its verifying
/// key, but `zkey verify` has nothing to go by. The matrix C has no place in it: write it with
/// [`write_r1cs`](super::write_r1cs).
///
/// # Errors
/// [`ExchangeProblem::Basis`] for a key in the basis of coefficients; [`ExchangeProblem::Key`] if the file cannot be
/// written.
pub fn write_zkey(
    output: Output,
    key: &ProvingKey,
    progress: &dyn ProgressSink,
) -> Result<(), ExchangeError> {
    let view = key.view();
    if view.basis != QuotientBasis::Coset {
        return Err(ExchangeError::new(key.path(), ExchangeProblem::Basis));
    }
    let Payload::Groth16(verifying_key) = key.verifying_key().payload() else {
        return Err(ExchangeError::new(key.path(), KeyProblem::OtherSystem));
    };
    let d = view.dimensions;
    let (variables, public, witness) = (d.variables() as u64, u64::from(d.public), u64::from(d.witness));
    // The rows that tie public inputs to A are implied in our format.
    let entries = view.a.entries.len() as u64 + view.b.entries.len() as u64 + public + 1;
    if entries > u64::from(u32::MAX) {
        return Err(ExchangeError::new(
            key.path(),
            KeyProblem::TooLarge("more than 2^32 entries of A and B"),
        ));
    }
    let entry_bytes = 4 + ENTRY_BYTES as u64 * entries;
    let lengths = [
        4,
        HEADER_BYTES,
        64 * (public + 1),
        entry_bytes,
        64 * variables,
        64 * variables,
        128 * variables,
        64 * witness,
        64 * d.domain() as u64,
        CONTRIBUTIONS_BYTES,
    ];
    let bytes = 12 + lengths.iter().map(|length| 12 + length).sum::<u64>();

    let mut out = Writer::begin(output, bytes, "writing the .zkey file", progress)?;
    out.put(&head(&KIND, lengths.len() as u32))?;
    let begin = |out: &mut Writer<'_>, kind: u32| out.put(&section_head(kind, lengths[kind as usize - 1]));
    begin(&mut out, 1)?;
    out.put(&GROTH16.to_le_bytes())?;
    begin(&mut out, 2)?;
    out.put(&modulus(Fq::MODULUS))?;
    out.put(&modulus(Fr::MODULUS))?;
    for number in [variables as u32, d.public, d.domain() as u32] {
        out.put(&number.to_le_bytes())?;
    }
    let constants = &view.constants;
    out.put(&raw::g1_bytes(&constants.alpha_g1))?;
    out.put(&raw::g1_bytes(&constants.beta_g1))?;
    out.put(&raw::g2_bytes(&constants.beta_g2))?;
    out.put(&raw::g2_bytes(&verifying_key.gamma()))?;
    out.put(&raw::g1_bytes(&constants.delta_g1))?;
    out.put(&raw::g2_bytes(&constants.delta_g2))?;
    begin(&mut out, 3)?;
    for point in verifying_key.ic() {
        out.put(&raw::g1_bytes(point))?;
    }

    begin(&mut out, 4)?;
    out.put(&(entries as u32).to_le_bytes())?;
    // The coefficient times R², as a number.
    // Limbs of a validated key are below the modulus.
    let encode = |value: &Fr| Fr::from_bigint(value.0).map_or([0; 32], raw::scalar_bytes);
    let values: Vec<_> = view.coefficients.iter().map(encode).collect();
    let entry = |out: &mut Writer<'_>, matrix: u32, row: u32, column: u32, value: &[u8; 32]| {
        let [matrix, row, column] = [matrix, row, column].map(u32::to_le_bytes);
        out.put(&[&matrix[..], &row, &column, value].concat())
    };
    for row in 0..d.constraints {
        for (number, matrix) in [(0, &view.a), (1, &view.b)] {
            for [column, coefficient] in matrix.row(row as usize) {
                entry(&mut out, number, row, *column, &values[*coefficient as usize])?;
            }
        }
    }
    for input in 0..=d.public {
        entry(&mut out, 0, d.constraints + input, input, &values[0])?;
    }

    begin(&mut out, 5)?;
    put_query(&mut out, &view.a_query, 0..variables, raw::g1_bytes)?;
    begin(&mut out, 6)?;
    put_query(&mut out, &view.b_g1_query, 0..variables, raw::g1_bytes)?;
    begin(&mut out, 7)?;
    put_query(&mut out, &view.b_g2_query, 0..variables, raw::g2_bytes)?;
    begin(&mut out, 8)?;
    put_query(&mut out, &view.l_query, 1 + public..variables, raw::g1_bytes)?;
    begin(&mut out, 9)?;
    for point in view.h_query {
        out.put(&raw::g1_bytes(point))?;
    }
    begin(&mut out, 10)?;
    out.put(&[0; CONTRIBUTIONS_BYTES as usize])?;
    out.commit()
}

/// All columns' points, infinity for those that the query leaves out.
fn put_query<P: SWCurveConfig, const BYTES: usize>(
    out: &mut Writer<'_>,
    query: &Query<'_, Affine<P>>,
    columns: std::ops::Range<u64>,
    encode: impl Fn(&Affine<P>) -> [u8; BYTES],
) -> Result<(), ExchangeError> {
    let mut listed = query.columns.iter().zip(query.points).peekable();
    for column in columns {
        match listed.next_if(|(listed, _)| u64::from(**listed) == column) {
            Some((_, point)) => out.put(&encode(point))?,
            None => out.put(&[0; BYTES])?,
        }
    }
    Ok(())
}
