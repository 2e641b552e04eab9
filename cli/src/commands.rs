//! One module a command. Each has `Args` (what clap reads, with examples) and `run`.

use std::process::ExitCode;

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
