//! A corpus for harnesses that cannot apply edits: one file a key, with everything written out.

use std::{fs, path::Path};

use serde::Serialize;

use crate::{Corpus, Entry, Error};

#[derive(Serialize)]
struct Expanded<'a> {
    names: Vec<&'a str>,
    codes: Vec<&'a str>,
    proofs: Vec<String>,
    inputs: Vec<Vec<String>>,
    batches: Batches<'a>,
}

#[derive(Serialize)]
struct Batches<'a> {
    names: Vec<&'a str>,
    codes: Vec<&'a str>,
    /// Positions in the lists above.
    members: Vec<Vec<usize>>,
}

/// Writes `<key>.json` for every key into the folder `out`, which is made if it is missing.
///
/// # Errors
/// [`Error`].
pub fn expand(corpus: &Corpus, out: &Path) -> Result<(), Error> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| Error::File { path, error }
    };
    fs::create_dir_all(out).map_err(at(out))?;
    let all = corpus.proofs()?;
    for key in &corpus.manifest.keys {
        let entries: Vec<&Entry> = all.iter().filter(|entry| entry.key == key.name).collect();
        let path = out.join(format!("{}.json", key.name));
        let text = serde_json::to_vec(&expanded(corpus, &key.name, &entries)?)
            .map_err(|error| Error::Json { path: path.clone(), error })?;
        fs::write(&path, text).map_err(at(&path))?;
    }
    Ok(())
}

fn expanded<'a>(corpus: &'a Corpus, key: &str, entries: &[&'a Entry]) -> Result<Expanded<'a>, Error> {
    let prefixed = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
    let position = |name: &String| {
        let found = entries.iter().position(|entry| entry.name == *name);
        found.ok_or_else(|| Error::Inconsistent(format!("a batch of {key} has no entry {name}")))
    };
    let batches: Vec<_> = corpus.manifest.batches.iter().filter(|batch| batch.key == key).collect();
    let members: Result<_, Error> =
        batches.iter().map(|batch| batch.entries.iter().map(position).collect()).collect();
    Ok(Expanded {
        names: entries.iter().map(|entry| entry.name.as_str()).collect(),
        codes: entries.iter().map(|entry| entry.code.as_str()).collect(),
        proofs: entries.iter().map(|entry| prefixed(&entry.proof)).collect(),
        inputs: entries.iter().map(|entry| entry.inputs.iter().map(|x| prefixed(x)).collect()).collect(),
        batches: Batches {
            names: batches.iter().map(|batch| batch.name.as_str()).collect(),
            codes: batches.iter().map(|batch| batch.code.as_str()).collect(),
            members: members?,
        },
    })
}
