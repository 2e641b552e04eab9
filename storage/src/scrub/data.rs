//! The data, and BLAKE3's tree over them.

use std::collections::VecDeque;

use blake3::hazmat::ChainingValue;

use super::{Part, Run};
use crate::block;
use crate::error::StorageError;
use crate::layout::{BLOCK_BYTES, GROUP_BYTES};
use crate::outboard::{PARENT_BYTES, left_groups, parent};

/// Checks all data that the run has not judged yet.
pub(super) fn check(run: &mut Run<'_>) -> Result<(), StorageError> {
    let layout = *run.sector.layout();
    if run.state.position >= layout.bytes() && layout.bytes() > 0 {
        return Ok(());
    }
    let start = run.state.position - run.state.position % BLOCK_BYTES;
    let root = run.sector.record().blake3;
    let mut pass = Pass { run, next: start, first: start / GROUP_BYTES, window: VecDeque::new() };
    pass.subtree(0, layout.groups(), 0, root, true)?;
    run.reached(layout.bytes())
}

/// A walk through BLAKE3's tree in pre-order, with the data's groups in step.
struct Pass<'a, 'b> {
    run: &'a mut Run<'b>,
    /// Where the data after the window begin.
    next: u64,
    /// The first group to be judged; earlier ones have been.
    first: u64,
    /// Hashes of the groups read ahead; none for one that is lost.
    window: VecDeque<Option<ChainingValue>>,
}

impl Pass<'_, '_> {
    /// Judges the groups `start..end`, whose hash should be `expected`. That is `certain` if the hashes above lead from
    /// the root to it. `position` is that of their parent in the outboard. Returns the hash they really have, if all
    /// of them were read.
    fn subtree(
        &mut self,
        start: u64,
        end: u64,
        position: u64,
        expected: ChainingValue,
        certain: bool,
    ) -> Result<Option<ChainingValue>, StorageError> {
        if end <= self.first {
            return Ok(None);
        }
        let layout = *self.run.sector.layout();
        if end - start == 1 {
            let actual = self.group()?;
            let range = layout.group_range(start);
            // No bytes cannot be damaged.
            if actual != Some(expected) && !range.is_empty() {
                self.run.found(Part::Data, range);
            }
            return Ok(actual);
        }

        let is_root = end - start == layout.groups();
        let (left, right) = self.pair(position)?;
        let sound = parent(&left, &right, is_root) == expected;
        let known = self.run.state.damaged.len();
        let middle = start + left_groups(end - start);
        let actual_left = self.subtree(start, middle, position + 1, left, sound)?;
        let actual_right = self.subtree(middle, end, position + middle - start, right, sound)?;
        let actual = actual_left.zip(actual_right).map(|(left, right)| parent(&left, &right, is_root));
        if !sound {
            let differs =
                |actual: Option<_>, stored| actual.is_some_and(|actual: ChainingValue| actual != stored);
            if certain || differs(actual_left, left) || differs(actual_right, right) {
                self.run.found(Part::Outboard, PARENT_BYTES * position..PARENT_BYTES * (position + 1));
            }
            if actual == Some(expected) {
                // The data are whole: only hashes over them are not.
                let mut found = self.run.state.damaged.split_off(known);
                found.retain(|damaged| damaged.part != Part::Data);
                self.run.state.damaged.append(&mut found);
            }
        }
        Ok(actual)
    }

    /// The hashes of a parent's children as the outboard has them; zeros if they are lost.
    fn pair(&self, position: u64) -> Result<(ChainingValue, ChainingValue), StorageError> {
        let mut pair = [[0; 32]; 2];
        let read = self.run.sector.outboard().read_at(pair.as_flattened_mut(), PARENT_BYTES * position);
        let [left, right] = if Run::given(read)? { pair } else { [[0; 32]; 2] };
        Ok((left, right))
    }

    /// The next group's hash.
    fn group(&mut self) -> Result<Option<ChainingValue>, StorageError> {
        if self.window.is_empty() {
            self.read()?;
        }
        Ok(self.window.pop_front().flatten())
    }

    /// Reads the next window; group by group if bytes in it are lost.
    fn read(&mut self) -> Result<(), StorageError> {
        self.run.reached(self.next)?;
        let (sector, at) = (self.run.sector, self.next);
        let layout = sector.layout();
        let mut data = vec![0; self.run.window.min(layout.bytes() - at) as usize];
        if data.is_empty() || Run::given(sector.data().read_at(&mut data, at))? {
            if data.is_empty() {
                self.window.push_back(Some(block::group_hash(layout, &data, at)));
            }
            self.window.extend(block::group_hashes(layout, &data, at).into_iter().map(Some));
        } else {
            for (i, group) in data.chunks_mut(GROUP_BYTES as usize).enumerate() {
                let at = at + i as u64 * GROUP_BYTES;
                let given = Run::given(sector.data().read_at(group, at))?;
                self.window.push_back(given.then(|| block::group_hash(layout, group, at)));
            }
        }
        self.next += data.len() as u64;
        Ok(())
    }
}
