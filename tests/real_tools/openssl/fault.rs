//! The one fault of a chain, and what both verifiers may make of it.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    Expired,
    NotYetValid,
    NotACa,
    NoBasicConstraints,
    /// Without basic constraints, but with keyCertSign.
    KeyCertSignAlone,
    NoKeyCertSign,
    PathTooLong,
    DnsOutside,
    EmailOutside,
    UriOutside,
    AddressOutside,
    DirectoryOutside,
    DnsExcluded,
    EmailExcluded,
    UriExcluded,
    AddressExcluded,
    DirectoryExcluded,
    /// A URI without a host under a constraint on URIs.
    UriWithoutHost,
    ConstraintWithMinimum,
    ConstraintOnRegisteredId,
    /// An e-mail address in the subject, outside the constraint, beside a subjectAltName.
    AddressInSubject,
    /// A host name as the common name, outside the constraint, without a subjectAltName.
    HostInCommonName,
    CriticalExtension,
    CriticalPolicyConstraints,
    CriticalDistributionPoints,
    DamagedSignature,
    OtherKey,
    WrongIssuerName,
    AlgorithmsDiffer,
    WrongPurpose,
    AnyPurpose,
    LeafKeyUsage,
    Missing,
    ExtensionTwice,
    LongSerial,
    ExtensionsInVersion1,
    OtherKeyIdentifier,
    UnicodeCase,
    UnsupportedAlgorithm,
    ParametersOfEcdsa,
    LongInteger,
}

impl Fault {
    pub const ALL: [Self; 41] = [
        Self::Expired,
        Self::NotYetValid,
        Self::NotACa,
        Self::NoBasicConstraints,
        Self::KeyCertSignAlone,
        Self::NoKeyCertSign,
        Self::PathTooLong,
        Self::DnsOutside,
        Self::EmailOutside,
        Self::UriOutside,
        Self::AddressOutside,
        Self::DirectoryOutside,
        Self::DnsExcluded,
        Self::EmailExcluded,
        Self::UriExcluded,
        Self::AddressExcluded,
        Self::DirectoryExcluded,
        Self::UriWithoutHost,
        Self::ConstraintWithMinimum,
        Self::ConstraintOnRegisteredId,
        Self::AddressInSubject,
        Self::HostInCommonName,
        Self::CriticalExtension,
        Self::CriticalPolicyConstraints,
        Self::CriticalDistributionPoints,
        Self::DamagedSignature,
        Self::OtherKey,
        Self::WrongIssuerName,
        Self::AlgorithmsDiffer,
        Self::WrongPurpose,
        Self::AnyPurpose,
        Self::LeafKeyUsage,
        Self::Missing,
        Self::ExtensionTwice,
        Self::LongSerial,
        Self::ExtensionsInVersion1,
        Self::OtherKeyIdentifier,
        Self::UnicodeCase,
        Self::UnsupportedAlgorithm,
        Self::ParametersOfEcdsa,
        Self::LongInteger,
    ];

    /// How the two verifiers may differ on it; docs/verification.md says why, under the same name.
    pub fn difference(self) -> Option<Difference> {
        match self {
            Self::CriticalPolicyConstraints
            | Self::CriticalDistributionPoints
            | Self::KeyCertSignAlone
            | Self::ExtensionsInVersion1
            | Self::LongSerial
            | Self::ParametersOfEcdsa => Some(Difference::WeRefuse),
            Self::AddressInSubject
            | Self::HostInCommonName
            | Self::AnyPurpose
            | Self::OtherKeyIdentifier
            | Self::UnicodeCase => Some(Difference::WeAccept),
            _ => None,
        }
    }
}

/// Who refuses what the other accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    WeRefuse,
    WeAccept,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
