//! The store as a user sees it: exit codes, what is printed, and what is repaired.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const POPW: &str = env!("CARGO_BIN_EXE_popw");

/// A folder with a file in it.
struct Desk {
    folder: tempfile::TempDir,
}

/// What a run has printed.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        fs::write(desk.path("film"), film()).expect("a file");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another program that is given popw's arguments, or popw itself.
    fn run_in(&self, wrapper: &[&str], arguments: &[&str]) -> Run {
        let words = [wrapper, &[POPW], arguments].concat();
        let output = Command::new(words[0]).args(&words[1..]).current_dir(self.folder.path()).output();
        Run::of(&output.expect("it runs"))
    }

    /// `popw storage …`, which ends with this exit code.
    fn storage(&self, code: i32, arguments: &[&str]) -> Run {
        let run = self.run_in(&[], &[&["storage"], arguments].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
        run
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let run = self.run_in(&[], &[&["--json", "storage"], arguments].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
        serde_json::from_str(&run.out).expect("one JSON value")
    }

    /// The folder of the store's only sector, and its name.
    fn sector(&self, store: &str) -> (PathBuf, String) {
        let entries = fs::read_dir(self.path(store)).expect("a store").map(|entry| entry.expect("an entry"));
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut ids = names.filter(|name| name.len() == 64);
        let id = ids.next().expect("a sector");
        assert_eq!(ids.next(), None);
        (self.path(store).join(&id), id)
    }
}

fn film() -> Vec<u8> {
    (0..100_000u64).map(|i| ((i * i) >> 7) as u8).collect()
}

fn damage(path: &Path) {
    let mut content = fs::read(path).expect("a file");
    content[5000] ^= 1;
    fs::write(path, content).expect("a file");
}

#[test]
fn a_damaged_copy_is_repaired_by_adding_the_file() {
    let desk = Desk::new();
    assert!(desk.storage(0, &["add", "film"]).out.starts_with("film: taken in"));
    let (folder, id) = desk.sector("store");
    for more in [&[][..], &["--restart"]] {
        damage(&folder.join("data"));
        let scrub = desk.storage(6, &["scrub", "--restart"]);
        assert!(scrub.out.starts_with(&format!("DAMAGED {id}")), "{scrub:?}");
        assert!(scrub.out.contains("or take a whole copy of the file, and add it"), "{scrub:?}");
        let add = desk.storage(0, &[&["add", "film"], more].concat());
        assert!(add.out.starts_with("film: repaired, its data were damaged"), "{add:?}");
        desk.storage(0, &["audit", "--challenges", "256"]);
        desk.storage(0, &["scrub"]);
    }
    damage(&folder.join("tree"));
    let repaired = desk.json(0, &["add", "film"]);
    assert_eq!(repaired["repaired"], "its tree, its hashes or its record were damaged");
    assert_eq!(repaired["new"], false);
    // What is whole is left alone, and said to be there.
    assert!(desk.storage(0, &["add", "film"]).out.starts_with("film: is in the store already"));
    assert_eq!(desk.json(0, &["add", "film", "--restart"])["repaired"], Value::Null);
}

#[test]
fn a_moved_file_has_a_way_back() {
    let desk = Desk::new();
    let linked = ["--store", "linked"];
    desk.storage(0, &[&["add", "film", "--link"], &linked[..]].concat());
    let (_, id) = desk.sector("linked");
    fs::rename(desk.path("film"), desk.path("moved")).expect("moved");
    let rebuild = desk.storage(1, &[&["rebuild", &id], &linked[..]].concat());
    assert!(rebuild.err.contains("remedy: popw storage add FILE --link --store linked"), "{rebuild:?}");
    let scrub = desk.storage(6, &[&["scrub"], &linked[..]].concat());
    assert!(scrub.out.contains("add it again as a link from where it is now"), "{scrub:?}");

    // Another file is no way back.
    fs::write(desk.path("other"), "something else").expect("a file");
    let other = desk.storage(0, &[&["add", "other", "--link"], &linked[..]].concat());
    assert!(other.out.starts_with("other: taken in"), "{other:?}");
    desk.storage(6, &[&["scrub", &id], &linked[..]].concat());

    let add = desk.storage(0, &[&["add", "moved", "--link"], &linked[..]].concat());
    assert!(add.out.starts_with("moved: repaired, it linked to "), "{add:?}");
    let scrub = desk.storage(0, &[&["scrub"], &linked[..]].concat());
    assert_eq!(scrub.out.matches(": whole").count(), 2, "{scrub:?}");
}

#[test]
fn what_a_folder_holds_is_told_and_counted() {
    let desk = Desk::new();
    let odd = desk.path("odd");
    fs::create_dir_all(odd.join("inner")).expect("a folder");
    fs::write(odd.join("inner/one"), "one").expect("a file");
    fs::write(odd.join("two"), "two").expect("a file");
    symlink("../film", odd.join("link")).expect("a link");
    assert!(Command::new("mkfifo").arg(odd.join("fifo")).status().expect("mkfifo").success());
    let add = desk.storage(0, &["add", "odd"]);
    for warning in ["skipped odd/link: a symbolic link", "skipped odd/fifo: a pipe"] {
        assert!(add.err.contains(&format!("warning: {warning}")), "{add:?}");
    }
    let lines: Vec<_> = add.out.lines().collect();
    assert!(lines[0].starts_with("odd/inner/one: taken in") && lines[1].starts_with("odd/two: taken in"));
    assert_eq!(lines[2..], ["2 sectors: 2 taken in; 2 skipped"]);

    damage_short(&desk.path("store"), b"two");
    let again = desk.json(0, &["add", "odd"]);
    let counts = serde_json::json!({ "new": 0, "present": 1, "repaired": 1, "failed": 0, "skipped": 2 });
    assert_eq!(again["counts"], counts);
    assert_eq!(again["sectors"].as_array().map(Vec::len), Some(2));
    assert_eq!(again["skipped"][1]["path"], "odd/link");
    assert!(again["skipped"][1]["why"].as_str().is_some_and(|why| why.contains("not followed")), "{again}");
}

/// Changes the sector of a content.
fn damage_short(store: &Path, content: &[u8]) {
    let data = store.join(blake3::hash(content).to_hex().as_str()).join("data");
    fs::write(data, b"owt").expect("the data");
}

/// How popw is started without the right to read everything, which root has.
fn bounded(desk: &Desk) -> Option<&'static [&'static str]> {
    let probe = desk.path("probe");
    fs::create_dir(&probe).expect("a folder");
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o0)).expect("a mode");
    if fs::read_dir(&probe).is_err() {
        return Some(&[]);
    }
    let wrapper = &["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
    let look = |folder: &Path| {
        let look = Command::new(wrapper[0]).args(&wrapper[1..]).arg("ls").arg(folder).output();
        look.is_ok_and(|look| look.status.success())
    };
    if look(desk.folder.path()) && !look(&probe) {
        return Some(wrapper);
    }
    eprintln!("SKIPPED: this user may read everything");
    None
}

#[test]
fn what_may_not_be_read_is_not_called_damaged() {
    let desk = Desk::new();
    desk.storage(0, &["add", "film"]);
    let (folder, id) = desk.sector("store");
    let Some(wrapper) = bounded(&desk) else { return };
    for locked in [&folder, &folder.join("tree"), &desk.path("store")] {
        let mode = fs::metadata(locked).expect("there").permissions();
        fs::set_permissions(locked, fs::Permissions::from_mode(0o0)).expect("a mode");
        let runs = [&["audit"][..], &["audit", &id], &["scrub"], &["scrub", &id]];
        let runs = runs.map(|arguments| desk.run_in(wrapper, &[&["storage"], arguments].concat()));
        fs::set_permissions(locked, mode).expect("a mode");
        for run in runs {
            assert_eq!(run.code, Some(9), "{}: {run:?}", locked.display());
            assert!(format!("{}{}", run.out, run.err).contains("no permission to read"), "{run:?}");
            assert!(!run.out.contains("DAMAGED"), "{run:?}");
        }
    }
    // Damage elsewhere is still the worst there is.
    fs::write(desk.path("other"), "other").expect("a file");
    desk.storage(0, &["add", "other"]);
    damage_short(&desk.path("store"), b"other");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o0)).expect("a mode");
    let both = desk.run_in(wrapper, &["storage", "scrub"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("a mode");
    assert_eq!(both.code, Some(6), "{both:?}");
    assert!(both.out.contains(&format!("NOT CHECKED {id}: no permission")), "{both:?}");
}

/// On a disk of its own, if this machine allows one.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_not_called_damage() {
    let desk = Desk::new();
    fs::create_dir(desk.path("full")).expect("a folder");
    let script = "mount -t tmpfs -o size=512k none full || exit 77
        \"$1\" storage add film --store full/store >/dev/null || exit 78
        head -c 1000000 /dev/zero >full/filler 2>/dev/null
        \"$1\" storage scrub --store full/store";
    for unshare in [&["unshare", "--mount"][..], &["unshare", "--map-root-user", "--mount"]] {
        let run = desk.run_in(&[unshare, &["sh", "-c", script, "sh"]].concat(), &[]);
        if run.code != Some(77) && !run.err.contains("unshare") {
            assert_eq!(run.code, Some(9), "{run:?}");
            assert!(run.out.ends_with(": whole\n") && !run.out.contains("DAMAGED"), "{run:?}");
            assert!(run.err.contains("is not kept: no room to write the scrub's position"), "{run:?}");
            assert!(!run.err.contains("add the file"), "{run:?}");
            return;
        }
    }
    eprintln!("SKIPPED: this user may not mount a tmpfs");
    assert!(std::env::var_os("REQUIRE_TMPFS").is_none());
}
