//! Linux: besides the limit, the mark that a program which collects dumps obeys. The limit does not
//! bind the kernel when it pipes a dump to one, such as systemd-coredump.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

pub fn forbid() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
