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

/// Nothing is wrong with a sector because the scrub's position cannot be written down.
#[test]
#[cfg(target_os = "linux")]
fn a_scrub_on_a_full_disk_finds_no_damage() {
    let world = World::new(&bytes(900_000, 66));
    let mounted = world.folder.path().join("filled");
    fs::create_dir(&mounted).unwrap();
    let prepare = format!("mount -t tmpfs -o size=2m none '{}'", mounted.display());
    if let Some(outcome) = in_tmpfs("scrub full", &world.source(), &mounted, &prepare) {
        assert!(outcome.starts_with("scrubbed 0 Some(DiskFull"), "{outcome}");
        assert!(!outcome.contains("add the file"), "{outcome}");
    }
}

/// How a child is started that may not look where it has no permission, which root may.
#[cfg(target_os = "linux")]
fn bounded(folder: &Path) -> Option<&'static [&'static str]> {
    use std::os::unix::fs::PermissionsExt;
    let probe = folder.join("probe");
    fs::create_dir(&probe).unwrap();
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&probe).is_err() {
        return Some(&[]);
    }
    let wrapper = &["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
    let look = |folder: &Path| {
        let look = std::process::Command::new(wrapper[0]).args(&wrapper[1..]).arg("ls").arg(folder).output();
        look.is_ok_and(|look| look.status.success())
    };
    if look(folder) && !look(&probe) {
        return Some(wrapper);
    }
    eprintln!("SKIPPED: this user may read everything");
    None
}

/// Without permission nothing is known of a sector; without its files it is damaged.
#[test]
#[cfg(target_os = "linux")]
fn what_may_not_be_read_is_not_damaged() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(&bytes(1000, 67));
    let sector = world.add();
    let Some(wrapper) = bounded(world.folder.path()) else { return };
    let look = || Adder::start_in(wrapper, "look", &world.source(), &world.store()).outcome();
    assert_eq!(look(), "scrubbed 0 None");
    let file = |name| sector.folder().join(name);
    let locked = [
        world.store(),
        sector.folder().into(),
        file("data"),
        file("tree"),
        file("outboard"),
        file("sector.json"),
    ];
    for path in locked {
        let mode = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        let outcome = look();
        fs::set_permissions(&path, mode).unwrap();
        assert!(outcome.starts_with("error Permission"), "{}: {outcome}", path.display());
        assert!(outcome.ends_with("damage=false"), "{}: {outcome}", path.display());
    }
    // A folder that can be read and not written to: nothing is wrong, only the position is not kept.
    fs::set_permissions(sector.folder(), fs::Permissions::from_mode(0o500)).unwrap();
    let outcome = look();
    fs::set_permissions(sector.folder(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(outcome.starts_with("scrubbed 0 Some(Permission"), "{outcome}");
    for name in ["data", "tree", "outboard", "sector.json"] {
        let away = world.folder.path().join("away");
        fs::rename(file(name), &away).unwrap();
        let outcome = look();
        fs::rename(&away, file(name)).unwrap();
        assert!(outcome.starts_with("error NotFound"), "{name}: {outcome}");
        assert!(outcome.ends_with("damage=true"), "{name}: {outcome}");
    }
    assert_eq!(look(), "scrubbed 0 None");
}

/// Folders and files below that may not be read: the rest is taken in, and they are told.
#[test]
#[cfg(target_os = "linux")]
fn what_may_not_be_read_below_a_folder_holds_up_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(b"x");
    let folder = world.folder.path().join("disk");
    fs::create_dir_all(folder.join("lost+found")).unwrap();
    fs::write(folder.join("film"), bytes(1000, 68)).unwrap();
    fs::write(folder.join("secret"), bytes(1000, 69)).unwrap();
    let Some(wrapper) = bounded(world.folder.path()) else { return };
    for name in ["lost+found", "secret"] {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let mut adder = Adder::start_in(wrapper, "folder", &folder, &world.store());
    let skipped = adder.hear("skipped ").unwrap();
    assert!(skipped.contains("lost+found: no permission to read the folder to add"), "{skipped}");
    let failed = adder.hear("error ").unwrap();
    assert!(failed.contains("disk/secret: Permission"), "{failed}");
    assert_eq!(adder.outcome(), "added 1");
    fs::set_permissions(folder.join("lost+found"), fs::Permissions::from_mode(0o700)).unwrap();
}

/// A folder of more files than a process may have open.
#[test]
#[cfg(target_os = "linux")]
fn a_folder_takes_few_open_files() {
    let world = World::new(b"x");
    let folder = world.folder.path().join("many");
    fs::create_dir(&folder).unwrap();
    for i in 0..600u64 {
        fs::write(folder.join(i.to_string()), i.to_le_bytes()).unwrap();
    }
    let limits = ["sh", "-c", "ulimit -n 256; exec \"$@\"", "sh"];
    let outcome = Adder::start_in(&limits, "folder", &folder, &world.store()).outcome();
    assert_eq!(outcome, "added 600");
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
