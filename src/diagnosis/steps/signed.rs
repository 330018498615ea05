//! Whether the uploaded CA signed a certificate, and by which chain.

use super::{Examination, Step, StepName, StepStatus};
use crate::certificate::Certificate;
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity, Stage};
use crate::text::shown;
use crate::verification::Judgement;
use std::borrow::Cow;

impl Examination<'_> {
    pub(super) fn signature_steps(&self) -> Vec<Step> {
        if self.context.case.cas.cas.is_empty() {
            return vec![Step {
                step: StepName::Signature,
                status: StepStatus::Unknown,
                code: None,
                message: "There is no CA to verify it against".into(),
            }];
        }
        let (findings, signed): (Vec<&Finding>, bool) = match self.rule_type() {
            RuleType::ClientCertificate => {
                let own = self.judgement.path.findings.iter().filter(|f| concerns_signature(f)).collect();
                (own, self.judgement.path.anchor.is_some())
            }
            RuleType::ClientCertificateV2 => {
                if let Some(step) = self.issued_by_intermediate() {
                    return vec![step];
                }
                (self.judgement.direct.findings.iter().collect(), self.judgement.direct.issuer.is_some())
            }
        };
        let passed =
            if signed { "The signature is its issuer's" } else { "Its issuer's certificate is not at hand" };
        let otherwise = if signed { StepStatus::Pass } else { StepStatus::Skip };
        let mut steps = self.steps_of(StepName::Signature, &findings, otherwise, passed);
        // The uploaded CA itself, where another CA signed that.
        if self.rule_type() == RuleType::ClientCertificateV2 && !signed {
            steps
                .iter_mut()
                .filter(|s| s.code == Some(Code::IsTheCa))
                .for_each(|s| s.status = StepStatus::Fail);
        }
        steps
    }

    /// What passes is a CA's certificate, and not the uploaded one.
    pub(super) fn is_a_ca_step(&self) -> Option<Step> {
        let certificate = &self.stored.certificate;
        (self.returned && certificate.claims_to_be_ca() && !self.context.case.cas.contain(certificate)).then(
            || Step {
                step: StepName::Path,
                status: StepStatus::Warn,
                code: Some(Code::ClientCertificateIsACa),
                message: ca_passes(certificate).into(),
            },
        )
    }

    /// v2 only: the chain leads to the uploaded CA, but through somebody else.
    fn issued_by_intermediate(&self) -> Option<Step> {
        let path = &self.judgement.path;
        if self.judgement.direct.issuer.is_some() || path.anchor.is_none() {
            return None;
        }
        let issuer = path.chain.get(1)?;
        Some(Step {
            step: StepName::Signature,
            status: StepStatus::Fail,
            code: Some(Code::IssuedByIntermediate),
            message: format!(
                "The certificate was issued by the intermediate {} (sha256 {}...), and that by the uploaded CA; this rule type \
                 wants the uploaded certificate to be the direct issuer",
                shown(&issuer.subject().to_string()),
                &issuer.sha256()[..8]
            )
            .into(),
        })
    }

    pub(super) fn path_steps(&self) -> Vec<Step> {
        let path = &self.judgement.path;
        if self.context.case.cas.cas.is_empty() {
            return vec![self.skipped(StepName::Path, "There is no CA to lead to")];
        }
        let mut findings: Vec<&Finding> =
            path.findings.iter().filter(|f| !concerns_signature(f) && !concerns_own_validity(f)).collect();
        match self.rule_type() {
            RuleType::ClientCertificate => {
                let mut steps =
                    self.steps_of(StepName::Path, &findings, StepStatus::Pass, chain_text(self.judgement));
                if path.anchor.is_some() && self.judgement.direct.issuer.is_none() && path.chain.len() > 2 {
                    steps.retain(|step| step.status != StepStatus::Pass);
                    steps.push(self.through_intermediate());
                }
                steps
            }
            RuleType::ClientCertificateV2 => {
                let is_warning =
                    |code: Code| code.severity(RuleType::ClientCertificateV2) == Severity::Warning;
                // The direct issuer is asked for, so it need not be a root.
                findings.retain(|f| is_warning(f.code) && f.code != Code::CaNotSelfSigned);
                let none = "The chain is not evaluated for client_certificate_v2";
                self.steps_of(StepName::Path, &findings, StepStatus::Skip, none)
            }
        }
    }

    fn through_intermediate(&self) -> Step {
        let issuer = &self.judgement.path.chain[1];
        Step {
            step: StepName::Path,
            status: StepStatus::Warn,
            code: Some(Code::ChainUndocumented),
            message: format!(
                "The certificate passes through the intermediate {}. Newer documentation says that the chain is not evaluated: upload \
                 the issuing CA to be sure",
                shown(&issuer.subject().to_string())
            )
            .into(),
        }
    }
}

/// That a CA's certificate passes in a client certificate's place.
pub fn ca_passes(certificate: &Certificate) -> String {
    format!(
        "{} is a CA's certificate and no client certificate: any device may have it, so a pass proves nothing about \
         this one",
        shown(&certificate.subject().to_string())
    )
}

/// Findings that belong to the step `signature`: who signed this very certificate.
fn concerns_signature(finding: &Finding) -> bool {
    let is_the_cas = finding.code == Code::CaIsTheClientCertificate;
    finding.depth() == Some(0)
        && (is_the_cas || matches!(finding.code.stage(), Stage::Signature | Stage::Entry))
}

fn concerns_own_validity(finding: &Finding) -> bool {
    finding.depth() == Some(0) && finding.code.stage() == Stage::Validity
}

fn chain_text(judgement: &Judgement) -> Cow<'static, str> {
    match judgement.path.chain.len() {
        0 | 1 => "It is the uploaded CA itself".into(),
        2 => "The uploaded CA issued it directly".into(),
        more => format!("Its chain of {more} certificates ends at the uploaded CA").into(),
    }
}
