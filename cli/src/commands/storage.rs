//! `popw storage`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::{IntoDiagnostic, miette};
use popw_core::document::EpochPublic;
use popw_core::{Fr, field, possession};
use popw_network::files::{self, DOCUMENT_LIMIT};
use popw_storage::{
    AddOptions, Added, DamagedRange, Part, Placement, Progress, ScrubOptions, Sector, SectorId, audit, scrub,
    store,
};
use rand::{TryRngCore, rngs::OsRng};
use serde::Serialize;

use super::Outcome;
use crate::progress::Bar;
use crate::{describe, text, ui::Ui};

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
    /// Make a sector's tree and hashes anew from data that are whole.
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
The file is read once: its nodes are hashed into a Poseidon tree (a seventh of its size, kept beside
the data) and a BLAKE3 hash, by which it can be fetched. An interrupted run goes on where it stopped.

Examples:
  popw storage add film.mkv
  popw storage add photos/ --store /mnt/disk1/store
  popw storage add archive.tar --store store/ --link

Then: popw registry add-sector --sector store/<id>/sector.json …")]
struct Add {
    /// The file or folder.
    #[arg(value_name = "FILE|DIR")]
    source: PathBuf,
    #[command(flatten)]
    store: StoreArg,
    /// Leave the data where they are: whoever changes or moves the file damages the sector.
    #[arg(long)]
    link: bool,
    /// Wait for another process that is adding to the store.
    #[arg(long)]
    wait: bool,
    /// Begin anew, whatever an interrupted run has left.
    #[arg(long)]
    restart: bool,
}

#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0: every challenge was answered; 6: some cannot be answered any more.

Examples:
  popw storage audit --epoch epoch-public.json
  popw storage audit --store store/ --challenges 256")]
struct Audit {
    #[command(flatten)]
    store: StoreArg,
    /// Only these sectors.
    #[arg(value_name = "SECTOR")]
    sectors: Vec<SectorId>,
    /// The closed epoch whose challenges are answered; without one they are drawn at random, as a spot check.
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
    /// Challenges of each sector; demo shapes have 4, standard ones 16.
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    challenges: u32,
}

#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0: everything is whole; 6: there is damage. An interrupted scrub goes on where it stopped.

Examples:
  popw storage scrub
  popw storage scrub --store store/ --mib-per-second 20")]
struct Scrub {
    #[command(flatten)]
    store: StoreArg,
    /// Only these sectors.
    #[arg(value_name = "SECTOR")]
    sectors: Vec<SectorId>,
    /// Read at most so much.
    #[arg(long, value_name = "MIB")]
    mib_per_second: Option<u32>,
    /// Begin anew, whatever an interrupted scrub has done.
    #[arg(long)]
    restart: bool,
}

#[derive(clap::Args)]
#[command(after_help = "\
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
    /// Remove what interrupted runs have left instead.
    #[arg(long, conflicts_with = "sector")]
    unfinished: bool,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Add(command) => add(&command, ui),
        Command::List(command) => list(&command.store, ui),
        Command::Audit(command) => answer(&command, ui),
        Command::Scrub(command) => check(&command, ui),
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

#[derive(Serialize)]
struct SectorReport {
    sector: String,
    name: String,
    bytes: u64,
    nodes: u64,
    height: u8,
    comm_r: String,
    record: PathBuf,
    new: bool,
    resumed_at: u64,
}

impl SectorReport {
    fn new(added: &Added) -> Self {
        let record = added.sector.record();
        Self {
            sector: added.sector.id().to_string(),
            name: record.name.clone(),
            bytes: record.bytes,
            nodes: record.nodes,
            height: record.height,
            comm_r: field::to_decimal(&record.comm_r),
            record: added.sector.folder().join("sector.json"),
            new: added.new,
            resumed_at: added.resumed_at,
        }
    }

    fn to_text(&self) -> String {
        let state = if self.new { "taken in" } else { "is in the store already" };
        let mut lines = vec![format!("{}: {state}", text::shown(&self.name))];
        if self.resumed_at > 0 {
            lines.push(format!("  went on at {}", describe::bytes(self.resumed_at)));
        }
        lines.push(format!("  sector  {}", self.sector));
        let size = describe::bytes(self.bytes);
        lines.push(format!(
            "  size    {size}, {}, a tree of height {}",
            text::count(self.nodes as usize, "node"),
            self.height
        ));
        lines.push(format!("  root    {}", self.comm_r));
        lines.push(format!("  record  {}", self.record.display()));
        lines.join("\n")
    }
}

fn add(command: &Add, ui: &Ui) -> Outcome {
    let options = AddOptions {
        placement: if command.link { Placement::Reference } else { Placement::Copy },
        wait: command.wait,
        resume: !command.restart,
        ..AddOptions::default()
    };
    let mut progress = Bytes { bar: ui.bar(), stage: "taking in" };
    let store = &command.store.store;
    if !command.source.is_dir() {
        let added = popw_storage::add(&command.source, store, &options, &mut progress).into_diagnostic()?;
        drop(progress);
        let report = SectorReport::new(&added);
        ui.result(&report, || report.to_text());
        return Ok(ExitCode::SUCCESS);
    }
    let outcomes =
        popw_storage::add_folder(&command.source, store, &options, &mut progress).into_diagnostic()?;
    drop(progress);
    let (mut taken, mut failed) = (Vec::new(), Vec::new());
    for file in outcomes {
        match file.outcome {
            Ok(added) => taken.push(SectorReport::new(&added)),
            Err(error) => failed.push(format!("{}: {error}", file.path.display())),
        }
    }
    let report = serde_json::json!({ "sectors": taken, "failed": failed });
    ui.result(&report, || {
        let sectors = taken.iter().map(SectorReport::to_text);
        let failures = failed.iter().map(|failure| format!("FAILED  {}", text::shown(failure)));
        sectors.chain(failures).chain([text::count(taken.len(), "sector")]).collect::<Vec<_>>().join("\n")
    });
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rebuild(command: &Rebuild, ui: &Ui) -> Outcome {
    let mut progress = Bytes { bar: ui.bar(), stage: "rebuilding" };
    let store = &command.store.store;
    let sector = popw_storage::rebuild(store, command.sector, &AddOptions::default(), &mut progress)
        .into_diagnostic()?;
    drop(progress);
    ui.result(&serde_json::json!({ "rebuilt": sector.id().to_string() }), || {
        format!("Rebuilt: {}", sector.id())
    });
    Ok(ExitCode::SUCCESS)
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
            format!("unfinished: {source}, {} done; add it again to go on", describe::bytes(part.done))
        }));
        lines.join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

/// The sectors asked for, or all.
fn chosen(folder: &Path, asked: &[SectorId]) -> miette::Result<Vec<SectorId>> {
    if !asked.is_empty() {
        return Ok(asked.to_vec());
    }
    let all: Vec<SectorId> =
        store::list(folder).into_diagnostic()?.into_iter().map(|listed| listed.id).collect();
    if all.is_empty() {
        return Err(miette!(
            help = "take files in with `popw storage add`",
            "{} has no sectors",
            folder.display()
        ));
    }
    Ok(all)
}

/// Exit code for damage.
const DAMAGED: u8 = 6;

fn answer(command: &Audit, ui: &Ui) -> Outcome {
    let beacon = match &command.epoch {
        Some(path) => {
            let epoch: EpochPublic =
                files::read_document(path, "epoch file", DOCUMENT_LIMIT).into_diagnostic()?;
            let closing = epoch.closing.as_ref().ok_or_else(|| {
                miette!(
                    help = "close it with `popw epoch close`: challenges come from the closing beacon",
                    "{}: epoch {} has no closing beacon yet",
                    path.display(),
                    epoch.epoch
                )
            })?;
            closing.rho()
        }
        None => random()?,
    };
    let (mut rows, mut sectors, mut damaged) = (Vec::new(), Vec::new(), false);
    for id in chosen(&command.store.store, &command.sectors)? {
        // A sector that cannot even be opened answers nothing.
        let outcome =
            Sector::open(&command.store.store, id).map_err(|error| error.to_string()).and_then(|sector| {
                let openings =
                    audit(&sector, beacon, command.challenges).map_err(|damage| damage.to_string())?;
                let answer = |opening: &popw_storage::Opening| {
                    let range = sector.layout().node_range(opening.index);
                    serde_json::json!({ "node": opening.index, "from": range.start, "to": range.end })
                };
                Ok(openings.iter().map(answer).collect::<Vec<_>>())
            });
        let (answers, error) = match outcome {
            Ok(answers) => (answers, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        damaged |= error.is_some();
        rows.push(match &error {
            None => format!("{id}: all {} challenges answered", command.challenges),
            Some(error) => format!("DAMAGED {error}"),
        });
        sectors.push(serde_json::json!({ "sector": id.to_string(), "answers": answers, "damage": error }));
    }
    let within = |lost, epochs| text::percent(possession::detection_odds(command.challenges, lost, epochs));
    let odds = [0.01, 0.05, 0.2].map(|lost| {
        format!("{:.0} % lost: {} now, {} within 30 epochs", lost * 100.0, within(lost, 1), within(lost, 30))
    });
    ui.result(
        &serde_json::json!({ "sectors": sectors, "challenges": command.challenges, "odds": odds }),
        || format!("{}\n  odds of noticing a loss: {}", rows.join("\n"), odds.join("; ")),
    );
    Ok(if damaged { ExitCode::from(DAMAGED) } else { ExitCode::SUCCESS })
}

/// A beacon for a spot check.
fn random() -> miette::Result<Fr> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).into_diagnostic()?;
    Ok(field::bytes31(&bytes))
}

fn check(command: &Scrub, ui: &Ui) -> Outcome {
    let options = ScrubOptions {
        bytes_per_second: command.mib_per_second.map(|mib| u64::from(mib) << 20),
        resume: !command.restart,
    };
    let (mut rows, mut sectors, mut damaged) = (Vec::new(), Vec::new(), false);
    for id in chosen(&command.store.store, &command.sectors)? {
        let mut progress = Bytes { bar: ui.bar(), stage: "scrubbing" };
        let found =
            Sector::open(&command.store.store, id).and_then(|sector| scrub(&sector, &options, &mut progress));
        drop(progress);
        match found {
            Ok(ranges) => {
                damaged |= !ranges.is_empty();
                rows.push(if ranges.is_empty() { format!("{id}: whole") } else { damage(id, &ranges) });
                sectors.push(serde_json::json!({ "sector": id.to_string(), "damaged": ranges }));
            }
            Err(error) => {
                damaged = true;
                rows.push(format!("DAMAGED {id}: {error}"));
                sectors.push(serde_json::json!({ "sector": id.to_string(), "error": error.to_string() }));
            }
        }
    }
    ui.result(&serde_json::json!({ "sectors": sectors }), || rows.join("\n"));
    Ok(if damaged { ExitCode::from(DAMAGED) } else { ExitCode::SUCCESS })
}

const REBUILD: &str = "`popw storage rebuild` makes it anew while the data are whole";

fn damage(id: SectorId, ranges: &[DamagedRange]) -> String {
    let mut lines = vec![format!("DAMAGED {id}")];
    lines.extend(ranges.iter().map(|DamagedRange { part, range }| {
        let (part, remedy) = match part {
            Part::Data => ("data".into(), "fetch them again by the sector's hash"),
            Part::Outboard => ("BLAKE3 hashes".into(), REBUILD),
            Part::Header => ("tree's header".into(), REBUILD),
            Part::Table => ("tree's digests".into(), REBUILD),
            Part::Tree { level } => (format!("level {level} of the tree"), REBUILD),
        };
        format!("  bytes {} to {} of the {part}: {remedy}", range.start, range.end)
    }));
    lines.join("\n")
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
