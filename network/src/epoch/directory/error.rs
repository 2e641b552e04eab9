//! Why a directory is not an epoch's.

use std::fmt;

/// One of a directory's lists, each behind a root of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// Devices.
    Device,
    /// Witnesses.
    Witness,
    /// Sectors.
    Sector,
    /// Allotments.
    Allotment,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Device => "device",
            Self::Witness => "witness",
            Self::Sector => "sector",
            Self::Allotment => "allotment",
        })
    }
}

/// Why a directory is not an epoch's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// Of another network.
    #[error("the directory is of another network than the epoch")]
    Domain,
    /// Of another epoch.
    #[error("the directory is of epoch {found}, not {expected}")]
    Epoch {
        /// The directory's.
        found: u32,
        /// The published one.
        expected: u32,
    },
    /// Its numbering has gaps.
    #[error(
        "the directory's {list} at place {place} has index {index}: entries are numbered from 0 without gaps"
    )]
    Index {
        /// Which list.
        list: List,
        /// The place in the list.
        place: usize,
        /// The index there.
        index: u32,
    },
    /// A number of witnesses other than n_w.
    #[error("the directory lists {found} witnesses, but the epoch has {expected}")]
    Witnesses {
        /// The directory's.
        found: usize,
        /// n_w.
        expected: u32,
    },
    /// A key that is there twice.
    #[error("the directory lists a {list}'s key twice")]
    Twice {
        /// Device or witness.
        list: List,
    },
    /// Not in order of the registry's numbers.
    #[error(
        "the directory's {list} {seq} comes after a higher or equal number: the list is in order of `seq`"
    )]
    Order {
        /// Sector or allotment.
        list: List,
        /// Its number.
        seq: u64,
    },
    /// A device the directory does not have.
    #[error(
        "the directory's {list} {seq} names device {device}, but there are only {devices}, counted from 0"
    )]
    NoSuchDevice {
        /// Sector or allotment.
        list: List,
        /// Its number.
        seq: u64,
        /// The index it names.
        device: u32,
        /// How many devices there are.
        devices: usize,
    },
    /// One device's sector, or one client's allotment from one device, under two numbers.
    #[error("the directory's {list} {seq} is listed under another number already")]
    Repeated {
        /// Sector or allotment.
        list: List,
        /// Its second number.
        seq: u64,
    },
    /// Not the height that follows from the bytes, or more bytes than a sector has.
    #[error("the directory's sector {seq} has a height that does not follow from its bytes")]
    Height {
        /// The sector's number.
        seq: u64,
    },
    /// A sector that has expired.
    #[error("the directory's sector {seq} expires in epoch {expiry}, so it is none of epoch {epoch}")]
    Expired {
        /// The sector's number.
        seq: u64,
        /// Its expiry.
        expiry: u32,
        /// The epoch.
        epoch: u32,
    },
    /// The list does not make the published root.
    #[error(
        "the directory's {list} list does not make the epoch's published {list} root: it is stale or altered"
    )]
    Root {
        /// Which list.
        list: List,
    },
}
