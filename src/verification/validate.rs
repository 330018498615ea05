//! Validation of a chain (RFC 5280 §6.1, without revocation and policies). Every check runs; none
//! stops the others.

use super::algorithm::Scheme;
use super::constraints::MAX_COMPARISONS;
use super::judgement::{is_doubt, is_own_fault, is_warning};
use super::message::{date, finding, name, span, who};
use super::reading::Reading;
use super::{Purpose, key};
use crate::certificate::oid;
use crate::reason::{Code, Finding};

/// Everything that can be said of the certificates of `chain`, which begins with the one judged. With
/// `is_anchored` the last is a trust anchor, of which only the constraints on others are looked at.
/// `comparisons` counts down what may be spent on name constraints.
pub fn validate(
    chain: &[&Reading<'_>],
    is_anchored: bool,
    purpose: Purpose,
    at: i64,
    comparisons: &mut usize,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let own = chain.len() - usize::from(is_anchored && !chain.is_empty());
    for (depth, reading) in chain.iter().enumerate().take(own) {
        let who = who(chain, depth, is_anchored);
        findings.extend(malformed(reading, depth, &who));
        findings.extend(unknown_critical(reading, depth, &who));
        findings.extend(validity(reading, depth, &who, at));
        findings.extend(weak_signature(reading, depth, &who));
        findings.extend(weak_key(reading, depth, &who));
        if depth > 0 {
            findings.extend(issuer_flags(reading, depth, &who));
        }
    }
    findings.extend(path_length(chain, is_anchored));
    findings.extend(name_constraints(chain, is_anchored, comparisons));
    findings.extend(purposes(chain, is_anchored, purpose));
    findings.extend(chain.first().and_then(|leaf| inconsistent_key_usage(leaf, purpose)));
    findings
}

/// Findings of one kind about one certificate that are reported before the rest is only counted.
pub const MAX_ALIKE: usize = 10;

pub fn malformed(reading: &Reading<'_>, depth: usize, who: &str) -> Vec<Finding> {
    let flaws = &reading.extensions.malformed;
    let told = flaws.iter().take(MAX_ALIKE).map(|what| format!("{who} is malformed: {what}"));
    let further =
        further(flaws.len(), |count| format!("{who} has {count} more malformed or repeated extensions"));
    told.chain(further).map(|message| finding(Code::CertificateUnparseable, depth, message)).collect()
}

/// RFC 5280 §4.2: a critical extension that is not processed makes the certificate unusable.
pub fn unknown_critical(reading: &Reading<'_>, depth: usize, who: &str) -> Vec<Finding> {
    let unknown = &reading.extensions.unknown_critical;
    let told = unknown.iter().take(MAX_ALIKE).map(|id| {
        format!(
            "{who} has the critical extension {}, which is not processed here: a certificate with a \
             critical extension that is not understood must be refused",
            oid::describe(id)
        )
    });
    let further = further(unknown.len(), |count| {
        format!("{who} has {count} more critical extensions that are not processed here")
    });
    told.chain(further).map(|message| finding(Code::UnknownCriticalExtension, depth, message)).collect()
}

fn further(all: usize, told: impl FnOnce(usize) -> String) -> Option<String> {
    all.checked_sub(MAX_ALIKE).filter(|count| *count > 0).map(told)
}

/// RFC 5280 §6.1.3 (a) (2); both ends belong to the period (§4.1.2.5).
pub fn validity(reading: &Reading<'_>, depth: usize, who: &str, at: i64) -> Option<Finding> {
    if at > reading.not_after {
        let ago = span(at - reading.not_after);
        let message = format!("{who} expired on {}, {ago} ago", date(reading.not_after));
        return Some(finding(Code::Expired, depth, message));
    }
    (at < reading.not_before).then(|| {
        let message = format!(
            "{who} is not valid before {}, {} from now; check this machine's clock",
            date(reading.not_before),
            span(reading.not_before - at)
        );
        finding(Code::NotYetValid, depth, message)
    })
}

fn weak_signature(reading: &Reading<'_>, depth: usize, who: &str) -> Option<Finding> {
    let scheme = Scheme::read(reading.outer_algorithm).ok()?;
    scheme.is_weak().then(|| {
        let message = format!("{who} is signed with SHA-1, for which forgeries have been made");
        finding(Code::AlgorithmWeak, depth, message)
    })
}

pub fn weak_key(reading: &Reading<'_>, depth: usize, who: &str) -> Option<Finding> {
    let bits = key::rsa_bits(reading.spki)?;
    (bits < key::STRONG_RSA_BITS).then(|| {
        let message = format!("{who} has an RSA key of {bits} bits; fewer than 2048 are weak");
        finding(Code::AlgorithmWeak, depth, message)
    })
}

/// RFC 5280 §6.1.4 (k) and (n).
fn issuer_flags(reading: &Reading<'_>, depth: usize, who: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let why = match reading.extensions.basic_constraints {
        Some(constraints) if constraints.ca => None,
        Some(_) => Some("its basic constraints say that it is not a CA"),
        // They are there, and told as malformed.
        None if reading.extensions.malformed.iter().any(|flaw| flaw.concerns(oid::BASIC_CONSTRAINTS)) => None,
        None => Some("it has no basic constraints"),
    };
    if let Some(why) = why {
        findings.push(finding(
            Code::IssuerNotACa,
            depth,
            format!("{who} issued a certificate but is not a CA: {why}"),
        ));
    }
    if reading.extensions.key_usage.is_some_and(|usage| !usage.key_cert_sign()) {
        findings.push(finding(
            Code::IssuerKeyUsage,
            depth,
            format!("{who} must not sign certificates: its key usage lacks keyCertSign"),
        ));
    }
    findings
}

/// RFC 5280 §6.1.4 (l) and (m); the anchor's own limit counts too (RFC 5937 §3.2).
fn path_length(chain: &[&Reading<'_>], is_anchored: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut limit: Option<Limit> = None;
    for (depth, reading) in chain.iter().enumerate().skip(1).rev() {
        let is_anchor = is_anchored && depth + 1 == chain.len();
        let counts = !is_anchor && !reading.is_self_issued();
        if let Some(limit) = limit.as_mut().filter(|_| counts) {
            if limit.left == 0 {
                findings.push(too_deep(chain, depth, limit, is_anchored));
            }
            limit.left = limit.left.saturating_sub(1);
        }
        let own = reading.extensions.basic_constraints.and_then(|constraints| constraints.path_length);
        if let Some(own) = own.filter(|own| limit.as_ref().is_none_or(|limit| *own < limit.left)) {
            limit = Some(Limit { left: own, set: own, owner: depth });
        }
    }
    findings
}

/// How many intermediates may still follow.
struct Limit {
    left: u32,
    /// What the owner's certificate says.
    set: u32,
    owner: usize,
}

fn too_deep(chain: &[&Reading<'_>], depth: usize, limit: &Limit, is_anchored: bool) -> Finding {
    let allowed = match limit.set {
        0 => "no intermediate".to_owned(),
        1 => "1 intermediate".to_owned(),
        n => format!("{n} intermediates"),
    };
    let message = format!(
        "{} stands too deep: {} allows {allowed} below it",
        who(chain, depth, is_anchored),
        lower_first(&who(chain, limit.owner, is_anchored)),
    );
    finding(Code::PathLengthExceeded, depth, message)
}

fn lower_first(text: &str) -> String {
    text.replacen("The ", "the ", 1)
}

/// RFC 5280 §6.1.3 (b) and (c): every constraint above a certificate applies to its names; a
/// self-issued intermediate is exempt.
fn name_constraints(chain: &[&Reading<'_>], is_anchored: bool, comparisons: &mut usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (owner, issuer) in chain.iter().enumerate().skip(1).rev() {
        let Some(constraints) = &issuer.extensions.name_constraints else { continue };
        for (depth, reading) in chain.iter().enumerate().take(owner) {
            if depth > 0 && reading.is_self_issued() {
                continue;
            }
            let violations = constraints.violations(reading, comparisons);
            let child = who(chain, depth, is_anchored);
            let parent = lower_first(&who(chain, owner, is_anchored));
            if !violations.told.is_empty() {
                let what = violations.told.join("; ");
                let message = format!("{child} bears a name that {parent} does not allow: {what}");
                findings.push(finding(Code::NameConstraintViolated, depth, message));
            }
            if violations.is_cut {
                let message = format!(
                    "{child} bears too many names, or {parent} constrains too many, to hold all against each other: \
                     {MAX_COMPARISONS} comparisons are made"
                );
                findings.push(finding(Code::LimitReached, depth, message));
            }
        }
    }
    findings
}

/// RFC 5280 §4.2.1.12: a certificate with the extension serves only the purposes in it; with any
/// purpose it serves all. In a CA certificate it binds what the CA issues, as every system's own
/// verifier has it.
fn purposes(chain: &[&Reading<'_>], is_anchored: bool, purpose: Purpose) -> Vec<Finding> {
    let Some(wanted) = purpose.oid() else { return Vec::new() };
    let mut findings = Vec::new();
    for (depth, reading) in chain.iter().enumerate() {
        let Some(usages) = &reading.extensions.extended_key_usage else { continue };
        if usages.iter().any(|usage| *usage == wanted || *usage == oid::ANY_EXTENDED_KEY_USAGE) {
            continue;
        }
        let message = format!(
            "{} is not for {}: its extended key usage lists {}",
            who(chain, depth, is_anchored),
            oid::describe(wanted),
            super::usage::listed(usages)
        );
        findings.push(finding(Code::EkuMissing, depth, message));
    }
    findings
}

/// RFC 5280 §4.2.1.12: a certificate serves only a purpose that is consistent with its key usage too.
fn inconsistent_key_usage(leaf: &Reading<'_>, purpose: Purpose) -> Option<Finding> {
    let usage = leaf.extensions.key_usage?;
    let (fits, wanted) = match purpose {
        Purpose::Any => return None,
        Purpose::ClientAuth => (usage.fits_client_auth(), "digitalSignature nor keyAgreement"),
        Purpose::Email => (
            usage.fits_email_protection(),
            "digitalSignature, nonRepudiation, keyEncipherment nor keyAgreement",
        ),
    };
    let message = format!(
        "The certificate is not for {}: its key usage allows neither {wanted}",
        oid::describe(purpose.oid()?)
    );
    (!fits).then(|| finding(Code::EkuMissing, 0, message))
}

/// The order in which findings are reported: what breaks the chain first, warnings last. Where something cannot be determined,
/// what decides comes before all: a fault of the certificate itself, or else what leaves the answer open.
pub fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    let is_doubtful = findings.iter().any(is_doubt);
    let decides = if findings.iter().any(is_own_fault) { is_own_fault } else { is_doubt };
    findings.sort_by_key(|finding| {
        let is_first = is_doubtful && decides(finding);
        (is_warning(finding), !is_first, finding.code.rank(), finding.depth())
    });
    findings
}

/// A line about the issuer and key identifiers of `child` beside those of `ca`.
pub fn side_by_side(child: &Reading<'_>, ca: &Reading<'_>) -> String {
    use super::message::key_id;
    format!(
        "Issuer named in it: {}; subject of the CA: {}. Its authority key identifier: {}; subject key \
         identifier of the CA: {}",
        name(child.issuer),
        name(ca.subject),
        key_id(child.extensions.authority_key_id),
        key_id(ca.extensions.subject_key_id),
    )
}
