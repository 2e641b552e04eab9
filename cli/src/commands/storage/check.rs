//! `popw storage audit` and `popw storage scrub`: whether the sectors are what was committed to.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::{IntoDiagnostic, Report, miette};
use popw_core::document::EpochPublic;
use popw_core::{Fr, field, possession};
use popw_network::files::{self, DOCUMENT_LIMIT};
use popw_storage::{
    DamagedRange, Part, ScrubOptions, Scrubbed, Sector, SectorId, StorageError, audit, scrub, store,
};
use rand::{TryRngCore, rngs::OsRng};

use super::super::{CHALLENGES, Outcome};
use super::{Bytes, StoreArg};
use crate::{text, ui::Ui};

#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0: every challenge was answered; 6: some cannot be answered any more; 9: nothing is known about
some sectors, because they cannot be read or the system has failed.

Examples:
  popw storage audit --epoch epoch-public.json
  popw storage audit --store store/ --challenges 256")]
pub struct Audit {
    #[command(flatten)]
    store: StoreArg,
    /// Only these sectors.
    #[arg(value_name = "SECTOR")]
    sectors: Vec<SectorId>,
    /// The closed epoch whose challenges are answered; without one they are drawn at random, as a spot check.
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
    /// Challenges of each sector; demo shapes have 4, standard ones 16.
    #[arg(long, value_name = "NUMBER", default_value_t = CHALLENGES)]
    challenges: u32,
}

#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0: everything is whole; 6: there is damage; 9: none was found, but some sectors cannot be read, or
the system has failed, or the disk is too full to keep the scrub's position.

An interrupted scrub resumes where it stopped. In a store that is read-only, its position is not kept.

Examples:
  popw storage scrub
  popw storage scrub --store store/ --mib-per-second 20")]
pub struct Scrub {
    #[command(flatten)]
    store: StoreArg,
    /// Only these sectors.
    #[arg(value_name = "SECTOR")]
    sectors: Vec<SectorId>,
    /// Read at most this much each second.
    #[arg(long, value_name = "MIB")]
    mib_per_second: Option<u32>,
    /// Start over, whatever an interrupted scrub has done.
    #[arg(long)]
    restart: bool,
}

/// Exit code for damage.
const DAMAGED: u8 = 6;
/// Exit code for what could not be done, where no damage was found.
const UNDONE: u8 = 9;

/// What all sectors come to.
#[derive(Default)]
struct Verdict {
    damaged: bool,
    undone: bool,
}

impl Verdict {
    fn code(&self) -> ExitCode {
        match (self.damaged, self.undone) {
            (true, _) => ExitCode::from(DAMAGED),
            (false, true) => ExitCode::from(UNDONE),
            (false, false) => ExitCode::SUCCESS,
        }
    }
}

/// The sectors asked for, or all. None if the store may not be looked at: that has been told then.
fn chosen(folder: &Path, asked: &[SectorId], ui: &Ui) -> miette::Result<Option<Vec<SectorId>>> {
    if !asked.is_empty() {
        return Ok(Some(asked.to_vec()));
    }
    let listed = match store::list(folder) {
        Err(error @ (StorageError::Permission { .. } | StorageError::Io { .. })) => {
            ui.failure(&Report::from_err(error));
            return Ok(None);
        }
        listed => listed.into_diagnostic()?,
    };
    if listed.is_empty() {
        return Err(miette!(
            help = "take files in with `popw storage add`",
            "{} has no sectors",
            folder.display()
        ));
    }
    Ok(Some(listed.into_iter().map(|listed| listed.id).collect()))
}

/// Why a sector does not answer.
struct Silence {
    damaged: bool,
    why: String,
}

pub fn answer(command: &Audit, ui: &Ui) -> Outcome {
    let folder = &command.store.store;
    let beacon = command.beacon()?;
    let Some(ids) = chosen(folder, &command.sectors, ui)? else { return Ok(ExitCode::from(UNDONE)) };
    let (mut rows, mut sectors, mut verdict) = (Vec::new(), Vec::new(), Verdict::default());
    for id in ids {
        let (answers, silence) = match answers(folder, id, beacon, command.challenges) {
            Ok(answers) => (answers, None),
            Err(silence) => (Vec::new(), Some(silence)),
        };
        let (mut damage, mut unknown) = (None, None);
        match silence {
            None => rows.push(format!("{id}: all {} challenges answered", command.challenges)),
            // A sector that cannot even be opened answers nothing.
            Some(Silence { damaged: true, why }) => {
                rows.push(format!("DAMAGED {why}"));
                damage = Some(why);
            }
            Some(Silence { damaged: false, why }) => {
                rows.push(format!("NOT CHECKED {id}: {why}"));
                unknown = Some(why);
            }
        }
        verdict.damaged |= damage.is_some();
        verdict.undone |= unknown.is_some();
        sectors.push(serde_json::json!({
            "sector": id.to_string(), "answers": answers, "damage": damage, "not_checked": unknown
        }));
    }
    let within = |lost, epochs| text::percent(possession::detection_odds(command.challenges, lost, epochs));
    let odds = [0.01, 0.05, 0.2].map(|lost| {
        format!("{:.0} % lost: {} now, {} within 30 epochs", lost * 100.0, within(lost, 1), within(lost, 30))
    });
    ui.result(
        &serde_json::json!({ "sectors": sectors, "challenges": command.challenges, "odds": odds }),
        || format!("{}\n  odds of noticing a loss: {}", rows.join("\n"), odds.join("; ")),
    );
    Ok(verdict.code())
}

impl Audit {
    /// Where the challenges come from.
    fn beacon(&self) -> miette::Result<Fr> {
        let Some(path) = &self.epoch else { return random() };
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
        Ok(closing.rho())
    }
}

/// A beacon for a spot check.
fn random() -> miette::Result<Fr> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).into_diagnostic()?;
    Ok(field::bytes31(&bytes))
}

/// The nodes that a sector has opened, with the bytes they stand for.
fn answers(
    folder: &Path,
    id: SectorId,
    beacon: Fr,
    challenges: u32,
) -> Result<Vec<serde_json::Value>, Silence> {
    let sector = Sector::open(folder, id)
        .map_err(|error| Silence { damaged: error.is_damage(), why: error.to_string() })?;
    let openings = audit(&sector, beacon, challenges)
        .map_err(|damage| Silence { damaged: damage.is_damage(), why: damage.to_string() })?;
    let answer = |opening: &popw_storage::Opening| {
        let range = sector.layout().node_range(opening.index);
        serde_json::json!({ "node": opening.index, "from": range.start, "to": range.end })
    };
    Ok(openings.iter().map(answer).collect())
}

pub fn check(command: &Scrub, ui: &Ui) -> Outcome {
    let options = ScrubOptions {
        bytes_per_second: command.mib_per_second.map(|mib| u64::from(mib) << 20),
        resume: !command.restart,
    };
    let folder = &command.store.store;
    let Some(ids) = chosen(folder, &command.sectors, ui)? else { return Ok(ExitCode::from(UNDONE)) };
    let (mut rows, mut sectors, mut verdict) = (Vec::new(), Vec::new(), Verdict::default());
    for id in ids {
        let mut progress = Bytes { bar: ui.bar(), stage: "scrubbing" };
        let found = Sector::open(folder, id).and_then(|sector| scrub(&sector, &options, &mut progress));
        drop(progress);
        let sector = id.to_string();
        match found {
            Ok(Scrubbed { damaged, not_kept }) => {
                verdict.damaged |= !damaged.is_empty();
                rows.push(if damaged.is_empty() { format!("{id}: whole") } else { damage(id, &damaged) });
                if let Some(error) = &not_kept {
                    // A store that may only be read is scrubbed as it is.
                    verdict.undone |= !matches!(error, StorageError::Permission { .. });
                    ui.warn(&format!("{id}: what this scrub found is not kept: {error}"));
                }
                let why = not_kept.map(|error| error.to_string());
                sectors.push(serde_json::json!({ "sector": sector, "damaged": damaged, "not_kept": why }));
            }
            Err(error) if error.is_damage() => {
                verdict.damaged = true;
                rows.push(format!("DAMAGED {id}: {error}"));
                sectors.push(serde_json::json!({ "sector": sector, "error": error.to_string() }));
            }
            Err(error) => {
                verdict.undone = true;
                rows.push(format!("NOT CHECKED {id}: {error}"));
                sectors.push(serde_json::json!({ "sector": sector, "not_checked": error.to_string() }));
            }
        }
    }
    ui.result(&serde_json::json!({ "sectors": sectors }), || rows.join("\n"));
    Ok(verdict.code())
}

const REFILL: &str =
    "fetch them again by the sector's hash, or take a whole copy of the file, and add it: that is the repair";
const REBUILD: &str = "`popw storage rebuild` makes it again as long as the data are whole";

fn damage(id: SectorId, ranges: &[DamagedRange]) -> String {
    let mut lines = vec![format!("DAMAGED {id}")];
    lines.extend(ranges.iter().map(|DamagedRange { part, range }| {
        let (part, remedy) = match part {
            Part::Data => ("data".into(), REFILL),
            Part::Outboard => ("BLAKE3 hashes".into(), REBUILD),
            Part::Header => ("tree's header".into(), REBUILD),
            Part::Table => ("tree's digests".into(), REBUILD),
            Part::Tree { level } => (format!("level {level} of the tree"), REBUILD),
        };
        format!("  bytes {} to {} of the {part}: {remedy}", range.start, range.end)
    }));
    lines.join("\n")
}
