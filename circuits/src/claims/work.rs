//! Work: uptime, storage and bandwidth under one context and one nullifier.
//!
//! The clauses are those of [`uptime`], [`storage`] and [`bandwidth`], by the same code; the key, the device's path and the
//! rules are proven once. A part that is absent (no seat, sector or receipt used) or fails its gate contributes 0 and no
//! other part changes. Up slots and rate count in batch 0 alone.

use popw_core::claim::Kind;

use super::{Shape, bandwidth, storage, uptime};

/// For demonstrations and tests.
pub const DEMO: Shape = together(uptime::DEMO, storage::DEMO, bandwidth::DEMO);

/// For networks.
pub const STANDARD: Shape = together(uptime::STANDARD, storage::STANDARD, bandwidth::STANDARD);

const fn together(uptime: Shape, storage: Shape, bandwidth: Shape) -> Shape {
    Shape {
        kind: Kind::Work,
        name: uptime.name,
        device_depth: uptime.device_depth,
        witness_depth: uptime.witness_depth,
        slots: uptime.slots,
        seats: uptime.seats,
        sectors: storage.sectors,
        challenges: storage.challenges,
        height: storage.height,
        sector_depth: storage.sector_depth,
        receipts: bandwidth.receipts,
        allotment_depth: bandwidth.allotment_depth,
        challengers: bandwidth.challengers,
    }
}
