//! Reading and writing `.r1cs` files of circom: constraints, with numbers in their usual form.
//!
//! Wires are columns: the constant 1, outputs, public inputs, then the rest. (iden3's r1csfile, version 1.)

use ark_bn254::Fr;
use ark_ff::PrimeField;
use popw_files::Output;

use super::{
    super::{
        key::ProvingKey,
        layout::Dimensions,
        matrix::{Coefficients, Rows},
        raw,
    },
    container::{Container, Kind, Reader, head, modulus, section_head},
    error::{ExchangeError, ExchangeProblem},
    writer::Writer,
};
use crate::progress::ProgressSink;

pub(super) const KIND: Kind =
    Kind { magic: *b"r1cs", version: 1, what: "an .r1cs file from circom (it does not begin with `r1cs`)" };
const HEADER: &str = "the header of the constraints";
const CONSTRAINTS: &str = "the constraints";
const HEADER_BYTES: u64 = 4 + 32 + 4 * 4 + 8 + 4;

/// A constraint system.
pub(super) struct System {
    pub public: usize,
    pub witness: usize,
    pub a: Rows,
    pub b: Rows,
    pub c: Rows,
}

impl System {
    /// Sizes of the circuit.
    pub(super) fn dimensions(&self) -> Result<Dimensions, ExchangeProblem> {
        Ok(Dimensions::new(self.public, self.witness, self.a.count())?)
    }
}

/// Reads a file, numbering its coefficients together with those that `coefficients` has already.
///
/// # Errors
/// [`ExchangeProblem`].
pub(super) fn read(bytes: &[u8], coefficients: &mut Coefficients) -> Result<System, ExchangeProblem> {
    let container = Container::parse(bytes, &KIND)?;
    let Head { variables, public, constraints, .. } = Head::read(&container)?;
    if [4, 5].iter().any(|kind| container.find(*kind).is_some_and(|section| !is_empty_list(section))) {
        return Err(ExchangeProblem::CustomGates);
    }
    if public >= u64::from(variables) {
        let reason = "more than there are variables";
        return Err(ExchangeProblem::Header { field: "public inputs", value: public, reason });
    }
    if constraints == 0 {
        return Err(ExchangeProblem::NoConstraints);
    }
    let witness = (u64::from(variables) - public - 1) as usize;
    let public = public as usize;

    let mut reader = Reader { bytes: container.section(2, CONSTRAINTS)?, place: CONSTRAINTS };
    // Each takes at least twelve bytes: a false number is found out before memory is taken for it.
    if u64::from(constraints) * 12 > reader.bytes.len() as u64 {
        return Err(ExchangeProblem::Truncated { place: CONSTRAINTS });
    }
    let mut matrices = [(); 3].map(|()| Rows { starts: vec![0], ..Rows::default() });
    for index in 0..constraints as usize {
        for matrix in &mut matrices {
            combination(&mut reader, variables, index, matrix, coefficients)?;
        }
    }
    reader.end()?;
    let [a, b, c] = matrices;
    Ok(System { public, witness, a, b, c })
}

/// The header's numbers.
struct Head {
    variables: u32,
    public: u64,
    private: u32,
    constraints: u32,
}

impl Head {
    fn read(container: &Container<'_>) -> Result<Self, ExchangeProblem> {
        let mut header = Reader { bytes: container.section(1, HEADER)?, place: HEADER };
        header.scalar_field()?;
        let [variables, outputs, inputs, private] =
            [header.u32()?, header.u32()?, header.u32()?, header.u32()?];
        header.u64()?;
        let constraints = header.u32()?;
        header.end()?;
        Ok(Self { variables, public: u64::from(outputs) + u64::from(inputs), private, constraints })
    }
}

/// The header's numbers with their names.
pub(super) fn numbers(bytes: &[u8]) -> Result<[(&'static str, u64); 4], ExchangeProblem> {
    let Head { variables, public, private, constraints } = Head::read(&Container::parse(bytes, &KIND)?)?;
    Ok([
        ("constraints", constraints.into()),
        ("variables", variables.into()),
        ("public_inputs", public),
        ("private_inputs", private.into()),
    ])
}

/// Whether a section of custom gates lists none: circom writes such sections, too.
fn is_empty_list(section: &[u8]) -> bool {
    section == [0; 4]
}

fn combination(
    reader: &mut Reader<'_>,
    variables: u32,
    index: usize,
    matrix: &mut Rows,
    coefficients: &mut Coefficients,
) -> Result<(), ExchangeProblem> {
    let bad = |reason| ExchangeProblem::Value { section: CONSTRAINTS, index, reason };
    for _ in 0..reader.u32()? {
        let column = reader.u32()?;
        if column >= variables {
            return Err(bad("a wire beyond the circuit"));
        }
        let value =
            Fr::from_bigint(raw::integer(reader.array()?)).ok_or_else(|| bad("not below the modulus"))?;
        matrix.entries.push([column, coefficients.index_of(value)]);
    }
    let end = u32::try_from(matrix.entries.len()).map_err(|_| bad("more than 2^32 entries before it"))?;
    matrix.starts.push(end);
    Ok(())
}

/// Writes the constraints of a key, all public inputs as outputs.
///
/// # Errors
/// [`ExchangeProblem::NoProducts`] for a key without C; [`ExchangeProblem::Key`] if the file cannot be written.
pub fn write_r1cs(
    output: Output,
    key: &ProvingKey,
    progress: &dyn ProgressSink,
) -> Result<(), ExchangeError> {
    let view = key.view();
    let c = view.c.ok_or_else(|| ExchangeError::new(key.path(), ExchangeProblem::NoProducts))?;
    let d = view.dimensions;
    let variables = d.variables() as u64;
    let entries = view.a.entries.len() + view.b.entries.len() + c.entries.len();
    let constraint_bytes = 12 * u64::from(d.constraints) + 36 * entries as u64;
    let bytes = 12 + 3 * 12 + HEADER_BYTES + constraint_bytes + 8 * variables;

    let mut out = Writer::begin(output, bytes, "writing the constraints", progress)?;
    out.put(&head(&KIND, 3))?;
    out.put(&section_head(1, HEADER_BYTES))?;
    out.put(&modulus(Fr::MODULUS))?;
    for number in [variables as u32, d.public, 0, 0] {
        out.put(&number.to_le_bytes())?;
    }
    out.put(&variables.to_le_bytes())?;
    out.put(&d.constraints.to_le_bytes())?;
    out.put(&section_head(2, constraint_bytes))?;
    let values: Vec<_> = view.coefficients.iter().map(|c| raw::integer_bytes(c.into_bigint())).collect();
    for row in 0..d.constraints as usize {
        for matrix in [&view.a, &view.b, &c] {
            let entries = matrix.row(row);
            out.put(&(entries.len() as u32).to_le_bytes())?;
            for [column, coefficient] in entries {
                out.put(&column.to_le_bytes())?;
                out.put(&values[*coefficient as usize])?;
            }
        }
    }
    out.put(&section_head(3, 8 * variables))?;
    for label in 0..variables {
        out.put(&label.to_le_bytes())?;
    }
    out.commit()
}
