//! The file that certutil reads when no nickname matches (`SECU_FindCertByNicknameOrFilename` in
//! `cmd/lib/secutil.c`).

use super::decoder;
use crate::certificate::Certificate;
use crate::os;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Longer than any certificate.
const MAX_BYTES: u64 = 16 << 20;

pub(super) enum File {
    /// The file holds one DER certificate and nothing else.
    Certificate(PathBuf, Certificate),
    /// There is none, or it holds something else.
    None(Why),
}

/// Why no certificate was read, in NSS's words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    NotFound,
    NotADirectory,
    Denied,
    NameTooLong,
    IsADirectory,
    NotACertificate,
}

impl Why {
    /// The error as certutil prints it.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::NotFound => "PR_FILE_NOT_FOUND_ERROR: File not found",
            Self::NotADirectory => {
                "PR_NOT_DIRECTORY_ERROR: Cannot perform directory operation on a normal file"
            }
            Self::Denied => "PR_NO_ACCESS_RIGHTS_ERROR: Access Denied",
            Self::NameTooLong => "PR_NAME_TOO_LONG_ERROR: File name is too long",
            Self::IsADirectory => "SEC_ERROR_IO: An I/O error occurred during security authorization.",
            Self::NotACertificate => "SEC_ERROR_INVALID_ARGS: security library: invalid arguments.",
        }
    }

    /// What it prints before that.
    pub(super) const fn first_line(self) -> &'static str {
        match self {
            Self::IsADirectory => {
                "error converting der (An I/O error occurred during security authorization.)\n"
            }
            _ => "",
        }
    }
}

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotADirectory => Self::NotADirectory,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::InvalidFilename => Self::NameTooLong,
            ErrorKind::IsADirectory => Self::IsADirectory,
            _ => Self::NotFound,
        }
    }
}

/// Reads the file `name`, relative to `directory`; without a directory there is none.
pub(super) fn read(name: &[u8], directory: Option<&Path>) -> File {
    let Some(directory) = directory.filter(|_| !name.is_empty()) else { return File::None(Why::NotFound) };
    let Some(path) = os::path_of_bytes(name) else { return File::None(Why::NotFound) };
    let path = directory.join(path);
    match read_certificate(&path) {
        Ok(certificate) => File::Certificate(path, certificate),
        Err(why) => File::None(why),
    }
}

fn read_certificate(path: &Path) -> Result<Certificate, Why> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(Why::IsADirectory);
    }
    // certutil would wait on a pipe; no certificate comes out of one here.
    if !found.is_file() || found.len() > MAX_BYTES {
        return Err(Why::NotACertificate);
    }
    let mut der = Vec::new();
    fs::File::open(path)?.take(MAX_BYTES).read_to_end(&mut der)?;
    if decoder::decodes(&der) { Ok(Certificate::from_der(der)) } else { Err(Why::NotACertificate) }
}
