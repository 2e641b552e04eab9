//! What every claim makes public: context, nullifier and outcome, and what they are made of.
//!
//! The three public inputs of a claim, in order, are `context` (which network, epoch, registries and rules: the
//! same for all devices), `nullifier` (so that one device is paid once) and `outcome` (who is paid, for what).
//!
//! A claim's [`Kind`] is a set of [`Part`]s; what holds of a part is decided in one table, in `part.rs`.
//! The sizes that circuits are built for are the [`SHAPES`].

mod amount;
mod context;
mod kind;
mod outcome;
mod part;
mod registries;
mod rules;
mod shape;

pub use amount::{Amount, AmountError};
pub use context::{ContextOpening, nullifier};
pub use kind::Kind;
pub use outcome::{OutcomeError, PayeeOpening, outcome, split_outcome};
pub use part::{Measure, Part, Unit};
pub use registries::{Registries, Roots};
pub use rules::{MAX_COMMITTEE, Rules, RulesError};
pub use shape::{SHAPES, Shape, shape};
