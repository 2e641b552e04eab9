//! The members of one epoch with their addresses, what devices store, what clients have bought: what the daemons work
//! from, and what paths are made of.
//!
//! Public, but not part of any proof. A directory is believed only as far as its roots are the published epoch's:
//! [`EpochDirectory::check_against`] rebuilds all four trees. Addresses are hints; the transport authenticates by key.
//! So are a sector's BLAKE3 hash and a client's endpoint: no root knows them.

use std::net::SocketAddr;
use std::path::Path;

use popw_core::document::{Document, DocumentError, EpochPublic, Version};
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, identity};
use serde::{Deserialize, Serialize};

use super::EpochError;
use crate::files::{self, Access, FileError, Overwrite};
use crate::member::{EndpointId, Role};
use crate::registry::Registry;

mod allotments;
mod epoch;
mod error;
mod inputs;
mod listed;
mod rebuild;
mod sectors;
mod source;
mod stream;
mod taken;

pub use allotments::DirectoryAllotment;
pub use epoch::Epoch;
pub use error::{DirectoryError, List};
pub use rebuild::Trees;
pub use sectors::DirectorySector;
pub(super) use source::Source;
pub(super) use taken::Taken;

const WHAT: &str = "epoch directory";
/// Largest directory read: about two million members, sectors and allotments.
pub const DIRECTORY_LIMIT: u64 = 1 << 30;

/// `popw.epoch-directory`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DirectoryFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.epoch-directory")]
    EpochDirectory,
}

/// What an epoch's roots are made of. Reading one takes about 800 bytes of memory per member at its peak, 400
/// afterwards, and a fifth of a millisecond per member, most of it to check the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochDirectory {
    /// `popw.epoch-directory`.
    pub format: DirectoryFormat,
    /// 1.
    pub version: Version<1>,
    /// The network's domain.
    #[serde(with = "popw_core::field::decimal")]
    pub domain: Fr,
    /// The epoch.
    pub epoch: u32,
    /// Devices, in the order of their tree.
    pub devices: Vec<DirectoryEntry>,
    /// Witnesses; the index is the i of W_i.
    pub witnesses: Vec<DirectoryEntry>,
    /// Sectors that earn in the epoch, in order of `seq`.
    pub sectors: Vec<DirectorySector>,
    /// Allotments for the epoch, in order of `seq`.
    pub allotments: Vec<DirectoryAllotment>,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryEntry {
    /// Its place in the list and the tree, from 0.
    pub index: u32,
    /// A.
    pub public_key: PublicKey,
    /// The owner's account.
    #[serde(with = "popw_core::field::decimal")]
    pub owner: Fr,
    /// The transport's public key.
    pub endpoint: EndpointId,
    /// Where it listens; may be empty.
    pub addresses: Vec<SocketAddr>,
}

impl EpochDirectory {
    /// The directory of an epoch from the registry, in memory.
    ///
    /// # Errors
    /// [`EpochError::Registry`].
    pub fn collect(registry: &Registry, epoch: u32) -> Result<Self, EpochError> {
        registry.view(|registry| {
            let source = Source::new(registry, epoch)?;
            let mut directory = Self {
                format: DirectoryFormat::EpochDirectory,
                version: Version,
                domain: registry.domain(),
                epoch,
                devices: Vec::new(),
                witnesses: Vec::new(),
                sectors: Vec::new(),
                allotments: Vec::new(),
            };
            source.members(Role::Device, push(&mut directory.devices))?;
            source.members(Role::Witness, push(&mut directory.witnesses))?;
            source.listed::<DirectorySector, _>(push(&mut directory.sectors))?;
            source.listed::<DirectoryAllotment, _>(push(&mut directory.allotments))?;
            Ok(directory)
        })
    }

    /// Writes the directory of a published epoch straight from the registry, one row at a time; the file is what
    /// [`EpochDirectory::collect`] gives. The roots are rebuilt first, as [`snapshot`](super::snapshot) makes them.
    ///
    /// # Errors
    /// [`EpochError::Differs`] when the registry no longer makes the epoch's roots; [`EpochError::File`],
    /// [`EpochError::Registry`].
    pub fn write_from(
        registry: &Registry,
        public: &EpochPublic,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<(), EpochError> {
        if registry.domain() != public.domain {
            return Err(EpochError::OtherRegistry);
        }
        registry.view(|registry| {
            let source = Source::new(registry, public.epoch)?;
            let Taken { roots, .. } = Taken::of(&source)?;
            for (field, published, made) in [
                ("roots.device", public.roots.device, roots.device),
                ("roots.witness", public.roots.witness, roots.witness),
                ("roots.sector", public.roots.sector, roots.sector),
                ("roots.allotment", public.roots.allotment, roots.allotment),
            ] {
                super::equal(field, &published, &made)?;
            }
            let stream = stream::Stream::new(source);
            let written = files::write_json(path, WHAT, &stream, overwrite, Access::Public);
            stream.outcome(written)
        })
    }

    /// Reads a directory. It is to be checked against its epoch: see [`Epoch::new`].
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        files::read_document(path, WHAT, DIRECTORY_LIMIT)
    }

    /// Checks the directory against the published epoch by rebuilding its trees.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn check_against(&self, public: &EpochPublic) -> Result<Trees, DirectoryError> {
        if self.domain != public.domain {
            return Err(DirectoryError::Domain);
        }
        if self.epoch != public.epoch {
            return Err(DirectoryError::Epoch { found: self.epoch, expected: public.epoch });
        }
        if u32::try_from(self.witnesses.len()).ok() != Some(public.rules.n_w) {
            return Err(DirectoryError::Witnesses {
                found: self.witnesses.len(),
                expected: public.rules.n_w,
            });
        }
        Trees::rebuild(self, public)
    }
}

impl Document for EpochDirectory {
    const FORMAT: &'static str = "popw.epoch-directory";
    const VERSION: u32 = 1;
    const LIMIT: u64 = DIRECTORY_LIMIT;

    /// Nothing more than the types say; [`EpochDirectory::check_against`] needs the epoch.
    fn check(&self) -> Result<(), DocumentError> {
        Ok(())
    }
}

impl DirectoryEntry {
    /// Its leaf D as a device.
    pub fn device_leaf(&self) -> Fr {
        identity::device_leaf(&self.public_key, self.owner)
    }

    /// Its leaf W_i as a witness.
    pub fn witness_leaf(&self) -> Fr {
        identity::witness_leaf(&self.public_key, self.owner, self.index)
    }
}

fn push<T>(list: &mut Vec<T>) -> impl FnMut(T) -> Result<(), EpochError> {
    |entry| {
        list.push(entry);
        Ok(())
    }
}
