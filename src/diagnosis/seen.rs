//! What was seen of the stores that the rule's client searches. A failure is certain only where all of
//! them were seen whole.

use super::candidate::would_pass;
use super::{Case, Examined, Reason, is_searched};
use crate::lookup;
use crate::posture::RuleType;
use crate::reason::{Code, Finding, Severity};
use crate::store::{Contents, Place, Role, RoleSource, Status, StoreSpec, scope};
use crate::system::System;
use crate::text::{sentences, shown};

/// A store that the rule's client searches and that was not seen whole.
pub(super) enum Gap<'a> {
    /// Nothing was given in its place.
    Unseen(Role),
    /// Only this was given of it.
    Part(&'a Place),
    /// Its origin was not given, and nothing else was given for the store.
    Loose(&'a Place),
}

/// The gaps in what was seen, in the order in which the client searches.
pub(super) fn gaps<'a>(case: &Case<'a>) -> Vec<Gap<'a>> {
    let given: Vec<&Place> = given(case).collect();
    if given.is_empty() {
        return Vec::new();
    }
    let system = system(case);
    let mut gaps = Vec::new();
    let mut loose = given.iter().copied().filter(|place| place.contents.evidence.role.is_none()).peekable();
    for role in wanted(case, system) {
        let mut standing = given.iter().filter(|place| place.contents.evidence.role.as_ref() == Some(&role));
        match standing.next() {
            // A store that could not be read speaks for itself.
            Some(place) if place.contents.evidence.complete || is_unread(place) => {}
            Some(place) => gaps.push(Gap::Part(place)),
            None if loose.peek().is_some() => {}
            None => gaps.push(Gap::Unseen(role)),
        }
    }
    if !is_seen_without_loose(case) {
        gaps.extend(loose.filter(|place| !is_unread(place)).map(Gap::Loose));
    }
    gaps
}

/// Whether every store that the client searches was given as such: then a loose file is not taken for one of them.
pub(super) fn is_seen_without_loose(case: &Case<'_>) -> bool {
    let given: Vec<&Place> = given(case).collect();
    let system = system(case);
    let stands = |role: &Role| given.iter().any(|place| place.contents.evidence.role.as_ref() == Some(role));
    let wanted = wanted(case, system);
    !wanted.is_empty() && wanted.iter().all(stands)
}

fn given<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Place> {
    case.places.iter().filter(|place| !place.elsewhere)
}

/// The system whose stores are judged.
fn system(case: &Case<'_>) -> System {
    given(case).find_map(|place| place.contents.evidence.system).unwrap_or(case.system)
}

fn wanted(case: &Case<'_>, system: System) -> Vec<Role> {
    scope::default_stores(case.rule, system).iter().map(Role::of).collect()
}

fn is_unread(place: &Place) -> bool {
    place.contents.status != Status::Read
}

fn unknown(message: String) -> Reason {
    Reason { finding: Finding::new(Code::EvidencePartial, message), severity: Severity::Unknown }
}

/// Whether nobody said whose store it is that a certificate was found in.
pub(super) fn is_assumed(case: &Case<'_>, examined: &Examined) -> bool {
    let mut places = case.places.iter().filter(|place| is_searched(case, place));
    let place = places.find(|place| place.contents.spec == examined.spec);
    place.is_some_and(|place| place.contents.evidence.source == RoleSource::Assumed)
}

/// Whether it is a copy of an NSS database of which key4.db was not given.
pub(super) fn is_without_keys(place: &Place) -> bool {
    let Contents { spec, evidence, status, .. } = &place.contents;
    matches!(spec, StoreSpec::Nss(_)) && *status == Status::Read && !evidence.shows.private_key
}

/// What keeps a failure from being certain, each as a sentence.
pub(super) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let told = |gap: &Gap<'_>| match gap {
        Gap::Unseen(role) => {
            let role = shown(&role.to_string()).into_owned();
            format!(
                "The store {role}, which the rule's client searches, was not given: bring it as --store '{role}=PATH'"
            )
        }
        Gap::Part(place) | Gap::Loose(place) => partial(place, case),
    };
    let told: Vec<String> = gaps(case).iter().map(told).collect();
    if told.is_empty() { Vec::new() } else { vec![unknown(sentences(told))] }
}

fn partial(place: &Place, case: &Case<'_>) -> String {
    let contents = &place.contents;
    let spec = shown(&contents.spec.to_string()).into_owned();
    let system = lookup::system_of(&contents.evidence, case.system);
    let whole = wanted(case, system).first().map(|role| shown(&role.to_string()).into_owned());
    let held = if contents.certificates.len() == 1 { "one certificate" } else { "a part of a store" };
    let bring = whole.map_or_else(String::new, |role| {
        format!(": to be certain, give all of that store as --store '{role}=PATH'")
    });
    format!(
        "The device may hold more than {spec}, which is {held} and not known to be all of the store that the client searches{bring}"
    )
}

/// The documented macOS command stops at the first match. Which one that is cannot be determined for a folder or for
/// several files; it does not matter where all matches pass or none does.
pub(super) fn order_reason(case: &Case<'_>, certificates: &[Examined]) -> Option<Reason> {
    if case.rule.rule_type == RuleType::ClientCertificateV2 || system(case) != System::Macos {
        return None;
    }
    let places: Vec<&Place> = given(case).filter(|place| is_searched(case, place)).collect();
    if places.len() == 1 && places[0].contents.evidence.shows.order {
        return None;
    }
    let is_match = |examined: &&Examined| {
        examined.searched
            && (examined.returned || examined.steps.iter().any(|step| step.code == Some(Code::Shadowed)))
    };
    let passing = certificates.iter().filter(is_match).filter(|examined| would_pass(examined)).count();
    let all = certificates.iter().filter(is_match).count();
    if passing == 0 || passing == all {
        return None;
    }
    let message = format!(
        "Of the {all} certificates that have the name, {passing} would pass, and the documented command prints only \
         the first: in which order the keychain has them cannot be told from what was given. Give the keychain itself, or \
         the output of security find-certificate -a -p, as --store keychain:system=FILE"
    );
    Some(unknown(message))
}

/// Whether the client may find another certificate than those that were seen, or another one first.
pub(super) fn all_seen(case: &Case<'_>) -> bool {
    gaps(case).is_empty()
}
