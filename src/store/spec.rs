//! How a store is named on the command line and in reports.

use crate::text::shown;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A store, named: `nss:DIR`, `keychain:FILE`, `windows:CurrentUser\My`, `file:PATH`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoreSpec {
    /// An NSS database directory.
    Nss(PathBuf),
    /// A macOS keychain file.
    Keychain(PathBuf),
    /// A Windows certificate store: its location and its name, such as `My`.
    Windows(WindowsLocation, String),
    /// A file, or a folder of them: PEM, DER, PKCS #12 and the forms that Windows exports.
    File(PathBuf),
}

/// The two places where Windows keeps certificate stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WindowsLocation {
    CurrentUser,
    LocalMachine,
}

/// A text that names no store.
#[derive(Debug, thiserror::Error)]
#[error(
    "\"{}\" names no store: write nss:DIR, keychain:FILE, windows:CurrentUser\\My, \
     windows:LocalMachine\\My or file:PATH{hint}",
    shown(text)
)]
pub struct BadSpec {
    text: String,
    hint: String,
}

impl FromStr for StoreSpec {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let bad = |hint: &str| BadSpec { text: text.to_owned(), hint: hint.to_owned() };
        let Some((kind, place)) = text.split_once(':') else {
            return Err(bad(if Path::new(text).exists() {
                " (for a database directory put nss: in front, for certificates file:)"
            } else {
                ""
            }));
        };
        if place.is_empty() {
            return Err(bad(""));
        }
        match kind {
            "nss" | "sql" => Ok(Self::Nss(place.into())),
            "keychain" => Ok(Self::Keychain(place.into())),
            "file" => Ok(Self::File(place.into())),
            "windows" => windows_store(place).ok_or_else(|| bad(&nearest_location(place))),
            "dbm" => Err(bad(" (certposture reads no dbm databases: certutil's sql: ones only)")),
            _ => Err(bad(&nearest_kind(kind, place))),
        }
    }
}

/// The names of two kinds or locations are unlike one another: more than this is a slip.
const ALIKE: f64 = 0.75;

fn nearest_kind(kind: &str, place: &str) -> String {
    let kind = kind.to_ascii_lowercase();
    let alike = |known: &&str| strsim::jaro_winkler(known, &kind) > ALIKE;
    let known = ["nss", "keychain", "windows", "file"].into_iter().find(alike);
    known.map_or_else(String::new, |known| format!("; did you mean {known}:{}?", shown(place)))
}

fn nearest_location(place: &str) -> String {
    let (location, name) = place.split_once(['\\', '/']).unwrap_or((place, "My"));
    let location = location.to_ascii_lowercase();
    let known = [WindowsLocation::CurrentUser, WindowsLocation::LocalMachine]
        .into_iter()
        .find(|known| strsim::jaro_winkler(&known.as_str().to_ascii_lowercase(), &location) > ALIKE);
    known.map_or_else(String::new, |known| {
        format!("; did you mean windows:{}\\{}?", known.as_str(), shown(name))
    })
}

/// `CurrentUser\My`; a forward slash will do, and case does not matter, as in PowerShell.
fn windows_store(place: &str) -> Option<StoreSpec> {
    let (location, name) = place.split_once(['\\', '/'])?;
    let location = [WindowsLocation::CurrentUser, WindowsLocation::LocalMachine]
        .into_iter()
        .find(|l| l.as_str().eq_ignore_ascii_case(location))?;
    let name = name.trim_end_matches(['\\', '/']);
    (!name.is_empty()).then(|| StoreSpec::Windows(location, name.to_owned()))
}

impl WindowsLocation {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CurrentUser => "CurrentUser",
            Self::LocalMachine => "LocalMachine",
        }
    }
}

impl fmt::Display for StoreSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nss(directory) => write!(f, "nss:{}", directory.display()),
            Self::Keychain(file) => write!(f, "keychain:{}", file.display()),
            Self::Windows(location, name) => write!(f, "windows:{}\\{name}", location.as_str()),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}
