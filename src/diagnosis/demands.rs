//! What the user asks of a device beyond the check itself, which knows neither.

use super::{Diagnosis, Examined, Fix, Reason, Verdict};
use crate::device::Client;
use crate::reason::{Code, Finding, Severity};
use jiff::{SignedDuration, Timestamp};

/// What turns a verdict into fail although the client would say otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demands {
    /// The client must be installed.
    pub client: bool,
    /// The certificate must not end within this many days.
    pub days: Option<u32>,
}

/// Holds an answer to the demands, and tells of a client that is not there.
pub fn hold(answer: &mut Diagnosis, demands: Demands) {
    if let Some(days) = demands.days {
        let Diagnosis { certificates, at, .. } = &*answer;
        let ending = ending(answer.verdict, &answer.reasons, certificates, *at, days);
        let other = &answer.other_type;
        let other_ending = other_ending(answer, other.verdict, days);
        if let Some(finding) = ending {
            fail(&mut answer.verdict, &mut answer.reasons, Some(&mut answer.fixes), finding);
        }
        if let Some(finding) = other_ending {
            fail(&mut answer.other_type.verdict, &mut answer.other_type.reasons, None, finding);
        }
    }
    if answer.client != Some(Client::NotFound) {
        return;
    }
    let finding = Finding::new(
        Code::ClientMissing,
        "No client was found on this device, and without it no posture check runs",
    );
    if demands.client {
        fail(&mut answer.verdict, &mut answer.reasons, Some(&mut answer.fixes), finding.clone());
        fail(&mut answer.other_type.verdict, &mut answer.other_type.reasons, None, finding);
    } else {
        answer.reasons.push(Reason { finding, severity: Severity::Warning });
    }
}

fn other_ending(answer: &Diagnosis, verdict: Verdict, days: u32) -> Option<Finding> {
    ending(verdict, &answer.other_type.reasons, &answer.certificates, answer.at, days)
}

/// The warning of a passing certificate that ends within `days`.
fn ending(
    verdict: Verdict,
    reasons: &[Reason],
    certificates: &[Examined],
    at: Timestamp,
    days: u32,
) -> Option<Finding> {
    if verdict != Verdict::Pass {
        return None;
    }
    let soon = &reasons.iter().find(|reason| reason.finding.code == Code::ExpiresSoon)?.finding;
    let is_meant = |examined: &&Examined| Some(examined.stored.certificate.sha256()) == soon.certificate();
    let end = certificates.iter().find(is_meant)?.stored.certificate.not_after()?;
    let least = SignedDuration::from_hours(24 * i64::from(days));
    let message = format!("{}; more than {days} days were asked for", soon.message);
    (end.duration_since(at) <= least).then(|| Finding { message, ..soon.clone() })
}

/// Makes a finding a fault. It leads unless the check fails of its own.
fn fail(verdict: &mut Verdict, reasons: &mut Vec<Reason>, fixes: Option<&mut Vec<Fix>>, finding: Finding) {
    let code = finding.code;
    reasons.retain(|reason| reason.finding.code != code);
    let is_fault = |reason: &&Reason| reason.severity != Severity::Warning;
    let others: Vec<Code> = reasons.iter().filter(is_fault).map(|reason| reason.finding.code).collect();
    let leads = *verdict != Verdict::Fail;
    reasons.insert(if leads { 0 } else { others.len() }, Reason { finding, severity: Severity::Fault });
    *verdict = Verdict::Fail;
    let Some(fixes) = fixes else { return };
    fixes.iter_mut().for_each(|fix| fix.remains.push(code));
    let remains = if leads { others } else { Vec::new() };
    let message = code.texts().advice();
    let fix = Fix { code, message, command: None, remains, then: None };
    fixes.insert(if leads { 0 } else { fixes.len() }, fix);
}
