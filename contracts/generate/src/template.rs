//! Contracts as texts with gaps: `{{name}}` stands for a value.

use popw_verifier::key::VerifyingKey;

use crate::{Error, SourceFile, contract_name};

/// The template with the values put in, and what every contract says about its key: `name`, `digest`, `claim`, `version`,
/// `shape`, `setup`, `development`, `generator`.
///
/// # Errors
/// [`Error::Template`] when a gap has no value or a value no gap.
pub(crate) fn contract(
    key: &VerifyingKey,
    template: &str,
    values: &[(&str, String)],
) -> Result<SourceFile, Error> {
    let header = key.header();
    let name = contract_name(key);
    let common = [
        ("name", name.clone()),
        ("digest", key.digest().to_string()),
        ("claim", header.claim.clone()),
        ("version", header.claim_version.to_string()),
        ("shape", header.shape.clone()),
        (
            "setup",
            header.development.map_or("not for development".into(), |how| how.warning().to_uppercase()),
        ),
        ("development", header.development.is_some().to_string()),
        ("generator", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let mut text = String::new();
    let mut rest = template;
    let mut used = Vec::new();
    while let Some((before, after)) = rest.split_once("{{") {
        let (gap, after) = after.split_once("}}").ok_or_else(|| Error::Template(after.to_owned()))?;
        let (_, value) = values
            .iter()
            .chain(&common)
            .find(|(name, _)| *name == gap)
            .ok_or_else(|| Error::Template(gap.to_owned()))?;
        text.push_str(before);
        text.push_str(value);
        used.push(gap);
        rest = after;
    }
    text.push_str(rest);
    match values.iter().find(|(name, _)| !used.contains(name)) {
        Some((unused, _)) => Err(Error::Template((*unused).to_owned())),
        None => Ok(SourceFile { name: format!("{name}.sol"), text }),
    }
}
