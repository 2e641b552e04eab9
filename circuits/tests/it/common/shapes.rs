//! Shapes with all that there is, and little of it.

use popw_circuits::claims::{Kind, SHAPES, Shape};

/// Three seats and eight slots.
pub const UPTIME: Shape = Shape {
    kind: Kind::Uptime,
    name: "small",
    device_depth: 4,
    witness_depth: 5,
    slots: 8,
    seats: 3,
    ..Shape::demo(Kind::Uptime)
};

/// Two sectors of up to 7 MiB, two challenges.
pub const POSSESSION: Shape = Shape {
    kind: Kind::Possession,
    witness_depth: 0,
    slots: 0,
    seats: 0,
    sectors: 2,
    challenges: 2,
    height: 6,
    sector_depth: 4,
    ..UPTIME
};

/// Two receipts and three challengers.
pub const BANDWIDTH: Shape = Shape {
    kind: Kind::Bandwidth,
    slots: 0,
    seats: 0,
    receipts: 2,
    allotment_depth: 4,
    challengers: 3,
    ..UPTIME
};

/// All of that.
pub const WORK: Shape = Shape {
    kind: Kind::Work,
    sectors: POSSESSION.sectors,
    challenges: POSSESSION.challenges,
    height: POSSESSION.height,
    sector_depth: POSSESSION.sector_depth,
    receipts: BANDWIDTH.receipts,
    allotment_depth: BANDWIDTH.allotment_depth,
    challengers: BANDWIDTH.challengers,
    ..UPTIME
};

/// One of each kind.
pub const SMALL: [Shape; 4] = [UPTIME, POSSESSION, BANDWIDTH, WORK];

/// The demonstration's shape of this kind, and the networks'.
pub fn published(kind: Kind) -> [Shape; 2] {
    let mut shapes = SHAPES.into_iter().filter(|shape| shape.kind == kind);
    [(); 2].map(|()| shapes.next().expect("two shapes"))
}
