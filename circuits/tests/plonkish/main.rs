//! The plonkish driver: every operation against native code, its exact rows, and that no cell is free.

#[path = "../common/mod.rs"]
mod common;
#[path = "../forgeries/mod.rs"]
mod forgeries;

mod arithmetic;
mod claims;
mod edwards;
mod poseidon;
mod support;
