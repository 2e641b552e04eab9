use std::fs;
use std::path::{Path, PathBuf};

use popw_core::Fr;
use popw_core::document::DocumentError;
use popw_network::files::FileError;
use popw_network::keyfile::{KeyFile, KeyFileError, Protection};
use popw_network::member::Role;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use zeroize::Zeroizing;

/// scrypt's N = 2: tests do not wait a second per key.
const WORK: u8 = 1;

fn passphrase() -> SecretString {
    SecretString::from("correct horse")
}

fn encrypted(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("device.key");
    let owner = Some(Fr::from(77u64));
    KeyFile::create(&path, Role::Device, owner, Protection::PassphraseWithWork(&passphrase(), WORK)).unwrap();
    path
}

fn plaintext_path(folder: &TempDir) -> PathBuf {
    folder.path().join("plain.key")
}

pub fn plaintext(folder: &TempDir) -> PathBuf {
    let path = plaintext_path(folder);
    let seed = Zeroizing::new([7; 32]);
    KeyFile::create_from_seed(&path, Role::Witness, None, Protection::InsecurePlaintext, seed).unwrap();
    path
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

fn document(error: FileError) -> DocumentError {
    match error {
        FileError::Document { source, .. } => source,
        error => panic!("{error}"),
    }
}

fn unlock(path: &Path) -> KeyFileError {
    KeyFile::read(path).unwrap().unlock(Some(&passphrase())).unwrap_err()
}

#[test]
fn an_encrypted_key_comes_back() {
    let folder = tempdir().unwrap();
    let path = encrypted(&folder);
    let file = KeyFile::read(&path).unwrap();
    assert!(file.is_encrypted());
    let key = file.unlock(Some(&passphrase())).unwrap();
    assert_eq!((key.role(), key.owner()), (Role::Device, Some(Fr::from(77u64))));
    assert_eq!((key.public_key(), key.endpoint()), (file.public_key(), file.endpoint()));
    let message = Fr::from(5u64);
    popw_core::eddsa::verify(&file.public_key(), message, &key.signer().sign(message)).unwrap();
}

#[test]
fn two_keys_differ() {
    let folder = tempdir().unwrap();
    let make = |name: &str| {
        let path = folder.path().join(name);
        KeyFile::create(&path, Role::Client, None, Protection::InsecurePlaintext).unwrap().0.public_key()
    };
    assert_ne!(make("a"), make("b"));
}

/// The derivations are part of the format: a change would lock members out of their addresses.
#[test]
fn derivations_are_pinned() {
    let folder = tempdir().unwrap();
    let key = KeyFile::read(&plaintext(&folder)).unwrap().unlock(None).unwrap();
    assert_eq!(
        key.endpoint().to_string(),
        "b62700cb857ad216dd4c0130fcc506abbd7b8c1fbe0c0dce0f7f06fed991f7c9"
    );
    let secret: [u8; 32] = *key.transport_secret();
    assert_eq!(key.endpoint().0, ed25519_dalek::SigningKey::from_bytes(&secret).verifying_key().to_bytes());
    assert_ne!(secret, [7; 32]);
}

#[test]
fn the_file_shows_no_secret_unless_marked() {
    let folder = tempdir().unwrap();
    let secret = hex::encode([7u8; 32]);
    let text = fs::read_to_string(plaintext(&folder)).unwrap();
    assert!(text.contains("INSECURE-PLAINTEXT") && text.contains(&secret));

    let path = folder.path().join("sealed.key");
    let protection = passphrase();
    let protection = Protection::PassphraseWithWork(&protection, WORK);
    KeyFile::create_from_seed(&path, Role::Device, None, protection, Zeroizing::new([7; 32])).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("BEGIN AGE ENCRYPTED FILE") && !text.contains(&secret) && !text.contains("INSECURE")
    );
}

#[test]
fn debug_shows_no_secret() {
    let folder = tempdir().unwrap();
    let file = KeyFile::read(&plaintext(&folder)).unwrap();
    let key = file.unlock(None).unwrap();
    for text in [format!("{file:?}"), format!("{key:?}")] {
        assert!(!text.contains("0707") && !text.contains("[7, 7"), "{text}");
    }
}

#[test]
fn a_key_is_never_overwritten() {
    let folder = tempdir().unwrap();
    let path = encrypted(&folder);
    let before = fs::read(&path).unwrap();
    let error = KeyFile::create(&path, Role::Device, None, Protection::InsecurePlaintext).unwrap_err();
    assert!(matches!(error, KeyFileError::File(FileError::Exists { .. })), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_key_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    assert_eq!(fs::metadata(encrypted(&folder)).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn passphrases_are_checked() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("k");
    let empty = SecretString::from("");
    let error = KeyFile::create(&path, Role::Device, None, Protection::Passphrase(&empty)).unwrap_err();
    assert!(matches!(error, KeyFileError::EmptyPassphrase));
    assert!(!path.exists());

    let file = KeyFile::read(&encrypted(&folder)).unwrap();
    assert!(matches!(file.unlock(None).unwrap_err(), KeyFileError::NeedsPassphrase(_)));
    let wrong = SecretString::from("wrong");
    assert!(matches!(file.unlock(Some(&wrong)).unwrap_err(), KeyFileError::WrongPassphrase(_)));
}

#[test]
fn another_role_is_refused() {
    let folder = tempdir().unwrap();
    let file = KeyFile::read(&encrypted(&folder)).unwrap();
    file.expect_role(Role::Device).unwrap();
    let error = file.expect_role(Role::Witness).unwrap_err();
    assert!(matches!(error, KeyFileError::WrongRole { found: Role::Device, expected: Role::Witness, .. }));
}

#[test]
fn altered_public_fields_are_noticed() {
    let folder = tempdir().unwrap();
    let other = KeyFile::read(&plaintext(&folder)).unwrap();
    let (key, endpoint) =
        (serde_json::to_value(other.public_key()).unwrap(), serde_json::to_value(other.endpoint()).unwrap());

    let path = encrypted(&folder);
    let whole = fs::read(&path).unwrap();
    edit(&path, |value| value["public_key"] = key);
    assert!(matches!(unlock(&path), KeyFileError::PublicKeyMismatch(_)));
    fs::write(&path, &whole).unwrap();
    edit(&path, |value| value["endpoint"] = endpoint);
    assert!(matches!(unlock(&path), KeyFileError::EndpointMismatch(_)));
    for (field, replacement) in
        [("owner", json!("78")), ("role", json!("witness")), ("check", json!("00".repeat(32)))]
    {
        fs::write(&path, &whole).unwrap();
        edit(&path, |value| value[field] = replacement);
        assert!(matches!(unlock(&path), KeyFileError::Altered(_)), "{field}");
    }
    fs::write(&path, &whole).unwrap();
    edit(&path, |value| drop(value.as_object_mut().unwrap().remove("owner")));
    assert!(matches!(unlock(&path), KeyFileError::Altered(_)));
}

#[test]
fn a_damaged_seed_is_no_wrong_passphrase() {
    let folder = tempdir().unwrap();
    let path = encrypted(&folder);
    let whole = fs::read(&path).unwrap();
    let cut = |keep: fn(&str) -> String| {
        fs::write(&path, &whole).unwrap();
        edit(&path, |value| {
            let text = value["seed"]["age"].as_str().unwrap().to_owned();
            value["seed"]["age"] = json!(keep(&text));
        });
        unlock(&path)
    };
    for error in [
        cut(|text| text[..text.len() / 2].to_owned()),
        cut(|_| String::new()),
        cut(|_| "not age".to_owned()),
        // The last line before the footer holds the sealed seed's tag.
        cut(|text| {
            let lines: Vec<&str> = text.lines().collect();
            let (middle, last) = (lines.len() / 2, lines.len() - 1);
            [&lines[..middle], &lines[last..]].concat().join("\n")
        }),
    ] {
        assert!(matches!(error, KeyFileError::Damaged { .. }), "{error}");
    }

    let path = plaintext(&folder);
    edit(&path, |value| value["seed"] = json!({"INSECURE-PLAINTEXT": "0707"}));
    assert!(matches!(unlock(&path), KeyFileError::Damaged { .. }));
}

#[test]
fn what_is_no_key_file_is_refused_on_reading() {
    let folder = tempdir().unwrap();
    let path = encrypted(&folder);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(document(KeyFile::read(&path).unwrap_err()), DocumentError::Malformed { .. }));
    let edited = |change: fn(&mut Value)| {
        fs::write(&path, &whole).unwrap();
        edit(&path, change);
        document(KeyFile::read(&path).unwrap_err())
    };
    let error = edited(|value| value["format"] = json!("popw.proof"));
    assert!(matches!(error, DocumentError::Format { ref found, .. } if found == "popw.proof"));
    let error = edited(|value| value["version"] = json!(2));
    assert!(matches!(error, DocumentError::Version { found: 2, .. }));
    // r itself, a point off the curve, and the identity.
    let r = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let error = edited(|value| value["extra"] = json!(1));
    assert!(matches!(error, DocumentError::Malformed { .. }));
    for key in [json!({"x": r, "y": "1"}), json!({"x": "1", "y": "1"}), json!({"x": "0", "y": "1"})] {
        fs::write(&path, &whole).unwrap();
        edit(&path, |value| value["public_key"] = key);
        assert!(matches!(document(KeyFile::read(&path).unwrap_err()), DocumentError::Malformed { .. }));
    }
    fs::write(&path, &whole).unwrap();
    edit(&path, |value| value["owner"] = json!(r));
    assert!(matches!(document(KeyFile::read(&path).unwrap_err()), DocumentError::Malformed { .. }));
}

#[test]
fn a_foreign_work_factor_is_bounded() {
    let folder = tempdir().unwrap();
    let path = encrypted(&folder);
    edit(&path, |value| {
        // age's header names the factor in its scrypt stanza; the check comes before any work is done.
        let header = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 40\n\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
        value["seed"]["age"] = json!(format!("{header}{}", "0".repeat(64)));
    });
    assert!(matches!(unlock(&path), KeyFileError::ExcessiveWork { required: 40, .. }));
}

#[test]
fn a_key_is_protected_anew_and_stays_the_same() {
    let folder = tempdir().unwrap();
    let path = encrypted(&folder);
    let file = KeyFile::read(&path).unwrap();
    let key = file.unlock(Some(&passphrase())).unwrap();
    let another = SecretString::from("battery staple");
    file.protect(&key, Protection::PassphraseWithWork(&another, WORK + 1)).unwrap();
    assert!(matches!(unlock(&path), KeyFileError::WrongPassphrase(_)), "the old passphrase");
    let anew = KeyFile::read(&path).unwrap();
    assert_eq!((file.work_factor(), anew.work_factor()), (Some(WORK), Some(WORK + 1)));
    let unlocked = anew.unlock(Some(&another)).unwrap();
    assert_eq!((unlocked.public_key(), unlocked.endpoint()), (key.public_key(), key.endpoint()));
    assert_eq!((unlocked.role(), unlocked.owner()), (key.role(), key.owner()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    // In the open and back; never with the seed of another key.
    let open = KeyFile::read(&plaintext(&folder)).unwrap();
    assert_eq!(open.work_factor(), None);
    let before = fs::read(&path).unwrap();
    let foreign = open.unlock(None).unwrap();
    let error = anew.protect(&foreign, Protection::InsecurePlaintext).unwrap_err();
    assert!(matches!(error, KeyFileError::PublicKeyMismatch(_)), "{error}");
    let empty = SecretString::from("");
    let error = anew.protect(&unlocked, Protection::Passphrase(&empty)).unwrap_err();
    assert!(matches!(error, KeyFileError::EmptyPassphrase), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
    open.protect(&foreign, Protection::PassphraseWithWork(&another, WORK)).unwrap();
    let text = fs::read_to_string(plaintext_path(&folder)).unwrap();
    assert!(!text.contains("INSECURE") && !text.contains(&hex::encode([7u8; 32])), "{text}");
}

/// N = 2^18, as files were made before: 256 MiB.
#[test]
fn keys_of_the_former_work_factor_open() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("device.key");
    KeyFile::create(&path, Role::Device, None, Protection::PassphraseWithWork(&passphrase(), 18)).unwrap();
    let file = KeyFile::read(&path).unwrap();
    assert_eq!(file.work_factor(), Some(18));
    assert_eq!(file.unlock(Some(&passphrase())).unwrap().public_key(), file.public_key());
}

proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = KeyFile::parse(Zeroizing::new(bytes), Path::new("k"));
    }

    #[test]
    fn any_seed_text_is_opened_or_refused(text in "\\PC{0,300}") {
        let folder = tempdir().unwrap();
        let path = plaintext(&folder);
        for kind in ["age", "INSECURE-PLAINTEXT"] {
            edit(&path, |value| value["seed"] = json!({ kind: text }));
            let _ = KeyFile::read(&path).unwrap().unlock(Some(&passphrase()));
        }
    }
}
