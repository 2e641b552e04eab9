//! A verifier on a chain.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;
use serde::Serialize;

use crate::interface::{IPopwBatchVerifier, IPopwVerifier};
use crate::refused::{self, Refused, Revert};
use crate::rpc::Called;
use crate::{Chain, ChainError};

/// Of claims and shapes, in bytes.
const LONGEST_NAME: usize = 31;

/// A proof and its public inputs, 32 bytes big-endian each.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// In the bytes of its system.
    pub proof: &'a [u8],
    /// Context, nullifier, outcome.
    pub inputs: &'a [[u8; 32]],
}

/// What a contract says that it verifies with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// BLAKE3 of the key's file.
    pub key_digest: [u8; 32],
    /// Such as `uptime`.
    pub claim: String,
    /// Such as `standard`.
    pub shape: String,
    /// Whether its maker can forge proofs.
    pub development: bool,
    /// Whether it takes many proofs at once: Groth16 verifiers do, halo2 verifiers do not.
    pub batches: bool,
}

/// What it takes to make a call in a transaction, as the node estimates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gas {
    /// The gas limit that the whole transaction needs.
    pub transaction: u64,
    /// Of it, before the contract runs: 21,000, and 4 or 16 a byte of calldata.
    pub intrinsic: u64,
    /// The rest: the contract's own, when another contract calls it.
    pub verification: u64,
}

/// What a contract says about proofs.
pub type Answer<T> = Result<T, Refused>;

/// A verifier that has said what it is. All its answers are about one block.
#[derive(Debug, Clone)]
pub struct Contract<'a> {
    chain: &'a Chain,
    address: Address,
    block: u64,
    identity: Identity,
}

impl<'a> Contract<'a> {
    /// Asks the contract at `address` what it is, in the chain's latest block.
    ///
    /// # Errors
    /// [`ChainError::NoContract`], [`ChainError::WrongInterface`], or what keeps the node from answering.
    pub async fn open(chain: &'a Chain, address: Address) -> Result<Self, ChainError> {
        let block = chain.block().await?;
        if chain.code(address, block).await?.is_empty() {
            return Err(ChainError::NoContract { address, chain_id: chain.id() });
        }
        let ask = Ask { chain, address, block };
        // A batch of nothing is valid for whoever knows batches.
        let nothing = chain.call(address, batch(&[]), block).await?;
        let identity = Identity {
            batches: matches!(nothing, Ok(returned) if returned.is_empty()),
            key_digest: ask
                .value::<IPopwVerifier::keyDigestCall>("keyDigest", &IPopwVerifier::keyDigestCall {})
                .await?
                .0,
            claim: ask.name::<IPopwVerifier::claimCall>("claim", &IPopwVerifier::claimCall {}).await?,
            shape: ask.name::<IPopwVerifier::shapeCall>("shape", &IPopwVerifier::shapeCall {}).await?,
            development: ask
                .value::<IPopwVerifier::developmentCall>("development", &IPopwVerifier::developmentCall {})
                .await?,
        };
        Ok(Self { chain, address, block, identity })
    }

    /// What it verifies with.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The block that its answers are about.
    pub const fn block(&self) -> u64 {
        self.block
    }

    /// Has it verify one proof, by `eth_call`.
    ///
    /// # Errors
    /// What kept it from answering; [`Refused`] inside is its answer.
    pub async fn verify(&self, claim: Claim<'_>) -> Result<Answer<()>, ChainError> {
        let call = IPopwVerifier::verifyCall { proof: bytes(claim.proof), inputs: words(claim.inputs) };
        self.judged(self.chain.call(self.address, call.abi_encode().into(), self.block).await?)
    }

    /// Has it verify proofs all at once; Groth16 verifiers can. A refusal does not say which proof is at fault.
    ///
    /// # Errors
    /// As [`Contract::verify`].
    pub async fn verify_batch(&self, claims: &[Claim<'_>]) -> Result<Answer<()>, ChainError> {
        self.judged(self.chain.call(self.address, batch(claims), self.block).await?)
    }

    /// The gas of verifying one proof that holds.
    ///
    /// # Errors
    /// When the node does not say.
    pub async fn gas(&self, claim: Claim<'_>) -> Result<Gas, ChainError> {
        let call = IPopwVerifier::verifyCall { proof: bytes(claim.proof), inputs: words(claim.inputs) };
        self.estimate(call.abi_encode().into()).await
    }

    /// The gas of verifying proofs that hold all at once.
    ///
    /// # Errors
    /// When the node does not say.
    pub async fn gas_of_batch(&self, claims: &[Claim<'_>]) -> Result<Gas, ChainError> {
        self.estimate(batch(claims)).await
    }

    async fn estimate(&self, data: Bytes) -> Result<Gas, ChainError> {
        let intrinsic = intrinsic(&data);
        let transaction = self.chain.estimate(self.address, data, self.block).await?;
        Ok(Gas { transaction, intrinsic, verification: transaction.saturating_sub(intrinsic) })
    }

    fn judged(&self, called: Called) -> Result<Answer<()>, ChainError> {
        let address = self.address;
        match called {
            // `verify` returns nothing; anything else is another function of that name.
            Ok(returned) if returned.is_empty() => Ok(Ok(())),
            Ok(_) => Err(wrong(address, "verify returns something".to_owned())),
            Err(data) => match refused::read(&data) {
                Revert::Refused(refused) => Ok(Err(refused)),
                Revert::Gas(needed) => Err(ChainError::InsufficientGas { address, needed }),
                Revert::Precompile(precompile) => {
                    Err(ChainError::Precompile { chain_id: self.chain.id(), precompile })
                }
                Revert::Unknown(data) => Err(wrong(
                    address,
                    format!("verify reverts with {data}, which is not a verifier's error"),
                )),
            },
        }
    }
}

struct Ask<'a> {
    chain: &'a Chain,
    address: Address,
    block: u64,
}

impl Ask<'_> {
    /// A name as keys have them: anything else is of no generated verifier, and is not repeated.
    async fn name<C: SolCall<Return = String>>(&self, name: &str, call: &C) -> Result<String, ChainError> {
        let value = self.value(name, call).await?;
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        if (1..=LONGEST_NAME).contains(&value.len()) && value.bytes().all(allowed) {
            return Ok(value);
        }
        Err(wrong(self.address, format!("its {name}() is not the name of one")))
    }

    async fn value<C: SolCall>(&self, name: &str, call: &C) -> Result<C::Return, ChainError> {
        let called = self.chain.call(self.address, call.abi_encode().into(), self.block).await?;
        let data = called.map_err(|_| wrong(self.address, format!("it has no {name}()")))?;
        C::abi_decode_returns_validate(&data)
            .map_err(|_| wrong(self.address, format!("its {name}() returns something else")))
    }
}

fn wrong(address: Address, reason: String) -> ChainError {
    ChainError::WrongInterface { address, reason }
}

fn batch(claims: &[Claim<'_>]) -> Bytes {
    let call = IPopwBatchVerifier::verifyBatchCall {
        proofs: claims.iter().map(|claim| bytes(claim.proof)).collect(),
        inputs: claims.iter().map(|claim| words(claim.inputs)).collect(),
    };
    call.abi_encode().into()
}

fn bytes(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

fn words(inputs: &[[u8; 32]]) -> Vec<U256> {
    inputs.iter().map(|input| U256::from_be_bytes(*input)).collect()
}

/// Gas of a transaction before its contract runs (yellow paper, Homestead to Cancun; EIP-2028).
fn intrinsic(data: &[u8]) -> u64 {
    data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum::<u64>() + 21_000
}
