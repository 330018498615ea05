//! How what is wrong with a file is told.

use super::{Problem, Status};
use crate::input::Unreadable;
use crate::reason::Code;
use crate::text::shown;
use std::path::Path;

impl Problem {
    /// `why` continues a sentence that begins with the file's name.
    pub fn of_file(code: Code, file: &Path, why: &str) -> Self {
        let message = format!("{} {why}", shown(&file.display().to_string()));
        Self { code, message, file: Some(file.to_path_buf()) }
    }

    /// A file that could not be read, and what that makes of the store.
    pub fn unreadable(file: &Path, why: &Unreadable) -> (Status, Self) {
        let (status, code) = match why {
            Unreadable::Missing => (Status::Missing, Code::StoreMissing),
            Unreadable::Denied => (Status::Denied, Code::StoreDenied),
            _ => (Status::Corrupt, Code::StoreCorrupt),
        };
        (status, Self::of_file(code, file, &why.to_string()))
    }
}
