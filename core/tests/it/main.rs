//! Field, keys, signatures, trees and documents from outside.

mod documents;
mod fuzz;
mod poseidon;
mod signatures;
mod trees;
mod vectors;
