//! What else the rule and the calendar ask of a certificate: dates, usages, key, alternative names.

use super::{One, Step, StepName, StepStatus};
use crate::reason::Code;
use crate::rule::{RuleType, scope};
use crate::store::{PrivateKey, StoreSpec};
use crate::text::shown;
use crate::verification;

impl One<'_> {
    pub(super) fn validity_steps(&self) -> Vec<Step> {
        let case = self.look.case;
        let findings = verification::validity(&self.stored.certificate, case.at, case.expiry_warning_days);
        let until =
            self.stored.certificate.not_after().map_or_else(String::new, |t| format!("Valid until {t}"));
        self.steps_of(StepName::Validity, &findings.iter().collect::<Vec<_>>(), StepStatus::Pass, &until)
    }

    pub(super) fn usage_steps(&self) -> Vec<Step> {
        let wanted = &self.look.case.rule.extended_key_usage;
        if self.rule_type() == RuleType::ClientCertificate || wanted.is_empty() {
            return vec![self.skipped(StepName::ExtendedKeyUsage, "The rule asks for no extended key usage")];
        }
        let findings = verification::extended_key_usage(&self.stored.certificate, wanted);
        self.steps_of(
            StepName::ExtendedKeyUsage,
            &findings.iter().collect::<Vec<_>>(),
            StepStatus::Pass,
            "It has the extended key usage that the rule asks for",
        )
    }

    pub(super) fn private_key_step(&self) -> Step {
        let step = |status, code, message: &str| Step {
            step: StepName::PrivateKey,
            status,
            code,
            message: message.to_owned(),
        };
        if self.rule_type() == RuleType::ClientCertificate || !self.look.case.rule.check_private_key {
            return self.skipped(StepName::PrivateKey, "The rule does not ask for the private key");
        }
        match (self.stored.private_key, self.stored.other_key_beside) {
            (PrivateKey::Present, _) => step(StepStatus::Pass, None, "Its private key is there"),
            (PrivateKey::Absent, true) => {
                step(StepStatus::Fail, Some(Code::PrivateKeyMismatch), &self.other_key_message())
            }
            (PrivateKey::Absent, false) => {
                step(StepStatus::Fail, Some(Code::PrivateKeyMissing), &self.key_missing_message())
            }
            (PrivateKey::Unknown, _) => step(
                StepStatus::Unknown,
                Some(Code::PrivateKeyUnknown),
                "Whether its private key is there cannot be seen from here",
            ),
        }
    }

    fn other_key_message(&self) -> String {
        let files = scope::paths(self.look.case.rule).iter();
        let files: Vec<String> = files.map(|path| shown(&path.to_string_lossy()).into_owned()).collect();
        match files.len() {
            0 => "The private key beside the certificate belongs to another one".to_owned(),
            _ => format!("The private key in {} belongs to another certificate", files.join(" or ")),
        }
    }

    fn key_missing_message(&self) -> String {
        match &self.look.place.contents.spec {
            StoreSpec::Nss(_) => {
                "The rule asks for the certificate's private key, and key4.db holds none for it: it was imported without"
                    .to_owned()
            }
            StoreSpec::File(_) => {
                "The rule asks for the certificate's private key, and none lies beside it".to_owned()
            }
            StoreSpec::Keychain(_) | StoreSpec::Windows(..) => {
                "The rule asks for the certificate's private key, and the store holds none for it: it was imported without"
                    .to_owned()
            }
        }
    }

    pub(super) fn alternative_name_steps(&self) -> Vec<Step> {
        let wanted = &self.look.resolution.subject_alternative_names;
        if self.rule_type() == RuleType::ClientCertificate || wanted.is_empty() {
            return vec![
                self.skipped(
                    StepName::SubjectAlternativeName,
                    "The rule asks for no subject alternative name",
                ),
            ];
        }
        let findings = verification::subject_alternative_name(&self.stored.certificate, wanted);
        self.steps_of(
            StepName::SubjectAlternativeName,
            &findings.iter().collect::<Vec<_>>(),
            StepStatus::Pass,
            "It has a subject alternative name that the rule lists",
        )
    }
}
