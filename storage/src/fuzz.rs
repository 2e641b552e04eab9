//! Plain functions over bytes, one for each parser of a file: for fuzzers, and for tests that replay a corpus. None may
//! panic; each asserts what must hold of what it accepts.

use popw_core::document::Document;

use crate::header::TreeHeader;
use crate::layout::HEADER_BYTES;
use crate::record::SectorRecord;
use crate::scrub::ScrubState;

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target of this crate.
pub const TARGETS: [Target; 3] =
    [("tree-header", fuzz_tree_header), ("sector", fuzz_sector), ("scrub-state", fuzz_scrub_state)];

/// The header of a tree: what is accepted is written back as it was, and its layout can be computed.
pub fn fuzz_tree_header(data: &[u8]) {
    if let Ok(header) = TreeHeader::parse(data) {
        assert_eq!(header.to_bytes()[..], data[..HEADER_BYTES as usize]);
        let layout = header.layout;
        assert!(layout.tree_bytes() >= HEADER_BYTES);
        assert_eq!(layout.node_range(layout.nodes() - 1).end, layout.bytes());
    }
}

/// sector.json: what is accepted is written and read back as itself, and has a layout.
pub fn fuzz_sector(data: &[u8]) {
    if let Ok(record) = SectorRecord::from_json(data) {
        assert_eq!(SectorRecord::from_json(record.to_json().as_bytes()).as_ref(), Ok(&record));
        assert_eq!(record.layout().map(|layout| layout.nodes()), Some(record.nodes));
        assert_eq!(record.id().to_string().parse(), Ok(record.id()));
    }
}

/// scrub.json.
pub fn fuzz_scrub_state(data: &[u8]) {
    if let Ok(state) = ScrubState::from_json(data) {
        assert_eq!(ScrubState::from_json(state.to_json().as_bytes()).as_ref(), Ok(&state));
    }
}
