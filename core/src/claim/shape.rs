//! The sizes that circuits are built for, each decided here and nowhere else.

use super::Kind;

/// The sizes a circuit is built for. Those of parts that the kind does not have are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The kind of claim.
    pub kind: Kind,
    /// Name in files and on the command line.
    pub name: &'static str,
    /// Most levels of the device registry, at most 32.
    pub device_depth: usize,
    /// Most levels of the witness registry, at most 32.
    pub witness_depth: usize,
    /// Most slots of an epoch, S ≤ 252.
    pub slots: usize,
    /// Most seats of the committee that watches uptime, K ≤ 15.
    pub seats: usize,
    /// Most sectors of a claim.
    pub sectors: usize,
    /// Challenges of a sector.
    pub challenges: usize,
    /// Most levels of a sector's tree, at most 13.
    pub height: usize,
    /// Most levels of the sector registry, at most 32.
    pub sector_depth: usize,
    /// Most receipts of a claim.
    pub receipts: usize,
    /// Most levels of the allotment registry, at most 32.
    pub allotment_depth: usize,
    /// Most seats of the committee that measures the rate: 0 or K, as [`Shape::seats`].
    pub challengers: usize,
}

/// For demonstrations and tests: up to 2^8 witnesses and 2^10 devices, sectors of up to 496 MiB, up to 2^10 allotments.
const DEMO: Shape = Shape {
    kind: Kind::Work,
    name: "demo",
    device_depth: 10,
    witness_depth: 8,
    slots: 24,
    seats: 5,
    sectors: 2,
    challenges: 4,
    height: 8,
    sector_depth: 10,
    receipts: 4,
    allotment_depth: 10,
    challengers: 5,
};

/// For networks: up to 2^20 witnesses and 2^32 devices, sectors of up to 248 GiB, up to 2^24 allotments.
const STANDARD: Shape = Shape {
    kind: Kind::Work,
    name: "standard",
    device_depth: 32,
    witness_depth: 20,
    slots: 240,
    seats: 8,
    sectors: 4,
    challenges: 16,
    height: 11,
    sector_depth: 32,
    receipts: 32,
    allotment_depth: 24,
    challengers: 8,
};

/// Every shape of every kind.
pub const SHAPES: [Shape; 2 * Kind::ALL.len()] = {
    let mut shapes = [DEMO; 2 * Kind::ALL.len()];
    let mut i = 0;
    while i < Kind::ALL.len() {
        let [demo, standard] = Shape::of_kind(Kind::ALL[i]);
        shapes[2 * i] = demo;
        shapes[2 * i + 1] = standard;
        i += 1;
    }
    shapes
};

/// The shape of this kind and name.
pub fn shape(kind: Kind, name: &str) -> Option<Shape> {
    SHAPES.into_iter().find(|shape| shape.kind == kind && shape.name == name)
}

impl Shape {
    /// For demonstrations and tests.
    pub const fn demo(kind: Kind) -> Self {
        DEMO.only(kind)
    }

    /// For networks.
    pub const fn standard(kind: Kind) -> Self {
        STANDARD.only(kind)
    }

    /// All of a kind, smallest first.
    pub const fn of_kind(kind: Kind) -> [Self; 2] {
        [Self::demo(kind), Self::standard(kind)]
    }

    /// K: most seats of a committee; 0 without one.
    pub const fn committee(&self) -> usize {
        if self.seats > self.challengers { self.seats } else { self.challengers }
    }

    /// The sizes of the parts that `kind` has, 0 for the others.
    const fn only(self, kind: Kind) -> Self {
        const fn kept(used: bool, size: usize) -> usize {
            if used { size } else { 0 }
        }
        let uses = kind.registries();
        let (uptime, possession, bandwidth) = (kind.has_uptime(), kind.has_storage(), kind.has_bandwidth());
        Self {
            kind,
            name: self.name,
            device_depth: self.device_depth,
            witness_depth: kept(uses.witness, self.witness_depth),
            slots: kept(uptime, self.slots),
            seats: kept(uptime, self.seats),
            sectors: kept(possession, self.sectors),
            challenges: kept(possession, self.challenges),
            height: kept(possession, self.height),
            sector_depth: kept(uses.sector, self.sector_depth),
            receipts: kept(bandwidth, self.receipts),
            allotment_depth: kept(uses.allotment, self.allotment_depth),
            challengers: kept(bandwidth, self.challengers),
        }
    }
}
