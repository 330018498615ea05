//! What the short forms tell of one answer: its name, the sentence that answers, the certificate
//! that decides.

use super::table::{pass_text, sentence, then_text};
use crate::diagnosis::{Diagnosis, Examined, Reason, Verdict};
use crate::lookup;
use crate::reason::Severity;
use crate::system::System;
use crate::text::{shown, shown_bytes};
use jiff::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// The reason that is reported beside the verdict.
pub(super) fn main_reason(answer: &Diagnosis) -> Option<&Reason> {
    answer.reasons.first().filter(|_| answer.verdict != Verdict::Pass)
}

/// The answer in a sentence, without its code.
pub(super) fn headline(answer: &Diagnosis) -> String {
    main_reason(answer).map_or_else(|| pass_text(answer), |reason| sentence(&reason.finding.message))
}

/// The reasons that stand beside the main one.
pub(super) fn other_reasons(answer: &Diagnosis) -> impl Iterator<Item = &Reason> {
    answer.reasons.iter().skip(usize::from(answer.verdict != Verdict::Pass))
}

/// The whole answer as lines: the sentence, the other reasons, what to change. Safe to print.
pub(super) fn whole_text(answer: &Diagnosis) -> String {
    let code = main_reason(answer).map(|reason| format!(" [{}]", reason.finding.code)).unwrap_or_default();
    let mut lines = vec![headline(answer) + &code];
    lines.extend(other_reasons(answer).map(|reason| {
        let label = side_label(reason);
        format!("{label}: {} [{}]", sentence(&reason.finding.message), reason.finding.code)
    }));
    for fix in &answer.fixes {
        lines.push(format!("Fix: {}", fix.command.as_deref().unwrap_or(&fix.message)));
        lines.extend(then_text(fix).map(|then| format!("Then: {then}")));
    }
    lines.join("\n")
}

/// What stands before a reason that is not the main one.
pub(super) fn side_label(reason: &Reason) -> &'static str {
    match reason.severity {
        Severity::Warning => "Note",
        Severity::Fault | Severity::Unknown => "Also",
    }
}

/// The rule's name, or else its common name. Safe to print.
pub(super) fn name(answer: &Diagnosis) -> String {
    match (&answer.rule.name, common_name(answer)) {
        (Some(name), _) => shown(name).into_owned(),
        (None, Some(name)) => name,
        (None, None) => "any certificate".to_owned(),
    }
}

/// The common name that is looked for. Safe to print.
pub(super) fn common_name(answer: &Diagnosis) -> Option<String> {
    answer.resolution.common_name.as_deref().map(shown_bytes)
}

/// The certificate that the answer stands on: of those that pass the one that lasts longest, for the
/// check passes as long as it does; or the one that the reasons name first.
pub(super) fn decisive(answer: &Diagnosis) -> Option<&Examined> {
    if answer.verdict == Verdict::Pass {
        let passing = answer.certificates.iter().filter(|examined| examined.passes());
        return passing.max_by_key(|examined| examined.stored.certificate.not_after());
    }
    let named = answer.reasons.iter().filter_map(|reason| reason.finding.certificate());
    let with = |sha256: &str| {
        let same = answer.certificates.iter().filter(|c| c.stored.certificate.sha256() == sha256);
        same.min_by_key(|examined| !examined.searched)
    };
    named.filter_map(with).next()
}

/// The system whose look-up applies to the store in which a certificate lies.
pub(super) fn system_of(answer: &Diagnosis, examined: &Examined) -> System {
    let store = answer.stores.iter().find(|store| store.spec == examined.spec);
    store.map_or(answer.system, |store| lookup::system_of(&store.evidence, answer.system))
}

/// When the decisive certificate expires.
pub(super) fn not_after(answer: &Diagnosis) -> Option<Timestamp> {
    decisive(answer)?.stored.certificate.not_after()
}

/// Whole days from `at` to `end`; below zero once it is over.
pub(super) fn days_between(at: Timestamp, end: Timestamp) -> i64 {
    (end.as_second() - at.as_second()).div_euclid(DAY)
}
