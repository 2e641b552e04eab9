//! The npm package: five builds, the hand-written files beside them, and what it all weighs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{Error, at, run},
    wasm::{self, Build, Optimise},
};

const BUILDS: [Build; 5] = [
    Build { name: "popw", features: "batch,documents,halo2,paths", optimise: Optimise::Speed },
    Build { name: "groth16", features: "batch,documents,paths", optimise: Optimise::Speed },
    Build { name: "small", features: "batch,documents", optimise: Optimise::Size },
    Build { name: "raw", features: "batch,words", optimise: Optimise::Speed },
    Build { name: "raw_small", features: "", optimise: Optimise::Size },
];

/// Hand-written files of the package.
const SOURCES: &str = "wasm/pkg-src";

/// Builds `wasm/pkg` and holds it to its budgets.
pub fn build() -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask lies in no repository")?;
    install(root)?;
    let package = root.join("wasm/pkg");
    let fresh = root.join("wasm/pkg.tmp");
    empty(&fresh)?;
    for build in &BUILDS {
        wasm::build(build, root, &fresh)?;
    }
    copy_sources(root, &fresh)?;
    // The old package stays whole until the new one is.
    empty(&package)?;
    fs::remove_dir(&package).map_err(at(&package))?;
    fs::rename(&fresh, &package).map_err(at(&package))?;
    run(Command::new("node").arg(root.join("wasm/tools/sizes.mjs")))
}

/// wasm-opt and esbuild, at the versions of the lock file.
fn install(root: &Path) -> Result<(), Error> {
    let modules = root.join("wasm/node_modules/.package-lock.json");
    let lock = root.join("wasm/package-lock.json");
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    if modified(&modules).is_some_and(|installed| modified(&lock).is_some_and(|lock| installed >= lock)) {
        return Ok(());
    }
    println!("installing the npm packages of wasm/package-lock.json into wasm/node_modules");
    run(Command::new("npm").args(["ci", "--silent"]).current_dir(root.join("wasm")))
}

fn empty(directory: &Path) -> Result<(), Error> {
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(at(directory))?;
    }
    fs::create_dir_all(directory).map_err(at(directory))
}

fn copy_sources(root: &Path, package: &Path) -> Result<(), Error> {
    let sources = root.join(SOURCES);
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&sources).map_err(at(&sources))? {
        files.push(entry.map_err(at(&sources))?.path());
    }
    files.extend(["LICENSE-MIT", "LICENSE-APACHE"].map(|name| root.join(name)));
    for file in files {
        let name = file.file_name().ok_or("a file without a name")?;
        fs::copy(&file, package.join(name)).map_err(at(&file))?;
    }
    Ok(())
}
