//! What differs between operating systems and is too small for a module of its own. One file a system,
//! each with the same functions.

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod platform;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android", target_os = "macos"))))]
#[path = "unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
mod unix;

pub use platform::{
    effective_user, forbid_core_dumps, has_writer, open, owner_only, path_of_bytes, share_lock, wait_for_data,
};
