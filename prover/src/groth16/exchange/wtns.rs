//! Reading and writing `.wtns` files: the values of all variables, in their usual form.

use std::path::Path;

use ark_bn254::Fr;
use ark_ff::{One, PrimeField, Zero};
use popw_circuits::drivers::evaluate::Assignment;
use popw_files::{Content, Output, Overwrite};
use zeroize::Zeroizing;

use super::{
    super::{error::KeyError, layout::Dimensions, raw},
    container::{Container, Kind, Reader, head, map, modulus, section_head},
    error::{ExchangeError, ExchangeProblem},
    writer::Writer,
};
use crate::progress::Silent;

pub(super) const KIND: Kind = Kind {
    magic: *b"wtns",
    version: 2,
    what: "a .wtns file from circom or snarkjs (it does not begin with `wtns`)",
};
const HEADER: &str = "the header of the witness";
const VALUES: &str = "the values";
const HEADER_BYTES: u64 = 4 + 32 + 4;
/// Bytes that may come through a pipe beside the values that the circuit has.
const PIPED_BESIDE_VALUES: u64 = 1 << 20;

/// Reads the witness of a circuit of these sizes from a file, a pipe, or with `-` from standard input. A file is mapped, so
/// no other copy of its secrets is made; what comes through a pipe is wiped.
///
/// # Errors
/// [`ExchangeError`]; [`ExchangeProblem::WitnessLength`] for a witness of another circuit.
pub fn read_witness(path: &Path, dimensions: &Dimensions) -> Result<Assignment, ExchangeError> {
    let mapping = map(path, KIND.what, PIPED_BESIDE_VALUES + 32 * dimensions.variables() as u64)?;
    read(mapping.bytes(), dimensions).map_err(|problem| ExchangeError::new(path, problem))
}

pub(super) fn read(bytes: &[u8], dimensions: &Dimensions) -> Result<Assignment, ExchangeProblem> {
    let container = Container::parse(bytes, &KIND)?;
    let found = count(&container)?;
    let values = container.exactly(2, VALUES, 32 * found)?.as_chunks::<32>().0;
    let expected = dimensions.variables() as u64;
    if found != expected {
        return Err(ExchangeProblem::WitnessLength { expected, found });
    }
    let mut elements = Zeroizing::new(vec![Fr::zero(); values.len()]);
    for (index, (element, bytes)) in elements.iter_mut().zip(values).enumerate() {
        let bad = |reason| ExchangeProblem::Value { section: VALUES, index, reason };
        *element = Fr::from_bigint(raw::integer(bytes)).ok_or_else(|| bad("not below the modulus"))?;
    }
    if !elements.first().is_some_and(|first| first.is_one()) {
        return Err(ExchangeProblem::Value { section: VALUES, index: 0, reason: "not the constant 1" });
    }
    let witness_from = 1 + dimensions.public as usize;
    Ok(Assignment {
        public: elements[1..witness_from].to_vec(),
        witness: elements[witness_from..].to_vec().into(),
    })
}

/// Number of values, with the constant 1.
pub(super) fn count(container: &Container<'_>) -> Result<u64, ExchangeProblem> {
    let mut header = Reader { bytes: container.section(1, HEADER)?, place: HEADER };
    header.scalar_field()?;
    let count = header.u32()?;
    header.end()?;
    Ok(count.into())
}

/// Writes an assignment to `path` for snarkjs, replacing a file of that name; readable by its owner only: it is secret.
///
/// # Errors
/// [`ExchangeProblem::Key`] if the file cannot be written.
pub fn write_witness(path: &Path, assignment: &Assignment) -> Result<(), ExchangeError> {
    let Assignment { public, witness } = assignment;
    let count = 1 + public.len() + witness.len();
    let value_bytes = 32 * count as u64;
    let output = Output::new(path, Content::secret("witness"), Overwrite::Yes).map_err(KeyError::from)?;
    let mut out =
        Writer::begin(output, 12 + 2 * 12 + HEADER_BYTES + value_bytes, "writing the witness", &Silent)?;
    out.put(&head(&KIND, 2))?;
    out.put(&section_head(1, HEADER_BYTES))?;
    out.put(&modulus(Fr::MODULUS))?;
    out.put(&(count as u32).to_le_bytes())?;
    out.put(&section_head(2, value_bytes))?;
    for value in [Fr::one()].iter().chain(public).chain(witness.iter()) {
        out.put(&*Zeroizing::new(raw::integer_bytes(value.into_bigint())))?;
    }
    out.commit()
}
