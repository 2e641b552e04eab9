#![forbid(unsafe_code)]
//! Sectors on disk: files taken in, committed to, opened and scrubbed.
//!
//! A *sector* is one committed file. [`add`] reads it once and leaves a folder named by its BLAKE3 hash:
//!
//! | file | holds | size |
//! | --- | --- | --- |
//! | `data` | the bytes themselves; absent when the sector only refers to a file elsewhere | n |
//! | `tree` | every level of the Poseidon tree above its leaves ([`header`], [`layout`]) | n · 0.147 |
//! | `outboard` | BLAKE3's inner hashes over groups of 16 KiB, as bao-tree and iroh-blobs keep them | n / 256 |
//! | `sector.json` | what was committed to: [`SectorRecord`] | < 2 KiB |
//! | `scrub.json` | how far the last scrub came, and what it found | small |
//!
//! The folder takes its name when everything in it is complete and on disk, so a half sector is never taken for a
//! whole one. What an interrupted [`add`] leaves is taken up again by the next one of the same file. Where the store has
//! a damaged sector of a file that is added, that one is repaired.
//!
//! - [`add`], [`add_folder`], [`rebuild`], [`store`]: taking in, making trees anew, listing, removing.
//! - [`Sector`]: opening nodes; [`audit`]: answering an epoch's challenges; [`scrub()`]: looking for damage.

mod audit;
mod block;
mod checkpoint;
mod error;
pub mod fuzz;
pub mod header;
mod ingest;
pub mod layout;
mod levels;
mod lock;
mod node;
mod opening;
mod outboard;
mod platform;
mod progress;
mod record;
pub mod scrub;
mod sector;
pub mod store;

pub use audit::{Cause, Damage, Lost, audit, challenges};
pub use error::{Change, StorageError};
pub use ingest::{AddOptions, Added, Flaw, FolderReport, Placement, Skipped, add, add_folder, rebuild};
pub use opening::{Opening, OpeningError};
pub use progress::{Progress, Silent};
pub use record::{SectorFormat, SectorId, SectorRecord};
pub use scrub::{DamagedRange, Part, ScrubOptions, Scrubbed, scrub};
pub use sector::Sector;
