//! `popw registry add-sector` and `remove-sector`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use miette::{IntoDiagnostic, WrapErr, miette};
use popw_network::database::Create;
use popw_network::files::{self, DOCUMENT_LIMIT};
use popw_network::registry::{NewSector, SectorEntry};
use popw_storage::SectorRecord;

use super::super::Outcome;
use super::device::DeviceArgs;
use super::list::Sector;
use super::{DatabaseArgs, acts_from};
use crate::text;
use crate::ui::Ui;

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw registry add-sector --sector store/<hash>/sector.json --device device.key --expiry 5000
  popw registry add-sector --sector sector.json --device-entry 4 --expiry 5000 --acts-from 120

A sector starts earning two epochs later (the policy's activation_delay) and earns until its expiry. A device can have
one sector of the same data at a time; every device that keeps a copy has a sector of its own. Possession proves that
the device could read the data after the epoch's end, not that it keeps a copy of its own, nor that the data is worth
anything. An empty file's sector is refused: there is nothing to keep.")]
pub struct AddSector {
    #[command(flatten)]
    database: DatabaseArgs,
    /// What the sector commits to: the `sector.json` that `popw storage add` wrote.
    #[arg(long, value_name = "FILE")]
    sector: PathBuf,
    #[command(flatten)]
    device: DeviceArgs,
    /// The first epoch in which it no longer earns.
    #[arg(long, value_name = "EPOCH")]
    expiry: u32,
    /// The first epoch in which it earns: no earlier than the policy allows.
    #[arg(long, value_name = "EPOCH")]
    acts_from: Option<u32>,
}

#[derive(ClapArgs)]
#[command(after_help = "Example:\n  popw registry remove-sector --seq 12")]
pub struct RemoveSector {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Its number in the list.
    #[arg(long, value_name = "NUMBER")]
    seq: u64,
    /// The first epoch in which it no longer earns: no earlier than the policy allows.
    #[arg(long, value_name = "EPOCH")]
    acts_from: Option<u32>,
}

pub fn add(command: &AddSector, ui: &Ui) -> Outcome {
    let record: SectorRecord =
        files::read_document(&command.sector, "sector record", DOCUMENT_LIMIT).into_diagnostic()?;
    let (policy, mut registry) = command.database.open(Create::No)?;
    let from = acts_from(&policy, command.acts_from)?;
    let sector = NewSector {
        device: command.device.find(&registry)?,
        comm_r: record.comm_r,
        blake3: record.blake3,
        bytes: record.bytes,
        expiry: command.expiry,
    };
    let seq = registry
        .add_sector(&sector, from)
        .into_diagnostic()
        .wrap_err_with(|| format!("{} is not registered", command.sector.display()))?;
    let added = registry.sector(seq).into_diagnostic()?.map(Sector::from);
    let added = added.ok_or_else(|| miette!("sector {seq} is not in the registry any more"))?;
    ui.result(&added, || {
        format!(
            "Sector {seq}: {} bytes ({}) of device {}; earns in epochs {} to {} ({} on)",
            added.bytes,
            text::shown(&record.name),
            text::key(&sector.device),
            added.acts_from,
            added.expiry - 1,
            text::moment(policy.clock().epoch_start(added.acts_from)),
        )
    });
    Ok(ExitCode::SUCCESS)
}

pub fn remove(command: &RemoveSector, ui: &Ui) -> Outcome {
    let (policy, mut registry) = command.database.open(Create::No)?;
    let until = acts_from(&policy, command.acts_from)?;
    let removed = registry.remove_sector(command.seq, until).into_diagnostic()?;
    let until = until.max(removed.active_from);
    let shown = Sector::from(SectorEntry { active_until: Some(until), ..removed });
    ui.result(&shown, || format!("Sector {} no longer earns from epoch {until} on", command.seq));
    Ok(ExitCode::SUCCESS)
}
