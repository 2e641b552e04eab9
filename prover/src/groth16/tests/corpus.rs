//! The fuzz corpus of key files. `UPDATE_GOLDENS=1` writes its good files anew.

use std::fs;

use super::super::{
    fuzz::{contents, fuzz_groth16_key},
    layout::HEADER_BYTES,
};
use super::*;

/// What was committed is what this version writes: formats do not change unnoticed.
#[test]
fn golden_corpus_of_key_files_is_what_is_written() {
    let file = fs::read(Fixture::new(1).path()).unwrap();
    let end = file[..HEADER_BYTES].iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let fixture = Fixture::new(1);
    let made = |name: &str| fs::read(fixture.folder.path().join(name)).unwrap();
    let target = |name: &str| fixture.folder.path().join(name);
    write_zkey(to(&target("zkey")), &fixture.open(), &Silent).unwrap();
    write_r1cs(to(&target("r1cs")), &fixture.open(), &Silent).unwrap();
    let assignment = Assignment { public: vec![Fr::from(5)], witness: vec![Fr::from(6), Fr::from(7)].into() };
    write_witness(&target("wtns"), &assignment).unwrap();
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/corpus"));
    for (name, bytes) in [
        ("groth16-header/good", file[..end].to_vec()),
        ("groth16-key/good", contents(&file)),
        ("zkey/good", made("zkey")),
        ("r1cs/good", made("r1cs")),
        ("wtns/good", made("wtns")),
    ] {
        let path = corpus.join(name);
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
    }
}

#[test]
fn the_corpus_zkey_reaches_the_prover() {
    let fixture = Fixture::new(1);
    let path = fixture.folder.path().join("zkey");
    write_zkey(to(&path), &fixture.open(), &Silent).unwrap();
    exchange_fuzz::fuzz_zkey(&fs::read(&path).unwrap());
    import_temporary(&Source::Snarkjs { zkey: &path, r1cs: None }, &Silent).unwrap();
}

#[test]
fn the_corpus_key_reaches_the_prover() {
    let fixture = Fixture::new(1);
    fuzz_groth16_key(&contents(&fs::read(fixture.path()).unwrap()));
    fixture.open();
}
