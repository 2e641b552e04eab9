//! What keeps a chain from answering.

use std::time::Duration;

use alloy::primitives::{Address, TxHash};

use crate::{ArtifactError, SignerError};

/// Why there is no answer. None of these says anything about a proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// Not a URL that this program can ask.
    #[error("{url} is not an RPC address: {reason}")]
    Url {
        /// As given, without its user, path and query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No connection, or no answer in time.
    #[error("the RPC at {url} cannot be reached: {reason}")]
    Unreachable {
        /// Scheme, host and port: paths of RPC addresses are often secrets.
        url: String,
        /// Why.
        reason: String,
    },
    /// It is there, but does not speak JSON-RPC.
    #[error("{url} does not answer as an Ethereum RPC does: {reason}")]
    NotAnRpc {
        /// Scheme, host and port.
        url: String,
        /// What came instead.
        reason: String,
    },
    /// The node has answered with an error.
    #[error("the RPC at {url} has refused {method}: {reason}")]
    Refused {
        /// Scheme, host and port.
        url: String,
        /// The method called.
        method: &'static str,
        /// In the node's words.
        reason: String,
    },
    /// Another chain than the one asked for.
    #[error("the RPC at {url} is for chain {found}, not chain {expected}")]
    WrongChain {
        /// Scheme, host and port.
        url: String,
        /// As asked for.
        expected: u64,
        /// As the node says.
        found: u64,
    },
    /// An account without code, or nothing at all.
    #[error("there is no contract at {address} on chain {chain_id}")]
    NoContract {
        /// The address.
        address: Address,
        /// The chain.
        chain_id: u64,
    },
    /// A contract, but no verifier of this program.
    #[error("the contract at {address} is not a popw verifier: {reason}")]
    WrongInterface {
        /// The address.
        address: Address,
        /// Which function says so.
        reason: String,
    },
    /// The node gave the call too little gas to say anything.
    #[error(
        "the contract at {address} had too little gas to verify{}",
        .needed.as_ref().map(|gas| format!(" (it asks for {gas})")).unwrap_or_default()
    )]
    InsufficientGas {
        /// The address.
        address: Address,
        /// As the contract says, when it came to saying it.
        needed: Option<String>,
    },
    /// The chain cannot verify pairings, or asks too much for it.
    #[error("chain {chain_id} has no precompile {precompile}, or it costs far more than elsewhere")]
    Precompile {
        /// The chain.
        chain_id: u64,
        /// Its address.
        precompile: String,
    },
    /// What the compiler has made cannot be deployed.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// No account to pay from.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The deployment was included, and failed.
    #[error("the deployment in transaction {transaction} has failed on the chain")]
    Reverted {
        /// The transaction.
        transaction: TxHash,
    },
    /// The deployment was sent, and no block has it yet.
    #[error("transaction {transaction} was sent to {url}, and no block has it after {} seconds", .waited.as_secs())]
    Pending {
        /// Scheme, host and port.
        url: String,
        /// The transaction.
        transaction: TxHash,
        /// How long was waited.
        waited: Duration,
    },
}

impl ChainError {
    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Url { .. } => "give the node's HTTP address, such as http://127.0.0.1:8545",
            Self::Unreachable { .. } => {
                "start the node, or correct --rpc; --timeout gives a slow one more time"
            }
            Self::NotAnRpc { .. } => {
                "correct --rpc: the address belongs to something else, or needs an API key"
            }
            Self::Refused { .. } => "see the node's message; another RPC of the same chain may allow it",
            Self::WrongChain { .. } => "correct --rpc or --chain-id",
            Self::NoContract { .. } => "correct --contract or --rpc, or deploy first: popw chain deploy",
            Self::WrongInterface { .. } => "give the address that `popw chain deploy` printed",
            Self::InsufficientGas { .. } => "ask an RPC that allows more gas for calls",
            Self::Precompile { .. } => "verify on a chain with the precompiles of BN254 (EIP-196, EIP-197)",
            Self::Artifact(error) => error.remedy(),
            Self::Signer(error) => error.remedy(),
            Self::Reverted { .. } => "look the transaction up at the node; nothing was deployed",
            Self::Pending { .. } => {
                "look the transaction up before sending another: it may still be included"
            }
        }
    }
}
