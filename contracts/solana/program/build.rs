//! Makes the constants of the key in `POPW_KEY`, unless the program that uses this crate brings its own.

use std::{env, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    println!("cargo:rerun-if-env-changed=POPW_KEY");
    if env::var_os("CARGO_FEATURE_NO_ENTRYPOINT").is_some() {
        return ExitCode::SUCCESS;
    }
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("popw-solana: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), String> {
    let file = env::var("POPW_KEY")
        .map_err(|_| "set POPW_KEY to the verifying key (.vk) that the program is to verify proofs of")?;
    println!("cargo:rerun-if-changed={file}");
    let bytes = fs::read(&file).map_err(|error| format!("POPW_KEY={file}: {error}"))?;
    let text = popw_solana_key::constants(&bytes).map_err(|error| format!("POPW_KEY={file}: {error}"))?;
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&out).join("key.rs"), text).map_err(|error| error.to_string())
}
