//! What to change so that the check passes: a command that works when pasted, or what to ask for
//! and of whom. Nothing here runs anything.

mod advice;
mod linux;
mod macos;
mod windows;

use super::candidate;
use super::decide::Evidence;
use super::{Examined, Reason};
use crate::lookup;
use crate::posture::RuleType;
use crate::reason::{Code, Severity};
use crate::rule::Resolution;
use crate::store::{Place, PrivateKey};
use crate::system::System;

/// One thing to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The reason that it repairs.
    pub code: Code,
    /// What to do, in words; safe to print.
    pub message: String,
    /// The command that does it.
    pub command: Option<String>,
    /// What remains to be done after it; `None` when the check passes then.
    pub then: Option<String>,
}

/// What a repair works on.
pub(super) struct Damage<'a> {
    pub evidence: &'a Evidence<'a>,
    pub candidate: Option<&'a Examined>,
}

impl<'a> Damage<'a> {
    pub fn rule_type(&self) -> RuleType {
        self.evidence.case.rule.rule_type
    }

    pub fn resolution(&self) -> &Resolution {
        self.evidence.resolution
    }

    /// The places that the rule's client searches.
    pub fn searched(&self) -> impl Iterator<Item = &'a Place> {
        let case = self.evidence.case;
        case.places.iter().filter(|place| super::is_searched(case, place))
    }

    /// The system on which the repair is made.
    pub fn system(&self) -> System {
        let case = self.evidence.case;
        self.searched()
            .next()
            .map_or(case.system, |place| lookup::system_of(&place.contents.evidence, case.system))
    }

    /// Another certificate of the searched stores that would pass if only it were found.
    pub fn sound_alternative(&self) -> Option<&'a Examined> {
        let case = self.evidence.case;
        self.evidence.certificates.iter().find(|examined| {
            let standing = candidate::standing(case, examined);
            standing.is_some_and(|s| s <= candidate::Standing::NearName)
                && !examined.returned
                && candidate::would_pass(examined)
                // No name helps an entry that the command cannot read.
                && !examined.steps.iter().any(|step| step.code == Some(Code::CertificateUnparseable))
        })
    }

    /// The candidate in another place that has its private key too.
    pub fn with_key_elsewhere(&self) -> Option<&'a Examined> {
        let candidate = self.candidate?;
        self.evidence.certificates.iter().find(|other| {
            !other.searched
                && other.stored.certificate == candidate.stored.certificate
                && other.stored.private_key == PrivateKey::Present
        })
    }

    /// The place where a certificate was found.
    pub fn place_of(&self, found: &Examined) -> Option<&'a Place> {
        self.evidence.case.places.iter().find(|place| place.contents.spec == found.spec)
    }

    /// The candidate, when it is elsewhere and would pass in the right place.
    pub fn sound_elsewhere(&self) -> Option<&'a Examined> {
        let case = self.evidence.case;
        self.evidence.certificates.iter().find(|examined| {
            candidate::standing(case, examined) == Some(candidate::Standing::Elsewhere)
                && candidate::would_pass(examined)
        })
    }
}

/// Whether a fault is the certificate's own, so that only another certificate helps.
const fn is_the_certificates(code: Code) -> bool {
    matches!(
        code,
        Code::Expired
            | Code::NotYetValid
            | Code::IssuerDiffers
            | Code::SignatureInvalid
            | Code::SelfSigned
            | Code::IntermediateMissing
            | Code::AlgorithmUnsupported
            | Code::CertificateUnparseable
            | Code::EkuAbsent
            | Code::EkuMissing
            | Code::SanAbsent
            | Code::SanDiffers
    )
}

/// A command, and whether the check passes after it.
pub(super) struct Repair {
    pub message: String,
    pub command: Option<String>,
    /// What this repair leaves undone of its own; the other reasons are added by the caller.
    pub then: Option<String>,
    /// It puts another certificate in the candidate's place, so the candidate's faults are gone too.
    /// Fixes of those would undo it.
    pub settles_all: bool,
}

impl Repair {
    pub fn by_hand(message: String) -> Self {
        Self { message, command: None, then: None, settles_all: false }
    }
}

/// A fix for every reason, in the reasons' order, up to one that settles all that follow; warnings have
/// none of their own.
pub(super) fn for_reasons(
    evidence: &Evidence<'_>,
    reasons: &[Reason],
    candidate: Option<&Examined>,
) -> Vec<Fix> {
    let damage = Damage { evidence, candidate };
    let faults: Vec<&Reason> = reasons.iter().filter(|r| r.severity != Severity::Warning).collect();
    let mut fixes = Vec::new();
    for (position, reason) in faults.iter().enumerate() {
        let repair = repair(&damage, reason);
        let rest = if repair.settles_all { &[] } else { &faults[position + 1..] };
        fixes.push(Fix {
            code: reason.finding.code,
            message: repair.message,
            command: repair.command,
            then: remaining(repair.then, rest),
        });
        if repair.settles_all {
            break;
        }
    }
    fixes
}

fn repair(damage: &Damage<'_>, reason: &Reason) -> Repair {
    let by_command = match damage.system() {
        System::Linux => linux::repair(damage, reason),
        System::Macos => macos::repair(damage, reason),
        System::Windows => windows::repair(damage, reason),
    };
    by_command.unwrap_or_else(|| advice::advise(damage, reason))
}

/// What is left when this reason is repaired: the other faults, by their codes.
fn remaining(own: Option<String>, rest: &[&Reason]) -> Option<String> {
    let others: Vec<String> =
        rest.iter().map(|reason| format!("{} [{}]", reason.finding.message, reason.finding.code)).collect();
    match (own, others.is_empty()) {
        (own, true) => own,
        (None, false) => Some(format!("This remains: {}", others.join("; "))),
        (Some(own), false) => Some(format!("{own}; and this remains: {}", others.join("; "))),
    }
}
