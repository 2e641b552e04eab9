//! Whole documents: every verdict, and every entry of the tamper manifest.

use popw_core::document::{Document as _, EpochPublic};
use popw_corpus::{Against, FieldEdit, Manifest, Verdict};
use serde_json::Value;

use crate::{
    changes::{Outcome, epoch_manifest, proof_manifest},
    prove::Made,
};

/// The document that the tamper manifest is about.
const SUBJECT: &str = "uptime-groth16";

/// What an unchanged document is worth.
pub fn levels(name: &str, manifest: &mut Manifest) {
    let levels = [
        (Against::Nothing, false, "valid-context-not-checked"),
        (Against::Epoch, false, "valid-for-this-epoch"),
        (Against::Ledger, false, "due"),
        (Against::Ledger, true, "already-claimed"),
    ];
    manifest.verdicts.extend(levels.map(|(against, spent, code)| Verdict {
        name: format!("{name}: {code}"),
        of: name.into(),
        edits: vec![],
        against,
        epoch_edits: vec![],
        spent,
        code: code.into(),
    }));
}

/// Changed documents and changed epochs.
pub fn entries(all: &[Made], epoch: &EpochPublic, manifest: &mut Manifest) {
    let made = all.iter().find(|made| made.name == SUBJECT).expect("the corpus has it");
    let document: Value = serde_json::from_str(&made.envelope.to_json()).expect("a document");
    let epoch: Value = serde_json::from_str(&epoch.to_json()).expect("a document");
    for (path, how, change, outcome) in proof_manifest() {
        let edit = edit(&document, path, change);
        let (edits, code) = (vec![edit], code(&outcome, "unreadable"));
        push(manifest, format!("{SUBJECT}: {path} {how}"), edits, vec![], code);
    }
    for (path, how, change, outcome) in epoch_manifest() {
        let edit = edit(&epoch, path, change);
        let (edits, code) = (vec![edit], code(&outcome, "epoch-unreadable"));
        push(manifest, format!("{SUBJECT}: epoch {path} {how}"), vec![], edits, code);
    }
}

fn push(
    manifest: &mut Manifest,
    name: String,
    edits: Vec<FieldEdit>,
    epoch_edits: Vec<FieldEdit>,
    code: String,
) {
    let (of, against) = (SUBJECT.into(), Against::Epoch);
    manifest.verdicts.push(Verdict { name, of, edits, against, epoch_edits, spent: false, code });
}

fn edit(document: &Value, path: &str, change: fn(&Value) -> Value) -> FieldEdit {
    let current = document.pointer(path).unwrap_or_else(|| panic!("no field {path}"));
    FieldEdit { pointer: path.into(), value: change(current) }
}

fn code(outcome: &Outcome, unreadable: &str) -> String {
    match outcome {
        Outcome::Unreadable => unreadable.into(),
        Outcome::Refused(code) => (*code).into(),
        Outcome::Differs(_) => "context-mismatch".into(),
        Outcome::Unbound => "valid-for-this-epoch".into(),
    }
}
