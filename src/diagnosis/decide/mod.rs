//! The verdict and its reasons in their order: the rule, the uploaded CA, stores that could not be
//! read, the best candidate, and then what is only worth knowing.

mod rule;
mod store;

use super::candidate::{self, is_own, warnings_of};
use super::fix::{self, Fix};
use super::seen;
use super::situation::Situation;
use super::steps::{Step, StepName, StepStatus, ca_passes};
use super::{Examined, Reason, Verdict};
use crate::certificate::Certificate;
use crate::posture::RuleType;
use crate::reason::{About, Code, Finding, Severity, Stage, Weight};
use crate::text::shown;
use std::sync::Arc;

pub(super) fn decide(situation: &Situation<'_>) -> (Verdict, Vec<Reason>, Vec<Fix>) {
    let mut reasons = Reasons::default();
    reasons.extend(rule::faults(situation));
    let is_usable = !reasons.has(Severity::Unknown);
    let (without_ca, about_ca): (Vec<Reason>, Vec<Reason>) =
        ca_reasons(situation).into_iter().partition(|reason| reason.severity == Severity::Unknown);
    let knows_ca = without_ca.is_empty();
    reasons.extend(about_ca);
    let verdict = if !is_usable {
        reasons.extend(without_ca.into_iter().filter(|reason| reason.finding.code != Code::CaNotGiven));
        Verdict::Unknown
    } else if !knows_ca {
        explain_without_ca(situation, &mut reasons, without_ca)
    } else if let Some(passing) = situation.passing {
        reasons.warn_only();
        reasons.extend(warnings_of(passing).map(|step| passing_reason(situation, step, passing)));
        if seen::is_assumed(situation.case, passing) {
            reasons.extend([assumption(passing)]);
        } else if situation.place_of(passing).is_some_and(seen::is_without_keys) {
            reasons.extend([keys_assumed(passing)]);
        }
        Verdict::Pass
    } else {
        explain_failure(situation, &mut reasons)
    };
    let warnings = rule::warnings(situation, &reasons);
    reasons.extend(warnings);
    let reasons = reasons.in_order();
    let fixes = if verdict == Verdict::Pass { Vec::new() } else { fix::for_reasons(situation, &reasons) };
    (verdict, reasons, fixes)
}

/// What to know of a certificate that passes; where that is a CA's, why the client certificate beside it does
/// not.
fn passing_reason(situation: &Situation<'_>, step: &Step, passing: &Examined) -> Reason {
    if step.code != Some(Code::ClientCertificateIsACa) {
        return certificate_reason(step, passing, Severity::Warning);
    }
    let clients = situation.certificates.iter().filter(|c| !c.stored.certificate.claims_to_be_ca());
    let fault = candidate::best(situation.case, clients).and_then(|client| {
        let own = client.steps.iter().find(|step| is_own(step.step) && step.status.stops())?;
        Some((client.stored.certificate.subject().to_string(), own.code?))
    });
    let certificate = &passing.stored.certificate;
    let message = match fault {
        Some((subject, code)) => {
            format!("{}. {} itself does not pass [{code}]", ca_passes(certificate), shown(&subject))
        }
        None => ca_passes(certificate),
    };
    let finding = Finding::new(Code::ClientCertificateIsACa, message).about(certificate_of(certificate));
    Reason { finding, severity: Severity::Warning }
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
        warnings.sort_by_key(|reason| reason.finding.code.rank());
        faults.into_iter().chain(warnings).collect()
    }
}

/// Whether a reason is reported already. What is wrong with the uploaded CA shows in every certificate's
/// chain too, and is reported once.
fn is_same(known: &Reason, new: &Reason) -> bool {
    let about_ca = new.finding.code.stage() == Stage::UploadedCa;
    known.finding.code == new.finding.code
        && (known.finding.about == new.finding.about || about_ca && known.severity <= new.severity)
}

/// What the verdict assumes because nobody said it.
fn assumption(passing: &Examined) -> Reason {
    let message = format!(
        "{} is judged as if it lay in the store that the client searches; nobody said which store it is from",
        shown(&passing.stored.location)
    );
    let finding = Finding::new(Code::EvidenceAssumed, message);
    Reason {
        finding: finding.about(certificate_of(&passing.stored.certificate)),
        severity: Severity::Warning,
    }
}

/// certutil needs key4.db for whatever it does, and this copy says nothing of it.
fn keys_assumed(passing: &Examined) -> Reason {
    let message = format!(
        "The copy {} is without key4.db, which is judged as if it were in order on the device: without it certutil finds \
         no certificate",
        shown(&passing.spec.to_string())
    );
    let finding = Finding::new(Code::EvidenceAssumed, message);
    Reason {
        finding: finding.about(certificate_of(&passing.stored.certificate)),
        severity: Severity::Warning,
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

/// What is wrong with the uploaded CA. A fault of one of several only matters when all are faulty.
fn ca_reasons(situation: &Situation<'_>) -> Vec<Reason> {
    let case = situation.case;
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
fn explain_failure(situation: &Situation<'_>, reasons: &mut Reasons) -> Verdict {
    let candidate = situation.candidate;
    let mut stores = store::reasons(situation);
    // What is wrong with the CA makes every certificate fail, seen or not.
    let mut gaps = Vec::new();
    if !reasons.has(Severity::Fault) {
        gaps.extend(seen::order_reason(situation.case, situation.certificates));
        gaps.extend(seen::reasons(situation.case));
    }
    let uncertain = !gaps.is_empty() || stores.iter().any(|r| r.severity == Severity::Unknown);
    if candidate.is_some_and(|c| c.searched) {
        // That one store is empty explains nothing when another one holds the certificate.
        stores.retain(|r| !matches!(r.finding.code, Code::StoreMissing | Code::StoreEmpty));
    }
    let about_candidate = candidate.map(|c| candidate_reasons(situation, c)).unwrap_or_default();
    let certain =
        !about_candidate.is_empty() && about_candidate.iter().any(|r| r.severity == Severity::Fault);
    let found_nothing = candidate.is_none() && stores.iter().all(|r| r.severity == Severity::Warning);
    reasons.extend(stores);
    reasons.extend(about_candidate);
    match gaps.into_iter().next() {
        Some(gap) if found_nothing => reasons.extend([store::not_found_in_part(situation, &gap)]),
        Some(gap) => reasons.extend([gap]),
        None if found_nothing => reasons.extend([store::not_found(situation)]),
        None => {}
    }
    let may_pass = candidate.is_some_and(|c| c.searched && candidate::may_pass(c));
    if uncertain || may_pass || candidate.is_some() && !certain && !reasons.has(Severity::Fault) {
        Verdict::Unknown
    } else {
        Verdict::Fail
    }
}

/// Which CA was uploaded is not known, or not wholly: the verdict is about all else. It is fail only where no
/// CA could let a certificate pass.
fn explain_without_ca(situation: &Situation<'_>, reasons: &mut Reasons, about_ca: Vec<Reason>) -> Verdict {
    let mut found = Reasons::default();
    let verdict = explain_failure(situation, &mut found);
    let fails = |examined: &Examined| {
        examined.steps.iter().any(|step| step.status == StepStatus::Fail && !asks_ca(step))
    };
    let searched = situation.certificates.iter().filter(|examined| examined.searched);
    let is_certain = verdict == Verdict::Fail && searched.into_iter().all(fails);
    if is_certain {
        let of_ca = situation.candidate.into_iter().flat_map(|c| &c.steps).filter(|step| asks_ca(step));
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
fn candidate_reasons(situation: &Situation<'_>, candidate: &Examined) -> Vec<Reason> {
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
            let clock = slow_clock(situation, candidate).filter(|finding| step.code == Some(finding.code));
            match clock {
                Some(finding) => Reason { finding, severity },
                None => {
                    about_its_file(situation, certificate_reason(step, candidate, severity), step, candidate)
                }
            }
        })
        .collect();
    // What is certain comes before what cannot be seen from here.
    faults.sort_by_key(|reason| reason.severity);
    let warnings = warnings_of(candidate).map(|step| certificate_reason(step, candidate, Severity::Warning));
    faults.into_iter().chain(warnings).collect()
}

/// Certificate and key may both want converting: each is a reason of its own.
fn about_its_file(situation: &Situation<'_>, reason: Reason, step: &Step, candidate: &Examined) -> Reason {
    let place = situation.place_of(candidate).filter(|_| step.code == Some(Code::PathNotPem));
    let file = place.and_then(|place| match step.step {
        StepName::PrivateKey => place.key_file(candidate.stored.position).map(|key| key.path.as_path()),
        _ => place.listed_path(),
    });
    match file {
        Some(file) => Reason { finding: reason.finding.about(About::File(file.to_path_buf())), ..reason },
        None => reason,
    }
}

/// The documented command prints a certificate that cannot be read here.
fn is_still_printed(step: &Step, candidate: &Examined) -> bool {
    candidate.returned && step.code.is_some_and(|code| code.weight() == Weight::FaultOrUnknown)
}

/// Many certificates that are not valid yet speak of a slow clock.
fn slow_clock(situation: &Situation<'_>, candidate: &Examined) -> Option<Finding> {
    let searched = || situation.certificates.iter().filter(|examined| examined.searched);
    let early = searched().filter(|e| e.steps.iter().any(|s| s.code == Some(Code::NotYetValid))).count();
    let all = searched().count();
    let start = candidate.stored.certificate.not_before()?.strftime("%Y-%m-%d %H:%M UTC");
    (early >= 3 && early * 2 > all).then(|| {
        let message = format!(
            "This machine's clock is probably slow: {early} of the {all} certificates here are not valid yet, the right \
             one not before {start}"
        );
        Finding::new(Code::NotYetValid, message).about(certificate_of(&candidate.stored.certificate))
    })
}
