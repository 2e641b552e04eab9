//! The members of one epoch, with their addresses: what the daemons work from, and what paths are made of.
//!
//! Public, but not part of any proof. A directory is believed only as far as its roots are the published epoch's:
//! [`EpochDirectory::check`] rebuilds both trees. Addresses are hints; the transport authenticates by key.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;

use popw_core::bitmap::SlotBitmap;
use popw_core::document::{
    DeviceInput, Document, DocumentError, EpochPublic, SeatInput, UptimeFormat, UptimeInput, Version,
    WitnessInput,
};
use popw_core::eddsa::{PublicKey, Signature};
use popw_core::lean_imt::LeanImt;
use popw_core::{Fr, draw, identity};
use serde::{Deserialize, Serialize};

use super::{EpochError, tree};
use crate::files::{self, Access, FileError, Overwrite};
use crate::member::{EndpointId, Role};
use crate::registry::{Member, Registry};

mod stream;

const WHAT: &str = "epoch directory";
/// Largest directory read: about two million members.
pub const DIRECTORY_LIMIT: u64 = 1 << 30;

/// `popw.epoch-directory`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DirectoryFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.epoch-directory")]
    EpochDirectory,
}

/// The members that act in an epoch. Reading one takes about 800 bytes of memory per member at its peak, 400
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
        "the directory's {role} at place {place} has index {index}: entries are numbered from 0 without gaps"
    )]
    Index {
        /// Device or witness.
        role: Role,
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
    #[error("the directory lists a {role}'s key twice")]
    Twice {
        /// Device or witness.
        role: Role,
    },
    /// The list does not make the published root.
    #[error(
        "the directory's {role} list does not make the epoch's published {role} root: it is stale or altered"
    )]
    Root {
        /// Device or witness.
        role: Role,
    },
}

/// A published epoch with its directory, checked against each other, and the trees that paths come from.
#[derive(Clone, Debug)]
pub struct Epoch {
    public: EpochPublic,
    directory: EpochDirectory,
    devices: LeanImt,
    witnesses: LeanImt,
    device_of: HashMap<PublicKey, u32>,
}

impl EpochDirectory {
    /// The directory of an epoch from the registry, in memory.
    ///
    /// # Errors
    /// [`EpochError::Registry`].
    pub fn collect(registry: &Registry, epoch: u32) -> Result<Self, EpochError> {
        let list = |role| {
            let mut entries = Vec::new();
            registry.each_active::<EpochError>(role, epoch, |member| {
                entries.push(DirectoryEntry::new(entries.len(), member)?);
                Ok(())
            })?;
            Ok::<_, EpochError>(entries)
        };
        registry.view(|registry| {
            Ok(Self {
                format: DirectoryFormat::EpochDirectory,
                version: Version,
                domain: registry.domain(),
                epoch,
                devices: list(Role::Device)?,
                witnesses: list(Role::Witness)?,
            })
        })
    }

    /// Writes the directory of a published epoch straight from the registry, one member at a time; the file is what
    /// [`EpochDirectory::collect`] gives. The roots are rebuilt first (64 bytes of memory per member).
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
            for (field, role, root) in [
                ("roots.device", Role::Device, public.roots.device),
                ("roots.witness", Role::Witness, public.roots.witness),
            ] {
                super::equal(field, &root, &tree(registry, role, public.epoch)?.root())?;
            }
            let stream = stream::Stream::new(registry, public.epoch);
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

    /// Checks the directory against the published epoch by rebuilding both trees (devices, witnesses).
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn check_against(&self, public: &EpochPublic) -> Result<(LeanImt, LeanImt), DirectoryError> {
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
        let devices = rebuild(Role::Device, &self.devices, public.roots.device)?;
        let witnesses = rebuild(Role::Witness, &self.witnesses, public.roots.witness)?;
        Ok((devices, witnesses))
    }
}

impl Document for EpochDirectory {
    const FORMAT: &'static str = "popw.epoch-directory";
    const VERSION: u32 = 1;

    /// Nothing more than the types say; [`EpochDirectory::check_against`] needs the epoch.
    fn check(&self) -> Result<(), DocumentError> {
        Ok(())
    }
}

impl DirectoryEntry {
    fn new(place: usize, member: Member) -> Result<Self, EpochError> {
        let entry = member.entry;
        Ok(Self {
            index: u32::try_from(place).map_err(|_| EpochError::TooMany(32))?,
            public_key: entry.public_key,
            owner: entry.owner,
            endpoint: entry.endpoint,
            addresses: entry.addresses,
        })
    }

    /// Its leaf D as a device.
    pub fn device_leaf(&self) -> Fr {
        identity::device_leaf(&self.public_key, self.owner)
    }

    /// Its leaf W_i as a witness.
    pub fn witness_leaf(&self) -> Fr {
        identity::witness_leaf(&self.public_key, self.owner, self.index)
    }
}

impl Epoch {
    /// Puts an epoch and its directory together.
    ///
    /// # Errors
    /// [`DirectoryError`] when the directory is not this epoch's.
    pub fn new(public: EpochPublic, directory: EpochDirectory) -> Result<Self, DirectoryError> {
        let (devices, witnesses) = directory.check_against(&public)?;
        let device_of = directory.devices.iter().map(|entry| (entry.public_key, entry.index)).collect();
        Ok(Self { public, directory, devices, witnesses, device_of })
    }

    /// The published epoch.
    pub fn public(&self) -> &EpochPublic {
        &self.public
    }

    /// The members.
    pub fn directory(&self) -> &EpochDirectory {
        &self.directory
    }

    /// The device with a key.
    pub fn device(&self, key: &PublicKey) -> Option<&DirectoryEntry> {
        self.directory.devices.get(*self.device_of.get(key)? as usize)
    }

    /// The witness with an index.
    pub fn witness(&self, index: u32) -> Option<&DirectoryEntry> {
        self.directory.witnesses.get(index as usize)
    }

    /// The witness indices of a device's seats 0 to k − 1; one witness may hold several.
    pub fn committee(&self, device: &DirectoryEntry) -> Vec<u32> {
        let rules = &self.public.rules;
        draw::committee(
            draw::Duty::Uptime,
            self.public.opening.rho(),
            device.device_leaf(),
            rules.k,
            rules.n_w,
        )
    }

    /// How many different owners, the device's own not counted, its committee has: below q, no slot can reach the
    /// quorum in this epoch, however honest everyone is.
    pub fn committee_owners(&self, device: &DirectoryEntry) -> usize {
        let drawn = self.committee(device).into_iter().filter_map(|index| self.witness(index));
        let owners = drawn.map(|witness| witness.owner).filter(|owner| *owner != device.owner);
        owners.collect::<std::collections::HashSet<_>>().len()
    }

    /// The device's part of an uptime proof's input; `None` if it is not of this epoch.
    pub fn device_input(&self, key: &PublicKey) -> Option<DeviceInput> {
        let entry = self.device(key)?;
        let path = self.devices.proof(entry.index as usize)?;
        Some(DeviceInput { public_key: entry.public_key, owner: entry.owner, path, key_file: None })
    }

    /// A seat's part of an uptime proof's input: what the witness drawn for seat `seat` of this device has signed;
    /// `None` if device or seat are not of this epoch. The signature is not checked here.
    pub fn seat_input(
        &self,
        device: &PublicKey,
        seat: u32,
        bitmap: SlotBitmap,
        signature: Signature,
    ) -> Option<SeatInput> {
        let index = *self.committee(self.device(device)?).get(seat as usize)?;
        let entry = self.witness(index)?;
        let path = self.witnesses.proof(index as usize)?;
        let witness = WitnessInput { public_key: entry.public_key, owner: entry.owner, index };
        Some(SeatInput { seat, witness, path, bitmap, signature })
    }

    /// A device's whole input of an uptime proof, from what the witnesses of its seats have signed.
    ///
    /// `None` if the device or a seat is not of this epoch. The epoch must be closed before a proof can be made.
    pub fn uptime_input(
        &self,
        device: &PublicKey,
        signed: impl IntoIterator<Item = (u32, SlotBitmap, Signature)>,
    ) -> Option<UptimeInput> {
        let seats = signed
            .into_iter()
            .map(|(seat, bitmap, signature)| self.seat_input(device, seat, bitmap, signature))
            .collect::<Option<Vec<_>>>()?;
        Some(UptimeInput {
            format: UptimeFormat::UptimeInput,
            version: Version,
            epoch: self.public.clone(),
            device: self.device_input(device)?,
            seats,
        })
    }
}

fn rebuild(role: Role, entries: &[DirectoryEntry], root: Fr) -> Result<LeanImt, DirectoryError> {
    let mut keys = std::collections::HashSet::with_capacity(entries.len());
    let mut leaves = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let index = entry.index;
        if usize::try_from(index).ok() != Some(place) {
            return Err(DirectoryError::Index { role, place, index });
        }
        if !keys.insert(entry.public_key) {
            return Err(DirectoryError::Twice { role });
        }
        leaves.push(match role {
            Role::Witness => entry.witness_leaf(),
            _ => entry.device_leaf(),
        });
    }
    let tree = LeanImt::from_leaves(leaves);
    if tree.root() == root { Ok(tree) } else { Err(DirectoryError::Root { role }) }
}
