//! How long work tells how far it is, and is told to stop.

/// Told how far a piece of work is.
pub trait Progress {
    /// `done` of `total` bytes are finished.
    fn report(&mut self, done: u64, total: u64);

    /// Asked now and then: true stops the work with [`StorageError::Cancelled`](crate::StorageError::Cancelled), as
    /// soon as what is finished is safe for a later run to go on from.
    fn cancelled(&mut self) -> bool {
        false
    }
}

impl<F: FnMut(u64, u64)> Progress for F {
    fn report(&mut self, done: u64, total: u64) {
        self(done, total);
    }
}

/// Progress that nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&mut self, _: u64, _: u64) {}
}
