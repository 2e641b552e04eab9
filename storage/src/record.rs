//! `sector.json`: what a sector commits to.

use std::fmt;
use std::str::FromStr;

use popw_core::document::{Document, DocumentError, Version};
use popw_core::{Fr, field};
use serde::{Deserialize, Serialize};

use crate::layout::{Layout, MAX_BYTES};

/// Longest name or path a record carries, in bytes.
const NAME_BYTES: usize = 4096;

/// A sector's name in its store: the BLAKE3 hash of its data, 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectorId(pub [u8; 32]);

impl fmt::Display for SectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SectorId {
    type Err = NotASectorId;

    fn from_str(text: &str) -> Result<Self, NotASectorId> {
        let mut bytes = [0; 32];
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if lower => Ok(Self(bytes)),
            _ => Err(NotASectorId),
        }
    }
}

/// Text that names no sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sector is named by 64 lower-case hex digits, the BLAKE3 hash of its data")]
pub struct NotASectorId;

/// `popw.sector`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SectorFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.sector")]
    Sector,
}

/// What a sector commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectorRecord {
    /// `popw.sector`.
    pub format: SectorFormat,
    /// 1.
    pub version: Version<1>,
    /// Bytes of data.
    pub bytes: u64,
    /// Nodes of 31 bytes.
    pub nodes: u64,
    /// Height of the tree over them.
    pub height: u8,
    /// Root of that tree: what circuits know the sector by.
    #[serde(with = "field::decimal")]
    pub comm_r: Fr,
    /// BLAKE3 hash of the data: what people know it by.
    #[serde(with = "field::hex32")]
    pub blake3: [u8; 32],
    /// The file's name when it was added; for people.
    pub name: String,
    /// When it was added: seconds since 1970.
    pub added_unix_s: u64,
    /// Where the data are, if the sector only refers to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl SectorRecord {
    /// The sector's name in its store.
    pub fn id(&self) -> SectorId {
        SectorId(self.blake3)
    }

    /// Sizes of the sector's files.
    pub fn layout(&self) -> Option<Layout> {
        Layout::new(self.bytes)
    }
}

impl Document for SectorRecord {
    const FORMAT: &'static str = "popw.sector";
    const VERSION: u32 = 1;
    const LIMIT: u64 = 64 << 10;

    fn check(&self) -> Result<(), DocumentError> {
        let refused = |field: &str, problem: &str| {
            Err(DocumentError::Malformed { field: field.into(), problem: problem.into() })
        };
        let Some(layout) = self.layout() else {
            return refused("bytes", &format!("a sector has at most {MAX_BYTES} bytes"));
        };
        if self.nodes != layout.nodes() {
            return refused("nodes", &format!("that many bytes have {} nodes", layout.nodes()));
        }
        if self.height != layout.height() {
            return refused("height", &format!("that many nodes have a tree of height {}", layout.height()));
        }
        if self.name.len() > NAME_BYTES {
            return refused("name", "longer than 4096 bytes");
        }
        if self.reference.as_ref().is_some_and(|path| path.is_empty() || path.len() > NAME_BYTES) {
            return refused("reference", "a path has 1 to 4096 bytes");
        }
        Ok(())
    }
}
