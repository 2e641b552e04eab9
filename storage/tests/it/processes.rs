//! Other processes. A child is this test binary, running `child` alone.

use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use popw_storage::layout::BLOCK_BYTES;
use popw_storage::{
    AddOptions, Added, FolderReport, Progress, ScrubOptions, Sector, SectorId, Silent, Skipped, StorageError,
    add, add_folder, scrub, store,
};

use super::common::{World, bytes, careful, names};

const ROLE: &str = "POPW_TEST_ROLE";
const SOURCE: &str = "POPW_TEST_SOURCE";
const STORE: &str = "POPW_TEST_STORE";

/// Not a test of its own: what the other tests start.
#[test]
fn child() {
    let [Ok(role), Ok(source), Ok(store)] = [ROLE, SOURCE, STORE].map(env::var) else { return };
    let (source, store) = (PathBuf::from(source), PathBuf::from(store));
    say("ready");
    match role.as_str() {
        "folder" => return whole_folder(&source, &store),
        "look" => return look(&source, &store),
        "scrub full" => return scrub_full(&source, &store),
        _ => {}
    }
    let mut report = |done: u64, _: u64| match role.as_str() {
        // Another program takes what is left of the disk.
        "fill" => drop(fs::write(store.join("filler"), vec![1; 32 << 20])),
        "hold" => {
            say("holding");
            thread::sleep(Duration::from_secs(60));
        }
        _ => say(&format!("done {done}")),
    };
    let mut options = if role == "large" { AddOptions::default() } else { careful() };
    options.wait = role == "wait";
    match add(&source, &store, &options, &mut report) {
        Ok(added) => say(&format!("added {} new={}", added.sector.id(), added.new)),
        Err(error) => say(&format!("error {error:?}: {error}")),
    }
    if let Ok(status) = fs::read_to_string("/proc/self/status")
        && let Some(peak) = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))
    {
        say(&format!("peak {}", peak.trim().trim_end_matches(" kB")));
    }
}

/// Adds a folder, and says each file.
fn whole_folder(source: &Path, store: &Path) {
    struct Say(u32);
    impl Progress for Say {
        fn report(&mut self, _: u64, _: u64) {}
    }
    impl FolderReport for Say {
        fn file(&mut self, path: &Path, outcome: Result<Added, StorageError>) {
            match outcome {
                Ok(_) => self.0 += 1,
                Err(error) => say(&format!("error {}: {error:?}", path.display())),
            }
            say(&format!("file {}", path.display()));
        }

        fn skipped(&mut self, path: &Path, why: &Skipped) {
            say(&format!("skipped {}: {why}", path.display()));
        }
    }
    let mut told = Say(0);
    match add_folder(source, store, &AddOptions::default(), &mut told) {
        Ok(()) => say(&format!("added {}", told.0)),
        Err(error) => say(&format!("error {error:?}")),
    }
}

/// Scrubs the source's sector.
fn look(source: &Path, store: &Path) {
    let id = SectorId(*blake3::hash(&fs::read(source).unwrap()).as_bytes());
    let afresh = ScrubOptions { resume: false, ..ScrubOptions::default() };
    match Sector::open(store, id).and_then(|sector| scrub(&sector, &afresh, &mut Silent)) {
        Ok(found) => say(&format!("scrubbed {} {:?}", found.damaged.len(), found.not_kept)),
        Err(error) => say(&format!("error {error:?} damage={}", error.is_damage())),
    }
}

/// Adds the source, and scrubs its sector when another program has taken what was left of the disk.
fn scrub_full(source: &Path, store: &Path) {
    add(source, store, &AddOptions::default(), &mut Silent).unwrap();
    fs::write(store.join("filler"), vec![1; 32 << 20]).unwrap_err();
    look(source, store);
}

/// On a line of its own: the test harness does not end its lines.
fn say(text: &str) {
    println!("\n{text}");
}

/// A child and what it says.
pub struct Adder {
    pub child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Adder {
    pub fn start(role: &str, source: &Path, store: &Path) -> Self {
        Self::start_in(&[], role, source, store)
    }

    /// Under another program, such as a shell that sets limits; the command is appended to its arguments.
    pub fn start_in(wrapper: &[&str], role: &str, source: &Path, store: &Path) -> Self {
        let own = env::current_exe().unwrap();
        let mut command = match wrapper {
            [] => Command::new(own),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(own);
                command
            }
        };
        command.args(["--exact", "processes::child", "--nocapture"]);
        command.env(ROLE, role).env(SOURCE, source).env(STORE, store).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line that begins so; none if the child ends without.
    pub fn hear(&mut self, beginning: &str) -> Option<String> {
        self.lines.by_ref().map_while(Result::ok).find(|line| line.starts_with(beginning))
    }

    pub fn kill(&mut self) {
        // Fails if it has ended, which is as good.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// What it says in the end.
    pub fn outcome(mut self) -> String {
        let said = self.lines.by_ref().map_while(Result::ok).collect::<Vec<_>>();
        self.child.wait().unwrap();
        let ends = ["added ", "error ", "scrubbed "];
        let last = said.iter().find(|line| ends.iter().any(|end| line.starts_with(end)));
        last.unwrap_or_else(|| panic!("no outcome in {said:?}")).clone()
    }
}

#[test]
fn of_two_adders_one_is_told_to_wait() {
    let world = World::new(&bytes(2 * BLOCK_BYTES as usize, 41));
    let mut holder = Adder::start("hold", &world.source(), &world.store());
    holder.hear("holding").unwrap();
    let busy = add(&world.source(), &world.store(), &AddOptions::default(), &mut Silent).unwrap_err();
    assert!(matches!(busy, StorageError::Busy { .. }), "{busy}");
    let other = world.folder.path().join("other");
    fs::write(&other, b"something else").unwrap();
    let busy = Adder::start("add", &other, &world.store()).outcome();
    assert!(busy.starts_with("error Busy"), "{busy}");
    assert!(matches!(store::discard_unfinished(&world.store()), Err(StorageError::Busy { .. })));
    assert_eq!(store::list(&world.store()).unwrap().len(), 0);
    holder.kill();
    // The lock has gone with its holder.
    world.add();
}

#[test]
fn adders_at_once_leave_whole_sectors_only() {
    let world = World::new(&bytes(3 * BLOCK_BYTES as usize + 1, 42));
    let other = world.folder.path().join("other");
    fs::write(&other, bytes(BLOCK_BYTES as usize, 43)).unwrap();
    let sources = [world.source(), world.source(), other.clone(), world.source(), other];
    let adders: Vec<_> = sources.iter().map(|source| Adder::start("wait", source, &world.store())).collect();
    let outcomes: Vec<_> = adders.into_iter().map(Adder::outcome).collect();
    assert!(outcomes.iter().all(|outcome| outcome.starts_with("added ")), "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| outcome.ends_with("new=true")).count(), 2);
    let listed = store::list(&world.store()).unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(names(&world.store()), listed.iter().map(|listed| listed.id.to_string()).collect::<Vec<_>>());
}

/// Memory depends neither on the size of the file nor on that of its tree. Two windows and their trees fit many times
/// into what a child of 40 blocks is allowed.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_file() {
    let peak = |blocks: u64| {
        let world = World::new(b"");
        fs::File::create(world.source()).unwrap().set_len(blocks * BLOCK_BYTES + 1).unwrap();
        let mut adder = Adder::start("add", &world.source(), &world.store());
        adder.hear("added ").unwrap();
        let peak: u64 = adder.hear("peak ").unwrap()[5..].parse().unwrap();
        adder.child.wait().unwrap();
        peak << 10
    };
    let (small, large) = (peak(2), peak(24));
    assert!(large < small + 8 * BLOCK_BYTES, "{small} bytes for 2 blocks, {large} for 24");
}

/// A gibibyte with the windows that everybody uses: minutes without vector units, so only when asked for.
#[test]
#[ignore = "minutes: make test-long"]
#[cfg(target_os = "linux")]
fn a_gibibyte_takes_little_memory_in_full() {
    let world = World::new(b"");
    fs::File::create(world.source()).unwrap().set_len((1 << 30) + 1).unwrap();
    let store = world.store();
    let mut adder = Adder::start("large", &world.source(), &store);
    adder.hear("added ").unwrap();
    let peak: u64 = adder.hear("peak ").unwrap()[5..].parse().unwrap();
    adder.child.wait().unwrap();
    println!("peak {} MiB", peak >> 10);
    assert!(peak >> 10 < 300, "{peak} KiB");
}
