//! The frame: what every claim says, whatever its parts.
//!
//! # Statement
//! Public: `context`, `nullifier`, `outcome`. The prover knows a witness with
//!
//! | clause | says |
//! | --- | --- |
//! | C1 key | `0 < sk < l` and `A = sk · Base8` |
//! | C2 device | `D = H(⟦popw.device⟧, A.x, A.y, owner)` is in `device_root ≠ 0`, index < 2^depth |
//! | C3 rules | all seven rules are below 2^32; `B ≥ 1`; with a committee `1 ≤ q ≤ k ≤ K`; with slots `slots ≤ S` |
//! | C4 batch | `b < B`; in an uptime claim b is 0 and there is no such clause |
//! | C5 context | `context` is that of the kind, domain, epoch < 2^32, ρ, ρ′, the kind's roots (others 0) and the rules |
//! | C6 nullifier | `nullifier = H(⟦popw.nullifier⟧, ⟦kind⟧, sk, H(domain, epoch), b)` |
//! | C7 outcome | `outcome = payee + 2^160 · amount`, payee < 2^160, every field of the amount within its width |
//!
//! # Instance
//! | index | name | encoding |
//! | --- | --- | --- |
//! | 0 | context | field element, the same for all devices of an epoch |
//! | 1 | nullifier | field element, one per device, epoch and batch |
//! | 2 | outcome | payee in bits 0..160, then up slots 8, MiB stored 32, MiB served 30, rate 20 |
//!
//! # Does not prove
//! That the context is one a network published: the verifier compares it. That the machine is where or what its
//! owner says.
//!
//! # Soundness, by clause
//! - C1: 251 bits compared with l, not with r, so sk + t·l is refused and A has one nullifier for each batch.
//! - C2: depth is one-hot and index bits at or above it are zero; identity comes from inside the leaf.
//! - C4: up slots and rate are multiplied by `[b = 0]`: they are paid once however many batches there are.
//! - C7: 160 + 90 bits are below r.
//!
//! # Cost
//! Pinned in `tests/golden/`.

pub(crate) mod check;
pub(crate) mod circuit;
pub(crate) mod input;
mod violation;
mod witness;

pub(crate) use check::{Facts, Rules, ensure, included, long, word};
pub(crate) use circuit::{Frame, LONG, Measured, VOTE_BITS, WORD, clause};
pub use input::InputError;
pub use violation::Violation;
pub(crate) use violation::clauses;
pub use witness::Witness;

clauses! {
    BEFORE_PARTS:
    KEY "C1-key" "the secret scalar is not in 0 < sk < l",
    DEVICE "C2-device" "the device is not in the device registry",
    RULES "C3-rules" "the rules are out of range for this shape",
}

clauses! {
    OF_BATCHES:
    BATCH "C4-batch" "the batch is not below the number of batches",
}

clauses! {
    AFTER_PARTS:
    CONTEXT "C5-context" "the context is not that of the epoch",
    NULLIFIER "C6-nullifier" "the nullifier is not the device's for this epoch and batch",
    OUTCOME "C7-outcome" "the outcome is not payee and claimed amount",
}
