//! Which seats an export uses, and what it says when there are too few.

use popw_core::bitmap::SlotBitmap;
use popw_core::document::{Beacon, WorkInput};
use popw_core::{draw, message};

use super::*;
use crate::testing::{self, Network, everyone, network};

struct Bench {
    network: Network,
    folder: tempfile::TempDir,
}

fn bench(owners: &[u64], k: u32, wanted: impl Fn(&[u32]) -> bool) -> Bench {
    Bench { network: network(owners, k, wanted), folder: tempfile::tempdir().expect("folder") }
}

impl Bench {
    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("device.db")
    }

    async fn keep(&self, index: u32, slots: &[u32]) {
        let key = self.network.roster.key;
        let mut bitmap = SlotBitmap::default();
        slots.iter().for_each(|&slot| bitmap.set(slot).expect("slot"));
        let leaf = self.network.device_leaf();
        let text = message::uptime_attestation(key.domain, key.epoch, key.opening, leaf, &bitmap);
        let signature = self.network.witnesses[index as usize].signing.sign(text);
        let store = DeviceStore::open(&self.path(), &self.network.device.identity()).expect("store");
        store.keep(key, index, bitmap, signature, 0).await.expect("kept");
    }

    fn public(&self) -> EpochPublic {
        let public = self.network.roster.epoch().public().clone();
        let closing = Beacon { randomness: [9; 32], round: 1 << 40, ..public.opening.clone() };
        EpochPublic { closing: Some(closing), ..public }
    }

    fn export(&self) -> Result<UptimeInput, ExportError> {
        let directory = self.network.roster.epoch().directory();
        uptime_input(&self.path(), &self.public(), directory, &self.info(1))
    }

    fn work(&self) -> Result<Export<WorkInput>, ExportError> {
        let directory = self.network.roster.epoch().directory();
        work_input(&self.path(), None, &self.public(), directory, &self.info(1), 0)
    }

    fn info(&self, seed: u8) -> DeviceInfo {
        let keys = testing::keys(seed, 1);
        DeviceInfo { public_key: keys.public(), owner: keys.owner, key_file: Some("device.key".to_owned()) }
    }
}

#[tokio::test]
async fn an_owner_uses_one_seat_the_one_that_saw_most() {
    // Witnesses 0 and 1 are of owner 2; 3 is of the device's own owner.
    let bench = bench(&[2, 2, 3, 1, 4], 8, everyone(5));
    bench.keep(0, &[0, 1]).await;
    bench.keep(1, &[0, 1, 2]).await;
    bench.keep(2, &[0]).await;
    bench.keep(2, &[0, 2]).await;
    bench.keep(3, &[0, 1, 2, 3]).await;
    let input = bench.export().expect("an input");
    let mut used: Vec<(u32, u32)> =
        input.seats.iter().map(|seat| (seat.witness.index, seat.bitmap.count())).collect();
    used.sort_unstable();
    assert_eq!(used, [(1, 3), (2, 2)]);
    assert!(input.seats.is_sorted_by_key(|seat| seat.seat));
    assert_eq!(input.device.key_file.as_deref(), Some("device.key"));
    let rho = bench.network.roster.key.opening;
    for seat in &input.seats {
        assert_eq!(
            draw::seat(draw::Duty::Uptime, rho, bench.network.device_leaf(), seat.seat, 5),
            seat.witness.index
        );
    }
}

#[tokio::test]
async fn contradictions_are_never_exported() {
    let bench = bench(&[2, 3], 4, everyone(2));
    bench.keep(0, &[0, 1]).await;
    bench.keep(0, &[2, 3, 4]).await;
    bench.keep(1, &[0]).await;
    let input = bench.export().expect("an input");
    let seat = input.seats.iter().find(|seat| seat.witness.index == 0).expect("witness 0");
    assert_eq!(seat.bitmap.words()[0], 0b11);
}

#[tokio::test]
async fn a_draw_without_a_quorum_is_told_as_such() {
    // Only owner 2's witnesses and the device's own are drawn.
    let bench = bench(&[2, 2, 1, 3], 4, |committee| !committee.contains(&3) && everyone(3)(committee));
    bench.keep(0, &[0]).await;
    match bench.export() {
        Err(ExportError::NoQuorum(
            error @ NoQuorum::DrawMissedQuorum { epoch: 3, k: 4, owners: 1, quorum: 2, odds },
        )) => {
            assert!((0.1..0.9).contains(&odds), "{odds}");
            assert!(error.to_string().starts_with("the draw missed a quorum"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn missing_witnesses_are_named() {
    let bench = bench(&[2, 3, 4], 6, everyone(3));
    bench.keep(1, &[0]).await;
    match bench.export() {
        Err(ExportError::NoQuorum(NoQuorum::TooFewAttestations {
            have: 1,
            drawn: 3,
            quorum: 2,
            missing,
            ..
        })) => {
            assert_eq!(missing, [0, 2]);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn work_without_a_quorum_is_named_and_not_whole() {
    let bench = bench(&[2, 3, 4], 6, everyone(3));
    bench.keep(1, &[0]).await;
    let export = bench.work().expect("an input");
    let [left] = &export.left_out[..] else { panic!("{:?}", export.left_out) };
    assert_eq!((left.part, left.fate), (Part::Uptime, Fate::Mendable), "{left}");
    assert!(
        left.to_string().contains("1 of the 3 owners of witnesses drawn have signed, 2 are needed"),
        "{left}"
    );
    assert!(matches!(export.whole(), Err(ExportError::WorthLess { .. })));
    bench.keep(2, &[0]).await;
    let export = bench.work().expect("an input");
    assert_eq!(export.left_out, []);
    assert_eq!(export.whole().expect("whole").seats.len(), 2);
}

#[tokio::test]
async fn work_that_the_draw_left_without_a_quorum_is_whole() {
    // Only owner 2's witnesses and the device's own are drawn.
    let bench = bench(&[2, 2, 1, 3], 4, |committee| !committee.contains(&3) && everyone(3)(committee));
    bench.keep(0, &[0]).await;
    let export = bench.work().expect("an input");
    let [left] = &export.left_out[..] else { panic!("{:?}", export.left_out) };
    assert_eq!((left.part, left.fate), (Part::Uptime, Fate::Lost), "{left}");
    assert!(left.to_string().contains("the draw missed a quorum"), "{left}");
    assert!(export.whole().is_ok());
}

#[tokio::test]
async fn what_cannot_be_exported_says_why() {
    let bench = bench(&[2, 3], 4, everyone(2));
    assert!(matches!(bench.export(), Err(ExportError::Store(StoreError::Missing(_)))));
    bench.keep(0, &[0]).await;
    let epoch = bench.network.roster.epoch();
    let open = uptime_input(&bench.path(), epoch.public(), epoch.directory(), &bench.info(1));
    assert!(matches!(open, Err(ExportError::NotClosed(3))), "{open:?}");
    let closing = Some(Beacon { randomness: [9; 32], ..epoch.public().opening.clone() });
    let public = EpochPublic { closing, ..epoch.public().clone() };
    let stranger = uptime_input(&bench.path(), &public, epoch.directory(), &bench.info(5));
    assert!(matches!(stranger, Err(ExportError::NotRegistered(3))), "{stranger:?}");
    let directory = EpochDirectory { epoch: 4, ..epoch.directory().clone() };
    let other = uptime_input(&bench.path(), &public, &directory, &bench.info(1));
    assert!(matches!(other, Err(ExportError::Directory(DirectoryError::Epoch { .. }))), "{other:?}");
}
