//! The posture rule: what Cloudflare was told to look for.

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
}

impl std::fmt::Display for RuleType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
