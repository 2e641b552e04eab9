//! How far an interrupted run came with a sector.

use std::fs;
use std::path::Path;

use popw_core::document::{self, Version};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::platform::Fingerprint;

/// What the names of unfinished sectors begin with.
pub(crate) const PREFIX: &str = ".partial-";
/// The file in an unfinished sector's folder.
pub(crate) const NAME: &str = "checkpoint.json";

/// What a run makes safe before it goes on.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checkpoint {
    pub(crate) version: Version<1>,
    /// The file, for people.
    pub(crate) path: String,
    /// What it looked like.
    pub(crate) source: Fingerprint,
    /// Blocks that are done.
    pub(crate) blocks: u64,
    /// Hashes of BLAKE3's subtrees over them.
    #[serde(with = "hex32s")]
    pub(crate) groups: Vec<[u8; 32]>,
    /// For each level of the tree, the hash of its nodes so far.
    #[serde(with = "hex32s")]
    pub(crate) levels: Vec<[u8; 32]>,
}

impl Checkpoint {
    /// The checkpoint of an unfinished sector; whatever cannot be read is none.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let json = fs::read(folder.join(NAME)).ok()?;
        document::read(&json).ok()
    }
}

/// Lists of 32 bytes in hex.
mod hex32s {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Hash(#[serde(with = "popw_core::field::hex32")] [u8; 32]);

    pub(super) fn serialize<S: Serializer>(hashes: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(hashes.iter().map(|hash| Hash(*hash)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
        Ok(Vec::<Hash>::deserialize(deserializer)?.into_iter().map(|Hash(hash)| hash).collect())
    }
}
