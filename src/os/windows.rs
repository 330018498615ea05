//! Windows.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Windows makes a dump only where an administrator has asked for one.
pub const fn forbid_core_dumps() {}

/// Opens `path` for reading. A directory cannot be opened here; Unix reports it later.
pub fn open(path: &Path) -> io::Result<File> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    File::open(path)
}

/// There are no pipes among the files here.
pub const fn wait_for_data(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// The file that is made has the permissions of its folder.
pub const fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// A path is text.
pub fn path_of_bytes(name: &[u8]) -> Option<&Path> {
    std::str::from_utf8(name).ok().map(Path::new)
}

/// Windows has no user numbers.
pub const fn effective_user() -> Option<u32> {
    None
}

/// Takes a lock on the whole file for reading; `false` when a writer has locked any part of it, as SQLite
/// does while it writes.
pub fn share_lock(file: &File) -> io::Result<bool> {
    match file.try_lock_shared() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// No other process writes while this one holds its lock.
pub const fn has_writer(_file: &File) -> bool {
    false
}
