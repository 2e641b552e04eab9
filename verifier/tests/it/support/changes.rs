//! Tamper manifest for an uptime document on Groth16 and for the epoch it is compared with: every field, how it is
//! changed, and which check refuses it.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use num_bigint::BigUint;
use serde_json::{Value, json};

/// What becomes of a changed document.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Not read at all; the error names the field.
    Unreadable,
    /// Refused with this code.
    Refused(&'static str),
    /// Refused because it differs from the network's epoch in these parts.
    Differs(Vec<&'static str>),
    /// Bound by nothing, on purpose.
    Unbound,
}
use Outcome::{Differs, Refused, Unbound, Unreadable};

/// Adds to a decimal string.
fn plus(value: &Value, addend: &BigUint) -> Value {
    let number: BigUint = value.as_str().unwrap().parse().unwrap();
    json!((number + addend).to_string())
}

fn one(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        _ => plus(value, &BigUint::from(1u64)),
    }
}

fn plus_r(value: &Value) -> Value {
    plus(value, &BigUint::from(Fr::MODULUS))
}

/// Changes the first hex digit.
fn digit(value: &Value) -> Value {
    let text = value.as_str().unwrap();
    let first = if text.starts_with('0') { "1" } else { "0" };
    json!([first, &text[1..]].concat())
}

/// The amount in the outcome, with one more up slot.
fn one_slot_more(value: &Value) -> Value {
    plus(value, &(BigUint::from(1u64) << 160))
}

fn all_slots(value: &Value) -> Value {
    let current: BigUint = value.as_str().unwrap().parse().unwrap();
    let payee: BigUint = current % (BigUint::from(1u64) << 160);
    // No epoch has so many.
    let more: BigUint = payee + (BigUint::from(255u64) << 160);
    json!(more.to_string())
}

fn other_shape(value: &Value) -> Value {
    json!(if value == "demo" { "standard" } else { "demo" })
}

fn some_storage(value: &Value) -> Value {
    plus(value, &(BigUint::from(1u64) << 168))
}

fn stray_bit(value: &Value) -> Value {
    plus(value, &(BigUint::from(1u64) << 250))
}

pub type Change = fn(&Value) -> Value;

/// Path, how it is changed, outcome.
pub fn proof_manifest() -> Vec<(&'static str, &'static str, Change, Outcome)> {
    vec![
        ("/format", "another", |_| json!("popw.epoch"), Unreadable),
        ("/version", "+ 1", one, Unreadable),
        ("/claim", "another", |_| json!("storage"), Refused("unknown-claim")),
        ("/claim", "not a name", |_| json!("Uptime"), Unreadable),
        ("/claim_version", "+ 1", one, Refused("unknown-claim")),
        ("/claim_version", "+ 2^16", |_| json!(65_537), Refused("unknown-claim")),
        ("/shape", "another", other_shape, Refused("key-mismatch")),
        ("/shape", "none", |_| json!("huge"), Refused("unknown-shape")),
        ("/system", "another", |_| json!("halo2"), Refused("wrong-system")),
        ("/system", "none", |_| json!("plonk"), Unreadable),
        ("/key_digest", "a digit", digit, Refused("wrong-key")),
        ("/key_digest", "short", |_| json!("00"), Unreadable),
        ("/development", "not", |_| json!(false), Refused("key-mismatch")),
        ("/opening/context/network", "another", |_| json!("other"), Unbound),
        ("/opening/context/domain_id", "another", |_| json!(format!("popw:local:{:064}", 0)), Unreadable),
        ("/opening/context/domain", "+ 1", one, Unreadable),
        ("/opening/context/domain", "+ r", plus_r, Unreadable),
        ("/opening/context/epoch", "+ 1", one, Refused("context-opening")),
        ("/opening/context/opening", "+ 1", one, Refused("context-opening")),
        ("/opening/context/opening", "+ r", plus_r, Unreadable),
        ("/opening/context/closing", "+ 1", one, Refused("context-opening")),
        ("/opening/context/roots/device", "+ 1", one, Refused("context-opening")),
        ("/opening/context/roots/witness", "+ 1", one, Refused("context-opening")),
        ("/opening/context/roots/allotment", "+ 1", one, Refused("unused-root")),
        ("/opening/context/roots/sector", "+ 1", one, Refused("unused-root")),
        ("/opening/context/rules/n_w", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/n_w", "0", |_| json!(0), Unreadable),
        ("/opening/context/rules/k", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/q", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/q", "0", |_| json!(0), Unreadable),
        ("/opening/context/rules/q", "above k", |_| json!(99), Unreadable),
        ("/opening/context/rules/slots", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/max_gap", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/batches", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/min_rate", "+ 1", one, Refused("context-opening")),
        ("/opening/payee/recipient", "a digit", digit, Refused("payee-opening")),
        ("/opening/payee/owner_tag", "+ 1", one, Refused("payee-opening")),
        ("/opening/payee/owner_tag", "+ r", plus_r, Unreadable),
        ("/public/context", "+ 1", one, Refused("context-opening")),
        ("/public/context", "+ r", plus_r, Unreadable),
        ("/public/nullifier", "+ 1", one, Refused("rejected")),
        ("/public/nullifier", "+ r", plus_r, Unreadable),
        ("/public/outcome", "payee + 1", one, Refused("payee-opening")),
        ("/public/outcome", "one slot more", one_slot_more, Refused("rejected")),
        ("/public/outcome", "more slots than there are", all_slots, Refused("amount")),
        ("/public/outcome", "into its neighbour", some_storage, Refused("amount")),
        ("/public/outcome", "stray bit", stray_bit, Refused("outcome")),
        ("/public/outcome", "+ r", plus_r, Unreadable),
        ("/proof", "a digit", digit, Refused("malformed")),
        ("/proof", "none", |_| json!(""), Refused("malformed")),
        ("/proof", "upper case", |value| json!(value.as_str().unwrap().to_uppercase()), Unreadable),
        (
            "/proof",
            "a byte more",
            |value| json!(format!("{}00", value.as_str().unwrap())),
            Refused("malformed"),
        ),
    ]
}

pub fn epoch_manifest() -> Vec<(&'static str, &'static str, Change, Outcome)> {
    vec![
        ("/format", "another", |_| json!("popw.proof"), Unreadable),
        ("/version", "+ 1", one, Unreadable),
        ("/network", "another", |_| json!("other"), Unbound),
        ("/domain_id", "another", |_| json!(format!("popw:local:{:064}", 0)), Unreadable),
        ("/domain", "+ 1", one, Unreadable),
        ("/epoch", "+ 1", one, Differs(vec!["epoch"])),
        ("/start_unix_ms", "+ 1", one, Unbound),
        ("/slot_ms", "+ 1", one, Unbound),
        ("/slot_ms", "0", |_| json!(0), Unreadable),
        // The network has checked its beacons; only their randomness enters the context.
        ("/opening/source", "another", |_| json!("file"), Unbound),
        ("/opening/chain_hash", "a digit", digit, Unbound),
        ("/opening/round", "+ 1", one, Unbound),
        ("/opening/randomness", "a digit", digit, Differs(vec!["opening beacon"])),
        ("/opening/signature", "a digit", digit, Unbound),
        ("/opening/previous_signature", "a digit", digit, Unbound),
        ("/closing/source", "another", |_| json!("file"), Unbound),
        ("/closing/chain_hash", "a digit", digit, Unbound),
        ("/closing/round", "+ 1", one, Unbound),
        ("/closing/randomness", "a digit", digit, Differs(vec!["closing beacon"])),
        ("/closing/signature", "a digit", digit, Unbound),
        ("/closing/previous_signature", "a digit", digit, Unbound),
        ("/roots/device", "+ 1", one, Differs(vec!["device root"])),
        ("/roots/witness", "+ 1", one, Differs(vec!["witness root"])),
        // Uptime's context has 0 for registries that uptime does not use.
        ("/roots/allotment", "+ 1", one, Unbound),
        ("/roots/sector", "+ 1", one, Unbound),
        ("/rules/n_w", "+ 1", one, Differs(vec!["rules.n_w"])),
        ("/rules/k", "+ 1", one, Differs(vec!["rules.k"])),
        ("/rules/q", "+ 1", one, Differs(vec!["rules.q"])),
        ("/rules/slots", "+ 1", one, Differs(vec!["rules.slots"])),
        ("/rules/max_gap", "+ 1", one, Differs(vec!["rules.max_gap"])),
        ("/rules/batches", "+ 1", one, Differs(vec!["rules.batches"])),
        ("/rules/min_rate", "+ 1", one, Differs(vec!["rules.min_rate"])),
    ]
}
