//! The archive that the client's own `warp-diag` makes: what it says of the device and of its posture checks. Four
//! small files are read where they lie in the archive; nothing is unpacked.
//!
//! The files are those of Cloudflare's list "warp-debugging-info"; the posture file's layout is not documented, so
//! it is shown as it is.

mod zip;

use crate::input::{self, Unreadable};
use std::path::Path;

/// The most of one file that is taken.
const MOST: u64 = 64 << 10;

/// What the client wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WarpDiag {
    /// `version.txt`: the client's version.
    pub client_version: Option<String>,
    /// `hostname.txt`: the device's name.
    pub host_name: Option<String>,
    /// `date.txt`: when it was made, as it stands there.
    pub date: Option<String>,
    /// `warp-device-posture.txt`: what the client says of its posture checks.
    pub posture: Option<String>,
}

impl WarpDiag {
    /// Reads the archive at `path`; `None` for every other file.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or read.
    pub fn read(path: &Path) -> Result<Option<Self>, Unreadable> {
        let mut file = input::open(path)?;
        let Some(entries) = zip::entries(&mut file)? else { return Ok(None) };
        let mut text = |name: &str| -> Result<Option<String>, Unreadable> {
            let Some(entry) = entries.iter().find(|entry| entry.is_named(name)) else { return Ok(None) };
            let bytes = zip::contents(&mut file, entry, MOST)?;
            Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
        };
        let read = Self {
            client_version: text("version.txt")?,
            host_name: text("hostname.txt")?,
            date: text("date.txt")?,
            posture: text("warp-device-posture.txt")?,
        };
        // Any archive may hold a version.txt.
        Ok(entries
            .iter()
            .any(|entry| entry.is_named("warp-device-posture.txt") || entry.is_named("warp-status.txt"))
            .then_some(read))
    }
}
