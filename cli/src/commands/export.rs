//! `popw export`.

mod snarkjs;
mod solidity;

use super::Outcome;
use crate::ui::Ui;

/// Write proofs and keys for other tools and chains.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// verification_key.json, proof.json and public.json for snarkjs (Groth16 proofs).
    #[command(after_help = snarkjs::EXAMPLES)]
    Snarkjs(snarkjs::Args),
    /// Solidity contracts that verify proofs, one for each verifying key.
    #[command(after_help = solidity::EXAMPLES)]
    Solidity(solidity::Args),
}

/// Writes the files.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.what {
        What::Snarkjs(args) => snarkjs::run(&args, ui),
        What::Solidity(args) => solidity::run(&args, ui),
    }
}
