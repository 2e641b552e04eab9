//! `scrub.json`: how far a scrub came and what it found.

use std::ops::Range;

use popw_core::document::{Document, DocumentError, Version};
use serde::{Deserialize, Serialize};

/// `popw.scrub`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ScrubFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.scrub")]
    Scrub,
}

/// How far a scrub came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScrubState {
    /// `popw.scrub`.
    pub format: ScrubFormat,
    /// 1.
    pub version: Version<1>,
    /// Bytes judged: of the data, then of the tree.
    pub position: u64,
    /// Damage found so far.
    pub damaged: Vec<DamagedRange>,
    /// When it began: seconds since 1970.
    pub started_unix_s: u64,
    /// When it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_unix_s: Option<u64>,
}

/// Bytes of a sector's file that are not what was committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DamagedRange {
    /// Which file, or part of it.
    pub part: Part,
    /// Bytes of that file.
    pub range: Range<u64>,
}

/// A part of a sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The data, in groups of 16 KiB: add the file again, or fetch it by the sector's hash.
    Data,
    /// BLAKE3's inner hashes. These and all parts below are made anew by [`rebuild`](crate::rebuild()).
    Outboard,
    /// The tree's header.
    Header,
    /// A level of the tree, in chunks of 64 KiB.
    Tree {
        /// Which level, from 1.
        level: u8,
    },
    /// The digests of the tree's chunks. While they are damaged, chunks of the tree that are whole may be reported.
    Table,
}

impl ScrubState {
    /// A scrub that begins.
    pub(super) fn new(started_unix_s: u64) -> Self {
        Self {
            format: ScrubFormat::Scrub,
            version: Version,
            position: 0,
            damaged: Vec::new(),
            started_unix_s,
            finished_unix_s: None,
        }
    }
}

impl Document for ScrubState {
    const FORMAT: &'static str = "popw.scrub";
    const VERSION: u32 = 1;

    fn check(&self) -> Result<(), DocumentError> {
        match self.damaged.iter().position(|damaged| damaged.range.is_empty()) {
            Some(i) => Err(DocumentError::Malformed {
                field: format!("damaged[{i}].range"),
                problem: "the range is empty".into(),
            }),
            None => Ok(()),
        }
    }
}

/// In order, and without gaps between neighbours.
pub(super) fn merged(mut damaged: Vec<DamagedRange>) -> Vec<DamagedRange> {
    damaged.sort_by_key(|damaged| (damaged.part, damaged.range.start));
    let mut merged: Vec<DamagedRange> = Vec::new();
    for next in damaged {
        match merged.last_mut() {
            Some(last) if last.part == next.part && next.range.start <= last.range.end => {
                last.range.end = last.range.end.max(next.range.end);
            }
            _ => merged.push(next),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_merge_within_a_part() {
        let range = |part, range| DamagedRange { part, range };
        let found = vec![
            range(Part::Tree { level: 1 }, 5..9),
            range(Part::Data, 10..20),
            range(Part::Data, 0..10),
            range(Part::Data, 21..30),
            range(Part::Data, 22..23),
            range(Part::Outboard, 20..25),
        ];
        let expected = [
            range(Part::Data, 0..20),
            range(Part::Data, 21..30),
            range(Part::Outboard, 20..25),
            range(Part::Tree { level: 1 }, 5..9),
        ];
        assert_eq!(merged(found), expected);
    }
}
