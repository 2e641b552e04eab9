//! The corpus that every verifier is held to, through this one: the committed one, and the one in `POPW_CORPUS` if set.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    path::PathBuf,
};

use popw_core::document::{Document, EpochPublic};
use popw_corpus::{Against as Given, Corpus, Entry};
use popw_verifier::{
    Fr, Verifier, VerifyError,
    envelope::{Against, SpentSet, SpentSetError, parse, verify, verify_many},
    groth16,
    groth16::{BatchError, PreparedKey, Proof, verify_batch},
    key::VerifyingKey,
};

fn corpora() -> Vec<Corpus> {
    let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/standard");
    let given = env::var_os("POPW_CORPUS").map(PathBuf::from);
    [Some(committed), given].into_iter().flatten().map(|folder| Corpus::read(&folder).unwrap()).collect()
}

fn keys(corpus: &Corpus) -> BTreeMap<String, VerifyingKey> {
    let read = |name: &str| VerifyingKey::from_bytes(&corpus.key_bytes(name).unwrap()).unwrap();
    corpus.manifest.keys.iter().map(|key| (key.name.clone(), read(&key.name))).collect()
}

/// What comes of an entry, as every verifier does it: inputs, proof, equation.
fn judge(verifier: &Verifier, entry: &Entry) -> Result<(), VerifyError> {
    let inputs = groth16::public_inputs(&entry.inputs)?;
    verifier.verify(&inputs, &entry.proof)
}

fn code(result: &Result<(), VerifyError>) -> &'static str {
    result.as_ref().map_or_else(VerifyError::code, |()| "valid")
}

#[test]
fn digests_of_keys() {
    for corpus in corpora() {
        let keys = keys(&corpus);
        assert_eq!(keys.len(), 8);
        for key in &corpus.manifest.keys {
            assert_eq!(keys[&key.name].digest().to_string(), key.digest, "{}", key.name);
        }
    }
}

#[test]
fn proofs() {
    for corpus in corpora() {
        let keys = keys(&corpus);
        let verifiers: BTreeMap<_, _> = keys.iter().map(|(name, key)| (name, Verifier::new(key))).collect();
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for entry in corpus.proofs().unwrap() {
            let result = judge(&verifiers[&entry.key], &entry);
            assert_eq!(code(&result), entry.code, "{}: {result:?}", entry.name);
            *seen.entry((entry.key, entry.code)).or_default() += 1;
        }
        // Every key has entries of every code.
        assert_eq!(seen.len(), 4 * keys.len(), "{seen:?}");
    }
}

#[test]
fn batches() {
    for corpus in corpora() {
        let keys = keys(&corpus);
        let all: BTreeMap<String, Entry> =
            corpus.proofs().unwrap().into_iter().map(|entry| (entry.name.clone(), entry)).collect();
        assert!(corpus.manifest.batches.len() >= 4 * 13);
        for batch in &corpus.manifest.batches {
            let key = PreparedKey::new(&keys[&batch.key]).unwrap();
            let entries: Vec<&Entry> = batch.entries.iter().map(|name| &all[name]).collect();
            assert_eq!(batched(&key, &entries), batch.code, "{}", batch.name);
        }
    }
}

fn batched(key: &PreparedKey, entries: &[&Entry]) -> &'static str {
    let read = |entry: &&Entry| {
        let inputs = groth16::public_inputs(&entry.inputs)?;
        Ok::<_, VerifyError>((inputs, Proof::from_bytes(&entry.proof)?))
    };
    let read: Result<Vec<_>, _> = entries.iter().map(read).collect();
    let Ok(read) = read.as_ref() else { return code(&read.map(drop)) };
    let entries: Vec<_> = read.iter().map(|(inputs, proof)| groth16::Entry { inputs, proof }).collect();
    match verify_batch(key, &entries) {
        Ok(()) => "valid",
        Err(BatchError::Entry { error, .. }) => error.code(),
        Err(_) => "rejected",
    }
}

#[test]
fn key_files() {
    for corpus in corpora() {
        let files = corpus.key_files().unwrap();
        let mut seen = BTreeSet::new();
        assert!(files.len() > 100);
        for (name, bytes, code) in files {
            let error = VerifyingKey::from_bytes(&bytes).expect_err(&name);
            assert_eq!(error.code(), code, "{name}: {error}");
            seen.insert(code);
        }
        for code in ["related-points", "generator", "duplicate-ic", "ic-alpha", "ic-sum", "related-sum"] {
            assert!(seen.contains(code), "no key file is {code}");
        }
    }
}

struct Spent(Option<Fr>);

impl SpentSet for Spent {
    fn is_spent(&self, nullifier: &Fr) -> Result<bool, SpentSetError> {
        Ok(self.0 == Some(*nullifier))
    }
}

#[test]
fn verdicts() {
    for corpus in corpora() {
        let keys = keys(&corpus);
        for entry in &corpus.manifest.verdicts {
            let (document, epoch) = corpus.verdict(entry).unwrap();
            let verifier = Verifier::new(&keys[&entry.of]);
            let document = document.to_string();
            let found =
                match (parse(document.as_bytes()), EpochPublic::from_json(epoch.to_string().as_bytes())) {
                    (Err(_), _) => "unreadable",
                    (_, Err(_)) => "epoch-unreadable",
                    (Ok(envelope), Ok(epoch)) => {
                        let spent = Spent(entry.spent.then_some(envelope.public.nullifier));
                        let against = match entry.against {
                            Given::Nothing => Against::Nothing,
                            Given::Epoch => Against::Epoch(&epoch),
                            Given::Ledger => Against::Ledger { epoch: &epoch, spent: &spent },
                        };
                        let one = verify(&envelope, &verifier, against);
                        let many = verify_many(std::slice::from_ref(&envelope), &verifier, against);
                        assert_eq!(many, std::slice::from_ref(&one), "{}", entry.name);
                        one.map_or_else(|error| error.code(), |verdict| verdict.verdict.code())
                    }
                };
            assert_eq!(found, entry.code, "{}", entry.name);
        }
    }
}
