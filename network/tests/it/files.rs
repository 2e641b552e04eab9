use std::fs;
use std::io::{self, Write};
use std::path::Path;

use popw_core::document::{Document, DocumentError};
use popw_network::files::{self, Access, Content, FileError, Output, Overwrite, Plan};
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

/// Neither a killed writer's leavings nor whatever else has a name like a temporary file's is in the way, or touched.
#[test]
fn files_beside_the_target_are_nobodys_business() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    let names = [".popw-0123456789abcdef.tmp", "note.partial", "note.tmp", ".note.tmp"];
    for name in names {
        put(&folder.path().join(name), "another's");
    }
    files::write(&path, "note", b"whole", Overwrite::No, Access::Public).unwrap();
    assert_eq!(files::read(&path, "note", 100).unwrap(), b"whole");
    for name in names {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), b"another's", "{name}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), names.len() + 1);
}

#[test]
fn an_output_that_is_dropped_leaves_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("note");
    let mut output = Output::new(&path, Content::stream("note"), Overwrite::No).unwrap();
    output.file().unwrap().write_all(b"half").unwrap();
    drop(output);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_name_as_long_as_the_system_takes_can_be_written_and_a_longer_one_is_told_before() {
    let folder = tempdir().unwrap();
    for length in [234, 255] {
        let path = folder.path().join("n".repeat(length));
        files::write(&path, "note", b"x", Overwrite::No, Access::Public).unwrap();
        files::write(&path, "note", b"y", Overwrite::Yes, Access::Public).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"y", "{length}");
    }
    let path = folder.path().join("n".repeat(256));
    let error = Output::new(&path, Content::stream("note"), Overwrite::No).unwrap_err();
    assert!(matches!(error, FileError::NameTooLong { .. }), "{error}");
}

#[test]
fn one_file_is_not_two_outputs_and_no_input() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    put(&at("input"), "in");
    put(&at("old"), "old");
    fs::create_dir(at("inner")).unwrap();
    fs::create_dir_all(at("store/sectors")).unwrap();
    put(&at("store/sectors/one"), "sector");
    let plan = Plan::new(Overwrite::Yes).reading([at("input").as_path(), &at("absent")]);
    let mut plan = plan.reading_folders([at("inner/../store"), at("nowhere")]);
    let mut outputs = Vec::new();
    for name in ["new", "old"] {
        outputs.push(plan.output(&at(name), Content::stream("proof")).unwrap());
    }
    for name in ["new", "inner/../new", "old", "inner/../old"] {
        let error = plan.output(&at(name), Content::stream("list")).unwrap_err();
        assert!(
            matches!(error, FileError::SameOutput { other: "proof", what: "list", .. }),
            "{name}: {error}"
        );
    }
    let in_store = ["store/new", "store/sectors/one", "inner/../store/sectors/new"];
    for name in ["input", "inner/../input", "absent", "inner/../absent"].into_iter().chain(in_store) {
        let error = plan.output(&at(name), Content::stream("list")).unwrap_err();
        assert!(matches!(error, FileError::Input { .. }), "{name}: {error}");
    }
    let other = plan.output(&at("other"), Content::stream("list")).unwrap();
    other.write(b"list").unwrap();
    drop(outputs);
    assert_eq!(fs::read(at("old")).unwrap(), b"old");
    assert!(!at("new").exists() && !at("absent").exists() && at("other").exists());
    assert_eq!(fs::read(at("store/sectors/one")).unwrap(), b"sector");
}

#[test]
fn of_several_outputs_all_are_published_or_none() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let plan = |overwrite| {
        let mut plan = Plan::new(overwrite);
        ["a", "b"].map(|name| {
            let output = plan.output(&at(name), Content::stream("note")).unwrap();
            output.filled(|file| file.write_all(name.as_bytes())).unwrap()
        })
    };
    let both = plan(Overwrite::No);
    put(&at("b"), "the other's");
    let error = files::finish_all(both).unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error}");
    assert!(!at("a").exists());
    assert_eq!(fs::read(at("b")).unwrap(), b"the other's");
    files::finish_all(plan(Overwrite::Yes)).unwrap();
    assert_eq!([fs::read(at("a")).unwrap(), fs::read(at("b")).unwrap()], [b"a", b"b"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn links_are_followed_where_they_lead_somewhere() {
    use std::os::unix::fs::symlink;
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("inner")).unwrap();
    put(&at("inner/file"), "old");
    symlink("inner/file", at("link")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("inner", at("folder")).unwrap();
    let write = |name: &str, overwrite| files::write(&at(name), "note", b"new", overwrite, Access::Public);

    let error = write("link", Overwrite::No).unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error}");
    write("link", Overwrite::Yes).unwrap();
    assert_eq!(fs::read(at("inner/file")).unwrap(), b"new");
    assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
    for overwrite in [Overwrite::No, Overwrite::Yes] {
        let error = write("dangling", overwrite).unwrap_err();
        assert!(matches!(error, FileError::DanglingLink { .. }), "{error}");
        assert!(!at("nowhere").exists());
        let error = write("folder", overwrite).unwrap_err();
        assert!(matches!(error, FileError::Folder { .. }), "{error}");
    }
    // By whatever name, one file is one.
    let mut plan = Plan::new(Overwrite::Yes).reading([at("link").as_path()]);
    let error = plan.output(&at("inner/file"), Content::stream("note")).unwrap_err();
    assert!(matches!(error, FileError::Input { .. }), "{error}");
    fs::hard_link(at("inner/file"), at("hard")).unwrap();
    let error = plan.output(&at("hard"), Content::stream("note")).unwrap_err();
    assert!(matches!(error, FileError::Input { .. }), "{error}");
    // A link that takes the target's place meanwhile is not written through.
    let output = Output::new(&at("late"), Content::stream("note"), Overwrite::Yes).unwrap();
    symlink("inner/file", at("late")).unwrap();
    let error = output.write(b"late").unwrap_err();
    assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
    assert_eq!(fs::read(at("inner/file")).unwrap(), b"new");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_written_to_and_never_replaced() {
    use std::os::unix::fs::FileTypeExt;
    use std::process::Command;
    let folder = tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for overwrite in [Overwrite::No, Overwrite::Yes] {
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        files::write(&pipe, "note", b"through", overwrite, Access::Public).unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        files::write(Path::new("/dev/null"), "note", b"gone", overwrite, Access::Public).unwrap();
        // What is written at positions, and what is secret, goes to files only.
        for content in [Content::file("key"), Content::secret("key")] {
            for path in [&*pipe, Path::new("/dev/null")] {
                let error = Output::new(path, content, overwrite).unwrap_err();
                assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
            }
        }
    }
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || files::read(&pipe, "note", 100).unwrap()
    });
    fs::write(&pipe, "read through").unwrap();
    assert_eq!(reader.join().unwrap(), b"read through");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_to_be_full() {
    let error =
        files::write(Path::new("/dev/full"), "note", b"x", Overwrite::No, Access::Public).unwrap_err();
    assert!(matches!(error, FileError::DiskFull { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn what_is_gone_on_with_is_a_file_of_ones_own() {
    use std::os::unix::fs::symlink;
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    put(&at("victim"), "precious");
    symlink("victim", at("link")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    for name in ["link", "dangling"] {
        assert_eq!(popw_files::resume(&at(name)).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{name}");
    }
    popw_files::resume(&at("part")).unwrap().write_all(b"some").unwrap();
    popw_files::resume(&at("part")).unwrap().write_all(b"s").unwrap();
    let error = popw_files::publish(&at("part"), &at("victim"), Overwrite::No).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(at("victim")).unwrap(), b"precious");
    popw_files::publish(&at("part"), &at("whole"), Overwrite::No).unwrap();
    assert_eq!(fs::read(at("whole")).unwrap(), b"some");
    assert!(!at("part").exists() && !at("nowhere").exists());
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
    assert!(matches!(write(folder.path()), FileError::Folder { .. }));
    assert!(matches!(write(&folder.path().join("none/")), FileError::Folder { .. }));
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
    let error = Output::new(&target, Content::stream("note"), Overwrite::Yes).unwrap_err();
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
    assert!(matches!(files::read(folder.path(), "note", 5).unwrap_err(), FileError::Folder { .. }));
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
