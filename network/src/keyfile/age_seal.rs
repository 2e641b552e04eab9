//! A seed under a passphrase, as age seals it (scrypt, ChaCha20-Poly1305, ASCII armor).

use std::io::Read;
use std::path::Path;

use age::DecryptError;
use age::armor::ArmoredReader;
use age::scrypt::{Identity, Recipient};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{KeyFileError, memory};

/// log2 of scrypt's N for new files: 64 MiB and a fifth of a second.
///
/// A daemon opens its key at each start, on boards and in containers where 256 MiB (2^18) are not to be had. OWASP's row for
/// 64 MiB is N = 2^16, r = 8, p = 2; age's format fixes r = 8 and p = 1 (as RFC 7914 has it), so this is half of that
/// row's work: one bit of the passphrase. Whoever has the memory asks for more: 17 is OWASP's first choice.
pub const DEFAULT_WORK_FACTOR: u8 = 16;
/// The highest work factor opened: 1 GiB. A foreign file may ask for more than the machine has.
pub const HIGHEST_WORK_FACTOR: u8 = 20;

/// Bytes of a file in which its first two lines end.
const HEADER_LIMIT: u64 = 256;

/// Bytes that scrypt takes at a work factor: 128 · r · N, with age's r = 8.
const fn needed(work: u8) -> u64 {
    1 << (10 + work)
}

/// scrypt's own allocation would end the process where it fails.
fn check_memory(work: u8, path: &Path) -> Result<(), KeyFileError> {
    if memory::is_there(needed(work)) {
        return Ok(());
    }
    Err(KeyFileError::Memory { path: path.into(), mib: needed(work) >> 20 })
}

pub(super) fn seal(
    seed: &[u8; 32],
    passphrase: &SecretString,
    work: u8,
    path: &Path,
) -> Result<String, KeyFileError> {
    let work = work.clamp(1, HIGHEST_WORK_FACTOR);
    check_memory(work, path)?;
    let mut recipient = Recipient::new(passphrase.clone());
    recipient.set_work_factor(work);
    age::encrypt_and_armor(&recipient, seed).map_err(|error| KeyFileError::Randomness(error.to_string()))
}

/// The work factor that a file's header names, if it has one: its second line is `-> scrypt SALT FACTOR`.
pub(super) fn work_factor(text: &str) -> Option<u8> {
    let mut header = Vec::new();
    ArmoredReader::new(text.as_bytes()).take(HEADER_LIMIT).read_to_end(&mut header).ok()?;
    let mut words = header.split(|&byte| byte == b'\n').nth(1)?.split(|&byte| byte == b' ').skip(1);
    if words.next()? != b"scrypt" {
        return None;
    }
    std::str::from_utf8(words.nth(1)?).ok()?.parse().ok()
}

pub(super) fn open(
    text: &str,
    passphrase: &SecretString,
    path: &Path,
) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    if let Some(work) = work_factor(text).filter(|&work| work <= HIGHEST_WORK_FACTOR) {
        check_memory(work, path)?;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What the books promise of new keys.
    #[test]
    fn a_new_key_takes_64_mib() {
        assert_eq!(needed(DEFAULT_WORK_FACTOR), 64 << 20);
        assert_eq!(needed(18), 256 << 20, "what keys took before");
    }

    #[test]
    fn the_work_factor_is_read_from_the_header() {
        let passphrase = SecretString::from("correct horse");
        for work in [1, 3] {
            let sealed = seal(&[7; 32], &passphrase, work, Path::new("k")).expect("sealed");
            assert_eq!(work_factor(&sealed), Some(work));
            assert_eq!(*open(&sealed, &passphrase, Path::new("k")).expect("opened"), [7; 32]);
        }
        for text in
            ["", "age-encryption.org/v1\n", "age-encryption.org/v1\n-> X25519 abc 3\n", "\n-> scrypt abc\n"]
        {
            assert_eq!(work_factor(text), None, "{text:?}");
        }
    }

    #[test]
    fn too_little_memory_is_an_error_that_says_how_much() {
        let refused = check_memory(50, Path::new("device.key")).expect_err("a million gigabytes");
        let said = refused.to_string();
        assert!(matches!(refused, KeyFileError::Memory { mib: 0x100_0000_0000, .. }), "{said}");
        for part in ["device.key", "MiB", "popw key passphrase"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        check_memory(1, Path::new("device.key")).expect("two kilobytes");
    }
}
