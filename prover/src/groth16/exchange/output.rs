//! Writing a file of other software: under a temporary name, of a length known beforehand, with progress.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{
    super::{error::KeyError, replace::Replacement},
    error::ExchangeError,
};
use crate::progress::ProgressSink;

/// Bytes written at a time.
const BUFFER: usize = 1 << 18;
/// Reports of progress in all.
const REPORTS: u64 = 32;

/// A file being written.
pub(super) struct Output<'a> {
    replacement: Replacement,
    buffer: BufWriter<std::fs::File>,
    path: &'a Path,
    bytes: u64,
    written: u64,
    reported: u64,
    stage: &'static str,
    progress: &'a dyn ProgressSink,
}

impl<'a> Output<'a> {
    /// Begins a file of `bytes` bytes at `path`.
    ///
    /// # Errors
    /// As of [`Replacement::begin`].
    pub(super) fn begin(
        path: &'a Path,
        bytes: u64,
        stage: &'static str,
        progress: &'a dyn ProgressSink,
    ) -> Result<Self, ExchangeError> {
        progress.report(stage, 0.0);
        let replacement = Replacement::begin(path, bytes)?;
        let file = replacement.file().try_clone().map_err(KeyError::writing(path, bytes))?;
        let buffer = BufWriter::with_capacity(BUFFER, file);
        Ok(Self { replacement, buffer, path, bytes, written: 0, reported: 0, stage, progress })
    }

    /// Makes the file readable by its owner only.
    #[cfg_attr(not(unix), allow(clippy::unnecessary_wraps))]
    pub(super) fn keep_private(&self) -> Result<(), ExchangeError> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let owner = std::fs::Permissions::from_mode(0o600);
            self.replacement
                .file()
                .set_permissions(owner)
                .map_err(KeyError::writing(self.path, self.bytes))?;
        }
        Ok(())
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        self.buffer.write_all(bytes).map_err(KeyError::writing(self.path, self.bytes))?;
        self.written += bytes.len() as u64;
        let due = self.written.saturating_mul(REPORTS) / self.bytes.max(1);
        if due > self.reported {
            self.reported = due;
            self.progress.report(self.stage, self.written as f64 / self.bytes as f64);
        }
        Ok(())
    }

    /// Makes the file durable and gives it its name.
    pub(super) fn commit(mut self) -> Result<(), ExchangeError> {
        let fail = KeyError::writing(self.path, self.bytes);
        self.buffer.flush().map_err(&fail)?;
        if self.written != self.bytes {
            // Readers find sections by lengths that were computed beforehand.
            let reason = format!("{} bytes written instead of {}", self.written, self.bytes);
            return Err(fail(io::Error::other(reason)).into());
        }
        drop(fail);
        Ok(self.replacement.commit(self.bytes)?)
    }
}
