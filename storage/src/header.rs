//! The first bytes of a tree file, which say what it is the tree of.
//!
//! | bytes | |
//! | --- | --- |
//! | 0–7 | `popwtree` |
//! | 8–11 | version, 1 |
//! | 12–15 | height h, and so the number of levels |
//! | 16–23 | bytes of data |
//! | 24–31 | nodes |
//! | 32–63 | `comm_r`, big-endian |
//! | 64–95 | BLAKE3 hash of the data |
//! | 96–127 | BLAKE3 hash of the table of digests at the file's end |
//! | 128–159 | BLAKE3 hash of bytes 0–127 |
//!
//! Numbers are little-endian. It is written last, so a tree without it is unfinished.

use popw_core::{Fr, field};

use crate::layout::{HEADER_BYTES, Layout};

/// What a tree file begins with.
pub const MAGIC: [u8; 8] = *b"popwtree";
const VERSION: u32 = 1;
const DIGEST_AT: usize = 128;

/// The header of a tree file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHeader {
    /// Sizes.
    pub layout: Layout,
    /// The tree's root.
    pub comm_r: Fr,
    /// BLAKE3 hash of the data.
    pub blake3: [u8; 32],
    /// BLAKE3 hash of the table of digests.
    pub table: [u8; 32],
}

/// Why bytes are no header of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Too few bytes.
    #[error("its header is cut off")]
    Short,
    /// Another kind of file, or one that was never finished.
    #[error("it does not begin with \"popwtree\": another kind of file, or never finished")]
    Magic,
    /// Another version.
    #[error("field `version` is {found}; this program reads {VERSION}")]
    Version {
        /// Its version.
        found: u32,
    },
    /// A changed header.
    #[error("its header does not match the header's own digest")]
    Digest,
    /// More bytes than a sector has.
    #[error("field `bytes` is larger than any sector")]
    Bytes,
    /// Not ⌈bytes / 31⌉.
    #[error("field `nodes` does not follow from `bytes`")]
    Nodes,
    /// Not the height for so many nodes.
    #[error("field `height` does not follow from `nodes`")]
    Height,
    /// Not a field element.
    #[error("field `comm_r` is not below the order of the field")]
    CommR,
}

impl TreeHeader {
    /// The header as the file has it.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&u32::from(self.layout.height()).to_le_bytes());
        bytes[16..24].copy_from_slice(&self.layout.bytes().to_le_bytes());
        bytes[24..32].copy_from_slice(&self.layout.nodes().to_le_bytes());
        bytes[32..64].copy_from_slice(&field::to_be_bytes(&self.comm_r));
        bytes[64..96].copy_from_slice(&self.blake3);
        bytes[96..128].copy_from_slice(&self.table);
        let digest = blake3::hash(&bytes[..DIGEST_AT]);
        bytes[DIGEST_AT..].copy_from_slice(digest.as_bytes());
        bytes
    }

    /// Reads the beginning of a tree file; what follows the header is not looked at.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        let bytes: &[u8; HEADER_BYTES as usize] = bytes.first_chunk().ok_or(HeaderError::Short)?;
        if bytes[..8] != MAGIC {
            return Err(HeaderError::Magic);
        }
        let found = u32::from_le_bytes(part(bytes, 8));
        if found != VERSION {
            return Err(HeaderError::Version { found });
        }
        if blake3::hash(&bytes[..DIGEST_AT]) != part::<32>(bytes, DIGEST_AT) {
            return Err(HeaderError::Digest);
        }
        let layout = Layout::new(u64::from_le_bytes(part(bytes, 16))).ok_or(HeaderError::Bytes)?;
        if u64::from_le_bytes(part(bytes, 24)) != layout.nodes() {
            return Err(HeaderError::Nodes);
        }
        if u32::from_le_bytes(part(bytes, 12)) != u32::from(layout.height()) {
            return Err(HeaderError::Height);
        }
        let comm_r = field::from_be_bytes(&part(bytes, 32)).map_err(|_| HeaderError::CommR)?;
        Ok(Self { layout, comm_r, blake3: part(bytes, 64), table: part(bytes, 96) })
    }
}

fn part<const LENGTH: usize>(bytes: &[u8; HEADER_BYTES as usize], at: usize) -> [u8; LENGTH] {
    std::array::from_fn(|i| bytes[at + i])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> TreeHeader {
        let layout = Layout::new(1000).unwrap();
        TreeHeader { layout, comm_r: Fr::from(7u64), blake3: [1; 32], table: [2; 32] }
    }

    /// The header with bytes changed, and its digest made to fit again.
    fn changed(at: usize, new: &[u8]) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = sample().to_bytes();
        bytes[at..at + new.len()].copy_from_slice(new);
        let digest = blake3::hash(&bytes[..DIGEST_AT]);
        bytes[DIGEST_AT..].copy_from_slice(digest.as_bytes());
        bytes
    }

    #[test]
    fn reads_what_it_writes() {
        assert_eq!(TreeHeader::parse(&sample().to_bytes()), Ok(sample()));
    }

    #[test]
    fn refuses_each_field_by_name() {
        let cases = [
            (0, &b"P"[..], HeaderError::Magic),
            (8, &[2], HeaderError::Version { found: 2 }),
            (12, &[3], HeaderError::Height),
            (15, &[1], HeaderError::Height),
            (23, &[0xff], HeaderError::Bytes),
            (24, &[0], HeaderError::Nodes),
            (32, &[0xff], HeaderError::CommR),
        ];
        for (at, new, expected) in cases {
            assert_eq!(TreeHeader::parse(&changed(at, new)), Err(expected));
        }
        assert_eq!(TreeHeader::parse(&sample().to_bytes()[..159]), Err(HeaderError::Short));
        for at in 12..HEADER_BYTES as usize {
            let mut bytes = sample().to_bytes();
            bytes[at] ^= 1;
            assert_eq!(TreeHeader::parse(&bytes), Err(HeaderError::Digest), "byte {at}");
        }
    }
}
