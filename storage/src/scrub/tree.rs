//! The tree file: its header, its table of digests, and its levels.

use super::{Part, Run};
use crate::error::StorageError;
use crate::layout::{CHUNK_BYTES, HASH_BYTES, HEADER_BYTES};

/// Checks what the run has not judged yet of the tree.
pub(super) fn check(run: &mut Run<'_>) -> Result<(), StorageError> {
    let layout = *run.sector.layout();
    let data = layout.bytes();
    if run.state.position < data + HEADER_BYTES {
        check_header(run)?;
        check_table(run)?;
        run.reached(data + HEADER_BYTES)?;
    }
    let mut chunk = vec![0; CHUNK_BYTES as usize];
    for level in 1..=layout.height() {
        let (start, end) = (layout.level_offset(level), layout.level_offset(level + 1));
        for (i, at) in (start..end).step_by(CHUNK_BYTES as usize).enumerate() {
            let chunk = &mut chunk[..(end - at).min(CHUNK_BYTES) as usize];
            let after = at + chunk.len() as u64;
            if data + after <= run.state.position {
                continue;
            }
            let tree = run.sector.tree();
            let mut digest = [0; 32];
            let entry = layout.table_offset(level) + HASH_BYTES * i as u64;
            let whole = Run::given(tree.read_at(chunk, at))?
                && Run::given(tree.read_at(&mut digest, entry))?
                && blake3::hash(chunk) == digest;
            if !whole {
                run.found(Part::Tree { level }, at..after);
            }
            if data + after - run.state.position >= run.window || after == end {
                run.reached(data + after)?;
            }
        }
    }
    Ok(())
}

fn check_header(run: &mut Run<'_>) -> Result<(), StorageError> {
    let mut header = [0; HEADER_BYTES as usize];
    let given = Run::given(run.sector.tree().read_at(&mut header, 0))?;
    if !given || header != run.sector.header().to_bytes() {
        run.found(Part::Header, 0..HEADER_BYTES);
    }
    Ok(())
}

fn check_table(run: &mut Run<'_>) -> Result<(), StorageError> {
    let layout = run.sector.layout();
    let (start, end) = (layout.table_offset(1), layout.tree_bytes());
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; CHUNK_BYTES as usize];
    let mut readable = true;
    for at in (start..end).step_by(CHUNK_BYTES as usize) {
        let part = &mut buffer[..(end - at).min(CHUNK_BYTES) as usize];
        readable &= Run::given(run.sector.tree().read_at(part, at))?;
        hasher.update(part);
    }
    if start < end && !(readable && hasher.finalize() == run.sector.header().table) {
        run.found(Part::Table, start..end);
    }
    Ok(())
}
