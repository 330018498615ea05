//! Each certificate of a store, step by step: found by the look-up, named right, signed by the CA,
//! valid now, and whatever else the rule asks for.

mod demands;
mod described;
mod found;
mod signed;

pub(super) use signed::ca_passes;

use super::judging::{Facts, asked};
use super::near::{Nearness, WantedName};
use super::{Case, Examined, returned_positions};
use crate::certificate::Certificate;
use crate::encoding::Form;
use crate::lookup::{self, Lookup};
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::rule::Resolution;
use crate::store::{Origin, Place, StoredCertificate};
use crate::system::System;
use crate::text::{sentences, shown, shown_bytes};
use crate::verification::{Judgement, Reading};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::Path;

/// How many steps most certificates have: one for each name. There may be very many certificates.
const USUAL_STEPS: usize = 8;

/// One step of the check, for one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub step: StepName,
    pub status: StepStatus,
    pub code: Option<Code>,
    /// Safe to print.
    pub message: Cow<'static, str>,
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
pub(super) struct StoreContext<'a> {
    pub case: &'a Case<'a>,
    pub resolution: &'a Resolution,
    pub place: &'a Place,
    pub searched: bool,
    pub lookup: &'a Lookup,
    /// Whether every store that the client searches was seen whole.
    pub all_seen: bool,
}

impl StoreContext<'_> {
    fn system(&self) -> System {
        lookup::system_of(&self.place.contents.evidence, self.case.system)
    }

    /// The path on the device, where the rule lists that of a file.
    fn listed_path(&self) -> Option<&Path> {
        self.place.listed_path().filter(|_| self.searched)
    }

    /// Whether the look-up goes by the store's own name for a certificate: certutil alone does.
    fn goes_by_nickname(&self) -> bool {
        (self.system(), self.case.rule.rule_type) == (System::Linux, RuleType::ClientCertificate)
    }
}

/// What lies where a rule lists a path, and is not a PEM file.
pub(super) fn not_pem(path: &Path, form: Form) -> String {
    format!(
        "The rule's path {} leads to {}, and the client reads PEM files there",
        shown(&path.to_string_lossy()),
        form.phrase()
    )
}

/// Every certificate of a store that was read, in its order. (Not on several threads: what this takes is memory,
/// and each thread would keep some of its own.)
pub(super) fn examine<'e>(
    context: &'e StoreContext<'_>,
    facts: &'e [Facts],
) -> impl ExactSizeIterator<Item = Examined> + 'e {
    let returned: HashSet<usize> = returned_positions(context.lookup).collect();
    let wanted = context.resolution.common_name.as_deref();
    let wanted = wanted.map(|name| WantedName::of_rule(name, context.case.rule, context.case.device));
    // Without a name a v2 rule means every certificate, and an original one none.
    let unnamed = match context.case.rule.rule_type {
        RuleType::ClientCertificate => Nearness::Different,
        RuleType::ClientCertificateV2 => Nearness::Exact,
    };
    let by_nickname = context.goes_by_nickname();
    context.place.contents.certificates.iter().enumerate().map(move |(position, stored)| {
        let returned = returned.contains(&position);
        let nearness = wanted.as_ref().map_or(unnamed, |name| name.nearness(stored, by_nickname));
        let Facts { judgement, validity } = &facts[position];
        let one = Examination {
            context,
            stored,
            reading: OnceCell::new(),
            judgement,
            validity,
            returned,
            nearness,
        };
        Examined {
            spec: context.place.contents.spec.clone(),
            stored: stored.clone(),
            searched: context.searched,
            returned,
            nearness,
            steps: one.steps(),
            chain: one.chain(),
        }
    })
}

/// The examination of one certificate: the certificate with what is known of it.
struct Examination<'a> {
    context: &'a StoreContext<'a>,
    stored: &'a StoredCertificate,
    /// Its strict reading, made when the rule asks for more than any rule does.
    reading: OnceCell<Result<Reading<'a>, String>>,
    judgement: &'a Judgement,
    validity: &'a [Finding],
    returned: bool,
    nearness: Nearness,
}

impl Examination<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::with_capacity(USUAL_STEPS);
        steps.extend([self.lookup_step(), self.name_step()]);
        if self.stored.certificate.description().is_some() {
            steps.extend(self.described_steps());
            return steps;
        }
        steps.extend(self.signature_steps());
        steps.extend(self.path_steps());
        steps.extend(self.is_a_ca_step());
        steps.extend(self.validity_steps());
        steps.extend(self.usage_steps());
        steps.push(self.private_key_step());
        steps.extend(self.alternative_name_steps());
        steps
    }

    fn chain(&self) -> Vec<Certificate> {
        match (self.rule_type(), self.judgement.direct.issuer) {
            (RuleType::ClientCertificateV2, Some(issuer)) => {
                let own = self.stored.certificate.clone();
                let ca = self.context.case.cas.cas.get(issuer).map(|ca| ca.certificate.clone());
                std::iter::once(own.clone()).chain(ca.filter(|ca| *ca != own)).collect()
            }
            _ => self.judgement.path.chain.clone(),
        }
    }

    fn asked(&self, ask: impl FnOnce(&Reading<'_>) -> Vec<Finding>) -> Vec<Finding> {
        asked(self.reading.get_or_init(|| Reading::of(&self.stored.certificate)), ask)
    }

    fn rule_type(&self) -> RuleType {
        self.context.case.rule.rule_type
    }

    fn system(&self) -> System {
        self.context.system()
    }

    fn wanted(&self) -> String {
        shown_bytes(self.context.resolution.common_name.as_deref().unwrap_or_default())
    }

    fn has_name(&self) -> String {
        let subject = self.stored.certificate.subject();
        subject.bounded_common_name().map_or_else(|| "none".to_owned(), |cn| format!("\"{}\"", shown(&cn)))
    }

    fn skipped(&self, step: StepName, why: &'static str) -> Step {
        Step { step, status: StepStatus::Skip, code: None, message: Cow::Borrowed(why) }
    }

    /// What a finding does to its step, and what is reported beside it. Windows keeps intermediates in stores
    /// of their own, and macOS may have them in another keychain: a copy of one store proves nothing by
    /// lacking one.
    fn weighed(&self, step: StepName, finding: &Finding) -> (StepStatus, Option<String>) {
        let evidence = &self.context.place.contents.evidence;
        let unseen = evidence.origin == Origin::Elsewhere && self.system() != System::Linux;
        if finding.code == Code::IntermediateMissing && unseen {
            let where_it_is = match self.system() {
                System::Windows => {
                    "Windows keeps intermediates in another store (CurrentUser\\CA or LocalMachine\\CA)"
                }
                System::Macos | System::Linux => "The device may have it in another keychain",
            };
            let aside = format!(
                "{where_it_is}, which was not sent: bring it too, or give the intermediate with --intermediate"
            );
            return (StepStatus::Unknown, Some(aside));
        }
        let status = StepStatus::of(finding.code.severity(self.rule_type()));
        let is_undocumented = (self.rule_type(), step, status)
            == (RuleType::ClientCertificateV2, StepName::Path, StepStatus::Warn);
        (status, is_undocumented.then(|| "Whether client_certificate_v2 minds is undocumented".to_owned()))
    }

    /// A step per finding; a single step `otherwise` when there is none.
    fn steps_of(
        &self,
        step: StepName,
        findings: &[&Finding],
        otherwise: StepStatus,
        message: impl Into<Cow<'static, str>>,
    ) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for finding in findings {
            let (status, aside) = self.weighed(step, finding);
            let message = sentences([finding.message.clone()].into_iter().chain(aside));
            let one = Step { step, status, code: Some(finding.code), message: message.into() };
            if !steps.contains(&one) {
                steps.push(one);
            }
        }
        if steps.is_empty() {
            steps.push(Step { step, status: otherwise, code: None, message: message.into() });
        }
        steps
    }
}
