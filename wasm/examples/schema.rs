//! Prints the JSON schemas of every document that goes into the package or comes out of it, as the definitions of one schema.

use popw_core::document::{EligibilityPolicy, EpochPublic, ProofEnvelope};
use popw_verifier::{
    eligibility::Eligibility,
    envelope::{Refusal, Verdict},
    key::Header,
    lint::Finding,
};
use popw_wasm::api::Inspection;
use schemars::generate::SchemaSettings;

fn main() {
    // As they are written: a field that is always there is required.
    let mut generator = SchemaSettings::draft07().for_serialize().into_generator();
    generator.subschema_for::<ProofEnvelope>();
    generator.subschema_for::<EpochPublic>();
    generator.subschema_for::<Verdict>();
    generator.subschema_for::<Refusal>();
    generator.subschema_for::<Finding>();
    generator.subschema_for::<Header>();
    generator.subschema_for::<Inspection>();
    generator.subschema_for::<Eligibility>();
    generator.subschema_for::<EligibilityPolicy>();
    let definitions = generator.take_definitions(true);
    println!("{:#}", serde_json::json!({ "definitions": definitions }));
}
