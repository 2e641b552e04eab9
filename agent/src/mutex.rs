//! Locks on what a daemon keeps in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The content, for as long as the guard lives.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while holding these locks; if it ever did, their content is still a valid map.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
