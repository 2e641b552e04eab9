//! Empty: dependencies of macros are those of a build script.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
