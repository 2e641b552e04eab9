//! Why a device's answer does not count, or never came.

use crate::metrics::Reason;
use crate::wire::{FrameError, Refusal};

/// Why a ping set no bit.
#[derive(Debug, thiserror::Error)]
pub(super) enum Miss {
    /// No answer came.
    #[error("{0}")]
    Link(#[from] LinkError),
    /// The device refused.
    #[error("the device refused: {0:?}")]
    Refused(Refusal),
    /// The answer was dropped.
    #[error("the answer was dropped: {}", .0.label())]
    Dropped(Reason),
}

impl Miss {
    /// Did the device refuse because its clock and ours disagree? If ours is wrong, that slot is still to come.
    pub(super) fn is_of_clocks(&self) -> bool {
        matches!(self, Self::Refused(Refusal::WrongSlot | Refusal::WrongEpoch))
    }
}

/// Why an exchange came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// No connection before the deadline.
    #[error("not reachable")]
    Unreachable,
    /// No answer before the deadline.
    #[error("no answer in time")]
    Late,
    /// The answer is not a message, or the connection broke.
    #[error("{0}")]
    Frame(FrameError),
}
