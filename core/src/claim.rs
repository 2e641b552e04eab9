//! What every claim makes public: context, nullifier and outcome, and what they are made of.
//!
//! The three public inputs of a claim, in order, are `context` (which network, epoch, registries and rules: the
//! same for all devices), `nullifier` (so that one device is paid once) and `outcome` (who is paid, for what).

mod amount;
mod context;
mod kind;
mod outcome;
mod rules;

pub use amount::{Amount, AmountError};
pub use context::{ContextOpening, Roots, nullifier};
pub use kind::{Kind, Registries};
pub use outcome::{OutcomeError, PayeeOpening, outcome, split_outcome};
pub use rules::{MAX_COMMITTEE, Rules, RulesError};
