//! Writing a file of other software: of a length known beforehand, with progress.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
};

use popw_files::Output;

use super::{super::error::KeyError, error::ExchangeError};
use crate::progress::ProgressSink;

/// Bytes written at a time.
const BUFFER: usize = 1 << 18;
/// Reports of progress in all.
const REPORTS: u64 = 32;

/// A file being written.
pub(super) struct Writer<'a> {
    output: Output,
    buffer: BufWriter<File>,
    bytes: u64,
    written: u64,
    reported: u64,
    stage: &'static str,
    progress: &'a dyn ProgressSink,
}

impl<'a> Writer<'a> {
    /// Begins a file of `bytes` bytes.
    ///
    /// # Errors
    /// As of [`Output::file`].
    pub(super) fn begin(
        mut output: Output,
        bytes: u64,
        stage: &'static str,
        progress: &'a dyn ProgressSink,
    ) -> Result<Self, ExchangeError> {
        progress.report(stage, 0.0);
        let file = output.file().map_err(KeyError::from)?.try_clone();
        let file = file.map_err(KeyError::writing(output.path(), bytes))?;
        let buffer = BufWriter::with_capacity(BUFFER, file);
        Ok(Self { output, buffer, bytes, written: 0, reported: 0, stage, progress })
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), ExchangeError> {
        self.buffer.write_all(bytes).map_err(KeyError::writing(self.output.path(), self.bytes))?;
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
        let fail = KeyError::writing(self.output.path(), self.bytes);
        self.buffer.flush().map_err(&fail)?;
        if self.written != self.bytes {
            // Readers find sections by lengths that were computed beforehand.
            let reason = format!("{} bytes written instead of {}", self.written, self.bytes);
            return Err(fail(io::Error::other(reason)).into());
        }
        drop(fail);
        Ok(self.output.finish().map_err(KeyError::from)?)
    }
}
