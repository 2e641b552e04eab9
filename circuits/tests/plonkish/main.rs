//! The plonkish driver: every operation against native code, its exact rows, and that no cell is free.

#[path = "../common/mod.rs"]
mod common;

mod arithmetic;
mod edwards;
mod poseidon;
mod support;
mod uptime;
