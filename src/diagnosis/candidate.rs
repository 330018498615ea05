//! Which certificate the rule most plausibly means, when none passes.

use super::near::Nearness;
use super::seen;
use super::steps::{Step, StepName, StepStatus};
use super::{Case, Examined};
use crate::reason::Code;
use crate::store::StoreSpec;
use std::cmp::Reverse;

/// How a certificate came to be a candidate, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Whether it passes cannot be determined, so nothing that is wrong with another one decides.
    MayPass,
    /// It would pass, but the command stops at another one before it.
    Behind,
    /// The documented command prints it.
    Returned,
    /// Its common name is the rule's, but the command does not print it.
    SameName,
    /// Its name is the rule's but for case, white space or look-alike characters.
    NearName,
    /// It is where the client does not look.
    Elsewhere,
    /// The rule's name appears in another part of it.
    NameInside,
}

/// The certificate that the rule most plausibly means; `None` when there is none, for a certificate
/// of a plainly different device is never offered: renaming it would pass and be wrong.
pub(super) fn best<'a>(
    case: &Case<'_>,
    certificates: impl Iterator<Item = &'a Examined>,
) -> Option<&'a Examined> {
    certificates
        .filter_map(|examined| Some((standing(case, examined)?, examined)))
        .min_by_key(|(standing, examined)| {
            let own = own_faults(examined);
            let end = examined.stored.certificate.not_after();
            let misnamed = examined.nearness > Nearness::Case;
            (*standing, misnamed, is_a_ca(examined), own, examined.nearness, Reverse(end))
        })
        .map(|(_, examined)| examined)
}

/// The passing certificate with the fewest warnings; a CA's only where no other passes, and one that nobody
/// knows to lie where the client looks only after those that do. None while it is not known which of several
/// matches the client finds first.
pub(super) fn passing<'a>(case: &Case<'_>, certificates: &'a [Examined]) -> Option<&'a Examined> {
    let counts = |examined: &&Examined| examined.passes() && !is_another_users(case, &examined.spec);
    if seen::order_reason(case, certificates).is_some() {
        return None;
    }
    let rank = |examined: &&Examined| {
        let is_a_ca = examined.stored.certificate.claims_to_be_ca();
        (seen::is_assumed(case, examined), is_a_ca, warnings_of(examined).count())
    };
    certificates.iter().filter(counts).min_by_key(rank)
}

/// Whether the store is one that the client would not see: what passes there proves nothing.
fn is_another_users(case: &Case<'_>, spec: &StoreSpec) -> bool {
    let mut places = case.places.iter().filter(|place| place.contents.spec == *spec);
    places.any(|place| place.contents.problem.as_ref().is_some_and(|p| p.code == Code::StoreOtherUser))
}

/// The steps that are passed, but with something to know.
pub(super) fn warnings_of(examined: &Examined) -> impl Iterator<Item = &Step> {
    examined.steps.iter().filter(|step| step.status == StepStatus::Warn && step.code.is_some())
}

/// How the certificate stands to the rule's name; `None` for one that the rule cannot mean.
pub(super) fn standing(case: &Case<'_>, examined: &Examined) -> Option<Standing> {
    if !examined.searched {
        let named = examined.nearness <= Nearness::Unicode;
        let meant = if case.rule.common_name.is_none() { own_faults(examined) == 0 } else { named };
        return (meant && !is_a_ca(examined)).then_some(Standing::Elsewhere);
    }
    if may_pass(examined) {
        return Some(Standing::MayPass);
    }
    if examined.returned {
        return Some(Standing::Returned);
    }
    let lookup = examined.steps.iter().find(|s| s.step == StepName::Lookup).and_then(|s| s.code);
    if lookup == Some(Code::Shadowed) && would_pass(examined) {
        return Some(Standing::Behind);
    }
    if matches!(lookup, Some(Code::NicknameColon | Code::CertificateUnparseable | Code::Shadowed)) {
        return Some(Standing::SameName);
    }
    match examined.nearness {
        Nearness::Exact => Some(Standing::SameName),
        Nearness::Padded
        | Nearness::Case
        | Nearness::Whitespace
        | Nearness::Unicode
        | Nearness::DistinguishedName
        | Nearness::Template => Some(Standing::NearName),
        Nearness::San | Nearness::OtherAttribute => Some(Standing::NameInside),
        Nearness::Substring | Nearness::Different => None,
    }
}

/// Whether every step that stops it is one that cannot be determined from here.
pub(super) fn may_pass(examined: &Examined) -> bool {
    let mut stopping = examined.steps.iter().filter(|step| step.status.stops()).peekable();
    stopping.peek().is_some() && stopping.all(|step| step.status == StepStatus::Unknown)
}

/// How many steps fail that no repair of the look-up would cure.
pub(super) fn own_faults(examined: &Examined) -> usize {
    examined.steps.iter().filter(|step| is_own(step.step) && step.status.stops()).count()
}

/// Steps about the certificate itself, as opposed to how it is found.
pub(super) const fn is_own(step: StepName) -> bool {
    !matches!(step, StepName::Lookup | StepName::Name)
}

/// Whether it would pass once found: every step about the certificate itself is passed.
pub(super) fn would_pass(examined: &Examined) -> bool {
    own_faults(examined) == 0
}

fn is_a_ca(examined: &Examined) -> bool {
    let anchor = examined.steps.iter().any(|s| s.code == Some(Code::IsTheCa) && s.status == StepStatus::Warn);
    anchor || examined.stored.certificate.claims_to_be_ca()
}
