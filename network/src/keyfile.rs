//! Key files: one seed, from which a member's signing key and its transport key are derived.
//!
//! The file is JSON and public but for the seed, which is encrypted with a passphrase by age (scrypt), or, for tests,
//! written in the open under a name that says so. `check` binds the public fields to the seed, so that an owner or a
//! role changed by hand is noticed when the key is unlocked. Files are written with mode 0600 and never overwritten.

use std::fmt;
use std::path::{Path, PathBuf};

use popw_core::document::{Document, DocumentError, Version};
use popw_core::eddsa::{PublicKey, SecretKey};
use popw_core::{Fr, field};
use rand::TryRngCore;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::files::{self, Access, FileError, Overwrite};
use crate::member::{EndpointId, Role};

mod age_seal;
mod memory;

pub use age_seal::{DEFAULT_WORK_FACTOR, HIGHEST_WORK_FACTOR};

const WHAT: &str = "key file";
const LIMIT: u64 = 64 << 10;

/// BLAKE3 `derive_key` context of the transport's Ed25519 secret.
const TRANSPORT_CONTEXT: &str = "popw transport ed25519 secret 1";
/// BLAKE3 `derive_key` context of the key of `check`.
const CHECK_CONTEXT: &str = "popw key file check 1";

/// `popw.key`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum KeyFormat {
    #[default]
    #[serde(rename = "popw.key")]
    Key,
}

/// A key file as read: what can be known without the passphrase.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    format: KeyFormat,
    version: Version<1>,
    role: Role,
    public_key: PublicKey,
    endpoint: EndpointId,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_decimal")]
    owner: Option<Fr>,
    #[serde(with = "hex::serde")]
    check: [u8; 32],
    seed: StoredSeed,
    #[serde(skip)]
    path: PathBuf,
}

/// How the seed is to be kept.
#[derive(Clone, Copy, Debug)]
pub enum Protection<'a> {
    /// Encrypted with a passphrase, at scrypt's work factor [`DEFAULT_WORK_FACTOR`].
    Passphrase(&'a SecretString),
    /// As above with another work factor (log2 of scrypt's N, at most [`HIGHEST_WORK_FACTOR`]): lower ones for tests only.
    PassphraseWithWork(&'a SecretString, u8),
    /// In the open, marked `INSECURE-PLAINTEXT`.
    InsecurePlaintext,
}

/// An unlocked key. Wiped from memory when dropped, never printed.
pub struct Key {
    role: Role,
    owner: Option<Fr>,
    seed: Zeroizing<[u8; 32]>,
    signer: SecretKey,
}

/// Why a key file cannot be made or unlocked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Not readable, not writable, not a key file.
    #[error(transparent)]
    File(#[from] FileError),
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty: choose one, or ask for an insecure plaintext key explicitly")]
    EmptyPassphrase,
    /// The file is encrypted and no passphrase was given.
    #[error("the key file {} is encrypted: give its passphrase", .0.display())]
    NeedsPassphrase(PathBuf),
    /// The passphrase does not open it.
    #[error("wrong passphrase for the key file {}", .0.display())]
    WrongPassphrase(PathBuf),
    /// The encrypted seed is cut off or altered.
    #[error("the encrypted seed in the key file {} is damaged ({reason}): restore the file from a copy", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// A work factor so high that opening would take minutes or exhaust memory.
    #[error("the key file {} asks for scrypt work factor {required}, above the bound {bound}: was it made by this program?", path.display())]
    ExcessiveWork {
        /// The file.
        path: PathBuf,
        /// Its work factor.
        required: u8,
        /// The highest accepted.
        bound: u8,
    },
    /// scrypt would take more memory than there is.
    #[error(
        "encrypting or decrypting the key file {} takes {mib} MiB of memory (scrypt), which are not available: free some, raise \
         the limit of the process or container, or make it take less, on a machine that has that much: popw key passphrase {} \
         --keep", path.display(), path.display()
    )]
    Memory {
        /// The file.
        path: PathBuf,
        /// What it takes, in MiB.
        mib: u64,
    },
    /// A key of another role.
    #[error("the key file {} is a {found}'s, but a {expected}'s is needed here", path.display())]
    WrongRole {
        /// The file.
        path: PathBuf,
        /// Its role.
        found: Role,
        /// The role needed.
        expected: Role,
    },
    /// The seed makes another public key than the file names.
    #[error("the key file {} names a public key that its seed does not make: the file was altered or mixed up", .0.display())]
    PublicKeyMismatch(PathBuf),
    /// The seed makes another endpoint id than the file names.
    #[error("the key file {} names an endpoint that its seed does not make: the file was altered or mixed up", .0.display())]
    EndpointMismatch(PathBuf),
    /// Role or owner are not those the file was made with.
    #[error("the role or owner in the key file {} was changed after it was made: restore it, or make a new key", .0.display())]
    Altered(PathBuf),
    /// The operating system gives no randomness.
    #[error("the operating system gave no randomness: {0}")]
    Randomness(String),
}

impl KeyFile {
    /// Makes a new key from the operating system's randomness and writes its file.
    ///
    /// # Errors
    /// [`KeyFileError::File`] when the file exists or cannot be written; [`KeyFileError::EmptyPassphrase`],
    /// [`KeyFileError::Randomness`].
    pub fn create(
        path: &Path,
        role: Role,
        owner: Option<Fr>,
        protection: Protection<'_>,
    ) -> Result<(Self, Key), KeyFileError> {
        let mut seed = Zeroizing::new([0; 32]);
        rand::rngs::OsRng
            .try_fill_bytes(seed.as_mut())
            .map_err(|error| KeyFileError::Randomness(error.to_string()))?;
        Self::create_from_seed(path, role, owner, protection, seed)
    }

    /// As [`KeyFile::create`] with a given seed (32 bytes as `@zk-kit/eddsa-poseidon` takes them).
    ///
    /// # Errors
    /// As [`KeyFile::create`].
    pub fn create_from_seed(
        path: &Path,
        role: Role,
        owner: Option<Fr>,
        protection: Protection<'_>,
        seed: Zeroizing<[u8; 32]>,
    ) -> Result<(Self, Key), KeyFileError> {
        let stored = StoredSeed::seal(&seed, protection, path)?;
        let key = Key::new(role, owner, seed);
        let file = Self {
            format: KeyFormat::Key,
            version: Version,
            role,
            public_key: key.public_key(),
            endpoint: key.endpoint(),
            owner,
            check: key.check(),
            seed: stored,
            path: path.into(),
        };
        files::write_json(path, WHAT, &file, Overwrite::No, Access::Secret)?;
        Ok((file, key))
    }

    /// Writes the file anew, in one step, with the seed of its unlocked `key` kept otherwise: under another passphrase, or with
    /// another work factor. Nothing else in it changes.
    ///
    /// # Errors
    /// [`KeyFileError::PublicKeyMismatch`] when `key` is another file's; else as [`KeyFile::create`]. The old file is then
    /// as it was.
    pub fn protect(&self, key: &Key, protection: Protection<'_>) -> Result<Self, KeyFileError> {
        if key.public_key() != self.public_key {
            return Err(KeyFileError::PublicKeyMismatch(self.path.clone()));
        }
        let seed = StoredSeed::seal(&key.seed, protection, &self.path)?;
        let file = Self { seed, ..self.clone() };
        files::write_json(&self.path, WHAT, &file, Overwrite::Yes, Access::Secret)?;
        Ok(file)
    }

    /// Reads a key file without unlocking it.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Self::parse(Zeroizing::new(files::read(path, WHAT, LIMIT)?), path)
    }

    /// As [`KeyFile::read`], for bytes already read from `path`.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn parse(bytes: Zeroizing<Vec<u8>>, path: &Path) -> Result<Self, FileError> {
        let mut file: Self = files::parse_document(&bytes, path, WHAT)?;
        file.path = path.into();
        Ok(file)
    }

    /// What the key is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The public key A.
    pub fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The transport's public key.
    pub fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// The owner's account, if the key was made for one.
    pub fn owner(&self) -> Option<Fr> {
        self.owner
    }

    /// Whether unlocking needs a passphrase; a file without one is insecure.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.seed, StoredSeed::Age(_))
    }

    /// log2 of scrypt's N of an encrypted file: opening it takes 2^(10 + this) bytes of memory.
    pub fn work_factor(&self) -> Option<u8> {
        match &self.seed {
            StoredSeed::Age(text) => age_seal::work_factor(text),
            StoredSeed::Plaintext(_) => None,
        }
    }

    /// Refuses a key of another role.
    ///
    /// # Errors
    /// [`KeyFileError::WrongRole`].
    pub fn expect_role(&self, expected: Role) -> Result<(), KeyFileError> {
        if self.role == expected {
            return Ok(());
        }
        Err(KeyFileError::WrongRole { path: self.path.clone(), found: self.role, expected })
    }

    /// Unlocks the key and checks that the file's public fields belong to it. A passphrase given for a plaintext
    /// file is ignored.
    ///
    /// # Errors
    /// [`KeyFileError`], telling a wrong passphrase, a damaged seed and altered fields apart.
    pub fn unlock(&self, passphrase: Option<&SecretString>) -> Result<Key, KeyFileError> {
        let seed = self.seed.open(passphrase, &self.path)?;
        let key = Key::new(self.role, self.owner, seed);
        if key.public_key() != self.public_key {
            return Err(KeyFileError::PublicKeyMismatch(self.path.clone()));
        }
        if key.endpoint() != self.endpoint {
            return Err(KeyFileError::EndpointMismatch(self.path.clone()));
        }
        if key.check() != self.check {
            return Err(KeyFileError::Altered(self.path.clone()));
        }
        Ok(key)
    }
}

impl Document for KeyFile {
    const FORMAT: &'static str = "popw.key";
    const VERSION: u32 = 1;
    const LIMIT: u64 = LIMIT;

    /// Nothing more than the types say; [`KeyFile::unlock`] checks that the fields belong together.
    fn check(&self) -> Result<(), DocumentError> {
        Ok(())
    }
}

impl Key {
    fn new(role: Role, owner: Option<Fr>, seed: Zeroizing<[u8; 32]>) -> Self {
        Self { role, owner, signer: SecretKey::from_seed(*seed), seed }
    }

    /// What the key is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The owner's account, if the key was made for one.
    pub fn owner(&self) -> Option<Fr> {
        self.owner
    }

    /// The secret signing key.
    pub fn signer(&self) -> &SecretKey {
        &self.signer
    }

    /// The public key A.
    pub fn public_key(&self) -> PublicKey {
        self.signer.public()
    }

    /// The transport's Ed25519 secret (iroh's secret key): BLAKE3-derived from the seed, so that signing one
    /// protocol's messages never uses the other's key.
    pub fn transport_secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key(TRANSPORT_CONTEXT, self.seed.as_ref()))
    }

    /// The transport's public key.
    pub fn endpoint(&self) -> EndpointId {
        let secret = ed25519_dalek::SigningKey::from_bytes(&self.transport_secret());
        EndpointId(secret.verifying_key().to_bytes())
    }

    /// Keyed hash of role and owner; the keys have checks of their own.
    fn check(&self) -> [u8; 32] {
        let key = Zeroizing::new(blake3::derive_key(CHECK_CONTEXT, self.seed.as_ref()));
        let owner = self.owner.map_or_else(|| "none".to_owned(), |owner| field::to_decimal(&owner));
        let text = format!("{}/{}/{}", KeyFile::VERSION, self.role, owner);
        *blake3::keyed_hash(&key, text.as_bytes()).as_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("role", &self.role)
            .field("public_key", &self.public_key())
            .finish_non_exhaustive()
    }
}

/// The seed in the file.
#[derive(Clone, Serialize, Deserialize)]
enum StoredSeed {
    /// age's armored text.
    #[serde(rename = "age")]
    Age(String),
    /// Hex, in the open.
    #[serde(rename = "INSECURE-PLAINTEXT")]
    Plaintext(String),
}

impl StoredSeed {
    fn seal(seed: &[u8; 32], protection: Protection<'_>, path: &Path) -> Result<Self, KeyFileError> {
        let (passphrase, work) = match protection {
            Protection::InsecurePlaintext => return Ok(Self::Plaintext(hex::encode(seed))),
            Protection::Passphrase(passphrase) => (passphrase, DEFAULT_WORK_FACTOR),
            Protection::PassphraseWithWork(passphrase, work) => (passphrase, work),
        };
        if passphrase.expose_secret().is_empty() {
            return Err(KeyFileError::EmptyPassphrase);
        }
        age_seal::seal(seed, passphrase, work, path).map(Self::Age)
    }

    fn open(
        &self,
        passphrase: Option<&SecretString>,
        path: &Path,
    ) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        match self {
            Self::Plaintext(text) => {
                let mut seed = Zeroizing::new([0; 32]);
                hex::decode_to_slice(text.as_str(), seed.as_mut()).map_err(|_| {
                    let reason = "the plaintext seed is not 64 hex digits".into();
                    KeyFileError::Damaged { path: path.into(), reason }
                })?;
                Ok(seed)
            }
            Self::Age(text) => {
                let passphrase = passphrase.ok_or_else(|| KeyFileError::NeedsPassphrase(path.into()))?;
                age_seal::open(text, passphrase, path)
            }
        }
    }
}

impl fmt::Debug for StoredSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Age(_) => "Age(…)",
            Self::Plaintext(_) => "INSECURE-PLAINTEXT(redacted)",
        })
    }
}

impl Drop for StoredSeed {
    fn drop(&mut self) {
        if let Self::Plaintext(text) = self {
            text.zeroize();
        }
    }
}

/// An optional field element as a decimal string.
mod optional_decimal {
    use popw_core::Fr;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Decimal(#[serde(with = "popw_core::field::decimal")] Fr);

    pub fn serialize<S: Serializer>(value: &Option<Fr>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(Decimal).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Fr>, D::Error> {
        Ok(Option::<Decimal>::deserialize(deserializer)?.map(|Decimal(value)| value))
    }
}
