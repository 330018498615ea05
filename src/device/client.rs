//! The device client that runs the check, as the system's package data tell of it.

use crate::system::System;

/// Whether it is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Client {
    Installed { version: String },
    NotFound,
}

impl Client {
    /// The first version with `client_certificate_v2`.
    pub const fn least_for_v2(system: System) -> &'static str {
        match system {
            System::Windows => "2024.6.415.0",
            System::Macos => "2024.6.416.0",
            System::Linux => "2024.6.497.0",
        }
    }

    /// What somebody should know of it; `None` for a client that runs both types of rule.
    pub fn warning(&self, system: System) -> Option<String> {
        let least = Self::least_for_v2(system);
        match (self, self.knows_v2(system)) {
            (Self::NotFound, _) => {
                Some("no client was found on this device, and without it no posture check runs".to_owned())
            }
            (_, Some(false)) => Some(format!("client_certificate_v2 needs {least} or later")),
            (_, None) => {
                Some(format!("whether it is {least} or later, as client_certificate_v2 needs, is unclear"))
            }
            (_, Some(true)) => None,
        }
    }

    /// Whether it knows `client_certificate_v2`; `None` where its version tells nothing.
    pub fn knows_v2(&self, system: System) -> Option<bool> {
        match self {
            Self::NotFound => Some(false),
            Self::Installed { version } => {
                let least = numbers(Self::least_for_v2(system))?;
                Some(numbers(version)? >= least)
            }
        }
    }

    /// Whether it is this version; `None` where one of the two tells nothing.
    pub fn is_version(&self, version: &str) -> Option<bool> {
        match self {
            Self::NotFound => None,
            Self::Installed { version: own } => Some(numbers(own)? == numbers(version)?),
        }
    }
}

/// Whether `version` came before `other`; `None` where one of the two tells nothing.
pub fn is_older(version: &str, other: &str) -> Option<bool> {
    Some(numbers(version)? < numbers(other)?)
}

/// The four numbers of a version; packages put an epoch before them and a revision behind.
fn numbers(version: &str) -> Option<[u64; 4]> {
    let upstream = version.rsplit(':').next()?.split(['-', '~', '+']).next()?;
    let mut numbers = [0; 4];
    for (place, part) in upstream.split('.').enumerate() {
        *numbers.get_mut(place)? = part.parse().ok()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_versions_by_their_numbers() {
        let knows = |version: &str| Client::Installed { version: version.to_owned() }.knows_v2(System::Linux);
        assert_eq!(knows("2024.6.497.0"), Some(true));
        assert_eq!(knows("2024.6.497-1"), Some(true));
        assert_eq!(knows("1:2025.10.186.0"), Some(true));
        assert_eq!(knows("2024.6.96.0"), Some(false));
        assert_eq!(knows("2023.12.1-1"), Some(false));
        assert_eq!(knows("unknown"), None);
        assert_eq!(Client::NotFound.knows_v2(System::Macos), Some(false));
    }
}
