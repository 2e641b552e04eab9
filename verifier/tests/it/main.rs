//! The verifier from outside. One binary, so that what the tests share is compiled once.

mod support;

mod arbitrary;
mod circuit;
mod corpus;
mod due;
mod eligibility;
mod envelope;
mod fuzz;
mod groth16;
mod halo2;
mod lint;
mod snarkjs;
mod tamper;
mod tamper_envelope;
