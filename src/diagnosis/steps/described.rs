//! A certificate of which only a description was given: what needs its bytes cannot be determined.

use super::{Examination, Step, StepName, StepStatus};
use crate::posture::RuleType;
use crate::reason::Code;
use crate::text::shown;
use jiff::SignedDuration;

/// A listing has local times, or days alone, and not the offset from UTC.
const VAGUE: SignedDuration = SignedDuration::from_hours(24);

impl Examination<'_> {
    pub(super) fn described_steps(&self) -> Vec<Step> {
        let mut steps =
            vec![self.unseen_signature(), self.skipped(StepName::Path, "It is told by its signature")];
        steps.push(self.described_validity());
        let rule = self.context.case.rule;
        let is_v2 = self.rule_type() == RuleType::ClientCertificateV2;
        let unseen = |step, what: &str| Step {
            step,
            status: StepStatus::Unknown,
            code: Some(Code::EvidencePartial),
            message: format!("The listing does not have the certificate's {what}").into(),
        };
        steps.push(match is_v2 && !rule.extended_key_usage.is_empty() {
            true => unseen(StepName::ExtendedKeyUsage, "extended key usage"),
            false => self.skipped(StepName::ExtendedKeyUsage, "The rule asks for no extended key usage"),
        });
        steps.push(self.private_key_step());
        steps.push(match is_v2 && !rule.subject_alternative_names.is_empty() {
            true => unseen(StepName::SubjectAlternativeName, "alternative names"),
            false => self
                .skipped(StepName::SubjectAlternativeName, "The rule asks for no subject alternative name"),
        });
        steps
    }

    fn unseen_signature(&self) -> Step {
        let certificate = &self.stored.certificate;
        let ca = self.context.case.cas.cas.first().map(|ca| ca.certificate.subject().to_string());
        let ca = ca.map_or_else(String::new, |ca| format!("; the uploaded CA is {}", shown(&ca)));
        Step {
            step: StepName::Signature,
            status: StepStatus::Unknown,
            code: Some(Code::EvidencePartial),
            message: format!(
                "The listing describes the certificate {} (SHA-1 {}) without its bytes, so whether the uploaded CA signed it \
                 cannot be seen. It names the issuer {}{ca}",
                shown(&certificate.subject().to_string()),
                certificate.sha1(),
                shown(&certificate.issuer().to_string())
            )
            .into(),
        }
    }

    fn described_validity(&self) -> Step {
        let (certificate, at) = (&self.stored.certificate, self.context.case.at);
        let step = |status, code, message: String| Step {
            step: StepName::Validity,
            status,
            code,
            message: message.into(),
        };
        let far = |moment: Option<jiff::Timestamp>| {
            moment.is_some_and(|moment| at.duration_since(moment).abs() > VAGUE)
        };
        let (start, end) = (certificate.not_before(), certificate.not_after());
        let certainty = |moment| if far(moment) { StepStatus::Fail } else { StepStatus::Unknown };
        if end.is_some_and(|end| end < at) {
            let day = end.map(|end| end.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
            return step(
                certainty(end),
                Some(Code::Expired),
                format!("The certificate expired on {day} (local time)"),
            );
        }
        if start.is_some_and(|start| start > at) {
            let day = start.map(|start| start.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
            let message = format!("The certificate is not valid before {day} (local time)");
            return step(certainty(start), Some(Code::NotYetValid), message);
        }
        step(StepStatus::Pass, None, end.map_or_else(String::new, |end| format!("Valid until {end}")))
    }
}
