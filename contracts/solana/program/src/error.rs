//! Why a proof was not accepted.

/// Why a proof was not accepted. The number is the one of the custom program error that a transaction fails with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Error {
    /// The instruction data ends inside the public inputs.
    Truncated = 1,
    /// A public input is r or more.
    InputNotCanonical = 2,
    /// The proof is not 256 bytes long.
    ProofLength = 3,
    /// A or B or C is the point at infinity.
    PointAtInfinity = 4,
    /// A coordinate is q or more.
    CoordinateNotCanonical = 5,
    /// A point is not on its curve, or B not in the subgroup of order r.
    PointInvalid = 6,
    /// The key takes another number of public inputs.
    InputCount = 7,
    /// Well-formed, and false for this key and these inputs.
    Rejected = 8,
    /// The instruction names accounts; the program takes none.
    Accounts = 9,
}

impl Error {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Truncated,
        Self::InputNotCanonical,
        Self::ProofLength,
        Self::PointAtInfinity,
        Self::CoordinateNotCanonical,
        Self::PointInvalid,
        Self::InputCount,
        Self::Rejected,
        Self::Accounts,
    ];

    /// The custom program error's number.
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The error of this number.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.number() == number)
    }

    /// The code that every verifier of these proofs gives.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InputCount => "wrong-input-count",
            Self::Rejected => "rejected",
            Self::Accounts => "accounts",
            _ => "malformed",
        }
    }
}
