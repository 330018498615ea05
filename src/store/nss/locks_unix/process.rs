//! Locks of a process (POSIX): they count against those of other processes, and end when this one
//! closes any descriptor of the file.

use nix::fcntl::FcntlArg;
use nix::libc::flock;

pub(super) fn set(range: &flock) -> FcntlArg<'_> {
    FcntlArg::F_SETLK(range)
}

pub(super) fn get(range: &mut flock) -> FcntlArg<'_> {
    FcntlArg::F_GETLK(range)
}
