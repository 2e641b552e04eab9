//! Honest networks of every sort.

use popw_circuits::claims::{Seat, Shape, Witness};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{Network, fr, power, sectors::Data};

/// A network with random choices: committee, quorum, slots, gap, bitmaps, batches, sizes of sectors from no bytes to a
/// full tree, terms, caps, receipts and rates.
pub fn network(shape: Shape, seed: u64) -> Network {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut network = Network::new(shape);
    network.epoch = rng.random_range(0..u32::MAX - 1000);
    if shape.committee() > 0 {
        let k = rng.random_range(1..=shape.committee() as u32);
        network.rules[1] = k;
        network.rules[2] = rng.random_range(1..=k);
    }
    let slots = rng.random_range(0..=shape.slots as u32);
    network.rules[3] = slots;
    network.rules[4] = rng.random_range(0..=slots / 2 + 1);
    for bitmap in &mut network.bitmaps {
        *bitmap = (0..slots).filter(|_| rng.random_bool(0.7)).fold(fr(0), |sum, s| sum + power(s));
    }
    if shape.kind.is_batched() {
        network.rules[5] = rng.random_range(1..6);
        network.batch = rng.random_range(0..network.rules[5]);
    }
    let (batches, batch) = (u64::from(network.rules[5]), u64::from(network.batch));
    let mut last = rng.random_range(0..3u64);
    let mut next = |rng: &mut ChaCha20Rng| {
        last += rng.random_range(1..1 << 40);
        last * batches + batch
    };
    network.sectors.truncate(rng.random_range(0..=shape.sectors));
    for sector in &mut network.sectors {
        sector.seq = next(&mut rng);
        sector.expiry = network.epoch + rng.random_range(1..1000);
        sector.data = data(&mut rng, shape.height as u32);
    }
    network.allotments.truncate(rng.random_range(0..=shape.receipts));
    for allotted in &mut network.allotments {
        allotted.seq = next(&mut rng);
        let mut bytes = || rng.random::<u64>() >> [0, 10, 30, 63][rng.random_range(0..4)];
        (allotted.cap, allotted.bytes) = (bytes(), bytes());
    }
    network.rates.iter_mut().for_each(|rate| *rate = rng.random::<u32>() >> rng.random_range(0..32));
    network.rules[6] = rng.random::<u32>() >> rng.random_range(4..32);
    network
}

/// So much data that its tree has a random height: none, or from one node on to a full tree.
fn data(rng: &mut impl Rng, most: u32) -> Data {
    let full = |height: u32| 31u64 << (3 * height);
    match rng.random_range(0..=most) {
        0 => Data::random(rng.random_range(0..=31), rng.random()),
        height @ 1..4 => {
            let bytes = rng.random_range(full(height - 1) + 1..=full(height));
            Data::random(bytes as usize, rng.random())
        }
        height => Data::Repeated(rng.random_range(full(height - 1) + 1..=full(height))),
    }
}

/// Its witness, with some seats not used.
pub fn witness(network: &Network, seed: u64) -> Witness {
    let mut rng = ChaCha20Rng::seed_from_u64(!seed);
    let mut witness = network.witness();
    let w = &mut witness;
    for seat in w.uptime.seats.iter_mut().chain(&mut w.bandwidth.challengers) {
        if rng.random_bool(0.2) {
            *seat = Seat::unused();
        }
    }
    witness
}
