//! Unix systems.

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc::{self, flock};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Limits the size of a dump to nothing.
pub fn forbid_core_dumps() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Opens `path` for reading. Without `NONBLOCK`, opening a pipe would wait for a writer.
pub fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// Lets reads of a pipe wait for its writer, after [`open`]; `false` for anything else that is not a file.
pub fn wait_for_data(file: &File) -> io::Result<bool> {
    if !file.metadata()?.file_type().is_fifo() {
        return Ok(false);
    }
    let flags = fcntl_getfl(file)?;
    fcntl_setfl(file, flags - OFlags::NONBLOCK)?;
    Ok(true)
}

/// The file that is made may be read by its owner only.
pub fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// A path is any bytes.
pub fn path_of_bytes(name: &[u8]) -> Option<&Path> {
    Some(Path::new(OsStr::from_bytes(name)))
}

/// This process's effective user, where `/proc` tells.
pub fn effective_user() -> Option<u32> {
    fs::metadata("/proc/self").ok().map(|process| process.uid())
}

// SQLite's locks as POSIX systems keep them: ranges of bytes far behind the data (its `os.h`). They are those
// of a process: they count against other processes, and end when this one closes any descriptor of the file.

/// Held by a writer that waits for readers to end.
const PENDING_BYTE: libc::off_t = 0x4000_0000;
/// Held by a writer from its first change on.
const RESERVED_BYTE: libc::off_t = PENDING_BYTE + 1;
/// Held by readers together, or by a writer alone.
const SHARED_FIRST: libc::off_t = PENDING_BYTE + 2;
const SHARED_SIZE: libc::off_t = 510;

/// Takes a reader's lock on a database, as SQLite does; `false` when a writer is changing the file. The lock
/// ends with `file`.
#[allow(dead_code, reason = "Linux has a better kind of lock")]
pub fn share_lock(file: &File) -> io::Result<bool> {
    share_lock_as(file, |range| FcntlArg::F_SETLK(range))
}

/// Whether another process is writing to the database `file`.
#[allow(dead_code, reason = "Linux has a better kind of lock")]
pub fn has_writer(file: &File) -> bool {
    has_writer_as(file, |range| FcntlArg::F_GETLK(range))
}

/// Kinds of lock; their constants' type differs between systems.
const READ: libc::c_short = libc::F_RDLCK as libc::c_short;
const WRITE: libc::c_short = libc::F_WRLCK as libc::c_short;
const NONE: libc::c_short = libc::F_UNLCK as libc::c_short;

/// How a lock is set: with which of `fcntl`'s commands.
type Set = fn(&flock) -> FcntlArg<'_>;

pub(super) fn share_lock_as(file: &File, kind: Set) -> io::Result<bool> {
    if !set(file, kind, READ, PENDING_BYTE, 1)? {
        return Ok(false);
    }
    let shared = set(file, kind, READ, SHARED_FIRST, SHARED_SIZE);
    set(file, kind, NONE, PENDING_BYTE, 1)?;
    shared
}

pub(super) fn has_writer_as(file: &File, kind: fn(&mut flock) -> FcntlArg<'_>) -> bool {
    let mut lock = range(WRITE, RESERVED_BYTE, 1);
    fcntl(file, kind(&mut lock)).is_ok() && lock.l_type != NONE
}

fn set(
    file: &File,
    kind: Set,
    lock: libc::c_short,
    start: libc::off_t,
    length: libc::off_t,
) -> io::Result<bool> {
    match fcntl(file, kind(&range(lock, start, length))) {
        Ok(_) => Ok(true),
        Err(Errno::EACCES | Errno::EAGAIN) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn range(lock: libc::c_short, start: libc::off_t, length: libc::off_t) -> flock {
    flock { l_type: lock, l_whence: libc::SEEK_SET as libc::c_short, l_start: start, l_len: length, l_pid: 0 }
}
