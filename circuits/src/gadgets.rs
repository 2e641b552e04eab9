//! Gadgets. `alloc_*` allocates a witness *and* constrains it, `enforce_*` constrains, `is_*` gives a boolean.

pub mod bits;
pub mod compare;
pub mod draw;
pub mod eddsa;
pub mod edwards;
pub mod key;
pub mod lean_imt;
pub mod octree;
pub mod one_hot;
pub mod owners;
pub mod pack;
pub mod poseidon;
pub mod runs;
