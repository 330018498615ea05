//! Unix: the size of a dump is limited to nothing.

use rustix::process::{Resource, Rlimit, setrlimit};

pub fn forbid() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}
