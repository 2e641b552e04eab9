//! Which epochs a folder yields, and when.

use popw_network::files::{Access, Overwrite};
use popw_network::policy::Shape;

use super::*;
use crate::testing::{everyone, network};

struct Bench {
    folder: tempfile::TempDir,
    public: EpochPublic,
    directory: EpochDirectory,
}

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
}

#[tokio::test]
async fn an_epoch_is_taken_up_once_when_both_documents_are_there() {
    let bench = bench();
    let folder = bench.open(None);
    assert!(folder.scan().await.is_empty());
    bench.write("any-name.json", &bench.public);
    assert!(folder.scan().await.is_empty());
    bench.write("another.json", &bench.directory);
    let taken = folder.scan().await;
    assert_eq!(taken.iter().map(|roster| roster.key.epoch).collect::<Vec<_>>(), [3]);
    assert!(folder.scan().await.is_empty());
    // The closing beacon changes nothing for the daemons, and neither do other facts under the same number.
    let closing = Some(bench.public.opening.clone());
    bench.write("any-name.json", &EpochPublic { closing, ..bench.public.clone() });
    assert!(folder.scan().await.is_empty());
    bench.write("any-name.json", &EpochPublic { slot_ms: 7, ..bench.public.clone() });
    assert!(folder.scan().await.is_empty());
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
    assert!(folder.scan().await.is_empty());
    bench.write("directory-2.json", &bench.directory);
    assert_eq!(folder.scan().await.len(), 1);
}

#[tokio::test]
async fn with_a_policy_other_networks_epochs_are_left_out() {
    let bench = bench();
    bench.write("public.json", &bench.public);
    bench.write("directory.json", &bench.directory);
    let folder = bench.open(Some(Policy::new("mine", Shape::Demo, 0)));
    assert!(folder.scan().await.is_empty());
    assert_eq!(bench.open(None).scan().await.len(), 1);
}

#[test]
fn a_missing_folder_is_an_error() {
    let missing = EpochFolder::open("/nonexistent/epochs".into(), None);
    assert!(matches!(missing, Err(FileError::NotFound { .. })));
}
