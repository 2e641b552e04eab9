//! `popw`: from heartbeats to proofs of physical work, and to what others make of them.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use miette::miette;

mod commands;
mod daemon;
mod describe;
#[cfg(test)]
mod docs;
mod documents;
mod engine;
mod interrupt;
mod keys;
mod kinds;
mod logs;
mod passphrase;
mod progress;
mod signals;
mod snarkjs;
mod text;
mod ui;

use ui::Ui;

/// Proofs of physical work: a device proves that it was up, stored the data and moved the bytes, and anyone checks it in
/// milliseconds.
#[derive(Parser)]
#[command(name = "popw", version, max_term_width = 110, after_help = AFTER_HELP)]
struct Cli {
    /// Print one JSON value instead of text; progress is silent.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
An epoch from start to end:
  network init → key new → storage add → registry add, add-sector, add-allotment → epoch snapshot
  → witness run, device run, client fetch → epoch close → device export → setup work → prove work
  → verify

`make demo` in the source tree does all of it on this machine. Every command has examples under --help.";

/// What is said when a mapped file is cut short.
#[cfg(target_os = "linux")]
const CUT_SHORT: &str = "\
Error: a key or another file was cut short while it was being read, or its disk has failed
  remedy: wait until the file is complete, and run the command again
";
/// The same for machines.
#[cfg(target_os = "linux")]
const CUT_SHORT_JSON: &str = "\
{\"error\":\"a key or another file was cut short while it was being read, or its disk has failed\",\
\"causes\":[],\"remedy\":\"wait until the file is complete, and run the command again\"}
";

#[derive(Subcommand)]
enum Command {
    /// A network's policy: slots, committee, quorum, beacon, clock.
    Network(commands::network::Args),
    /// Key files of devices, witnesses and clients.
    Key(commands::key::Args),
    /// The registry: who takes part, and since when.
    Registry(commands::registry::Args),
    /// Epochs: fixing roots and rules before, closing them after.
    Epoch(commands::epoch::Args),
    /// Public randomness: checking drand rounds, or values from elsewhere.
    Beacon(commands::beacon::Args),
    /// The witness daemon.
    Witness(commands::witness::Args),
    /// The device daemon.
    Device(commands::device::Args),
    /// Clients: downloading what was paid for, and signing for it.
    Client(commands::client::Args),
    /// Receipts, rates and attestations: checking them, and finding signers who contradict themselves.
    Receipts(commands::receipts::Args),
    /// Sectors: the files a device possesses and proves it can read.
    Storage(commands::storage::Args),
    /// Make development keys for a claim.
    Setup(commands::setup::Args),
    /// Prove a claim.
    Prove(commands::prove::Args),
    /// Check a proof. The exit code is the verdict: see --help.
    Verify(commands::verify::Args),
    /// Say what a popw file is and what it contains.
    Inspect(commands::inspect::Args),
    /// Write a proof for other tools.
    Export(commands::export::Args),
    /// Groth16 for other software's circuits: keys from snarkjs and arkworks, proofs for snarkjs.
    Groth16(commands::groth16::Args),
    /// Judge a record of proofs by a policy, for a lender or a reward contract's front end.
    Eligibility(commands::eligibility::Args),
    /// Verifier contracts on EVM chains: deploying them, and having them check proofs.
    #[cfg(feature = "chain")]
    Chain(commands::chain::Args),
    /// Serve the page that checks proofs in a browser, on this machine.
    #[cfg(feature = "serve-page")]
    ServePage(commands::serve_page::Args),
    /// Look for what is wrong with a verifying key.
    Lint(commands::lint::Args),
    /// Print the JSON schema of a document.
    Schema(commands::schema::Args),
    /// Print shell completions.
    Completions(commands::completions::Args),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(cli.json);
    if cli.json && env::args_os().any(|argument| argument.to_str().is_none()) {
        let help = "rename it, or leave out --json";
        ui.failure(&miette!(help = help, "a name that is not UTF-8 cannot be written in JSON"));
        return ExitCode::FAILURE;
    }
    #[cfg(target_os = "linux")]
    // Without it, a file that is cut short would end the process all the same, but without a word.
    let _ = popw_prover::groth16::end_on_truncation(if cli.json { CUT_SHORT_JSON } else { CUT_SHORT });
    if let Err(report) = signals::stand_in(&ui) {
        ui.failure(&report);
        return ExitCode::FAILURE;
    }
    let outcome = match cli.command {
        Command::Network(args) => commands::network::run(args, &ui),
        Command::Key(args) => commands::key::run(args, &ui),
        Command::Registry(args) => commands::registry::run(args, &ui),
        Command::Epoch(args) => commands::epoch::run(args, &ui),
        Command::Beacon(args) => commands::beacon::run(args, &ui),
        Command::Witness(args) => commands::witness::run(args, &ui),
        Command::Device(args) => commands::device::run(args, &ui),
        Command::Client(args) => commands::client::run(args, &ui),
        Command::Receipts(args) => commands::receipts::run(args, &ui),
        Command::Storage(args) => commands::storage::run(args, &ui),
        Command::Setup(args) => commands::setup::run(args, &ui),
        Command::Prove(args) => commands::prove::run(args, &ui),
        Command::Verify(args) => commands::verify::run(args, &ui),
        Command::Inspect(args) => commands::inspect::run(args, &ui),
        Command::Export(args) => commands::export::run(args, &ui),
        Command::Groth16(args) => commands::groth16::run(args, &ui),
        Command::Eligibility(args) => commands::eligibility::run(args, &ui),
        #[cfg(feature = "chain")]
        Command::Chain(args) => commands::chain::run(args, &ui),
        #[cfg(feature = "serve-page")]
        Command::ServePage(args) => commands::serve_page::run(args, &ui),
        Command::Lint(args) => commands::lint::run(args, &ui),
        Command::Schema(args) => commands::schema::run(args, &ui),
        Command::Completions(args) => commands::completions::run::<Cli>(args, &ui),
    };
    match outcome {
        Ok(code) => code,
        Err(report) => match interrupt::code() {
            Some(code) => {
                ui.cancelled();
                code
            }
            None => {
                ui.failure(&report);
                ExitCode::FAILURE
            }
        },
    }
}

/// Help, or what is wrong with the command line.
fn usage(error: &clap::Error) -> ExitCode {
    match error.print().and_then(|()| io::stdout().flush()) {
        Err(unprinted) if !error.use_stderr() => Ui::new(false).unprinted(&unprinted).into(),
        _ => u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from),
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        fn walk(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let mut inner = command.get_subcommands().peekable();
            if inner.peek().is_none() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "no example in the help of{path}");
            }
            inner.for_each(|command| walk(command, &path));
        }
        walk(&Cli::command(), "");
    }
}
