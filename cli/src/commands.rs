//! One module a command. Each has `Args` (what clap reads, with examples) and `run`.

use std::{path::Path, process::ExitCode, time::Duration};

use clap::{
    ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use miette::miette;
use popw_circuits::claims::{Kind, Shape};
use popw_files::{Content, FileError, Output, Plan};
use popw_verifier::key::System;

pub mod beacon;
#[cfg(feature = "chain")]
pub mod chain;
pub mod client;
pub mod completions;
pub mod device;
pub mod eligibility;
pub mod epoch;
pub mod export;
pub mod groth16;
pub mod inspect;
pub mod key;
pub mod lint;
pub mod network;
pub mod prove;
pub mod receipts;
pub mod registry;
pub mod schema;
#[cfg(feature = "serve-page")]
pub mod serve_page;
pub mod setup;
pub mod storage;
pub mod verify;
pub mod witness;

/// What a command returns: its exit code, or the error that ended it.
pub type Outcome = miette::Result<ExitCode>;

/// `--shape`.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeArg {
    /// 24 slots, 5 seats, 2 sectors of up to 496 MiB with 4 challenges each, 4 receipts; registries of up to 2^10.
    Demo,
    /// 240 slots, 8 seats, 4 sectors of up to 248 GiB with 16 challenges each, 32 receipts; registries of up to 2^32
    /// devices and sectors, 2^24 allotments, 2^20 witnesses.
    Standard,
}

impl ShapeArg {
    /// By name alone, for options that say in their own words what matters of the sizes.
    pub fn named() -> impl TypedValueParser<Value = Self> {
        let names = Self::value_variants().iter().map(|shape| shape.name());
        PossibleValuesParser::new(names).map(|name| Self::from_str(&name, false).expect("one of the names"))
    }

    /// As keys name it.
    pub const fn name(self) -> &'static str {
        self.shape(Kind::Work).name
    }

    /// The circuit's sizes.
    pub const fn shape(self, kind: Kind) -> Shape {
        match self {
            Self::Demo => Shape::demo(kind),
            Self::Standard => Shape::standard(kind),
        }
    }
}

/// `--challenges`, if not given: answers for any shape.
pub const CHALLENGES: u32 = ShapeArg::Standard.shape(Kind::Possession).challenges as u32;

/// `--system`.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
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

/// Plans an output of a command that has `--force`, before any work; `option` names the file.
///
/// # Errors
/// Whatever stands in the way of writing it.
pub fn output(plan: &mut Plan, path: &Path, option: &str, content: Content) -> miette::Result<Output> {
    plan.output(path, content).map_err(|error| match error {
        FileError::Exists { path, .. } => miette!(
            help = format!("choose another {option}, or --force to replace it"),
            "{} exists already",
            path.display()
        ),
        error => miette::Report::from_err(error),
    })
}

/// For reports.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
