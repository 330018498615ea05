//! SQLite's locks, as POSIX systems keep them.

use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};
use std::fs::File;

/// The byte that SQLite's writers lock (`RESERVED_BYTE` in its `os.h`).
const RESERVED_BYTE: u64 = 0x4000_0001;

/// Whether another process is in the middle of writing to the database `file`.
pub(super) fn has_writer(file: &File) -> bool {
    let lock = Flock {
        start: RESERVED_BYTE,
        length: 1,
        pid: None,
        typ: FlockType::WriteLock,
        offset_type: FlockOffsetType::Set,
    };
    matches!(fcntl_getlk(file, &lock), Ok(Some(_)))
}
