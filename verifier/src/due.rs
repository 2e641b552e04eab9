//! Whether a network owes for a claim.
//!
//! [`envelope::verify`] compares documents: a proof that holds, is about the network's epoch and has a nullifier that is not
//! spent is due as far as they show. A network pays less than that: claims of its shape, of the kinds that its policy
//! names, while its answer window is open. [`verify`] looks at those, too. Nothing here reads a policy or a clock: what
//! they say is handed in as [`Terms`], so that whoever has the same facts gets the same answer.
//!
//! | fact | comes from | a claim that does not fit it |
//! | --- | --- | --- |
//! | epoch, nullifiers already spent | [`Against`] | is invalid, or already claimed |
//! | shape | the policy | is invalid, `other-shape`: shapes of one kind share contexts and nullifiers, and a smaller one asks for fewer answers |
//! | kinds that are paid | the policy | is valid for this epoch, not due: `not-paid` |
//! | answer window | the policy, and a clock | is valid for this epoch, not due: `window-not-yet-open`, `window-closed` |

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use popw_core::claim::Kind;
use popw_core::document::ProofEnvelope;

use crate::Verifier;
use crate::envelope::{self, Against, EnvelopeError, Level, Verdict};

/// What a network takes, and when. What is `None` is not looked at; with [`Terms::default`] documents alone decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The shape of the claims it takes.
    pub shape: Option<&'a str>,
    /// The kinds of claims it pays.
    pub pays: Option<&'a [Kind]>,
    /// How its answer window for the claim's epoch stands.
    pub window: Option<Window>,
}

/// Where a moment stands with regard to the time in which a network takes claims about an epoch, its answer window. Times
/// are in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Before it.
    NotYetOpen {
        /// When it opens.
        opens_unix_ms: u64,
    },
    /// Within it.
    Open {
        /// When it closes.
        closes_unix_ms: u64,
    },
    /// After it.
    Closed {
        /// When it closed.
        closed_unix_ms: u64,
    },
}

impl Window {
    /// Of the window `taken`, as it stands at `now_unix_ms`.
    pub const fn at(now_unix_ms: u64, taken: &Range<u64>) -> Self {
        if now_unix_ms < taken.start {
            Self::NotYetOpen { opens_unix_ms: taken.start }
        } else if now_unix_ms < taken.end {
            Self::Open { closes_unix_ms: taken.end }
        } else {
            Self::Closed { closed_unix_ms: taken.end }
        }
    }
}

/// Why a network does not pay a valid claim, or does not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDue {
    /// Its answer window has not opened.
    NotYetOpen {
        /// When it does, in milliseconds since 1970.
        opens_unix_ms: u64,
    },
    /// Its answer window has closed.
    Closed {
        /// When it did, in milliseconds since 1970.
        closed_unix_ms: u64,
    },
    /// It does not pay claims of this kind.
    NotPaid,
}

impl NotDue {
    /// A code that stays the same between versions.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotYetOpen { .. } => "window-not-yet-open",
            Self::Closed { .. } => "window-closed",
            Self::NotPaid => "not-paid",
        }
    }
}

impl fmt::Display for NotDue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYetOpen { .. } => "the network's answer window has not opened yet",
            Self::Closed { .. } => "the network's answer window has closed",
            Self::NotPaid => "the network does not pay this kind of claim",
        })
    }
}

/// A valid claim, and what the network's terms say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The verdict; [`Level::Due`] only if the terms have nothing against it.
    pub verdict: Verdict,
    /// What the terms have against paying it, whether or not the verdict would be "due" without them.
    pub not_due: Vec<NotDue>,
}

/// Verifies one proof document as [`envelope::verify`] does, and decides by the network's terms whether it is due.
///
/// # Errors
/// [`EnvelopeError`]: the proof is invalid, is not about the epoch given, or is of a shape that the network does not take.
pub fn verify(
    envelope: &ProofEnvelope,
    verifier: &Verifier,
    against: Against<'_>,
    terms: &Terms<'_>,
) -> Result<Decision, EnvelopeError> {
    terms.takes(&envelope.shape)?;
    decide(envelope::verify(envelope, verifier, against)?, terms)
}

/// Decides about a verdict that was reached another way, by [`envelope::verify_many`] or [`envelope::verify_by`].
///
/// # Errors
/// [`EnvelopeError::OtherShape`].
pub fn decide(verdict: Verdict, terms: &Terms<'_>) -> Result<Decision, EnvelopeError> {
    terms.takes(&verdict.shape)?;
    let not_due: Vec<NotDue> = terms.outside().into_iter().chain(terms.unpaid(verdict.claim)).collect();
    let level = match verdict.verdict {
        Level::Due if !not_due.is_empty() => Level::ValidForThisEpoch,
        level => level,
    };
    Ok(Decision { verdict: Verdict { verdict: level, ..verdict }, not_due })
}

impl Terms<'_> {
    fn takes(&self, shape: &str) -> Result<(), EnvelopeError> {
        match self.shape {
            Some(taken) if taken != shape => {
                Err(EnvelopeError::OtherShape { taken: taken.to_string(), found: shape.to_string() })
            }
            _ => Ok(()),
        }
    }

    fn outside(&self) -> Option<NotDue> {
        match self.window? {
            Window::NotYetOpen { opens_unix_ms } => Some(NotDue::NotYetOpen { opens_unix_ms }),
            Window::Open { .. } => None,
            Window::Closed { closed_unix_ms } => Some(NotDue::Closed { closed_unix_ms }),
        }
    }

    fn unpaid(&self, claim: &str) -> Option<NotDue> {
        let paid = self.pays?.iter().any(|kind| kind.id() == claim);
        (!paid).then_some(NotDue::NotPaid)
    }
}
