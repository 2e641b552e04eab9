//! One module a command. Each has `Args` (what clap reads, with examples) and `run`.

use std::process::ExitCode;

use popw_circuits::claims::uptime;
use popw_verifier::key::System;

pub mod beacon;
pub mod completions;
pub mod device;
pub mod epoch;
pub mod export;
pub mod inspect;
pub mod key;
pub mod lint;
pub mod network;
pub mod prove;
pub mod registry;
pub mod schema;
pub mod setup;
pub mod verify;
pub mod witness;

/// What a command returns: its exit code, or the error that ended it.
pub type Outcome = miette::Result<ExitCode>;

/// `--shape` of uptime claims.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UptimeShape {
    /// 24 slots, 5 seats; up to 2^8 witnesses and 2^10 devices.
    Demo,
    /// 240 slots, 8 seats; up to 2^20 witnesses and 2^32 devices.
    Standard,
}

impl UptimeShape {
    /// The circuit's sizes.
    pub fn shape(self) -> uptime::Shape {
        match self {
            Self::Demo => uptime::DEMO,
            Self::Standard => uptime::STANDARD,
        }
    }
}

/// `--system`.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemArg {
    /// Groth16: 256-byte proofs, a key per circuit.
    Groth16,
    /// halo2 with KZG: larger proofs, one reference string for all circuits.
    Halo2,
}

impl From<SystemArg> for System {
    fn from(arg: SystemArg) -> Self {
        match arg {
            SystemArg::Groth16 => Self::Groth16,
            SystemArg::Halo2 => Self::Halo2,
        }
    }
}
