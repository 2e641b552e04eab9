//! Ctrl-C and SIGTERM while a command proves.

use std::{
    io,
    process::{ExitCode, exit},
    sync::atomic::{AtomicU8, Ordering},
    thread,
};

use miette::{IntoDiagnostic, miette};
use tokio::runtime::Builder;

use crate::ui::Ui;

/// Exit code of a process that Ctrl-C ended, as shells count: 128 and the signal's number.
const INTERRUPTED: u8 = 130;
/// The same of SIGTERM.
#[cfg(unix)]
const TERMINATED: u8 = 143;

/// The exit code that was asked for; signals are the whole process's.
static CODE: AtomicU8 = AtomicU8::new(0);

/// What the first signal does. The second ends the process in any case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Running work is asked to end, by its progress sink.
    Asks,
    /// Ends the process: for work that cannot be asked, and writes nothing before it is done.
    Ends,
}

/// Watches for signals from now on.
pub fn watch(first: First, ui: &Ui) -> miette::Result<()> {
    let json = ui.is_json();
    let runtime = Builder::new_current_thread().enable_io().build().into_diagnostic()?;
    let mut signals = runtime.block_on(async { Signals::new() }).into_diagnostic()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let code = signals.next().await;
            CODE.store(code, Ordering::Relaxed);
            if first == First::Asks {
                signals.next().await;
            }
            Ui::new(json).cancelled();
            exit(code.into());
        });
    });
    Ok(())
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

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => INTERRUPTED,
            // Without a handler the system's own stays.
            Err(_) => std::future::pending().await,
        }
    }
}
