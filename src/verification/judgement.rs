//! What verification says of one certificate, and when that is a pass.

use super::message::unparseable;
use crate::certificate::{Certificate, oid};
use crate::posture::RuleType;
use crate::reason::{About, Code, Finding, Severity};

/// What the certificates of a chain must be good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Extended key usages are not looked at.
    #[default]
    Any,
    ClientAuth,
    Email,
}

impl Purpose {
    pub(super) const fn oid(self) -> Option<&'static [u8]> {
        match self {
            Self::Any => None,
            Self::ClientAuth => Some(oid::CLIENT_AUTH),
            Self::Email => Some(oid::EMAIL_PROTECTION),
        }
    }
}

/// What was found out about one certificate.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether a trust anchor signed it directly.
    pub direct: Direct,
    /// Whether a chain leads from it to a trust anchor.
    pub path: Path,
}

/// The answer to "did exactly this CA sign it?". Only the signature counts here: dates and constraints
/// are told of the path.
#[derive(Clone, Debug)]
pub struct Direct {
    /// Which of the anchors signed it.
    pub issuer: Option<usize>,
    pub findings: Vec<Finding>,
}

/// The best chain; or, where none reaches an anchor, the nearest.
#[derive(Clone, Debug)]
pub struct Path {
    /// The certificate judged first; up to the anchor if there is one, else as far as the chain leads.
    pub chain: Vec<Certificate>,
    /// At which of the anchors the chain ends.
    pub anchor: Option<usize>,
    /// Faults before warnings; the first is the one that tells most.
    pub findings: Vec<Finding>,
}

impl Judgement {
    /// A certificate that cannot be read; `what` says why.
    pub(super) fn unreadable(certificate: &Certificate, what: &str) -> Self {
        let findings = vec![unparseable(what)];
        Self {
            direct: Direct { issuer: None, findings: findings.clone() },
            path: Path { chain: vec![certificate.clone()], anchor: None, findings },
        }
    }

    /// Whether a chain reaches an anchor by way of an intermediate only.
    pub fn is_by_intermediate(&self) -> bool {
        self.direct.issuer.is_none() && self.path.anchor.is_some() && self.path.chain.len() > 2
    }
}

impl Direct {
    /// Whether an anchor signed it and nothing that counts speaks against that.
    pub fn passes(&self) -> bool {
        self.issuer.is_some() && self.findings.iter().all(is_warning)
    }

    /// Whether what could not be checked here might have made it pass.
    pub fn is_unknown(&self) -> bool {
        !self.passes() && self.findings.iter().any(is_doubt) && !self.findings.iter().any(is_own_fault)
    }
}

impl Path {
    /// Whether the chain reaches an anchor without a fault.
    pub fn passes(&self) -> bool {
        self.anchor.is_some() && self.findings.iter().all(is_warning)
    }

    /// Whether what could not be checked here might have made it pass. What is wrong with the certificate
    /// itself is certain whatever stands above it.
    pub fn is_unknown(&self) -> bool {
        !self.passes() && self.findings.iter().any(is_doubt) && !self.findings.iter().any(is_own_fault)
    }
}

pub(super) fn is_doubt(finding: &Finding) -> bool {
    finding.code.severity(RuleType::ClientCertificate) == Severity::Unknown
}

/// A fault that no other chain could mend.
pub(super) const fn is_own_fault(finding: &Finding) -> bool {
    matches!(finding.about, About::Chain(0))
        && matches!(
            finding.code,
            Code::CertificateUnparseable
                | Code::UnknownCriticalExtension
                | Code::Expired
                | Code::NotYetValid
                | Code::EkuMissing
        )
}

pub(super) fn is_warning(finding: &Finding) -> bool {
    finding.code.severity(RuleType::ClientCertificate) == Severity::Warning
}
