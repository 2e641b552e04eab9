//! The verifying key: a complete description of one circuit, validated when it is made or parsed.

use alloc::{collections::BTreeSet, vec::Vec};

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup, pairing::Pairing};
use ark_ff::{Field as _, Zero};

use super::{
    domain::{DELTA, Domain},
    program::{Op, Program},
};
use crate::{
    encoding::{G1_BYTES, Reader, g1, g2, push_g1, push_g2, scalar, scalar_bytes},
    malformed::{Field, Malformed, Problem},
};

const VERSION: u8 = 1;

/// Bytes of a scalar.
const SCALAR_BYTES: usize = 32;

/// Rows are `2^k`. The quotient lives on a domain of up to 2^28, which leaves room for degree 33.
const K: core::ops::RangeInclusive<u8> = 3..=23;
const DEGREE: core::ops::RangeInclusive<u8> = 3..=33;
const MAX_COLUMNS: u16 = 1024;
const MAX_QUERIES: u16 = 4096;
const MAX_PROGRAMS: u16 = 4096;
const MAX_LOOKUPS: u16 = 64;
/// Distinct rows at which columns of a kind are opened. Circuits use a handful; a verifier's work grows with the cube.
const MAX_ROTATIONS: usize = 32;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Fixed column by index.
    Fixed(u16),
    /// Advice (witness) column by index.
    Advice(u16),
    /// The one column of public inputs.
    Instance,
}

/// A column looked at `rotation` rows further down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// Index of the column among those of its kind.
    pub column: u16,
    /// Rows; negative is up.
    pub rotation: i32,
}

/// A lookup argument: the tuple of inputs is, in every row, some row of the tuple of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Input expressions.
    pub inputs: Vec<Program>,
    /// Table expressions, as many.
    pub tables: Vec<Program>,
}

/// Everything a verifier has to know about a circuit, as plain data. [`Key::new`] validates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// log2 of the number of rows.
    pub k: u8,
    /// Degree of the constraint system: the quotient has `degree − 1` pieces, a permutation product covers
    /// `degree − 2` columns.
    pub degree: u8,
    /// Blinding rows at the end of every column.
    pub blinding: u16,
    /// Number of public inputs.
    pub public: u16,
    /// Number of advice columns.
    pub advice: u16,
    /// Openings of advice columns, in the order their evaluations stand in a proof.
    pub advice_queries: Vec<Query>,
    /// Openings of fixed columns, likewise.
    pub fixed_queries: Vec<Query>,
    /// Constraints.
    pub gates: Vec<Program>,
    /// Lookup arguments.
    pub lookups: Vec<Lookup>,
    /// Columns under copy constraints, each with the commitment to its permutation.
    pub permutation: Vec<(Column, G1Affine)>,
    /// Commitments to the fixed columns; an empty column is infinity.
    pub fixed: Vec<G1Affine>,
    /// What stands for this key in transcripts (halo2's `transcript_repr`).
    pub transcript: Fr,
    /// τ·G2 of the SRS. G1 and G2 are the curve's standard generators.
    pub tau_g2: G2Affine,
}

/// The parts of a key, as errors name them.
mod part {
    use crate::malformed::Field;

    pub const VERSION: Field = Field::Named("halo2 key: version");
    pub const K: Field = Field::Named("halo2 key: k");
    pub const DEGREE: Field = Field::Named("halo2 key: degree");
    pub const BLINDING: Field = Field::Named("halo2 key: blinding rows");
    pub const PUBLIC: Field = Field::Named("halo2 key: number of public inputs");
    pub const ADVICE: Field = Field::Named("halo2 key: number of advice columns");
    pub const ADVICE_QUERIES: Field = Field::Named("halo2 key: advice queries");
    pub const FIXED_QUERIES: Field = Field::Named("halo2 key: fixed queries");
    pub const GATES: Field = Field::Named("halo2 key: gates");
    pub const LOOKUPS: Field = Field::Named("halo2 key: lookups");
    pub const PERMUTATION: Field = Field::Named("halo2 key: permutation");
    pub const FIXED: Field = Field::Named("halo2 key: fixed commitments");
    pub const TRANSCRIPT: Field = Field::Named("halo2 key: transcript value");
    pub const PUBLIC_INPUTS: Field = Field::Named("halo2 key: public inputs");
    pub const SRS: Field = Field::Named("halo2 key: structured reference string");
}

/// A validated verifying key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub(super) description: Description,
    pub(super) domain: Domain,
    /// Per permutation column: where its evaluation at the current row is.
    pub(super) permuted: Vec<Permuted>,
}

/// Where the evaluation of a permuted column at the current row is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permuted {
    Fixed(usize),
    Advice(usize),
    Instance,
}

impl Key {
    /// Validates a description.
    ///
    /// # Errors
    /// Names the first part that is out of bounds, or public inputs that are in no constraint.
    pub fn new(description: Description) -> Result<Self, Malformed> {
        let d = &description;
        bounds(K.contains(&d.k), part::K)?;
        bounds(DEGREE.contains(&d.degree), part::DEGREE)?;
        let domain = Domain::new(d.k).ok_or(out_of_bounds(part::K))?;
        // halo2 never uses fewer than five blinding rows; rows left: the last active one, row 0 and one more.
        bounds(d.blinding >= 5 && u64::from(d.blinding) + 3 <= domain.rows(), part::BLINDING)?;
        let usable = domain.rows() - u64::from(d.blinding) - 1;
        bounds(u64::from(d.public) <= usable && d.public <= MAX_COLUMNS, part::PUBLIC)?;
        bounds((1..=MAX_COLUMNS).contains(&d.advice), part::ADVICE)?;
        let fixed = small(d.fixed.len(), MAX_COLUMNS, part::FIXED)?;
        queries(&domain, &d.advice_queries, d.advice, part::ADVICE_QUERIES)?;
        queries(&domain, &d.fixed_queries, fixed, part::FIXED_QUERIES)?;
        expressions(d)?;
        let permuted = permuted(d)?;
        let g2 = G2Affine::generator();
        bounds(!d.tau_g2.is_zero() && d.tau_g2 != g2 && d.tau_g2 != -g2, part::SRS)?;
        if !binds_public_inputs(d) {
            return Err(Malformed::new(part::PUBLIC_INPUTS, Problem::Unbound));
        }
        Ok(Self { description, domain, permuted })
    }

    /// What the key describes.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Bytes of every proof under this key.
    #[must_use]
    pub fn proof_length(&self) -> usize {
        let d = &self.description;
        let (sets, lookups) = (self.permutation_sets(), d.lookups.len());
        let scalars = d.advice_queries.len()
            + d.fixed_queries.len()
            + 1
            + d.permutation.len()
            + (3 * sets).saturating_sub(1)
            + 5 * lookups;
        G1_BYTES * self.proof_points() + SCALAR_BYTES * scalars
    }

    /// Points of every proof under this key: all but the last two stand before the scalars.
    pub(crate) fn proof_points(&self) -> usize {
        let d = &self.description;
        let commitments = usize::from(d.advice) + 3 * d.lookups.len() + self.permutation_sets() + 1;
        commitments + self.quotient_pieces() + 2
    }

    pub(super) fn quotient_pieces(&self) -> usize {
        usize::from(self.description.degree) - 1
    }

    /// Columns that share one permutation product.
    pub(super) fn permutation_chunk(&self) -> usize {
        usize::from(self.description.degree) - 2
    }

    pub(super) fn permutation_sets(&self) -> usize {
        self.description.permutation.len().div_ceil(self.permutation_chunk())
    }

    /// Number of public inputs.
    #[must_use]
    pub fn public_inputs(&self) -> usize {
        usize::from(self.description.public)
    }

    /// The payload of a key file.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = Vec::new();
        // `new` has checked every count against its type.
        let written = write(&self.description, &mut out);
        debug_assert!(written.is_some());
        out
    }

    /// Reads and validates the payload of a key file.
    ///
    /// # Errors
    /// Names the first part that cannot be read or is out of bounds.
    pub fn from_payload(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let description = read(&mut reader)?;
        reader.end(Field::Payload)?;
        Self::new(description)
    }
}

fn out_of_bounds(part: Field) -> Malformed {
    Malformed::new(part, Problem::OutOfBounds)
}

fn bounds(holds: bool, part: Field) -> Result<(), Malformed> {
    if holds { Ok(()) } else { Err(out_of_bounds(part)) }
}

fn small(count: usize, limit: u16, part: Field) -> Result<u16, Malformed> {
    u16::try_from(count).ok().filter(|count| *count <= limit).ok_or(out_of_bounds(part))
}

/// Columns exist and are opened, no opening is listed twice, rotations stay within the table and are few.
fn queries(domain: &Domain, queries: &[Query], columns: u16, part: Field) -> Result<(), Malformed> {
    small(queries.len(), MAX_QUERIES, part)?;
    let (mut seen, mut rows) = (BTreeSet::new(), BTreeSet::new());
    for query in queries {
        let inside = u64::from(query.rotation.unsigned_abs()) < domain.rows();
        let row = domain.row(query.rotation);
        let fresh = seen.insert((query.column, row));
        rows.insert(row);
        bounds(query.column < columns && inside && fresh && rows.len() <= MAX_ROTATIONS, part)?;
    }
    let opened: BTreeSet<u16> = seen.into_iter().map(|(column, _)| column).collect();
    bounds(opened.len() == usize::from(columns), part)
}

/// Gates and lookups are well formed and of no higher degree than the quotient has room for.
fn expressions(d: &Description) -> Result<(), Malformed> {
    small(d.gates.len(), MAX_PROGRAMS, part::GATES)?;
    small(d.lookups.len(), MAX_LOOKUPS, part::LOOKUPS)?;
    let limit = usize::from(d.degree);
    let degree = |program: &Program| program.degree(d.fixed_queries.len(), d.advice_queries.len());
    for gate in &d.gates {
        bounds(degree(gate).is_some_and(|degree| degree <= limit), part::GATES)?;
    }
    for lookup in &d.lookups {
        bounds(!lookup.inputs.is_empty() && lookup.inputs.len() == lookup.tables.len(), part::LOOKUPS)?;
        small(lookup.inputs.len(), MAX_LOOKUPS, part::LOOKUPS)?;
        let highest = |programs: &[Program]| {
            programs.iter().try_fold(1, |highest: usize, program| degree(program).map(|d| highest.max(d)))
        };
        let total = highest(&lookup.inputs)
            .zip(highest(&lookup.tables))
            .map(|(inputs, tables)| inputs.saturating_add(tables).saturating_add(2));
        bounds(total.is_some_and(|total| total <= limit), part::LOOKUPS)?;
    }
    Ok(())
}

/// Finds the evaluation of every permuted column; no column stands twice.
fn permuted(d: &Description) -> Result<Vec<Permuted>, Malformed> {
    const PART: Field = part::PERMUTATION;
    small(d.permutation.len(), MAX_COLUMNS, PART)?;
    let current = |queries: &[Query], column: u16| {
        queries
            .iter()
            .position(|query| query.column == column && query.rotation == 0)
            .ok_or(out_of_bounds(PART))
    };
    let mut out = Vec::new();
    for (column, commitment) in &d.permutation {
        let place = match column {
            Column::Fixed(column) => Permuted::Fixed(current(&d.fixed_queries, *column)?),
            Column::Advice(column) => Permuted::Advice(current(&d.advice_queries, *column)?),
            Column::Instance => Permuted::Instance,
        };
        bounds(!out.contains(&place) && !commitment.is_zero(), PART)?;
        out.push(place);
    }
    Ok(out)
}

/// Whether public inputs enter any constraint: an expression, or a copy. A commitment to a permutation that moves no
/// cell of column i is `δ^i·τ·G1`, which the pairing shows. What else a key leaves open, only its circuit can tell.
fn binds_public_inputs(d: &Description) -> bool {
    let lookups = d.lookups.iter().flat_map(|lookup| lookup.inputs.iter().chain(&lookup.tables));
    let expressed = d.gates.iter().chain(lookups).any(|program| program.0.contains(&Op::Instance));
    let mut coset = Fr::ONE;
    let copied = d.permutation.iter().any(|(column, commitment)| {
        let identity = G1Affine::generator() * -coset;
        coset *= DELTA;
        *column == Column::Instance
            && !Bn254::multi_pairing([*commitment, identity.into_affine()], [G2Affine::generator(), d.tau_g2])
                .is_zero()
    });
    let constrained = !d.gates.is_empty() || !d.lookups.is_empty();
    constrained && (expressed || copied)
}

fn write(d: &Description, out: &mut Vec<u8>) -> Option<()> {
    let count = |out: &mut Vec<u8>, count: usize| {
        u16::try_from(count).ok().map(|count| out.extend_from_slice(&count.to_be_bytes()))
    };
    out.extend_from_slice(&[VERSION, d.k, d.degree]);
    for number in [d.blinding, d.public, d.advice] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    for queries in [&d.advice_queries, &d.fixed_queries] {
        count(out, queries.len())?;
        for query in queries {
            out.extend_from_slice(&query.column.to_be_bytes());
            out.extend_from_slice(&query.rotation.to_be_bytes());
        }
    }
    count(out, d.gates.len())?;
    for gate in &d.gates {
        gate.write(out)?;
    }
    count(out, d.lookups.len())?;
    for lookup in &d.lookups {
        count(out, lookup.inputs.len())?;
        for program in lookup.inputs.iter().chain(&lookup.tables) {
            program.write(out)?;
        }
    }
    count(out, d.permutation.len())?;
    for (column, commitment) in &d.permutation {
        let (kind, index) = match column {
            Column::Fixed(index) => (0, *index),
            Column::Advice(index) => (1, *index),
            Column::Instance => (2, 0),
        };
        out.push(kind);
        out.extend_from_slice(&index.to_be_bytes());
        push_g1(out, commitment);
    }
    count(out, d.fixed.len())?;
    for commitment in &d.fixed {
        push_g1(out, commitment);
    }
    out.extend_from_slice(&scalar_bytes(&d.transcript));
    push_g2(out, &d.tau_g2);
    Some(())
}

fn read(reader: &mut Reader<'_>) -> Result<Description, Malformed> {
    match reader.u8(part::VERSION)? {
        VERSION => {}
        found => return Err(Malformed::new(part::VERSION, Problem::Version { found: found.into() })),
    }
    Ok(Description {
        k: reader.u8(part::K)?,
        degree: reader.u8(part::DEGREE)?,
        blinding: reader.u16(part::BLINDING)?,
        public: reader.u16(part::PUBLIC)?,
        advice: reader.u16(part::ADVICE)?,
        advice_queries: list(reader, part::ADVICE_QUERIES, query)?,
        fixed_queries: list(reader, part::FIXED_QUERIES, query)?,
        gates: list(reader, part::GATES, Program::read)?,
        lookups: list(reader, part::LOOKUPS, lookup)?,
        permutation: list(reader, part::PERMUTATION, permutation_column)?,
        fixed: list(reader, part::FIXED, |reader, part| {
            let bytes = reader.array(part)?;
            if *bytes == [0; G1_BYTES] {
                return Ok(G1Affine::zero());
            }
            g1(bytes).map_err(|problem| Malformed::new(part, problem))
        })?,
        transcript: scalar(reader.array(part::TRANSCRIPT)?)
            .map_err(|problem| Malformed::new(part::TRANSCRIPT, problem))?,
        tau_g2: g2(reader.array(part::SRS)?).map_err(|problem| Malformed::new(part::SRS, problem))?,
    })
}

fn list<'a, T>(
    reader: &mut Reader<'a>,
    part: Field,
    item: impl Fn(&mut Reader<'a>, Field) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let count = reader.u16(part)?;
    (0..count).map(|_| item(reader, part)).collect()
}

fn query(reader: &mut Reader<'_>, part: Field) -> Result<Query, Malformed> {
    Ok(Query { column: reader.u16(part)?, rotation: i32::from_be_bytes(*reader.array(part)?) })
}

fn lookup(reader: &mut Reader<'_>, part: Field) -> Result<Lookup, Malformed> {
    let width = reader.u16(part)?;
    let mut programs = || (0..width).map(|_| Program::read(reader, part)).collect::<Result<_, _>>();
    Ok(Lookup { inputs: programs()?, tables: programs()? })
}

fn permutation_column(reader: &mut Reader<'_>, part: Field) -> Result<(Column, G1Affine), Malformed> {
    let column = match (reader.u8(part)?, reader.u16(part)?) {
        (0, index) => Column::Fixed(index),
        (1, index) => Column::Advice(index),
        (2, 0) => Column::Instance,
        _ => return Err(Malformed::new(part, Problem::Unknown)),
    };
    Ok((column, g1(reader.array(part)?).map_err(|problem| Malformed::new(part, problem))?))
}
