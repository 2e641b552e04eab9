//! The plonkish driver: every operation against native code, its exact rows, and that no cell is free.

mod arithmetic;
mod claims;
mod edwards;
mod forging;
mod poseidon;
mod programs;
mod rank;
mod support;
