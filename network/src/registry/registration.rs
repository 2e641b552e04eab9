//! A registration: what a member hands to the registry, with the proof that it holds its key.

use std::net::SocketAddr;
use std::path::Path;

use popw_core::Fr;
use popw_core::document::{Document, DocumentError, Version};
use popw_core::eddsa::{PublicKey, Signature};
use popw_core::identity::{self, IdentityError};
use popw_core::message;
use serde::{Deserialize, Serialize};

use super::{AddressError, NewMember, check_address, signed_role};
use crate::files::{self, Access, FileError, Overwrite};
use crate::keyfile::Key;
use crate::member::{EndpointId, Role};

const WHAT: &str = "registration";
const LIMIT: u64 = 64 << 10;

/// `popw.registration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistrationFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.registration")]
    Registration,
}

/// The document. Its signature covers domain, role, owner and the key itself; the endpoint and the addresses only
/// say where the member is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// `popw.registration`.
    pub format: RegistrationFormat,
    /// 1.
    pub version: Version<1>,
    /// The network it is for.
    pub domain_id: String,
    /// Device or witness.
    pub role: Role,
    /// A.
    pub public_key: PublicKey,
    /// The owner's account.
    #[serde(with = "popw_core::field::decimal")]
    pub owner: Fr,
    /// The transport's public key.
    pub endpoint: EndpointId,
    /// Where it listens.
    #[serde(default)]
    pub addresses: Vec<SocketAddr>,
    /// The signature by A over [`popw_core::message::possession`].
    pub possession: Signature,
}

/// Why no registration can be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// Not a domain.
    #[error(transparent)]
    Domain(#[from] IdentityError),
    /// Clients are not registered.
    #[error("only devices and witnesses are registered, not a {0}")]
    Role(Role),
    /// The key file names no owner and none was given.
    #[error("the key file names no owner: give the owner's account")]
    NoOwner,
    /// The zero account as owner.
    #[error("the owner is the zero account, which is nobody's: give the owner's account")]
    ZeroOwner,
    /// An address at which nobody reaches the member.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The key file names another owner.
    #[error("the key file was made for another owner than the one given")]
    OtherOwner,
}

impl Registration {
    /// Makes a registration and its proof from an unlocked key, offline. The owner is the key file's; if that has
    /// none, `owner`.
    ///
    /// # Errors
    /// [`RegistrationError`].
    pub fn prove(
        key: &Key,
        domain_id: &str,
        owner: Option<Fr>,
        addresses: Vec<SocketAddr>,
    ) -> Result<Self, RegistrationError> {
        let owner = match (key.owner(), owner) {
            (Some(named), Some(given)) if named != given => return Err(RegistrationError::OtherOwner),
            (named, given) => named.or(given).ok_or(RegistrationError::NoOwner)?,
        };
        if owner == Fr::from(0u64) {
            return Err(RegistrationError::ZeroOwner);
        }
        addresses.iter().try_for_each(check_address)?;
        let role = signed_role(key.role()).ok_or(RegistrationError::Role(key.role()))?;
        let message = message::possession(identity::domain(domain_id)?, role, owner);
        Ok(Self {
            format: RegistrationFormat::Registration,
            version: Version,
            domain_id: domain_id.into(),
            role: key.role(),
            public_key: key.public_key(),
            owner,
            endpoint: key.endpoint(),
            addresses,
            possession: key.signer().sign(message),
        })
    }

    /// Reads a registration. Its proof is checked by the registry.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        files::read_document(path, WHAT, LIMIT)
    }

    /// Writes the registration.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn write(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        files::write_json(path, WHAT, self, overwrite, Access::Public)
    }

    /// What is registered.
    pub fn entry(&self) -> NewMember {
        NewMember {
            role: self.role,
            public_key: self.public_key,
            owner: self.owner,
            endpoint: self.endpoint,
            addresses: self.addresses.clone(),
        }
    }
}

impl Document for Registration {
    const FORMAT: &'static str = "popw.registration";
    const VERSION: u32 = 1;
    const LIMIT: u64 = LIMIT;

    /// Nothing more than the types say: the registry checks domain and proof.
    fn check(&self) -> Result<(), DocumentError> {
        Ok(())
    }
}
