//! A device of an epoch, and what can be made of its database and its store.

use std::path::Path;

use miette::{IntoDiagnostic, miette};
use popw_agent::export::{self, DeviceInfo, Export, ExportError, LeftOut, Store};
use popw_core::Fr;
use popw_core::document::{BandwidthInput, ClaimInput, EpochPublic, StorageInput, UptimeInput, WorkInput};
use popw_core::eddsa::PublicKey;
use popw_network::epoch::directory::EpochDirectory;
use popw_network::keyfile::KeyFile;
use popw_network::member::Role;

use crate::commands::epoch;
use crate::text;
use crate::ui::Ui;

/// A device of an epoch, with the epoch's documents: what its database is read with.
pub struct Opened {
    pub(super) public: EpochPublic,
    pub(super) directory: EpochDirectory,
    pub(super) device: DeviceInfo,
}

impl Opened {
    /// Reads an epoch's documents and finds the device with a key in them; `owner` is what its key file says.
    ///
    /// # Errors
    /// Names the file that does not fit; a device that is not of this epoch.
    pub fn read(epoch: &Path, directory: &Path, key: PublicKey, owner: Option<Fr>) -> miette::Result<Self> {
        let public = epoch::read(epoch)?;
        let directory = EpochDirectory::read(directory).into_diagnostic()?;
        let registered =
            || directory.devices.iter().find(|entry| entry.public_key == key).map(|entry| entry.owner);
        let owner = owner.or_else(registered).ok_or_else(|| {
            let help = "see `popw registry list --epoch`: registrations act two epochs later at the earliest";
            miette!(help = help, "the device {} is not registered in epoch {}", text::key(&key), public.epoch)
        })?;
        Ok(Self { public, directory, device: DeviceInfo { public_key: key, owner, key_file: None } })
    }

    /// The same, for the device whose key file this is. It is not unlocked.
    ///
    /// # Errors
    /// As [`Opened::read`]; no key file of a device.
    pub fn of_key_file(epoch: &Path, directory: &Path, key: &Path) -> miette::Result<Self> {
        let file = KeyFile::read(key).into_diagnostic()?;
        file.expect_role(Role::Device).into_diagnostic()?;
        Self::read(epoch, directory, file.public_key(), file.owner())
    }

    /// The epoch.
    pub fn epoch(&self) -> u32 {
        self.public.epoch
    }

    /// The device, with the epoch's documents.
    pub fn parts(&self) -> (&EpochPublic, &EpochDirectory, &DeviceInfo) {
        (&self.public, &self.directory, &self.device)
    }

    /// Names the key file in inputs.
    pub fn name_key_file(&mut self, file: String) {
        self.device.key_file = Some(file);
    }

    /// The input of the device's uptime proof, from its database.
    ///
    /// # Errors
    /// Names the database; a missed quorum is told apart as the draw's or the witnesses'.
    pub fn input(&self, db: &Path) -> miette::Result<UptimeInput> {
        export::uptime_input(db, &self.public, &self.directory, &self.device)
            .map_err(|error| explained(error, db))
    }

    /// The input of its bandwidth proof, from its database.
    ///
    /// # Errors
    /// Names the database; no such batch; nothing served.
    pub fn bandwidth(&self, db: &Path, batch: u32) -> miette::Result<Export<BandwidthInput>> {
        export::bandwidth_input(db, &self.public, &self.directory, &self.device, batch)
            .map_err(|error| explained(error, db))
    }

    /// The input of its storage proof, from its store.
    ///
    /// # Errors
    /// Names the store; no such batch; no sector that can answer.
    pub fn storage(&self, store: Store<'_>, batch: u32) -> miette::Result<Export<StorageInput>> {
        export::storage_input(store, &self.public, &self.directory, &self.device, batch)
            .map_err(|error| explained(error, store.folder))
    }

    /// The input of its work proof, from its database and, if there is one, its store.
    ///
    /// # Errors
    /// Names the database; no such batch; nothing at all.
    pub fn work(&self, db: &Path, store: Option<Store<'_>>, batch: u32) -> miette::Result<Export<WorkInput>> {
        export::work_input(db, store, &self.public, &self.directory, &self.device, batch)
            .map_err(|error| explained(error, db))
    }
}

/// What is exported, with a warning for each thing that is left out of it.
///
/// # Errors
/// Without `partial`, names what could still be claimed.
pub fn settled<I: ClaimInput>(
    export: Export<I>,
    partial: bool,
    ui: &Ui,
) -> miette::Result<(I, Vec<LeftOut>)> {
    let left_out = export.left_out.clone();
    let input = if partial { export.input } else { export.whole().map_err(worth_less)? };
    for left in &left_out {
        ui.warn(&left.to_string());
    }
    Ok((input, left_out))
}

fn worth_less(error: ExportError) -> miette::Report {
    miette!(help = "mend it while the answer window is open, or claim the rest with --partial", "{error}")
}

/// An error of the export, with the name of what was read.
pub(super) fn explained(error: export::ExportError, from: &Path) -> miette::Report {
    miette::Report::from_err(error).wrap_err(format!("reading {}", from.display()))
}
