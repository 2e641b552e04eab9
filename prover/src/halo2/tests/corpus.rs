//! The fuzz corpus of halo2's files. `UPDATE_GOLDENS=1` writes its good files anew.

use std::{collections::BTreeMap, fs, path::Path};

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::super::{
    fuzz::{Squares, framed},
    key, srs as string, *,
};
use super::families::{Everything, Family};
use crate::progress::Silent;

fn key() -> (TableKey<Squares>, Srs) {
    let srs = Srs::development(Squares::K, Tau::Seed(&Squares::SEED)).unwrap();
    let mut selector = vec![Fr::ONE; Squares::ROWS];
    selector[Squares::ROWS - 1] = Fr::ZERO;
    let last = Cell { column: Column::Advice(0), row: Squares::ROWS as u32 - 1 };
    let layout = Layout {
        k: Squares::K,
        rows: Squares::ROWS,
        fixed: vec![selector],
        copies: vec![(last, Cell { column: Column::Instance, row: 0 })],
        public: 1,
        cost: BTreeMap::new(),
    };
    (TableKey::setup(&layout, &srs).unwrap(), srs)
}

/// What was committed is what this version writes: formats do not change unnoticed.
#[test]
fn golden_corpus_of_halo2_files_is_what_is_written() {
    let (key, _) = key();
    let (mut proving, mut reference) = (Vec::new(), Vec::new());
    key.write_body(&mut proving).unwrap();
    let small = Srs::development(3, Tau::Seed(&Squares::SEED)).unwrap();
    small.write_body(&mut reference).unwrap();
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/corpus"));
    for (name, bytes) in [
        ("halo2-frame/key", framed(&key::KIND, b"not looked at here")),
        ("halo2-frame/srs", framed(&string::KIND, b"")),
        ("halo2-key/good", proving),
        ("srs/good", reference),
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
fn the_corpus_key_proves() {
    let (key, srs) = key();
    let mut body = Vec::new();
    key.write_body(&mut body).unwrap();
    let key = TableKey::<Squares>::parse(&body).unwrap();
    let (advice, public) = Squares::assignment();
    key.prove(&srs, &[advice], &[public], &Silent).unwrap();
}

/// Under a right digest, what halo2's own reader would take on trust.
#[test]
fn raw_keys_that_lie_about_their_parts_are_refused() {
    let (key, _) = key();
    let mut body = Vec::new();
    key.write_body(&mut body).unwrap();
    let raw = 8 + key.verifying_key().to_payload().len() + 32;
    let first_polynomial = raw + 10 + 3 * 64;
    let refused = |change: &dyn Fn(&mut Vec<u8>), reason: &str| {
        let mut body = body.clone();
        change(&mut body);
        assert_eq!(TableKey::<Squares>::parse(&body).err(), Some(("halo2 key", reason)));
    };
    const COUNT: &str = "not as many columns or rows as the verifying key has";
    refused(&|body| body[raw] = 1, "another version of halo2");
    refused(&|body| body[raw + 1] = 200, "k is not the verifying key's");
    refused(&|body| body[raw + 5] = 1, "compressed selectors");
    refused(&|body| body[raw + 9] = 0xff, COUNT);
    refused(&|body| body[raw + 10..][..64].fill(0xff), "a number that is not below its modulus");
    refused(&|body| body[first_polynomial] = 0x7f, COUNT);
    refused(&|body| body[first_polynomial + 4..][..32].fill(0xff), "a number that is not below its modulus");
    refused(&|body| body.truncate(body.len() - 1), "cut short");
    refused(&|body| body.truncate(first_polynomial + 2), COUNT);
    refused(&|body| body.push(0), "bytes after its end");
    refused(&|body| body[raw + 10] ^= 1, "does not belong to the verifying key");
}

/// halo2's reader counts the columns of this program's gates, whatever the verifying key beside them says.
#[test]
fn a_verifying_key_of_other_columns_is_refused() {
    let (layout, ..) = Everything::table(0, 1);
    let srs = Srs::development(Everything::K, Tau::Seed(&Squares::SEED)).unwrap();
    let other = TableKey::<Everything>::setup(&layout, &srs).unwrap().verifying_key().to_payload();
    let (key, _) = key();
    let mut body = Vec::new();
    key.write_body(&mut body).unwrap();
    let gates = 8 + key.verifying_key().to_payload().len();
    let forged = [&(other.len() as u64).to_be_bytes()[..], &other, &body[gates..]].concat();
    let refused = TableKey::<Squares>::parse(&forged).err();
    assert_eq!(refused, Some(("verifying key", "does not have the columns of this program's gates")));
}
