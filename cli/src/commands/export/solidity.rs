//! `popw export solidity`.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    iter,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::claim::Kind;
use popw_network::files::{self, Access, Overwrite};
use popw_solidity::{INTERFACE, INTERFACE_FILE, SourceFile, contract, contract_name};
use popw_verifier::key::{Header, VerifyingKey};
use serde::Serialize;

use crate::{
    commands::{Outcome, ShapeArg, SystemArg},
    documents, kinds,
    ui::Ui,
};

pub const EXAMPLES: &str = "Examples:\n  popw export solidity --keys keys/ --out contracts/\n  \
    popw export solidity --claim uptime --shape standard --system groth16 --keys keys/ --out contracts/\n  \
    popw export solidity --key uptime.vk --out src/verifiers/ --interface ../IPopwVerifier.sol";

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Of the folder's keys, those of this claim; may be repeated.
    #[arg(long, value_parser = all_or_kind(), default_value = "all", conflicts_with = "key")]
    claim: Vec<Option<Kind>>,
    /// Of the folder's keys, those of this shape [default: any].
    #[arg(long, value_enum, conflicts_with = "key")]
    shape: Option<ShapeArg>,
    /// Of the folder's keys, those of this proof system [default: any].
    #[arg(long, value_enum, conflicts_with = "key")]
    system: Option<SystemArg>,
    /// Folder for the contracts; made if missing, files of the same names are replaced.
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Where the contracts import IPopwVerifier.sol from; without it, the file is written beside them.
    #[arg(long, value_name = "PATH")]
    interface: Option<String>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// A verifying key (.vk file); may be repeated.
    #[arg(long, value_name = "VK")]
    key: Vec<PathBuf>,
    /// A folder of verifying keys.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// `--claim`; `None` is every claim.
fn all_or_kind() -> impl TypedValueParser<Value = Option<Kind>> {
    let all = PossibleValue::new("all").help("Every claim");
    PossibleValuesParser::new(iter::once(all).chain(kinds::values())).map(|name| kinds::find(&name))
}

#[derive(Serialize)]
struct Written {
    contract: String,
    file: PathBuf,
    key: PathBuf,
    key_digest: String,
    #[serde(flatten)]
    header: Header,
}

/// Writes the contracts: all of them, or none when one key is refused.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let mut contracts: BTreeMap<String, (PathBuf, VerifyingKey, Vec<SourceFile>)> = BTreeMap::new();
    for path in args.files()? {
        let key = documents::read_verifying_key(&path)?;
        if !args.wants(key.header()) {
            continue;
        }
        let sources = contract(&key).map_err(|error| miette!("{}: {error}", path.display()))?;
        let name = contract_name(&key);
        if let Some((other, ..)) = contracts.get(&name) {
            return Err(miette!(
                help = "name one of them with --key",
                "{} and {} would both become the contract {name}",
                other.display(),
                path.display()
            ));
        }
        contracts.insert(name, (path, key, sources));
    }
    if contracts.is_empty() {
        return Err(miette!(
            help = "`popw setup` makes keys; `popw inspect` says what a key is for",
            "no verifying key in {} is of this claim, shape and proof system",
            args.source.keys.as_deref().unwrap_or(Path::new("")).display()
        ));
    }
    write(args, contracts, ui)
}

fn write(
    args: &Args,
    contracts: BTreeMap<String, (PathBuf, VerifyingKey, Vec<SourceFile>)>,
    ui: &Ui,
) -> Outcome {
    fs::create_dir_all(&args.out)
        .into_diagnostic()
        .wrap_err_with(|| format!("making the folder {}", args.out.display()))?;
    let import = match &args.interface {
        Some(import) => import.clone(),
        None => {
            write_text(&args.out.join(INTERFACE_FILE), INTERFACE)?;
            format!("./{INTERFACE_FILE}")
        }
    };
    let mut written = Vec::new();
    for (contract, (path, key, sources)) in contracts {
        for source in sources {
            let source = source.importing(&import);
            write_text(&args.out.join(&source.name), &source.text)?;
        }
        if let Some(how) = key.header().development {
            ui.warn(&format!("{contract}: {}", how.warning()));
        }
        written.push(Written {
            file: args.out.join(format!("{contract}.sol")),
            contract,
            key: path,
            key_digest: key.digest().to_string(),
            header: key.header().clone(),
        });
    }
    ui.result(&written, || {
        let line = |one: &Written| format!("written: {} for {}", one.file.display(), one.key.display());
        written.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

fn write_text(path: &Path, text: &str) -> miette::Result<()> {
    files::write_with(path, "contract", Overwrite::Yes, Access::Public, |file| {
        file.write_all(text.as_bytes())
    })
    .into_diagnostic()
}

impl Args {
    fn files(&self) -> miette::Result<Vec<PathBuf>> {
        let Some(folder) = &self.source.keys else {
            return Ok(self.source.key.clone());
        };
        let reading = || format!("reading the folder {}", folder.display());
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_diagnostic().wrap_err_with(reading)? {
            let path = entry.into_diagnostic().wrap_err_with(reading)?.path();
            if path.extension().is_some_and(|extension| extension == "vk") {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    fn wants(&self, header: &Header) -> bool {
        let claim = self.source.keys.is_none()
            || self.claim.iter().any(|claim| claim.is_none_or(|kind| kind.id() == header.claim));
        let shape = self.shape.is_none_or(|shape| shape.name() == header.shape);
        claim && shape && self.system.is_none_or(|system| header.system == system.into())
    }
}
