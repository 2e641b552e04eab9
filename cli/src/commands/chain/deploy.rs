//! `popw chain deploy`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use miette::{IntoDiagnostic, miette};
use popw_chain::{Address, Artifact, Chain, Contract, Deployed, Signer};
use popw_network::files;
use popw_prover::progress::ProgressSink;
use popw_verifier::key::VerifyingKey;
use secrecy::ExposeSecret;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{RpcArgs, address, report};
use crate::commands::Outcome;
use crate::passphrase::{PassphraseArgs, warn_if_shared};
use crate::{documents, ui::Ui};

/// A private key and its line's end.
const LONGEST_PRIVATE_KEY: u64 = 128;

const AFTER_HELP: &str = "\
Generate the contracts from the keys and compile them first: `popw export solidity`, then `forge build` in
contracts/. A key's artifact is looked for where forge puts it, DIR/NAME.sol/NAME.json, unless --artifact names it. The sizes
of all contracts are checked before anything is sent, and afterwards that each contract reports its key's digest. A warning
says when a key is for development.

Exit codes: 0 all are deployed, 1 an error (what was deployed before it is printed), 2 wrong usage.

Examples:
  popw chain deploy --rpc http://127.0.0.1:8545 --keys keys/ --unlocked 0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266
  popw chain deploy --rpc https://rpc.example.org --chain-id 11155111 --key uptime.vk --keystore deployer.json
  popw --json chain deploy --rpc http://127.0.0.1:8545 --key uptime.vk --private-key-file deployer.key \\
      --artifact contracts/out/PopwUptimeStandardGroth16.sol/PopwUptimeStandardGroth16.json";

/// Deploy generated verifier contracts.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    rpc: RpcArgs,
    #[command(flatten)]
    what: Keys,
    /// The folder of forge's artifacts.
    #[arg(long, value_name = "DIR", default_value = "contracts/out")]
    artifacts: PathBuf,
    /// The compiled contract of --key, if it is not in the folder of artifacts.
    #[arg(long, value_name = "JSON", conflicts_with_all = ["artifacts", "keys"])]
    artifact: Option<PathBuf>,
    #[command(flatten)]
    payer: Payer,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// How long to wait for a block that includes a contract.
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = humantime::parse_duration)]
    patience: Duration,
}

#[derive(clap::Args, Debug)]
#[group(required = true, multiple = true)]
struct Keys {
    /// The verifying key of a contract (a .vk file); can be given several times.
    #[arg(long, value_name = "VK")]
    key: Vec<PathBuf>,
    /// A folder: the contracts of all .vk files in it.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct Payer {
    /// A file whose first line is the paying account's private key, in hex.
    #[arg(long, value_name = "FILE")]
    private_key_file: Option<PathBuf>,
    /// The paying account's V3 keystore (geth, cast wallet); without --passphrase-file, you are asked for its passphrase.
    #[arg(long, value_name = "FILE")]
    keystore: Option<PathBuf>,
    /// An account that the node itself signs for, as development nodes do.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    unlocked: Option<Address>,
}

/// A contract about to be deployed.
struct Plan {
    key: VerifyingKey,
    artifact: Artifact,
}

#[derive(Serialize)]
struct Entry {
    contract: String,
    key_digest: String,
    development: bool,
    #[serde(flatten)]
    deployed: Deployed,
}

#[derive(Serialize)]
struct Report {
    chain_id: u64,
    from: Address,
    contracts: Vec<Entry>,
}

pub(super) async fn run(args: Args, ui: &Ui) -> Outcome {
    let plans = args.plans()?;
    let signer = args.payer.signer(&args.passphrase, ui)?;
    let chain = args.rpc.connect().await?;
    let mut report = Report { chain_id: chain.id(), from: signer.address(), contracts: Vec::new() };
    let bar = ui.bar();
    for (index, plan) in plans.iter().enumerate() {
        let name = popw_solidity::contract_name(&plan.key);
        bar.report(&format!("deploying {name}"), index as f64 / plans.len() as f64);
        match deploy(&chain, &signer, plan, args.patience).await {
            Ok(deployed) => report.contracts.push(Entry {
                contract: name,
                key_digest: plan.key.digest().to_string(),
                development: plan.key.header().development.is_some(),
                deployed,
            }),
            Err(error) => {
                drop(bar);
                if !report.contracts.is_empty() {
                    ui.result(&report, || text(&report));
                }
                return Err(error);
            }
        }
    }
    drop(bar);
    for entry in report.contracts.iter().filter(|entry| entry.development) {
        ui.warn(&format!(
            "{}: a development key; whoever made it can forge proofs that it accepts",
            entry.contract
        ));
    }
    ui.result(&report, || text(&report));
    Ok(ExitCode::SUCCESS)
}

async fn deploy(chain: &Chain, signer: &Signer, plan: &Plan, patience: Duration) -> miette::Result<Deployed> {
    let deployed = popw_chain::deploy(chain, signer, &plan.artifact, patience).await.map_err(report)?;
    let contract = Contract::open(chain, deployed.address).await.map_err(report)?;
    if contract.identity().key_digest != plan.key.digest().0 {
        return Err(miette!(
            help = "generate the contract from this key again, compile and deploy it; forget this address",
            "the contract at {} was generated from a key other than {}",
            deployed.address,
            plan.key.digest()
        ));
    }
    Ok(deployed)
}

fn text(report: &Report) -> String {
    let lines = report.contracts.iter().map(|entry| {
        let Deployed { address, gas, block, .. } = &entry.deployed;
        let block = block.map(|block| format!(", block {block}")).unwrap_or_default();
        format!("{}  {address}  ({gas} gas{block})", entry.contract)
    });
    let lines: Vec<String> = lines.collect();
    format!("Deployed on chain {} by {}:\n{}", report.chain_id, report.from, lines.join("\n"))
}

impl Args {
    /// All contracts, read and checked.
    fn plans(&self) -> miette::Result<Vec<Plan>> {
        let mut paths = self.what.key.clone();
        if let Some(folder) = &self.what.keys {
            paths.extend(verifying_keys(folder)?);
        }
        if self.artifact.is_some() && paths.len() != 1 {
            let help = "leave out --artifact: --artifacts names the folder of them all";
            return Err(miette!(help = help, "one artifact was given for {} keys", paths.len()));
        }
        paths.iter().map(|path| self.plan(path)).collect()
    }

    fn plan(&self, path: &Path) -> miette::Result<Plan> {
        let key = documents::read_verifying_key(path)?;
        let name = popw_solidity::contract_name(&key);
        let artifact = self
            .artifact
            .clone()
            .unwrap_or_else(|| self.artifacts.join(format!("{name}.sol")).join(format!("{name}.json")));
        let artifact =
            Artifact::read(&artifact).map_err(|error| miette!(help = error.remedy(), "{error}"))?;
        Ok(Plan { key, artifact })
    }
}

/// The .vk files of a folder, by name.
fn verifying_keys(folder: &Path) -> miette::Result<Vec<PathBuf>> {
    let unreadable =
        |error: std::io::Error| miette!("the folder {} cannot be read: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "vk") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        let help = "make keys with popw setup, or name the folder that has them";
        return Err(miette!(help = help, "there are no .vk files in {}", folder.display()));
    }
    paths.sort();
    Ok(paths)
}

impl Payer {
    fn signer(&self, passphrase: &PassphraseArgs, ui: &Ui) -> miette::Result<Signer> {
        let signer = match self {
            Self { private_key_file: Some(path), .. } => {
                warn_if_shared(path, ui);
                let bytes = files::read(path, "private key file", LONGEST_PRIVATE_KEY).into_diagnostic()?;
                let bytes = Zeroizing::new(bytes);
                let line = std::str::from_utf8(&bytes).ok().and_then(|text| text.lines().next());
                Signer::from_private_key(line.unwrap_or_default(), path)
            }
            Self { keystore: Some(path), .. } => {
                // Its absence is to be told before a passphrase is asked for.
                files::read(path, "keystore", files::DOCUMENT_LIMIT).into_diagnostic()?;
                let passphrase = passphrase.secret(&format!("Passphrase of {}: ", path.display()), ui)?;
                Signer::from_keystore(path, passphrase.expose_secret())
            }
            Self { unlocked: Some(address), .. } => Ok(Signer::Unlocked(*address)),
            _ => return Err(miette!("one of --private-key-file, --keystore and --unlocked is needed")),
        };
        signer.map_err(|error| miette!(help = error.remedy(), "{error}"))
    }
}
