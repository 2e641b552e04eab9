//! A sector that is not complete yet: a folder of its own in the store, under a name no sector has.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::options::{AddOptions, Placement};
use super::source::Source;
use crate::checkpoint::{self, Checkpoint, PREFIX};
use crate::error::StorageError;
use crate::layout::Layout;
use crate::platform::{self, Writer};
use crate::scrub;
use crate::store;

/// The folder and its open files.
pub(super) struct Partial {
    pub(super) folder: PathBuf,
    /// None for a sector that refers to its data.
    pub(super) data: Option<Writer>,
    pub(super) tree: Writer,
    pub(super) outboard: Writer,
    /// Written at the end.
    pub(super) record: Writer,
    /// Where an earlier run of the same, unchanged file stopped.
    pub(super) checkpoint: Option<Checkpoint>,
}

impl Partial {
    pub(super) fn open(
        store: &Path,
        source: &Source,
        layout: Layout,
        options: &AddOptions,
    ) -> Result<Self, StorageError> {
        let folder = store.join(name(source, options.placement));
        let left = if is_plain(&folder) { Checkpoint::read(&folder) } else { None };
        let checkpoint = left.filter(|checkpoint| {
            let same = checkpoint.source.change(&source.fingerprint).is_none();
            same && checkpoint.blocks > 0 && options.resume
        });
        if checkpoint.is_none() {
            store::remove_folder(&folder)?;
        }
        check_space(store, &folder, layout, options.placement)?;
        if checkpoint.is_none() {
            fs::create_dir(&folder).map_err(StorageError::at(&folder, "unfinished sector", "create"))?;
        }
        Self::open_files(&folder, checkpoint, layout, options)
            .inspect_err(|_| drop(store::remove_folder(&folder)))
    }

    fn open_files(
        folder: &Path,
        checkpoint: Option<Checkpoint>,
        layout: Layout,
        options: &AddOptions,
    ) -> Result<Self, StorageError> {
        let resumed = checkpoint.is_some();
        let open = if resumed { Writer::resume } else { Writer::create };
        let file = |name: &str, what| open(folder.join(name), what);
        let data = match options.placement {
            Placement::Copy => Some(file(store::DATA, "data")?),
            Placement::Reference => None,
        };
        let (tree, outboard) = (file(store::TREE, "tree")?, file(store::OUTBOARD, "outboard")?);
        let record = folder.join(store::RECORD);
        if resumed {
            // Written at the end, and then from its beginning.
            store::remove_file(&record, "sector record")?;
        }
        let record = Writer::create(record, "sector record")?;
        let opened = Self { folder: folder.into(), data, tree, outboard, record, checkpoint };
        opened.set_lengths(layout)?;
        Ok(opened)
    }

    /// Full lengths from the start: nothing is written beyond them, and a resumed run cuts what is too long.
    fn set_lengths(&self, layout: Layout) -> Result<(), StorageError> {
        self.data.as_ref().map_or(Ok(()), |data| data.set_len(layout.bytes()))?;
        self.tree.set_len(layout.tree_bytes())?;
        self.outboard.set_len(layout.outboard_bytes())
    }

    /// Replaces the checkpoint. What it speaks of must be on disk already.
    pub(super) fn save(&self, checkpoint: &Checkpoint) -> Result<(), StorageError> {
        let path = self.folder.join(checkpoint::NAME);
        let json = serde_json::to_vec(checkpoint).map_err(io::Error::from);
        let json = json.map_err(StorageError::at(&path, "checkpoint", "write"))?;
        store::write_file(&path, "checkpoint", &json)
    }

    /// Makes all of it last.
    pub(super) fn sync(&self) -> Result<(), StorageError> {
        for file in self.data.iter().chain([&self.outboard, &self.tree, &self.record]) {
            file.sync()?;
        }
        let folder = &self.folder;
        popw_files::sync_folder(folder).map_err(StorageError::at(folder, "unfinished sector", "write"))
    }

    /// Gives the finished folder its name, which no other has.
    pub(super) fn take_place(&self, target: &Path) -> Result<(), StorageError> {
        self.tidy()?;
        fs::rename(&self.folder, target).map_err(StorageError::at(target, "sector", "create"))
    }

    /// Removes what is no part of a sector: the checkpoint, and what a killed run was writing.
    fn tidy(&self) -> Result<(), StorageError> {
        let failed = |source| StorageError::io(&self.folder, "unfinished sector", "read", source);
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if store::FILES.iter().all(|file| name != *file) {
                store::remove_file(&entry.path(), "unfinished sector's file")?;
            }
        }
        Ok(())
    }

    /// Puts these files, made from `source`, in the place of a sector's. Each of them is what belongs there, and the
    /// record, which says where the data are, comes last: whatever interrupts this, the sector is no worse than it was.
    pub(super) fn replace(&self, target: &Path, source: &Path) -> Result<(), StorageError> {
        let data = self.data.as_ref().map(|_| store::DATA);
        let names: Vec<_> = data.into_iter().chain([store::TREE, store::OUTBOARD]).collect();
        self.move_into(target, &names)?;
        self.move_into(target, &[store::RECORD])?;
        let copy = target.join(store::DATA);
        // A link may be to the copy itself, if somebody has added that.
        match fs::canonicalize(&copy) {
            Ok(path) if data.is_none() && path != source => store::remove_file(&copy, "data"),
            _ => Ok(()),
        }
    }

    /// Moves files into a sector's folder, where they last; what the last scrub has found is not of them.
    pub(super) fn move_into(&self, target: &Path, names: &[&str]) -> Result<(), StorageError> {
        for name in names {
            let to = target.join(name);
            fs::rename(self.folder.join(name), &to).map_err(StorageError::at(
                &to,
                "sector's file",
                "write",
            ))?;
        }
        scrub::forget(target)?;
        popw_files::sync_folder(target).map_err(StorageError::at(target, "sector", "write"))
    }

    /// After a failure: removes everything, unless a later run can go on from it. Gives the error back.
    pub(super) fn give_up(&self, error: StorageError) -> StorageError {
        let resumable = matches!(error, StorageError::Cancelled | StorageError::Io { .. });
        if !(resumable && self.folder.join(checkpoint::NAME).exists()) {
            self.discard();
        }
        error
    }

    /// Removes everything, as far as it can.
    pub(super) fn discard(&self) {
        let _ = store::remove_folder(&self.folder);
    }
}

/// The same for each run with this file.
fn name(source: &Source, placement: Placement) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[u8::from(placement == Placement::Reference)]);
    hasher.update(source.path.as_os_str().as_encoded_bytes());
    format!("{PREFIX}{}", &hasher.finalize().to_hex()[..16])
}

/// Whether it is as a run leaves it: a folder with files in it, and no link to either.
fn is_plain(folder: &Path) -> bool {
    let is_file = |entry: io::Result<DirEntry>| {
        entry.and_then(|entry| entry.file_type()).is_ok_and(|kind| kind.is_file())
    };
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir())
        && fs::read_dir(folder).is_ok_and(|mut entries| entries.all(is_file))
}

/// That what is still to be written fits.
fn check_space(
    store: &Path,
    folder: &Path,
    layout: Layout,
    placement: Placement,
) -> Result<(), StorageError> {
    let mut needed = layout.tree_bytes() + layout.outboard_bytes();
    if placement == Placement::Copy {
        needed += layout.bytes();
    }
    for name in [store::DATA, store::TREE, store::OUTBOARD] {
        if let Ok(metadata) = fs::metadata(folder.join(name)) {
            needed = needed.saturating_sub(platform::allocated(&metadata));
        }
    }
    let available = platform::free_space(store).map_err(StorageError::at(store, "store", "read"))?;
    match available {
        Some(available) if available < needed => {
            Err(StorageError::NoSpace { path: store.into(), needed, available })
        }
        _ => Ok(()),
    }
}
