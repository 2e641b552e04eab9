//! Ctrl-C, SIGTERM and SIGHUP: while a command proves, and for a process that is the first of its container.

use std::{
    io,
    process::{self, exit},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use miette::IntoDiagnostic;
use popw_agent::daemon;
use tokio::runtime::Builder;

use crate::{interrupt, ui::Ui};

/// Exit code of a process that Ctrl-C ended, as shells count: 128 and the signal's number.
const INTERRUPTED: u8 = 130;
/// The same of SIGTERM.
#[cfg(unix)]
const TERMINATED: u8 = 143;
/// The same of SIGHUP.
#[cfg(unix)]
const HUNG_UP: u8 = 129;

/// Whether the command sees to signals by itself.
static SEEN_TO: AtomicBool = AtomicBool::new(false);

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
    SEEN_TO.store(true, Ordering::Relaxed);
    spawn(ui, move |code, times| {
        interrupt::ask(code);
        first == First::Ends || times > 1
    })
}

/// Has signals end the process if it is the first one of its container: that one has no default actions, and the kernel keeps
/// from it what it does not handle. Commands that see to signals by themselves are left to it.
pub fn stand_in(ui: &Ui) -> miette::Result<()> {
    match process::id() {
        1 => spawn(ui, |_, _| !SEEN_TO.load(Ordering::Relaxed)),
        _ => Ok(()),
    }
}

/// [`daemon::termination`], for commands that end in an orderly way.
pub fn termination() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    SEEN_TO.store(true, Ordering::Relaxed);
    daemon::termination()
}

/// Waits for signals on a thread; ends the process when `ends` says so, asked with the exit code and how many have come.
fn spawn(ui: &Ui, ends: impl Fn(u8, u32) -> bool + Send + 'static) -> miette::Result<()> {
    let json = ui.is_json();
    let runtime = Builder::new_current_thread().enable_io().build().into_diagnostic()?;
    let mut signals = runtime.block_on(async { Signals::new() }).into_diagnostic()?;
    thread::spawn(move || {
        for times in 1.. {
            let code = runtime.block_on(signals.next());
            if ends(code, times) {
                Ui::new(json).cancelled();
                exit(code.into());
            }
        }
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// None for a process that is to outlive its terminal.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = if daemon::ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup,
        })
    }

    async fn next(&mut self) -> u8 {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
            _ = hangup => HUNG_UP,
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
