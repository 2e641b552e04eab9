//! One writer to a store at a time.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::StorageError;

const NAME: &str = ".lock";

/// Held while a store is added to. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct StoreLock {
    _file: File,
}

impl StoreLock {
    /// Takes the lock of an existing store; with `wait`, when the present holder has finished.
    pub(crate) fn take(store: &Path, wait: bool) -> Result<Self, StorageError> {
        let path = store.join(NAME);
        let failed = |source| StorageError::io(&path, "store's lock", "create", source);
        // Never removed: two processes must not hold locks on two files of this name.
        let file = popw_files::resume(&path).map_err(failed)?;
        if wait {
            file.lock().map_err(failed)?;
        } else {
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StorageError::Busy { path: store.into() }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        Ok(Self { _file: file })
    }
}
