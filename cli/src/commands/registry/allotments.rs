//! `popw registry add-allotment`.

use std::process::ExitCode;

use clap::Args as ClapArgs;
use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::field;
use popw_network::database::Create;
use popw_network::registry::NewAllotment;

use super::super::Outcome;
use super::DatabaseArgs;
use super::device::{ClientArgs, DeviceArgs};
use super::list::Allotment;
use crate::text;
use crate::ui::Ui;

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw registry add-allotment --client client.key --owner 0x00000000000000000000000000000000000000c1 \\
      --device-entry 4 --epoch 120 --cap 10737418240
  popw registry add-allotment --client client.key --device device.key --epoch 120 --cap 1000000 --network garden.toml

An allotment is paid for in advance and for good: it is never removed. A client has one for each device and epoch, and
its receipts count up to the cap. The epoch's registry must not have been taken yet. A client whose owner is the device's is
refused: its receipts would never count.")]
pub struct AddAllotment {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    device: DeviceArgs,
    /// The epoch in which the bytes can be used.
    #[arg(long)]
    epoch: u32,
    /// Bytes paid for.
    #[arg(long, value_name = "BYTES")]
    cap: u64,
}

pub fn add(command: &AddAllotment, ui: &Ui) -> Outcome {
    let client = command.client.find()?;
    let (policy, mut registry) = command.database.open(Create::No)?;
    let new = NewAllotment {
        client: client.key,
        endpoint: client.endpoint,
        owner: client.owner,
        device: command.device.find(&registry)?,
        epoch: command.epoch,
        cap: command.cap,
        salt: field::bytes31(&rand::random::<[u8; 31]>()),
    };
    let open_from = policy.allotments_from(text::now_unix_ms());
    let seq = registry
        .add_allotment(&new, open_from)
        .into_diagnostic()
        .wrap_err("the allotment is not registered")?;
    let added = registry.allotment(seq).into_diagnostic()?.map(Allotment::from);
    let shown = added.ok_or_else(|| miette!("allotment {seq} is not in the registry any more"))?;
    ui.result(&shown, || {
        format!(
            "Allotment {seq}: client {}, owner {}, may have {} bytes of device {} in epoch {} ({} on)",
            text::key(&new.client),
            shown.owner,
            new.cap,
            text::key(&new.device),
            new.epoch,
            text::moment(policy.clock().epoch_start(new.epoch)),
        )
    });
    Ok(ExitCode::SUCCESS)
}
