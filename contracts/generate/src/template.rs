//! Contracts as texts with gaps: `{{name}}` stands for a value.

use popw_verifier::key::VerifyingKey;

use crate::{Error, SourceFile};

/// The template with the values put in, and what every contract says about its key: `digest`, `claim`, `version`, `shape`,
/// `setup`, `development`; and of itself: `name`, `generator`, `command`.
///
/// # Errors
/// [`Error::Template`] when a gap has no value or a value no gap.
pub(crate) fn contract(
    key: &VerifyingKey,
    name: &str,
    template: &str,
    values: &[(&str, String)],
) -> Result<SourceFile, Error> {
    let header = key.header();
    let setup = match header.development {
        Some(how) => how.warning().to_uppercase(),
        None if header.is_claim() => "not for development".into(),
        None => "not known: whoever made the key answers for it".into(),
    };
    let command = if header.is_claim() { "popw export solidity" } else { "popw groth16 export --solidity" };
    let common = [
        ("name", name.to_owned()),
        ("digest", key.digest().to_string()),
        ("claim", header.claim.clone()),
        ("version", header.claim_version.to_string()),
        ("shape", header.shape.clone()),
        ("setup", setup),
        ("development", header.development.is_some().to_string()),
        ("generator", env!("CARGO_PKG_VERSION").to_owned()),
        ("command", command.to_owned()),
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
