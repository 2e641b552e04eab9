//! A seed under a passphrase, as age seals it (scrypt, ChaCha20-Poly1305, ASCII armor).

use std::path::Path;

use age::DecryptError;
use age::scrypt::{Identity, Recipient};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::KeyFileError;

/// log2 of scrypt's N for new files: about a second and 256 MiB.
pub const DEFAULT_WORK_FACTOR: u8 = 18;
/// The highest work factor opened: 1 GiB. A foreign file may ask for more than the machine has.
const HIGHEST_WORK_FACTOR: u8 = 20;

pub(super) fn seal(seed: &[u8; 32], passphrase: &SecretString, work: u8) -> Result<String, KeyFileError> {
    let mut recipient = Recipient::new(passphrase.clone());
    recipient.set_work_factor(work.clamp(1, HIGHEST_WORK_FACTOR));
    age::encrypt_and_armor(&recipient, seed).map_err(|error| KeyFileError::Randomness(error.to_string()))
}

pub(super) fn open(
    text: &str,
    passphrase: &SecretString,
    path: &Path,
) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let mut identity = Identity::new(passphrase.clone());
    identity.set_max_work_factor(HIGHEST_WORK_FACTOR);
    let damaged = |reason: String| KeyFileError::Damaged { path: path.into(), reason };
    let plain = match age::decrypt(&identity, text.as_bytes()) {
        Ok(plain) => Zeroizing::new(plain),
        Err(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed) => {
            return Err(KeyFileError::WrongPassphrase(path.into()));
        }
        Err(DecryptError::ExcessiveWork { required, .. }) => {
            let bound = HIGHEST_WORK_FACTOR;
            return Err(KeyFileError::ExcessiveWork { path: path.into(), required, bound });
        }
        Err(DecryptError::NoMatchingKeys) => {
            return Err(damaged("it is not sealed with a passphrase".into()));
        }
        Err(DecryptError::InvalidHeader | DecryptError::InvalidMac | DecryptError::UnknownFormat) => {
            return Err(damaged("age's header is invalid".into()));
        }
        Err(error) => return Err(damaged(error.to_string())),
    };
    let seed = <&[u8; 32]>::try_from(plain.as_slice())
        .map_err(|_| damaged(format!("{} bytes instead of 32", plain.len())))?;
    Ok(Zeroizing::new(*seed))
}
