//! Locks of an open file (Linux): they count against every other one, this process's too, and last as
//! long as that file is open.

use nix::fcntl::FcntlArg;
use nix::libc::flock;

pub(super) fn set(range: &flock) -> FcntlArg<'_> {
    FcntlArg::F_OFD_SETLK(range)
}

pub(super) fn get(range: &mut flock) -> FcntlArg<'_> {
    FcntlArg::F_OFD_GETLK(range)
}
