//! The verdict and its reasons in their order: the rule, the uploaded CA, stores that could not be
//! read, the best candidate, and then what is only worth knowing.

use super::candidate::{self, is_own};
use super::fix::{self, Fix};
use super::near::unpadded;
use super::steps::{Step, StepStatus};
use super::{Case, Examined, Reason, Verdict, is_searched};
use crate::ca;
use crate::certificate::Certificate;
use crate::lookup::{self, Lookup};
use crate::reason::{Code, Severity, Weight};
use crate::rule::{Resolution, RuleType, TrustStore, scope};
use crate::store::{Place, Status, StoreSpec};
use crate::system::System;
use crate::text::{shown, shown_bytes};
use crate::verification;

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
    let passing = certificates.iter().filter(counts).min_by_key(|c| warnings_of(c).count());
    let mut reasons = Reasons::default();
    reasons.extend(rule_faults(evidence));
    reasons.extend(ca_reasons(evidence));
    let verdict = if reasons.has(Severity::Unknown) {
        Verdict::Unknown
    } else if let Some(passing) = passing {
        reasons.warn_only();
        reasons.extend(warnings_of(passing).map(|step| certificate_reason(step, passing, Severity::Warning)));
        Verdict::Pass
    } else {
        explain_failure(evidence, &mut reasons)
    };
    reasons.extend(rule_warnings(evidence, &reasons));
    let reasons = reasons.in_order();
    let candidate = if passing.is_none() { candidate::best(evidence.case, certificates) } else { None };
    let fixes = fix::for_reasons(evidence, &reasons, candidate);
    (verdict, reasons, fixes)
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
            let same = |known: &Reason| known.code == reason.code && known.certificate == reason.certificate;
            if !self.0.iter().any(same) {
                self.0.push(reason);
            }
        }
    }

    fn has(&self, severity: Severity) -> bool {
        self.0.iter().any(|reason| reason.severity == severity)
    }

    fn has_code(&self, code: Code) -> bool {
        self.0.iter().any(|reason| reason.code == code)
    }

    /// The check passes all the same: nothing said so far is more than a warning.
    fn warn_only(&mut self) {
        for reason in &mut self.0 {
            reason.severity = Severity::Warning;
        }
    }

    fn in_order(self) -> Vec<Reason> {
        let (warnings, faults): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|reason| reason.severity == Severity::Warning);
        faults.into_iter().chain(warnings).collect()
    }
}

fn reason(code: Code, severity: Severity, message: String) -> Reason {
    Reason { code, severity, message, certificate: None }
}

fn certificate_reason(step: &Step, examined: &Examined, severity: Severity) -> Reason {
    Reason {
        code: step.code.unwrap_or(Code::NotFound),
        severity,
        message: step.message.clone(),
        certificate: Some(examined.stored.certificate.sha256().to_owned()),
    }
}

fn warnings_of(examined: &Examined) -> impl Iterator<Item = &Step> {
    examined.steps.iter().filter(|step| step.status == StepStatus::Warn && step.code.is_some())
}

/// What makes the rule itself unusable here.
fn rule_faults(evidence: &Evidence<'_>) -> Vec<Reason> {
    let rule = evidence.case.rule;
    let problems = rule.problems.iter().chain(&evidence.resolution.problems);
    let mut reasons: Vec<Reason> =
        problems.map(|problem| reason(problem.code, Severity::Unknown, problem.message.clone())).collect();
    reasons.extend(os_mismatch(evidence));
    reasons.extend(ca_mismatch(evidence));
    let blank = rule.common_name.as_deref().is_none_or(|name| name.trim_ascii().is_empty());
    if blank && rule.rule_type == RuleType::ClientCertificate {
        let message =
            "The rule gives no common name, and client_certificate looks for nothing else".to_owned();
        reasons.push(reason(Code::CnMissing, Severity::Unknown, message));
    }
    reasons
}

fn os_mismatch(evidence: &Evidence<'_>) -> Option<Reason> {
    let case = evidence.case;
    let here: Vec<System> = systems_here(case);
    if case.rule.systems.is_empty() || here.iter().any(|system| case.rule.systems.contains(system)) {
        return None;
    }
    let wanted: Vec<&str> = case.rule.systems.iter().map(|system| system.as_str()).collect();
    let message = format!(
        "The rule is for {}, and what is looked at here is {}: the client does not run it on this system",
        wanted.join(" and "),
        here.first().copied().unwrap_or(case.system)
    );
    Some(reason(Code::RuleOsMismatch, Severity::Unknown, message))
}

/// The systems whose stores are judged.
fn systems_here(case: &Case<'_>) -> Vec<System> {
    let own = case.places.iter().filter(|place| !place.elsewhere);
    let systems: Vec<System> =
        own.map(|place| lookup::system_of(&place.contents.spec, case.system)).collect();
    if systems.is_empty() { vec![case.system] } else { systems }
}

fn ca_mismatch(evidence: &Evidence<'_>) -> Option<Reason> {
    let wanted = evidence.case.rule.certificate_id.as_deref()?;
    let same = |id: &str| ca::same_id(id, wanted);
    let given = &evidence.case.cas.cas;
    if given.is_empty() || given.iter().any(|ca| ca.id.as_deref().is_none_or(same)) {
        return None;
    }
    let ids: Vec<&str> = given.iter().filter_map(|ca| ca.id.as_deref()).collect();
    let message = format!(
        "The rule names the uploaded certificate {}, and the CA given here is {}",
        shown(wanted),
        shown(&ids.join(", "))
    );
    Some(reason(Code::RuleCaMismatch, Severity::Unknown, message))
}

/// What is wrong with the uploaded CA. A fault of one of several only matters when all are faulty.
fn ca_reasons(evidence: &Evidence<'_>) -> Vec<Reason> {
    let case = evidence.case;
    let weigh = |code: Code| code.severity(case.rule.rule_type);
    let mut reasons: Vec<Reason> =
        case.cas.problems.iter().map(|p| reason(p.code, weigh(p.code), p.message.clone())).collect();
    let findings: Vec<(&Certificate, Vec<verification::Finding>)> = case
        .cas
        .cas
        .iter()
        .map(|ca| (&ca.certificate, verification::anchor(&ca.certificate, case.at)))
        .collect();
    let faulty = |list: &[verification::Finding]| list.iter().any(|f| weigh(f.code) == Severity::Fault);
    let one_is_sound = findings.iter().any(|(_, list)| !faulty(list));
    for (certificate, list) in &findings {
        for finding in list {
            if finding.code == Code::CaNotSelfSigned && case.rule.rule_type == RuleType::ClientCertificateV2 {
                continue;
            }
            let severity = if one_is_sound { Severity::Warning } else { weigh(finding.code) };
            reasons.push(Reason {
                code: finding.code,
                severity,
                message: finding.message.clone(),
                certificate: Some(certificate.sha256().to_owned()),
            });
        }
    }
    reasons
}

/// No certificate passes: why not, in order, and whether that is certain.
fn explain_failure(evidence: &Evidence<'_>, reasons: &mut Reasons) -> Verdict {
    let case = evidence.case;
    let candidate = candidate::best(case, evidence.certificates);
    let stores = store_reasons(evidence);
    let uncertain = stores.iter().any(|r| r.severity == Severity::Unknown);
    let about_candidate = candidate.map(candidate_reasons).unwrap_or_default();
    // A store that is missing or empty explains nothing when another one holds the certificate.
    let in_a_store = candidate.is_some_and(|c| c.searched);
    if in_a_store && !uncertain {
        reasons.extend(about_candidate.clone());
        reasons.extend(stores);
    } else {
        reasons.extend(stores);
        reasons.extend(about_candidate.clone());
    }
    let store_is_to_blame = |code| matches!(code, Code::StoreMissing | Code::StoreEmpty | Code::StoreCorrupt);
    if candidate.is_none() && !reasons.0.iter().any(|r| store_is_to_blame(r.code)) {
        reasons.extend([not_found(evidence)]);
    }
    let only_unknown = !about_candidate.is_empty()
        && about_candidate.iter().all(|r| r.severity != Severity::Fault)
        && !reasons.has(Severity::Fault);
    if uncertain || only_unknown { Verdict::Unknown } else { Verdict::Fail }
}

/// The candidate's faults. One that would fail anyway says so before anybody is told to rename it.
fn candidate_reasons(candidate: &Examined) -> Vec<Reason> {
    let stopping = candidate.steps.iter().filter(|step| step.status.stops() && step.code.is_some());
    let (own, finding): (Vec<&Step>, Vec<&Step>) = stopping.partition(|step| is_own(step.step));
    let ordered = if candidate.returned { [finding, own] } else { [own, finding] };
    let faults = ordered.into_iter().flatten().map(|step| {
        let severity = match step.status {
            StepStatus::Unknown => Severity::Unknown,
            _ => Severity::Fault,
        };
        let unsure =
            step.code.is_some_and(|code| code.weight() == Weight::FaultOrUnknown) && candidate.returned;
        certificate_reason(step, candidate, if unsure { Severity::Unknown } else { severity })
    });
    let warnings = warnings_of(candidate).map(|step| certificate_reason(step, candidate, Severity::Warning));
    faults.chain(warnings).collect()
}

fn store_reasons(evidence: &Evidence<'_>) -> Vec<Reason> {
    let searched = evidence.case.places.iter().filter(|place| is_searched(evidence.case, place));
    searched.filter_map(store_reason).collect()
}

fn store_reason(place: &Place) -> Option<Reason> {
    let contents = &place.contents;
    let spec = shown(&contents.spec.to_string()).into_owned();
    if let Some(problem) = &contents.problem {
        // What we cannot read the client perhaps can.
        let severity = match contents.status {
            Status::Unsupported => Severity::Unknown,
            _ => problem.code.severity(RuleType::ClientCertificate),
        };
        return Some(reason(problem.code, severity, problem.message.clone()));
    }
    let (code, what) = match contents.status {
        Status::Read if contents.certificates.is_empty() => (Code::StoreEmpty, "holds no certificate"),
        Status::Read => return None,
        Status::Missing => (Code::StoreMissing, "does not exist"),
        Status::Denied => (Code::StoreDenied, "may not be read by this user"),
        Status::Locked => (Code::StoreLocked, "is locked just now"),
        Status::Corrupt => (Code::StoreCorrupt, "is damaged"),
        Status::Unsupported => (Code::StoreDenied, "cannot be read on this system"),
    };
    Some(reason(code, code.severity(RuleType::ClientCertificate), format!("The store {spec} {what}")))
}

fn not_found(evidence: &Evidence<'_>) -> Reason {
    let case = evidence.case;
    let searched: Vec<&Place> = case.places.iter().filter(|place| is_searched(case, place)).collect();
    let count: usize = searched.iter().map(|place| place.contents.certificates.len()).sum();
    let specs: Vec<String> =
        searched.iter().map(|p| shown(&p.contents.spec.to_string()).into_owned()).collect();
    let places =
        if specs.is_empty() { "any place that the rule lists".to_owned() } else { specs.join(" and ") };
    let mut message = match &evidence.resolution.common_name {
        Some(name) => {
            format!("No certificate in {places} has the name \"{}\" ({count} looked at)", shown_bytes(name))
        }
        None => format!("No certificate in {places} is one that the rule can mean ({count} looked at)"),
    };
    let nearest = evidence.certificates.iter().find(|c| c.nearness == super::Nearness::Substring);
    if let Some(name) = nearest.and_then(|c| c.stored.certificate.subject().common_name()) {
        message.push_str(&format!(
            ". The nearest name is \"{}\", which looks like another device's",
            shown(&name)
        ));
    }
    let literal =
        evidence.resolution.common_name.as_deref().is_some_and(|n| n.windows(2).any(|w| w == b"${"));
    if literal && case.rule.rule_type == RuleType::ClientCertificate {
        message.push_str(
            ". client_certificate takes the name as it stands; only client_certificate_v2 fills in variables",
        );
    }
    reason(Code::NotFound, Severity::Fault, message)
}

/// What is worth knowing of the rule, whatever the verdict.
fn rule_warnings(evidence: &Evidence<'_>, known: &Reasons) -> Vec<Reason> {
    let mut warnings = Vec::new();
    let warn = |code, message| reason(code, Severity::Warning, message);
    warnings.extend(ignored_locations(evidence).map(|message| warn(Code::LocationNotSearched, message)));
    let name = evidence.resolution.common_name.as_deref().unwrap_or_default();
    let text = String::from_utf8_lossy(name);
    if unpadded(&text) != text && !text.trim().is_empty() && !known.has_code(Code::CnPadded) {
        let message =
            format!("The rule's name \"{}\" has leading, trailing or invisible characters", shown(&text));
        warnings.push(warn(Code::CnPadded, message));
    }
    warnings.extend(name_is_the_cas(evidence, &text).map(|message| warn(Code::CnIsTheCa, message)));
    for note in evidence.lookups.iter().flat_map(|(_, lookup)| &lookup.notes) {
        if !known.has_code(note.code) && note.code.weight() != Weight::Fault {
            warnings.push(warn(note.code, note.message.clone()));
        }
    }
    warnings
}

fn name_is_the_cas(evidence: &Evidence<'_>, name: &str) -> Option<String> {
    let cas = evidence.case.cas.cas.iter();
    let same = |ca: &Certificate| {
        ca.subject()
            .common_name()
            .is_some_and(|cn| !name.is_empty() && cn.to_lowercase() == name.to_lowercase())
    };
    cas.map(|ca| &ca.certificate).find(|ca| same(ca)).map(|_| {
        format!(
            "\"{}\" is the uploaded CA's own common name; the rule wants the client certificate's",
            shown(name)
        )
    })
}

/// Places that the rule lists but the client does not search, or no list at all.
fn ignored_locations(evidence: &Evidence<'_>) -> Option<String> {
    let case = evidence.case;
    let rule = case.rule;
    if rule.rule_type == RuleType::ClientCertificate || !rule.from_file {
        return None;
    }
    let system = systems_here(case).first().copied().unwrap_or(case.system);
    match &rule.locations {
        None if system == System::Windows => {
            Some("The rule lists no locations; the machine's and the user's store are searched".to_owned())
        }
        None => Some("The rule lists no locations; the system's store is searched".to_owned()),
        Some(locations)
            if system != System::Windows && locations.trust_stores.contains(&TrustStore::User) =>
        {
            Some(format!(
                "The rule lists the user's trust store, which the client does not search on {system}"
            ))
        }
        Some(_) if system != System::Linux && !scope::paths(rule).is_empty() => {
            Some(format!("The rule lists paths, which the client searches on Linux only, not on {system}"))
        }
        Some(_) => None,
    }
}
