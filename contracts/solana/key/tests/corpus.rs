//! Keys of the corpus become constants; weak and broken ones are refused with the native code.

use std::{env, path::PathBuf};

use popw_corpus::Corpus;
use popw_solana_key::constants;

fn corpus() -> Corpus {
    let folder = env::var("POPW_CORPUS").unwrap_or_else(|_| "../../../corpus/standard".into());
    Corpus::read(&PathBuf::from(folder)).expect("a corpus in POPW_CORPUS")
}

#[test]
fn groth16_keys_become_constants_and_halo2_keys_do_not() {
    let corpus = corpus();
    let (mut groth16, mut halo2) = (0, 0);
    for key in &corpus.manifest.keys {
        let made = constants(&corpus.key_bytes(&key.name).unwrap());
        if key.system == "groth16" {
            let title = format!("{} 1, shape {}, digest {}", key.claim, corpus.manifest.shape, key.digest);
            assert!(made.unwrap().contains(&title), "{title}");
            groth16 += 1;
        } else {
            assert_eq!(made.unwrap_err().code(), "wrong-system", "{}", key.name);
            halo2 += 1;
        }
    }
    assert!(groth16 > 0 && halo2 > 0, "{groth16} Groth16 keys, {halo2} halo2 keys");
}

#[test]
fn weak_and_broken_keys_are_refused_by_their_codes() {
    let files = corpus().key_files().unwrap();
    for (name, bytes, code) in &files {
        assert_eq!(constants(bytes).unwrap_err().code(), code, "{name}");
    }
    for expected in
        ["malformed-key", "related-points", "generator", "duplicate-ic", "ic-alpha", "ic-sum", "related-sum"]
    {
        assert!(files.iter().any(|(_, _, code)| code == expected), "no key file that is {expected}");
    }
}
