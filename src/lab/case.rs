//! The client certificates of a lab: what is wrong with each, and what `check` says of it.

use crate::reason::Code;

/// Who signs a certificate.
#[derive(Clone, Copy, Debug)]
pub(super) enum Issuer {
    Root,
    Issuing,
    OtherRoot,
}

/// What the extended key usage extension lists.
#[derive(Clone, Copy, Debug)]
pub(super) enum Usage {
    ClientAuth,
    ServerAuth,
}

/// A client certificate.
#[derive(Debug)]
pub struct Case {
    /// Of its files.
    pub name: &'static str,
    /// What is special about it.
    pub about: &'static str,
    /// What `check` with the lab's rule says; `None` for a pass.
    pub fault: Option<Code>,
    pub(super) issuer: Issuer,
    pub(super) usage: Usage,
    pub(super) expired: bool,
    pub(super) with_key: bool,
    other_name: bool,
}

const GOOD: Case = Case {
    name: "good",
    about: "Signed by the root CA, for client authentication, with its key: passes",
    fault: None,
    issuer: Issuer::Root,
    usage: Usage::ClientAuth,
    expired: false,
    with_key: true,
    other_name: false,
};

/// Every one, the good one first.
pub const CASES: &[Case] = &[
    GOOD,
    Case {
        name: "expired",
        about: "Its validity ended two days before the lab was made",
        fault: Some(Code::Expired),
        expired: true,
        ..GOOD
    },
    Case {
        name: "wrong-issuer",
        about: "Signed by another root CA, which was not uploaded",
        fault: Some(Code::IssuerDiffers),
        issuer: Issuer::OtherRoot,
        ..GOOD
    },
    Case {
        name: "by-intermediate",
        about: "Signed by the issuing CA, and that by the root CA",
        fault: Some(Code::IssuedByIntermediate),
        issuer: Issuer::Issuing,
        ..GOOD
    },
    Case {
        name: "no-client-auth",
        about: "Its extended key usage lists serverAuth only",
        fault: Some(Code::EkuMissing),
        usage: Usage::ServerAuth,
        ..GOOD
    },
    Case {
        name: "wrong-name",
        about: "Another device's common name",
        fault: Some(Code::NotFound),
        other_name: true,
        ..GOOD
    },
    Case {
        name: "key-missing",
        about: "The certificate without its private key",
        fault: Some(Code::PrivateKeyMissing),
        with_key: false,
        ..GOOD
    },
];

impl Case {
    pub(super) fn common_name(&self, device: &str) -> String {
        if self.other_name { "somebody-elses-device".to_owned() } else { device.to_owned() }
    }
}
