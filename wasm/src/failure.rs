//! Errors as JavaScript gets them.

use alloc::string::String;
#[cfg(feature = "words")]
use alloc::string::ToString;
use core::fmt::Display;

use popw_verifier::VerifyError;
use popw_verifier::key::KeyError;

/// An error as JavaScript gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A code that stays the same between versions.
    pub code: &'static str,
    /// The error in words; empty without the feature `words`.
    pub message: String,
}

impl Failure {
    #[cfg(feature = "words")]
    pub(crate) fn new(code: &'static str, message: impl Display) -> Self {
        Self { code, message: message.to_string() }
    }

    #[cfg(not(feature = "words"))]
    pub(crate) fn new(code: &'static str, _: impl Display) -> Self {
        Self { code, message: String::new() }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::new(error.code(), error)
    }
}
