//! `popw device export`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::{IntoDiagnostic, miette};
use popw_agent::export::{LeftOut, Store};
use popw_core::claim::Kind;
use popw_core::document::Document;
use popw_network::database::files as database;
use popw_network::files::{self, Content, Output, Overwrite, Plan};
use serde::Serialize;

use super::{Opened, settled};
use crate::commands::{CHALLENGES, Outcome, network::WindowArgs, output};
use crate::kinds;
use crate::text;
use crate::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  popw device export --db device.db --key device.key
  popw device export --claim bandwidth --db device.db --key device.key --batch 1 --out served.json
  popw device export --claim storage --store store --key device.key --challenges 4
  popw device export --claim work --db device.db --store store --key device.key
  popw prove uptime --input epoch-uptime.json --device-key device.key --system groth16 --recipient 0x…

The epoch must have its closing beacon: see popw epoch close. A network pays either work or single claims.

A batch of an epoch is paid once. A claim that would be worth less than what the device is known to have (a registered
sector that is not in --store, or no --store; signatures still to come) is refused, and the error says what is missing;
--partial makes it all the same. A sector whose data are damaged costs only itself, and is named.")]
pub(super) struct Args {
    /// What is claimed.
    #[arg(long, value_parser = kinds::parser(), default_value = "uptime")]
    claim: Kind,
    /// The database of `popw device run`; the daemon may be running. Storage claims need none.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The store of the device's sectors, for storage and work.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The device's key file. It is not unlocked.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The published epoch.
    #[arg(long, value_name = "FILE", default_value = "epoch-public.json")]
    epoch: PathBuf,
    /// Its directory.
    #[arg(long, value_name = "FILE", default_value = "epoch-directory.json")]
    directory: PathBuf,
    /// Which of the epoch's batches of sectors and allotments.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    batch: u32,
    /// Nodes opened of every sector: 4 for the demo shape, 16 for standard. More do no harm.
    #[arg(long, value_name = "NUMBER", default_value_t = CHALLENGES,
        value_parser = clap::value_parser!(u32).range(1..=256))]
    challenges: u32,
    #[command(flatten)]
    window: WindowArgs,
    /// Make the claim even if it is worth less than what the device is known to have: what is missing from it is lost.
    #[arg(long)]
    partial: bool,
    /// Where to write it; epoch-CLAIM.json, if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Name the key file in it, so that `popw prove` needs no --device-key. The key itself is never in it.
    #[arg(long)]
    name_key_file: bool,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
}

/// What it prints.
#[derive(Default, Serialize)]
struct Written {
    written: PathBuf,
    claim: &'static str,
    epoch: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sectors: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipts: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challengers: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<LeftOut>,
}

pub(super) fn run(args: &Args, ui: &Ui) -> Outcome {
    let path = args.out.clone().unwrap_or_else(|| format!("epoch-{}.json", args.claim_name()).into());
    let out = args.output(&path)?;
    let beside = out.is_stdout();
    let mut opened = Opened::of_key_file(&args.epoch, &args.directory, &args.key)?;
    args.window.look(&opened.public, ui)?;
    if args.name_key_file {
        // As the reader resolves it: relative to the input.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let absolute = |path: &Path| std::path::absolute(path).into_diagnostic();
        let (key, folder) = (absolute(&args.key)?, absolute(folder.unwrap_or(Path::new(".")))?);
        opened.name_key_file(key.strip_prefix(&folder).unwrap_or(&key).display().to_string());
    }
    let mut written = Written {
        written: path,
        claim: args.claim_name(),
        epoch: opened.epoch(),
        batch: args.claim.is_batched().then_some(args.batch),
        ..Written::default()
    };
    match args.claim {
        Kind::Uptime => {
            let input = opened.input(args.db()?)?;
            written.seats = Some(input.seats.len());
            write(out, &input)?;
        }
        Kind::Bandwidth => {
            let (input, left_out) = settled(opened.bandwidth(args.db()?, args.batch)?, args.partial, ui)?;
            written.left_out = left_out;
            (written.receipts, written.challengers) =
                (Some(input.receipts.len()), Some(input.challengers.len()));
            write(out, &input)?;
        }
        Kind::Possession => {
            let export = opened.storage(args.store()?, args.batch)?;
            let (input, left_out) = settled(export, args.partial, ui)?;
            (written.sectors, written.left_out) = (Some(input.sectors.len()), left_out);
            write(out, &input)?;
        }
        Kind::Work => {
            let store = args.store.is_some().then(|| args.store()).transpose()?;
            let export = opened.work(args.db()?, store, args.batch)?;
            let (input, left_out) = settled(export, args.partial, ui)?;
            written.left_out = left_out;
            written.seats = Some(input.seats.len());
            written.sectors = Some(input.sectors.len());
            (written.receipts, written.challengers) =
                (Some(input.receipts.len()), Some(input.challengers.len()));
            write(out, &input)?;
        }
    }
    let text = || describe(&written);
    ui.result_beside(beside, &written, text);
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn claim_name(&self) -> &'static str {
        kinds::word(self.claim.id())
    }

    fn db(&self) -> miette::Result<&Path> {
        let help = "it is the database of `popw device run`";
        self.db
            .as_deref()
            .ok_or_else(|| miette!(help = help, "--db is needed for a claim of {}", self.claim_name()))
    }

    fn store(&self) -> miette::Result<Store<'_>> {
        let help = "it is the folder that `popw storage add` has filled";
        let folder = self.store.as_deref();
        let folder = folder
            .ok_or_else(|| miette!(help = help, "--store is needed for a claim of {}", self.claim_name()))?;
        Ok(Store { folder, challenges: self.challenges })
    }

    /// Looks at where it is to be written.
    fn output(&self, path: &Path) -> miette::Result<Output> {
        let documents = [&self.key, &self.epoch, &self.directory].map(PathBuf::as_path);
        let mut plan = Plan::new(Overwrite::forced(self.force))
            .reading(documents.into_iter().chain(self.window.file()))
            .reading(self.db.iter().flat_map(|db| database(db)))
            .reading_folders(&self.store);
        output(&mut plan, path, "--out", Content::stream(kinds::input(self.claim)))
    }
}

fn write<T: Document>(out: Output, input: &T) -> miette::Result<()> {
    out.fill(|file| files::json(file, input)).into_diagnostic()
}

fn describe(written: &Written) -> String {
    let out = written.written.display();
    let epoch = written.epoch;
    if written.claim == "uptime" {
        let seats = written.seats.unwrap_or(0);
        return format!("Written: {out}, epoch {epoch} with {seats} seats of different owners");
    }
    let parts = [
        (written.seats, "seat"),
        (written.sectors, "sector"),
        (written.receipts, "receipt"),
        (written.challengers, "challenger"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(number, thing)| number.map(|number| text::count(number, thing)))
        .collect();
    format!("Written: {out}, epoch {epoch}, batch {}: {}", written.batch.unwrap_or(0), parts.join(", "))
}
