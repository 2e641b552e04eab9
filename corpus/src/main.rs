//! `popw-corpus expand CORPUS OUT`: a corpus for harnesses that cannot apply edits.

use std::{env, path::Path, process::ExitCode};

use popw_corpus::{Corpus, expand};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [command, folder, out] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return usage();
    };
    if command != "expand" {
        return usage();
    }
    match Corpus::read(Path::new(folder)).and_then(|corpus| expand(&corpus, Path::new(out))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("popw-corpus: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: popw-corpus expand CORPUS OUT\n\nWrites OUT/<key>.json for every key of the corpus in the folder CORPUS: \
         proofs, public inputs, expected codes and batches, edits applied."
    );
    ExitCode::from(2)
}
