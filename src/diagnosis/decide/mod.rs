//! The verdict and its reasons in their order: the rule, the uploaded CA, stores that could not be
//! read, the best candidate, and then what is only worth knowing.

mod rule;
mod store;

use super::candidate::{self, is_own};
use super::fix::{self, Fix};
use super::steps::{Step, StepName, StepStatus};
use super::{Case, Examined, Reason, Verdict};
use crate::certificate::Certificate;
use crate::lookup::Lookup;
use crate::posture::RuleType;
use crate::reason::{About, Code, Finding, Severity, Weight};
use crate::rule::Resolution;
use crate::store::StoreSpec;
use crate::text::shown;
use std::sync::Arc;

/// What the decision rests on.
pub(super) struct Evidence<'a> {
    pub case: &'a Case<'a>,
    pub resolution: &'a Resolution,
    pub lookups: &'a [(StoreSpec, Lookup)],
    pub certificates: &'a [Examined],
}

pub(super) fn decide(evidence: &Evidence<'_>) -> (Verdict, Vec<Reason>, Vec<Fix>) {
    let certificates = evidence.certificates;
    let counts = |c: &&Examined| c.passes() && !is_another_users(evidence.case, &c.spec);
    let passing = certificates
        .iter()
        .filter(counts)
        .min_by_key(|c| (c.stored.certificate.claims_to_be_ca(), warnings_of(c).count()));
    let mut reasons = Reasons::default();
    reasons.extend(rule::faults(evidence));
    let is_usable = !reasons.has(Severity::Unknown);
    let (without_ca, about_ca): (Vec<Reason>, Vec<Reason>) =
        ca_reasons(evidence).into_iter().partition(|reason| reason.severity == Severity::Unknown);
    let knows_ca = without_ca.is_empty();
    reasons.extend(about_ca);
    let verdict = if !is_usable {
        reasons.extend(without_ca.into_iter().filter(|reason| reason.finding.code != Code::CaNotGiven));
        Verdict::Unknown
    } else if !knows_ca {
        explain_without_ca(evidence, &mut reasons, without_ca)
    } else if let Some(passing) = passing {
        reasons.warn_only();
        let warnings = warnings_of(passing).map(|step| certificate_reason(step, passing, Severity::Warning));
        reasons.extend(warnings.map(|reason| with_clients_own_fault(evidence, reason)));
        Verdict::Pass
    } else {
        explain_failure(evidence, &mut reasons)
    };
    let warnings = rule::warnings(evidence, &reasons);
    reasons.extend(warnings);
    let reasons = reasons.in_order();
    let candidate =
        if passing.is_none() { candidate::best(evidence.case, certificates.iter()) } else { None };
    let fixes =
        if verdict == Verdict::Pass { Vec::new() } else { fix::for_reasons(evidence, &reasons, candidate) };
    (verdict, reasons, fixes)
}

/// A CA's certificate passes: why the client certificate beside it does not.
fn with_clients_own_fault(evidence: &Evidence<'_>, mut reason: Reason) -> Reason {
    if reason.finding.code != Code::ClientCertificateIsACa {
        return reason;
    }
    let clients = || evidence.certificates.iter().filter(|c| !c.stored.certificate.claims_to_be_ca());
    let fault = candidate::best(evidence.case, clients()).and_then(|client| {
        let own = client.steps.iter().find(|step| is_own(step.step) && step.status.stops())?;
        Some((client.stored.certificate.subject().to_string(), own.code?))
    });
    if let Some((subject, code)) = fault {
        let message = format!(". {} itself does not pass [{code}]", shown(&subject));
        reason.finding.message.push_str(&message);
    }
    reason
}

/// Whether the store is one that the client would not see: what passes there proves nothing.
fn is_another_users(case: &Case<'_>, spec: &StoreSpec) -> bool {
    let mut places = case.places.iter().filter(|place| place.contents.spec == *spec);
    places.any(|place| place.contents.problem.as_ref().is_some_and(|p| p.code == Code::StoreOtherUser))
}

/// Reasons as they are found; told with faults first, each once.
#[derive(Default)]
struct Reasons(Vec<Reason>);

impl Reasons {
    fn extend(&mut self, reasons: impl IntoIterator<Item = Reason>) {
        for reason in reasons {
            if !self.0.iter().any(|known| is_same(known, &reason)) {
                self.0.push(reason);
            }
        }
    }

    fn has(&self, severity: Severity) -> bool {
        self.0.iter().any(|reason| reason.severity == severity)
    }

    fn has_code(&self, code: Code) -> bool {
        self.0.iter().any(|reason| reason.finding.code == code)
    }

    /// The check passes all the same: nothing said so far is more than a warning.
    fn warn_only(&mut self) {
        for reason in &mut self.0 {
            reason.severity = Severity::Warning;
        }
    }

    fn in_order(self) -> Vec<Reason> {
        let (mut warnings, faults): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|reason| reason.severity == Severity::Warning);
        warnings.sort_by_key(|reason| doubt(reason.finding.code));
        faults.into_iter().chain(warnings).collect()
    }
}

/// Whether a reason is told already. What is wrong with the uploaded CA shows in every certificate's
/// chain too, and is told once.
fn is_same(known: &Reason, new: &Reason) -> bool {
    let about_ca = new.finding.code.group() == Code::CaUnreadable.group();
    known.finding.code == new.finding.code
        && (known.finding.about == new.finding.about || about_ca && known.severity <= new.severity)
}

/// How little a warning shakes the verdict; the most serious first.
const fn doubt(code: Code) -> u8 {
    match code {
        Code::IsTheCa | Code::ClientCertificateIsACa | Code::CnIsTheCa => 0,
        Code::ChainUndocumented | Code::CaSeveralCertificates | Code::HostnameForm | Code::FileFallback => 1,
        Code::NameInSanOnly | Code::NameInOtherAttribute | Code::SubstringOnly => 2,
        Code::ExpiresSoon => 3,
        Code::CnPadded | Code::CnShellSpecial | Code::LocationNotSearched => 4,
        Code::CaNotSelfSigned | Code::CaWithPrivateKey => 6,
        Code::AlgorithmWeak => 7,
        _ => 5,
    }
}

fn reason(code: Code, severity: Severity, message: String) -> Reason {
    Reason { finding: Finding::new(code, message), severity }
}

fn certificate_of(certificate: &Certificate) -> About {
    About::Certificate(certificate.sha256().to_owned())
}

fn certificate_reason(step: &Step, examined: &Examined, severity: Severity) -> Reason {
    let finding = Finding::new(step.code.unwrap_or(Code::NotFound), step.message.clone());
    Reason { finding: finding.about(certificate_of(&examined.stored.certificate)), severity }
}

fn warnings_of(examined: &Examined) -> impl Iterator<Item = &Step> {
    examined.steps.iter().filter(|step| step.status == StepStatus::Warn && step.code.is_some())
}

/// What is wrong with the uploaded CA. A fault of one of several only matters when all are faulty.
fn ca_reasons(evidence: &Evidence<'_>) -> Vec<Reason> {
    let case = evidence.case;
    let weigh = |code: Code| code.severity(case.rule.rule_type);
    let mut reasons: Vec<Reason> =
        case.cas.problems.iter().map(|p| reason(p.code, weigh(p.code), p.message.clone())).collect();
    let findings: Vec<(&Certificate, Arc<[Finding]>)> = case
        .cas
        .cas
        .iter()
        .map(|ca| (&ca.certificate, case.judging.memo.findings(&ca.certificate, case.at)))
        .collect();
    let faulty = |list: &[Finding]| list.iter().any(|f| weigh(f.code) == Severity::Fault);
    let one_is_sound = findings.iter().any(|(_, list)| !faulty(list));
    for (certificate, list) in &findings {
        for finding in list.iter() {
            if finding.code == Code::CaNotSelfSigned && case.rule.rule_type == RuleType::ClientCertificateV2 {
                continue;
            }
            let severity = if one_is_sound { Severity::Warning } else { weigh(finding.code) };
            let finding = finding.clone().about(certificate_of(certificate));
            reasons.push(Reason { finding, severity });
        }
    }
    reasons
}

/// No certificate passes: why not, in order, and whether that is certain.
fn explain_failure(evidence: &Evidence<'_>, reasons: &mut Reasons) -> Verdict {
    let candidate = candidate::best(evidence.case, evidence.certificates.iter());
    let mut stores = store::reasons(evidence);
    let uncertain = stores.iter().any(|r| r.severity == Severity::Unknown);
    if candidate.is_some_and(|c| c.searched) {
        // That one store is empty explains nothing when another one holds the certificate.
        stores.retain(|r| !matches!(r.finding.code, Code::StoreMissing | Code::StoreEmpty));
    }
    let mut about_candidate = candidate.map(candidate_reasons).unwrap_or_default();
    for reason in &mut about_candidate {
        add_clock_hint(evidence, reason);
    }
    let certain =
        !about_candidate.is_empty() && about_candidate.iter().any(|r| r.severity == Severity::Fault);
    let found_nothing = candidate.is_none() && stores.iter().all(|r| r.severity == Severity::Warning);
    reasons.extend(stores);
    reasons.extend(about_candidate);
    if found_nothing {
        reasons.extend([store::not_found(evidence)]);
    }
    if uncertain || candidate.is_some() && !certain && !reasons.has(Severity::Fault) {
        Verdict::Unknown
    } else {
        Verdict::Fail
    }
}

/// Which CA was uploaded is not known, or not wholly: the verdict is about all else. It is fail only where no
/// CA could let a certificate pass.
fn explain_without_ca(evidence: &Evidence<'_>, reasons: &mut Reasons, about_ca: Vec<Reason>) -> Verdict {
    let mut found = Reasons::default();
    let verdict = explain_failure(evidence, &mut found);
    let fails = |examined: &Examined| {
        examined.steps.iter().any(|step| step.status == StepStatus::Fail && !asks_ca(step))
    };
    let searched = evidence.certificates.iter().filter(|examined| examined.searched);
    let is_certain = verdict == Verdict::Fail && searched.into_iter().all(fails);
    if is_certain {
        let best = candidate::best(evidence.case, evidence.certificates.iter());
        let of_ca = best.into_iter().flat_map(|c| &c.steps).filter(|step| asks_ca(step));
        let of_ca: Vec<Code> = of_ca.filter_map(|step| step.code).collect();
        found.0.retain(|reason| !of_ca.contains(&reason.finding.code));
        reasons.extend(found.0);
        reasons.extend(about_ca);
        return Verdict::Fail;
    }
    // What cannot be seen of the stores comes before what nobody has given yet.
    let unseen =
        found.0.into_iter().filter(|r| r.severity == Severity::Unknown && r.finding.certificate().is_none());
    let (not_given, unreadable): (Vec<Reason>, Vec<Reason>) =
        about_ca.into_iter().partition(|reason| reason.finding.code == Code::CaNotGiven);
    reasons.extend(unreadable);
    reasons.extend(unseen);
    reasons.extend(not_given);
    Verdict::Unknown
}

/// Whether another CA might change the step's outcome.
const fn asks_ca(step: &Step) -> bool {
    matches!(step.step, StepName::Signature | StepName::Path)
}

/// The candidate's faults. One that would fail anyway says so before anybody is told to rename it.
fn candidate_reasons(candidate: &Examined) -> Vec<Reason> {
    let stopping = candidate.steps.iter().filter(|step| step.status.stops() && step.code.is_some());
    let (own, finding): (Vec<&Step>, Vec<&Step>) = stopping.partition(|step| is_own(step.step));
    let ordered = if candidate.returned { [finding, own] } else { [own, finding] };
    let mut faults: Vec<Reason> = ordered
        .into_iter()
        .flatten()
        .map(|step| {
            let severity = match step.status {
                StepStatus::Unknown => Severity::Unknown,
                _ if is_still_printed(step, candidate) => Severity::Unknown,
                _ => Severity::Fault,
            };
            certificate_reason(step, candidate, severity)
        })
        .collect();
    // What is certain comes before what cannot be seen from here.
    faults.sort_by_key(|reason| reason.severity);
    let warnings = warnings_of(candidate).map(|step| certificate_reason(step, candidate, Severity::Warning));
    faults.into_iter().chain(warnings).collect()
}

/// The documented command prints a certificate that cannot be read here.
fn is_still_printed(step: &Step, candidate: &Examined) -> bool {
    candidate.returned && step.code.is_some_and(|code| code.weight() == Weight::FaultOrUnknown)
}

/// Many certificates that are not valid yet speak of a slow clock.
fn add_clock_hint(evidence: &Evidence<'_>, reason: &mut Reason) {
    if reason.finding.code != Code::NotYetValid {
        return;
    }
    let searched = || evidence.certificates.iter().filter(|examined| examined.searched);
    let early = searched().filter(|e| e.steps.iter().any(|s| s.code == Some(Code::NotYetValid))).count();
    let all = searched().count();
    if early >= 3 && early * 2 > all {
        // The message ends by asking whether the clock is right.
        let hint =
            format!(" {early} of the {all} certificates here are not valid yet, so it is probably slow");
        reason.finding.message.push_str(&hint);
    }
}
