//! A corpus and changes of it, on the compiler everyone has.

use std::{
    env, format, fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
    println,
    string::String,
    vec::Vec,
};

use super::{Mutator, Target};

/// Seed of the mutations, unless `FUZZ_SEED` says otherwise.
const SEED: u64 = 0x706f_7077;

/// Runs every target on each file of `corpus/<target>/`, then on `rounds` mutations of them, or as many as
/// `FUZZ_ROUNDS` says. Seed and number are printed.
///
/// # Panics
/// When a target does, with the name of a file in the system's temporary folder that holds the input; when a target
/// has no corpus.
pub fn replay(targets: &[Target], corpus: &Path, rounds: u64) {
    let number = |name| env::var(name).ok().and_then(|value| value.parse().ok());
    let (seed, rounds) = (number("FUZZ_SEED").unwrap_or(SEED), number("FUZZ_ROUNDS").unwrap_or(rounds));
    for (name, target) in targets {
        let entries = read(&corpus.join(name));
        assert!(!entries.is_empty(), "{name} has no corpus in {}", corpus.display());
        println!("{name}: {} files, {rounds} mutations, FUZZ_SEED={seed}", entries.len());
        for entry in &entries {
            run(name, *target, entry);
        }
        let mut mutator = Mutator::new(seed);
        for _ in 0..rounds {
            run(name, *target, &mutator.mutated(&entries));
        }
    }
}

/// The files of a folder, in the order of their names.
fn read(folder: &Path) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

fn run(name: &str, target: fn(&[u8]), data: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(data))) {
        let hash: String = blake3::hash(data).to_hex().chars().take(16).collect();
        let path = env::temp_dir().join(format!("fuzz-{name}-{hash}"));
        match fs::write(&path, data) {
            Ok(()) => println!("{name}: the input is in {}", path.display()),
            Err(error) => println!("{name}: the input could not be kept ({error}): {data:02x?}"),
        }
        resume_unwind(panic);
    }
}
