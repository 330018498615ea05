//! Linux. What it shares with other Unix systems comes from there.

pub use super::unix::{effective_user, open, owner_only, path_of_bytes, wait_for_data};

use super::unix;
use nix::fcntl::FcntlArg;
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use std::fs::File;
use std::io;

/// Besides the limit, sets the mark that a program which collects dumps obeys: the limit does not bind the
/// kernel when it pipes a dump to one, such as systemd-coredump.
pub fn forbid_core_dumps() {
    unix::forbid_core_dumps();
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

// Locks of an open file count against every other one, this process's too, and last as long as that file is
// open.

/// Takes a reader's lock on a database, as SQLite does; `false` when a writer is changing the file. The lock
/// ends with `file`.
pub fn share_lock(file: &File) -> io::Result<bool> {
    unix::share_lock_as(file, |range| FcntlArg::F_OFD_SETLK(range))
}

/// Whether another process is writing to the database `file`.
pub fn has_writer(file: &File) -> bool {
    unix::has_writer_as(file, |range| FcntlArg::F_OFD_GETLK(range))
}
