//! The answer of `verify`: each certificate against the uploaded CA, and the verdict over all of them.

use super::Verdict;
use crate::certificate::Certificate;
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::verification::Judgement;
use jiff::Timestamp;

/// Everything that `verify` tells; table, HTML, JSON and exit status come from it.
#[derive(Debug)]
pub struct Verification {
    pub verdict: Verdict,
    pub at: Timestamp,
    pub cas: Vec<Certificate>,
    pub certificates: Vec<Verified>,
    /// What was asked for and could not be read.
    pub unread: Vec<Unread>,
    /// Why nothing could be judged. Safe to print.
    pub error: Option<String>,
}

/// A file or store that could not be read, or not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub source: String,
    pub why: String,
}

/// A certificate that was judged.
#[derive(Debug)]
pub struct Verified {
    pub certificate: Certificate,
    /// The file or store it came from.
    pub source: String,
    pub judgement: Judgement,
}

/// The answer to one question about one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub verdict: Verdict,
    /// Why it is not a pass.
    pub reason: Option<Code>,
}

impl Verification {
    /// What the certificates judged and the files not read come to. No certificate at all proves nothing.
    pub fn new(
        at: Timestamp,
        cas: Vec<Certificate>,
        certificates: Vec<Verified>,
        unread: Vec<Unread>,
    ) -> Self {
        let worst = certificates.iter().map(|one| one.path().verdict).max();
        let verdict = match worst {
            Some(Verdict::Pass) if !unread.is_empty() => Verdict::Unknown,
            Some(worst) => worst,
            None => Verdict::Unknown,
        };
        Self { verdict, at, cas, certificates, unread, error: None }
    }

    /// Nothing could be judged, because what all of it depends on could not be read.
    pub const fn impossible(at: Timestamp, unread: Vec<Unread>, error: String) -> Self {
        Self {
            verdict: Verdict::Unknown,
            at,
            cas: Vec::new(),
            certificates: Vec::new(),
            unread,
            error: Some(error),
        }
    }

    /// How many certificates have a chain to a CA.
    pub fn passing(&self) -> usize {
        self.certificates.iter().filter(|one| one.passes()).count()
    }
}

impl Verified {
    pub fn passes(&self) -> bool {
        self.judgement.path.passes()
    }

    /// Whether an uploaded CA signed it directly.
    pub fn direct(&self) -> Answer {
        let direct = &self.judgement.direct;
        if direct.passes() {
            return Answer { verdict: Verdict::Pass, reason: None };
        }
        if self.judgement.is_by_intermediate() {
            return Answer { verdict: Verdict::Fail, reason: Some(Code::IssuedByIntermediate) };
        }
        let reason = first_fault(&direct.findings).or_else(|| direct.findings.first().map(|f| f.code));
        Answer { verdict: unknown_or_fail(direct.is_unknown()), reason }
    }

    /// Whether a chain leads to an uploaded CA.
    pub fn path(&self) -> Answer {
        let path = &self.judgement.path;
        if path.passes() {
            return Answer { verdict: Verdict::Pass, reason: None };
        }
        Answer { verdict: unknown_or_fail(path.is_unknown()), reason: first_fault(&path.findings) }
    }

    /// Issuer and key identifiers beside the CA's, where the CA is not the direct issuer and no finding of
    /// the chain says as much.
    pub fn not_direct(&self) -> Option<Finding> {
        let Judgement { direct, path } = &self.judgement;
        let finding = direct.findings.first()?;
        let is_told = path.findings.iter().any(|other| other.code == finding.code);
        self.direct().reason.filter(|_| !is_told).map(|code| Finding { code, ..finding.clone() })
    }

    /// What was found along the chain; then what only the direct answer says, unless the chain passes.
    pub fn reasons(&self) -> impl Iterator<Item = &Finding> {
        let path = &self.judgement.path.findings;
        let direct = self.judgement.direct.findings.iter().filter(|_| self.judgement.path.anchor.is_none());
        path.iter().chain(direct.filter(|finding| path.iter().all(|other| other.code != finding.code)))
    }
}

const fn unknown_or_fail(is_unknown: bool) -> Verdict {
    if is_unknown { Verdict::Unknown } else { Verdict::Fail }
}

/// What a finding weighs here: `verify` asks what a `client_certificate` rule asks.
pub fn severity(finding: &Finding) -> Severity {
    finding.code.severity(RuleType::ClientCertificate)
}

fn first_fault(findings: &[Finding]) -> Option<Code> {
    findings.iter().find(|finding| severity(finding) != Severity::Warning).map(|finding| finding.code)
}
