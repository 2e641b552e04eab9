//! `popw chain`.

use std::time::Duration;

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_chain::{Address, Chain, ChainError, Options};

use super::Outcome;
use crate::ui::Ui;

mod deploy;
mod verify;

/// Verifier contracts on EVM chains.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Deploy(deploy::Args),
    Verify(verify::Args),
}

/// Deploys or asks.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .into_diagnostic()
        .wrap_err("cannot start")?;
    runtime.block_on(async {
        match args.what {
            What::Deploy(args) => deploy::run(args, ui).await,
            What::Verify(args) => verify::run(args, ui).await,
        }
    })
}

/// Which node is asked.
#[derive(clap::Args, Debug)]
struct RpcArgs {
    /// The node's JSON-RPC address; messages show it without its path, where API keys are.
    #[arg(long, value_name = "URL", env = "POPW_RPC", hide_env_values = true)]
    rpc: String,
    /// Refuse a node on any other chain.
    #[arg(long, value_name = "ID")]
    chain_id: Option<u64>,
    /// How long the node may take for each answer.
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = humantime::parse_duration)]
    timeout: Duration,
}

impl RpcArgs {
    async fn connect(&self) -> miette::Result<Chain> {
        let options = Options { timeout: self.timeout, chain_id: self.chain_id };
        Chain::connect(&self.rpc, &options).await.map_err(report)
    }
}

fn report(error: ChainError) -> miette::Report {
    miette!(help = error.remedy(), "{error}")
}

/// An address; in mixed case its checksum (EIP-55) must be right.
fn address(text: &str) -> Result<Address, String> {
    let address: Address =
        text.parse().map_err(|_| "not an address: 0x and 40 hex digits are expected".to_owned())?;
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mixed =
        digits.chars().any(|c| c.is_ascii_uppercase()) && digits.chars().any(|c| c.is_ascii_lowercase());
    if mixed && !address.to_checksum(None).ends_with(digits) {
        return Err("the address's checksum (EIP-55) is wrong: a digit may be mistyped".to_owned());
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::address;

    const CHECKED: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    #[test]
    fn addresses_with_their_checksum_or_without_one_are_read() {
        let read = address(CHECKED).unwrap();
        assert_eq!(read, address(&CHECKED.to_lowercase()).unwrap());
        assert_eq!(read.to_checksum(None), CHECKED);
    }

    #[test]
    fn a_mistyped_address_is_refused() {
        let mistyped = CHECKED.replace("Aed", "AeD");
        assert!(address(&mistyped).unwrap_err().contains("checksum"));
        assert!(address(&CHECKED[..41]).unwrap_err().contains("40 hex digits"));
        assert!(address("nobody").unwrap_err().contains("40 hex digits"));
    }
}
