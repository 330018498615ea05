//! SQLite's locks as POSIX systems keep them: ranges of bytes far behind the data (its `os.h`).

#[cfg(target_os = "linux")]
#[path = "locks_unix/open_file.rs"]
mod kind;
#[cfg(not(target_os = "linux"))]
#[path = "locks_unix/process.rs"]
mod kind;

use nix::errno::Errno;
use nix::fcntl::fcntl;
use nix::libc;
use std::fs::File;
use std::io;

/// Held by a writer that waits for readers to end.
const PENDING_BYTE: libc::off_t = 0x4000_0000;
/// Held by a writer from its first change on.
const RESERVED_BYTE: libc::off_t = PENDING_BYTE + 1;
/// Held by readers together, or by a writer alone.
const SHARED_FIRST: libc::off_t = PENDING_BYTE + 2;
const SHARED_SIZE: libc::off_t = 510;

/// Takes a reader's lock, as SQLite does; `false` when a writer is changing the file. The lock ends with
/// `file`.
pub(super) fn share(file: &File) -> io::Result<bool> {
    if !set(file, libc::F_RDLCK, PENDING_BYTE, 1)? {
        return Ok(false);
    }
    let shared = set(file, libc::F_RDLCK, SHARED_FIRST, SHARED_SIZE);
    set(file, libc::F_UNLCK, PENDING_BYTE, 1)?;
    shared
}

/// Whether somebody is in the middle of writing to the database `file`.
pub(super) fn has_writer(file: &File) -> bool {
    let mut lock = range(libc::F_WRLCK, RESERVED_BYTE, 1);
    let unlocked = libc::F_UNLCK as libc::c_short;
    fcntl(file, kind::get(&mut lock)).is_ok() && lock.l_type != unlocked
}

fn set(file: &File, lock: libc::c_int, start: libc::off_t, length: libc::off_t) -> io::Result<bool> {
    match fcntl(file, kind::set(&range(lock, start, length))) {
        Ok(_) => Ok(true),
        Err(Errno::EACCES | Errno::EAGAIN) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn range(lock: libc::c_int, start: libc::off_t, length: libc::off_t) -> libc::flock {
    libc::flock {
        l_type: lock as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: start,
        l_len: length,
        l_pid: 0,
    }
}
