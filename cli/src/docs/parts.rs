//! The page about a further part lists every file that names one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{read, root, table_rows};

const PAGE: &str = "docs/src/adding-a-part.md";
/// What the page takes for an example: it has a registry, two committees' worth of evidence, and measures of both sorts.
const EXAMPLE: &str = "bandwidth";
const SOURCES: [&str; 10] = [
    "agent/src",
    "circuits/src",
    "cli/src",
    "core/src",
    "corpus/generate/src",
    "network/src",
    "prover/src",
    "storage/src",
    "verifier/src",
    "wasm",
];
/// Built, installed, or about documentation.
const LEFT_OUT: [&str; 8] = ["docs", "docs.rs", "dist", "node_modules", "pkg", "target", "test", "tests"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries =
        fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left_out| name == *left_out) || name == "tests.rs" {
            continue;
        }
        let path = folder.join(&name);
        if entry.file_type().expect("a type").is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "ts") {
            found.push(path);
        }
    }
}

#[test]
fn a_further_part_is_named_where_the_page_says() {
    let mut all = Vec::new();
    SOURCES.iter().for_each(|folder| sources(Path::new(folder), &mut all));
    let naming = all.iter().filter(|path| read(path).to_lowercase().contains(EXAMPLE));
    let naming: BTreeSet<String> = naming.map(|path| path.display().to_string()).collect();

    let rows = table_rows(&read(PAGE));
    let listed: BTreeSet<&str> =
        rows.iter().map(|row| row[0].as_str()).filter(|cell| cell.contains('/')).collect();
    let covers =
        |listed: &str, path: &str| listed == path || (listed.ends_with('/') && path.starts_with(listed));
    let unlisted: Vec<_> =
        naming.iter().filter(|path| !listed.iter().any(|listed| covers(listed, path))).collect();
    assert!(unlisted.is_empty(), "{PAGE} does not list {unlisted:?}");
    let stale: Vec<_> =
        listed.iter().filter(|listed| !naming.iter().any(|path| covers(listed, path))).collect();
    assert!(stale.is_empty(), "{PAGE} lists what names no part: {stale:?}");
}
