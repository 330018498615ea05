//! Secrets elsewhere than on Unix: the folder's own permissions apply.

use std::fs::OpenOptions;

/// The file that is made has what its folder allows.
pub fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}
