//! Reading files that somebody else may have made: never more than a limit, never a device or a
//! pipe that would block or not end.

use crate::os;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use zeroize::Zeroizing;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("does not exist")]
    Missing,
    #[error("may not be read by this user")]
    Denied,
    #[error("is a directory")]
    Directory,
    #[error("is a device or a pipe, not a file")]
    NotAFile,
    #[error("is larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    #[error("cannot be read: {0}")]
    Other(io::Error),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A link in the path that leads nowhere, or a file where a folder should be.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Denied,
            io::ErrorKind::IsADirectory => Self::Directory,
            _ => Self::Other(error),
        }
    }
}

/// Opens the regular file at `path` for reading.
pub fn open(path: &Path) -> Result<File, Unreadable> {
    let file = os::open(path)?;
    // Asked of the open file, not of the path: the file judged is then the file read.
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(Unreadable::Directory);
    }
    if !metadata.is_file() {
        return Err(Unreadable::NotAFile);
    }
    Ok(file)
}

/// All of the regular file at `path`, which must not be longer than `limit`. The bytes are wiped
/// when they are dropped, for there may be a private key among them.
pub fn read(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    if length > limit {
        return Err(Unreadable::TooLarge(limit));
    }
    read_all(file, length, limit)
}

/// Room is made once, so that no copy of a key is left behind in memory given back.
fn read_all(file: File, length: u64, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let room = usize::try_from(length).map_err(|_| Unreadable::TooLarge(limit))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_file_and_what_is_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, [7; 100]).unwrap();
        assert_eq!(*read(&file, 100).unwrap(), [7; 100]);
        assert!(matches!(read(&file, 99), Err(Unreadable::TooLarge(99))));
        assert!(matches!(read(&folder.path().join("none"), 9), Err(Unreadable::Missing)));
        assert!(matches!(read(&file.join("below"), 9), Err(Unreadable::Missing)));
        assert!(matches!(read(folder.path(), 9), Err(Unreadable::Directory)));
        assert!(matches!(read(Path::new("/dev/zero"), 9), Err(Unreadable::NotAFile)));
    }

    #[test]
    fn does_not_wait_for_a_pipe_and_does_not_follow_a_loop() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        assert!(matches!(read(&pipe, 9), Err(Unreadable::NotAFile)));
        let link = folder.path().join("loop");
        std::os::unix::fs::symlink(&link, &link).unwrap();
        assert!(matches!(read(&link, 9), Err(Unreadable::Other(_))));
    }
}
