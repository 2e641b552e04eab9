//! Programs and proofs to run them on.

use std::{env, fs, path::PathBuf};

use popw_corpus::Corpus;
use popw_solana_runtime::Program;

/// More compute units than any run here takes.
pub const LIMIT: u64 = popw_solana_runtime::prices::DEFAULT_LIMIT;

/// A proof with the verdict it gets.
pub struct Case {
    pub name: String,
    pub inputs: Vec<[u8; 32]>,
    pub proof: Vec<u8>,
    pub code: String,
}

pub fn corpus() -> Corpus {
    let folder = env::var("POPW_CORPUS").unwrap_or_else(|_| "../../../corpus/standard".into());
    Corpus::read(&PathBuf::from(folder)).expect("a corpus in POPW_CORPUS")
}

/// A program for every Groth16 key of the corpus.
pub fn programs() -> Vec<(String, Program)> {
    let folder = env::var("POPW_SOLANA_PROGRAMS").expect("POPW_SOLANA_PROGRAMS; run scripts/solana.sh");
    let corpus = corpus();
    let keys = corpus.manifest.keys.iter().filter(|key| key.system == "groth16");
    let load = |name: &String| {
        let file = PathBuf::from(&folder).join(format!("{name}.so"));
        let elf = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        (name.clone(), Program::load(&elf).unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    let programs: Vec<_> = keys.map(|key| load(&key.name)).collect();
    assert!(!programs.is_empty(), "no Groth16 key in the corpus");
    programs
}

pub fn cases(key: &str) -> Vec<Case> {
    let entries = corpus().proofs().expect("a sound corpus");
    let of_key = entries.into_iter().filter(|entry| entry.key == key);
    of_key
        .map(|entry| Case { name: entry.name, inputs: entry.inputs, proof: entry.proof, code: entry.code })
        .collect()
}

pub fn first_valid(key: &str) -> Case {
    cases(key).into_iter().find(|case| case.code == "valid").expect("a valid proof of every key")
}

/// Instruction data.
pub fn data(inputs: &[[u8; 32]], proof: &[u8]) -> Vec<u8> {
    let count = u8::try_from(inputs.len()).expect("few inputs");
    [&[count], inputs.as_flattened(), proof].concat()
}

/// q − y, in place: big-endian.
pub fn negate(y: &mut [u8]) {
    const Q: [u8; 32] = [
        0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x97,
        0x81, 0x6a, 0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47,
    ];
    let mut borrow = false;
    for (y, q) in y.iter_mut().zip(Q).rev() {
        let (difference, first) = q.overflowing_sub(*y);
        let (difference, second) = difference.overflowing_sub(u8::from(borrow));
        (*y, borrow) = (difference, first || second);
    }
}
