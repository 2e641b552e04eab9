//! Disks that are full or cannot be written to.

use std::fs;
use std::path::Path;

use popw_storage::layout::BLOCK_BYTES;
use popw_storage::{AddOptions, Silent, StorageError, add};

use super::common::{World, bytes};
use super::processes::Adder;

/// Seen before a byte is written. A sparse file is as long as one likes.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_cannot_fit_is_refused_before_anything_is_written() {
    let world = World::new(b"");
    let file = fs::File::create(world.source()).unwrap();
    // As large as this file system allows; a disk that is larger is not met.
    let Some(size) = (40..48).rev().map(|log| 1 << log).find(|size| file.set_len(*size).is_ok()) else {
        eprintln!("SKIPPED: no sparse file of 1 TiB here");
        return;
    };
    let error = add(&world.source(), &world.store(), &AddOptions::default(), &mut Silent).unwrap_err();
    let StorageError::NoSpace { needed, available, .. } = error else { panic!("{error}") };
    assert!(needed > size + size / 7 && available < needed);
    assert_eq!(world.names(), [""; 0]);
}

/// A limit on the size of files, which ends writes as a full disk or a quota does.
#[test]
#[cfg(target_os = "linux")]
fn a_write_that_fails_leaves_nothing() {
    let world = World::new(&bytes(3 * BLOCK_BYTES as usize, 61));
    // 2 MiB in blocks of 512 bytes; without the signal, writes beyond are errors.
    let limits = ["sh", "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$@\"", "sh"];
    let outcome = Adder::start_in(&limits, "add", &world.source(), &world.store()).outcome();
    assert!(outcome.starts_with("error DiskFull"), "{outcome}");
    assert!(
        outcome.contains("no room to write the data") && outcome.contains("add the file again"),
        "{outcome}"
    );
    assert_eq!(world.names(), [""; 0]);
    world.add();
}

/// A child in a file system of its own, if this machine allows one: made by `mount` from `options`.
#[cfg(target_os = "linux")]
fn in_tmpfs(role: &str, source: &Path, mounted: &Path, prepare: &str) -> Option<String> {
    let shell = format!("{prepare} || exit 77; exec \"$@\"");
    for unshare in [&["unshare", "--mount"][..], &["unshare", "--map-root-user", "--mount"]] {
        let wrapper = [unshare, &["sh", "-c", &shell, "sh"]].concat();
        let mut adder = Adder::start_in(&wrapper, role, source, &mounted.join("store"));
        if adder.hear("ready").is_some() {
            return Some(adder.outcome());
        }
        adder.child.wait().unwrap();
    }
    eprintln!("SKIPPED: this user may not mount a tmpfs");
    assert!(std::env::var_os("REQUIRE_TMPFS").is_none());
    None
}

/// Full from the middle on, because somebody else wrote.
#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_fills_up_meanwhile_is_told() {
    let world = World::new(&bytes(4 * BLOCK_BYTES as usize, 62));
    let mounted = world.folder.path().join("small");
    fs::create_dir(&mounted).unwrap();
    let prepare = format!("mount -t tmpfs -o size=8m none '{}'", mounted.display());
    if let Some(outcome) = in_tmpfs("fill", &world.source(), &mounted, &prepare) {
        assert!(outcome.starts_with("error DiskFull"), "{outcome}");
        assert!(outcome.contains("nothing was kept, so free some space"), "{outcome}");
    }
    let prepare = format!("mount -t tmpfs -o size=2m none '{}'", mounted.display());
    if let Some(outcome) = in_tmpfs("add", &world.source(), &mounted, &prepare) {
        assert!(outcome.starts_with("error NoSpace"), "{outcome}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_only_store_is_told() {
    let world = World::new(&bytes(1000, 63));
    let mounted = world.folder.path().join("locked");
    fs::create_dir(&mounted).unwrap();
    let prepare = format!("mount -t tmpfs -o ro none '{}'", mounted.display());
    if let Some(outcome) = in_tmpfs("add", &world.source(), &mounted, &prepare) {
        assert!(outcome.starts_with("error Permission"), "{outcome}");
        assert!(
            outcome.contains("no permission to create the store") && outcome.contains("read-only"),
            "{outcome}"
        );
    }
}

/// Root may write anywhere, so a folder's mode says nothing there: /proc refuses root, too.
#[test]
#[cfg(target_os = "linux")]
fn a_folder_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(&bytes(1000, 64));
    let locked = world.folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    let root = fs::write(locked.join("probe"), "").is_ok();
    let store = if root { Path::new("/proc/store").to_path_buf() } else { locked.join("store") };
    let error = add(&world.source(), &store, &AddOptions::default(), &mut Silent).unwrap_err();
    assert!(
        matches!(error, StorageError::Permission { action: "create", .. } | StorageError::NotFound { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("store"), "{error}");
}
