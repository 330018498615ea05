//! Opening a file elsewhere than on Unix.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens `path` for reading. A directory cannot be opened here; Unix reports it later.
pub fn open(path: &Path) -> io::Result<File> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    File::open(path)
}
