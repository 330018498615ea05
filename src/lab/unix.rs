//! Secrets on Unix.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;

/// The file that is made may be read by its owner only.
pub fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}
