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

/// The first bytes of the regular file at `path`, no more than `limit`: enough to tell what it is.
pub fn beginning(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    read_all(open(path)?, limit, limit)
}

/// Room is made once, so that no copy of a key is left behind in memory given back.
fn read_all(file: File, length: u64, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let room = usize::try_from(length).map_err(|_| Unreadable::TooLarge(limit))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a user may write in place of a file's name.
pub const STANDARD_INPUT: &str = "-";

/// The same of a file that the user named: `-` is standard input, and what a shell's process substitution
/// hands over as `/dev/fd/N` may be a pipe.
pub fn read_named(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    if is_standard_input(path) {
        return read_stream(io::stdin().lock(), limit);
    }
    if !is_descriptor(path) {
        return read(path, limit);
    }
    let file = os::open(path)?;
    match file.metadata()? {
        kind if kind.is_file() => read(path, limit),
        kind if kind.is_dir() => Err(Unreadable::Directory),
        _ if os::wait_for_data(&file)? => read_stream(file, limit),
        _ => Err(Unreadable::NotAFile),
    }
}

/// Whether it stands for standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT) || path == Path::new("/dev/stdin")
}

fn is_descriptor(path: &Path) -> bool {
    ["/dev/fd", "/proc/self/fd"].into_iter().any(|folder| path.parent() == Some(Path::new(folder)))
}

/// Everything up to the end of a stream. Where more room is needed the old bytes are wiped.
fn read_stream(mut stream: impl io::Read, limit: u64) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let most = usize::try_from(limit).map_err(|_| Unreadable::TooLarge(limit))?;
    let mut bytes = Zeroizing::new(vec![0; FIRST_ROOM.min(most) + 1]);
    let mut length = 0;
    loop {
        match stream.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if length > most {
            return Err(Unreadable::TooLarge(limit));
        }
        if length == bytes.len() {
            let mut larger = Zeroizing::new(vec![0; (2 * length).min(most + 1)]);
            larger[..length].copy_from_slice(&bytes);
            bytes = larger;
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Most certificates and rules are shorter.
const FIRST_ROOM: usize = 1 << 16;

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
    fn a_stream_is_read_to_its_end_and_no_further_than_its_limit() {
        let long: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
        assert_eq!(*read_stream(&long[..], 200_000).unwrap(), long);
        assert!(matches!(read_stream(&long[..], 199_999), Err(Unreadable::TooLarge(199_999))));
        assert!(matches!(read_stream(io::repeat(1), 1 << 20), Err(Unreadable::TooLarge(_))));
        assert!(read_stream(io::empty(), 9).unwrap().is_empty());
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
