//! Which epochs a folder yields, and when.

use std::io::Write;

use popw_network::files::{Access, Overwrite};
use popw_network::policy::Shape;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::clock::Clock;
use crate::testing::{everyone, network};

const GRACE: Duration = Duration::from_secs(30);

struct Bench {
    folder: tempfile::TempDir,
    public: EpochPublic,
    directory: EpochDirectory,
}

/// Documents of epoch 3, which runs now.
fn bench() -> Bench {
    let network = network(&[2, 3], 4, everyone(2));
    let epoch = network.roster.epoch();
    Bench {
        folder: tempfile::tempdir().expect("folder"),
        public: epoch.public().clone(),
        directory: epoch.directory().clone(),
    }
}

impl Bench {
    fn open(&self, policy: Option<Policy>) -> EpochFolder {
        EpochFolder::open(self.folder.path().to_path_buf(), policy).expect("folder")
    }

    fn write(&self, name: &str, value: &impl serde::Serialize) {
        let path = self.folder.path().join(name);
        files::write_json(&path, "document", value, Overwrite::Yes, Access::Public).expect("written");
    }

    fn length_ms(&self) -> u64 {
        let schedule = Schedule::of(&self.public);
        schedule.end_ms() - schedule.start_ms
    }

    /// Epoch 3's documents as those of the epoch that lies `by` epochs away from it.
    fn shifted(&self, by: i64) -> (EpochPublic, EpochDirectory) {
        let epoch = u32::try_from(i64::from(self.public.epoch) + by).expect("an epoch");
        let start_unix_ms =
            self.public.start_unix_ms.wrapping_add_signed(by * self.length_ms().cast_signed());
        let public = EpochPublic { epoch, start_unix_ms, ..self.public.clone() };
        (public, EpochDirectory { epoch, ..self.directory.clone() })
    }

    fn write_both(&self, by: i64) {
        let (public, directory) = self.shifted(by);
        self.write(&format!("{}-public.json", public.epoch), &public);
        self.write(&format!("{}-directory.json", public.epoch), &directory);
    }
}

fn now_ms() -> u64 {
    Clock::system().now_ms()
}

async fn taken_at(folder: &EpochFolder, now_ms: u64) -> Option<u32> {
    folder.scan(now_ms, GRACE).await.taken.map(|roster| roster.key.epoch)
}

async fn taken(folder: &EpochFolder) -> Option<u32> {
    taken_at(folder, now_ms()).await
}

/// What the code under test logs on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("a log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    /// Looks a few times at the folder; the lines that were logged meanwhile.
    fn of(&self, folder: &EpochFolder, now_ms: u64) -> Vec<String> {
        self.0.lock().expect("a log").clear();
        let subscriber = tracing_subscriber::fmt().with_writer(self.clone()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || {
            let mut state = folder.state.lock().expect("the state");
            (0..4).for_each(|_| drop(state.look(now_ms, millis(GRACE))));
        });
        let text = String::from_utf8(self.0.lock().expect("a log").clone()).expect("text");
        text.lines().map(ToOwned::to_owned).collect()
    }
}

#[tokio::test]
async fn an_epoch_is_taken_up_once_when_both_documents_are_there() {
    let bench = bench();
    let folder = bench.open(None);
    assert_eq!(taken(&folder).await, None);
    bench.write("any-name.json", &bench.public);
    assert_eq!(taken(&folder).await, None);
    bench.write("another.json", &bench.directory);
    assert_eq!(taken(&folder).await, Some(3));
    assert_eq!(taken(&folder).await, None);
    // The closing beacon changes nothing for the daemons, and neither do other facts under the same number.
    let closing = Some(bench.public.opening.clone());
    bench.write("any-name.json", &EpochPublic { closing, ..bench.public.clone() });
    assert_eq!(taken(&folder).await, None);
    bench.write("any-name.json", &EpochPublic { slot_ms: 7, ..bench.public.clone() });
    assert_eq!(taken(&folder).await, None);
}

/// A year of old epochs costs a restart nothing: what is not wanted is not even parsed.
#[tokio::test]
async fn the_running_epoch_comes_first_and_what_is_over_is_not_parsed() {
    let bench = bench();
    (-3..=4).filter(|by| *by != -1).for_each(|by| bench.write_both(by));
    // Parsed, it would be refused.
    bench.write("2-public.json", &bench.shifted(-1).0);
    let head = "{\"format\": \"popw.epoch-directory\", \"version\": 1, \"epoch\": 2, \"devices\": 7";
    std::fs::write(bench.folder.path().join("2-directory.json"), head).expect("written");
    let folder = bench.open(None);
    let mut order = Vec::new();
    for _ in 0..9 {
        order.extend(taken(&folder).await);
    }
    assert_eq!(order, [3, 4, 5], "the running one, the next two, none that is over");
    let look = folder.scan(now_ms(), GRACE).await;
    let last = Schedule::of(&bench.shifted(4).0).end_ms();
    assert_eq!(look.last_end_ms, Some(last), "also of those that are not taken up");
    assert!(Log::default().of(&folder, now_ms()).is_empty());
}

#[tokio::test]
async fn grace_periods_and_clocks_decide_at_each_look() {
    let bench = bench();
    (-2..=3).for_each(|by| bench.write_both(by));
    let (start, end) = (bench.public.start_unix_ms, bench.public.start_unix_ms + bench.length_ms());
    let folder = bench.open(None);
    assert_eq!(taken_at(&folder, start + 10).await, Some(3));
    assert_eq!(taken_at(&folder, start + 10).await, Some(2), "its grace period runs");
    // With a clock that is a year ahead everything is over, and with one that knows no date nothing has begun.
    let folder = bench.open(None);
    assert_eq!(taken_at(&folder, start + 31_536_000_000).await, None);
    assert_eq!(taken_at(&folder, 5).await, Some(1));
    assert_eq!(taken_at(&folder, 5).await, Some(2));
    assert_eq!(taken_at(&folder, 5).await, None, "no more than the next two");
    assert_eq!(taken_at(&folder, start).await, Some(3), "set right, it goes on");
    assert_eq!(taken_at(&folder, end).await, Some(4));
}

#[tokio::test]
async fn what_was_over_by_a_wrong_clock_is_taken_up_again_by_the_right_one() {
    let bench = bench();
    bench.write_both(0);
    let folder = bench.open(None);
    assert_eq!(taken(&folder).await, Some(3));
    assert_eq!(taken(&folder).await, None, "once");
    folder.forget([3]);
    assert_eq!(taken_at(&folder, now_ms() + 31_536_000_000).await, None, "over by this clock");
    assert_eq!(taken(&folder).await, Some(3));
    assert_eq!(taken(&folder).await, None, "once");
}

/// Whichever comes first by its name.
#[tokio::test]
async fn of_documents_with_one_number_that_counts_whose_time_it_is() {
    let bench = bench();
    bench.write("directory.json", &bench.directory);
    let start_unix_ms = bench.public.start_unix_ms - 10 * bench.length_ms();
    let stale = EpochPublic { start_unix_ms, ..bench.public.clone() };
    for (right, other) in [("a.json", "b.json"), ("b.json", "a.json")] {
        bench.write(other, &stale);
        std::fs::write(bench.folder.path().join(right), "{}").expect("written");
        assert_eq!(taken(&bench.open(None)).await, None, "the stale one is over");
        bench.write(right, &bench.public);
        let folder = bench.open(None);
        let roster = folder.scan(now_ms(), GRACE).await.taken.expect("the running epoch");
        assert_eq!((roster.key.epoch, roster.schedule), (3, Schedule::of(&bench.public)));
        assert_eq!(taken(&folder).await, None, "once");
    }
}

#[tokio::test]
async fn a_directory_that_does_not_make_the_roots_waits_for_a_better_one() {
    let bench = bench();
    let folder = bench.open(None);
    bench.write("public.json", &bench.public);
    let mut altered = bench.directory.clone();
    altered.witnesses.swap(0, 1);
    (altered.witnesses[0].index, altered.witnesses[1].index) = (0, 1);
    bench.write("directory.json", &altered);
    assert_eq!(taken(&folder).await, None);
    bench.write("directory-2.json", &bench.directory);
    assert_eq!(taken(&folder).await, Some(3));
}

#[tokio::test]
async fn a_directory_is_tried_again_with_what_is_published_anew() {
    let bench = bench();
    let folder = bench.open(None);
    let mut wrong = bench.public.clone();
    wrong.roots.device = wrong.roots.witness;
    bench.write("public.json", &wrong);
    bench.write("directory.json", &bench.directory);
    assert_eq!(taken(&folder).await, None);
    // Another length, so another state of the file whatever the file system's clock.
    bench.write("public.json", &EpochPublic { network: "the right one".into(), ..bench.public.clone() });
    assert_eq!(taken(&folder).await, Some(3));
}

#[tokio::test]
async fn with_a_policy_other_networks_epochs_are_left_out() {
    let bench = bench();
    bench.write("public.json", &bench.public);
    bench.write("directory.json", &bench.directory);
    let folder = bench.open(Some(Policy::new("mine", Shape::Demo, 0)));
    assert_eq!(taken(&folder).await, None);
    let lines = Log::default().of(&folder, now_ms());
    assert!(
        lines.iter().any(|line| line.contains("public.json is an epoch of another network")),
        "{lines:?}"
    );
    assert_eq!(taken(&bench.open(None)).await, Some(3));
}

/// Each state of a file is told once: with its name, what is wrong, and what to do.
#[test]
fn what_cannot_be_used_is_told_once() {
    let (bench, log) = (bench(), Log::default());
    let folder = bench.open(None);
    bench.write("public.json", &bench.public);
    let lines = log.of(&folder, now_ms());
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("has begun, but a directory of it") && lines[0].contains("epoch snapshot"),
        "{lines:?}"
    );

    let whole = serde_json::to_vec(&bench.directory).expect("JSON");
    let path = bench.folder.path().join("directory.json");
    let marked = [&b"\xef\xbb\xbf"[..], &whole].concat();
    for (bytes, problem) in [
        (&whole[..20], "cut off"),
        (&whole[..400], "directory.json"),
        (&marked, "byte order mark"),
        (b"", "empty"),
    ] {
        std::fs::write(&path, bytes).expect("written");
        let lines = log.of(&folder, now_ms());
        assert_eq!(lines.len(), 1, "{problem}: {lines:?}");
        for part in ["directory.json", problem, "Copy it here anew"] {
            assert!(lines[0].contains(part), "{part}: {lines:?}");
        }
    }
    std::fs::write(bench.folder.path().join("proof.json"), "{\"format\": \"popw.proof\"}").expect("written");
    std::fs::write(&path, &whole).expect("written");
    assert!(log.of(&folder, now_ms()).is_empty(), "what is of another kind may lie there");
}

#[test]
fn a_directory_alone_is_told_by_the_policys_clock() {
    let (bench, log) = (bench(), Log::default());
    let mut policy = Policy::new("mine", Shape::Demo, 0);
    policy.domain_id = bench.public.domain_id.clone();
    let clock = policy.clock();
    let folder = bench.open(Some(policy));
    bench.write("directory.json", &bench.directory);
    assert!(log.of(&folder, clock.epoch_start(3) - 1).is_empty());
    let lines = log.of(&folder, clock.epoch_start(3));
    assert!(lines.len() == 1 && lines[0].contains("its published epoch is not here"), "{lines:?}");
    assert!(bench.open(None).state.lock().expect("the state").look(now_ms(), 0).taken.is_none());
}

#[test]
fn a_folder_that_is_gone_is_told_once_and_when_it_is_back() {
    let (bench, log) = (bench(), Log::default());
    let (epochs, away) = (bench.folder.path().join("epochs"), bench.folder.path().join("away"));
    std::fs::create_dir(&epochs).expect("a folder");
    let folder = EpochFolder::open(epochs.clone(), None).expect("a folder");
    assert!(log.of(&folder, now_ms()).is_empty());
    for _ in 0..2 {
        std::fs::rename(&epochs, &away).expect("renamed");
        let lines = log.of(&folder, now_ms());
        assert!(lines.len() == 1 && lines[0].contains("cannot look for epochs"), "{lines:?}");
        std::fs::rename(&away, &epochs).expect("renamed");
        let lines = log.of(&folder, now_ms());
        assert!(lines.len() == 1 && lines[0].contains("is back"), "{lines:?}");
    }
}

#[test]
fn a_missing_folder_is_an_error() {
    let missing = EpochFolder::open("/nonexistent/epochs".into(), None);
    assert!(matches!(missing, Err(FileError::NotFound { .. })));
}
