//! What a file of snarkjs or circom says of itself.

use std::path::Path;

use super::{
    container::{Container, Kind, PIPED, map},
    error::{ExchangeError, ExchangeProblem},
    r1cs, wtns, zkey,
};

/// What a file is, and the numbers in its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub what: &'static str,
    /// Names and numbers.
    pub numbers: Vec<(&'static str, u64)>,
    /// Of a key: whether somebody has contributed to it. Proofs for one without contributions can be forged.
    pub contributed: Option<bool>,
}

/// Whether a file that begins so is one of those that [`facts`] reads.
pub fn is_foreign(head: &[u8]) -> bool {
    [&zkey::KIND, &r1cs::KIND, &wtns::KIND].iter().any(|kind| head.starts_with(&kind.magic))
}

/// Reads the header of a `.zkey`, `.r1cs` or `.wtns` file, and finds its sections. Nothing in them is looked at.
///
/// # Errors
/// [`ExchangeError`].
pub fn facts(path: &Path) -> Result<Facts, ExchangeError> {
    let mapping = map(path, "a file from snarkjs or circom", PIPED)?;
    let bytes = mapping.bytes();
    let is = |kind: &Kind| bytes.starts_with(&kind.magic);
    let read = || match () {
        () if is(&zkey::KIND) => key(bytes),
        () if is(&r1cs::KIND) => r1cs::numbers(bytes).map(|numbers| Facts {
            what: "constraints of circom (.r1cs)",
            numbers: numbers.to_vec(),
            contributed: None,
        }),
        () if is(&wtns::KIND) => wtns::count(&Container::parse(bytes, &wtns::KIND)?).map(|values| Facts {
            what: "witness of circom or snarkjs (.wtns), which is secret",
            numbers: vec![("values", values)],
            contributed: None,
        }),
        () => Err(ExchangeProblem::WrongKind { expected: "a file from snarkjs or circom" }),
    };
    read().map_err(|problem| ExchangeError::new(path, problem))
}

fn key(bytes: &[u8]) -> Result<Facts, ExchangeProblem> {
    let ([variables, public, domain], contributed) = zkey::numbers(bytes)?;
    Ok(Facts {
        what: "Groth16 proving key of snarkjs (.zkey)",
        numbers: vec![("variables", variables), ("public_inputs", public), ("domain", domain)],
        contributed: Some(contributed),
    })
}
