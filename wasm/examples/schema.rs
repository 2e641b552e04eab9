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
    // Documents that go in as they are read: a field that may be left out is optional.
    let mut read = SchemaSettings::draft07().for_deserialize().into_generator();
    read.subschema_for::<ProofEnvelope>();
    read.subschema_for::<EpochPublic>();
    read.subschema_for::<EligibilityPolicy>();
    // Answers as they are written: a field that is always there is required.
    let mut written = SchemaSettings::draft07().for_serialize().into_generator();
    written.subschema_for::<Verdict>();
    written.subschema_for::<Refusal>();
    written.subschema_for::<Finding>();
    written.subschema_for::<Header>();
    written.subschema_for::<Inspection>();
    written.subschema_for::<Eligibility>();
    // What an answer has of a document is typed as the document is.
    let mut definitions = written.take_definitions(true);
    definitions.extend(read.take_definitions(true));
    println!("{:#}", serde_json::json!({ "definitions": definitions }));
}
