//! The contract's wasm in NEAR's virtual machine, with the chain's host functions and prices.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use near_parameters::{RuntimeConfig, RuntimeConfigStore};
use near_primitives_core::account::AccountContract;
use near_primitives_core::types::{Balance, Gas};
use near_primitives_core::version::PROTOCOL_VERSION;
use near_vm_runner::logic::errors::{FunctionCallError, HostError};
use near_vm_runner::logic::mocks::mock_external::MockedExternal;
use near_vm_runner::logic::{ReturnData, VMContext, VMOutcome};
use near_vm_runner::{ContractCode, FilesystemContractRuntimeCache, noop_background_spawner};
use popw_corpus::Corpus;
use popw_wire::Refusal;
use serde_json::{Value, json};

/// Where the contract is built, and where the virtual machine keeps what it has compiled.
fn target() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(own, |folder| std::path::absolute(folder).expect("a folder"))
}

/// The contract as machine code: compiled once, not for each call.
fn compiled() -> &'static FilesystemContractRuntimeCache {
    static COMPILED: OnceLock<FilesystemContractRuntimeCache> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let no_metrics = None;
        let most = FilesystemContractRuntimeCache::MAX_DISK_CACHE_BYTES;
        FilesystemContractRuntimeCache::with_memory_cache(
            &target(),
            None::<&str>,
            "near-vm",
            4,
            no_metrics,
            most,
            noop_background_spawner(),
        )
        .expect("the target folder can be written to")
    })
}

/// The contract, built from the folder beside this one as it is deployed.
pub fn wasm() -> &'static [u8] {
    static WASM: OnceLock<Vec<u8>> = OnceLock::new();
    WASM.get_or_init(|| {
        let target = target();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--release", "--package", "popw-near"])
            .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
            .arg(&target)
            // Its flags are those of `.cargo/config.toml`, which flags in the environment would replace.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(
            status.success(),
            "the contract does not build; its target: rustup target add wasm32-unknown-unknown"
        );
        std::fs::read(target.join("wasm32-unknown-unknown/release/popw_near.wasm"))
            .expect("what was built is there")
    })
}

/// How a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// By the contract.
    Contract(Refusal),
    /// By the chain's functions, which met bytes that are no point of their group.
    Host,
    /// In a way that says nothing about the proof or the key.
    Other(String),
}

impl Refused {
    fn new(error: &FunctionCallError) -> Self {
        match error {
            FunctionCallError::HostError(HostError::AltBn128InvalidInput { .. }) => Self::Host,
            FunctionCallError::HostError(HostError::GuestPanic { panic_msg }) => {
                let refusal = Refusal::ALL.into_iter().find(|refusal| refusal.to_string() == *panic_msg);
                refusal.map_or_else(|| Self::Other(panic_msg.clone()), Self::Contract)
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// What a call did and cost.
#[derive(Debug)]
pub struct Outcome {
    /// What it returned, or why it did not.
    pub result: Result<Vec<u8>, Refused>,
    /// Gas burnt in the virtual machine: loading the contract, running it, its calls of the chain.
    pub gas: u64,
}

/// An account with the contract.
pub struct Chain {
    config: Arc<RuntimeConfig>,
    storage: HashMap<Vec<u8>, Vec<u8>>,
    /// Gas that a call may use at most.
    pub prepaid: u64,
}

impl Chain {
    /// An account with the contract and without a key.
    pub fn bare() -> Self {
        let config = RuntimeConfigStore::new(None).get_config(PROTOCOL_VERSION).clone();
        Self { config, storage: HashMap::new(), prepaid: 300_000_000_000_000 }
    }

    /// Deploys the contract with a key's file; with what that cost.
    pub fn new(key: &[u8]) -> Result<(Self, u64), Refused> {
        let mut chain = Self::bare();
        let outcome = chain.call("new", &json!({ "key": BASE64_STANDARD.encode(key) }));
        outcome.result.map(|_| (chain, outcome.gas))
    }

    /// Calls `verify`.
    pub fn verify(&mut self, proof: &[u8], inputs: &[[u8; 32]]) -> Outcome {
        let inputs: Vec<_> = inputs.iter().map(|input| BASE64_STANDARD.encode(input)).collect();
        self.call("verify", &json!({ "proof": BASE64_STANDARD.encode(proof), "inputs": inputs }))
    }

    /// Calls a function. What a failed call has written is forgotten, as on the chain.
    pub fn call(&mut self, function: &str, arguments: &Value) -> Outcome {
        let mut external = MockedExternal::with_code(ContractCode::new(wasm().to_vec(), None));
        external.fake_trie = self.storage.clone();
        let context = context(arguments.to_string().into_bytes(), self.prepaid);
        let wasm_config = self.config.wasm_config.clone();
        let gas = context.make_gas_counter(&wasm_config);
        let prepared = near_vm_runner::prepare(&external, wasm_config, Some(compiled()), gas, function);
        let outcome = near_vm_runner::run(prepared, &mut external, &context, self.config.fees.clone());
        let VMOutcome { return_data, burnt_gas, aborted, .. } = outcome.expect("the virtual machine runs");
        let result = match (&aborted, return_data) {
            (Some(error), _) => Err(Refused::new(error)),
            (None, ReturnData::Value(value)) => Ok(value),
            (None, _) => Ok(Vec::new()),
        };
        if result.is_ok() {
            self.storage = external.fake_trie;
        }
        Outcome { result, gas: burnt_gas.as_gas() }
    }
}

fn context(input: Vec<u8>, prepaid: u64) -> VMContext {
    let account = |name: &str| name.parse().expect("an account's name");
    VMContext {
        current_account_id: account("verifier.near"),
        signer_account_id: account("anyone.near"),
        signer_account_pk: vec![0; 33],
        predecessor_account_id: account("anyone.near"),
        refund_to_account_id: account("anyone.near"),
        input: input.into(),
        promise_results: Vec::new().into(),
        block_height: 1,
        block_timestamp: 1,
        epoch_height: 1,
        account_balance: Balance::from_near(10),
        account_locked_balance: Balance::ZERO,
        storage_usage: 200_000,
        account_contract: AccountContract::None,
        attached_deposit: Balance::ZERO,
        prepaid_gas: Gas::from_gas(prepaid),
        random_seed: vec![0; 32],
        view_config: None,
        output_data_receivers: Vec::new(),
    }
}

/// The committed corpus, and the one of demo keys where it has been made; or the one in `POPW_CORPUS`.
pub fn corpora() -> Vec<Corpus> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../corpus");
    let folders = match std::env::var_os("POPW_CORPUS") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => vec![here.join("standard"), here.join("demo")],
    };
    let there = |folder: &&PathBuf| !folder.ends_with("demo") || folder.join("manifest.json").exists();
    folders.iter().filter(there).map(|folder| Corpus::read(folder).expect("a corpus")).collect()
}

/// The corpus's Groth16 keys: name and file.
pub fn keys(corpus: &Corpus) -> Vec<(String, Vec<u8>)> {
    let keys = corpus.manifest.keys.iter().filter(|key| key.system == "groth16");
    keys.map(|key| (key.name.clone(), corpus.key_bytes(&key.name).expect("the key's file"))).collect()
}
