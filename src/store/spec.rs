//! How a store is named on the command line and in reports.

use super::Role;
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

/// A store to read, as it is given: its place, and which store on which device it stands for where
/// that is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub spec: StoreSpec,
    /// The store that lies at the place as a copy.
    pub role: Option<Role>,
    /// Whether nobody said what kind of store it is: its place was named and nothing else.
    pub bare: bool,
}

impl Given {
    /// A copy of the store `role` that lies at `spec`.
    pub const fn copy(role: Role, spec: StoreSpec) -> Self {
        Self { spec, role: Some(role), bare: false }
    }
}

impl From<StoreSpec> for Given {
    fn from(spec: StoreSpec) -> Self {
        Self { spec, role: None, bare: false }
    }
}

/// A text that names no store.
#[derive(Debug, thiserror::Error)]
#[error(
    "\"{}\" names no store: write nss:DIR, keychain:FILE, windows:CurrentUser\\My, \
     windows:LocalMachine\\My or file:PATH, or for a copy of one STORE=PATH, such as \
     windows:CurrentUser\\My=PATH or keychain:system=PATH{hint}",
    shown(text)
)]
pub struct BadSpec {
    text: String,
    hint: String,
}

impl StoreSpec {
    /// Where it lies, for a store that is a file or a folder.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Nss(path) | Self::Keychain(path) | Self::File(path) => Some(path),
            Self::Windows(..) => None,
        }
    }
}

impl StoreSpec {
    /// The same, whatever the working directory is.
    #[must_use]
    pub fn absolute(&self) -> Self {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        match self {
            Self::Nss(path) => Self::Nss(absolute(path)),
            Self::Keychain(path) => Self::Keychain(absolute(path)),
            Self::File(path) => Self::File(absolute(path)),
            Self::Windows(..) => self.clone(),
        }
    }
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

impl FromStr for Given {
    type Err = BadSpec;

    /// A specification, `ROLE=PATH`, or the path of something that exists.
    fn from_str(text: &str) -> Result<Self, BadSpec> {
        if let Some(copy) = copy(text)? {
            return Ok(copy);
        }
        match text.parse::<StoreSpec>() {
            Ok(spec) => Ok(spec.into()),
            Err(_) if is_bare_path(text) => {
                Ok(Self { spec: StoreSpec::File(text.into()), role: None, bare: true })
            }
            Err(error) => Err(error),
        }
    }
}

/// A path is taken for one where something lies there, or where it can be nothing else.
fn is_bare_path(text: &str) -> bool {
    let path = Path::new(text);
    !text.is_empty() && (path.exists() || path.is_absolute())
}

/// `ROLE=PATH`; nothing where `text` is a path in which there happens to be an equals sign.
fn copy(text: &str) -> Result<Option<Given>, BadSpec> {
    let (Some((kind, _)), Some((named, path))) = (text.split_once(':'), text.split_once('=')) else {
        return Ok(None);
    };
    let is_itself = || matches!(text.parse(), Ok(spec) if StoreSpec::path(&spec).is_some_and(Path::exists));
    if path.is_empty() || named.len() <= kind.len() || is_itself() {
        return Ok(None);
    }
    let named = &named[kind.len() + 1..];
    let role = match (kind, named) {
        ("keychain", "system") => Role::SystemKeychain,
        ("keychain", "login") => Role::LoginKeychain,
        ("nss" | "sql" | "keychain" | "windows" | "file", named) => {
            Role::of(&format!("{kind}:{named}").parse()?)
        }
        _ => return Ok(None),
    };
    let spec = match role {
        Role::Nss(_) => StoreSpec::Nss(path.into()),
        Role::SystemKeychain | Role::LoginKeychain | Role::Keychain(_) => StoreSpec::Keychain(path.into()),
        Role::Windows(..) | Role::Path(_) => StoreSpec::File(path.into()),
    };
    Ok(Some(Given::copy(role, spec)))
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
