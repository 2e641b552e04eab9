//! What a daemon signs and dials with.

use iroh::{EndpointId, SecretKey as TransportKey};
use popw_core::eddsa::{PublicKey, SecretKey};
use popw_core::{Fr, field};

/// A daemon's keys, and the owner they are registered under.
///
/// Both secrets wipe themselves when dropped and print as redacted.
pub struct Keys {
    /// Signs pongs (device) or attestations (witness).
    pub signing: SecretKey,
    /// The transport key; its public half is the daemon's address.
    pub transport: TransportKey,
    /// The owner, as in the registry.
    pub owner: Fr,
}

impl Keys {
    /// Keys from their parts. `transport_seed` is the Ed25519 seed of the transport key.
    pub fn new(signing: SecretKey, transport_seed: &[u8; 32], owner: Fr) -> Self {
        Self { signing, transport: TransportKey::from_bytes(transport_seed), owner }
    }

    /// The keys of an unlocked key file, registered under `owner`.
    pub fn from_key(key: &popw_network::keyfile::Key, owner: Fr) -> Self {
        Self::new(key.signer().clone(), &key.transport_secret(), owner)
    }

    /// The public signing key.
    pub fn public(&self) -> PublicKey {
        self.signing.public()
    }

    /// The transport key's public half.
    pub fn endpoint(&self) -> EndpointId {
        self.transport.public()
    }

    /// The key's coordinates as bytes: what its lock is named after.
    pub(crate) fn public_bytes(&self) -> [u8; 64] {
        public_bytes(&self.public())
    }

    /// Key and owner as bytes: what a database belongs to.
    pub(crate) fn identity(&self) -> [u8; 96] {
        identity(&self.public(), self.owner)
    }
}

fn public_bytes(key: &PublicKey) -> [u8; 64] {
    let mut bytes = [0u8; 64];
    bytes[..32].copy_from_slice(&field::to_be_bytes(&key.point.x));
    bytes[32..].copy_from_slice(&field::to_be_bytes(&key.point.y));
    bytes
}

/// Key and owner as bytes: what a database belongs to.
pub(crate) fn identity(key: &PublicKey, owner: Fr) -> [u8; 96] {
    let mut bytes = [0u8; 96];
    bytes[..64].copy_from_slice(&public_bytes(key));
    bytes[64..].copy_from_slice(&field::to_be_bytes(&owner));
    bytes
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Keys").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}
