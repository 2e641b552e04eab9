//! `cargo run -p xtask -- wasm`: builds the npm package under `wasm/pkg`.

use std::{env, process::ExitCode};

mod error;
mod package;
mod wasm;

const USAGE: &str = "usage: cargo run -p xtask -- wasm

  wasm   build the npm package into wasm/pkg and print what it weighs; fails when a build is over its budget";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["wasm"] => package::build(),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
