use std::fs;
use std::io::{self, Write};
use std::path::Path;

use popw_core::document::{Document, DocumentError};
use popw_network::files::{self, Access, FileError, Overwrite};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::tempdir;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    format: String,
    version: u32,
    text: String,
}

impl Document for Note {
    const FORMAT: &'static str = "test.note";
    const VERSION: u32 = 3;

    fn check(&self) -> Result<(), DocumentError> {
        Ok(())
    }
}

fn note() -> Note {
    Note { format: "test.note".into(), version: 3, text: "hello".into() }
}

fn put(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[test]
fn a_document_comes_back() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note.json");
    files::write_json(&path, "note", &note(), Overwrite::No, Access::Public).unwrap();
    assert_eq!(files::read_document::<Note>(&path, "note", 1000).unwrap(), note());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    files::write(&path, "note", b"one", Overwrite::No, Access::Public).unwrap();
    let error = files::write(&path, "note", b"two", Overwrite::No, Access::Public).unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"one");
    files::write(&path, "note", b"two", Overwrite::Yes, Access::Public).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_file_made_while_writing_is_kept() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    let error = files::write_with(&path, "note", Overwrite::No, Access::Public, |file| {
        put(&path, "the other's");
        file.write_all(b"mine")
    })
    .unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"the other's");
}

#[test]
fn a_failing_writer_leaves_the_old_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    put(&path, "old");
    let error = files::write_with(&path, "note", Overwrite::Yes, Access::Public, |file| {
        file.write_all(b"half")?;
        Err(io::Error::other("no more"))
    })
    .unwrap_err();
    assert!(matches!(error, FileError::Io { action: "write", .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_killed_writers_temporary_file_is_in_nobodys_way() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    put(&folder.path().join(".note.0123456789abcdef.tmp"), "half");
    files::write(&path, "note", b"whole", Overwrite::No, Access::Public).unwrap();
    assert_eq!(files::read(&path, "note", 100).unwrap(), b"whole");
}

#[cfg(unix)]
#[test]
fn secrets_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let path = folder.path().join("secret");
    files::write(&path, "secret", b"s", Overwrite::No, Access::Secret).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_cannot_be_written_says_why() {
    let folder = tempdir().unwrap();
    let write = |path: &Path| files::write(path, "note", b"x", Overwrite::Yes, Access::Public).unwrap_err();
    assert!(matches!(write(&folder.path().join("none/note")), FileError::NoFolder { .. }));
    put(&folder.path().join("file"), "");
    assert!(matches!(write(&folder.path().join("file/note")), FileError::NoFolder { .. }));
    assert!(matches!(write(folder.path()), FileError::NotAFile { .. }));
}

/// Root may write anywhere, so a folder's mode says nothing there: /proc refuses root, too.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    let path = folder.path().join("note");
    let target = if fs::write(&path, "").is_ok() { Path::new("/proc/note").to_path_buf() } else { path };
    let error = files::write(&target, "note", b"x", Overwrite::Yes, Access::Public).unwrap_err();
    assert!(
        matches!(error, FileError::Permission { action: "write", .. } | FileError::NoFolder { .. }),
        "{error}"
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    let read = |limit| files::read(&path, "note", limit).unwrap_err();
    assert!(matches!(read(10), FileError::NotFound { .. }));
    put(&path, "12345");
    assert!(matches!(read(4), FileError::TooLarge { limit: 4, .. }));
    assert_eq!(files::read(&path, "note", 5).unwrap(), b"12345");
    assert!(matches!(files::read(folder.path(), "note", 5).unwrap_err(), FileError::NotAFile { .. }));
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(files::read_text(&path, "note", 5).unwrap_err(), FileError::NotText { .. }));
}

#[test]
fn documents_of_other_kinds_are_told_apart() {
    let parse = |text: &str| match files::parse_document::<Note>(text.as_bytes(), Path::new("n"), "note") {
        Err(FileError::Document { source, .. }) => source,
        other => panic!("{other:?}"),
    };
    for text in ["", "[]", "{}", r#"{"format":"test.note"}"#, r#"{"format":"test.note","version":3}"#] {
        assert!(matches!(parse(text), DocumentError::Malformed { .. }), "{text}");
    }
    assert!(matches!(parse(r#"{"format":"other","version":3}"#), DocumentError::Format { .. }));
    assert!(matches!(
        parse(r#"{"format":"test.note","version":4}"#),
        DocumentError::Version { found: 4, .. }
    ));
    let whole = serde_json::to_string(&note()).unwrap();
    for cut in 0..whole.len() {
        assert!(matches!(parse(&whole[..cut]), DocumentError::Malformed { .. }), "cut at {cut}");
    }
    assert!(matches!(parse(&format!("{whole} x")), DocumentError::Malformed { .. }));
}

#[test]
fn messages_name_file_kind_and_remedy() {
    let error = files::read(Path::new("/nowhere/key.json"), "key file", 1).unwrap_err().to_string();
    assert_eq!(error, "key file not found at /nowhere/key.json: check the path, or create it first");
}

proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = files::parse_document::<Note>(&bytes, Path::new("n"), "note");
    }
}
