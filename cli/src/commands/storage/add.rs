//! `popw storage add`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::IntoDiagnostic;
use popw_core::field;
use popw_storage::{AddOptions, Added, FolderReport, Placement, Progress, Skipped, StorageError};
use serde::Serialize;

use super::super::Outcome;
use super::{Bytes, StoreArg};
use crate::{describe, text, ui::Ui};

#[derive(clap::Args)]
#[command(after_help = "\
The file is read once: its nodes are hashed into a Poseidon tree (a seventh of its size, kept beside
the data) and a BLAKE3 hash, by which it can be fetched. An interrupted run resumes where it stopped.

If the store already has a sector of this content, it is compared with the file. A whole sector is left as
it was; one that is damaged, or links to a file that is no longer there, is repaired: if the file was moved,
add it again, with --link, from where it is now.

From a folder, every file is taken in, including those in subfolders. Symbolic links in it are not followed.
These, pipes, sockets, devices, and subfolders that cannot be read are skipped, with a warning for each.

Exit code 0: every file is in the store; 1: at least one could not be taken in.

Examples:
  popw storage add film.mkv
  popw storage add photos/ --store /mnt/disk1/store
  popw storage add archive.tar --store store/ --link

Then: popw registry add-sector --sector store/<id>/sector.json …")]
pub struct Add {
    /// The file or folder.
    #[arg(value_name = "FILE|DIR")]
    source: PathBuf,
    #[command(flatten)]
    store: StoreArg,
    /// Leave the data where they are: changing or moving the file damages the sector.
    #[arg(long)]
    link: bool,
    /// Wait for another process that is adding to the store.
    #[arg(long)]
    wait: bool,
    /// Start over, whatever an interrupted run has left behind.
    #[arg(long)]
    restart: bool,
}

pub fn add(command: &Add, ui: &Ui) -> Outcome {
    let options = AddOptions {
        placement: if command.link { Placement::Reference } else { Placement::Copy },
        wait: command.wait,
        resume: !command.restart,
        ..AddOptions::default()
    };
    let (source, store) = (&command.source, &command.store.store);
    let mut progress = Bytes { bar: ui.bar(), stage: "taking in" };
    if source.is_dir() {
        let mut folder = Folder { progress, ui, found: Found::default() };
        popw_storage::add_folder(source, store, &options, &mut folder).into_diagnostic()?;
        let found = folder.found;
        drop(folder.progress);
        ui.result(&found.to_json(), || found.summary());
        return Ok(if found.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let added = popw_storage::add(source, store, &options, &mut progress).into_diagnostic()?;
    drop(progress);
    let report = SectorReport::new(source, &added);
    report.warn(ui);
    ui.result(&report, || report.to_text());
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct SectorReport {
    file: String,
    sector: String,
    name: String,
    bytes: u64,
    nodes: u64,
    height: u8,
    comm_r: String,
    record: PathBuf,
    reference: Option<String>,
    new: bool,
    repaired: Option<String>,
    resumed_at: u64,
}

impl SectorReport {
    fn new(file: &Path, added: &Added) -> Self {
        let record = added.sector.record();
        Self {
            file: file.display().to_string(),
            sector: added.sector.id().to_string(),
            name: record.name.clone(),
            bytes: record.bytes,
            nodes: record.nodes,
            height: record.height,
            comm_r: field::to_decimal(&record.comm_r),
            record: added.sector.folder().join("sector.json"),
            reference: record.reference.clone(),
            new: added.new,
            repaired: added.repaired.as_ref().map(ToString::to_string),
            resumed_at: added.resumed_at,
        }
    }

    fn outcome(&self) -> String {
        match (&self.repaired, self.new) {
            (Some(flaw), _) => format!("repaired, {flaw}"),
            (None, true) => "taken in".into(),
            (None, false) => "is in the store already".into(),
        }
    }

    /// On a line, where there are many.
    fn to_line(&self) -> String {
        let size = describe::bytes(self.bytes);
        format!("{}: {}; {size}, sector {}", text::shown(&self.file), self.outcome(), self.sector)
    }

    fn to_text(&self) -> String {
        let mut lines = vec![format!("{}: {}", text::shown(&self.name), self.outcome())];
        if self.resumed_at > 0 {
            lines.push(format!("  resumed at {}", describe::bytes(self.resumed_at)));
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
        lines.extend(self.reference.iter().map(|path| format!("  links   {path}")));
        lines.join("\n")
    }

    /// What people must know before they rely on it.
    fn warn(&self, ui: &Ui) {
        if self.bytes == 0 {
            ui.warn(&format!(
                "{} is empty: its sector cannot be registered, since there is nothing to keep",
                self.file
            ));
        }
    }
}

/// Tells of a folder's files as they come.
struct Folder<'a> {
    progress: Bytes<'a>,
    ui: &'a Ui,
    found: Found,
}

impl Progress for Folder<'_> {
    fn report(&mut self, done: u64, total: u64) {
        self.progress.report(done, total);
    }
}

impl FolderReport for Folder<'_> {
    fn file(&mut self, path: &Path, outcome: Result<Added, StorageError>) {
        let ui = self.ui;
        match outcome {
            Ok(added) => {
                let report = SectorReport::new(path, &added);
                self.progress.bar.above(|| {
                    report.warn(ui);
                    ui.part(|| report.to_line());
                });
                self.found.enter(report, ui);
            }
            Err(error) => {
                let failure = format!("{}: {error}", path.display());
                self.progress.bar.above(|| ui.part(|| format!("FAILED  {}", text::shown(&failure))));
                self.found.failed.push(failure);
            }
        }
    }

    fn skipped(&mut self, path: &Path, why: &Skipped) {
        let (path, why) = (path.display().to_string(), why.to_string());
        self.progress.bar.above(|| self.ui.warn(&format!("skipped {path}: {why}")));
        self.found.skipped.push(Passed { path, why });
    }
}

/// What was found in a folder.
#[derive(Default)]
struct Found {
    /// For machines alone: people have been told.
    sectors: Vec<SectorReport>,
    new: usize,
    present: usize,
    repaired: usize,
    failed: Vec<String>,
    skipped: Vec<Passed>,
}

/// What was skipped, and why.
#[derive(Serialize)]
struct Passed {
    path: String,
    why: String,
}

impl Found {
    fn enter(&mut self, report: SectorReport, ui: &Ui) {
        let count = match (&report.repaired, report.new) {
            (Some(_), _) => &mut self.repaired,
            (None, true) => &mut self.new,
            (None, false) => &mut self.present,
        };
        *count += 1;
        if ui.is_json() {
            self.sectors.push(report);
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let counts = serde_json::json!({
            "new": self.new,
            "present": self.present,
            "repaired": self.repaired,
            "failed": self.failed.len(),
            "skipped": self.skipped.len(),
        });
        serde_json::json!({
            "sectors": self.sectors,
            "failed": self.failed,
            "skipped": self.skipped,
            "counts": counts,
        })
    }

    /// `3 sectors: 2 taken in, 1 repaired; 1 skipped`.
    fn summary(&self) -> String {
        let some = |counts: &[(usize, &str)]| -> Vec<String> {
            let counts = counts.iter().filter(|(count, _)| *count > 0);
            counts.map(|(count, what)| format!("{count} {what}")).collect()
        };
        let sectors = text::count(self.new + self.present + self.repaired, "sector");
        let kinds =
            [(self.new, "taken in"), (self.present, "in the store already"), (self.repaired, "repaired")];
        let rest = some(&[(self.skipped.len(), "skipped"), (self.failed.len(), "FAILED")]);
        let kinds = some(&kinds).join(", ");
        let sectors = if kinds.is_empty() { sectors } else { format!("{sectors}: {kinds}") };
        [sectors].into_iter().chain(rest).collect::<Vec<_>>().join("; ")
    }
}
