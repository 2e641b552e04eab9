//! How files are taken in.

/// How a file is taken in.
#[derive(Clone, Debug)]
pub struct AddOptions {
    /// Where the data stay.
    pub placement: Placement,
    /// Wait for another process that is adding to the store, instead of refusing.
    pub wait: bool,
    /// Go on where an interrupted run stopped, if the file is unchanged.
    pub resume: bool,
    /// Bytes after which progress is made safe: what a crash can cost. At least a block of 0.97 MiB.
    pub checkpoint_bytes: u64,
}

impl Default for AddOptions {
    fn default() -> Self {
        Self { placement: Placement::Copy, wait: false, resume: true, checkpoint_bytes: 256 << 20 }
    }
}

/// Where a sector's data stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// In the store, as a copy of its own: what happens to the file later does not matter.
    #[default]
    Copy,
    /// Where they are. Whoever changes, moves or removes the file damages the sector.
    Reference,
}
