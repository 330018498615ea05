//! SQLite's locks on Windows, where they are seen through a lock on the whole file.

use std::fs::{File, TryLockError};
use std::io;

/// Takes a lock on the whole file for reading; `false` when a writer has locked any part of it.
pub(super) fn share(file: &File) -> io::Result<bool> {
    match file.try_lock_shared() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Nobody writes while this process holds its lock.
pub(super) fn has_writer(_file: &File) -> bool {
    false
}
