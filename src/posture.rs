//! What Cloudflare calls the things that a device posture rule is made of.

use std::fmt;
use std::str::FromStr;

/// The two types of rule that look for a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleType {
    ClientCertificate,
    ClientCertificateV2,
}

impl RuleType {
    /// The name that the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientCertificate => "client_certificate",
            Self::ClientCertificateV2 => "client_certificate_v2",
        }
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::ClientCertificate => Self::ClientCertificateV2,
            Self::ClientCertificateV2 => Self::ClientCertificate,
        }
    }

    /// Reads the API's name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::ClientCertificate, Self::ClientCertificateV2].into_iter().find(|t| t.as_str() == name)
    }

    /// Reads what people write: the API's name, or `v1` and `v2`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "v1" => Some(Self::ClientCertificate),
            "v2" => Some(Self::ClientCertificateV2),
            name => Self::from_name(name),
        }
    }
}

impl fmt::Display for RuleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An extended key usage that a rule can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    ClientAuth,
    EmailProtection,
}

/// A text that names no usage.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an extended key usage that a rule can ask for: clientAuth or emailProtection")]
pub struct UnknownUsage(String);

impl Usage {
    /// Every usage.
    pub const ALL: [Self; 2] = [Self::ClientAuth, Self::EmailProtection];

    /// The name that the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientAuth => "clientAuth",
            Self::EmailProtection => "emailProtection",
        }
    }

    /// The dotted object identifier.
    pub const fn oid(self) -> &'static str {
        match self {
            Self::ClientAuth => "1.3.6.1.5.5.7.3.2",
            Self::EmailProtection => "1.3.6.1.5.5.7.3.4",
        }
    }
}

impl FromStr for Usage {
    type Err = UnknownUsage;

    fn from_str(text: &str) -> Result<Self, UnknownUsage> {
        let known = Self::ALL.into_iter().find(|usage| usage.as_str() == text);
        known.ok_or_else(|| UnknownUsage(text.to_owned()))
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
