//! The Groth16 proving table: circuits and their files, provers, measurements in processes of their own, the report.

pub mod case;
pub mod child;
pub mod peers;
pub mod plot;
pub mod process;
pub mod report;

use popw_prover::groth16::backend::Backend;

/// What may go wrong.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Every backend by the name it has in tables, the slowest first; `None` where this machine lacks what it needs.
pub fn backends() -> Vec<(&'static str, Option<Backend>)> {
    vec![
        ("reference", Some(Backend::reference())),
        ("scalar", Some(Backend::scalar())),
        ("avx512", Backend::avx512()),
    ]
}

/// The provers besides our backends, by the names they have in tables.
pub const ARK: &str = "ark-groth16";
/// In a process only.
pub const SNARKJS: &str = "snarkjs";

/// The backend of that name.
///
/// # Errors
/// There is none, or not on this machine.
pub fn backend(name: &str) -> Result<Backend, Error> {
    let found = backends().into_iter().find(|(known, _)| *known == name);
    let (_, backend) = found.ok_or_else(|| format!("no backend `{name}`"))?;
    backend.ok_or_else(|| format!("this machine cannot run the backend `{name}`").into())
}
