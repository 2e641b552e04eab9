//! Putting a verifier on a chain.

use std::time::Duration;

use alloy::network::{EthereumWallet, TransactionBuilder};
use alloy::primitives::{Address, TxHash};
use alloy::providers::{DynProvider, PendingTransactionError, Provider, ProviderBuilder, WatchTxError};
use alloy::rpc::types::TransactionRequest;
use serde::Serialize;

use crate::{Artifact, Chain, ChainError, Signer};

/// A contract that a block has.
#[derive(Debug, Clone, Serialize)]
pub struct Deployed {
    /// Where it is.
    pub address: Address,
    /// What put it there.
    pub transaction: TxHash,
    /// The block.
    pub block: Option<u64>,
    /// What it took.
    pub gas: u64,
}

/// Sends a contract and waits, at most for `patience`, until a block has it.
///
/// # Errors
/// [`ChainError`]; after [`ChainError::Pending`] it may still come to be.
pub async fn deploy(
    chain: &Chain,
    signer: &Signer,
    artifact: &Artifact,
    patience: Duration,
) -> Result<Deployed, ChainError> {
    let request = TransactionRequest::default().with_from(signer.address()).with_deploy_code(artifact.code());
    let sent = sender(chain, signer).send_transaction(request).await;
    let pending = sent.map_err(|error| chain.error("the deployment", &error))?;
    let transaction = *pending.tx_hash();
    let receipt = pending.with_timeout(Some(patience)).get_receipt().await.map_err(|error| match error {
        PendingTransactionError::TxWatcher(WatchTxError::Timeout) => {
            ChainError::Pending { url: chain.origin().to_owned(), transaction, waited: patience }
        }
        PendingTransactionError::TransportError(error) => chain.error("eth_getTransactionReceipt", &error),
        other => ChainError::Refused {
            url: chain.origin().to_owned(),
            method: "eth_getTransactionReceipt",
            reason: chain.words(&other.to_string()),
        },
    })?;
    match receipt.contract_address {
        Some(address) if receipt.status() => {
            Ok(Deployed { address, transaction, block: receipt.block_number, gas: receipt.gas_used })
        }
        _ => Err(ChainError::Reverted { transaction }),
    }
}

/// Fills in nonce, gas and fees, and signs what the node does not.
fn sender(chain: &Chain, signer: &Signer) -> DynProvider {
    let client = chain.client();
    match signer {
        Signer::Local(signer) => ProviderBuilder::new()
            .wallet(EthereumWallet::from(signer.clone()))
            .connect_client(client)
            .erased(),
        Signer::Unlocked(_) => ProviderBuilder::new().connect_client(client).erased(),
    }
}
