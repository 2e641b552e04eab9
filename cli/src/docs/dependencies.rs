//! Every dependency has its reason in the book.

use std::collections::BTreeSet;

use super::{read, table_rows};

/// The crates of the product.
const MEMBERS: [&str; 11] = [
    "core", "files", "kernels", "circuits", "prover", "verifier", "network", "storage", "agent", "chain",
    "cli",
];

/// Every direct dependency of every crate has a row that names the crate.
#[test]
fn dependencies_are_listed() {
    let rows = table_rows(&read("docs/src/dependencies.md"));
    let listed = |dependency: &str, member: &str| {
        rows.iter().any(|row| {
            let name = row[0].split(' ').next().unwrap_or_default();
            name == dependency && row[1].split([',', ';', ' ']).any(|place| place == member)
        })
    };
    for member in MEMBERS {
        let missing: BTreeSet<String> =
            dependencies(member).into_iter().filter(|dependency| !listed(dependency, member)).collect();
        assert!(missing.is_empty(), "dependencies.md does not say why {member} needs {missing:?}");
    }
}

fn dependencies(member: &str) -> Vec<String> {
    let manifest = read(format!("{member}/Cargo.toml"));
    let mut section = "";
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
            continue;
        }
        let Some((name, value)) = line.split_once(" = ").filter(|_| section.ends_with("dependencies]"))
        else {
            continue;
        };
        let package = value.split_once("package = \"").and_then(|(_, rest)| rest.split_once('"'));
        let name = match (name, package) {
            (_, Some((package, _))) => package,
            ("halo2_proofs", None) => "halo2-axiom",
            (name, None) => name,
        };
        if !name.starts_with("popw-") {
            found.push(name.to_owned());
        }
    }
    assert!(!found.is_empty(), "{member}");
    found
}
