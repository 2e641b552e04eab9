//! What can be wrong with a file of snarkjs, circom or arkworks.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::super::error::{self, KeyError, KeyProblem};

/// A file of other software that cannot be used or made: which file, what is wrong, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{}", told(path, problem))]
pub struct ExchangeError {
    /// The file concerned.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub problem: ExchangeProblem,
}

impl ExchangeError {
    pub(super) fn new(path: &Path, problem: impl Into<ExchangeProblem>) -> Self {
        Self { path: path.to_owned(), problem: problem.into() }
    }
}

impl From<KeyError> for ExchangeError {
    fn from(KeyError { path, problem }: KeyError) -> Self {
        Self { path, problem: ExchangeProblem::Key(problem) }
    }
}

/// The problem with its file, which some problems name themselves.
fn told(path: &Path, problem: &ExchangeProblem) -> String {
    match problem {
        ExchangeProblem::Key(problem) => error::told(path, problem),
        problem => format!("{}: {problem}", path.display()),
    }
}

/// What is wrong with a file of other software.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeProblem {
    /// The operating system would not let it be read.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// A folder.
    #[error("is a folder: name a file")]
    Folder,
    /// More than is taken through a pipe.
    #[error("more than {} MiB come through this pipe: write them to a file, and name that", limit >> 20)]
    Piped {
        /// Most bytes that are taken.
        limit: u64,
    },
    /// Some other kind of file.
    #[error("not {expected}: choose another file")]
    WrongKind {
        /// What was expected, and how it begins.
        expected: &'static str,
    },
    /// A version that this program does not read.
    #[error("format version {found}, but this program reads version {supported}")]
    Version {
        /// Version in the file.
        found: u32,
        /// The one version read here.
        supported: u32,
    },
    /// It ends too early.
    #[error("ends within {place}: the file is incomplete; copy or make it again")]
    Truncated {
        /// Where.
        place: &'static str,
    },
    /// There is more than there should be.
    #[error(
        "{bytes} bytes too many after {place}: the file is damaged or not what it seems; copy or make it again"
    )]
    Trailing {
        /// How much more.
        bytes: u64,
        /// What should have been the end.
        place: &'static str,
    },
    /// A section that must be there is not.
    #[error("has no section for {section}: the file is incomplete; copy or make it again")]
    Missing {
        /// What the section holds.
        section: &'static str,
    },
    /// A section is there twice, or there are too many.
    #[error("section {kind} occurs again, which is ambiguous; do not use a file from this source")]
    Duplicate {
        /// The section's number.
        kind: u32,
    },
    /// A section has another length than follows from the header.
    #[error("{section}: {found} bytes instead of {expected}; the file is damaged, copy or make it again")]
    Length {
        /// What the section holds.
        section: &'static str,
        /// Bytes that follow from the header.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A circuit without constraints.
    #[error(
        "a circuit without constraints, so there is nothing to prove: in circom `<==` and `===` constrain, and `<--` does not"
    )]
    NoConstraints,
    /// More public inputs than this program takes; the file is sound.
    #[error(
        "{found} public inputs, and this program takes circuits of up to {most}: make fewer signals public"
    )]
    PublicInputs {
        /// Public inputs of the circuit.
        found: u64,
        /// Most that are taken.
        most: u64,
    },
    /// A key for another proof system.
    #[error("a key for {found}, and only Groth16 is supported here: make one with `snarkjs groth16 setup`")]
    Protocol {
        /// The proof system.
        found: String,
    },
    /// A file for another curve.
    #[error("for another curve: only BN254 (bn128) is supported here; compile and set up with --prime bn128")]
    Curve,
    /// Custom gates.
    #[error("has custom gates, which Groth16 does not: compile without them")]
    CustomGates,
    /// Numbers contradict each other or fit no circuit.
    #[error("{field} is {value}, {reason}; do not use a file from this source")]
    Header {
        /// Name of the number.
        field: &'static str,
        /// Its value.
        value: u64,
        /// Why that is impossible.
        reason: &'static str,
    },
    /// A value is not one.
    #[error("{section}, number {index}: {reason}; do not use a file from this source")]
    Value {
        /// What the section holds.
        section: &'static str,
        /// Position, from 0.
        index: usize,
        /// What the value violates.
        reason: &'static str,
    },
    /// Nobody has contributed to the key.
    #[error(
        "nobody has contributed to this key (δ is the generator), so anyone can forge proofs for it: run `snarkjs zkey contribute`, and use the key that comes out"
    )]
    NotContributed,
    /// The verifying key inside cannot be used.
    #[error("the verifying key inside: {0}; do not use a key from this source")]
    VerifyingKey(#[source] popw_verifier::key::KeyError),
    /// Constraints and key are of different circuits.
    #[error("of a different circuit than {}: {reason}; compile and set up both from the same source", other.display())]
    OtherCircuit {
        /// The file it was compared with.
        other: PathBuf,
        /// The first difference.
        reason: String,
    },
    /// A witness of another circuit.
    #[error("{found} values for a circuit of {expected} variables: the witness is of another circuit")]
    WitnessLength {
        /// Variables of the circuit, with the constant 1.
        expected: u64,
        /// Values in the file.
        found: u64,
    },
    /// A key that `.zkey` cannot express.
    #[error(
        "its H query is in the basis of coefficients, as arkworks makes it, and a .zkey holds the coset's: use the .zkey the key came from, or `popw groth16 export --ark`"
    )]
    Basis,
    /// A key without C.
    #[error("does not hold the matrix C: import it again with --r1cs")]
    NoProducts,
    /// The proving key, ours, read or written.
    #[error(transparent)]
    Key(#[from] KeyProblem),
}
