//! Records of proofs against policies, on the corpus's proofs: each reason by itself, and what is refused as a policy.

use std::path::Path;

use popw_core::document::{Document, EligibilityPolicy};
use popw_corpus::Corpus;
use popw_verifier::Verifier;
use popw_verifier::eligibility::{Eligibility, EligibilityError, judge};
use popw_verifier::key::VerifyingKey;
use serde_json::{Value, json};

/// Documents, keys and policy of a record that is eligible.
struct Record {
    corpus: Corpus,
    proofs: Vec<String>,
    verifiers: Vec<Verifier>,
    policy: Value,
}

impl Record {
    fn new(claims: &[&str]) -> Self {
        let corpus = Corpus::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/standard")).unwrap();
        let names: Vec<String> = claims.iter().map(|claim| format!("{claim}-groth16")).collect();
        let proofs = names.iter().map(|name| corpus.document(name).unwrap().to_string()).collect();
        let key = |name: &String| VerifyingKey::from_bytes(&corpus.key_bytes(name).unwrap()).unwrap();
        let keys: Vec<VerifyingKey> = names.iter().map(key).collect();
        let epoch = corpus.epoch().unwrap();
        let policy = json!({
            "format": "popw.eligibility",
            "version": 1,
            "domain_id": epoch["domain_id"],
            "epochs": [epoch],
            "claims": claims,
            "minimum": {"up_slots": 1, "stored_mib": 1, "served_mib": 1, "rate": 1},
            "keys": keys.iter().map(|key| key.digest().to_string()).collect::<Vec<_>>(),
            "spent": [],
        });
        Self { proofs, verifiers: keys.iter().map(Verifier::new).collect(), policy, corpus }
    }

    fn work() -> Self {
        Self::new(&["work"])
    }

    fn judge(&self) -> Result<Eligibility, EligibilityError> {
        let policy = EligibilityPolicy::from_json(self.policy.to_string().as_bytes())?;
        let proofs: Vec<&[u8]> = self.proofs.iter().map(String::as_bytes).collect();
        judge(&proofs, &policy, &self.verifiers)
    }

    /// Codes of what speaks against it, and whether it is eligible.
    fn codes(&self) -> (bool, Vec<&'static str>) {
        let answer = self.judge().unwrap();
        let counted = answer.proofs.iter().filter(|proof| proof.counted).count();
        let refused = answer.reasons.iter().filter(|reason| reason.proof.is_some()).count();
        assert_eq!(counted + refused, self.proofs.len());
        (answer.eligible, answer.reasons.iter().map(|reason| reason.code).collect())
    }

    /// Changes a field of the first proof.
    fn edit(&mut self, pointer: &str, value: Value) {
        let mut document: Value = serde_json::from_str(&self.proofs[0]).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        self.proofs[0] = document.to_string();
    }

    fn public(&self, name: &str) -> Value {
        let document: Value = serde_json::from_str(&self.proofs[0]).unwrap();
        document["public"][name].clone()
    }
}

#[test]
fn a_record_that_shows_all_is_eligible() {
    assert_eq!(Record::work().codes(), (true, vec![]));
    assert_eq!(Record::new(&["uptime", "possession", "bandwidth"]).codes(), (true, vec![]));
    let answer = Record::work().judge().unwrap();
    let verdict = answer.proofs[0].verdict.as_ref().unwrap();
    assert_eq!((verdict.claim, verdict.epoch), ("work", 9));
}

#[test]
fn every_reason_against_a_proof() {
    let document = |name: &str| Record::work().corpus.document(name).unwrap().to_string();
    type Change<'a> = Box<dyn Fn(&mut Record) + 'a>;
    let changes: Vec<(&str, Change<'_>)> = vec![
        ("unreadable", Box::new(|record| record.proofs[0].truncate(100))),
        (
            "other-domain",
            Box::new(|record| {
                record.policy["domain_id"] = json!(format!("popw:local:{}", "5a".repeat(32)));
                let domain =
                    popw_core::identity::domain(record.policy["domain_id"].as_str().unwrap()).unwrap();
                record.policy["epochs"][0]["domain_id"] = record.policy["domain_id"].clone();
                record.policy["epochs"][0]["domain"] = json!(popw_core::field::to_decimal(&domain));
            }),
        ),
        ("other-claim", Box::new(|record| record.proofs[0] = document("uptime-groth16"))),
        ("key-not-accepted", Box::new(|record| record.proofs[0] = document("work-halo2"))),
        ("other-epoch", Box::new(|record| record.policy["epochs"][0]["epoch"] = json!(10))),
        ("context-mismatch", Box::new(|record| record.policy["epochs"][0]["rules"]["q"] = json!(4))),
        ("context-opening", Box::new(|record| record.edit("/opening/context/rules/q", json!(4)))),
        ("rejected", Box::new(|record| record.edit("/public/nullifier", json!("1")))),
        ("malformed", Box::new(|record| record.edit("/proof", json!("00")))),
        ("already-claimed", Box::new(|record| record.policy["spent"] = json!([record.public("nullifier")]))),
        ("other-recipient", Box::new(|record| record.policy["recipient"] = json!("22".repeat(32)))),
        ("below-minimum", Box::new(|record| record.policy["minimum"]["up_slots"] = json!(255))),
        ("below-minimum", Box::new(|record| record.policy["minimum"]["stored_mib"] = json!(u32::MAX))),
        ("below-minimum", Box::new(|record| record.policy["minimum"]["served_mib"] = json!(1 << 30))),
        ("below-minimum", Box::new(|record| record.policy["minimum"]["rate"] = json!(1 << 20))),
    ];
    for (code, change) in changes {
        let mut record = Record::work();
        change(&mut record);
        assert_eq!(record.codes(), (false, vec![code, "not-covered"]), "{code}");
    }
}

#[test]
fn proofs_beyond_what_is_asked_for_do_no_harm() {
    let mut record = Record::work();
    record.proofs.push(record.proofs[0].clone());
    record.proofs.push("{}".into());
    assert_eq!(record.codes(), (true, vec!["already-claimed", "unreadable"]));
    let answer = record.judge().unwrap();
    let counted: Vec<bool> = answer.proofs.iter().map(|proof| proof.counted).collect();
    assert_eq!(counted, [true, false, false]);
    assert_eq!(answer.reasons[0].proof, Some(1));
}

#[test]
fn every_epoch_needs_every_claim() {
    let mut record = Record::new(&["uptime", "possession"]);
    record.policy["minimum"] = json!({"up_slots": 1, "stored_mib": 1, "served_mib": 0, "rate": 0});
    record.proofs.pop();
    let mut later = record.policy["epochs"][0].clone();
    later["epoch"] = json!(10);
    record.policy["epochs"].as_array_mut().unwrap().push(later);
    let answer = record.judge().unwrap();
    let missing: Vec<_> = answer.reasons.iter().map(|reason| (reason.epoch, reason.claim)).collect();
    let expected = [(9, "possession"), (10, "uptime"), (10, "possession")];
    assert_eq!(missing, expected.map(|(epoch, claim)| (Some(epoch), Some(claim))));
    assert!(!answer.eligible);
    record.proofs.clear();
    assert_eq!(record.codes(), (false, vec!["not-covered"; 4]));
}

#[test]
fn an_accepted_key_that_is_not_there_is_the_callers_fault() {
    let mut record = Record::work();
    record.verifiers.clear();
    let error = record.judge().unwrap_err();
    assert_eq!(error.code(), "missing-key");
}

#[test]
fn policies_that_make_no_sense_are_refused() {
    let again = |record: &Record| record.policy["epochs"][0].clone();
    let good = Record::work();
    let cases = [
        ("/epochs", json!([]), "epochs"),
        ("/epochs", json!([again(&good), again(&good)]), "epochs[1].epoch"),
        ("/epochs/0/domain_id", json!(format!("popw:local:{}", "5a".repeat(32))), "epochs[0].domain"),
        ("/epochs/0/closing", Value::Null, "epochs[0].closing"),
        ("/domain_id", json!("somewhere"), "domain_id"),
        ("/domain_id", json!(format!("popw:local:{}", "5a".repeat(32))), "epochs[0].domain_id"),
        ("/claims", json!([]), "claims"),
        ("/claims", json!(["storage"]), "claims[0]"),
        ("/claims", json!(["uptime", "uptime"]), "claims[1]"),
        ("/claims", json!(["work", "uptime"]), "claims"),
        ("/claims", json!(["uptime"]), "minimum.stored_mib"),
        ("/keys", json!([]), "keys"),
        ("/keys", json!(["00"]), "keys"),
        ("/spent", json!(["-1"]), "spent"),
        ("/minimum/up_slots", json!(256), "minimum.up_slots"),
        ("/version", json!(2), "version 2"),
    ];
    for (pointer, value, named) in cases {
        let mut policy = good.policy.clone();
        *policy.pointer_mut(pointer).unwrap() = value;
        let error = EligibilityPolicy::from_json(policy.to_string().as_bytes()).unwrap_err().to_string();
        assert!(error.contains(named), "{pointer}: {error}");
    }
}
