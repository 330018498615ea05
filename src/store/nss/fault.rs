//! What keeps a file of an NSS database from being read.

use super::database::TIME_LIMIT;
use rusqlite::{Error, ErrorCode};
use std::io::ErrorKind;

/// What keeps a file from being read.
#[derive(Debug)]
pub(super) enum Fault {
    Missing,
    Denied,
    Locked,
    /// certutil, run as root, cannot use it either.
    Broken(String),
    /// certutil may read more of it than we dare to or can.
    Unreadable(String),
    /// A value is longer than the limit on values.
    TooLong,
}

impl Fault {
    pub(super) fn too_slow() -> Self {
        Self::Unreadable(format!("takes longer than {} seconds to read", TIME_LIMIT.as_secs()))
    }
}

pub(super) fn io_fault(error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Fault::Missing,
        ErrorKind::PermissionDenied => Fault::Denied,
        _ => Fault::Unreadable(format!("could not be read ({error})")),
    }
}

/// What an error means while the file is being opened.
pub(super) fn fault(error: Error) -> Fault {
    let Error::SqliteFailure(failure, _) = &error else { return unreadable(error) };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::Locked,
        ErrorCode::PermissionDenied => Fault::Denied,
        ErrorCode::NotADatabase => Fault::Broken("is not an SQLite database".to_owned()),
        ErrorCode::DatabaseCorrupt => Fault::Broken("is damaged or cut short".to_owned()),
        _ => unreadable(error),
    }
}

/// What an error means once certutil would already have opened the file: it may come further.
pub(super) fn unreadable(error: Error) -> Fault {
    match error {
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::OperationInterrupted => {
            Fault::too_slow()
        }
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::DatabaseBusy => Fault::Locked,
        Error::SqliteFailure(failure, _) if failure.code == ErrorCode::TooBig => Fault::TooLong,
        other => {
            Fault::Unreadable(format!("cannot be read in full ({})", crate::text::shown(&other.to_string())))
        }
    }
}
