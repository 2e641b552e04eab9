//! What members of a network are called and where they are reached.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Proves its work.
    Device,
    /// Watches devices.
    Witness,
    /// Downloads from devices and signs receipts. Not in the registry: its allotments are.
    Client,
}

impl Role {
    /// Its name in files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Witness => "witness",
            Self::Client => "client",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that is no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is device, witness or client")]
pub struct NoRole;

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(text: &str) -> Result<Self, NoRole> {
        [Self::Device, Self::Witness, Self::Client].into_iter().find(|role| role.name() == text).ok_or(NoRole)
    }
}

/// A member's address on the transport: an Ed25519 public key (an iroh endpoint id), hex in documents.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndpointId(#[serde(with = "hex::serde")] pub [u8; 32]);

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointId({self})")
    }
}

/// A text that is no endpoint id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an endpoint id is 64 hex digits")]
pub struct NoEndpointId;

impl FromStr for EndpointId {
    type Err = NoEndpointId;

    fn from_str(text: &str) -> Result<Self, NoEndpointId> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NoEndpointId)?;
        Ok(Self(bytes))
    }
}
