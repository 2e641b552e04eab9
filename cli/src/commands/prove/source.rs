//! Inputs from what the device's daemon has.

use std::path::PathBuf;

use miette::miette;
use popw_core::document::{BandwidthInput, ClaimInput, StorageInput, UptimeInput, WorkInput};
use popw_network::keyfile::Key;

use crate::{
    commands::{ShapeArg, device::Opened},
    ui::Ui,
};

/// Where the daemon has put things.
#[derive(clap::Args)]
pub struct Source {
    /// The device daemon's database: bitmaps, receipts and rates.
    #[arg(long, value_name = "DB", requires = "epoch", requires = "directory")]
    db: Option<PathBuf>,
    /// With --db: the epoch, closed.
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
    /// With --db: the epoch's directory.
    #[arg(long, value_name = "JSON")]
    directory: Option<PathBuf>,
}

impl Source {
    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.db.is_none()
    }

    /// The input of a claim, from what there is.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn collect<I: Collected>(&self, key: &Key, _shape: Option<ShapeArg>, _ui: &Ui) -> miette::Result<I> {
        let (Some(epoch), Some(directory)) = (&self.epoch, &self.directory) else {
            return Err(miette!("--db needs --epoch and --directory"));
        };
        let opened = Opened::read(epoch, directory, key.public_key(), key.owner())?;
        I::collect(&opened, self)
    }
}

/// An input that the daemon's files make.
pub trait Collected: ClaimInput {
    /// What errors call it.
    const WHAT: &'static str;

    /// Makes it.
    fn collect(opened: &Opened, source: &Source) -> miette::Result<Self>;
}

impl Collected for UptimeInput {
    const WHAT: &'static str = "uptime input";

    fn collect(opened: &Opened, source: &Source) -> miette::Result<Self> {
        opened.input(source.db.as_deref().ok_or_else(|| miette!("--db is needed"))?)
    }
}

impl Collected for StorageInput {
    const WHAT: &'static str = "storage input";

    fn collect(_: &Opened, _: &Source) -> miette::Result<Self> {
        Err(miette!("write the input with `popw device export` and give it with --input"))
    }
}

impl Collected for BandwidthInput {
    const WHAT: &'static str = "bandwidth input";

    fn collect(_: &Opened, _: &Source) -> miette::Result<Self> {
        Err(miette!("write the input with `popw device export` and give it with --input"))
    }
}

impl Collected for WorkInput {
    const WHAT: &'static str = "work input";

    fn collect(_: &Opened, _: &Source) -> miette::Result<Self> {
        Err(miette!("write the input with `popw device export` and give it with --input"))
    }
}
