//! What is wrong with a file of a store.

use super::Status;
use crate::input::Unreadable;
use crate::reason::{About, Code, Finding};
use crate::text::shown;
use std::path::Path;

/// `why` continues a sentence that begins with the file's name.
pub(super) fn of_file(code: Code, file: &Path, why: &str) -> Finding {
    let message = format!("{} {why}", shown(&file.display().to_string()));
    Finding::new(code, message).about(About::File(file.to_path_buf()))
}

/// A file that could not be read, and what that makes of the store.
pub(super) fn unreadable(file: &Path, why: &Unreadable) -> (Status, Finding) {
    let (status, code) = match why {
        Unreadable::Missing => (Status::Missing, Code::StoreMissing),
        Unreadable::Denied => (Status::Denied, Code::StoreDenied),
        _ => (Status::Corrupt, Code::StoreCorrupt),
    };
    (status, of_file(code, file, &why.to_string()))
}
