//! Plain functions over bytes, one for each parser of a file: for fuzzers, and for tests that replay a corpus. None
//! may panic; each asserts what must hold of what it accepts.

use std::path::Path;

use popw_core::document::{self, Document, EpochPublic};
use popw_core::draw::Duty;
use zeroize::Zeroizing;

use crate::beacon::{DrandChain, DrandRound, Value};
use crate::epoch;
use crate::epoch::directory::{Epoch, EpochDirectory};
use crate::keyfile::KeyFile;
use crate::policy::{Policy, Shape};
use crate::registry::Registration;

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: [Target; 7] = [
    ("policy", fuzz_policy),
    ("key-file", fuzz_key_file),
    ("registration", fuzz_registration),
    ("epoch", fuzz_epoch),
    ("directory", fuzz_directory),
    ("drand-round", fuzz_drand_round),
    ("beacon-value", fuzz_beacon_value),
];

/// network.toml: what is accepted is written and read back as itself, and its clock answers for any moment.
pub fn fuzz_policy(data: &[u8]) {
    let path = Path::new("network.toml");
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(policy) = Policy::parse(text, path) else { return };
    let again = Policy::parse(&policy.to_toml(), path);
    assert_eq!(again.ok().as_ref(), Some(&policy));
    for moment in [0, policy.clock.genesis_unix_ms, u64::MAX] {
        policy.acts_from(moment);
        policy.clock().slot_at(moment);
    }
    policy.scheduled_rounds(u32::MAX);
}

/// A key file. Encrypted ones are only parsed: opening them is slow on purpose.
pub fn fuzz_key_file(data: &[u8]) {
    if let Ok(file) = KeyFile::parse(Zeroizing::new(data.to_vec()), Path::new("key"))
        && !file.is_encrypted()
        && let Ok(key) = file.unlock(None)
    {
        assert_eq!((key.public_key(), key.endpoint()), (file.public_key(), file.endpoint()));
    }
}

/// A registration.
pub fn fuzz_registration(data: &[u8]) {
    read_back::<Registration>(data);
}

/// A published epoch, compared with a policy.
pub fn fuzz_epoch(data: &[u8]) {
    if let Some(public) = read_back::<EpochPublic>(data) {
        let mut policy = Policy::new(&public.network, Shape::Demo, public.start_unix_ms);
        policy.domain_id.clone_from(&public.domain_id);
        let _ = epoch::verify(&public, &policy);
    }
}

/// An epoch's directory, put together with an epoch: few belong to it, and in those every list is a device's.
pub fn fuzz_directory(data: &[u8]) {
    if let Some(directory) = read_back::<EpochDirectory>(data)
        && let Ok(public) = EpochPublic::from_json(include_bytes!("../testdata/corpus/epoch/good"))
        && let Ok(epoch) = Epoch::new(public, directory)
    {
        let (mut sectors, mut allotments) = (0, 0);
        for device in &epoch.directory().devices {
            let key = &device.public_key;
            assert_eq!(epoch.draw(Duty::Uptime, device).len(), 5);
            assert_eq!(epoch.draw(Duty::Rate, device).len(), 5);
            sectors += epoch.sectors_of(key).count();
            allotments += epoch.allotments_of(key).count();
            let of_device =
                epoch.sectors_of(key).filter_map(|sector| epoch.sector_input(sector.seq, Vec::new()));
            assert!(epoch.storage_input(key, 0, of_device.collect()).is_some());
        }
        assert_eq!(sectors, epoch.directory().sectors.len());
        assert_eq!(allotments, epoch.directory().allotments.len());
    }
}

/// A drand round: accepted only if its randomness is its signature's hash, and then verified.
pub fn fuzz_drand_round(data: &[u8]) {
    if let Ok(round) = DrandRound::parse(data) {
        for chain in [DrandChain::quicknet(), DrandChain::default_network()] {
            if chain.verify(&round).is_ok() {
                assert_eq!(drand_verify::derive_randomness(&round.signature), round.randomness);
            }
        }
    }
}

/// A value of a source without signatures.
pub fn fuzz_beacon_value(data: &[u8]) {
    if let Ok(value) = document::read::<Value>(data) {
        let again = serde_json::to_vec(&value).ok().and_then(|json| document::read(&json).ok());
        assert_eq!(again, Some(value));
    }
}

/// A document that is accepted is written and read back as itself.
fn read_back<T: Document + PartialEq + std::fmt::Debug>(data: &[u8]) -> Option<T> {
    let document = T::from_json(data).ok()?;
    assert_eq!(T::from_json(document.to_json().as_bytes()).as_ref(), Ok(&document));
    Some(document)
}
