//! Whether a signal has asked the command to end.

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU8, Ordering},
};

use miette::miette;

/// The exit code that was asked for; signals are the whole process's.
static CODE: AtomicU8 = AtomicU8::new(0);

/// A signal has come: the command is to end with this exit code.
pub fn ask(code: u8) {
    CODE.store(code, Ordering::Relaxed);
}

/// Whether a signal has come.
pub fn caught() -> bool {
    CODE.load(Ordering::Relaxed) != 0
}

/// The exit code, if a signal has come.
pub fn code() -> Option<ExitCode> {
    caught().then(|| CODE.load(Ordering::Relaxed).into())
}

/// To be asked before results are written.
///
/// # Errors
/// If a signal has come.
pub fn check() -> miette::Result<()> {
    if caught() { Err(miette!("cancelled")) } else { Ok(()) }
}
