//! Processes, watched from outside.

use std::{
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use serde::{Deserialize, Serialize};

use super::{Error, child::Outcome};
use crate::memory::{INTERVAL, Peak};

/// What a process took from start to exit.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Whole {
    /// Seconds on the wall.
    pub seconds: f64,
    /// Memory, looked at every few milliseconds.
    pub peak: Peak,
}

/// Runs `command` and looks at its memory meanwhile.
///
/// # Errors
/// It did not start, or failed.
pub fn watch(command: &mut Command) -> Result<Whole, Error> {
    let begin = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let id = child.id().to_string();
    let mut peak = Peak::default();
    let status = loop {
        peak = peak.max(Peak::read(&id));
        match child.try_wait()? {
            Some(status) => break status,
            None => thread::sleep(INTERVAL),
        }
    };
    let seconds = begin.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{}: {status}", command.get_program().to_string_lossy()).into());
    }
    Ok(Whole { seconds, peak })
}

/// Runs `command` and reads what it measured of itself.
///
/// # Errors
/// It failed, or says something else.
pub fn outcome(command: &mut Command) -> Result<Outcome, Error> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{}: {}", command.get_program().to_string_lossy(), output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
