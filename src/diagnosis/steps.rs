//! Each certificate of a store, step by step: found by the look-up, named right, signed by the CA,
//! valid now, and whatever else the rule asks for.

use super::near::{Nearness, nearness};
use super::{Case, Examined, returned_positions};
use crate::lookup::Lookup;
use crate::reason::{Code, Severity};
use crate::rule::{Resolution, RuleType};
use crate::store::{Place, PrivateKey, StoreSpec, StoredCertificate};
use crate::system::System;
use crate::text::{shown, shown_bytes};
use crate::verification::{self, Finding, Judgement};

/// One step of the check, for one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub step: StepName,
    pub status: StepStatus,
    pub code: Option<Code>,
    /// Safe to print.
    pub message: String,
}

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepName {
    Lookup,
    Name,
    Signature,
    Path,
    Validity,
    ExtendedKeyUsage,
    PrivateKey,
    SubjectAlternativeName,
}

impl StepName {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Name => "name",
            Self::Signature => "signature",
            Self::Path => "path",
            Self::Validity => "validity",
            Self::ExtendedKeyUsage => "extended_key_usage",
            Self::PrivateKey => "private_key",
            Self::SubjectAlternativeName => "subject_alternative_name",
        }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    Pass,
    Fail,
    Warn,
    Skip,
    Unknown,
}

impl StepStatus {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a certificate with such a step does not pass.
    pub const fn stops(self) -> bool {
        matches!(self, Self::Fail | Self::Unknown)
    }

    const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Fault => Self::Fail,
            Severity::Unknown => Self::Unknown,
            Severity::Warning => Self::Warn,
        }
    }
}

/// What the steps of one store's certificates are judged on.
pub(super) struct Look<'a> {
    pub case: &'a Case<'a>,
    pub resolution: &'a Resolution,
    pub place: &'a Place,
    pub searched: bool,
    pub lookup: &'a Lookup,
}

/// Every certificate of a store that was read, in its order; and files that the look-up read beside it.
pub(super) fn examine(look: &Look<'_>, judgements: &[Judgement]) -> Vec<Examined> {
    let returned: std::collections::HashSet<usize> = returned_positions(look.lookup).collect();
    let stored = look.place.contents.certificates.iter().zip(judgements);
    stored
        .enumerate()
        .map(|(position, (stored, judgement))| {
            let returned = returned.contains(&position);
            let nearness =
                look.resolution.common_name.as_deref().map_or(Nearness::Exact, |name| nearness(name, stored));
            let one = One { look, stored, judgement, returned, nearness };
            Examined {
                spec: look.place.contents.spec.clone(),
                stored: stored.clone(),
                searched: look.searched,
                returned,
                nearness,
                steps: one.steps(),
                chain: one.chain(),
            }
        })
        .collect()
}

/// One certificate with what is known of it.
struct One<'a> {
    look: &'a Look<'a>,
    stored: &'a StoredCertificate,
    judgement: &'a Judgement,
    returned: bool,
    nearness: Nearness,
}

impl One<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = vec![self.lookup_step(), self.name_step()];
        steps.extend(self.signature_steps());
        steps.extend(self.path_steps());
        steps.extend(self.validity_steps());
        steps.extend(self.usage_steps());
        steps.push(self.private_key_step());
        steps.extend(self.alternative_name_steps());
        steps
    }

    fn chain(&self) -> Vec<crate::certificate::Certificate> {
        match (self.rule_type(), self.judgement.direct.issuer) {
            (RuleType::ClientCertificateV2, Some(issuer)) => {
                let ca = &self.look.case.cas.cas[issuer].certificate;
                let own = self.stored.certificate.clone();
                if *ca == own { vec![own] } else { vec![own, ca.clone()] }
            }
            _ => self.judgement.path.chain.clone(),
        }
    }

    fn rule_type(&self) -> RuleType {
        self.look.case.rule.rule_type
    }

    fn system(&self) -> System {
        crate::lookup::system_of(&self.look.place.contents.spec, self.look.case.system)
    }

    fn wanted(&self) -> String {
        shown_bytes(self.look.resolution.common_name.as_deref().unwrap_or_default())
    }

    fn has_name(&self) -> String {
        let subject = self.stored.certificate.subject();
        subject.common_name().map_or_else(|| "none".to_owned(), |cn| format!("\"{}\"", shown(&cn)))
    }

    fn lookup_step(&self) -> Step {
        let (status, code, message) = self.lookup_outcome();
        Step { step: StepName::Lookup, status, code, message }
    }

    fn lookup_outcome(&self) -> (StepStatus, Option<Code>, String) {
        if !self.look.searched {
            let spec = shown(&self.look.place.contents.spec.to_string()).into_owned();
            let message = format!("It is in {spec}, where the client does not look");
            return (StepStatus::Fail, Some(Code::FoundElsewhere), message);
        }
        if self.returned {
            return (StepStatus::Pass, None, self.found_message());
        }
        let code = self.miss_code();
        (StepStatus::Fail, Some(code), self.miss_message(code))
    }

    fn found_message(&self) -> String {
        match (self.rule_type(), &self.look.resolution.common_name) {
            (RuleType::ClientCertificate, _) => "The documented command prints it".to_owned(),
            (RuleType::ClientCertificateV2, Some(_)) => "Its common name is the rule's".to_owned(),
            (RuleType::ClientCertificateV2, None) => {
                "The rule gives no name: every certificate counts".to_owned()
            }
        }
    }

    /// Why the look-up leaves it out.
    fn miss_code(&self) -> Code {
        let noted = |code| self.look.lookup.notes.iter().any(|note| note.code == code);
        if self.look.lookup.shadowed.contains(&self.stored.position) {
            return Code::Shadowed;
        }
        let original = self.rule_type() == RuleType::ClientCertificate;
        let named = self.nearness == Nearness::Exact || self.has_label_wanted();
        if original && named && noted(Code::NicknameColon) {
            return Code::NicknameColon;
        }
        if original && self.nearness <= Nearness::Case && noted(Code::CnShellSpecial) {
            return Code::CnShellSpecial;
        }
        if self.stored.certificate.outline().is_err() && self.has_label_wanted() {
            return Code::CertificateUnparseable;
        }
        match self.nearness {
            Nearness::Exact if original && self.system() == System::Linux => Code::NicknameDiffers,
            Nearness::Padded => Code::CnPadded,
            Nearness::Case => Code::CaseDiffers,
            Nearness::Whitespace => Code::WhitespaceDiffers,
            Nearness::Unicode => Code::UnicodeDiffers,
            Nearness::San => Code::NameInSanOnly,
            Nearness::OtherAttribute => Code::NameInOtherAttribute,
            Nearness::Exact | Nearness::Substring | Nearness::Different => Code::NotFound,
        }
    }

    fn has_label_wanted(&self) -> bool {
        self.stored.label.is_some() && self.stored.label == self.look.resolution.common_name
    }

    fn miss_message(&self, code: Code) -> String {
        let wanted = self.wanted();
        let nickname = self.stored.label.as_deref().map(shown_bytes);
        let named = match (&nickname, self.system(), self.rule_type()) {
            (Some(nickname), System::Linux, RuleType::ClientCertificate) => {
                format!("its nickname is \"{nickname}\"")
            }
            _ => format!("its common name is {}", self.has_name()),
        };
        match code {
            Code::NicknameDiffers => format!(
                "The right certificate is installed, but certutil looks certificates up by nickname, and {named}, not \
                 \"{wanted}\""
            ),
            Code::NicknameColon => format!(
                "certutil reads \"{wanted}\" as TOKEN:NICKNAME because of the colon, so it finds nothing of that name"
            ),
            Code::Shadowed => self.shadowed_message(),
            Code::CnShellSpecial => self.noted_message(Code::CnShellSpecial),
            Code::CnPadded => {
                format!("The rule's name \"{wanted}\" has leading, trailing or invisible characters; {named}")
            }
            Code::CaseDiffers => format!("The rule says \"{wanted}\" and {named}: they differ in case only"),
            Code::WhitespaceDiffers => {
                format!("The rule says \"{wanted}\" and {named}: they differ in white space only")
            }
            Code::UnicodeDiffers => format!(
                "The rule says \"{wanted}\" and {named}: they look alike but are different characters ({})",
                self.spelled_out()
            ),
            Code::NameInSanOnly => {
                format!("\"{wanted}\" stands in its subject alternative name only; {named}")
            }
            Code::NameInOtherAttribute => format!(
                "\"{wanted}\" stands in another part of its subject ({}); {named}",
                shown(&self.stored.certificate.subject().to_string())
            ),
            Code::CertificateUnparseable => {
                format!("It has the nickname \"{wanted}\", but it cannot be read: {}", self.unreadable())
            }
            _ => format!("The rule says \"{wanted}\" and {named}"),
        }
    }

    fn noted_message(&self, code: Code) -> String {
        let note = self.look.lookup.notes.iter().find(|note| note.code == code);
        note.map(|note| note.message.clone()).unwrap_or_default()
    }

    fn shadowed_message(&self) -> String {
        let front = returned_positions(self.look.lookup).next();
        let front = front.and_then(|position| self.look.place.contents.certificates.get(position));
        let name =
            front.map(|f| shown(&f.certificate.subject().to_string()).into_owned()).unwrap_or_default();
        format!(
            "The command prints only the first certificate whose name contains \"{}\", and that is {name}",
            self.wanted()
        )
    }

    /// The code points of the rule's name that are not ASCII.
    fn spelled_out(&self) -> String {
        let spell = |text: &str| {
            let odd = text.chars().filter(|c| !c.is_ascii());
            odd.map(|c| format!("U+{:04X}", u32::from(c))).collect::<Vec<_>>().join(" ")
        };
        let rule =
            spell(&String::from_utf8_lossy(self.look.resolution.common_name.as_deref().unwrap_or_default()));
        let own = spell(&self.stored.certificate.subject().common_name().unwrap_or_default());
        match (rule.is_empty(), own.is_empty()) {
            (false, true) => format!("{rule} in the rule"),
            (true, false) => format!("{own} in the certificate"),
            _ => format!("{rule} in the rule, {own} in the certificate"),
        }
    }

    fn unreadable(&self) -> String {
        self.stored.certificate.outline().err().unwrap_or("its encoding is not valid").to_owned()
    }

    fn name_step(&self) -> Step {
        let step = |status, code, message| Step { step: StepName::Name, status, code, message };
        if self.look.resolution.common_name.is_none() {
            return step(StepStatus::Skip, None, "The rule gives no name".to_owned());
        }
        if !self.returned {
            return step(StepStatus::Skip, None, format!("Its common name is {}", self.has_name()));
        }
        let form = self.look.lookup.notes.iter().find(|note| note.code == Code::HostnameForm);
        if let (RuleType::ClientCertificateV2, Some(note)) = (self.rule_type(), form) {
            return step(StepStatus::Warn, Some(note.code), note.message.clone());
        }
        if self.nearness <= Nearness::Case {
            return step(StepStatus::Pass, None, format!("Its common name is {}", self.has_name()));
        }
        let (status, code) = self.loose_match();
        step(status, Some(code), self.loose_message(code))
    }

    /// The original look-up returned it although its common name is another.
    fn loose_match(&self) -> (StepStatus, Code) {
        let verifies = self.judgement.path.passes();
        match self.nearness {
            Nearness::Substring | Nearness::Different if self.system() == System::Linux && !verifies => {
                (StepStatus::Fail, Code::NicknameOtherSubject)
            }
            Nearness::San => (StepStatus::Warn, Code::NameInSanOnly),
            Nearness::OtherAttribute => (StepStatus::Warn, Code::NameInOtherAttribute),
            _ => (StepStatus::Warn, Code::SubstringOnly),
        }
    }

    fn loose_message(&self, code: Code) -> String {
        let wanted = self.wanted();
        let name = self.has_name();
        match code {
            Code::NicknameOtherSubject => format!(
                "The nickname \"{wanted}\" belongs to a certificate with another common name ({name}), which is not one \
                 of the uploaded CA's"
            ),
            _ => format!(
                "Only the loose match of the documented command finds it: its common name is {name}, not \"{wanted}\". A \
                 client_certificate_v2 rule would not match"
            ),
        }
    }

    fn signature_steps(&self) -> Vec<Step> {
        if self.look.case.cas.cas.is_empty() {
            return vec![Step {
                step: StepName::Signature,
                status: StepStatus::Unknown,
                code: None,
                message: "There is no CA to verify it against".to_owned(),
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
        self.steps_of(
            StepName::Signature,
            &findings,
            if signed { StepStatus::Pass } else { StepStatus::Skip },
            passed,
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
                "It was issued by the intermediate {} (sha256 {}…), and that by the uploaded CA; this rule type wants the \
                 uploaded certificate to be the direct issuer",
                shown(&issuer.subject().to_string()),
                &issuer.sha256()[..8]
            ),
        })
    }

    fn path_steps(&self) -> Vec<Step> {
        let path = &self.judgement.path;
        if self.look.case.cas.cas.is_empty() {
            return vec![self.skipped(StepName::Path, "There is no CA to lead to")];
        }
        let mut findings: Vec<&Finding> =
            path.findings.iter().filter(|f| !concerns_signature(f) && !concerns_own_validity(f)).collect();
        match self.rule_type() {
            RuleType::ClientCertificate => {
                let mut steps =
                    self.steps_of(StepName::Path, &findings, StepStatus::Pass, &chain_text(self.judgement));
                if path.anchor.is_some() && self.judgement.direct.issuer.is_none() && path.chain.len() > 2 {
                    steps.retain(|step| step.status != StepStatus::Pass);
                    steps.push(self.through_intermediate());
                }
                steps
            }
            RuleType::ClientCertificateV2 => {
                findings.retain(|f| f.code.severity(RuleType::ClientCertificateV2) == Severity::Warning);
                let none = "client_certificate_v2 does not evaluate the chain";
                let mut steps = self.steps_of(StepName::Path, &findings, StepStatus::Skip, none);
                for step in steps.iter_mut().filter(|s| s.status == StepStatus::Warn) {
                    step.message.push_str(". Whether client_certificate_v2 minds is undocumented");
                }
                steps
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
                "It passes through the intermediate {}. Newer documentation says that the chain is not evaluated: upload \
                 the issuing CA to be sure",
                shown(&issuer.subject().to_string())
            ),
        }
    }

    fn validity_steps(&self) -> Vec<Step> {
        let case = self.look.case;
        let findings = verification::validity(&self.stored.certificate, case.at, case.expiry_warning_days);
        let until =
            self.stored.certificate.not_after().map_or_else(String::new, |t| format!("Valid until {t}"));
        self.steps_of(StepName::Validity, &findings.iter().collect::<Vec<_>>(), StepStatus::Pass, &until)
    }

    fn usage_steps(&self) -> Vec<Step> {
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

    fn private_key_step(&self) -> Step {
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
            (PrivateKey::Absent, true) => step(
                StepStatus::Fail,
                Some(Code::PrivateKeyMismatch),
                "The private key beside it belongs to another certificate",
            ),
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

    fn key_missing_message(&self) -> String {
        match &self.look.place.contents.spec {
            StoreSpec::Nss(_) => {
                "key4.db holds no private key for it: it was imported without its key".to_owned()
            }
            StoreSpec::File(_) => "The rule asks for its private key, and no key is beside it".to_owned(),
            StoreSpec::Keychain(_) | StoreSpec::Windows(..) => {
                "The store holds no private key for it: it was imported without its key".to_owned()
            }
        }
    }

    fn alternative_name_steps(&self) -> Vec<Step> {
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

    fn skipped(&self, step: StepName, why: &str) -> Step {
        Step { step, status: StepStatus::Skip, code: None, message: why.to_owned() }
    }

    /// A step per finding; a single step `otherwise` when there is none.
    fn steps_of(
        &self,
        step: StepName,
        findings: &[&Finding],
        otherwise: StepStatus,
        message: &str,
    ) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for finding in findings {
            let status = StepStatus::of(finding.code.severity(self.rule_type()));
            let one = Step { step, status, code: Some(finding.code), message: finding.message.clone() };
            if !steps.contains(&one) {
                steps.push(one);
            }
        }
        if steps.is_empty() {
            steps.push(Step { step, status: otherwise, code: None, message: message.to_owned() });
        }
        steps
    }
}

/// Findings that belong to the step `signature`: who signed this very certificate.
fn concerns_signature(finding: &Finding) -> bool {
    use Code::*;
    finding.depth == 0
        && matches!(
            finding.code,
            SignatureInvalid
                | IssuerDiffers
                | SelfSigned
                | IsTheCa
                | AlgorithmUnsupported
                | AlgorithmWeak
                | CertificateUnparseable
        )
}

fn concerns_own_validity(finding: &Finding) -> bool {
    finding.depth == 0 && matches!(finding.code, Code::Expired | Code::NotYetValid | Code::ExpiresSoon)
}

fn chain_text(judgement: &Judgement) -> String {
    match judgement.path.chain.len() {
        0 | 1 => "It is the uploaded CA itself".to_owned(),
        2 => "The uploaded CA issued it directly".to_owned(),
        more => format!("Its chain of {more} certificates ends at the uploaded CA"),
    }
}
