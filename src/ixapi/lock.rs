//! The locks of this folder: held for a moment, and never where a panic could leave half a change
//! behind them.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Waits for what is behind the lock.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
