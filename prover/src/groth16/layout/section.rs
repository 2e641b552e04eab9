//! Kinds of sections.

/// Kinds of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Section {
    /// The verifying-key file, byte for byte.
    VerifyingKey = 1,
    /// Distinct coefficients of the matrices.
    Coefficients,
    /// Row starts of A.
    ARows,
    /// Entries of A.
    AEntries,
    /// Row starts of B.
    BRows,
    /// Entries of B.
    BEntries,
    /// Row starts of C.
    CRows,
    /// Entries of C.
    CEntries,
    /// α, β, δ in G1.
    ConstantsG1,
    /// β, δ in G2.
    ConstantsG2,
    /// Columns with a point in the A query.
    AColumns,
    /// Points of the A query.
    APoints,
    /// Columns with points in the B queries.
    BColumns,
    /// Points of the B query in G1.
    BPointsG1,
    /// Points of the B query in G2.
    BPointsG2,
    /// Columns with a point in the L query.
    LColumns,
    /// Points of the L query.
    LPoints,
    /// Points of the H query: [`QuotientBasis`](super::QuotientBasis) says what they are.
    HPoints,
}

impl Section {
    /// All sections in the order of the file.
    pub const ALL: [Self; 18] = [
        Self::VerifyingKey,
        Self::Coefficients,
        Self::ARows,
        Self::AEntries,
        Self::BRows,
        Self::BEntries,
        Self::CRows,
        Self::CEntries,
        Self::ConstantsG1,
        Self::ConstantsG2,
        Self::AColumns,
        Self::APoints,
        Self::BColumns,
        Self::BPointsG1,
        Self::BPointsG2,
        Self::LColumns,
        Self::LPoints,
        Self::HPoints,
    ];

    /// The section's name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VerifyingKey => "verifying key",
            Self::Coefficients => "coefficients",
            Self::ARows => "rows of A",
            Self::AEntries => "entries of A",
            Self::BRows => "rows of B",
            Self::BEntries => "entries of B",
            Self::CRows => "rows of C",
            Self::CEntries => "entries of C",
            Self::ConstantsG1 => "constants in G1",
            Self::ConstantsG2 => "constants in G2",
            Self::AColumns => "columns of the A query",
            Self::APoints => "points of the A query",
            Self::BColumns => "columns of the B queries",
            Self::BPointsG1 => "points of the B query in G1",
            Self::BPointsG2 => "points of the B query in G2",
            Self::LColumns => "columns of the L query",
            Self::LPoints => "points of the L query",
            Self::HPoints => "points of the H query",
        }
    }

    /// Bytes of one element.
    pub const fn element_bytes(self) -> u32 {
        match self {
            Self::VerifyingKey => 1,
            Self::Coefficients => 32,
            Self::ARows | Self::BRows | Self::CRows => 4,
            Self::AColumns | Self::BColumns | Self::LColumns => 4,
            Self::AEntries | Self::BEntries | Self::CEntries => 8,
            Self::ConstantsG1 | Self::APoints | Self::BPointsG1 | Self::LPoints | Self::HPoints => 64,
            Self::ConstantsG2 | Self::BPointsG2 => 128,
        }
    }

    pub(in crate::groth16) const fn index(self) -> usize {
        self as usize - 1
    }
}
