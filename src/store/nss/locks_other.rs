//! SQLite's locks where they cannot be seen from outside.

use std::fs::File;

/// As if there were a writer: SQLite itself then looks at the journal. Outside Unix it changes nothing
/// about one.
pub(super) fn has_writer(_file: &File) -> bool {
    true
}
