//! One build of popw-wasm: cargo, wasm-bindgen, wasm-opt.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use wasm_bindgen_cli_support::Bindgen;

use crate::error::{Error, at, run};

/// How popw-wasm is built once.
pub struct Build {
    /// Files are named after it: `<name>_bg.wasm`, `<name>_glue.js`.
    pub name: &'static str,
    /// Features of popw-wasm.
    pub features: &'static str,
    /// What for.
    pub optimise: Optimise,
}

/// What a build is optimised for.
#[derive(Clone, Copy)]
pub enum Optimise {
    /// The arithmetic as fast as it gets, everything else small.
    Speed,
    /// Everything small.
    Size,
}

impl Optimise {
    /// A cargo profile: its name and its settings, but for those that all have.
    const fn profile(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Speed => (
                "wasm-speed",
                &[
                    "opt-level=\"s\"",
                    "package.\"*\".opt-level=\"z\"",
                    "package.ark-bn254.opt-level=3",
                    "package.ark-ec.opt-level=3",
                    "package.ark-ff.opt-level=3",
                ],
            ),
            Self::Size => ("wasm-size", &["opt-level=\"z\""]),
        }
    }

    /// wasm-opt's passes.
    const fn passes(self) -> &'static str {
        match self {
            Self::Speed => "-O3",
            Self::Size => "-Oz",
        }
    }
}

/// What all profiles have.
const SETTINGS: [&str; 5] =
    ["inherits=\"release\"", "lto=\"fat\"", "codegen-units=1", "panic=\"abort\"", "overflow-checks=false"];

/// What Node 20 and browsers of its age run. wasm-opt must not use anything else, so nothing else is named to it.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes `<name>_bg.wasm` and `<name>_glue.js` in `out`.
pub fn build(build: &Build, root: &Path, out: &Path) -> Result<(), Error> {
    let module = compile(build, root)?;
    let raw = out.join(format!("{}_raw.wasm", build.name));
    let glue = bind(&module, &raw)?;
    let glue_path = out.join(format!("{}_glue.js", build.name));
    fs::write(&glue_path, factory(&glue)).map_err(at(&glue_path))?;
    let optimised = out.join(format!("{}_bg.wasm", build.name));
    run(Command::new(root.join("wasm/node_modules/.bin/wasm-opt"))
        .arg(&raw)
        .args(WASM_FEATURES)
        .arg(build.optimise.passes())
        .args(["--strip-debug", "--strip-producers", "--strip-target-features", "-o"])
        .arg(&optimised))?;
    fs::remove_file(&raw).map_err(at(&raw))
}

/// Cargo's build, with a profile of its own: the workspace's stay as they are.
fn compile(build: &Build, root: &Path) -> Result<PathBuf, Error> {
    let (profile, settings) = build.optimise.profile();
    let target = target_directory(root);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["build", "--quiet", "--locked", "-p", "popw-wasm", "--lib"]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--no-default-features"]);
    cargo.args(["--features", build.features, "--profile", profile]);
    for setting in SETTINGS.iter().chain(settings) {
        cargo.args(["--config", &format!("profile.{profile}.{setting}")]);
    }
    run(cargo.arg("--target-dir").arg(&target))?;
    Ok(target.join("wasm32-unknown-unknown").join(profile).join("popw_wasm.wasm"))
}

/// Where cargo builds: the same place for this and for what it starts.
fn target_directory(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// wasm-bindgen's glue for one module, which it rewrites into `out`.
fn bind(module: &Path, out: &Path) -> Result<String, Error> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).typescript(false).remove_name_section(true).remove_producers_section(true);
    bindgen.no_modules(true).map_err(|error| format!("wasm-bindgen: {error}"))?;
    let mut output = bindgen.generate_output().map_err(|error| format!("wasm-bindgen: {error}"))?;
    fs::write(out, output.wasm_mut().emit_wasm()).map_err(at(out))?;
    Ok(output.js().to_owned())
}

/// wasm-bindgen's glue keeps the instance in a variable of its file. Inside a function, each call has a variable of its own:
/// so two instances share nothing. The parameter, which nobody gives, hides the finalizers of JavaScript from the glue: they would
/// go on calling an instance that has trapped, so `raw_api.js` has its own.
fn factory(glue: &str) -> String {
    format!(
        "// Generated. Each call makes glue for one instance.\nexport default function glue(FinalizationRegistry) {{\n{glue}\nreturn wasm_bindgen;\n}}\n"
    )
}
