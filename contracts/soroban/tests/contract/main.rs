//! The contract as real wasm: every Groth16 entry of the corpus gets the native verdict, at a bounded price.

mod chain;
mod corpus;
mod cost;
mod own;
