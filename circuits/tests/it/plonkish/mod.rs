//! The plonkish driver: every operation against native code, its exact rows, and that no cell is free.

mod algebra;
mod arithmetic;
mod attempts;
mod borrow;
mod claims;
mod derivation;
mod edwards;
mod forging;
mod mutation;
mod places;
mod poseidon;
mod programs;
mod rank;
mod support;
mod system;
mod unique;
