//! Errors are texts: whoever runs a task reads them, no program does.

use std::{ffi::OsStr, io, path::Path, process::Command};

/// What went wrong, in words.
pub type Error = Box<dyn std::error::Error>;

/// Names the file in an error about it.
pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    move |error| format!("{}: {error}", path.display()).into()
}

/// Runs a program to its end.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name} cannot be run: {error}"))?;
    if status.success() {
        return Ok(());
    }
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    Err(format!("failed ({status}): {name} {}", arguments.join(" ")).into())
}
