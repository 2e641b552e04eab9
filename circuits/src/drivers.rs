//! The four ways a circuit is run.
//!
//! | driver | wire | for |
//! | --- | --- | --- |
//! | [`r1cs`] | linear combination | the matrices of Groth16, once, at setup |
//! | [`evaluate`] | value | the witness of a Groth16 proof |
//! | [`audit`] | both | tests: counts, names the clause that fails, finds free wires |
//! | [`plonkish`] | cell | the table of a halo2 proof |

pub mod audit;
pub mod evaluate;
pub mod plonkish;
pub mod r1cs;
