//! An epoch's challenges, answered from disk.

use std::fmt;
use std::ops::Range;

use popw_core::{Fr, possession};

use crate::error::StorageError;
use crate::layout::ARITY;
use crate::opening::{Opening, OpeningError};
use crate::record::SectorId;
use crate::sector::Sector;

/// The nodes that the closing beacon asks a sector for.
///
/// # Panics
/// If `nodes` is 0; no sector has so few.
pub fn challenges(rho_closing: Fr, comm_r: Fr, count: u32, nodes: u64) -> Vec<u64> {
    (0..count).map(|i| possession::challenge(rho_closing, comm_r, i, nodes)).collect()
}

/// Opens every challenged node, in the order of the challenges, and verifies each opening against `comm_r`.
///
/// # Errors
/// [`Damage`], with every challenge that the disk no longer answers.
pub fn audit(sector: &Sector, rho_closing: Fr, count: u32) -> Result<Vec<Opening>, Damage> {
    let (mut openings, mut lost) = (Vec::new(), Vec::new());
    let indices = challenges(rho_closing, sector.comm_r(), count, sector.layout().nodes());
    for (challenge, index) in (0..count).zip(indices) {
        match answer(sector, index) {
            Ok(opening) => openings.push(opening),
            Err(cause) => {
                lost.push(Lost { challenge, index, range: sector.layout().node_range(index), cause });
            }
        }
    }
    if lost.is_empty() { Ok(openings) } else { Err(Damage { sector: sector.id(), count, lost }) }
}

fn answer(sector: &Sector, index: u64) -> Result<Opening, Cause> {
    let layout = sector.layout();
    let opening = sector.open_node(index).map_err(Cause::Unreadable)?;
    match opening.verify(sector.comm_r(), layout.nodes(), layout.height()) {
        Ok(()) => Ok(opening),
        Err(OpeningError::Level { level: level @ 1.. }) => Err(Cause::Tree { level }),
        Err(_) => {
            let first = index - index % ARITY;
            let range = layout.node_range(first).start..layout.node_range(first + ARITY - 1).end;
            Err(Cause::Data { range })
        }
    }
}

/// What a sector can no longer answer.
#[derive(Debug)]
pub struct Damage {
    /// Which sector.
    pub sector: SectorId,
    /// How many challenges there were.
    pub count: u32,
    /// Those without an answer, in order; at least one.
    pub lost: Vec<Lost>,
}

/// A challenge without an answer.
#[derive(Debug)]
pub struct Lost {
    /// The challenge's number, from 0.
    pub challenge: u32,
    /// The node it asks for.
    pub index: u64,
    /// The bytes of data that node stands for.
    pub range: Range<u64>,
    /// Why.
    pub cause: Cause,
}

/// Why a node cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The data: the eight nodes around it do not hash to their parent, while everything above is right.
    #[error("bytes {} to {} of the data do not hash to their parent in the tree", range.start, range.end)]
    Data {
        /// Bytes of those eight nodes.
        range: Range<u64>,
    },
    /// The tree: eight nodes of this level do not hash to theirs, while everything above is right.
    #[error("level {level} of the tree does not hash to the level above")]
    Tree {
        /// Which level.
        level: u8,
    },
    /// The disk does not give it, or gives no field element.
    #[error("{0}")]
    Unreadable(StorageError),
}

impl Cause {
    /// Whether the sector is not as it was committed to; if not, the system has failed, and nothing is known of it.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Data { .. } | Self::Tree { .. } => true,
            Self::Unreadable(error) => error.is_damage(),
        }
    }
}

impl Damage {
    /// Whether any answer is lost, rather than kept from us by a failure of the system.
    pub fn is_damage(&self) -> bool {
        self.lost.iter().any(|lost| lost.cause.is_damage())
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sector {}: {} of {} challenges have no answer", self.sector, self.lost.len(), self.count)?;
        if let Some(Lost { challenge, index, range, cause }) = self.lost.first() {
            let Range { start, end } = range;
            write!(
                f,
                "; first challenge {challenge}, node {index} (bytes {start} to {end} of the data): {cause}"
            )?;
        }
        match self.is_damage() {
            true => f.write_str(
                "; scrub the sector to find the extent, then add its file again (or fetch it by its hash), or rebuild the tree",
            ),
            false => Ok(()),
        }
    }
}

impl std::error::Error for Damage {}
