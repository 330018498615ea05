//! Systems other than macOS.

use super::{KeychainItem, Unsearched};
use std::path::Path;

/// Whether a path that does not exist here is one of a Mac's own keychains, named as on the Mac.
pub fn is_on_a_mac(path: &Path) -> bool {
    ["/Library/Keychains", "/System/Library/Keychains", "/Users"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// Whether there is an item search.
pub const fn has_items() -> bool {
    false
}

/// Nothing can be searched.
pub const fn items() -> Result<Vec<KeychainItem>, Unsearched> {
    Err(Unsearched::NoMac)
}
