//! Field, keys, signatures, trees and documents from outside.

mod documents;
mod fuzz;
mod poseidon;
mod readings;
mod signatures;
mod trees;
mod vectors;
