//! A sector that is open for reading.

use std::path::{Path, PathBuf};

use popw_core::{Fr, field};

use crate::error::StorageError;
use crate::header::TreeHeader;
use crate::layout::{ARITY, HASH_BYTES, HEADER_BYTES, Layout, NODE_BYTES};
use crate::node;
use crate::opening::Opening;
use crate::platform::Reader;
use crate::record::{SectorId, SectorRecord};
use crate::store;

/// An open sector. Reads go to the positions they need and may be made from several threads.
#[derive(Debug)]
pub struct Sector {
    record: SectorRecord,
    layout: Layout,
    header: TreeHeader,
    folder: PathBuf,
    data: Reader,
    tree: Reader,
    outboard: Reader,
}

impl Sector {
    /// Opens a sector: its record, its tree's header, that both say the same, and that no file is cut. Damage inside
    /// the files is for [`audit`](crate::audit()) and [`scrub`](crate::scrub()) to find.
    ///
    /// # Errors
    /// [`StorageError`], naming the file; [`StorageError::is_damage`] says whether the sector is to blame.
    pub fn open(store: &Path, id: SectorId) -> Result<Self, StorageError> {
        let record = store::read_record(store, id)?;
        let folder = store.join(id.to_string());
        let layout = Layout::new(record.bytes)
            .ok_or_else(|| StorageError::TooLarge { path: folder.clone(), bytes: record.bytes })?;

        let tree = Reader::open(&folder.join(store::TREE), "tree")?;
        tree.expect_len(layout.tree_bytes())?;
        let mut bytes = [0; HEADER_BYTES as usize];
        tree.read_at(&mut bytes, 0)?;
        let header = TreeHeader::parse(&bytes)
            .map_err(|source| StorageError::Header { path: tree.path().into(), source })?;
        for (field, agrees) in [
            ("bytes", header.layout == layout),
            ("comm_r", header.comm_r == record.comm_r),
            ("blake3", header.blake3 == record.blake3),
        ] {
            if !agrees {
                return Err(StorageError::Disagree { path: tree.path().into(), field });
            }
        }

        let outboard = Reader::open(&folder.join(store::OUTBOARD), "outboard")?;
        outboard.expect_len(layout.outboard_bytes())?;
        let path = record.reference.as_ref().map_or_else(|| folder.join(store::DATA), PathBuf::from);
        let data = Reader::open(&path, "data").map_err(|error| match error {
            StorageError::NotFound { path, .. } if record.reference.is_some() => {
                StorageError::LinkMoved { path, id }
            }
            other => other,
        })?;
        data.expect_len(layout.bytes())?;
        Ok(Self { record, layout, header, folder, data, tree, outboard })
    }

    /// What it commits to.
    pub fn record(&self) -> &SectorRecord {
        &self.record
    }

    /// Its name in the store: the BLAKE3 hash of its data.
    pub fn id(&self) -> SectorId {
        self.record.id()
    }

    /// Root of its tree.
    pub fn comm_r(&self) -> Fr {
        self.record.comm_r
    }

    /// Its sizes.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Its folder in the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where its data are: in the folder, or where it refers to.
    pub fn data_path(&self) -> &Path {
        self.data.path()
    }

    /// Where BLAKE3's inner hashes are: bao's pre-order outboard with groups of 16 KiB, for serving parts of the data.
    pub fn outboard_path(&self) -> &Path {
        self.outboard.path()
    }

    /// Bytes read from its files since it was opened, its header included.
    pub fn bytes_read(&self) -> u64 {
        [&self.data, &self.tree, &self.outboard].map(Reader::bytes_read).iter().sum()
    }

    /// A node with what it takes to check it against `comm_r`: on each level the eight nodes that its path goes
    /// through. Reads these only, at most 256 bytes a level, and checks nothing.
    ///
    /// # Errors
    /// [`StorageError::NoSuchNode`], or the disk's.
    pub fn open_node(&self, index: u64) -> Result<Opening, StorageError> {
        let nodes = self.layout.nodes();
        if index >= nodes {
            return Err(StorageError::NoSuchNode { index, nodes });
        }
        let first = index - index % ARITY;
        let leaves = self.leaves(first)?;
        let node = leaves[(index % ARITY) as usize];
        let mut levels = Vec::with_capacity(usize::from(self.layout.height()));
        if self.layout.height() > 0 {
            levels.push(leaves);
        }
        for level in 1..self.layout.height() {
            levels.push(self.group(level, index >> (3 * level))?);
        }
        Ok(Opening { index, node, levels })
    }

    /// The eight nodes of level 0 from `first` on.
    fn leaves(&self, first: u64) -> Result<[Fr; 8], StorageError> {
        let start = self.layout.node_range(first).start;
        let end = (start + ARITY * NODE_BYTES).min(self.layout.bytes());
        let mut bytes = [0; (ARITY * NODE_BYTES) as usize];
        let bytes = &mut bytes[..(end - start) as usize];
        self.data.read_at(bytes, start)?;
        let mut leaves = [node::zero(0); 8];
        for (leaf, value) in leaves.iter_mut().zip(node::nodes(bytes)) {
            *leaf = value;
        }
        Ok(leaves)
    }

    /// The eight nodes of a level that the node `at` is one of.
    fn group(&self, level: u8, at: u64) -> Result<[Fr; 8], StorageError> {
        let first = at - at % ARITY;
        let count = (self.layout.level_nodes(level) - first).min(ARITY);
        let offset = self.layout.level_offset(level) + HASH_BYTES * first;
        let mut bytes = [0; (ARITY * HASH_BYTES) as usize];
        let bytes = &mut bytes[..(HASH_BYTES * count) as usize];
        self.tree.read_at(bytes, offset)?;
        let mut group = [node::zero(level); 8];
        for (i, (node, hash)) in group.iter_mut().zip(bytes.as_chunks().0).enumerate() {
            let at = offset + HASH_BYTES * i as u64;
            let path = || self.tree.path().to_path_buf();
            *node = field::from_be_bytes(hash)
                .map_err(|_| StorageError::NotCanonical { path: path(), offset: at })?;
        }
        Ok(group)
    }

    pub(crate) fn header(&self) -> &TreeHeader {
        &self.header
    }

    pub(crate) fn data(&self) -> &Reader {
        &self.data
    }

    pub(crate) fn tree(&self) -> &Reader {
        &self.tree
    }

    pub(crate) fn outboard(&self) -> &Reader {
        &self.outboard
    }
}
