//! The three operating systems on which a client-certificate check exists.

use std::fmt;

/// An operating system, as rules and stores name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    Linux,
    Macos,
    Windows,
}

#[cfg(windows)]
const CURRENT: System = System::Windows;
#[cfg(target_os = "macos")]
const CURRENT: System = System::Macos;
#[cfg(not(any(windows, target_os = "macos")))]
const CURRENT: System = System::Linux;

impl System {
    /// The one that this program was built for; other Unix systems are taken for Linux.
    pub const fn current() -> Self {
        CURRENT
    }

    /// The name that people use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Macos => "macOS",
            Self::Windows => "Windows",
        }
    }

    /// The name that Cloudflare's API uses (`operating_system`, `match[].platform`).
    pub const fn api_name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Macos => "mac",
            Self::Windows => "windows",
        }
    }

    /// Reads the API's name, or `macos`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "linux" => Some(Self::Linux),
            "mac" | "macos" => Some(Self::Macos),
            "windows" => Some(Self::Windows),
            _ => None,
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
