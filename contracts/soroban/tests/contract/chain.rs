//! The contract's wasm in the Soroban host, which is the network's own.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use popw_soroban::About;
use popw_wire::Refusal;
use soroban_sdk::testutils::EnvTestConfig;
use soroban_sdk::xdr::{ContractEventBody, ScError, ScErrorCode, ScErrorType, ScVal};
use soroban_sdk::{Address, Bytes, BytesN, Env, Error, IntoVal, Symbol, TryFromVal, Val, Vec, vec};

/// The contract, built from this folder's sources as it is deployed.
pub fn wasm() -> &'static [u8] {
    static WASM: OnceLock<std::vec::Vec<u8>> = OnceLock::new();
    WASM.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder of the target folder");
        let status = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--locked",
                "--release",
                "--lib",
                "--target",
                "wasm32v1-none",
                "--target-dir",
            ])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the contract does not build; its target: rustup target add wasm32v1-none");
        std::fs::read(target.join("wasm32v1-none/release/popw_soroban.wasm"))
            .expect("what was built is there")
    })
}

/// How a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// By the contract.
    Contract(Refusal),
    /// By the host, which met bytes that are no point of the group.
    Host,
    /// In a way that says nothing about the proof or the key.
    Other(String),
}

impl Refused {
    fn new(error: &ScError) -> Self {
        let refusal = |number| Refusal::ALL.into_iter().find(|refusal| *refusal as u32 == number);
        match error {
            ScError::Contract(number) if refusal(*number).is_some() => {
                Self::Contract(refusal(*number).unwrap())
            }
            ScError::Crypto(ScErrorCode::InvalidInput) => Self::Host,
            other => Self::Other(format!("{other:?}")),
        }
    }

    /// Of the last call's first error: callers of a contract only learn `Error(Context, InvalidAction)` of an error that
    /// is not the contract's own, and of any error in a constructor.
    fn cause(env: &Env) -> Self {
        let events = env.host().get_diagnostic_events().expect("events of the last call").0;
        let errors = events.iter().filter_map(|event| match &event.event.body {
            ContractEventBody::V0(body) => match body.topics.as_slice() {
                [ScVal::Symbol(_), ScVal::Error(error)] => Some(error),
                _ => None,
            },
        });
        errors.map(Self::new).next().unwrap_or_else(|| Self::Other("no error was recorded".into()))
    }
}

/// A deployed verifier.
pub struct Chain {
    pub env: Env,
    pub contract: Address,
}

impl Chain {
    /// Deploys the wasm with a key's file.
    pub fn new(key: &[u8]) -> Result<Self, Refused> {
        let env = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        // The test environment turns a refusing constructor into a panic.
        let register = || env.register(wasm(), (Bytes::from_slice(&env, key),));
        match catch_unwind(AssertUnwindSafe(register)) {
            Ok(contract) => Ok(Self { env, contract }),
            Err(_) => Err(Refused::cause(&env)),
        }
    }

    /// Calls `verify`.
    pub fn verify(&self, proof: &[u8], inputs: &[[u8; 32]]) -> Result<(), Refused> {
        let inputs = inputs.iter().map(|input| BytesN::from_array(&self.env, input));
        let inputs = Vec::from_iter(&self.env, inputs);
        self.call("verify", vec![&self.env, self.bytes(proof), inputs.into_val(&self.env)])
    }

    /// Calls `about`.
    pub fn about(&self) -> About {
        self.call("about", vec![&self.env]).expect("about() answers")
    }

    pub fn bytes(&self, bytes: &[u8]) -> Val {
        Bytes::from_slice(&self.env, bytes).into_val(&self.env)
    }

    pub fn call<T>(&self, function: &str, arguments: Vec<Val>) -> Result<T, Refused>
    where
        T: TryFromVal<Env, Val>,
        T::Error: Debug,
    {
        let function = Symbol::new(&self.env, function);
        // Running out of the budget cannot be caught by a caller: it ends the test's own frame too.
        let call = || self.env.try_invoke_contract::<T, Error>(&self.contract, &function, arguments);
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(value)) => Ok(value.expect("the declared type")),
            Ok(Err(error)) => {
                let error = error.expect("an error of the host");
                let own = error.is_type(ScErrorType::Contract);
                Err(if own { Refused::new(&error.try_into().unwrap()) } else { Refused::cause(&self.env) })
            }
            Err(_) => Err(Refused::cause(&self.env)),
        }
    }

    /// Instructions of the last call or deployment, as the host meters them.
    pub fn instructions(&self) -> i64 {
        self.env.cost_estimate().resources().instructions
    }
}
