//! Inputs from what the device's daemon has.

use std::path::{Path, PathBuf};

use miette::miette;
use popw_agent::export::{Export, Store};
use popw_core::document::{BandwidthInput, ClaimInput, StorageInput, UptimeInput, WorkInput};
use popw_network::{database::files as database, keyfile::Key};

use crate::{
    commands::device::{Opened, settled},
    ui::Ui,
};

/// Where the daemon has put things.
#[derive(clap::Args)]
pub struct Source {
    /// The device daemon's database: bitmaps, receipts and rates.
    #[arg(long, value_name = "DB", requires = "epoch", requires = "directory")]
    db: Option<PathBuf>,
    /// The device's sectors, for storage and work.
    #[arg(long, value_name = "DIR", requires = "epoch", requires = "directory")]
    store: Option<PathBuf>,
    /// With --db or --store: the epoch, closed.
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
    /// With --db or --store: the epoch's directory.
    #[arg(long, value_name = "JSON")]
    directory: Option<PathBuf>,
    /// With --db or --store: which of the epoch's batches of sectors and allotments.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    batch: u32,
    /// With --db or --store: claim less than what the device is known to have; what is missing is lost.
    #[arg(long, conflicts_with = "input")]
    partial: bool,
}

impl Source {
    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.db.is_none() && self.store.is_none()
    }

    /// The folder that is read.
    pub fn folder(&self) -> Option<&Path> {
        self.store.as_deref()
    }

    /// The files that are read, beside those of the store.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let documents = [&self.epoch, &self.directory].into_iter().flatten().cloned();
        documents.chain(self.db.iter().flat_map(|db| database(db)))
    }

    /// The input of a claim, from what there is. Of every sector `challenges` nodes are opened.
    ///
    /// # Errors
    /// Names what is missing, what could still be claimed, and the challenges that a damaged sector cannot answer.
    pub fn collect<I: Collected>(&self, key: &Key, challenges: u32, ui: &Ui) -> miette::Result<I> {
        let (Some(epoch), Some(directory)) = (&self.epoch, &self.directory) else {
            return Err(miette!("--db and --store need --epoch and --directory"));
        };
        let opened = Opened::read(epoch, directory, key.public_key(), key.owner())?;
        I::collect(&Files { source: self, opened, challenges, ui })
    }
}

/// What an input is made from.
pub struct Files<'a> {
    source: &'a Source,
    opened: Opened,
    challenges: u32,
    ui: &'a Ui,
}

impl Files<'_> {
    fn db(&self) -> miette::Result<&Path> {
        self.source.db.as_deref().ok_or_else(|| miette!("--db is needed: the database of `popw device run`"))
    }

    fn store(&self) -> Option<Store<'_>> {
        let folder = self.source.store.as_deref();
        folder.map(|folder| Store { folder, challenges: self.challenges })
    }

    fn settled<I: ClaimInput>(&self, export: Export<I>) -> miette::Result<I> {
        settled(export, self.source.partial, self.ui).map(|(input, _)| input)
    }
}

/// An input that the daemon's files make.
pub trait Collected: ClaimInput {
    /// Makes it.
    fn collect(files: &Files<'_>) -> miette::Result<Self>;
}

impl Collected for UptimeInput {
    fn collect(files: &Files<'_>) -> miette::Result<Self> {
        files.opened.input(files.db()?)
    }
}

impl Collected for StorageInput {
    fn collect(files: &Files<'_>) -> miette::Result<Self> {
        let store = files.store();
        let store =
            store.ok_or_else(|| miette!("--store is needed: the folder that `popw storage add` fills"))?;
        files.settled(files.opened.storage(store, files.source.batch)?)
    }
}

impl Collected for BandwidthInput {
    fn collect(files: &Files<'_>) -> miette::Result<Self> {
        files.settled(files.opened.bandwidth(files.db()?, files.source.batch)?)
    }
}

impl Collected for WorkInput {
    fn collect(files: &Files<'_>) -> miette::Result<Self> {
        files.settled(files.opened.work(files.db()?, files.store(), files.source.batch)?)
    }
}
