//! Public randomness: what opens and closes an epoch.
//!
//! A [`Source`] is pinned in the network's policy. drand rounds are verified with the network's public key, and the
//! pinned chain hash is itself recomputed from key, period, genesis and group, so a policy cannot name one chain and
//! carry another one's key. A chain's own value and a file's are for development: [`Source::caveat`] says why.

use std::path::{Path, PathBuf};

use popw_core::document::{self, Beacon, BeaconSource};
use serde::{Deserialize, Serialize};

use crate::files::{self, Access, FileError, Overwrite};

mod drand;

pub use drand::{DrandChain, DrandError, DrandRound, Scheme};

/// Largest beacon file read: rounds are a few hundred bytes.
pub const BEACON_LIMIT: u64 = 64 << 10;
const WHAT: &str = "beacon";

/// Where a network's beacons come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// drand rounds of one pinned chain.
    Drand(Box<DrandChain>),
    /// A block's value (prevrandao), given by hand. Development: its proposer can bias it.
    Chain,
    /// A value from a file or from this machine's generator. Offline development: nobody else can check it.
    File,
}

/// A value of a source without signatures, as its file has it: `{"round": …, "randomness": "<64 hex>"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// The block, or a number that orders the values of a file source.
    pub round: u64,
    /// The randomness.
    #[serde(with = "popw_core::field::hex32")]
    pub randomness: [u8; 32],
}

/// Why a beacon is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BeaconError {
    /// Not readable.
    #[error(transparent)]
    File(#[from] FileError),
    /// A drand round that does not hold.
    #[error(transparent)]
    Drand(#[from] DrandError),
    /// In a file: a drand round that does not hold.
    #[error("{}: {source}", path.display())]
    DrandFile {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        source: DrandError,
    },
    /// Another source than the policy's.
    #[error("this beacon comes from \"{found}\", but network.toml has the source \"{expected}\"")]
    WrongSource {
        /// The beacon's.
        found: &'static str,
        /// The policy's.
        expected: &'static str,
    },
    /// A drand beacon of another chain.
    #[error("this beacon is of drand chain {found}, but network.toml pins chain {expected}")]
    WrongChain {
        /// The beacon's chain hash, hex.
        found: String,
        /// The policy's chain hash, hex.
        expected: String,
    },
    /// A field that a beacon of this source must have is missing.
    #[error("a drand beacon needs the field `{0}`")]
    Missing(&'static str),
    /// A field that a beacon of this source must not have.
    #[error("a \"{beacon}\" beacon has no field `{field}`: it is drand's")]
    Unexpected {
        /// The source.
        beacon: &'static str,
        /// The field.
        field: &'static str,
    },
    /// The operating system gives no randomness.
    #[error("the operating system gave no randomness: {0}")]
    Randomness(String),
}

impl Source {
    /// The source as documents name it.
    pub fn kind(&self) -> BeaconSource {
        match self {
            Self::Drand(_) => BeaconSource::Drand,
            Self::Chain => BeaconSource::Chain,
            Self::File => BeaconSource::File,
        }
    }

    /// What a reader has to know before trusting beacons of this source; `None` for drand.
    pub fn caveat(&self) -> Option<&'static str> {
        match self {
            Self::Drand(_) => None,
            Self::Chain => Some(
                "development beacon: the proposer of a block can drop it and so choose between values, which redraws \
                 committees and challenges",
            ),
            Self::File => Some(
                "development beacon: the value was given by whoever made the file, and nobody else can tell whether \
                 it was chosen to suit",
            ),
        }
    }

    /// Reads a beacon of this source from a file and verifies it: for drand a round as its HTTP API gives it, else a
    /// [`Value`].
    ///
    /// # Errors
    /// [`BeaconError`].
    pub fn read(&self, path: &Path) -> Result<Beacon, BeaconError> {
        let json = files::read(path, WHAT, BEACON_LIMIT)?;
        match self {
            Self::Drand(chain) => DrandRound::parse(&json)
                .and_then(|round| chain.beacon(round))
                .map_err(|source| BeaconError::DrandFile { path: path.into(), source }),
            Self::Chain | Self::File => {
                let value: Value = document::read(&json).map_err(|error| FileError::Malformed {
                    path: path.into(),
                    what: WHAT,
                    reason: format!(
                        "{error}; a \"{}\" beacon is {{\"round\": …, \"randomness\": …}}",
                        self.kind().as_str()
                    ),
                })?;
                Ok(value.beacon(self.kind()))
            }
        }
    }

    /// Checks that a beacon is one of this source; a drand beacon's signature is verified. Its round is not compared
    /// with any epoch: [`epoch::verify`](crate::epoch::verify) does that.
    ///
    /// # Errors
    /// [`BeaconError`], telling the wrong source, the wrong chain, and a round that does not hold apart.
    pub fn verify(&self, beacon: &Beacon) -> Result<(), BeaconError> {
        let (found, expected) = (beacon.source.as_str(), self.kind().as_str());
        if found != expected {
            return Err(BeaconError::WrongSource { found, expected });
        }
        match self {
            Self::Drand(chain) => {
                let hash = beacon.chain_hash.ok_or(BeaconError::Missing("chain_hash"))?;
                if hash != chain.chain_hash {
                    let (found, expected) = (hex::encode(hash), hex::encode(chain.chain_hash));
                    return Err(BeaconError::WrongChain { found, expected });
                }
                let round = DrandRound {
                    round: beacon.round,
                    randomness: beacon.randomness,
                    signature: beacon.signature.clone().ok_or(BeaconError::Missing("signature"))?,
                    previous_signature: beacon.previous_signature.clone(),
                };
                Ok(chain.verify(&round)?)
            }
            Self::Chain | Self::File => {
                for (field, present) in [
                    ("chain_hash", beacon.chain_hash.is_some()),
                    ("signature", beacon.signature.is_some()),
                    ("previous_signature", beacon.previous_signature.is_some()),
                ] {
                    if present {
                        return Err(BeaconError::Unexpected { beacon: found, field });
                    }
                }
                Ok(())
            }
        }
    }
}

impl Value {
    /// 32 bytes of the operating system's generator.
    ///
    /// # Errors
    /// [`BeaconError::Randomness`].
    pub fn random(round: u64) -> Result<Self, BeaconError> {
        use rand::TryRngCore;
        let mut randomness = [0; 32];
        rand::rngs::OsRng
            .try_fill_bytes(&mut randomness)
            .map_err(|error| BeaconError::Randomness(error.to_string()))?;
        Ok(Self { round, randomness })
    }

    /// Writes the value as a file [`Source::read`] takes.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn write(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        files::write_json(path, WHAT, self, overwrite, Access::Public)
    }

    fn beacon(&self, source: BeaconSource) -> Beacon {
        Beacon {
            source,
            chain_hash: None,
            round: self.round,
            randomness: self.randomness,
            signature: None,
            previous_signature: None,
        }
    }
}
