//! The search for a chain (RFC 4158): depth first from the certificate judged, the likeliest issuer
//! first, with a fixed budget.

use super::issuer::{Issuer, Signed, signed_by_itself};
use super::message::{finding, key_id, name};
use super::names::Canonical;
use super::reading::Reading;
use super::validate::{in_order, side_by_side, validate};
use super::{Direct, Finding, Path, Purpose, Verifier, is_warning};
use crate::certificate::Certificate;
use crate::reason::Code;
use std::collections::HashMap;

/// Signature checks that are spent on one certificate. Ordinary chains need fewer than ten; the
/// number is that of other path builders (webpki).
const MAX_SIGNATURE_CHECKS: usize = 100;

/// Certificates that the search steps on, whether or not a signature has to be checked again.
const MAX_STEPS: usize = 250;

/// Certificates in a chain.
const MAX_LENGTH: usize = 16;

/// Issuers that are considered for one certificate; more cannot be checked anyway.
const MAX_CANDIDATES: usize = MAX_SIGNATURE_CHECKS;

/// The certificate judged, or an issuer by its index.
type Node = Option<usize>;

pub struct Search<'s, 'a> {
    verifier: &'s Verifier<'a>,
    certificate: &'s Certificate,
    leaf: &'s Reading<'s>,
    purpose: Purpose,
    signed: HashMap<(Node, usize), Signed>,
    checks_left: usize,
    steps_left: usize,
    best: Option<Attempt>,
}

/// A chain that was found, whole or not.
struct Attempt {
    /// Issuers from the one of the certificate judged upwards.
    issuers: Vec<usize>,
    nearness: Nearness,
    /// Why the chain does not go on, unless it is whole.
    end: Option<Finding>,
    findings: Vec<Finding>,
}

/// How near a chain comes to an anchor; the nearest is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    SelfSigned,
    /// A certificate of the pool has the name of the issuer, but not its key.
    OtherKey,
    OtherRoot,
    IssuerMissing,
    /// An anchor has the name of the issuer, but not its key.
    AnchorsOtherKey,
    /// An anchor has the name of the issuer, but its key cannot be used.
    AnchorUnusable,
    Whole,
}

impl<'s, 'a> Search<'s, 'a> {
    pub fn new(
        verifier: &'s Verifier<'a>,
        certificate: &'s Certificate,
        leaf: &'s Reading<'s>,
        purpose: Purpose,
    ) -> Self {
        Self {
            verifier,
            certificate,
            leaf,
            purpose,
            signed: HashMap::new(),
            checks_left: MAX_SIGNATURE_CHECKS,
            steps_left: MAX_STEPS,
            best: None,
        }
    }

    /// Whether an anchor signed the certificate directly.
    pub fn direct(&mut self) -> Direct {
        let mut direct = Direct { issuer: None, findings: Vec::new() };
        if let Some(&itself) = self.verifier.anchors.get(self.certificate.der()) {
            direct.findings.push(is_the_ca());
            if self.leaf.is_self_issued() && signed_by_itself(self.leaf) == Signed::Yes {
                direct.issuer = Some(itself);
            }
            return direct;
        }
        let anchors = self.candidates(None).into_iter().filter(|&i| self.issuer(i).anchor.is_some());
        let mut failed = Vec::new();
        for index in anchors.collect::<Vec<_>>() {
            match self.is_signed(None, index) {
                Some(Signed::Yes) => {
                    direct.issuer = self.issuer(index).anchor;
                    direct.findings = validate(&[self.leaf], false, Purpose::Any, self.verifier.at)
                        .into_iter()
                        .filter(|finding| {
                            matches!(finding.code, Code::AlgorithmWeak | Code::CertificateUnparseable)
                        })
                        .collect();
                    return direct;
                }
                Some(outcome) => failed.push((index, outcome)),
                None => break,
            }
        }
        direct.findings.push(self.not_direct(&failed));
        direct
    }

    /// Why no anchor signed the certificate itself.
    fn not_direct(&mut self, failed: &[(usize, Signed)]) -> Finding {
        if self.is_self_signed(None) {
            return self_signed();
        }
        if let Some((_, end)) = self.failure(None, 0, failed) {
            return end;
        }
        let Some((index, anchor)) = self.likeliest_anchor() else { return no_anchor(self.leaf, 0) };
        let mut message =
            format!("The uploaded CA did not issue this certificate. {}", side_by_side(self.leaf, anchor));
        if self.names_the_key_of(None, index) && self.is_signed(None, index) == Some(Signed::Yes) {
            message.push_str(WRONG_NAME);
        }
        finding(Code::IssuerDiffers, 0, message)
    }

    /// The best chain, or the nearest.
    pub fn path(mut self) -> Path {
        if let Some(&itself) = self.verifier.anchors.get(self.certificate.der()) {
            return self.path_of_anchor(itself);
        }
        let is_spent = !self.explore(&mut Vec::new()) && (self.checks_left == 0 || self.steps_left == 0);
        let Some(best) = self.best.take() else { return self.path_without_attempt() };
        let mut findings = best.findings;
        findings.extend(best.end);
        if is_spent {
            findings.push(spent(best.issuers.len()));
        }
        let mut chain = vec![self.certificate.clone()];
        chain.extend(best.issuers.iter().map(|&i| self.issuer(i).certificate.clone()));
        let top = best.issuers.last().and_then(|&top| self.issuer(top).anchor);
        let anchor = top.filter(|_| best.nearness == Nearness::Whole);
        Path { chain, anchor, findings: in_order(findings) }
    }

    fn path_of_anchor(&self, anchor: usize) -> Path {
        let mut findings = self
            .verifier
            .issuers
            .iter()
            .find(|issuer| issuer.anchor == Some(anchor))
            .map_or_else(Vec::new, |issuer| issuer.anchor_findings(self.verifier.at).to_vec());
        findings.push(is_the_ca());
        Path { chain: vec![self.certificate.clone()], anchor: Some(anchor), findings: in_order(findings) }
    }

    fn path_without_attempt(&self) -> Path {
        let mut findings = validate(&[self.leaf], false, self.purpose, self.verifier.at);
        findings.push(spent(0));
        Path { chain: vec![self.certificate.clone()], anchor: None, findings: in_order(findings) }
    }

    /// Goes on from the top of `chain`; true when a chain without a fault was found or the budget is
    /// spent, so that the search is over.
    fn explore(&mut self, chain: &mut Vec<usize>) -> bool {
        let top = chain.last().copied();
        if top.is_some_and(|top| self.issuer(top).anchor.is_some()) {
            return self.whole(chain);
        }
        let mut failed = Vec::new();
        let mut goes_on = false;
        for candidate in self.candidates(top) {
            if chain.len() + 1 >= MAX_LENGTH || self.is_in(chain, candidate) {
                continue;
            }
            if self.steps_left == 0 {
                break;
            }
            match self.is_signed(top, candidate) {
                Some(Signed::Yes) => {
                    goes_on = true;
                    self.steps_left -= 1;
                    chain.push(candidate);
                    let is_over = self.explore(chain);
                    chain.pop();
                    if is_over {
                        return true;
                    }
                }
                Some(outcome) => failed.push((candidate, outcome)),
                None => break,
            }
        }
        self.dead_end(chain, &failed, goes_on);
        false
    }

    /// A chain that ends at an anchor. True when nothing is wrong with it.
    fn whole(&mut self, chain: &[usize]) -> bool {
        let mut findings = validate(&self.readings(chain), true, self.purpose, self.verifier.at);
        if let Some(&top) = chain.last() {
            let own = self.issuer(top).anchor_findings(self.verifier.at).iter().cloned();
            findings.extend(own.map(|finding| Finding { depth: chain.len(), ..finding }));
        }
        let is_clean = findings.iter().all(is_warning);
        self.keep(Attempt { issuers: chain.to_vec(), nearness: Nearness::Whole, end: None, findings });
        is_clean
    }

    /// A chain whose last certificate has no issuer here, or (with `goes_on`) not one that is an anchor
    /// of the name it gives.
    fn dead_end(&mut self, chain: &[usize], failed: &[(usize, Signed)], goes_on: bool) {
        let top = chain.last().copied();
        let depth = chain.len();
        let (nearness, end) = match self.failure(top, depth, failed) {
            found if self.is_self_signed(top) => {
                if goes_on {
                    return;
                }
                match (top, found) {
                    (None, _) => (Nearness::SelfSigned, self_signed()),
                    (Some(_), _) => (Nearness::OtherRoot, self.other_root(top, depth)),
                }
            }
            Some((nearness, _)) if goes_on && nearness < Nearness::AnchorsOtherKey => return,
            Some(found) => found,
            None if goes_on => return,
            None => (Nearness::IssuerMissing, self.missing(top, depth)),
        };
        // Validation is worth its while only for a chain that may be the one to report.
        if self.best.as_ref().is_none_or(|best| (nearness, depth) >= (best.nearness, best.issuers.len())) {
            let findings = validate(&self.readings(chain), false, self.purpose, self.verifier.at);
            self.keep(Attempt { issuers: chain.to_vec(), nearness, end: Some(end), findings });
        }
    }

    /// What the candidates that bear the issuer's name lack; the likeliest anchor's first.
    fn failure(&self, child: Node, depth: usize, failed: &[(usize, Signed)]) -> Option<(Nearness, Finding)> {
        let reading = self.reading(child)?;
        let by_anchor = failed.iter().find(|(index, _)| self.issuer(*index).anchor.is_some());
        let (index, outcome) = by_anchor.or_else(|| failed.first())?;
        let is_anchor = by_anchor.is_some();
        let near = |anchors, others| if is_anchor { anchors } else { others };
        let issuer = name(reading.issuer);
        let subject = if depth == 0 {
            "The certificate".to_owned()
        } else {
            format!("The intermediate \"{}\"", name(reading.subject))
        };
        let whose = if is_anchor { "the uploaded CA" } else { "the certificate here of that name" };
        Some(match outcome {
            Signed::Yes => return None,
            Signed::Unsupported(what) => (
                near(Nearness::AnchorUnusable, Nearness::OtherKey),
                finding(
                    Code::AlgorithmUnsupported,
                    depth,
                    format!(
                        "{subject} names \"{issuer}\" as its issuer, but its signature cannot be checked: {what}."
                    ),
                ),
            ),
            Signed::Unreadable(what) => (
                near(Nearness::AnchorUnusable, Nearness::OtherKey),
                finding(
                    Code::CertificateUnparseable,
                    depth + 1,
                    format!("{subject} names \"{issuer}\" as its issuer, but {whose} is malformed: {what}."),
                ),
            ),
            Signed::No(why) => {
                let keys = self.reading(Some(*index)).map(|ca| {
                    format!(
                        " Its authority key identifier: {}; subject key identifier of {whose}: {}.",
                        key_id(reading.extensions.authority_key_id),
                        key_id(ca.extensions.subject_key_id)
                    )
                });
                let message = format!(
                    "{subject} names \"{issuer}\" as its issuer, as {whose} is called, but {why}: the CA has \
                     another key by now, another CA bears the same name, or the certificate is damaged.{}",
                    keys.unwrap_or_default()
                );
                (
                    near(Nearness::AnchorsOtherKey, Nearness::OtherKey),
                    finding(Code::SignatureInvalid, depth, message),
                )
            }
        })
    }

    fn missing(&mut self, top: Node, depth: usize) -> Finding {
        let Some(reading) = self.reading(top).cloned() else { return no_anchor(self.leaf, depth) };
        if reading.is_self_issued() {
            let message = format!(
                "\"{}\" names itself as its issuer, but its own key did not make its signature: it is \
                 damaged, or another certificate of that name signed it.",
                name(reading.subject)
            );
            return finding(Code::SignatureInvalid, depth, message);
        }
        let Some((index, anchor)) = self.likeliest_anchor() else { return no_anchor(&reading, depth) };
        let issuer = name(reading.issuer);
        let ca = name(anchor.subject);
        if self.names_the_key_of(top, index) && self.is_signed(top, index) == Some(Signed::Yes) {
            let message = format!("{}{WRONG_NAME}", side_by_side(&reading, anchor));
            return finding(Code::IssuerDiffers, depth, message);
        }
        let message = format!(
            "Issued by \"{issuer}\"; the uploaded CA is \"{ca}\"; the certificate of \"{issuer}\" is not here: \
             it is an intermediate of \"{ca}\", or another CA."
        );
        finding(Code::IntermediateMissing, depth, message)
    }

    fn other_root(&self, top: Node, depth: usize) -> Finding {
        let root = self.reading(top).map_or_else(String::new, |root| name(root.subject));
        let ca = self.likeliest_anchor().map_or_else(|| "none".to_owned(), |(_, ca)| name(ca.subject));
        let message = format!(
            "Another CA issued it: its chain ends at the root \"{root}\"; the uploaded CA is \"{ca}\"."
        );
        finding(Code::IssuerDiffers, depth, message)
    }

    fn keep(&mut self, attempt: Attempt) {
        if self.best.as_ref().is_none_or(|best| attempt.is_better_than(best)) {
            self.best = Some(attempt);
        }
    }

    fn issuer(&self, index: usize) -> &'s Issuer<'a> {
        &self.verifier.issuers[index]
    }

    fn reading(&self, node: Node) -> Option<&'s Reading<'s>> {
        match node {
            None => Some(self.leaf),
            Some(index) => self.issuer(index).reading().ok(),
        }
    }

    fn readings(&self, chain: &[usize]) -> Vec<&'s Reading<'s>> {
        std::iter::once(None).chain(chain.iter().copied().map(Some)).filter_map(|n| self.reading(n)).collect()
    }

    /// Whether the issuer's key signed the child; `None` when the budget is spent.
    fn is_signed(&mut self, child: Node, issuer: usize) -> Option<Signed> {
        if let Some(known) = self.signed.get(&(child, issuer)) {
            return Some(known.clone());
        }
        self.checks_left = self.checks_left.checked_sub(1)?;
        let outcome = self.issuer(issuer).signed(self.reading(child)?);
        self.signed.insert((child, issuer), outcome.clone());
        Some(outcome)
    }

    fn is_self_signed(&mut self, node: Node) -> bool {
        let Some(reading) = self.reading(node).filter(|reading| reading.is_self_issued()) else {
            return false;
        };
        match node {
            Some(index) => self.is_signed(node, index) == Some(Signed::Yes),
            None => signed_by_itself(reading) == Signed::Yes,
        }
    }

    /// Issuers that bear the name which the child gives, the likeliest first.
    fn candidates(&self, child: Node) -> Vec<usize> {
        let Some(reading) = self.reading(child) else { return Vec::new() };
        let Some(named) = self.verifier.by_subject.get(&Canonical::of(reading.issuer)) else {
            return Vec::new();
        };
        let mut ranked: Vec<_> = named.iter().map(|&index| (self.rank(reading, index), index)).collect();
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, index)| index).take(MAX_CANDIDATES).collect()
    }

    /// Key identifiers first, then anchors, then dates, then flags, then the very same name, then the
    /// newest. The smallest is the likeliest.
    fn rank(&self, child: &Reading<'_>, index: usize) -> (u8, bool, bool, bool, bool, i64) {
        let issuer = self.issuer(index);
        let is_pool = issuer.anchor.is_none();
        let Ok(reading) = issuer.reading() else { return (3, is_pool, true, true, true, 0) };
        let key = match (child.extensions.authority_key_id, reading.extensions.subject_key_id) {
            (Some(authority), Some(subject)) if authority == subject => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        };
        let is_in_time = (reading.not_before..=reading.not_after).contains(&self.verifier.at);
        let is_ca = reading.extensions.basic_constraints.is_some_and(|constraints| constraints.ca);
        let is_same_name = reading.subject == child.issuer;
        (key, is_pool, !is_in_time, !is_ca, !is_same_name, -reading.not_before)
    }

    /// Whether the candidate, or one with the same name and key, is in the chain already
    /// (RFC 4158 §5.2): such a loop leads nowhere new.
    fn is_in(&self, chain: &[usize], candidate: usize) -> bool {
        let Some(reading) = self.reading(Some(candidate)) else { return false };
        std::iter::once(None)
            .chain(chain.iter().copied().map(Some))
            .filter_map(|node| self.reading(node))
            .any(|other| other.spki == reading.spki && super::names::equal(other.subject, reading.subject))
    }

    /// The anchor that messages compare with: the one whose key the certificate names, or the first.
    fn likeliest_anchor(&self) -> Option<(usize, &'s Reading<'s>)> {
        let anchors = (0..self.verifier.anchors.len()).filter(|&i| self.reading(Some(i)).is_some());
        let likeliest = anchors.min_by_key(|&i| !self.names_the_key_of(None, i))?;
        Some((likeliest, self.reading(Some(likeliest))?))
    }

    fn names_the_key_of(&self, child: Node, issuer: usize) -> bool {
        let authority = self.reading(child).and_then(|reading| reading.extensions.authority_key_id);
        let subject = self.reading(Some(issuer)).and_then(|reading| reading.extensions.subject_key_id);
        authority.is_some() && authority == subject
    }
}

const WRONG_NAME: &str = " The key of the CA did make the signature, but the names differ, and a chain \
                          needs both.";

impl Attempt {
    fn is_better_than(&self, other: &Self) -> bool {
        if self.nearness != other.nearness {
            return self.nearness > other.nearness;
        }
        let faults = |attempt: &Self| attempt.findings.iter().filter(|finding| !is_warning(finding)).count();
        let (mine, theirs) = (self.issuers.len(), other.issuers.len());
        match self.nearness {
            Nearness::Whole => (faults(self), mine) < (faults(other), theirs),
            _ => (mine, faults(other)) > (theirs, faults(self)),
        }
    }
}

fn is_the_ca() -> Finding {
    let message = "The certificate is the uploaded CA itself: it validates, and proves nothing about a \
                   client certificate.";
    finding(Code::IsTheCa, 0, message.to_owned())
}

fn self_signed() -> Finding {
    let message = "The certificate is signed by its own key, and it is not the uploaded CA.";
    finding(Code::SelfSigned, 0, message.to_owned())
}

fn no_anchor(reading: &Reading<'_>, depth: usize) -> Finding {
    let message = format!("Issued by \"{}\"; no CA was given to compare with.", name(reading.issuer));
    finding(Code::IssuerDiffers, depth, message)
}

fn spent(depth: usize) -> Finding {
    let message = format!(
        "The search for a chain was given up after {MAX_SIGNATURE_CHECKS} signature checks: too many \
         certificates here bear the same names."
    );
    finding(Code::IntermediateMissing, depth, message)
}
