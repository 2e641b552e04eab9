//! `popw storage`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::{IntoDiagnostic, Report, miette};
use popw_storage::{AddOptions, Progress, SectorId, StorageError, store};

use super::Outcome;
use crate::progress::Bar;
use crate::{describe, text, ui::Ui};

mod add;
mod check;

use add::Add;
use check::{Audit, Scrub};

/// Sectors: the files a device possesses and proves it can read.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Take a file, or every file of a folder, into the store as sectors.
    Add(Add),
    /// List the sectors of a store, and what was never finished.
    List(StoreArg),
    /// Answer an epoch's challenges from disk, without proving anything.
    Audit(Audit),
    /// Read everything again and report damage with its byte ranges.
    Scrub(Scrub),
    /// Rebuild a sector's tree and hashes from data that are whole.
    Rebuild(Rebuild),
    /// Remove a sector from the store.
    Remove(Remove),
}

/// A store. To be flattened into a command's arguments.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  popw storage list\n  popw --json storage list --store /mnt/disk1/store")]
struct StoreArg {
    /// The folder of sectors.
    #[arg(long, value_name = "DIR", default_value = "store")]
    store: PathBuf,
}

#[derive(clap::Args)]
#[command(after_help = "\
Nothing can be rebuilt from damaged data, or from a linked file that was moved: adding the file again, with
--link from where it is now, repairs its sector.

Examples:
  popw storage rebuild af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262 --store store/")]
struct Rebuild {
    /// The sector.
    #[arg(value_name = "SECTOR")]
    sector: SectorId,
    #[command(flatten)]
    store: StoreArg,
}

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  popw storage remove af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262 --store store/
  popw storage remove --unfinished")]
struct Remove {
    /// The sector; a file that it links to stays.
    #[arg(value_name = "SECTOR", required_unless_present = "unfinished")]
    sector: Option<SectorId>,
    #[command(flatten)]
    store: StoreArg,
    /// Remove what interrupted runs have left behind instead.
    #[arg(long, conflicts_with = "sector")]
    unfinished: bool,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Add(command) => add::add(&command, ui),
        Command::List(command) => list(&command.store, ui),
        Command::Audit(command) => check::answer(&command, ui),
        Command::Scrub(command) => check::check(&command, ui),
        Command::Rebuild(command) => rebuild(&command, ui),
        Command::Remove(command) => remove(&command, ui),
    }
}

/// A bar over bytes.
struct Bytes<'a> {
    bar: Bar,
    stage: &'a str,
}

impl Progress for Bytes<'_> {
    #[allow(clippy::cast_precision_loss, reason = "for a bar")]
    fn report(&mut self, done: u64, total: u64) {
        use popw_prover::progress::ProgressSink;
        self.bar.report(self.stage, if total == 0 { 1.0 } else { done as f64 / total as f64 });
    }
}

fn rebuild(command: &Rebuild, ui: &Ui) -> Outcome {
    let mut progress = Bytes { bar: ui.bar(), stage: "rebuilding" };
    let store = &command.store.store;
    let rebuilt = popw_storage::rebuild(store, command.sector, &AddOptions::default(), &mut progress);
    drop(progress);
    let sector = rebuilt.map_err(|error| with_remedy(error, store))?;
    ui.result(&serde_json::json!({ "rebuilt": sector.id().to_string() }), || {
        format!("Rebuilt: {}", sector.id())
    });
    Ok(ExitCode::SUCCESS)
}

/// Where no rebuilding helps, the command that does.
fn with_remedy(error: StorageError, store: &Path) -> Report {
    let link = match error {
        StorageError::LinkMoved { .. } => " --link",
        StorageError::DataGone { .. } | StorageError::DataDamaged { .. } => "",
        other => return Report::from_err(other),
    };
    let help = format!("popw storage add FILE{link} --store {}", store.display());
    miette!(help = help, "{error}")
}

fn list(folder: &Path, ui: &Ui) -> Outcome {
    let (mut rows, mut sectors) = (Vec::new(), Vec::new());
    for listed in store::list(folder).into_diagnostic()? {
        let (id, short) = (listed.id.to_string(), listed.id.to_string()[..16].to_owned());
        match listed.record {
            Ok(record) => {
                rows.push(vec![short, describe::bytes(record.bytes), record.name.clone()]);
                sectors.push(serde_json::json!({ "sector": id, "record": record }));
            }
            Err(error) => {
                rows.push(vec![short, "?".into(), error.to_string()]);
                sectors.push(serde_json::json!({ "sector": id, "error": error.to_string() }));
            }
        }
    }
    let unfinished = store::unfinished(folder).into_diagnostic()?;
    let parts: Vec<_> = unfinished
        .iter()
        .map(|part| serde_json::json!({ "folder": part.folder, "source": part.source, "done": part.done }))
        .collect();
    ui.result(&serde_json::json!({ "sectors": sectors, "unfinished": parts }), || {
        let mut lines = vec![text::table(&["sector", "size", "name"], &rows)];
        lines.extend(unfinished.iter().map(|part| {
            let source = text::shown(part.source.as_deref().unwrap_or("an unknown file"));
            format!("unfinished: {source}, {} done; add it again to continue", describe::bytes(part.done))
        }));
        lines.join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

fn remove(command: &Remove, ui: &Ui) -> Outcome {
    let folder = &command.store.store;
    match command.sector {
        Some(id) => {
            store::remove(folder, id).into_diagnostic()?;
            ui.result(&serde_json::json!({ "removed": id.to_string() }), || format!("Removed: {id}"));
        }
        None => {
            let count = store::unfinished(folder).into_diagnostic()?.len();
            store::discard_unfinished(folder).into_diagnostic()?;
            let removed = || format!("Removed: {}", text::count(count, "unfinished sector"));
            ui.result(&serde_json::json!({ "removed_unfinished": count }), removed);
        }
    }
    Ok(ExitCode::SUCCESS)
}
