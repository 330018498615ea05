//! What is left of a database that as a whole cannot be used. certutil completes one of which a file is
//! missing, so that the other one's certificates or keys need not be given up.

use super::READING;
use super::database::SqliteFile;
use super::fault::Fault;
use std::path::Path;
use std::sync::PoisonError;
use std::time::Instant;

/// The two files of a database, and what else is in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// `cert9.db`.
    pub certificates: FileState,
    /// `key4.db`.
    pub keys: FileState,
    /// Something that is not a directory has the directory's name.
    pub is_obstructed: bool,
}

/// How much use a file of the database is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileState {
    #[default]
    Absent,
    Usable,
    /// certutil cannot use it either.
    Broken,
    /// It could not be looked at: locked, closed to this user, too large. Nobody should touch it.
    Unseen,
}

impl FileState {
    /// The word used in captures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Usable => "usable",
            Self::Broken => "broken",
            Self::Unseen => "unseen",
        }
    }

    /// Reads that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Absent, Self::Usable, Self::Broken, Self::Unseen]
            .into_iter()
            .find(|known| known.as_str() == name)
    }
}

/// Looks at what is in `directory`.
pub fn remains(directory: &Path) -> Remains {
    let _one_at_a_time = READING.lock().unwrap_or_else(PoisonError::into_inner);
    Remains {
        certificates: state(&directory.join("cert9.db"), "nssPublic"),
        keys: state(&directory.join("key4.db"), "nssPrivate"),
        is_obstructed: directory.exists() && !directory.is_dir(),
    }
}

fn state(file: &Path, table: &str) -> FileState {
    match SqliteFile::open(file, Instant::now()).and_then(|database| database.columns(table)) {
        Ok(_) => FileState::Usable,
        Err(Fault::Missing) => FileState::Absent,
        Err(Fault::Broken(_)) => FileState::Broken,
        Err(Fault::Denied | Fault::Locked | Fault::Unreadable(_) | Fault::TooLong) => FileState::Unseen,
    }
}
