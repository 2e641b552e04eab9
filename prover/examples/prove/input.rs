//! What an uptime proof is made from. `UptimeInput::from_json` reads one from a file; this one is of a network of one device
//! and one witness, who saw every slot answered.

use std::error::Error;

use popw_core::bitmap::SlotBitmap;
use popw_core::claim::{Roots, Rules};
use popw_core::document::{
    Beacon, BeaconSource, DeviceInput, EpochPublic, SeatInput, UptimeInput, WitnessInput,
};
use popw_core::eddsa::SecretKey;
use popw_core::lean_imt::LeanImt;
use popw_core::{Fr, identity, message};

pub(crate) fn uptime(device: &SecretKey) -> Result<UptimeInput, Box<dyn Error>> {
    let witness = SecretKey::from_seed([2; 32]);
    let (device_owner, witness_owner) = (Fr::from(1u64), Fr::from(2u64));
    let device_leaf = identity::device_leaf(&device.public(), device_owner);
    let devices = LeanImt::from_leaves(vec![device_leaf]);
    let witnesses = LeanImt::from_leaves(vec![identity::witness_leaf(&witness.public(), witness_owner, 0)]);

    let domain_id = format!("popw:local:{}", "5a".repeat(32));
    let epoch = EpochPublic {
        format: Default::default(),
        version: Default::default(),
        network: "example".into(),
        domain: identity::domain(&domain_id)?,
        domain_id,
        epoch: 7,
        start_unix_ms: 1_780_000_000_000,
        slot_ms: 60_000,
        opening: beacon(1),
        closing: Some(beacon(2)),
        roots: Roots {
            device: devices.root(),
            witness: witnesses.root(),
            allotment: Fr::from(0u64),
            sector: Fr::from(0u64),
        },
        rules: Rules { n_w: 1, k: 1, q: 1, slots: 24, max_gap: 4, batches: 1, min_rate: 0 },
    };

    let mut bitmap = SlotBitmap::default();
    (0..epoch.rules.slots).try_for_each(|slot| bitmap.set(slot))?;
    let rho = epoch.opening.rho();
    let signed = message::uptime_attestation(epoch.domain, epoch.epoch, rho, device_leaf, &bitmap);
    let seat = SeatInput {
        seat: 0,
        witness: WitnessInput { public_key: witness.public(), owner: witness_owner, index: 0 },
        path: witnesses.proof(0).ok_or("no witness")?,
        bitmap,
        signature: witness.sign(signed),
    };
    let device = DeviceInput {
        public_key: device.public(),
        owner: device_owner,
        path: devices.proof(0).ok_or("no device")?,
        key_file: None,
    };
    Ok(UptimeInput {
        format: Default::default(),
        version: Default::default(),
        epoch,
        device,
        seats: vec![seat],
    })
}

/// A value from a file; a network takes drand's or a chain's.
fn beacon(round: u8) -> Beacon {
    Beacon {
        source: BeaconSource::File,
        chain_hash: None,
        round: round.into(),
        randomness: [round; 32],
        signature: None,
        previous_signature: None,
    }
}
