//! `popw groth16`.

mod calldata;
mod export;
mod import;
mod prove;
mod verify;

use super::Outcome;
use crate::ui::Ui;

/// Groth16 for other software's circuits: keys from snarkjs and arkworks, proofs for snarkjs, contracts.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Prove from a key and a witness; writes proof.json and public.json as snarkjs reads them.
    #[command(after_help = prove::EXAMPLES)]
    Prove(prove::Args),
    /// Verify a snarkjs proof; the exit code is the verdict.
    #[command(after_help = verify::EXAMPLES)]
    Verify(verify::Args),
    /// Make a key file from a snarkjs .zkey file or an arkworks proving key.
    #[command(after_help = import::EXAMPLES)]
    Import(import::Args),
    /// Write a key file for snarkjs or arkworks, or a contract that verifies proofs.
    #[command(after_help = export::EXAMPLES)]
    Export(export::Args),
    /// Write the call by which a contract verifies a snarkjs proof.
    #[command(after_help = calldata::EXAMPLES)]
    Calldata(calldata::Args),
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Prove(args) => prove::run(&args, ui),
        Command::Verify(args) => verify::run(&args, ui),
        Command::Import(args) => import::run(&args, ui),
        Command::Export(args) => export::run(&args, ui),
        Command::Calldata(args) => calldata::run(&args, ui),
    }
}
