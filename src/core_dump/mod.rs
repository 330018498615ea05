//! No core dumps: memory may hold the private keys of files that were just read, and a dump would be
//! the copy of them that this program never makes.

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "linux.rs"]
mod platform;
#[cfg(not(unix))]
#[path = "other.rs"]
mod platform;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
#[path = "unix.rs"]
mod platform;

/// Asks the system to leave no dump of this process. Where it refuses, nothing else changes.
pub fn forbid() {
    platform::forbid();
}
