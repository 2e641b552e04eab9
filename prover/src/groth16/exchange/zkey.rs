//! Reading `.zkey` files of snarkjs (Groth16, BN254).
//!
//! Points are Montgomery limbs, infinity all zeros, as in our key files; the H query is in the basis of the coset. The
//! coefficients of A and B carry one Montgomery factor more than the limbs of an element. C is not in the file. Rows
//! behind the constraints tie the public inputs to A: their number tells the number of constraints.
//! (snarkjs 0.7, `zkey_new.js`, `zkey_utils.js`, `groth16_prove.js`.)

use std::path::Path;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{One, PrimeField};
use popw_verifier::{
    encoding,
    groth16::{Key, MOST_PUBLIC_INPUTS},
    key::circuit_file,
};

use super::{
    super::{
        backend::Constants,
        layout::Dimensions,
        matrix::{Coefficients, Compact, Rows},
        raw,
    },
    container::{Container, Kind, PIPED, Reader, map},
    error::{ExchangeError, ExchangeProblem},
};

pub(super) const KIND: Kind =
    Kind { magic: *b"zkey", version: 1, what: "a .zkey file from snarkjs (it does not begin with `zkey`)" };
/// Protocol number of Groth16.
pub(super) const GROTH16: u32 = 1;
/// Bytes of an entry of A or B: matrix, row and column (4 each), coefficient.
pub(super) const ENTRY_BYTES: usize = 12 + 32;
pub(super) const ENTRIES: &str = "entries of A and B";
const HEADER: &str = "the header of Groth16";

/// A file's contents; the points of the queries are not checked.
pub(super) struct Zkey<'a> {
    pub dimensions: Dimensions,
    pub verifying_key: Key,
    pub constants: Constants,
    /// Without C.
    pub matrices: Compact,
    pub a: &'a [[u8; 64]],
    pub b_g1: &'a [[u8; 64]],
    pub b_g2: &'a [[u8; 128]],
    pub l: &'a [[u8; 64]],
    pub h: &'a [[u8; 64]],
}

/// The sections, the header, and the IC points.
fn open(bytes: &[u8]) -> Result<(Container<'_>, Head, &[[u8; 64]]), ExchangeProblem> {
    let container = Container::parse(bytes, &KIND)?;
    let mut reader = Reader { bytes: container.section(1, "the protocol")?, place: "the protocol" };
    match reader.u32()? {
        GROTH16 => reader.end()?,
        2 => return Err(ExchangeProblem::Protocol { found: "PLONK".into() }),
        10 => return Err(ExchangeProblem::Protocol { found: "FFLONK".into() }),
        other => return Err(ExchangeProblem::Protocol { found: format!("protocol {other}") }),
    }
    let head = Head::read(container.section(2, HEADER)?)?;
    let (variables, public) = (u64::from(head.variables), u64::from(head.public));
    if public >= variables {
        let reason = "more than there are variables";
        return Err(ExchangeProblem::Header { field: "public inputs", value: public, reason });
    }
    check_inputs(public)?;
    let ic = container.exactly(3, "IC points", 64 * (public + 1))?.as_chunks().0;
    Ok((container, head, ic))
}

/// The verifying key inside a `.zkey` file of snarkjs, as a file of ours whose points are not judged: for
/// [`lint`](popw_verifier::lint::lint) to do so. `shape` is the circuit's name.
///
/// # Errors
/// [`ExchangeError`].
pub fn zkey_verifying_key(path: &Path, shape: &str) -> Result<Vec<u8>, ExchangeError> {
    let mapping = map(path, KIND.what, PIPED)?;
    let read = || {
        let (_, head, ic) = open(mapping.bytes())?;
        let (of_g2, ic) = (head.g2(), head.ic(ic)?);
        let mut payload = Vec::new();
        encoding::push_g1(&mut payload, &head.constants.alpha_g1);
        of_g2.iter().for_each(|point| encoding::push_g2(&mut payload, point));
        payload.extend((ic.len() as u32).to_be_bytes());
        ic.iter().for_each(|point| encoding::push_g1(&mut payload, point));
        circuit_file(shape, &payload).map_err(|error| ExchangeProblem::VerifyingKey(error.into()))
    };
    read().map_err(|problem| ExchangeError::new(path, problem))
}

/// Numbers of a `.zkey` file's header: variables, public inputs, points of the domain; and whether somebody has contributed.
pub(super) fn numbers(bytes: &[u8]) -> Result<([u64; 3], bool), ExchangeProblem> {
    let (_, head, _) = open(bytes)?;
    Ok(([head.variables, head.public, head.domain].map(u64::from), head.is_contributed()))
}

/// Reads a file.
///
/// # Errors
/// [`ExchangeProblem`].
pub(super) fn read(bytes: &[u8]) -> Result<Zkey<'_>, ExchangeProblem> {
    let (container, head, ic) = open(bytes)?;
    let (variables, public) = (u64::from(head.variables), u64::from(head.public));
    let section = |kind, name, count: u64, bytes: u64| container.exactly(kind, name, count * bytes);
    let a = section(5, "points of the A query", variables, 64)?;
    let b_g1 = section(6, "points of the B query in G1", variables, 64)?;
    let b_g2 = section(7, "points of the B query in G2", variables, 128)?;
    let l = section(8, "points of the L query", variables - public - 1, 64)?;
    let h = section(9, "points of the H query", head.domain.into(), 64)?;

    let verifying_key = head.verifying_key(ic)?;
    let entries = Entries::new(container.section(4, ENTRIES)?)?;
    let (constraints, matrices) = entries.matrices(&head)?;
    let witness = (variables - public - 1) as usize;
    let dimensions = Dimensions::new(public as usize, witness, constraints)?;
    if u64::from(head.domain) != dimensions.domain() as u64 {
        let reason = "not the least power of two that holds constraints, public inputs and the constant";
        return Err(ExchangeProblem::Header { field: "domain", value: head.domain.into(), reason });
    }
    Ok(Zkey {
        dimensions,
        verifying_key,
        constants: head.constants,
        matrices,
        a: a.as_chunks().0,
        b_g1: b_g1.as_chunks().0,
        b_g2: b_g2.as_chunks().0,
        l: l.as_chunks().0,
        h: h.as_chunks().0,
    })
}

/// Refuses a circuit of more public inputs than a verifying key takes.
pub(super) fn check_inputs(found: u64) -> Result<(), ExchangeProblem> {
    let most = MOST_PUBLIC_INPUTS as u64;
    if found > most { Err(ExchangeProblem::PublicInputs { found, most }) } else { Ok(()) }
}

struct Head {
    variables: u32,
    public: u32,
    domain: u32,
    constants: Constants,
    gamma: G2Affine,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, ExchangeProblem> {
        let mut reader = Reader { bytes, place: HEADER };
        reader.base_field()?;
        reader.scalar_field()?;
        let [variables, public, domain] = [reader.u32()?, reader.u32()?, reader.u32()?];
        let [alpha_g1, beta_g1] = [reader.array()?, reader.array()?].map(raw::g1);
        let [beta_g2, gamma] = [reader.array()?, reader.array()?].map(raw::g2);
        let (delta_g1, delta_g2) = (raw::g1(reader.array()?), raw::g2(reader.array()?));
        reader.end()?;
        let constants = Constants { alpha_g1, beta_g1, delta_g1, beta_g2, delta_g2 };
        Ok(Self { variables, public, domain, constants, gamma })
    }

    /// snarkjs leaves γ at the generator, and δ, too, until somebody contributes.
    fn is_contributed(&self) -> bool {
        [G2Affine::generator(), self.gamma].iter().all(|point| self.constants.delta_g2.x != point.x)
    }

    /// β, γ, δ.
    fn g2(&self) -> [G2Affine; 3] {
        [self.constants.beta_g2, self.gamma, self.constants.delta_g2]
    }

    /// The IC points, once the coordinates of all points of the verifying key are known to be numbers of the field.
    fn ic(&self, ic: &[[u8; 64]]) -> Result<Vec<G1Affine>, ExchangeProblem> {
        let ic: Vec<G1Affine> = ic.iter().map(raw::g1).collect();
        let coordinates = |point: &G2Affine| [point.x.c0, point.x.c1, point.y.c0, point.y.c1];
        let alpha = self.constants.alpha_g1;
        let of_g2 = self.g2();
        let all = of_g2.iter().flat_map(coordinates).chain([alpha.x, alpha.y]);
        check_coordinates("points of the header", all)?;
        check_coordinates("coordinates of the IC points", ic.iter().flat_map(|point| [point.x, point.y]))?;
        Ok(ic)
    }

    fn verifying_key(&self, ic: &[[u8; 64]]) -> Result<Key, ExchangeProblem> {
        if !self.is_contributed() {
            return Err(ExchangeProblem::NotContributed);
        }
        let (ic, [beta, gamma, delta]) = (self.ic(ic)?, self.g2());
        Key::of_circuit(self.constants.alpha_g1, beta, gamma, delta, ic)
            .map_err(ExchangeProblem::VerifyingKey)
    }
}

fn check_coordinates(
    section: &'static str,
    coordinates: impl Iterator<Item = Fq>,
) -> Result<(), ExchangeProblem> {
    match coordinates.into_iter().position(|coordinate| coordinate.0 >= Fq::MODULUS) {
        Some(index) => {
            let reason = "a coordinate that is not below the modulus";
            Err(ExchangeProblem::Value { section, index, reason })
        }
        None => Ok(()),
    }
}

/// The section of A's and B's entries.
struct Entries<'a>(&'a [[u8; ENTRY_BYTES]]);

#[derive(Clone, Copy)]
struct Entry {
    /// 0 for A, 1 for B.
    matrix: usize,
    row: u32,
    column: u32,
    value: Fr,
}

impl<'a> Entries<'a> {
    fn new(section: &'a [u8]) -> Result<Self, ExchangeProblem> {
        let mut reader = Reader { bytes: section, place: ENTRIES };
        let count = u64::from(reader.u32()?);
        let (entries, rest) = reader.bytes.as_chunks::<ENTRY_BYTES>();
        if !rest.is_empty() || entries.len() as u64 != count {
            let (expected, found) = (4 + count * ENTRY_BYTES as u64, section.len() as u64);
            return Err(ExchangeProblem::Length { section: ENTRIES, expected, found });
        }
        Ok(Self(entries))
    }

    /// All entries, each checked against the header.
    fn iter(&self, head: &Head) -> impl Iterator<Item = Result<Entry, ExchangeProblem>> {
        self.0.iter().enumerate().map(|(index, bytes)| {
            let bad = |reason| ExchangeProblem::Value { section: ENTRIES, index, reason };
            let mut reader = Reader { bytes, place: ENTRIES };
            let [matrix, row, column] = [reader.u32()?, reader.u32()?, reader.u32()?];
            if matrix > 1 {
                return Err(bad("neither of A nor of B"));
            }
            if row >= head.domain || column >= head.variables {
                return Err(bad("a row or column beyond the circuit"));
            }
            let limbs = raw::scalar(reader.array()?).ok_or_else(|| bad("not below the modulus"))?;
            // The limbs are of the coefficient times R: as a number they are the coefficient's own limbs.
            let value = Fr::new_unchecked(limbs.into_bigint());
            Ok(Entry { matrix: matrix as usize, row, column, value })
        })
    }

    /// Number of constraints, and the matrices without the rows behind them.
    fn matrices(&self, head: &Head) -> Result<(usize, Compact), ExchangeProblem> {
        let mut rows = [0u32; 2];
        for entry in self.iter(head) {
            let Entry { matrix, row, .. } = entry?;
            rows[matrix] = rows[matrix].max(row + 1);
        }
        let inputs = head.public + 1;
        let header = |value: u32, reason| ExchangeProblem::Header {
            field: "number of rows",
            value: value.into(),
            reason,
        };
        let constraints = match rows[0].checked_sub(inputs) {
            Some(constraints @ 1..) => constraints,
            Some(0) if rows[1] == 0 => return Err(ExchangeProblem::NoConstraints),
            Some(_) => return Err(header(rows[1], "for B, beyond the constraints")),
            None => return Err(header(rows[0], "fewer than tie the public inputs to A")),
        };
        if rows[1] > constraints {
            return Err(header(rows[1], "for B, beyond the constraints"));
        }

        let mut starts = [(); 2].map(|()| vec![0u32; constraints as usize + 1]);
        let mut tied = vec![false; inputs as usize];
        for (index, entry) in self.iter(head).enumerate() {
            let Entry { matrix, row, column, value } = entry?;
            let Some(input) = row.checked_sub(constraints) else {
                starts[matrix][row as usize + 1] += 1;
                continue;
            };
            let place =
                tied.get_mut(input as usize).filter(|tied| !**tied && input == column && value.is_one());
            match place {
                Some(tied) => *tied = true,
                None => {
                    let reason = "a row behind the constraints that does not tie one public input to A";
                    return Err(ExchangeProblem::Value { section: ENTRIES, index, reason });
                }
            }
        }
        if let Some(index) = tied.iter().position(|tied| !tied) {
            let reason = "a public input that no row ties to A";
            return Err(ExchangeProblem::Value { section: ENTRIES, index, reason });
        }

        let mut matrices = starts.map(|mut starts| {
            // No more entries than a 32-bit number said there are.
            for i in 1..starts.len() {
                starts[i] += starts[i - 1];
            }
            let entries = vec![[0; 2]; starts[constraints as usize] as usize];
            Rows { starts, entries }
        });
        let mut next = [0, 1].map(|i: usize| matrices[i].starts.clone());
        let mut coefficients = Coefficients::default();
        for entry in self.iter(head) {
            let Entry { matrix, row, column, value } = entry?;
            if row < constraints {
                let place = &mut next[matrix][row as usize];
                matrices[matrix].entries[*place as usize] = [column, coefficients.index_of(value)];
                *place += 1;
            }
        }
        let [a, b] = matrices;
        Ok((constraints as usize, Compact { coefficients, a, b, c: None }))
    }
}
